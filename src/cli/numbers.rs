//! Numbers on their way out of a command: to stdout, or to a file that is not there yet.

use shihyo::code::Code;
use shihyo::error::{Diagnostic, Result};
use shihyo::indicator::{DataKind, EstimateRecord};
use shihyo::report::long;
use shihyo::text::Text;

use super::ending::{Ending, print};
use super::message::Talk;
use super::new_file::{self, NewFile};
use super::numbers_args::{NumberFormat, NumbersArgs};

impl NumbersArgs {
    /// Whether what was asked for can be written, `more` files included; told before anything is read.
    ///
    /// # Errors
    /// Parquet without a file; a file that cannot be a new one.
    pub(crate) fn check(&self, more: Option<NewFile>) -> Result<()> {
        if self.format != NumberFormat::Parquet || self.out.is_some() {
            return new_file::check(&more.into_iter().chain(self.file()).collect::<Vec<_>>());
        }
        let text = Text::new("Parquetは画面に書けません", "Parquet cannot be written to the terminal");
        let help = Text::new(
            "--out FILE.parquet で書き出すファイルを指定します",
            "name a file with --out FILE.parquet",
        );
        Err(Diagnostic::new(Code::CliParquetOut, text).help(help).into())
    }

    /// The file that the numbers go to.
    fn file(&self) -> Option<NewFile<'_>> {
        self.out.as_deref().map(|path| NewFile { flag: "--out", path })
    }

    /// Writes the numbers, and with them one file `more`: all or nothing; `table` makes the tables for
    /// people. A file gets what a spreadsheet needs to know its encoding by, a pipe does not.
    pub(crate) fn write(
        &self,
        rows: &[EstimateRecord],
        data: Option<DataKind>,
        table: impl FnOnce() -> String,
        more: Option<(NewFile, Vec<u8>)>,
        talk: &Talk,
    ) -> Result<Ending> {
        let bytes = match (self.format, &self.out) {
            (NumberFormat::Table, _) => table().into_bytes(),
            (NumberFormat::Csv, None) => long::csv(rows)?,
            (NumberFormat::Csv, Some(_)) => long::csv_file(rows)?,
            (NumberFormat::Json, _) => long::json(rows, data)?,
            (NumberFormat::Parquet, _) => long::parquet(rows)?,
        };
        let mut files: Vec<(NewFile, Vec<u8>)> = more.into_iter().collect();
        let Some(file) = self.file() else {
            new_file::check(&files.iter().map(|(file, _)| *file).collect::<Vec<_>>())?;
            // No file is left where the numbers did not get out.
            let ending = print(bytes)?;
            new_file::write(&files, talk)?;
            return Ok(ending);
        };
        files.push((file, bytes));
        new_file::write(&files, talk)?;
        Ok(Ending::Good)
    }
}
