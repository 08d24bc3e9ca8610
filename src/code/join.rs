//! Files joined by a key.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    BLANK_KEY = Warning {
        ja "キーが空欄の行":
            "結合のキーの列が空欄の行です。どの行とも照合しません。番号を入れるか、要らない行なら除いてく\
             ださい。"
        en "rows with a blank key":
            "Rows whose key to join by is blank match nothing. Fill the key in, or take the rows out."
    }
    COLUMN = Error {
        ja "結合に使う列がない":
            "join の key か columns に書いた列が、そのファイルにないか、同じ名前の列が2つ以上あります。列\
             番号（@C）でも書けます。2つのファイルで名前が違うときは key = { answers = \"…\", file = \"…\" } \
             と書きます。"
        en "no column to join by":
            "A column of key or columns of a join is not in its file, or several are called so; @C names a \
             column by its letters. Where the names differ, write key = { answers = \"…\", file = \"…\" }."
    }
    FEW_MATCHED = Warning {
        ja "照合できたのが半分未満":
            "結合したファイルと照合できた回答が半分に足りません。キーの列か、ファイルの取り違えとみられま\
             す。照合できない回答の、結合した列は空欄です。"
        en "fewer than half match":
            "Fewer than half of the answers match the joined file: most likely the key or the file is \
             another one. Where nothing matches, the joined columns are blank."
    }
    KEY_TWICE = Error {
        ja "キーが重なる":
            "結合するファイルに、キーが同じで内容の違う行があります。どちらの値か決められないので止まりま\
             す。世帯の中の人のように番号が重なるときは、key に列を加えてください。"
        en "a key that stands twice":
            "Rows of the joined file have one key and differ, so which of them counts would be a guess. \
             Name every column of the key, such as household and person."
    }
    REQUEST = Error {
        ja "結合の指定の誤り":
            "join には、ファイル（file）とキーの列（key）を書きます。key の answers と file には同じ数の列を\
             書いてください。estimate では --join と --key を組にします。"
        en "a join that is not complete":
            "A join takes a file and the columns of its key, as many in answers as in file. With estimate, \
             --join and --key go together."
    }
    SAME_COLUMN = Error {
        ja "両方のファイルにある列":
            "回答ファイルと結合するファイルに、同じ名前の列があります。名前の前に付ける字（prefix）、取る\
             列（columns）、回答ファイルの列を使うこと（same_columns = \"answers\"）のどれかを書いてくだ\
             さい。"
        en "a column that both files have":
            "Both files have columns of one name. Say prefix to put before the names, columns to take, or \
             same_columns = \"answers\" to let the responses' columns count."
    }
    SAME_COLUMN_KEPT = Warning {
        ja "両方のファイルにあり、回答の列を使った":
            "同じ名前の列は、計画のとおり回答ファイルのものを使いました。内容の違う行があれば、その数を示\
             します。"
        en "of both columns that of the answers":
            "Of columns of one name, those of the responses count, as was said. The message tells in how \
             many rows the contents differ."
    }
    SAME_ROWS = Warning {
        ja "キーも内容も同じ行":
            "結合するファイルに、キーも取る列の内容も同じ行があります。1行とみなしました。"
        en "rows that stand twice":
            "Rows of the joined file have the same key and say the same in all columns that are taken. They \
             count once."
    }
    UNMATCHED = Warning {
        ja "照合できない回答":
            "番号が結合したファイルにない回答です。結合した列は空欄（無回答）とし、回答は標本に残しました。\
             番号の書きまちがいがないか確かめてください。"
        en "answers without a match":
            "Answers whose key the joined file does not have. Their joined columns are blank (no answer), \
             and they stay in the sample. See whether the keys are mistyped."
    }
    UNUSED = Note {
        ja "どの回答とも照合しない行":
            "結合したファイルの行のうち、回答のないものです。台帳なら、回答のなかった人の数です。"
        en "rows that no answers match":
            "Rows of the joined file without answers. In the list of a sample these are the people who did \
             not answer."
    }
    ZEROS = Warning {
        ja "0だけが違う番号の照合":
            "先頭の0（または末尾の .0）だけが違う番号を、同じ番号とみなしました。表計算ソフトが0を消したと\
             みられます。どちらかのファイルに 007 と 7 の両方があるときは、別の番号とします。"
        en "keys that differ in zeros only":
            "Keys that differ in leading zeros (or .0 behind) only were taken as the same: a spreadsheet \
             program takes zeros away. Where one of the files has both 007 and 7, they are two keys."
    }
}
