//! The cleaning log.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    LOG_CHANGED = Note {
        ja "修正記録により変えた回答":
            "修正記録のとおりに変えた回答の数です。1件ずつの内容は cleaning_log にあります。"
        en "answers changed by the cleaning log":
            "How many answers the cleaning log changed. Each stands in the log."
    }
    LOG_CONFLICT = Error {
        ja "修正記録の食い違い":
            "同じ回答を別の値に直す行が2つあります。どちらか1つにしてください。"
        en "rows of the log that contradict":
            "Two rows change the same answer to different values. Keep one."
    }
    LOG_FILE = Error {
        ja "修正記録のファイル名が違う":
            "修正記録に書かれたファイルは、この調査回の回答ファイルではありません。"
        en "a file that the wave does not have":
            "The log names a file that is no response file of this wave."
    }
    LOG_HEADER = Error {
        ja "修正記録の見出しがない":
            "修正記録に必要な列がありません。shihyo clean 計画 --export が書き出す見出しのまま使ってくだ\
             さい。"
        en "a header that the log lacks":
            "The cleaning log lacks a column. Keep the headers that `shihyo clean PLAN --export` writes."
    }
    LOG_KIND = Error {
        ja "読めない対応":
            "修正記録の「対応」が読めないか、新しい値と合いません。対応は、修正、無回答にする、票を除く、\
             変更しない、のどれかです。"
        en "a kind of change that cannot be read":
            "The kind of change in the log cannot be read, or does not fit the new value. It is one of \
             change, blank the answer, remove the return and no change, in the words that the message lists."
    }
    LOG_LOOKED_AT = Note {
        ja "確認だけの行":
            "修正記録で確認し、変更しなかった行の数です。"
        en "rows that were only looked at":
            "How many rows of the cleaning log were looked at and change nothing."
    }
    LOG_MISTAKES = Error {
        ja "ほかにもある誤り":
            "修正記録の誤りが多いため、残りの件数だけを示します。示したものを直して、もう一度実行してく\
             ださい。"
        en "more mistakes":
            "The log has more mistakes than are listed. Correct those listed and run again."
    }
    LOG_NEW_VALUE = Error {
        ja "読めない新しい値":
            "新しい値が選択肢や範囲に合いません。選択肢の番号か言葉、または「無回答」と書いてください。"
        en "a new value that cannot be read":
            "The new value is no option or out of range. Give an option's number or words, or 無回答 for no \
             answer."
    }
    LOG_OLD_VALUE = Error {
        ja "元の値が合わない":
            "修正記録の「元の値」が回答ファイルの値と違います。ファイルが差し替えられていないか確かめ、\
             票をもう一度見て記録を直してください。"
        en "an old value that does not match":
            "The old value in the log is not what the file holds. See whether the file was replaced, look at \
             the return again and correct the log."
    }
    LOG_OVERTAKEN = Note {
        ja "除いた票への変更":
            "票ごと除いた人への変更です。行いません。"
        en "changes to returns taken out":
            "Changes to returns that the log takes out are not made."
    }
    LOG_QUESTION = Error {
        ja "修正記録の設問が分からない":
            "修正記録の設問や列が、調査票や回答ファイルにありません。派生変数は直せません。元の設問を直\
             してください。"
        en "a question that the log does not name well":
            "The log names a question or column that is not there. A derived variable cannot be changed; \
             change what it is made of."
    }
    LOG_REMOVED = Note {
        ja "修正記録により除いた票":
            "修正記録により除き、無効票に数えた票の数です。"
        en "returns taken out by the log":
            "How many returns the cleaning log takes out; they count as invalid."
    }
    LOG_REPEATED = Note {
        ja "2度書かれた同じ変更":
            "同じ変更が2度書かれています。1度だけ数えます。"
        en "changes that stand twice":
            "The same change stands twice in the log. It is made once."
    }
    LOG_RESPONDENT = Error {
        ja "修正記録の票が分からない":
            "回答者番号も、ファイルと行もないか、その番号の票がありません。ファイルの差し替えや番号の誤\
             りがないか確かめてください。"
        en "a return that the log does not name well":
            "The log gives no id and no file and row, or there is no such return. See whether the file was \
             replaced or the id mistyped."
    }
    LOG_RESPONDENT_TWICE = Error {
        ja "番号の重なる票への修正":
            "その回答者番号の票が複数あります。修正記録にファイルと行を書いてください。"
        en "a correction of a repeated id":
            "Several returns have this id. Give the file and row in the log."
    }
    LOG_ROW = Error {
        ja "読めない行番号":
            "修正記録の行番号は、回答ファイルの行の番号（1から）です。"
        en "a row number that cannot be read":
            "The row in the log is a number from 1, of the response file."
    }
    LOG_UNVERIFIED = Note {
        ja "確かめられない変更":
            "修正記録に元の値がないため、直す前の値を確かめられません。元の値を書くことを勧めます。"
        en "changes that cannot be verified":
            "The log does not say the old value, so it cannot be verified. It is better to give it."
    }
}
