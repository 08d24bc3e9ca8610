//! How long reading takes: `reading FILE` prints the seconds of opening and reading a table, and of decoding
//! its answers as the benchmark's questionnaire says; `reading FILE alone` those of calamine alone on a
//! workbook, in a process of its own, so that its memory is as new as that of the other.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use calamine::{Reader, Xlsx};
use shihyo::decode::{DecodeOptions, decode};
use shihyo::error::SourceText;
use shihyo::questionnaire::{Questionnaire, read_questionnaire};
use shihyo::raw::{ReadOptions, read};

/// The questions of the benchmark's file with labels.
fn questionnaire() -> Result<Questionnaire, shihyo::error::Error> {
    let mut text = "title = \"bench\"\n".to_owned();
    for (id, options) in [
        ("sex", r#"["男性", "女性"]"#),
        ("area", r#"["中央", "東部", "西部", "南部", "北部"]"#),
        ("agegrp", r#"["10代", "20代", "30代", "40代", "50代", "60代", "70歳以上"]"#),
    ] {
        text += &format!("[[question]]\nid = \"{id}\"\ntype = \"single\"\noptions = {options}\n");
    }
    for q in 1..=20 {
        text +=
            &format!("[[question]]\nid = \"q{q}\"\ntype = \"single\"\noptions = [\"はい\", \"いいえ\"]\n");
    }
    read_questionnaire(Arc::new(SourceText { file: "bench.toml".to_owned(), text }))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("reading FILE")?;
    let path = Path::new(&name);
    if std::env::args().nth(2).is_some_and(|word| word == "alone") {
        let begin = Instant::now();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(path)?))?;
        let sheet = book.sheet_names().first().cloned().ok_or("no sheet")?;
        black_box(book.worksheet_range(&sheet)?);
        println!("calamine {:.3}", begin.elapsed().as_secs_f64());
        return Ok(());
    }
    let options = DecodeOptions { respondent: Some("id".to_owned()), ..DecodeOptions::default() };
    let questionnaire = questionnaire()?;
    let begin = Instant::now();
    let table = read(path, &name, &ReadOptions::default())?;
    let read_in = begin.elapsed().as_secs_f64();
    let (rows, columns) = (table.row_count(), table.columns.len());
    let begin = Instant::now();
    let tables = [table];
    let answers = decode(&questionnaire, &tables, &options)?;
    let decoded_in = begin.elapsed().as_secs_f64();
    println!(
        "read {read_in:.3} decode {decoded_in:.3} rows {rows} columns {columns} answers {}",
        answers.rows
    );
    Ok(())
}
