//! `plan.toml`, and files that it names.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    BAND = Error {
        ja "幅が範囲の外":
            "判定に使う幅は0から100までの数（ポイント）です。"
        en "a band out of range":
            "The band of a status rule is a number from 0 to 100 (points)."
    }
    BOUNDS = Error {
        ja "上下限の誤り":
            "上下限は、下限、上限の順に0以上の数を書きます。logit には上下限が必要です。"
        en "wrong limits":
            "Limits are two numbers from 0, the lower one first. logit needs them."
    }
    BREAKDOWN_KIND = Error {
        ja "軸にできない設問":
            "クロス集計の軸にできるのは選択肢のある設問だけです。数の設問は派生変数（bands）で区分にして\
             ください。"
        en "a question that is no breakdown":
            "Only questions with options can be breakdowns. Make bands of a number with a derived variable."
    }
    CHANGED_FILE = Error {
        ja "集計中に変わったファイル":
            "集計しているあいだに回答ファイルが書き換えられました。ほかの人の作業が終わってから、もう一\
             度実行してください。"
        en "a file changed while it was read":
            "A response file was changed while it was being read. Wait until others are done and run again."
    }
    DECIMALS = Error {
        ja "書けない decimals":
            "decimals は調査から求める値（share・mean など）だけに書けます。行政の数値と公表値は、書かれ\
             ているとおりに表示します。"
        en "decimals in the wrong place":
            "decimals belongs to values from a survey (share, mean …). Counts and published figures print \
             as they are written."
    }
    DEFINITION = Error {
        ja "項目の定義が1つでない":
            "項目には、調査の値（share など）か行政の数値（count）のどれか1つだけを書いてください。"
        en "not exactly one definition":
            "An indicator takes exactly one definition: a value from a survey (share …) or a count of the \
             office."
    }
    DESIGN_TWICE = Error {
        ja "標本設計が2か所にある":
            "同じ項目が design の中と外の両方にあります。design = { … } の中にまとめてください。"
        en "the design stands in two places":
            "The same key stands inside and beside design. Write it inside design = { … }."
    }
    DONT_KNOW = Error {
        ja "「わからない」の扱いの食い違い":
            "同じ設問の「わからない」の扱いが項目によって違います。どの項目でも同じにしてください。"
        en "dont_know differs":
            "dont_know of one question differs between indicators. Let it be the same in all."
    }
    FISCAL_YEAR = Error {
        ja "読めない年度":
            "年度は R4、令和4年度、H30、2022 のように書きます。"
        en "a fiscal year that cannot be read":
            "Write a fiscal year like R4, 令和4年度, H30 or 2022."
    }
    FISCAL_YEARS = Error {
        ja "計画年度の誤り":
            "計画年度は \"R4..R10\" のように、2年度から30年度までの範囲で書きます。"
        en "wrong fiscal years":
            "The plan's fiscal years are a range of 2 to 30 years, such as \"R4..R10\"."
    }
    FOLDER = Error {
        ja "名前のないフォルダー":
            "計画のフォルダーの名前が分かりません。pipelines/計画名 のように指定してください。"
        en "a folder without a name":
            "The plan's folder has no name. Give it like pipelines/NAME."
    }
    GOAL_TWICE = Error {
        ja "同じ番号の基本目標":
            "同じ番号の基本目標が2つあります。番号を付け直してください。"
        en "a goal that is there twice":
            "Two goals have the same number. Give one of them another."
    }
    ID = Error {
        ja "使えない識別子":
            "項目の識別子（id）は、半角の英数字とハイフン、下線で書きます。"
        en "an id that cannot be used":
            "An indicator's id is made of ASCII letters, digits, hyphens and underscores."
    }
    ID_TWICE = Error {
        ja "同じ識別子":
            "同じ識別子（id）の項目が2つあります。片方を変えてください。"
        en "an id that is there twice":
            "Two indicators have the same id. Change one."
    }
    LEVEL = Error {
        ja "信頼水準が範囲の外":
            "信頼水準は0と1の間の数です。95%なら 0.95 と書きます。"
        en "a level out of range":
            "The level is between 0 and 1. For 95% write 0.95."
    }
    LOG_WAVE = Error {
        ja "修正記録の調査回が違う":
            "修正記録に、この記録を使わない調査回の行があります。行の調査と調査回を直すか、その調査回の \
             cleaning_log にも書いてください。"
        en "a log for another wave":
            "The cleaning log has rows for a wave that does not list it. Correct the row, or list the log in \
             that wave too."
    }
    MANUAL = Error {
        ja "理由のない手動の判定":
            "判定を手で決めるときは、理由（reason）を書いてください。表の注記に印刷されます。"
        en "a judgement without a reason":
            "A status set by a person needs its reason. It is printed in the notes."
    }
    MISPLACED_KEY = Error {
        ja "ここには書けない項目":
            "この種類の値には使わない項目です。消すか、正しい場所に移してください。"
        en "a key in the wrong place":
            "The key does not belong to this kind of value. Remove it or move it."
    }
    MISSING_KEY = Error {
        ja "必要な項目がない":
            "計画に必要な項目が書かれていません。メッセージの名前の項目を足してください。"
        en "a missing key":
            "The plan lacks a key that must be there. Add the one in the message."
    }
    NO_LOG = Error {
        ja "修正記録がない":
            "この調査回の計画に cleaning_log がないため、整理後のファイルと照合できません。"
        en "no cleaning log":
            "The wave has no cleaning_log in the plan, so nothing can be verified."
    }
    NO_RESPONDENT = Error {
        ja "回答者番号の列が計画にない":
            "票ごとに比べるには、計画に回答者番号の列（respondent）が必要です。"
        en "no column of ids in the plan":
            "Returns are compared by their ids: name their column as respondent in the plan."
    }
    NO_RESPONDENTS = Error {
        ja "有効な回答がない":
            "この調査回には、無効票と重複を除くと回答が残りません。ファイルと見出し行、回答者番号の列を\
             確かめてください。"
        en "no valid returns":
            "No return of this wave is left after invalid and repeated ones. See the file, its header rows \
             and its column of ids."
    }
    OPTION_TWICE = Error {
        ja "2回書かれた選択肢":
            "同じ選択肢が2回あります。1つにしてください。"
        en "an option that is there twice":
            "The same option stands twice. Keep one."
    }
    OVERLAPPING_PARTS = Note {
        ja "区分の重なる軸":
            "複数回答の設問を軸にしたため、1人が2つ以上の区分に入ります。区分の合計は全体になりません。"
        en "a breakdown whose parts overlap":
            "A question with several answers is a breakdown: one person may be in several parts, which do \
             not add up to all."
    }
    PARTS = Error {
        ja "小項目のある項目の書き方":
            "小項目（part）のある項目では、share・count・target は小項目の方に書きます。"
        en "an item with parts":
            "An item with parts has its share, count and target in the parts."
    }
    POINTS = Error {
        ja "点数の誤り":
            "点数（points）は数で、2つ以上の選択肢に付けます。点数のない選択肢は集計の外になります。"
        en "wrong points":
            "points are numbers for two options or more. Options without points are outside."
    }
    POPULATION = Error {
        ja "人口表がない":
            "人口に合わせるには人口表が必要です。population = \"raw/….csv\" を書いてください。"
        en "no population table":
            "Weights fitted to the population need its table: add population = \"raw/….csv\"."
    }
    QUANTILE = Error {
        ja "分位が範囲の外":
            "分位は0から1の数です。中央値は 0.5 です。"
        en "a quantile out of range":
            "A quantile is from 0 to 1. The median is 0.5."
    }
    QUESTION_KIND = Error {
        ja "設問の種類が合わない":
            "この値は、その種類の設問からは求められません（割合には選択肢、平均には数が要ります）。"
        en "a question of another kind":
            "This value cannot be had from such a question: a share needs options, a mean numbers."
    }
    REPLICATES = Error {
        ja "反復ウエイトの書き方":
            "反復ウエイトは、ファイルにある列（columns）か、作る数（count）のどちらか一方です。"
        en "replicates written in two ways":
            "Replicates are columns of the file or a count to make, not both."
    }
    RESERVED_KEY = Error {
        ja "使えない調査の名前":
            "行政の数値のキーに使う名前のため、調査の名前にはできません。別の名前を付けてください。"
        en "a reserved name":
            "The name is kept for the keys of the office's figures. Give the survey another name."
    }
    RULE_OPTION = Error {
        ja "この規則では使わない項目":
            "判定の規則に合わない項目があります。消すか、規則（rule）を変えてください。"
        en "an option of another rule":
            "The key does not belong to this status rule. Remove it or change the rule."
    }
    STRATUM_KIND = Error {
        ja "単数回答でない設問":
            "層や人口合わせに使えるのは単数回答の設問だけです。"
        en "not a single-answer question":
            "Strata and weighting cells are single-answer questions."
    }
    SYNTAX = Error {
        ja "TOMLの書き方の誤り":
            "plan.toml の書き方が正しくありません。引用符や括弧の閉じ忘れがないか、示された行を確かめて\
             ください。日本語の名前は \"…\" で囲みます。"
        en "not valid TOML":
            "plan.toml is not valid TOML. See the line for a quote or bracket that is not closed. Names that \
             are not plain ASCII go in quotes."
    }
    TARGET = Error {
        ja "読めない目標値":
            "目標値は 60%、8,000人、増やす のように書きます。"
        en "a target that cannot be read":
            "Write a target like 60%, 8,000人, or a direction."
    }
    TARGET_UNIT = Error {
        ja "目標値の単位が違う":
            "目標値の単位が項目の単位と違います。どちらかに合わせてください。"
        en "a target of another unit":
            "The target's unit is not the indicator's. Let them be the same."
    }
    UNIT = Error {
        ja "使えない単位":
            "「%」は割合（share）の単位です。平均や合計には「点」「分」「円」のような単位を書いてくださ\
             い。"
        en "a unit that cannot be used":
            "% is the unit of a share. Give a mean or total a unit such as 点, 分 or 円."
    }
    UNKNOWN_GOAL = Error {
        ja "ない基本目標":
            "その番号の基本目標が計画に定義されていません。番号を直すか、goal を足してください。"
        en "no such goal":
            "The plan has no goal of that number. Correct the number or add the goal."
    }
    UNKNOWN_INDICATOR = Error {
        ja "ない項目":
            "計画にその識別子の項目がありません。"
        en "no such indicator":
            "The plan has no indicator with that id."
    }
    UNKNOWN_ITEM = Error {
        ja "行政の数値にない項目":
            "行政の数値のファイルに、その名前の項目がありません。計画とファイルの項目名をそろえてくださ\
             い。"
        en "an item that the counts lack":
            "The file of counts has no such item. Let its name be the same in the plan and in the file."
    }
    UNKNOWN_KEY = Error {
        ja "ない項目名":
            "plan.toml にその名前の項目はありません。似た名前を示しています。項目の一覧は shihyo schema plan \
             で見られます。"
        en "an unknown key":
            "plan.toml has no such key; the message names near ones. `shihyo schema plan` lists them all."
    }
    UNKNOWN_NUMBER = Error {
        ja "ない数値のキー":
            "そのキーの数値はありません。キーは estimates.csv の analysis_key の列にあります。"
        en "no such number":
            "There is no number with that key. Keys stand in the column analysis_key of estimates.csv."
    }
    UNKNOWN_OPTION = Error {
        ja "ない選択肢":
            "設問にその選択肢がありません。調査票のとおりに書いてください。"
        en "no such option":
            "The question has no such option. Write it as in the questionnaire."
    }
    UNKNOWN_QUESTION = Error {
        ja "ない設問":
            "調査票にその番号の設問がありません。番号を確かめてください。"
        en "no such question":
            "The questionnaire has no question of that number."
    }
    UNKNOWN_SURVEY = Error {
        ja "ない調査":
            "計画にその名前の調査がありません。surveys のキーを確かめてください。"
        en "no such survey":
            "The plan has no survey of that key."
    }
    UNKNOWN_WAVE = Error {
        ja "ない調査回":
            "その年度の調査回がありません。メッセージに、ある調査回を挙げています。"
        en "no such wave":
            "There is no wave of that year. The message lists those that there are."
    }
    UNKNOWN_WORD = Error {
        ja "選べない言葉":
            "この項目に書ける言葉は決まっています。メッセージに挙げたものから選んでください。"
        en "a word that cannot be chosen":
            "The key takes one of a few words. Choose one of those in the message."
    }
    WEIGHTS = Error {
        ja "ウエイトの書き方":
            "ウエイトには column（列）か、rake、post_stratify、calibrate のどれか1つを書いてください。"
        en "weights written in a wrong way":
            "Weights are a column, fitted by one of rake, post_stratify and calibrate, or both."
    }
    WHICH_WAVE = Error {
        ja "調査回が決まらない":
            "照合できる調査回が複数あります。--survey と --wave で1つ選んでください。"
        en "which wave":
            "Several waves could be meant. Choose one with --survey and --wave."
    }
    WRONG_TYPE = Error {
        ja "値の型が違う":
            "文字列は引用符で囲み、数は囲まずに書きます。何を書くかはメッセージに示しています。"
        en "a value of another type":
            "Text stands in quotes, a number does not. The message says what is needed."
    }
    YEAR_OUTSIDE = Error {
        ja "計画年度の外の年度":
            "調査回や目標の年度が計画年度の外です。年度か計画年度を直してください。"
        en "a year outside the plan":
            "The year of a wave or target is outside the plan's years. Correct one of them."
    }
}
