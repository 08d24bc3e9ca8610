//! The command line itself.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    CONFLICT = Error {
        ja "一緒に書けない引数":
            "同時には指定できないオプションがあります。どちらか1つにしてください。"
        en "arguments that do not go together":
            "Two options exclude each other. Keep one of them."
    }
    EXPORT_DERIVED = Error {
        ja "derived/ の下への書き出し":
            "修正用のファイルには回答者番号と回答の言葉が入るため、derived/ の下には書き出しません。ほか\
             のフォルダーを指定してください。"
        en "an export under derived/":
            "A sheet for corrections holds respondents' ids and words, so it is not written under derived/. \
             Name another folder."
    }
    EXPORT_NAME = Error {
        ja "書き出すファイルの名前":
            "修正用のファイルはExcelブックです。名前は .xlsx で終わらせてください。"
        en "name of the file to write":
            "The sheet for corrections is a workbook. Let its name end in .xlsx."
    }
    EXTRA_ARGUMENT = Error {
        ja "余分な引数":
            "命令が受け取る数より多くの引数があります。空白を含む名前は引用符で囲んでください。"
        en "one argument too many":
            "The command takes fewer arguments. Put a name with blanks in quotes."
    }
    MISSING_ARGUMENT = Error {
        ja "引数が足りない":
            "命令に必要な引数がありません。shihyo 命令 --help で書き方が分かります。"
        en "a missing argument":
            "The command needs one more argument. `shihyo COMMAND --help` shows how to write it."
    }
    MISSING_COMMAND = Error {
        ja "命令がない":
            "run や check などの命令を書いてください。shihyo --help で一覧が見られます。"
        en "no command":
            "Write a command such as run or check. `shihyo --help` lists them."
    }
    MISSING_VALUE = Error {
        ja "値のないオプション":
            "このオプションには値が要ります。オプションのあとに値を書いてください。"
        en "an option without its value":
            "The option takes a value. Write it after the option."
    }
    NO_EQUALS = Error {
        ja "= のないオプション":
            "このオプションの値は = でつないで書きます（--option=値）。"
        en "an option without =":
            "Write the value of this option with = (--option=VALUE)."
    }
    NO_PLAN = Error {
        ja "計画が見つからない":
            "今のフォルダーの pipelines/ に計画がありません。--plan で計画のフォルダーを指定するか、プロ\
             ジェクトのフォルダーで実行してください。"
        en "no plan was found":
            "There is no plan in pipelines/ of the current folder. Name one with --plan, or run in the \
             project's folder."
    }
    NOT_UNICODE = Error {
        ja "UTF-8 でない引数":
            "引数の文字コードが UTF-8 ではありません。端末の設定を確かめるか、ファイルの名前を変えてくだ\
             さい。"
        en "an argument that is not UTF-8":
            "An argument is not UTF-8. See the settings of the terminal, or rename the file."
    }
    OUT = Error {
        ja "--out にファイルの名前がない":
            "--out にはフォルダーでなく、書き出すファイルの名前を書いてください。"
        en "--out without the name of a file":
            "--out takes the name of a file to write, not a folder."
    }
    PARQUET_OUT = Error {
        ja "Parquetの書き出し先がない":
            "Parquetは画面には出せません。--out ファイル.parquet で書き出し先を指定してください。"
        en "no file for Parquet":
            "Parquet is not printed to the terminal. Name a file with --out FILE.parquet."
    }
    SEVERAL_PLANS = Error {
        ja "複数の計画にある数値":
            "同じキーの数値が複数の計画にあります。--plan で計画を1つ選んでください。"
        en "a number of several plans":
            "Several plans have a number with this key. Choose one with --plan."
    }
    STDOUT = Error {
        ja "標準出力に書けない":
            "画面または渡し先に書けませんでした。渡し先のファイルやディスクの空きを確かめてください。"
        en "stdout cannot be written":
            "Writing to the terminal or the pipe failed. See the file that it goes to, and the free space on \
             its disk."
    }
    THREADS = Error {
        ja "スレッドを用意できない":
            "指定された数のスレッドを始められませんでした。--threads の数を小さくするか、指定をやめてく\
             ださい。"
        en "the threads cannot be started":
            "The threads asked for could not be started. Lower --threads, or leave it out."
    }
    TWICE = Error {
        ja "2回書かれたオプション":
            "1回しか書けないオプションです。1つにしてください。"
        en "an option given twice":
            "The option can be given only once. Keep one."
    }
    UNKNOWN_COMMAND = Error {
        ja "ない命令":
            "その名前の命令はありません。shihyo --help で一覧が見られます。"
        en "no such command":
            "There is no command of that name. `shihyo --help` lists them."
    }
    UNKNOWN_OPTION = Error {
        ja "ないオプション":
            "この命令にその名前のオプションはありません。書きまちがいでないか、--help で確かめてください。"
        en "no such option":
            "The command has no option of that name. See --help for those that it has."
    }
    UNKNOWN_VALUE = Error {
        ja "選べない値":
            "このオプションの値は決まっています。メッセージに挙げたものから選んでください。"
        en "a value that cannot be chosen":
            "The option takes one of a few values. Choose one of those in the message."
    }
    USAGE = Error {
        ja "命令の書き方の誤り":
            "命令の書き方が読めません。--help で書き方を確かめてください。"
        en "a command that cannot be read":
            "The command line cannot be read. See --help."
    }
    VALUE_COUNT = Error {
        ja "値の数が合わない":
            "このオプションに書く値の数が違います。空白を含む値は引用符で囲んでください。"
        en "another number of values":
            "The option takes another number of values. Put a value with blanks in quotes."
    }
    WRONG_VALUE = Error {
        ja "読めない値":
            "値の書き方が違います。数なのか、名前なのか、メッセージの説明に合わせて書いてください。"
        en "a value that cannot be read":
            "The value is not written as the option takes it. The message says what it takes."
    }
}
