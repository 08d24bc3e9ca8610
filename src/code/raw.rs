//! Files as they are read.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    BLANK_LINES = Note {
        ja "空行":
            "空の行を読み飛ばしました。行の番号は元のファイルのままです。"
        en "blank lines":
            "Blank lines were skipped. Row numbers are those of the file."
    }
    CELL_ERROR = Warning {
        ja "エラー値のセル（#N/A など）":
            "表計算ソフトのエラー値が入ったセルです。回答としては読めません。元のファイルの式や参照を直\
             してください。"
        en "cells that hold an error (#N/A …)":
            "A cell holds an error of the spreadsheet program and is no answer. Mend the formula or \
             reference in the file."
    }
    COLUMN_TYPE = Warning {
        ja "読めない型の列":
            "入れ子などの読めない型の列です。読み飛ばしました。必要なら文字か数の列にして保存し直してく\
             ださい。"
        en "columns of an unreadable type":
            "The column is of a type that cannot be read, such as a nested one, and was skipped. Save it as \
             text or numbers if it is needed."
    }
    DAMAGED = Error {
        ja "壊れている箇所":
            "ファイルが途中で切れているか、壊れています。元のソフトで開けるか確かめ、保存し直すか、もう\
             一度受け取ってください。"
        en "damaged parts":
            "The file is cut off or damaged. See whether its own program opens it; save it again or ask for \
             it again."
    }
    DUPLICATE_HEADER = Note {
        ja "同じ見出しの列":
            "同じ見出しの列が2つ以上あります。@AO のように列の記号で指してください。"
        en "columns with the same header":
            "Several columns have the same header. Name them by their letters, such as @AO."
    }
    EMPTY = Error {
        ja "空のファイル":
            "ファイルにデータがありません。ファイルとシートを確かめてください。"
        en "an empty file":
            "The file holds no data. See whether it is the right file and sheet."
    }
    EMPTY_ROWS = Note {
        ja "空の行":
            "末尾の空の行（書式だけの行を含む）を読み飛ばしました。"
        en "empty rows":
            "Empty rows at the end, also such with a format only, were skipped."
    }
    ENCODING = Error {
        ja "文字コードの判定が不確か":
            "文字コードを中身から判定しました。不確かなときは、文字化けがないか確かめ、違っていれば encoding \
             で指定してください。知らない名前や、指定と合わない中身なら止まります。"
        en "an encoding that is not certain":
            "The encoding was found from the content. Where it is not certain, look for broken characters \
             and name it with encoding. An unknown name, or content that does not fit the one named, stops \
             the run."
    }
    FORMULA_WITHOUT_VALUE = Warning {
        ja "値のない式":
            "計算結果が保存されていない式のセルです。空としました。表計算ソフトで開いて保存し直してくだ\
             さい。"
        en "formulas without a value":
            "The result of a formula is not saved in the file; the cell was taken as empty. Open and save it \
             in a spreadsheet program."
    }
    HEADER_ROWS = Error {
        ja "見出し行の数の誤り":
            "見出し行の数は1以上で、ファイルの行数までです。見出し行の数の指定（header_rows）を直してくださ\
             い。"
        en "a wrong number of header rows":
            "There is at least one header row, and not more than the file has rows. Correct header_rows."
    }
    HEADING_FOUND = Warning {
        ja "推測した見出しの行":
            "見出しの行の位置と数を、ファイルの中身から推測しました。正しければそのままで構いません。違う\
             ときは、飛ばす行数（skip_rows）と見出しの行数（header_rows）を指定してください。"
        en "headings that were guessed":
            "Where the headings stand and how many rows they have was guessed from the content. Where it is \
             wrong, say how many rows are to be passed over (skip_rows) and how many are headings \
             (header_rows)."
    }
    IO = Error {
        ja "読み込みの失敗":
            "ファイルを読めませんでした。共有フォルダーへの接続やディスクを確かめてください。"
        en "reading failed":
            "The file could not be read. See the connection to a shared folder, and the disk."
    }
    IS_DIRECTORY = Error {
        ja "ファイルでなくフォルダー":
            "フォルダーが指定されています。中のファイルを指定してください。"
        en "a folder, not a file":
            "It is a folder. Name a file in it."
    }
    LEAST_NUMBER = Note {
        ja "0の代わりの最小の数":
            "SASの移送ファイル（XPT）では、0が5.4×10⁻⁷⁹と書かれていることがあります。0と読みました。"
        en "the least number for 0":
            "Transport files of SAS (XPT) hold 5.4e-79 where a 0 is meant. It was read as 0."
    }
    MERGED_CELLS = Warning {
        ja "結合されたセル":
            "回答の中に結合されたセルがあります。値は最初のセルだけにあり、ほかは空です。結合を解いて、\
             それぞれに値を入れてください。"
        en "merged cells":
            "Cells are merged among the answers. The value stands in the first only, the others are empty. \
             Take them apart and fill each."
    }
    NAN = Note {
        ja "数でない値（NaN）":
            "NaN を空としました。"
        en "NaN values":
            "NaN was taken as empty."
    }
    NO_HEADER = Warning {
        ja "見出しのない列":
            "値があるのに見出しのない列です。見出しを付けるか、@AO のように列の記号で指してください。"
        en "columns without a header":
            "A column has values but no header. Give it one, or name it by its letters, such as @AO."
    }
    NOT_FOUND = Error {
        ja "ファイルがない":
            "その名前のファイルやフォルダーがありません。似た名前があれば示します。名前は、プロジェクト\
             のフォルダーから書きます。"
        en "no such file":
            "There is no file or folder of that name; the message names a near one. Names are given from the \
             project's folder."
    }
    NOT_TEXT = Error {
        ja "文字のファイルでない":
            "中身が文字ではありません。CSVかXLSXのファイルを指定してください。"
        en "not a text file":
            "The content is no text. Give a CSV or XLSX file."
    }
    NUL = Warning {
        ja "NUL文字のあるセル":
            "NUL文字を除いて読みました。書き出したソフトの設定を確かめてください。"
        en "cells with NUL characters":
            "NUL characters were taken out. See the settings of the program that wrote the file."
    }
    OPEN_QUOTE = Warning {
        ja "閉じていない引用符":
            "引用符（\"）が閉じられないままファイルが終わります。この行から後ろが1つのセルになっているお\
             それがあります。"
        en "a quotation mark that is not closed":
            "The file ends inside a quoted cell. All from this row on may have become one cell."
    }
    OTHER_SHEETS = Note {
        ja "ほかのシート":
            "シートの指定がないので、最初のデータのあるシートを読みました。ほかのシートなら sheet で指定\
             してください。"
        en "other sheets":
            "No sheet was named; the first with data was read. Name another with sheet."
    }
    PASSWORD = Error {
        ja "パスワードで保護されたファイル":
            "パスワードで保護されているため読めません。パスワードを外して保存し直してください。"
        en "a file protected by a password":
            "The file is protected by a password. Save it without."
    }
    PERMISSION = Error {
        ja "開く権限がない":
            "ファイルを開けません。ほかのソフトで開いていないか、読み取りの権限があるかを確かめてくださ\
             い。"
        en "no permission to open":
            "The file cannot be opened. See whether another program holds it open, and who may read it."
    }
    REPLACEMENT_CHARACTER = Warning {
        ja "文字化けの跡のあるセル":
            "以前の変換で失われた文字（�）がファイルに残っています。元のファイルから変換し直してくださ\
             い。"
        en "cells with characters lost earlier":
            "An earlier conversion lost characters (�). Convert the original file again."
    }
    SHEET = Error {
        ja "ないシート":
            "その名前のシートがありません。シート名を示しています。CSVにシートはありません。"
        en "no such sheet":
            "There is no sheet of that name; the message lists those that there are. A CSV has no sheets."
    }
    SHORT_ROW = Warning {
        ja "列の足りない行":
            "見出しより短い行です。足りないセルは空としました。区切り文字や改行がおかしくなっていないか\
             確かめてください。"
        en "rows shorter than the header":
            "Rows are shorter than the header; the cells that lack are empty. See whether delimiters and \
             line ends are right."
    }
    TOO_LARGE = Error {
        ja "大きすぎる表やファイル":
            "安全に読める大きさを超えています。離れたところの余分なセルや、閉じていない引用符がないか確\
             かめてください。"
        en "too large":
            "It is larger than can be read safely. See whether a stray cell stands far away or a quotation \
             mark is not closed."
    }
    TOTAL_ROWS = Warning {
        ja "合計の行":
            "末尾にある合計などの行は、回答者の行ではないため除きました。"
        en "rows of totals":
            "Rows at the end that add up the others are no respondents and were left out."
    }
    UNDECODABLE = Warning {
        ja "文字として読めないセル":
            "文字コードに合わないバイトがあるセルです。文字コードの指定か、元のファイルを確かめてくださ\
             い。"
        en "cells that cannot be decoded":
            "Bytes of a cell do not fit the encoding. See the encoding that was named, or the original file."
    }
    UNSUPPORTED = Error {
        ja "読めない種類のファイル":
            "表として読めない種類のファイルです。表計算ソフトで開き、CSVかXLSXで保存し直してください。"
        en "a kind of file that cannot be read":
            "This kind of file is no table. Open it in a spreadsheet program and save it as CSV or XLSX."
    }
    WRONG_EXTENSION = Note {
        ja "拡張子と中身の違い":
            "拡張子と中身が違います。中身のとおりに読みました。"
        en "a name that does not fit the content":
            "The name's ending is not that of the content. It was read as what it is."
    }
}
