//! Population tables: which respondents each row stands for, and how many people.
//!
//! A table has one or more category columns, named as the columns of the responses, and one column of totals
//! (人口, total, Freq …). Categories are matched by name: width, blanks and `1` against `1.0` make no
//! difference.
//!
//! - `--post-stratify`, `--rake`: every row names a category in every category column; rows of the same
//!   categories add up.
//! - `--calibrate`: a row is a total of those that its filled category columns name. An empty cell takes
//!   everyone, so that one table can hold several margins (`E,,4421` and `,Yes,5122`) and the size of the
//!   population (`,,6194`). A cell `*` stands for the column's own number: the row's total is the sum of that
//!   number over the population.

use super::columns::{Code, Stacked};
use super::source::Source;
use crate::design::{Calibration, CalibrationFunction, CalibrationTerm, Margin};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Column, Table};
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// Header texts of the column of totals, folded and in lower case.
const TOTALS: [&str; 14] = [
    "人口",
    "人数",
    "母集団",
    "母集団人口",
    "総数",
    "合計",
    "計",
    "total",
    "totals",
    "freq",
    "population",
    "pop",
    "count",
    "n",
];

/// A population table taken apart.
struct Population<'a> {
    table: &'a Table,
    /// The category columns: of the table, and of the responses.
    categories: Vec<(&'a Column, Stacked)>,
    /// People of each row.
    people: Vec<f64>,
}

impl<'a> Population<'a> {
    fn read(table: &'a Table, source: &Source<'_>) -> Result<Self> {
        let place = Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref());
        let totals = totals(table, source).ok_or_else(|| {
            let names: Vec<String> = table.columns.iter().map(Column::name).collect();
            Diagnostic::new(
                "adhoc::population-total",
                Text::new("母集団の表に人数の列がありません", "the population table has no column of totals"),
            )
            .at(place.clone())
            .help(Text::new(
                format!("列の名前を「人口」か「total」にします（列: {}）", names.join("、")),
                format!("name it \"total\" or \"人口\" (columns: {})", names.join(", ")),
            ))
        })?;
        let mut mistakes = Vec::new();
        let mut categories = Vec::new();
        for column in table.columns.iter().filter(|c| c.position != totals.position && !is_empty(c, table)) {
            if let Some(found) = super::collect(source.column(&column.name()), &mut mistakes) {
                categories.push((column, found));
            }
        }
        if categories.is_empty() && mistakes.is_empty() {
            mistakes.push(
                Diagnostic::new(
                    "adhoc::population-category",
                    Text::new(
                        "母集団の表に区分の列がありません",
                        "the population table has no column of categories",
                    ),
                )
                .at(place.clone()),
            );
        }
        let people = (0..table.row_count()).map(|row| {
            let text = fold(&totals.cell(row).text());
            let value = number(text.trim_end_matches('人')).or_else(|| match totals.cell(row) {
                crate::raw::Cell::Number(x) if x.is_finite() => Some(*x),
                _ => None,
            });
            value.unwrap_or_else(|| {
                let message = Text::new(
                    format!("人数「{text}」が読めません"),
                    format!("cannot read the total \"{text}\""),
                );
                mistakes
                    .push(Diagnostic::new("adhoc::population-total", message).at(table.place(row, totals)));
                0.0
            })
        });
        let people = people.collect();
        match Error::all(mistakes) {
            Some(error) => Err(error.at(&place)),
            None => Ok(Self { table, categories, people }),
        }
    }

    fn name(&self) -> String {
        self.categories.iter().map(|(_, c)| c.name.as_str()).collect::<Vec<_>>().join(" × ")
    }
}

fn is_empty(column: &Column, table: &Table) -> bool {
    (0..table.row_count()).all(|row| fold(&column.cell(row).text()).is_empty())
}

/// The column of totals: by its name, else the only column that the responses do not have.
fn totals<'a>(table: &'a Table, source: &Source<'_>) -> Option<&'a Column> {
    let named = |c: &&Column| TOTALS.contains(&fold(&c.name()).to_lowercase().as_str());
    let strange = || table.columns.iter().filter(|c| !source.has(&c.name()) && !is_empty(c, table));
    strange().find(named).or_else(|| table.columns.iter().find(named)).or_else(|| {
        let mut left = strange();
        left.next().filter(|_| left.next().is_none())
    })
}

/// The one spelling of a category, as [`super::columns::Value::key`] has it.
fn key(text: &str) -> String {
    let folded = fold(text);
    number(&folded).map_or(folded, |x| x.to_string())
}

/// The name of those who left a category blank.
const UNKNOWN: &str = "不明";

/// The margin of a population table: everybody is in one category of it. Respondents who left one blank
/// cannot be matched: as in a plan they keep the part of the population that they are of the sample (by
/// `weights`), and the other categories share the rest as the table has it.
///
/// # Errors
/// No column of totals; a category column that the responses do not have; a respondent whose category is not
/// there.
pub(in crate::pipeline) fn margin(
    table: &Table,
    source: &Source<'_>,
    weights: &[f64],
    findings: &mut Vec<Finding>,
) -> Result<Margin> {
    let population = Population::read(table, source)?;
    let place = Place::file(&table.digest.file);
    let mut rows: Vec<(String, f64)> = Vec::new();
    let mut mistakes = Vec::new();
    for (row, people) in population.people.iter().enumerate() {
        let parts: Vec<String> =
            population.categories.iter().map(|(c, _)| key(&c.cell(row).text())).collect();
        if let Some((column, _)) =
            population.categories.iter().zip(&parts).find(|(_, p)| p.is_empty()).map(|(c, _)| c)
        {
            let text = Text::new("区分が空欄です", "the category is blank");
            mistakes.push(
                Diagnostic::new("adhoc::population-category", text).at(population.table.place(row, column)),
            );
            continue;
        }
        let name = parts.join(" × ");
        match rows.iter_mut().find(|(n, _)| *n == name) {
            Some((_, sum)) => *sum += people,
            None => rows.push((name, *people)),
        }
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let names: Vec<Option<String>> = (0..source.rows())
        .map(|row| {
            let part =
                |c: &Stacked| Some(&c.values[c.rows[row] as usize]).filter(|v| !v.blank).map(|v| v.key());
            let parts: Option<Vec<String>> = population.categories.iter().map(|(_, c)| part(c)).collect();
            parts.map(|p| p.join(" × "))
        })
        .collect();
    let blank = names.iter().filter(|n| n.is_none()).count() as u64;
    if blank > 0 {
        let weight: f64 = weights.iter().sum();
        let part =
            names.iter().zip(weights).filter(|(n, _)| n.is_none()).map(|(_, w)| w).sum::<f64>() / weight;
        let people: f64 = rows.iter().map(|(_, p)| p).sum();
        rows.iter_mut().for_each(|(_, p)| *p *= 1.0 - part);
        rows.push((UNKNOWN.to_owned(), people * part));
        let name = population.name();
        let text = Text::new(
            format!(
                "「{name}」が空欄の{blank}人は、標本での割合のまま（不明の1区分として）ウエイトを付けます"
            ),
            format!("{blank} respondents without \"{name}\" keep their part of the sample when weighting"),
        );
        findings.push(Finding::warning("adhoc::population-blank", text, place.clone()).count(blank));
    }
    let names: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_deref().unwrap_or(UNKNOWN))).collect();
    let (margin, mut found) =
        Margin::from_names(population.name(), &names, &rows).map_err(|e| e.at(&place))?;
    found.iter_mut().for_each(|f| f.place = place.clone());
    findings.extend(found);
    Ok(margin)
}

/// The linear calibration to the totals of a population table.
///
/// # Errors
/// As [`margin`]; a `*` in a column that is no number for some respondent.
pub(in crate::pipeline) fn calibration(
    table: &Table,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Calibration> {
    let population = Population::read(table, source)?;
    let place = Place::file(&table.digest.file);
    let mut mistakes = Vec::new();
    let mut terms = Vec::new();
    for (row, people) in population.people.iter().enumerate() {
        let mut values = vec![1.0; source.rows()];
        let mut names = Vec::new();
        for (cell, column) in &population.categories {
            let text = fold(&cell.cell(row).text());
            if text.is_empty() {
                continue;
            }
            names.push(format!("{}={text}", column.name));
            let each: Vec<f64> = if text == "*" {
                column.values.iter().map(|v| v.number.unwrap_or(f64::NAN)).collect()
            } else {
                let code = Code::new(&text);
                column.values.iter().map(|v| f64::from(u8::from(v.is(&code)))).collect()
            };
            values.iter_mut().zip(column.spread(&each)).for_each(|(x, factor)| *x *= factor);
        }
        let name = if names.is_empty() { "1".to_owned() } else { names.join(" × ") };
        if values.iter().all(|x| *x == 0.0) {
            let text = Text::new(
                format!("母集団の区分「{name}」（{people}人）に回答者がいないため、除いて集計します"),
                format!("nobody answered from \"{name}\" (population {people}): it is left out"),
            );
            findings.push(Finding::warning("adhoc::population-empty", text, place.clone()));
            continue;
        }
        terms.push(CalibrationTerm { name, values, total: *people });
    }
    for (cell, column) in &population.categories {
        mistakes.extend(unmatched(table, cell, column));
    }
    match Error::all(mistakes) {
        Some(error) => Err(error.at(&place)),
        None => Ok(Calibration { terms, function: CalibrationFunction::Linear { bounds: None } }),
    }
}

/// Answers of a category column that no row of the table names.
fn unmatched(table: &Table, cell: &Column, column: &Stacked) -> Option<Diagnostic> {
    let named: Vec<String> =
        (0..table.row_count()).map(|row| key(&cell.cell(row).text())).filter(|k| !k.is_empty()).collect();
    if named.iter().any(|k| k == "*") {
        return None;
    }
    let counts = column.counts();
    let strangers: Vec<usize> =
        (0..column.values.len()).filter(|at| !named.contains(&column.values[*at].key())).collect();
    let n: u64 = strangers.iter().map(|at| counts[*at]).sum();
    let first = strangers.first()?;
    let (name, value) = (&column.name, &column.values[*first].text);
    Some(Diagnostic::new(
        "adhoc::population-category",
        Text::new(
            format!("「{name}」の「{value}」などの回答者{n}人が、母集団の表のどの区分にもありません"),
            format!(
                "{n} respondents (such as \"{value}\" in \"{name}\") are in no category of the population \
                 table"
            ),
        ),
    ))
}
