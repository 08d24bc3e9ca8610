//! Folders of results as they are written.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    CHANGED_FILE = Error {
        ja "書き換えられた結果":
            "前の実行のあとに、結果のファイルが書き換えられています。必要なら別の場所に移してから、もう\
             一度実行してください。"
        en "results that were edited":
            "Files of results were edited after the run that made them. Move them elsewhere if they are \
             needed, then run again."
    }
    EXISTS = Error {
        ja "すでにあるファイル":
            "同じ名前のファイルがあります。上書きはしません。別の名前かフォルダーを指定するか、今あるフ\
             ァイルを移してください。"
        en "a file that stands there already":
            "A file of that name stands there and is not overwritten. Choose another name or folder, or move \
             the file."
    }
    FOREIGN_FILE = Error {
        ja "実行が作っていないファイル":
            "結果のフォルダーに、実行が作っていないファイルがあります。別の場所に移してから、もう一度実\
             行してください。"
        en "files that no run made":
            "The folder of results holds files that no run made. Move them elsewhere, then run again."
    }
    FOREIGN_MANIFEST = Error {
        ja "実行が書いていない manifest":
            "manifest.json が実行の書いたものではありません。何も消していません。フォルダーを確かめ、移\
             してから実行してください。"
        en "a manifest that no run wrote":
            "No run wrote this manifest.json, and nothing was removed. Look at the folder, move it \
             elsewhere, then run again."
    }
    IO = Error {
        ja "書き込みの失敗":
            "結果を書き込めませんでした。以前の結果はそのまま残っています。ディスクの空きと権限を確かめ\
             てください。"
        en "writing failed":
            "The results could not be written; the earlier ones stand as they were. See the free space and \
             who may write."
    }
    LEFT = Warning {
        ja "片付けられなかった以前の結果":
            "新しい結果は書かれましたが、以前の結果の一部を消せませんでした。示されたフォルダーを手で消\
             してください。"
        en "earlier results that were not cleared":
            "The new results stand, but parts of the earlier ones could not be removed. Remove the folder by \
             hand."
    }
    LOCK_FILE = Error {
        ja "別のものがある場所":
            "実行の印のファイルの場所に、別のものがあります。確かめて、ほかの場所に移してください。"
        en "something else in the lock's place":
            "Something else stands where a run puts its lock. Look at it and move it elsewhere."
    }
    LOCKED = Error {
        ja "別の実行の書き込み中":
            "別の実行が同じ結果のフォルダーに書き込んでいます。終わるのを待って、もう一度実行してくださ\
             い。"
        en "another run is writing":
            "Another run is writing to the same folder. Wait for it to end, then run again."
    }
    MANIFEST = Error {
        ja "出力と合わない manifest":
            "manifest.json がないか、書き出すファイルと合いません。プログラムの誤りのおそれがあります。"
        en "a manifest that does not match":
            "manifest.json is missing or does not match the outputs. It may be a mistake of this program."
    }
    NAME = Error {
        ja "使えない出力の名前":
            "出力のファイル名が重複しているか、使えない文字を含みます。"
        en "an output name that cannot be used":
            "A name of an output stands twice, or is no plain file name."
    }
    NOT_A_DIRECTORY = Error {
        ja "フォルダーでなくファイル":
            "結果のフォルダーの場所にファイルがあります。ファイルを移すか、--out で別のフォルダーを指定\
             してください。"
        en "a file instead of a folder":
            "A file stands where the folder of results should be. Move it, or name another folder with \
             --out."
    }
}
