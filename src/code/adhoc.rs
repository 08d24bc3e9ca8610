//! `estimate`: what flags ask for.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    BASE = Error {
        ja "だれに聞いたか分からない":
            "--base asked は、設問の対象者が分かるときだけ使えます。--asked-if（限定条件）か --questionnaire\
             （調査票）を指定してください。"
        en "nobody knows who was asked":
            "--base asked works only where it is known who was asked. Give --asked-if (a skip rule) or \
             --questionnaire."
    }
    BLANK_LEFT_OUT = Warning {
        ja "!= に入らない無回答":
            "COL!=値 は、回答があり、それが値でない人です。無回答の人も入れるには COL=|値 のように、先頭に \
             | を書いて残りの値を並べます。"
        en "no answer and !=":
            "COL!=VALUE is who answered something else. To have those without an answer too, name the other \
             values behind a first |: COL=|OTHER."
    }
    BOUNDS = Error {
        ja "読めない上下限":
            "上下限には、0以上の2つの数を小さい方から書きます（例: 0.5,2）。"
        en "limits that cannot be read":
            "Limits are two numbers from 0, the lower one first, such as 0.5,2."
    }
    BY_BLANK = Warning {
        ja "区分の分からない回答者":
            "--by の列に回答がない人は、全体には入りますが、どの区分にも入りません。区分の人数の合計は全\
             体より少なくなります。"
        en "respondents without a group":
            "Who has no value in the column of --by counts in the whole but in no group. The groups sum to \
             less than the whole."
    }
    CALIBRATE = Error {
        ja "較正の指定の誤り":
            "較正のオプションの組み合わせが正しくありません。--calfun と --bounds は --calibrate と一緒\
             に使い、上下限は logit などに要ります。"
        en "calibration asked for in a wrong way":
            "The options of calibration do not fit. --calfun and --bounds go with --calibrate, and logit \
             needs limits."
    }
    CODE_MISSING = Error {
        ja "回答なしと指定した値の割合":
            "割合を求める値が、--missing で「回答なし」とされています。どちらかの指定から除いてください。"
        en "share of a value declared missing":
            "The value whose share is asked for is declared to be no answer by --missing. Take it out of one \
             of the two."
    }
    COLUMN_TWICE = Error {
        ja "同じ名前の列":
            "同じ名前の列が2つ以上あり、どれか分かりません。@AO のように列記号で指定してください。"
        en "columns of the same name":
            "Several columns have this name. Name the one that is meant by its letters, such as @AO."
    }
    CONDITION = Error {
        ja "読めない条件":
            "条件は、列=値、列!=値、列>=数、列<=数、列=18..29 などの形で書きます。値の間は | で区切りま\
             す。"
        en "a condition that cannot be read":
            "A condition is COL=a|b, COL!=a|b, COL>=n, COL<=n, COL=18..29, COL= or COL!=."
    }
    DIFFERENCE = Error {
        ja "読めない差の指定":
            "--diff は '条件 vs 条件' か '条件 vs rest' と書き、--share、--mean、--total、--ratio のどれ\
             かと一緒に使います。"
        en "a difference that cannot be read":
            "Write --diff as 'COND vs COND' or 'COND vs rest', beside --share, --mean, --total or --ratio."
    }
    LEVEL = Error {
        ja "信頼係数が範囲の外":
            "信頼係数は0と1の間の数です。95%なら 0.95 と書きます。"
        en "a level out of range":
            "The level is between 0 and 1. For 95% write 0.95."
    }
    LOOKS_MISSING = Warning {
        ja "無回答とみられる値":
            "NA、無回答、99、-1 など、無回答や非該当の印とみられる値を、回答として数えました。回答でなけれ\
             ば --missing で指定してください。回答の1つなら、そのままで構いません。"
        en "values that look like no answer":
            "Values that look like marks of no answer, such as NA, 99 or -1, counted as answers. If they are \
             none, name them with --missing."
    }
    MISSING = Error {
        ja "読めない --missing":
            "回答なしとする値は 'COL=9|99'（列ごと）か '*=NA'（すべての列）と書きます。"
        en "--missing that cannot be read":
            "Values that are no answer are written 'COL=9|99' for one column or '*=NA' for all."
    }
    NO_ANSWER_AS_OPTION = Warning {
        ja "回答として数えた「無回答」":
            "「無回答」などの言葉を、回答の1つとして数えました。無回答とするには、--missing か、調査票の \
             no_answer で指定してください。"
        en "\"no answer\" counted as an answer":
            "A word such as 無回答 counted as an answer. To make it no answer, name it with --missing, or in \
             no_answer of the questionnaire."
    }
    NO_COLUMN = Error {
        ja "ない列":
            "ファイルにその名前の列がありません。メッセージに似た名前の列を挙げています。見出し行が複数\
             なら --header-rows を指定してください。"
        en "no such column":
            "The file has no column of that name. The message lists near ones. For several header rows give \
             --header-rows."
    }
    NO_ROWS = Error {
        ja "回答の行がない":
            "ファイルに見出しの行しかありません。ファイルとシート、見出し行の数を確かめてください。"
        en "no rows of answers":
            "The file has nothing below its header. See whether it is the right file, sheet and number of \
             header rows."
    }
    NOBODY_CHOSE = Warning {
        ja "だれも選ばなかった選択肢":
            "選択肢にはありますが、選んだ人がいません。割合は0として集計します。値の書きまちがいではあり\
             ません。"
        en "an option that nobody chose":
            "It is an option, but nobody chose it: its share is 0. It is not mistyped."
    }
    NOT_ASKED_BUT_ANSWERED = Warning {
        ja "非該当なのに回答がある":
            "限定条件では対象外の人に回答があります。その回答は数えません。限定条件か入力を確かめてくだ\
             さい。"
        en "answered though not asked":
            "People outside the skip rule have an answer, which is not counted. See the rule and the data."
    }
    NOT_NUMERIC = Error {
        ja "数でない列":
            "平均や合計は数の列から求めます。数でない値は除いて集計し、多ければ止まります。選択肢の割合\
             なら --share を使ってください。"
        en "a column that is not numeric":
            "Means and totals are of numbers. Other values are left out; if they are many, nothing is \
             estimated. For shares of options use --share."
    }
    NOT_PARTED = Warning {
        ja "1つの回答として数えた文字列":
            "空白や&を含むセルを、区切らずに1つの回答として数えました。複数の回答なら、元のファイルで区\
             切りを「;」などにしてください。"
        en "text counted as one answer":
            "Cells with a blank or & were counted as one answer. If they hold several, part them with ; in \
             the file."
    }
    NOTHING = Error {
        ja "集計するものがない":
            "--share、--mean、--total、--ratio、--quantile、--test のどれかで、求めるものを指定してくだ\
             さい。"
        en "nothing to estimate":
            "Say what to estimate with --share, --mean, --total, --ratio, --quantile or --test."
    }
    ONE_WAVE = Warning {
        ja "片方の回にしかない値":
            "今回と前回の片方にしかないため、変化は求めません。列や選択肢の名前が回によって違わないか確\
             かめてください。"
        en "a value of one wave only":
            "Only one of the two waves has it, so no change is given. See whether a column or option has \
             another name in the other wave."
    }
    PARTED = Warning {
        ja "複数の回答に区切ったセル":
            "「1;3」のようなセルを、区切られた複数の回答として数えました。1つの回答なら、調査票（\
             --questionnaire）で選択肢を示してください。"
        en "cells parted into several answers":
            "Cells such as \"1;3\" were counted as several answers. If it is one answer, name the options in \
             a questionnaire (--questionnaire)."
    }
    QUANTILE = Error {
        ja "読めない --quantile":
            "'COL@0.5' のように、列と0から1の数を @ でつないで書きます。中央値は 0.5 です。"
        en "--quantile that cannot be read":
            "Write 'COL@0.5': a column and a number from 0 to 1. The median is 0.5."
    }
    QUESTIONNAIRE = Error {
        ja "調査票でないファイル":
            "--questionnaire には調査票（TOML）を指定します。XLSForm や設問一覧の表、回答ファイルからは、\
             shihyo init で調査票の下書きを作れます。"
        en "not a questionnaire":
            "--questionnaire takes a questionnaire in TOML. `shihyo init` makes a draft of one out of an \
             XLSForm, a tabulator's sheet or responses."
    }
    RATIO = Error {
        ja "読めない --ratio":
            "'分子の列/分母の列' と書きます。どちらも数の列です。"
        en "--ratio that cannot be read":
            "Write 'NUM/DEN', two columns of numbers."
    }
    REQUEST = Error {
        ja "集計できない":
            "指定されたものを集計できません。一緒に示した誤りを直してください。"
        en "cannot estimate":
            "What was asked for cannot be estimated. Mend the mistakes told beside it."
    }
    SHARE = Error {
        ja "読めない --share":
            "'COL=A|B'（AかBの割合）、'COL'（選択肢すべて）、'COL='（無回答）のどれかで書きます。"
        en "--share that cannot be read":
            "Write 'COL=A|B' (share of A or B), 'COL' (every option) or 'COL=' (no answer)."
    }
    TAKEN_WHOLE = Warning {
        ja "セルの内容ごとの区分":
            "--by や検定の列に「1;3」のような、複数の回答とみられるセルがあります。調査票がないときは、セ\
             ルの内容ごとに1つの区分とします（「1」の区分に「1;3」の人は入りません）。選択肢ごとの区分は、\
             --questionnaire の調査票で複数回答（multiple）とすると求められます。"
        en "groups of whole cells":
            "A column of --by or of a test holds cells such as \"1;3\", which look like several answers. \
             Without a questionnaire each cell is taken whole as one group (who answered \"1;3\" is not in \
             the group \"1\"). With a questionnaire (--questionnaire) that says multiple, each option is a \
             group."
    }
    TEST = Error {
        ja "読めない検定の指定":
            "独立性の検定は --test rao-scott 'COL × COL' と書きます。"
        en "a test that cannot be read":
            "A test of independence is written --test rao-scott 'COL × COL'."
    }
    TICKS = Warning {
        ja "印の列の空欄":
            "印だけが入る列では、空欄は「選ばなかった」のか「無回答」なのか分かりません。空欄を母数に入\
             れるなら --base all とします。"
        en "blanks in a column of ticks":
            "In a column of ticks a blank may be \"not chosen\" or \"no answer\". --base all counts the \
             blanks in the base."
    }
    UNKNOWN_CODE = Error {
        ja "ない値":
            "列にその値がありません。メッセージに実際の値を挙げています。"
        en "a value that never occurs":
            "The column never holds this value. The message lists those that it holds."
    }
    UNWEIGHTED = Warning {
        ja "使っていないウエイト":
            "ウエイトの列がありますが、使わずに集計しました。使うには --weight で指定してください。"
        en "weights that were not used":
            "The file has a column of weights, which were not used. Name it with --weight to use it."
    }
}
