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
    SHARE_TABLE = Error {
        ja "標本設計と合わない合計":
            "合計がこの標本設計のものでないか、この設計の誤差は合計だけからは求められません。"
        en "totals without their variance":
            "The totals are of another design, or the variance of this design is no function of totals."
    }
    COUNT_BLANK = Warning {
        ja "まだ記入されていない実績値":
            "行政の数値が、まだ記入されていません。担当課に確かめ、ファイルに入れてください。"
        en "counts that are not filled in yet":
            "A count of the office is not filled in yet. Ask the department and enter it."
    }
    COUNT_MISSING = Warning {
        ja "実績値のない年度":
            "行政の数値のファイルに、その年度の値がありません。「…」と表示します。"
        en "years without a count (they print …)":
            "The file of counts has no value for the year. It prints …."
    }
    COUNTS_COLUMNS = Error {
        ja "行政の数値の見出しがない":
            "1行目に「項目, 年度, 値」または「項目, R4, R5, …」の見出しを置いてください。"
        en "headers that the counts lack":
            "Give the first row the headers \"項目, 年度, 値\" or \"項目, R4, R5, …\"."
    }
    COUNTS_TWICE = Error {
        ja "一致しない2つの実績値":
            "同じ項目の同じ年度に、違う値が2つあります。正しい方を残してください。"
        en "two counts that differ":
            "One item has two different values for the same year. Keep the right one."
    }
    QUANTITY = Error {
        ja "読めない数値":
            "数値は 20,292世帯、8175人、57.6% のように、数のあとに単位を書きます。"
        en "a number that cannot be read":
            "Write a number and its unit, like 20,292世帯, 8175人 or 57.6%."
    }
    UNIT = Warning {
        ja "目標値と違う単位":
            "実績値の単位が目標値の単位と違うため、判定しません。単位をそろえてください。"
        en "a unit that is not the target's":
            "The value's unit is not the target's, so there is no status. Let them be the same."
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
