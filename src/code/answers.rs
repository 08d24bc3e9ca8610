//! Answers as they are decoded.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    AMBIGUOUS = Warning {
        ja "2通り以上に読める回答":
            "セルの値が2つ以上の選択肢に当たり、決められません。無効回答とします。元の票を見て、修正記録\
             で直してください。"
        en "answers that can be read in two ways":
            "A cell fits several options. It counts as invalid. Look at the paper and correct it in the \
             cleaning log."
    }
    AMBIGUOUS_COLUMN = Error {
        ja "2通り以上に読める列":
            "設問に当たる列が2つ以上あります。調査票の columns に列を書いてください（列番号なら @AO）。"
        en "columns that can be read in two ways":
            "Several columns could be the question's. Name the column under columns in the questionnaire \
             (@AO by its letters)."
    }
    ANSWERED_FILTER_UNKNOWN = Note {
        ja "該当か分からないが回答がある":
            "条件となる前の設問が無回答か無効のため、該当か分かりません。回答があるので数えます。"
        en "answered, and the filter is unknown":
            "An earlier question that decides who is asked has no valid answer. The answer counts."
    }
    ANSWERED_THOUGH_NOT_ASKED = Warning {
        ja "非該当なのに回答がある":
            "限定条件では聞かないはずの人に回答があります。扱いは not_asked_but_answered で決まります。\
             限定条件か入力を確かめてください。"
        en "answered though not asked":
            "Somebody whom the skip rule leaves out has answered. not_asked_but_answered says whether it \
             counts. See the rule and the data."
    }
    BLANK_RETURN = Warning {
        ja "白票（どの設問にも回答がない）":
            "どの設問にも回答がない行です。無効票とし、集計に入れません。"
        en "returns without any answer":
            "A row without any answer is an invalid return and is not counted."
    }
    BLANK_THOUGH_ASKED = Note {
        ja "該当するのに空欄":
            "限定条件では聞かれた人の空欄です。無回答と数えます。"
        en "blank though asked":
            "The skip rule asks, and the cell is blank: no answer."
    }
    COLUMN_COUNT = Error {
        ja "列の数が合わない":
            "調査票の columns に書いた列の数が、設問に合いません。複数回答なら、1列か選択肢と同じ数の列\
             を書いてください。"
        en "another number of columns":
            "columns of the questionnaire names another number of columns than the question has. Several \
             answers take one column or one an option."
    }
    DATE_CODE = Warning {
        ja "日付になったセル":
            "表計算ソフトが「1-2」のような回答を日付に変えたとみられます。元の票で確かめ、列を文字列の書\
             式にして入れ直してください（読み方は date_codes）。"
        en "cells that became dates":
            "A spreadsheet program seems to have taken a code such as 1-2 for a date. Look at the paper and \
             enter it in a column of text; date_codes says how it is read."
    }
    DUPLICATE_RESPONDENT = Error {
        ja "回答者番号の重複":
            "同じ回答者番号の行が2つ以上あります。どちらを採るかは duplicates（first、last）で決められま\
             す。同じ票の二重入力か、番号の誤りかを確かめてください。"
        en "respondent ids that stand twice":
            "Rows share one respondent id. duplicates (first, last) says which counts. See whether a return \
             was entered twice or an id is wrong."
    }
    EXCLUSIVE_WITH_OTHERS = Warning {
        ja "「特にない」などと他の選択肢の併記":
            "ほかと一緒に選べない選択肢と、ほかの選択肢の両方に印があります。扱いは exclusive_with_others \
             で決まります。"
        en "an exclusive option with others":
            "An option that excludes others is marked with others. exclusive_with_others says what counts."
    }
    LEDGER = Error {
        ja "基数の内訳が合わない":
            "基数の内訳の合計が回収数と合いません。プログラムの誤りです。ファイルを添えずに、このメッセ\
             ージを作成者に知らせてください。"
        en "parts of the base that do not sum":
            "The parts of the base do not sum to the returns. It is a mistake of this program: report the \
             message, without the data."
    }
    MISSING_COLUMN = Error {
        ja "設問の列がない":
            "設問に当たる列、または回答者番号の列が回答ファイルにありません。似た見出しを示しています。\
             調査票の columns で列を指定できます。"
        en "a question without its column":
            "The response file has no column for a question or for the ids. The message lists near headers. \
             columns in the questionnaire names one."
    }
    NO_RESPONDENT_ID = Warning {
        ja "回答者番号のない回答":
            "回答があるのに回答者番号のない行です。無効票とします。番号を入れれば数えられます。"
        en "returns without a respondent id":
            "A row has answers but no respondent id. It is an invalid return. With its id it counts."
    }
    NOT_A_NUMBER = Warning {
        ja "数を書く設問に数でない回答":
            "数を書く設問のセルが数ではありません。無効回答とします。元の票を見て、修正記録で直してくだ\
             さい。"
        en "not a number":
            "The answer to a question for a number is none. It counts as invalid. Look at the paper and \
             correct it in the cleaning log."
    }
    NOT_ASKED_THOUGH_ASKED = Warning {
        ja "対象者なのにファイルでは非該当":
            "前の設問では対象なのに、ファイルには非該当とあります。非該当とします。限定条件と入力を確か\
             めてください。"
        en "asked, but the file says not asked":
            "The skip rule asks, but the file says not asked. It counts as not asked. See the rule and the \
             data."
    }
    NOT_IN_A_GROUP = Warning {
        ja "どの区分にも入らない回答":
            "派生変数のどの区分にも入らない回答です。対象外とします。rest = \"その他\" か rest = \"outside\" \
             と書いてください。"
        en "answers in no group":
            "Answers are in no group of a derived variable and are taken as outside. Write rest = \"other\" \
             (a group) or rest = \"outside\"."
    }
    OUT_OF_LIST = Warning {
        ja "選択肢にない回答":
            "選択肢にない値です。無効回答とします。入力の誤りなら修正記録で直し、選択肢の抜けなら調査票\
             に足してください。"
        en "answers that are no option":
            "The value is no option and counts as invalid. Correct it in the cleaning log, or add the option \
             to the questionnaire."
    }
    OUT_OF_RANGE = Warning {
        ja "範囲の外の数":
            "調査票の range の外の数です。無効回答とします。入力か range を確かめてください。"
        en "numbers out of range":
            "The number is outside range of the questionnaire and counts as invalid. See the data or the \
             range."
    }
    OVER_MAX = Warning {
        ja "回答の数が上限を超える":
            "「3つまで」などの上限を超えて印があります。扱いは over_max で決まります。"
        en "more marks than allowed":
            "There are more marks than the question allows. over_max says what counts."
    }
    PERSONAL_DATA = Note {
        ja "個人情報とみられる列":
            "氏名、電話番号、住所などとみられる列です。読まず、どの出力にも書きません。"
        en "columns that look like personal data":
            "The column looks like names, telephone numbers, addresses or the like. It is not read, and \
             written to no output."
    }
    TEMPLATE_ROWS = Note {
        ja "入力用の空の行":
            "回答者番号も回答もない行です。数えません。"
        en "empty rows of a template":
            "A row without an id and without answers is not counted."
    }
    TWO_MARKS = Warning {
        ja "単数回答に2つ以上の印":
            "1つだけ選ぶ設問に2つ以上の印があります。扱いは two_marks で決まります。"
        en "two or more marks on a single answer":
            "A question for one answer has several marks. two_marks says what counts."
    }
    UNREADABLE = Warning {
        ja "読めないセル":
            "文字化けやエラー値のため読めないセルです。無効回答とします。元のファイルを確かめてください。"
        en "cells that cannot be read":
            "Broken characters or an error value: the cell counts as invalid. See the file that it came \
             from."
    }
}
