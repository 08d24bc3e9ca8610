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

use super::Population;
use super::codes::Crossing;
use super::level::{BETWEEN, Level};
use crate::code::Code;
use crate::design::{Calibration, CalibrationFunction, CalibrationTerm, Margin, Weighed};
use crate::error::{Diagnostic, Error, Result, collect};
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::Stacked;
use crate::pipeline::variables::variable::TypedCode;
use crate::provenance::Place;
use crate::raw::{Cell, Column, Table};
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
struct Read<'a> {
    table: &'a Table,
    /// The category columns: of the table, and of the responses.
    categories: Vec<(&'a Column, Stacked)>,
    /// People of each row.
    people: Vec<f64>,
    totals: &'a Column,
}

impl<'a> Read<'a> {
    /// Reads the people of `of`, by all category columns or by those that it names.
    fn new(of: &Population<'a>, source: &Source<'_>) -> Result<Self> {
        let table = of.table;
        let place = place_of(table);
        let mut mistakes = Vec::new();
        let totals = totals(table, source)?;
        if table.row_count() == 0 {
            let text = Text::new(
                "人口表に見出しのほかの行がありません",
                "the population table has no row but its header",
            );
            mistakes.push(Diagnostic::new(Code::DesignPopulationTotal, text).at(place.clone()));
        }
        let mut categories = Vec::new();
        match &of.by {
            Some(names) => {
                for name in names {
                    match table.column(name) {
                        Some(column) => categories
                            .extend(collect(source.column(name), &mut mistakes).map(|found| (column, found))),
                        None => mistakes.push(no_column(table, name)),
                    }
                }
            }
            None => {
                let of_categories =
                    table.columns.iter().filter(|c| c.position != totals.position && !is_empty(c, table));
                for column in of_categories {
                    categories.extend(
                        collect(source.column(&column.name()), &mut mistakes).map(|found| (column, found)),
                    );
                }
                if categories.is_empty() && mistakes.is_empty() {
                    let text = Text::new(
                        "人口表に区分の列がありません",
                        "the population table has no column of categories",
                    );
                    mistakes.push(Diagnostic::new(Code::DesignPopulationCategory, text).at(place.clone()));
                }
            }
        }
        let people = (0..table.row_count()).map(|row| {
            let cell = totals.cell(row);
            let text = fold(&cell.text());
            let value = match cell {
                Cell::Number(x) => Some(*x).filter(|x| x.is_finite()),
                _ => number(text.trim_end_matches('人').trim_end()),
            };
            value.unwrap_or_else(|| {
                mistakes.push(bad_people(table, row, totals, &text));
                0.0
            })
        });
        let people = people.collect();
        match Error::all(mistakes) {
            Some(error) => Err(error.at(&place)),
            None => Ok(Self { table, categories, people, totals }),
        }
    }

    /// As it is, when no row has fewer people than none.
    fn of_people(self) -> Result<Self> {
        let bad = (0..).zip(&self.people).filter(|(_, people)| **people < 0.0);
        let mistakes =
            bad.map(|(row, people)| bad_people(self.table, row, self.totals, &people.to_string())).collect();
        Error::all(mistakes).map_or(Ok(self), Err)
    }

    fn name(&self) -> String {
        self.categories.iter().map(|(_, c)| c.name.as_str()).collect::<Vec<_>>().join(BETWEEN)
    }

    fn variables(&self) -> Vec<&Stacked> {
        self.categories.iter().map(|(_, c)| c).collect()
    }

    /// People by the crossing of the categories, in the order of the table; rows of the same categories add
    /// up.
    ///
    /// # Errors
    /// A blank category.
    fn rows(&self) -> Result<Vec<(Level, f64)>> {
        let mut rows: Vec<(Level, f64)> = Vec::new();
        let mut mistakes = Vec::new();
        for (row, people) in self.people.iter().enumerate() {
            let parts: Vec<String> = self.categories.iter().map(|(c, _)| key(&c.cell(row).text())).collect();
            let blank = self.categories.iter().zip(&parts).find(|(_, part)| part.is_empty());
            if let Some(((column, _), _)) = blank {
                let text = Text::new("区分が空欄です", "the category is blank");
                let place = self.table.place(row, column);
                mistakes.push(Diagnostic::new(Code::DesignPopulationCategory, text).at(place));
                continue;
            }
            let level = Level::Known(parts);
            match rows.iter_mut().find(|(l, _)| *l == level) {
                Some((_, sum)) => *sum += people,
                None => rows.push((level, *people)),
            }
        }
        Error::all(mistakes).map_or(Ok(rows), Err)
    }
}

fn place_of(table: &Table) -> Place {
    Place::file(&table.digest.file).sheet(table.digest.sheet.as_deref())
}

fn bad_people(table: &Table, row: usize, totals: &Column, text: &str) -> Diagnostic {
    let message =
        Text::new(format!("人口「{text}」が読めません"), format!("cannot read the population \"{text}\""));
    Diagnostic::new(Code::DesignPopulationTotal, message).at(table.place(row, totals))
}

fn no_column(table: &Table, name: &str) -> Diagnostic {
    let known: Vec<String> = table.columns.iter().map(Column::name).collect();
    Diagnostic::new(
        Code::DesignPopulationColumn,
        Text::new(
            format!("人口表に「{name}」の列がありません"),
            format!("the population table has no column \"{name}\""),
        ),
    )
    .at(place_of(table))
    .help(Text::new(format!("列: {}", known.join("、")), format!("columns: {}", known.join(", "))))
}

fn is_empty(column: &Column, table: &Table) -> bool {
    (0..table.row_count()).all(|row| fold(&column.cell(row).text()).is_empty())
}

/// The column of totals: by its name, else the only column that the responses do not have.
fn totals<'a>(table: &'a Table, source: &Source<'_>) -> Result<&'a Column> {
    let named = |c: &&Column| TOTALS.contains(&fold(&c.name()).to_lowercase().as_str());
    let strange = || table.columns.iter().filter(|c| !source.has(&c.name()) && !is_empty(c, table));
    let found = strange().find(named).or_else(|| table.columns.iter().find(named)).or_else(|| {
        let mut left = strange();
        left.next().filter(|_| left.next().is_none())
    });
    found.ok_or_else(|| {
        let names: Vec<String> = table.columns.iter().map(Column::name).collect();
        let text =
            Text::new("人口表に「人口」の列がありません", "the population table has no column of totals");
        Diagnostic::new(Code::DesignPopulationColumn, text)
            .at(place_of(table))
            .help(Text::new(
                format!("列の名前を「人口」か「total」にします（列: {}）", names.join("、")),
                format!("name it \"total\" or \"人口\" (columns: {})", names.join(", ")),
            ))
            .into()
    })
}

/// The one spelling of a category, as [`super::columns::Value::key`] has it.
fn key(text: &str) -> String {
    let folded = fold(text);
    number(&folded).map_or(folded, |x| x.to_string())
}

/// The margin of a population table: everybody is in one category of it. Respondents who left one blank
/// cannot be matched: they keep the part of the population that they are of the sample (by weight), and the
/// other categories share the rest as the table has it.
///
/// # Errors
/// No column of totals; a category column that one side does not have; a respondent whose category is not
/// there, or has nobody in the population.
pub(super) fn margin(
    of: &Population<'_>,
    source: &Source<'_>,
    weighed: &Weighed<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Margin> {
    let population = Read::new(of, source)?.of_people()?;
    let place = place_of(of.table);
    let mut rows = population.rows()?;
    let variables = population.variables();
    let crossing = Crossing::of(&variables, source.units());
    let levels = crossing.levels(&variables);
    let is_blank = |unit: usize| levels[crossing.of_row[unit] as usize] == Level::Unknown;
    let blank: u64 = (0..source.units()).filter(|unit| is_blank(*unit)).map(|unit| weighed.rows(unit)).sum();
    let name = population.name();
    if blank > 0 {
        let blank_units: Vec<u32> = (0..source.units()).map(|unit| u32::from(is_blank(unit))).collect();
        let sums = weighed.sums(&blank_units, 2);
        let part = sums[1] / (sums[0] + sums[1]);
        let people: f64 = rows.iter().map(|(_, p)| p).sum();
        rows.iter_mut().for_each(|(_, p)| *p *= 1.0 - part);
        rows.push((Level::Unknown, people * part));
        let text = Text::new(
            format!(
                "「{name}」が空欄の{blank}人は、標本での割合のまま（不明の1区分として）ウエイトを付けます"
            ),
            format!("{blank} respondents without \"{name}\" keep their part of the sample when weighting"),
        );
        findings.push(
            Finding::warning(Code::DesignPopulationBlank, text, place.clone()).counted_in_message(blank),
        );
    }
    let nobody = |(level, people): &&(Level, f64)| {
        *people <= 0.0 && *level != Level::Unknown && levels.contains(level)
    };
    if let Some((category, _)) = rows.iter().find(nobody) {
        let text = Text::new(
            format!("人口表では「{category}」（{name}）の人口が0ですが、回答者がいます"),
            format!("the population table has nobody in \"{category}\" ({name}), but there are respondents"),
        );
        return Err(Diagnostic::new(Code::DesignPopulationZero, text).at(place).into());
    }
    let respondents: Vec<Option<&Level>> =
        crossing.of_row.iter().map(|cell| levels.get(*cell as usize)).collect();
    let table: Vec<(&Level, f64)> = rows.iter().map(|(level, people)| (level, *people)).collect();
    let (margin, mut found) =
        Margin::from_categories(name, &respondents, &table).map_err(|e| e.at(&place))?;
    found.iter_mut().for_each(|f| f.place = place.clone());
    findings.extend(found);
    Ok(margin)
}

/// The variables that respondents are matched by: those that are named, or all category columns of the table.
///
/// # Errors
/// As [`margin`].
pub(super) fn variables(of: &Population<'_>, source: &Source<'_>) -> Result<Vec<String>> {
    match &of.by {
        Some(names) => Ok(names.clone()),
        None => Ok(Read::new(of, source)?.variables().into_iter().map(|c| c.name.clone()).collect()),
    }
}

/// People of the whole table, of whom so many are respondents.
pub(super) fn whole(table: &Table, source: &Source<'_>, rows: u64) -> Result<f64> {
    let population = Read::new(&Population { table, by: Some(Vec::new()) }, source)?.of_people()?;
    let people: f64 = population.people.iter().sum();
    if people < rows as f64 {
        let text = Text::new(
            format!("人口表の人口の合計（{people}人）が回答者の数（{rows}人）より少なくなっています"),
            format!("the population table has {people} people, fewer than the {rows} respondents"),
        );
        return Err(Diagnostic::new(Code::DesignPopulationTotal, text).at(place_of(table)).into());
    }
    Ok(people)
}

/// For each respondent the people of the stratum, the crossing of `strata`. A stratum of those who left a
/// question blank has no known size: it counts as infinite (no correction), with a finding.
///
/// # Errors
/// As [`margin`].
pub(super) fn stratum_sizes(
    table: &Table,
    strata: &[String],
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<f64>> {
    let population = Read::new(&Population { table, by: Some(strata.to_vec()) }, source)?.of_people()?;
    let rows = population.rows()?;
    let variables = population.variables();
    let crossing = Crossing::of(&variables, source.rows());
    let mut mistakes = Vec::new();
    let mut unknown = false;
    let sizes: Vec<f64> = crossing
        .levels(&variables)
        .into_iter()
        .map(|level| {
            if level == Level::Unknown {
                unknown = true;
                return f64::INFINITY;
            }
            rows.iter().find(|(of, _)| *of == level).map_or_else(
                || {
                    mistakes.push(no_stratum(table, &level, &rows));
                    f64::INFINITY
                },
                |(_, people)| *people,
            )
        })
        .collect();
    if unknown {
        let names = population.name();
        let text = Text::new(
            format!("{names}が不明の回答者がいます。別の層とし、有限母集団修正をしません"),
            format!(
                "respondents without {names} make a stratum of their own, without finite population \
                 correction"
            ),
        );
        findings.push(Finding::warning(Code::DesignStratumUnknown, text, place_of(table)));
    }
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(crossing.of_row.iter().map(|cell| sizes[*cell as usize]).collect()),
    }
}

fn no_stratum(table: &Table, level: &Level, rows: &[(Level, f64)]) -> Diagnostic {
    let known: Vec<String> = rows.iter().map(|(level, _)| level.to_string()).collect();
    Diagnostic::new(
        Code::DesignPopulationCategory,
        Text::new(
            format!("人口表に層「{level}」がありません"),
            format!("the population table has no stratum \"{level}\""),
        ),
    )
    .at(place_of(table))
    .help(Text::new(
        format!("人口表の区分: {}", known.join("、")),
        format!("its categories: {}", known.join(", ")),
    ))
}

/// The calibration to the totals of a population table.
///
/// # Errors
/// As [`margin`]; a `*` in a column that is no number for some respondent.
pub(super) fn calibration(
    table: &Table,
    function: CalibrationFunction,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Calibration> {
    let population = Read::new(&Population { table, by: None }, source)?;
    let place = place_of(table);
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
                let code = TypedCode::new(&text);
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
            findings.push(Finding::warning(Code::DesignPopulationEmpty, text, place.clone()));
            continue;
        }
        terms.push(CalibrationTerm { name, values, total: *people });
    }
    for at in 0..population.categories.len() {
        mistakes.extend(population.unmatched(at));
    }
    match Error::all(mistakes) {
        Some(error) => Err(error.at(&place)),
        None => Ok(Calibration { terms, function }),
    }
}

impl Read<'_> {
    /// Respondents whose answer to the `at`th category column no row of the table names.
    fn unmatched(&self, at: usize) -> Option<Diagnostic> {
        let (cell, column) = self.categories.get(at)?;
        let texts = (0..self.table.row_count()).map(|row| fold(&cell.cell(row).text()));
        let named: Vec<TypedCode> =
            texts.filter(|text| !text.is_empty()).map(|text| TypedCode::new(&text)).collect();
        if named.iter().any(|code| code.folded() == "*") {
            return None;
        }
        let counts = column.counts();
        let is_stranger = |at: &usize| {
            let value = &column.values[*at];
            counts[*at] > 0 && (value.blank || !named.iter().any(|code| value.is(code)))
        };
        let strangers: Vec<usize> = (0..column.values.len()).filter(is_stranger).collect();
        let name = &column.name;
        let n: u64 = strangers.iter().map(|at| counts[*at]).sum();
        let first = strangers.iter().find(|at| !column.values[**at].blank).or(strangers.first())?;
        let value = &column.values[*first];
        let (text, help) = if value.blank {
            (
                Text::new(
                    format!("「{name}」に回答のない{n}人が、較正の表のどの区分にもありません"),
                    format!("{n} respondents without \"{name}\" are in no category of the calibration table"),
                ),
                Text::new(
                    "事後層化とレイキングは、回答のない人を1つの区分として扱います（較正は扱いません）",
                    "post-stratification and raking keep them as a category; calibration does not",
                ),
            )
        } else {
            let value = &value.text;
            let classes = column.classes();
            let is_one = strangers.iter().all(|at| classes[*at] == classes[*first]);
            let left = self.left(at).filter(|_| is_one);
            (
                Text::new(
                    format!("「{name}」の「{value}」などの回答者{n}人が、較正の表のどの区分にもありません"),
                    format!(
                        "{n} respondents (such as \"{value}\" in \"{name}\") are in no category of the \
                         calibration table"
                    ),
                ),
                row_to_add(value, left),
            )
        };
        Some(Diagnostic::new(Code::DesignPopulationCategory, text).help(help))
    }

    /// The people of the whole population less those of the categories of the `at`th column, where the table
    /// states both.
    fn left(&self, at: usize) -> Option<f64> {
        let filled = |row: usize| -> Vec<usize> {
            let is_filled = |k: &usize| !fold(&self.categories[*k].0.cell(row).text()).is_empty();
            (0..self.categories.len()).filter(is_filled).collect()
        };
        let sum = |wanted: &[usize]| {
            let rows = self.people.iter().enumerate().filter(|(row, _)| filled(*row) == wanted);
            rows.map(|(_, people)| *people).reduce(|a, b| a + b)
        };
        Some(sum(&[])? - sum(&[at])?).filter(|left| *left > 0.0)
    }
}

/// What to write for a category that the table leaves out, as the tables of R's `calibrate` leave out the
/// first one.
fn row_to_add(value: &str, left: Option<f64>) -> Text {
    let (ja, en) = left.map_or_else(Default::default, |left| {
        (
            format!("（全体からほかの区分を引くと {left}）"),
            format!(" (the whole less the other categories is {left})"),
        )
    });
    Text::new(
        format!(
            "表に「{value}」の行を加えてください{ja}。1つの区分を基準として省く書き方（R の calibrate）は\
             読みません。区分の綴りのちがいでないかも確かめてください"
        ),
        format!(
            "add a row for \"{value}\"{en}: a table that leaves out a reference category, as R's calibrate \
             takes it, is not read; or it is spelled otherwise in the table"
        ),
    )
}
