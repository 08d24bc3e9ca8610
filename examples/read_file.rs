//! Reads a response file and says what is in it: its encoding, its columns, the values of each and how often
//! they occur.
//!
//! ```sh
//! cargo run --example read_file -- raw/nishitokyo/citizen-r4-paper.csv
//! ```

use std::path::PathBuf;

use shihyo::code::Code;
use shihyo::error::{Error, Result};
use shihyo::raw::{ReadOptions, read};

fn main() -> Result<()> {
    let path = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or_else(|| Error::msg(Code::CliMissingArgument, "ファイルを指定してください", "name a file"))?;
    let table = read(&path, &path.to_string_lossy(), &ReadOptions::default())?;
    println!("{} rows, {}", table.row_count(), table.digest.encoding.as_deref().unwrap_or("no text file"));
    for column in &table.columns {
        let mut counts = vec![0_u32; column.values.len()];
        column.rows.iter().for_each(|value| counts[value as usize] += 1);
        let shown = column.values.iter().zip(&counts).take(5);
        let values: Vec<String> = shown.map(|(cell, n)| format!("{} ×{n}", cell.text())).collect();
        println!("{}: {} values, {}", column.name(), column.values.len(), values.join(", "));
    }
    Ok(())
}
