//! Numbers on their way out of a command: to stdout, or to a file that is not there yet.

use shihyo::code::Code;
use shihyo::error::{Diagnostic, Result};
use shihyo::indicator::{DataKind, EstimateRecord};
use shihyo::report::long;
use shihyo::text::Text;

use super::ending::{Ending, print};
use super::message::Talk;
use super::new_file;
use super::numbers_args::{NumberFormat, NumbersArgs};

impl NumbersArgs {
    /// Whether what was asked for can be written; told before anything is read.
    ///
    /// # Errors
    /// Parquet without a file.
    pub(crate) fn check(&self) -> Result<()> {
        if self.format != NumberFormat::Parquet || self.out.is_some() {
            return Ok(());
        }
        let text = Text::new("Parquetは画面に書けません", "Parquet cannot be written to the terminal");
        let help = Text::new(
            "--out FILE.parquet で書き出すファイルを指定します",
            "name a file with --out FILE.parquet",
        );
        Err(Diagnostic::new(Code::CliParquetOut, text).help(help).into())
    }

    /// Writes the numbers; `table` makes the tables for people. A file gets what a spreadsheet needs to know
    /// its encoding by, a pipe does not.
    pub(crate) fn write(
        &self,
        rows: &[EstimateRecord],
        data: Option<DataKind>,
        table: impl FnOnce() -> String,
        talk: &Talk,
    ) -> Result<Ending> {
        let bytes = match (self.format, &self.out) {
            (NumberFormat::Table, _) => table().into_bytes(),
            (NumberFormat::Csv, None) => long::csv(rows)?,
            (NumberFormat::Csv, Some(_)) => long::csv_file(rows)?,
            (NumberFormat::Json, _) => long::json(rows, data)?,
            (NumberFormat::Parquet, _) => long::parquet(rows)?,
        };
        let Some(file) = &self.out else { return print(bytes) };
        new_file::write("--out", file, bytes, talk)?;
        Ok(Ending::Good)
    }
}
