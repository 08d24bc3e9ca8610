//! A questionnaire, and the forms that one is drafted from.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    AMBIGUOUS_OPTION = Error {
        ja "別の選択肢のコードと同じ文":
            "ある選択肢の文や番号が、別の選択肢のコードにもなっています。セルの値がどちらか決まらないた\
             め、コード（code）を付け直してください。"
        en "an option that is another's code":
            "An option's words or number are the code of another option, so a cell could mean either. Give \
             the options other codes."
    }
    BAD_RANGE = Error {
        ja "逆の範囲":
            "range の下限が上限より大きくなっています。[下限, 上限] の順に書いてください。"
        en "a range upside down":
            "The lower end of range is above the upper one. Write [lower, upper]."
    }
    BANDS_GAP = Error {
        ja "区分にない小さい数":
            "範囲の下の方の数がどの区分にも入りません。最初の下限を下げるか、rest で扱いを書いてください。"
        en "numbers below all bands":
            "Small numbers of the range are in no band. Lower the first limit, or say with rest what they \
             are."
    }
    BANDS_LABELS = Error {
        ja "区分の呼び名の数が合わない":
            "labels の数は区分の数と同じにしてください。"
        en "labels for another number of bands":
            "Give as many labels as there are bands."
    }
    BANDS_ORDER = Error {
        ja "区分が重なる":
            "区分の下限（from）は、小さい順に、同じ数を2回書かずに並べてください。"
        en "bands that overlap":
            "Write the limits of the bands (from) in ascending order, each once."
    }
    CODE_CLASH = Error {
        ja "意味の重なるコード":
            "無回答や非該当の印が、選択肢のコードと同じか、両方に使われています。設問ごとに no_answer や \
             not_asked を書き直してください（なければ []）。"
        en "a code with two meanings":
            "A mark of no answer or not asked is an option's code too, or means both. Give the question its \
             own no_answer or not_asked ([] for none)."
    }
    CROSS_ONE = Error {
        ja "1つだけの組み合わせ":
            "cross には2つ以上の設問を書いてください。"
        en "a crossing of one variable":
            "cross takes two variables or more."
    }
    CROSS_TWICE = Error {
        ja "同じ設問の組み合わせ":
            "cross に同じ設問が2回あります。1つにしてください。"
        en "a variable crossed with itself":
            "cross names the same variable twice. Keep one."
    }
    DERIVED_CIRCLE = Error {
        ja "自分自身から作る派生変数":
            "派生変数の元をたどると自分に戻ります。示された並びのどれかを直してください。"
        en "a derived variable made of itself":
            "The sources of the derived variable lead back to itself. Change one of those in the message."
    }
    DERIVED_KIND = Error {
        ja "派生変数の元の種類が違う":
            "派生変数の作り方に合わない設問です（bands は数、merge と cross は単数回答から作ります）。"
        en "a source of another kind":
            "The source does not fit: bands are made of a number, merge and cross of single answers."
    }
    DERIVED_LABELS = Error {
        ja "呼び名が2つでない":
            "条件から作る派生変数の呼び名（labels）は、当てはまる・当てはまらないの2つです。"
        en "not two labels":
            "A variable made of a condition has two labels, for yes and for no."
    }
    DUPLICATE_OPTION = Error {
        ja "同じ選択肢":
            "同じ文またはコードの選択肢が2つあります。片方を直してください。"
        en "an option that stands twice":
            "Two options have the same words or the same code. Change one."
    }
    DUPLICATE_QUESTION = Error {
        ja "同じ番号の設問":
            "同じ番号の設問または派生変数が2つあります。片方の番号を変えてください。"
        en "a question that stands twice":
            "Two questions or derived variables have the same id. Change one."
    }
    FORM = Error {
        ja "調査票の表として読めない":
            "XLSForm、集計会社の調査票の表、SPSS・Stata・SASの変数説明のどれとしても読めません。必要な列\
             がメッセージにあります。"
        en "not a sheet of questions":
            "It cannot be read as an XLSForm, a tabulator's sheet or a dictionary of SPSS, Stata or SAS. The \
             message names the columns that are needed."
    }
    FORM_CODES = Warning {
        ja "ほかの選択肢のコードと同じ言葉":
            "選択肢の言葉が、別の選択肢のコードと同じです。回答ファイルのその値はコードとして読みます。\
             作られた調査票を確かめてください。"
        en "words that are another option's code":
            "An option's words are another option's code. Such a cell is read as the code. Look at the \
             questionnaire that was made."
    }
    FORM_COUNT = Warning {
        ja "選択肢の数が合わない":
            "表に書かれたカテゴリ数と、選択肢の数が違います。抜けている選択肢がないか確かめてください。"
        en "another number of options":
            "The sheet's number of categories is not that of its options. See whether one is missing."
    }
    FORM_DUPLICATE = Warning {
        ja "2回ある設問":
            "表に同じ番号の設問が2回あります。後の方は読みません。番号を確かめてください。"
        en "a question that stands twice":
            "The sheet has a question twice. The later one is left out. See the numbers."
    }
    FORM_OPTIONS = Warning {
        ja "選択肢が多すぎる設問":
            "選択肢が多いため、自由記述として読みます。割合は求められません。"
        en "a question with too many options":
            "The question has too many options and is read as free text, without shares."
    }
    FORM_RULE = Warning {
        ja "引き継げない限定条件":
            "限定条件を調査票に引き継げません。空欄は非該当でなく無回答と数えます。作られた調査票に asked_if \
             を書いてください。"
        en "a skip rule that is not carried over":
            "The skip rule cannot be carried over, and blanks count as no answer. Write asked_if into the \
             questionnaire that was made."
    }
    FORM_SET = Warning {
        ja "引き継げない多重回答グループ":
            "多重回答グループの数え方を引き継げないため、列ごとの設問として読みます。"
        en "a multiple-response set not carried over":
            "How the multiple-response set counts cannot be carried over. Its columns are read one by one."
    }
    FORM_TYPE = Warning {
        ja "調査票に入れない項目":
            "設問として読めない種類（日付、計算、分からないタイプなど）の項目です。設問なら、作られた調\
             査票に書き足してください。"
        en "items not taken into the questionnaire":
            "An item of a kind that is no question (dates, calculations, unknown types). If it is one, add \
             it to the questionnaire that was made."
    }
    FORM_WEIGHT = Note {
        ja "ウエイト変数":
            "ファイルがウエイトとしている列です。設問にはしません。計画の weights か --weight で指定でき\
             ます。"
        en "a weight variable":
            "The file says that the column is the weight; it is no question. Name it as weights in the plan \
             or with --weight."
    }
    LATER_QUESTION = Error {
        ja "後ろの設問への条件":
            "限定条件は、その設問より前の設問だけを指せます。順番か番号を確かめてください。"
        en "a rule on a later question":
            "A skip rule can name only questions that come before. See the order and the id."
    }
    MISPLACED_KEY = Error {
        ja "ここには書けない項目":
            "この種類の設問や条件には使わない項目です。消すか、設問の type を確かめてください。"
        en "a key in the wrong place":
            "The key does not belong to this kind of question or rule. Remove it, or see the question's \
             type."
    }
    MISSING_KEY = Error {
        ja "必要な項目がない":
            "調査票に必要な項目がないか、空です。メッセージの名前の項目を書いてください。"
        en "a missing key":
            "The questionnaire lacks a key, or it is empty. Write the one in the message."
    }
    NO_OPTIONS = Error {
        ja "選択肢がない":
            "単数回答・複数回答の設問には選択肢（options）が1つ以上必要です。"
        en "no options":
            "A question with options needs at least one."
    }
    OPTION_TWICE = Error {
        ja "2つの区分に入る選択肢":
            "まとめる前の選択肢は、1つの区分だけに入れてください。"
        en "an option in two groups":
            "Put each option into one group only."
    }
    TOML = Error {
        ja "TOMLの書き方の誤り":
            "調査票の書き方が正しくありません。引用符や括弧の閉じ忘れがないか、示された行を確かめてくだ\
             さい。日本語の項目名は \"…\" で囲みます。"
        en "not valid TOML":
            "The questionnaire is not valid TOML. See the line for a quote or bracket that is not closed. \
             Names that are not plain ASCII go in quotes."
    }
    TOO_MANY_OPTIONS = Error {
        ja "選択肢が多すぎる":
            "扱える選択肢（または区分、組み合わせ）の数を超えています。まとめるか、自由記述（text）にし\
             てください。"
        en "too many options":
            "There are more options, categories or combinations than can be handled. Merge some, or make it \
             text."
    }
    UNKNOWN_BASE = Error {
        ja "ない基数の名前":
            "基数は all（全員）、asked（対象者）、answered（回答者）から選びます。"
        en "no such base":
            "A base is all, asked or answered."
    }
    UNKNOWN_KEY = Error {
        ja "ない項目名":
            "調査票にその名前の項目はありません。似た名前を示しています。一覧は shihyo schema questionnaire \
             で見られます。"
        en "an unknown key":
            "A questionnaire has no such key; the message names near ones. `shihyo schema questionnaire` \
             lists them all."
    }
    UNKNOWN_OPTION = Error {
        ja "ない選択肢":
            "条件や派生変数に書いた選択肢が、その設問にありません。調査票のとおりに書いてください。"
        en "no such option":
            "A rule or derived variable names an option that the question does not have. Write it as in the \
             questionnaire."
    }
    UNKNOWN_QUESTION = Error {
        ja "ない設問":
            "その番号の設問が調査票にありません。似た番号を示しています。"
        en "no such question":
            "The questionnaire has no question of that id. The message names near ones."
    }
    UNKNOWN_WORD = Error {
        ja "選べない言葉":
            "この項目に書ける言葉は決まっています。メッセージに挙げたものから選んでください。"
        en "a word that cannot be chosen":
            "The key takes one of a few words. Choose one of those in the message."
    }
    WRONG_TYPE = Error {
        ja "値の型が違う":
            "文字列は引用符で囲み、数は囲まずに書きます。何を書くかはメッセージに示しています。"
        en "a value of another type":
            "Text stands in quotes, a number does not. The message says what is needed."
    }
}
