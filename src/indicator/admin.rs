//! Administrative counts: tables of items by fiscal year, long (one row a value) or wide (one column a year).

use crate::text::fold::fold;
use std::collections::BTreeMap;

use super::fiscal_year::FiscalYear;
use super::quantity::{AdminCell, Unit};
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::raw::{Column, Table};
use crate::text::Text;

/// Header texts that are understood, after NFKC folding and in lower case.
const ITEM: [&str; 6] = ["項目", "指標", "指標名", "事業", "item", "indicator"];
const YEAR: [&str; 4] = ["年度", "年", "fiscal_year", "year"];
const VALUE: [&str; 5] = ["値", "実績", "実績値", "数値", "value"];
const UNIT: [&str; 2] = ["単位", "unit"];
const NOTE: [&str; 4] = ["備考", "注記", "注", "note"];

/// The counts of one file, by item and year, each with the place that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct AdminTable {
    file: String,
    items: Vec<String>,
    cells: BTreeMap<(String, FiscalYear), (AdminCell, Place)>,
}

impl AdminTable {
    /// Reads a long table (項目, 年度, 値, and where present 単位 and 備考) or a wide one (項目 and a column
    /// a fiscal year).
    ///
    /// # Errors
    /// No item column, neither year and value columns nor columns named after years, a value that cannot be
    /// read, an item and year given twice with different values. All of them in one go, each with its place.
    pub fn read(table: &Table) -> Result<Self> {
        let mut out = Self { file: table.digest.file.clone(), items: Vec::new(), cells: BTreeMap::new() };
        let mut mistakes = Vec::new();
        let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
        let Some(item) = named(table, &ITEM) else {
            return Err(Diagnostic::new(
                Code::IndicatorCountsColumns,
                Text::new("項目の列がありません", "there is no item column"),
            )
            .at(place)
            .help(Text::new(
                "1行目に「項目, 年度, 値」または「項目, R4, R5, …」の見出しを置いてください",
                "give the first row the headers \"項目, 年度, 値\" or \"項目, R4, R5, …\"",
            ))
            .into());
        };
        let unit = named(table, &UNIT);
        let note = named(table, &NOTE);
        let years: Vec<(FiscalYear, &Column)> =
            table.columns.iter().filter_map(|c| last_header(c).parse().ok().map(|y| (y, c))).collect();
        match (named(table, &YEAR), named(table, &VALUE)) {
            (Some(year), Some(value)) => {
                for row in 0..table.row_count() {
                    let name = item.cell(row).text();
                    if name.trim().is_empty() {
                        continue;
                    }
                    match year.cell(row).text().parse::<FiscalYear>() {
                        Ok(y) => out.put(table, row, &name, y, value, unit, note, &mut mistakes),
                        Err(e) => mistakes.extend(e.at(&table.place(row, year)).into_diagnostics()),
                    }
                }
            }
            _ if !years.is_empty() => {
                for row in 0..table.row_count() {
                    let name = item.cell(row).text();
                    if name.trim().is_empty() {
                        continue;
                    }
                    for &(year, value) in &years {
                        out.put(table, row, &name, year, value, unit, note, &mut mistakes);
                    }
                }
            }
            _ => mistakes.push(
                Diagnostic::new(
                    Code::IndicatorCountsColumns,
                    Text::new(
                        "年度と値の列も、年度を見出しとする列もありません",
                        "there are neither year and value columns nor columns named after fiscal years",
                    ),
                )
                .at(place),
            ),
        }
        match Error::all(mistakes) {
            Some(error) => Err(error),
            None => Ok(out),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    fn put(
        &mut self,
        table: &Table,
        row: usize,
        name: &str,
        year: FiscalYear,
        value: &Column,
        unit: Option<&Column>,
        note: Option<&Column>,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        let key = fold(name);
        if !self.items.contains(&key) {
            self.items.push(key.clone());
        }
        let place = table.place(row, value);
        let mut text = value.cell(row).text();
        if let Some(note) =
            note.map(|c| c.cell(row).text()).filter(|n| n.contains("速報") || n.contains("訂正"))
            && !text.contains('※')
            && !text.trim().is_empty()
        {
            text.push_str(if note.starts_with('※') { " " } else { " ※" });
            text.push_str(&note);
        }
        let cell = match AdminCell::parse(&text) {
            Ok(AdminCell::Value { mut quantity, mark, note }) => {
                if quantity.unit == Unit::Named(String::new())
                    && let Some(unit) = unit
                {
                    quantity.unit = Unit::from_text(&unit.cell(row).text());
                }
                AdminCell::Value { quantity, mark, note }
            }
            Ok(other) => other,
            Err(error) => {
                mistakes.extend(error.at(&place).into_diagnostics());
                return;
            }
        };
        match self.cells.get(&(key.clone(), year)) {
            Some((before, first)) if *before != cell => mistakes.push(
                Diagnostic::new(
                    Code::IndicatorCountsTwice,
                    Text::new(
                        format!(
                            "「{}」の{}の値が2つあり、一致しません（1つ目: {}）",
                            name.trim(),
                            year.long(),
                            first.words(crate::text::Lang::Ja)
                        ),
                        format!(
                            "\"{}\" has two different values for {} (the first: {})",
                            name.trim(),
                            year,
                            first.words(crate::text::Lang::En)
                        ),
                    ),
                )
                .at(place),
            ),
            _ => {
                self.cells.insert((key, year), (cell, place));
            }
        }
    }

    /// The file's name, as the user gave it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The items, in file order, folded (NFKC, no blanks around).
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Whether the table has the item at all.
    pub fn has(&self, item: &str) -> bool {
        self.items.contains(&fold(item))
    }
}

/// The cell of `item` in `year`, with its place; `None` when the table has no such cell.
pub fn find_count<'a>(
    table: &'a AdminTable,
    item: &str,
    year: FiscalYear,
) -> Option<(&'a AdminCell, &'a Place)> {
    table.cells.get(&(fold(item), year)).map(|(cell, place)| (cell, place))
}

fn last_header(column: &Column) -> &str {
    column.header.iter().rev().map(|h| h.trim()).find(|h| !h.is_empty()).unwrap_or("")
}

fn named<'a>(table: &'a Table, names: &[&str]) -> Option<&'a Column> {
    table.columns.iter().find(|c| names.contains(&fold(last_header(c)).to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::{AdminTable, find_count};
    use crate::code::Code;
    use crate::indicator::{AdminCell, FiscalYear, Mark};
    use crate::provenance::FileDigest;
    use crate::raw::{Cell, Column, Heading, Table};

    fn table(header: &[&str], rows: &[&[&str]]) -> Table {
        let columns = header.iter().enumerate().map(|(position, name)| Column {
            header: vec![(*name).to_owned()],
            position,
            values: rows
                .iter()
                .map(|r| if r[position].is_empty() { Cell::Empty } else { Cell::Text(r[position].into()) })
                .collect(),
            rows: (0..rows.len() as u32).collect(),
        });
        Table {
            digest: FileDigest {
                file: "counts.csv".into(),
                sha256: String::new(),
                bytes: 0,
                rows: None,
                encoding: None,
                sheet: None,
            },
            columns: columns.collect(),
            row_numbers: (2..rows.len() as u64 + 2).collect(),
            findings: Vec::new(),
            heading: Heading::default(),
            dictionary: None,
        }
    }

    fn year(text: &str) -> FiscalYear {
        text.parse().unwrap()
    }

    #[test]
    fn long_and_wide_say_the_same() {
        let long = AdminTable::read(&table(
            &["項目", "年度", "値"],
            &[
                &["はなバス", "令和4年度", "972,658人"],
                &["はなバス", "R6", "1,085,112人 ※速報値"],
                &["はなバス", "R7", "人"],
            ],
        ))
        .unwrap();
        let wide = AdminTable::read(&table(
            &["項目", "R4", "Ｒ６", "令和7年度"],
            &[&["はなバス ", "972,658人", "1,085,112人 ※速報値", ""]],
        ))
        .unwrap();
        for y in ["R4", "R6", "R7"] {
            assert_eq!(
                find_count(&long, "はなバス", year(y)).unwrap().0,
                find_count(&wide, "はなバス", year(y)).unwrap().0,
                "{y}"
            );
        }
        let (cell, place) = find_count(&wide, "はなバス", year("R6")).unwrap();
        let AdminCell::Value { mark, .. } = cell else { panic!() };
        assert_eq!((mark, place.row), (&Some(Mark::Provisional), Some(2)));
        assert!(find_count(&wide, "はなバス", year("R5")).is_none());
    }

    #[test]
    fn mistakes_come_together_with_their_places() {
        let error = AdminTable::read(&table(
            &["項目", "年度", "値"],
            &[&["a", "R4", "およそ百人ほど"], &["b", "X1", "1人"], &["c", "R4", "1人"], &["c", "R4", "2人"]],
        ))
        .unwrap_err();
        let codes: Vec<_> = error.diagnostics().iter().map(|d| (d.code, d.place.row)).collect();
        assert_eq!(
            codes,
            [
                (Code::IndicatorQuantity, Some(2)),
                (Code::PlanFiscalYear, Some(3)),
                (Code::IndicatorCountsTwice, Some(5))
            ]
        );
    }

    #[test]
    fn a_table_without_the_columns_says_what_to_write() {
        assert_eq!(
            AdminTable::read(&table(&["a", "b"], &[&["1", "2"]])).unwrap_err().diagnostics()[0].code,
            Code::IndicatorCountsColumns
        );
        assert_eq!(
            AdminTable::read(&table(&["項目", "b"], &[&["1", "2"]])).unwrap_err().diagnostics()[0].code,
            Code::IndicatorCountsColumns
        );
    }
}
