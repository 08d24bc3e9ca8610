//! The population table (住民基本台帳): category columns and a column of people; margins are matched by name.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::raw::{Column, Table};
use crate::text::Text;

/// Header texts of the column that holds people.
const PEOPLE: [&str; 5] = ["人口", "人数", "母集団", "population", "count"];

/// A population table whose numbers have been read.
#[derive(Debug)]
pub(super) struct Population<'a> {
    table: &'a Table,
    people: Vec<f64>,
}

impl<'a> Population<'a> {
    /// # Errors
    /// No column of people, or a cell in it that is no number of people.
    pub(super) fn read(table: &'a Table) -> Result<Self> {
        let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
        let Some(column) = PEOPLE.iter().find_map(|name| table.column(name)) else {
            return Err(Diagnostic::new(
                "plan::population-column",
                Text::new("人口表に「人口」の列がありません", "the population table has no column 人口"),
            )
            .at(place)
            .into());
        };
        if table.row_count() == 0 {
            return Err(Diagnostic::new(
                "plan::population-value",
                Text::new(
                    "人口表に見出しのほかの行がありません",
                    "the population table has no row but its header",
                ),
            )
            .at(place)
            .into());
        }
        let mut mistakes = Vec::new();
        let people: Vec<f64> = (0..table.row_count())
            .map(|row| {
                let text: String =
                    column.cell(row).text().nfkc().filter(|c| *c != ',' && !c.is_whitespace()).collect();
                match text.trim_end_matches('人').parse::<f64>() {
                    Ok(x) if x.is_finite() && x >= 0.0 => x,
                    _ => {
                        let message = Text::new(
                            format!("人口「{text}」が読めません"),
                            format!("cannot read the population \"{text}\""),
                        );
                        mistakes.push(
                            Diagnostic::new("plan::population-value", message).at(table.place(row, column)),
                        );
                        0.0
                    }
                }
            })
            .collect();
        match Error::all(mistakes) {
            Some(error) => Err(error),
            None => Ok(Self { table, people }),
        }
    }

    /// People by the categories of one or more variables: (joined category, people), in the order of the
    /// table.
    ///
    /// # Errors
    /// The table has no such column.
    pub(super) fn margin(&self, variables: &[&str]) -> Result<Vec<(String, f64)>> {
        let columns: Vec<&Column> = variables
            .iter()
            .map(|v| {
                self.table.column(v).ok_or_else(|| {
                    let known: Vec<String> = self.table.columns.iter().map(Column::name).collect();
                    Error::from(
                        Diagnostic::new(
                            "plan::population-column",
                            Text::new(
                                format!("人口表に「{v}」の列がありません"),
                                format!("the population table has no column \"{v}\""),
                            ),
                        )
                        .at(Place::file(&self.table.digest.file))
                        .help(Text::new(
                            format!("列: {}", known.join("、")),
                            format!("columns: {}", known.join(", ")),
                        )),
                    )
                })
            })
            .collect::<Result<_>>()?;
        let mut out: Vec<(String, f64)> = Vec::new();
        for (row, people) in self.people.iter().enumerate() {
            let names: Vec<String> =
                columns.iter().map(|c| c.cell(row).text().trim().nfkc().collect()).collect();
            let name = joined(names.iter().map(String::as_str));
            match out.iter_mut().find(|(n, _)| *n == name) {
                Some((_, sum)) => *sum += people,
                None => out.push((name, *people)),
            }
        }
        Ok(out)
    }
}

/// The name of a crossing of categories.
pub(super) fn joined<'s>(names: impl Iterator<Item = &'s str>) -> String {
    names.collect::<Vec<_>>().join(" × ")
}
