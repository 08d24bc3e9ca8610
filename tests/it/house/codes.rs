//! The codes of messages: the page that lists them, and that each is in use.
//!
//! `docs/codes.md` is written from `src/code/`: `SNAPSHOTS=overwrite cargo test --test it codes::` writes it
//! anew, to be read before it is committed.

use std::fmt::Write as _;

use shihyo::code::Code;
use shihyo::text::Lang;
use snapbox::Data;

use super::{File, home};

const HEAD: &str = "# メッセージのコード / codes of messages

shihyo の誤り、注意、参考にはコードがあります。端末のメッセージと `quality.csv`、`quality.json` に、
同じつづりで出ます。つづりは変わりません（言葉は変わることがあります）。
`shihyo explain raw::encoding` のように打つと、端末でも読めます。

Every error, warning and note of shihyo has a code. It is spelt alike in the terminal, in `quality.csv` and in
`quality.json`, and its spelling does not change (the words may). `shihyo explain raw::encoding` shows its
entry in the terminal.

| | |
|---|---|
| 誤り / error | 実行が止まります。直して、もう一度実行してください / the run stops: mend it, run again |
| 注意 / warning | 実行は続きます。だれかが見てください / the run goes on: somebody should look |
| 参考 / note | 知っておくとよいことです / good to know |

誤りのコードは、止まらずに済むときは注意や参考として出ることがあります。

A code of errors also comes as a warning or a note where the run can go on.
";

fn page() -> String {
    let mut out = HEAD.to_owned();
    let mut chapter = String::new();
    for code in Code::ALL {
        let of = code.chapter();
        if of.en != chapter {
            write!(out, "\n## {} / {}\n", of.ja, of.en).unwrap();
            chapter = of.en;
        }
        let severity = code.severity().text();
        let (ja, en) = (code.title(Lang::Ja), code.title(Lang::En));
        write!(out, "\n### `{code}`\n\n{} / {}: **{ja}** / {en}\n", severity.ja, severity.en).unwrap();
        write!(out, "\n{}\n\n{}\n", code.meaning(Lang::Ja), code.meaning(Lang::En)).unwrap();
    }
    out
}

#[test]
fn every_code_stands_in_the_manual_and_nothing_else() {
    let expected = home().join("docs/codes.md");
    snapbox::assert_data_eq!(Data::text(page()).raw(), Data::read_from(&expected, None).raw());
}

/// A code that nothing says would stand in the manual for nobody.
#[test]
fn every_code_is_in_use() {
    let files: Vec<File> = File::all().into_iter().filter(|f| f.room() != Some("code")).collect();
    let shipped: Vec<_> = files.iter().flat_map(File::shipped).map(|token| token.text).collect();
    let unused: Vec<&Code> = Code::ALL
        .iter()
        .filter(|code| {
            let name = format!("{code:?}");
            !shipped.windows(3).any(|w| w[0] == "Code" && w[1] == "::" && w[2] == name)
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Codes are compared as codes: a text that looks like one is a code that got lost.
#[test]
fn no_code_is_written_as_text() {
    let mut lost = Vec::new();
    for file in File::all().iter().filter(|f| f.room() != Some("code")) {
        for token in file.shipped() {
            let text = token.text.trim_matches('"');
            if token.text.starts_with('"') && text.parse::<Code>().is_ok() {
                lost.push(format!("{}:{}: {text}", file.name, token.line));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
