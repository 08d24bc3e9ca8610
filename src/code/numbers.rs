//! Estimates, counts of the office, and outputs.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    REDUCTION = Error {
        ja "長さや符号の合わない列":
            "集計する列の長さが違うか、範囲の外の符号があります。"
        en "columns that do not fit":
            "The columns to add up differ in length, or hold a code outside its range."
    }
    INTERVAL_METHOD = Error {
        ja "ない信頼区間の方法":
            "その名前の方法はありません。使える方法をメッセージに挙げています。"
        en "no such interval method":
            "There is no method of that name. The message lists the known ones."
    }
    LENGTH = Error {
        ja "列の長さが標本設計と違う":
            "集計する列の人数が、標本設計の人数と違います。"
        en "a column of another length":
            "The column has another number of values than the design has respondents."
    }
    QUANTILE = Error {
        ja "分位点が範囲の外":
            "分位点は0から1の数です。中央値は 0.5 です。"
        en "a quantile out of range":
            "A quantile is from 0 to 1. The median is 0.5."
    }
    REPLICATE_TABLE = Error {
        ja "反復ウエイトと合わない合計":
            "合計が、この標本設計と反復ウエイトで作られたものではありません。"
        en "totals of another design":
            "The totals were not made with this design and its replicates."
    }
    ROUGH_TARGET = Note {
        ja "おおよその目標値":
            "目標値が「約」「概ね」「程度」などのおおよその数です。書かれた数そのものを目標値として判定しま\
             した（幅は持たせません）。"
        en "rough targets":
            "A target is called rough (約, 概ね, 程度). The number itself was taken as the target, without \
             any margin."
    }
    SHARE_TABLE = Error {
        ja "標本設計と合わない合計":
            "合計がこの標本設計のものでないか、この設計の誤差は合計だけからは求められません。"
        en "totals without their variance":
            "The totals are of another design, or the variance of this design is no function of totals."
    }
    CALENDAR_YEAR = Note {
        ja "暦年の見出し":
            "行政の数値の見出しが「令和4年」のような暦年です。同じ年の年度の値として使いました。年度の値でな\
             ければ、表か計画を直してください。"
        en "headings of calendar years":
            "A heading of the counts names a calendar year. Its figure was taken as that of the fiscal year \
             of the same name; correct the table or the plan if it is not."
    }
    COUNT_BLANK = Warning {
        ja "まだ記入されていない実績値":
            "行政の数値が、まだ記入されていません。担当課に確かめ、ファイルに入れてください。"
        en "counts that are not filled in yet":
            "A count of the office is not filled in yet. Ask the department and enter it."
    }
    COUNT_CELL = Warning {
        ja "確かめるべき実績値":
            "値は読みましたが、非表示の行にある、取り消し線で直してある、年度が表題にしかない、割合が1以下で\
             あるなど、確かめるべきことがあります。"
        en "counts to look at":
            "The figure was read, but there is something to look at: it stands in a hidden row, is corrected \
             by striking out, has its year out of a title only, or is a share of at most 1, for instance."
    }
    COUNT_MISSING = Warning {
        ja "実績値のない年度":
            "行政の数値のファイルに、その年度の値がありません。「…」と表示します。"
        en "years without a count (they print …)":
            "The file of counts has no value for the year. It prints …."
    }
    COUNTS_COLUMNS = Error {
        ja "年度の見出しがない":
            "行政の数値の表に、年度の見出しが見つかりません。年度は「令和4年度」「R4」「2022年度」のように、\
             横（1行）か縦（1列）に並べるか、シート名・ファイル名に書いてください。"
        en "no heading names a year":
            "No heading of the counts names a fiscal year. Name the years like 令和4年度, R4 or 2022年度, \
             along a row or a column, or in the name of the sheet or file."
    }
    COUNTS_TWICE = Error {
        ja "一致しない2つの実績値":
            "同じ項目の同じ年度に、違う値が2つあります。item を [\"大きい見出し\", \"小さい見出し\"] のように\
             書くか、column に列の見出しを書くか、cell にセルの番地を書いて、どれかを決めてください。"
        en "two counts that differ":
            "One item has two different values for the same year. Tell them apart with item = [\"group\", \
             \"part\"], column or cell in the plan's count."
    }
    QUANTITY = Error {
        ja "読めない数値":
            "セルには、1つの数と単位（20,292世帯、8175人、57.6%）か、記号（空欄は未記入、「-」は該当なし、「…\
             」は不詳、「x」は秘匿）を書きます。範囲、時刻、日付、おおよその数は、数値として読みません。"
        en "a number that cannot be read":
            "A cell holds one number with its unit (20,292世帯, 8175人, 57.6%) or a symbol (blank: not \
             filled in yet, -: nil, …: not available, x: suppressed). Ranges, times of day, dates and rough \
             figures are no numbers."
    }
    UNIT = Error {
        ja "目標値と違う単位":
            "実績値と目標値、または年度どうしの単位や位（千、万など）が違うため、比べられません。メッセージの\
             とおりに単位をそろえてください。"
        en "a unit that is not the target's":
            "Values and target, or the values of two years, are of different units or scales and cannot be \
             compared. Let them be the same, as the message says."
    }
    CSV = Error {
        ja "CSVを作れない":
            "CSVを作れませんでした。プログラムの誤りのおそれがあります。"
        en "the CSV cannot be made":
            "The CSV could not be made. It may be a mistake of this program."
    }
    JSON = Error {
        ja "JSONを作れない":
            "JSONを作れませんでした。プログラムの誤りのおそれがあります。"
        en "the JSON cannot be made":
            "The JSON could not be made. It may be a mistake of this program."
    }
    PARQUET = Error {
        ja "Parquetを作れない":
            "Parquetを作れませんでした。プログラムの誤りのおそれがあります。"
        en "the Parquet file cannot be made":
            "The Parquet file could not be made. It may be a mistake of this program."
    }
    XLSX = Error {
        ja "Excelファイルを作れない":
            "Excelファイルを作れませんでした。行や列がExcelの上限を超えていないか確かめてください。"
        en "the workbook cannot be made":
            "The workbook could not be made. See whether rows or columns exceed what Excel takes."
    }
}
