//! Cells that a plan names itself: by their address, or by the name that a workbook gives them.

use std::collections::BTreeMap;

use super::Counts;
use super::query::CountQuery;
use super::reading::{Around, CountReading};
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::indicator::fiscal_year::FiscalYear;
use crate::raw::{Sheet, address};
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::suggest::nearest;

impl Counts {
    /// The figures of the cells that the plan names.
    ///
    /// # Errors
    /// Addresses and names that lead to no cell, and those of reading it.
    pub(super) fn at_addresses(
        &self,
        query: &CountQuery,
        years: &[FiscalYear],
    ) -> Result<BTreeMap<FiscalYear, CountReading>> {
        let (mut out, mut mistakes) = (BTreeMap::new(), Vec::new());
        let mut take = |year: FiscalYear, found: Result<CountReading>| match found {
            Ok(reading) => drop(out.insert(year, reading)),
            Err(error) => mistakes.extend(error.into_diagnostics()),
        };
        let sheets = || self.sheets.iter().map(|(sheet, ..)| sheet);
        for (year, address) in query.cells.iter().filter(|(year, _)| years.contains(year)) {
            take(*year, at(sheets().next(), &sheets().collect::<Vec<_>>(), query, *year, address));
        }
        if let Some(address) = &query.cell {
            let of_years: Vec<_> = self.sheets.iter().filter_map(|(s, _, own)| Some((s, (*own)?))).collect();
            if of_years.is_empty() {
                return Err(which_year(self, address).into());
            }
            for (sheet, own) in of_years.into_iter().filter(|(_, own)| years.contains(&own.year)) {
                take(own.year, at(Some(sheet), &[sheet], query, own.year, address));
            }
        }
        Error::all(mistakes).map_or(Ok(out), Err)
    }
}

fn which_year(counts: &Counts, address: &str) -> Diagnostic {
    let message = Text::new(
        format!("セル「{address}」の年度が決まりません"),
        format!("nothing tells the year of the cell \"{address}\""),
    );
    Diagnostic::new(Code::IndicatorCountsColumns, message).at(counts.place()).help(Text::new(
        format!("年度ごとに書いてください: cell = {{ R4 = \"{address}\" }}"),
        format!("write it by year: cell = {{ R4 = \"{address}\" }}"),
    ))
}

/// The figure at `address` of `first`, or at the name that leads to one of `sheets`.
fn at(
    first: Option<&Sheet>,
    sheets: &[&Sheet],
    query: &CountQuery,
    year: FiscalYear,
    text: &str,
) -> Result<CountReading> {
    let Some(first) = first else {
        let message = Text::new("表がありません", "there is no table");
        return Err(Diagnostic::new(Code::IndicatorCountsColumns, message).into());
    };
    let (sheet, (row, column)) = match address(text) {
        Some(cell) => (first, cell),
        None => named(first, sheets, text)?,
    };
    let row = (0..sheet.size().0).find(|r| sheet.number(*r) == row as u64 + 1).unwrap_or(row);
    Around::of_cell((row, column), year, vec![text.to_owned()]).read(sheet, query)
}

/// The sheet and the cell that a name of the workbook leads to.
fn named<'s>(first: &'s Sheet, sheets: &[&'s Sheet], text: &str) -> Result<(&'s Sheet, (usize, usize))> {
    let told = |ja: String, en: String, help: Option<Text>| {
        let mut out = Diagnostic::new(Code::IndicatorCountsColumns, Text::new(ja, en)).at(first.place());
        out.help = help;
        out
    };
    let same = |name: &str| fold(name).to_lowercase() == fold(text).to_lowercase();
    let found: Vec<&str> =
        first.names().iter().filter(|n| same(&n.name)).map(|n| n.refers.as_str()).collect();
    if found.is_empty() {
        // Names that begin like `_xlnm.` are the program's own.
        let names = first.names().iter().map(|n| n.name.as_str()).filter(|name| !name.starts_with('_'));
        let help = nearest(text, names).map(|near| {
            Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?"))
        });
        let help = help.or_else(|| {
            Some(Text::new(
                "番地を「C12」のように書くか、ブックで付けたセルの名前を書きます",
                "write an address like C12, or a name that the workbook gives to the cell",
            ))
        });
        return Err(told(
            format!("「{text}」というセルの番地も名前もありません"),
            format!("\"{text}\" is neither an address nor a name of a cell"),
            help,
        )
        .into());
    }
    let cells: Vec<(String, (usize, usize))> = found.iter().filter_map(|refers| one_cell(refers)).collect();
    if cells.is_empty() {
        return Err(told(
            format!("名前「{text}」は1つのセルを指していません（{}）", found.join("、")),
            format!("the name \"{text}\" is not that of one cell ({})", found.join(", ")),
            None,
        )
        .into());
    }
    let of = |sheet: &Sheet| {
        let name = sheet.digest.sheet.as_deref().unwrap_or_default();
        cells.iter().find(|(of, _)| fold(of) == fold(name)).map(|(_, cell)| *cell)
    };
    let there = sheets.iter().find_map(|sheet| Some((*sheet, of(sheet)?)));
    there.ok_or_else(|| {
        let other = &cells[0].0;
        let help = Text::new(
            format!("計画の count に sheet = \"{other}\" を書いてください"),
            format!("write sheet = \"{other}\" in the plan's count"),
        );
        let (ja, en) = (
            format!("名前「{text}」のセルは、シート「{other}」にあります"),
            format!("the cell named \"{text}\" stands on the sheet \"{other}\""),
        );
        told(ja, en, Some(help)).into()
    })
}

/// The sheet and the cell that a name refers to: `Sheet1!$B$3`, `'表 1'!$B$3`, `$Sheet1.$B$3`; a block of
/// cells is none.
fn one_cell(refers: &str) -> Option<(String, (usize, usize))> {
    let refers = refers.trim().trim_start_matches('=');
    let (sheet, cell) = refers.rsplit_once('!').or_else(|| refers.rsplit_once('.'))?;
    let (first, last) = cell.split_once(':').unwrap_or((cell, cell));
    let bare = sheet.trim_start_matches('$');
    let quoted = bare.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
    let name = quoted.map_or_else(|| bare.to_owned(), |name| name.replace("\'\'", "\'"));
    // A name of a sheet with such signs stands in quotes; without them these are several cells.
    if quoted.is_none() && bare.contains(['!', ',']) {
        return None;
    }
    let place = address(first).filter(|place| address(last.trim_start_matches('.')) == Some(*place))?;
    Some((name, place))
}

#[cfg(test)]
mod tests {
    use super::one_cell;

    #[test]
    fn a_name_refers_to_one_cell() {
        for text in ["Sheet1!$B$3", "=Sheet1!B3", "$Sheet1.$B$3", "Sheet1!$B$3:$B$3"] {
            assert_eq!(one_cell(text), Some(("Sheet1".into(), (2, 1))), "{text}");
        }
        assert_eq!(one_cell("'表 1''s'!$B$3"), Some(("表 1's".into(), (2, 1))));
        for text in
            ["Sheet1!$B$3:$C$3", "#REF!", "\"文字\"", "Sheet1!#REF!", "12.5", "Sheet1!$B$3,Sheet1!$B$4"]
        {
            assert_eq!(one_cell(text), None, "{text}");
        }
    }
}
