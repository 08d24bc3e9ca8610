//! Sample design, weights, population tables and replicates.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    BLANK = Error {
        ja "標本設計の列の空欄":
            "層や集落（PSU）の列に空欄があります。すべての回答者に値を入れてください。"
        en "blanks in a design column":
            "A column of strata or clusters has blanks. Every respondent needs a value."
    }
    CALIBRATE_BOUNDS = Error {
        ja "較正の上下限の誤り":
            "較正の上下限は、下限 < 1 < 上限 でなければなりません。"
        en "wrong bounds of calibration":
            "Bounds of calibration are low < 1 < high."
    }
    CALIBRATE_CONVERGE = Error {
        ja "較正ウエイトが求まらない":
            "補助変数を母集団の合計に合わせるウエイトがありません。上下限を広げるか、補助変数を減らすか、\
             区分を合わせてください。"
        en "calibration found no weights":
            "No weights bring the auxiliaries to their totals. Widen the bounds, use fewer auxiliaries or \
             merge categories."
    }
    CALIBRATE_MISSING = Error {
        ja "補助変数の不明":
            "較正の補助変数が分からない回答者がいます。値を補うか、補助変数から外してください。"
        en "a missing auxiliary":
            "An auxiliary is missing for a respondent. Fill it in, or leave the auxiliary out."
    }
    EMPTY = Error {
        ja "回答者がいない":
            "標本に回答者が1人もいません。ファイルと条件を確かめてください。"
        en "no respondents":
            "The sample has no respondents. See the file and the conditions."
    }
    EXTREME_WEIGHTS = Warning {
        ja "ほかと大きくちがうウエイトの調整":
            "調整の倍率が、中央値より大きく離れた回答者がいます。区分を合わせるか、上下限（bounds、trim）\
             を付けることを考えてください。"
        en "weights adjusted far more than the others":
            "Some weights are adjusted far more than the median. Consider merging categories, bounds or \
             trimming."
    }
    FPC_SMALL = Error {
        ja "標本より小さい母集団":
            "層の母集団の大きさが、標本の人数より小さいか、数ではありません。人口表や fpc の列を確かめて\
             ください。"
        en "a population below the sample":
            "A stratum's population is below its sample, or no number. See the population table or the \
             column of fpc."
    }
    FPC_TWICE = Error {
        ja "母集団の大きさが2通り":
            "母集団の大きさは、列（fpc）か人口表（population）のどちらか一方で示してください。"
        en "population sizes given twice":
            "Give population sizes by columns (fpc) or by a table (population), not by both."
    }
    FPC_VARIES = Error {
        ja "層の中で違う母集団の大きさ":
            "母集団の大きさは、1つの層の中では同じでなければなりません。"
        en "a population that varies in a stratum":
            "The population size must be the same throughout a stratum."
    }
    LENGTH = Error {
        ja "列の長さが合わない":
            "標本設計の列の長さが回答者数と違います。"
        en "columns of different lengths":
            "A column of the design has another length than there are respondents."
    }
    LONELY_PSU = Error {
        ja "標本単位が1つしかない層":
            "標本単位（PSU）が1つしかない層では、標本誤差を計算できません。近い層と合わせるか、扱いを決\
             めてください（計画では lonely、estimate では --lonely-psu）。"
        en "a stratum with a single unit":
            "A stratum with a single sampled unit has no sampling error. Merge it with a near one, or say \
             how it counts (lonely in a plan, --lonely-psu of estimate)."
    }
    MARGIN = Error {
        ja "周辺分布の数が合わない":
            "周辺分布の区分の数と、母集団の値の数が違います。"
        en "a margin of another length":
            "A margin has another number of categories than of totals."
    }
    MARGIN_EMPTY = Error {
        ja "回答者のいない人口の区分":
            "人口表の区分に回答者がいません。その区分を除いて集計するか、合わせられなければ止まります。\
             近い区分と合わせることを考えてください。"
        en "population categories without a respondent":
            "Nobody answered from a category of the population. It is left out, or stops the weighting. \
             Consider merging it with a neighbouring one."
    }
    MARGIN_MISSING = Error {
        ja "周辺分布の区分が不明":
            "重み付けに使う属性が分からない回答者がいます。"
        en "a respondent in no category":
            "A respondent lacks the attribute that weighting uses."
    }
    MARGIN_TOTAL = Error {
        ja "使えない母集団の値":
            "母集団の値は0以上の数です。人口表を確かめてください。"
        en "no population total":
            "A population total is a number from 0. See the population table."
    }
    MARGIN_TWICE = Error {
        ja "人口表の同じ区分":
            "人口表に同じ区分が2回あります。1つにしてください。"
        en "a category that stands twice":
            "The population table has a category twice. Keep one."
    }
    MARGIN_UNKNOWN = Error {
        ja "人口表にない区分":
            "回答者の区分が人口表にありません。人口表に足すか、区分の名前をそろえてください。"
        en "a category that the population lacks":
            "Respondents are in a category that the population table lacks. Add it, or let the names be the \
             same."
    }
    NEGATIVE_WEIGHTS = Error {
        ja "較正で負になったウエイト":
            "較正で負のウエイトになった回答者がいます。関数を raking か logit にする、上下限を付ける、補\
             助変数を減らす、のどれかにしてください。"
        en "weights that calibration made negative":
            "Calibration made weights negative. Calibrate by raking or logit, give bounds, or use fewer \
             auxiliaries."
    }
    NEST = Error {
        ja "2つの層にまたがる集落":
            "同じ集落（PSU）の番号が2つの層にあります。層の中で番号を付け直しているなら nest を指定して\
             ください。集落がなければ nest は意味がありません。"
        en "a cluster in two strata":
            "A cluster's code occurs in two strata. If codes start anew in each stratum, say nest. Without \
             clusters nest means nothing."
    }
    NUMBER = Error {
        ja "数でない標本設計の列":
            "母集団の大きさなどの列に、数でない値があります。"
        en "a design column that is not numeric":
            "A column such as population sizes holds values that are no numbers."
    }
    POPULATION_BLANK = Warning {
        ja "重み付けの属性が不明の回答者":
            "重み付けに使う属性が不明の回答者は、標本の中の割合のままウエイトを付けます。"
        en "respondents without an attribute that weighting uses":
            "Respondents without the attribute keep their part of the sample when weighting."
    }
    POPULATION_CATEGORY = Error {
        ja "人口表の区分の誤り":
            "人口表に区分の列がないか、区分が空欄か、回答者の区分に当たるものがありません。名前をそろえ\
             てください。"
        en "categories of the population table":
            "The population table has no column of categories, a blank one, or none for some respondents. \
             Let the names be the same."
    }
    POPULATION_COLUMN = Error {
        ja "人口表に必要な列がない":
            "人口の列は「人口」か「total」とします。区分の列は設問の名前と同じにします。"
        en "a column that the population table lacks":
            "Name the column of totals \"total\" or \"人口\", and those of categories like the questions."
    }
    POPULATION_EMPTY = Warning {
        ja "回答者のいない母集団の区分":
            "回答者のいない区分を除いて集計します。近い区分と合わせることを考えてください。"
        en "population cells without a respondent":
            "Nobody answered from a cell of the population; it is left out. Consider merging it with a \
             neighbouring one."
    }
    POPULATION_TOTAL = Error {
        ja "読めない人口":
            "人口表の数が読めないか、行がないか、合計が回答者数より少なくなっています。"
        en "a population that cannot be read":
            "A number of the population table cannot be read, it has no rows, or its total is below the \
             respondents."
    }
    POPULATION_ZERO = Error {
        ja "人口が0の区分の回答者":
            "人口表では0人の区分に回答者がいます。人口表か区分を確かめてください。"
        en "respondents from an empty category":
            "The population table has nobody in a category that has respondents. See the table or the \
             categories."
    }
    RAKE_CONVERGE = Error {
        ja "レイキングが収束しない":
            "周辺分布を同時に満たすウエイトが見つかりません。区分を合わせるか、周辺分布を減らしてくださ\
             い。"
        en "raking did not converge":
            "No weights meet all margins. Merge categories or use fewer margins."
    }
    RAKE_MARGINS = Error {
        ja "レイキングの周辺分布がない":
            "レイキングには周辺分布が1つ以上必要です。"
        en "raking without a margin":
            "Raking needs at least one margin."
    }
    RAKE_TOTALS = Error {
        ja "合計の違う周辺分布":
            "周辺分布の人口の合計が互いに違うため、同時には満たせません。人口表の範囲（年齢など）をそろ\
             えてください。"
        en "margins with different totals":
            "Margins with different population totals cannot all hold. Let the tables be of the same people."
    }
    REPLICATES = Error {
        ja "反復ウエイトの誤り":
            "反復ウエイトの列、種類（jk1、brr、bootstrap など）、数、係数のどれかが合いません。データの\
             説明書と照らし合わせてください。"
        en "wrong replicate weights":
            "Columns, kind (jk1, brr, bootstrap …), number or scales of the replicates do not fit. See the \
             documentation of the data."
    }
    REPLICATES_ALREADY = Error {
        ja "すでに反復ウエイトがある":
            "反復ウエイトを持つ標本設計から、さらに反復を作ることはできません。"
        en "replicates on top of replicates":
            "A design that has replicates gets no others."
    }
    REPLICATES_CALIBRATED = Error {
        ja "較正のあとの反復":
            "反復ウエイトは較正の前に作ります。較正は反復ごとにやり直されます。"
        en "replicates after calibration":
            "Make the replicates before calibrating. Every replicate is calibrated again."
    }
    REPLICATES_FPC = Warning {
        ja "有限母集団修正のない反復":
            "この種類の反復は、有限母集団修正を考慮しません。標本誤差はやや大きめになります。"
        en "replicates without the fpc":
            "Replicates of this kind take no account of the finite population correction. Sampling errors \
             come out somewhat larger."
    }
    REPLICATES_PAIRS = Error {
        ja "PSUが2つでない層":
            "均衡半標本（brr、fay）には、各層にちょうど2つのPSUが必要です。jackknife か bootstrap を使っ\
             てください。"
        en "a stratum without exactly two units":
            "Balanced half samples (brr, fay) need two sampled units in every stratum. Use jackknife or \
             bootstrap."
    }
    REPLICATES_SIZE = Error {
        ja "大きすぎる反復":
            "反復の数と人数が大きすぎて作れません。反復の数を減らすか、bootstrap を使ってください。"
        en "too many replicate weights":
            "So many replicates of so many respondents cannot be made. Make fewer, or use bootstrap."
    }
    RSCALES = Error {
        ja "読めない rscales":
            "rscales のファイルには、反復ごとに1つの数を書きます。"
        en "rscales that cannot be read":
            "The file of rscales holds one number a replicate."
    }
    SEVERAL_ANSWERS = Error {
        ja "標本設計に使えない複数回答":
            "1人は1つの層や集落に入ります。複数回答の設問は標本設計に使えません。"
        en "several answers in a design":
            "Everyone is in one stratum or cluster: a question with several answers is of no use there."
    }
    SIZE = Error {
        ja "回答者が多すぎる":
            "回答者の数が扱える数（約42億）を超えています。"
        en "too many respondents":
            "There are more respondents than can be handled (about 4.2 billion)."
    }
    STAGES = Error {
        ja "抽出段の数が合わない":
            "層や母集団の大きさの列が、抽出段（cluster）の数より多くあります。"
        en "another number of stages":
            "There are strata or population sizes for more stages than there are clusters."
    }
    STRATUM_UNKNOWN = Warning {
        ja "層が不明の回答者":
            "層の分からない回答者を別の層とし、有限母集団修正をしません。"
        en "respondents without a stratum":
            "Respondents without a stratum make one of their own, without finite population correction."
    }
    TRIM = Error {
        ja "ウエイトの上下限に収まらない":
            "すべてのウエイトを上下限の間に収められません。下限を下げるか、上限を上げてください。"
        en "weights that cannot be trimmed":
            "The weights cannot all be brought between the limits. Lower the lower one or raise the upper \
             one."
    }
    WEIGHT = Error {
        ja "使えないウエイト":
            "ウエイトに負の値や数でない値があるか、すべて0です。"
        en "weights that cannot be used":
            "Weights are negative or no numbers, or all of them are 0."
    }
    WEIGHT_VALUE = Error {
        ja "読めないウエイト":
            "ウエイトの列に数でない値があります。元のファイルを確かめてください。"
        en "a weight that cannot be read":
            "The column of weights holds a value that is no number. See the file."
    }
}
