//! Administrative counts: the figure of an item in a year, found in a table as offices keep it.
//!
//! A table for people has a title, units and notes around it, years across or down, headings of two rows,
//! several tables on a sheet. So a figure is found by its headings, wherever they stand; only the cells that
//! a plan names are looked at, so that nothing else on the sheet can stop a run.

mod addressed;
mod groups;
mod labels;
mod layout;
mod locate;
mod months;
mod one_year;
mod query;
mod reading;
mod words;

use std::collections::BTreeMap;

use self::groups::Belonging;
use self::layout::{Line, lines};
use self::locate::{Spot, Wanted, best, spots};
use self::one_year::OwnYear;
pub use self::query::{CountQuery, MonthRule};
use self::reading::Around;
pub use self::reading::CountReading;
use self::words::heading;
use super::fiscal_year::FiscalYear;
use crate::code::Code;
use crate::error::{Diagnostic, Result};
use crate::raw::Sheet;
use crate::text::suggest::nearest;
use crate::text::{Lang, Text};

/// The sheets that the counts of an item stand in.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    sheets: Vec<(Sheet, Vec<Line>, Option<OwnYear>)>,
}

impl Counts {
    /// The counts of these sheets.
    pub fn of(sheets: Vec<Sheet>) -> Self {
        let with_lines = |sheet: Sheet| {
            let lines = lines(&sheet);
            let year = one_year::year_of(&sheet);
            (sheet, lines, year)
        };
        Self { sheets: sheets.into_iter().map(with_lines).collect() }
    }

    /// The place of the first sheet.
    pub fn place(&self) -> crate::provenance::Place {
        self.sheets.first().map(|(sheet, ..)| sheet.place()).unwrap_or_default()
    }

    /// The years that the headings name, in order.
    pub fn years(&self) -> Vec<FiscalYear> {
        let of_lines = self.sheets.iter().flat_map(|(_, lines, _)| lines).flat_map(|l| l.years.values());
        let own = self.sheets.iter().filter_map(|(.., own)| own.map(|own| own.year));
        let mut years: Vec<FiscalYear> = of_lines.map(|label| label.year).chain(own).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// The figure of `query` in each of `years` that has one, with where it was read and what was found.
    ///
    /// # Errors
    /// `indicator::counts-columns` where the sheet names no year; `plan::unknown-item` where no cell has the
    /// item's headings; `indicator::counts-twice` where several cells do and differ; `indicator::quantity`
    /// where a cell is neither one number nor a known symbol. All of them in one go, each with its place.
    pub fn find(
        &self,
        query: &CountQuery,
        years: &[FiscalYear],
    ) -> Result<BTreeMap<FiscalYear, CountReading>> {
        let mut out = BTreeMap::new();
        let mut mistakes = Vec::new();
        if !query.cells.is_empty() || query.cell.is_some() {
            return self.at_addresses(query, years);
        }
        if let Some(rule) = query.month {
            return self.by_month(query, rule, years);
        }
        let item: Vec<String> = query.item.iter().map(|w| heading(w)).collect();
        let column: Vec<String> = query.column.iter().map(|w| heading(w)).collect();
        let mut found: Vec<(&Sheet, Spot)> = Vec::new();
        for (sheet, lines, _) in &self.sheets {
            for line in lines {
                let all = spots(sheet, line, &Wanted { item: &item, column: &column });
                found.extend(all.into_iter().map(|spot| (sheet, spot)));
            }
        }
        let mut flat = false;
        if found.is_empty() && item.len() > 1 {
            (found, flat) = self.below(&item, &column);
        }
        let mut anywhere = !found.is_empty();
        for year in years {
            let here: Vec<(&Sheet, Spot)> =
                found.iter().filter(|(_, s)| s.year == *year).map(|(s, spot)| (*s, spot.clone())).collect();
            let sheet_of = |spot: &Spot| here.iter().find(|(_, s)| s == spot).map(|(sheet, _)| *sheet);
            let kept = best(here.iter().map(|(_, spot)| spot.clone()).collect());
            let readings: Vec<(&Sheet, Around)> = kept
                .iter()
                .filter_map(|spot| {
                    Some((sheet_of(spot)?, Around::of_spot(sheet_of(spot)?, spot).of_flat_group(flat)))
                })
                .collect();
            let readings =
                if readings.is_empty() { self.of_one_year(&item, &column, *year) } else { readings };
            anywhere |= !readings.is_empty();
            match one_of(query, *year, &readings) {
                Ok(Some(reading)) => drop(out.insert(*year, reading)),
                Ok(None) => {}
                Err(error) => mistakes.extend(error.into_diagnostics()),
            }
        }
        if !anywhere {
            mistakes.push(self.not_found(query, &item));
        }
        crate::error::Error::all(mistakes).map_or(Ok(out), Err)
    }

    /// The cells of the last word that stand below a row of the words before it, where a group is a row above
    /// its parts; and whether nothing tells a part from the next group but its place.
    fn below(&self, item: &[String], column: &[String]) -> (Vec<(&Sheet, Spot)>, bool) {
        let Some((last, groups)) = item.split_last() else { return (Vec::new(), false) };
        let (mut out, mut flat) = (Vec::new(), false);
        for (sheet, lines, _) in &self.sheets {
            let rows = |word: &String| -> Vec<usize> {
                let of_word = sheet.cells().filter(|(_, shown)| heading(&shown.text) == *word);
                let mut rows: Vec<usize> = of_word.map(|((row, _), _)| row).collect();
                rows.dedup();
                rows
            };
            let mut from = 0;
            let mut there = true;
            for group in groups {
                match rows(group).into_iter().filter(|r| *r >= from).collect::<Vec<_>>().as_slice() {
                    [row] => from = row + 1,
                    _ => there = false,
                }
            }
            let Some(row) = rows(last).into_iter().find(|r| *r >= from).filter(|_| there) else { continue };
            let of_group = groups::belonging(sheet, from - 1, row);
            if of_group == Belonging::No {
                continue;
            }
            flat |= of_group == Belonging::Perhaps;
            for line in lines {
                let wanted = Wanted { item: std::slice::from_ref(last), column };
                let all = spots(sheet, line, &wanted);
                out.extend(all.into_iter().filter(|spot| spot.row == row).map(|spot| (sheet, spot)));
            }
        }
        (out, flat)
    }

    /// The cells of sheets that are of this year as a whole.
    fn of_one_year(&self, item: &[String], column: &[String], year: FiscalYear) -> Vec<(&Sheet, Around)> {
        let mut out = Vec::new();
        for (sheet, lines, own) in &self.sheets {
            let Some(own) = own.filter(|own| own.year == year) else { continue };
            if lines.iter().any(|line| line.years.len() > 1) {
                continue;
            }
            for found in one_year::find(sheet, item, column) {
                let around = Around::of_cell((found.row, found.column), year, found.headings);
                out.push((sheet, around.of_title(own.by_title).of_flat_group(found.flat_group)));
            }
        }
        out
    }

    /// Why nothing was found: the row that was looked at, and what stands there.
    fn not_found(&self, query: &CountQuery, item: &[String]) -> Diagnostic {
        let words = query.words();
        let Some((sheet, lines, own)) = self.sheets.first() else {
            return Diagnostic::new(
                Code::IndicatorCountsColumns,
                Text::new("表がありません", "there is no table"),
            );
        };
        let heads_years = |shown: &crate::raw::Shown| words::is_year(&heading(&shown.text));
        let headed = sheet.cells().any(|(_, shown)| heads_years(shown));
        if lines.is_empty() && own.is_none() && !headed {
            let row = (0..sheet.size().0.min(20))
                .max_by_key(|row| (sheet.row(*row).count(), std::cmp::Reverse(*row)))
                .unwrap_or(0);
            let texts: Vec<&str> = sheet.row(row).map(|(_, s)| s.text.trim()).collect();
            let (list, number) = (shortened(&texts), sheet.number(row));
            return Diagnostic::new(
                Code::IndicatorCountsColumns,
                Text::new("年度の見出しが見つかりません", "no heading names a fiscal year"),
            )
            .at(sheet.place())
            .help(Text::new(
                format!(
                    "{number}行目の見出し: {list}。年度は「令和4年度」「R4」「2022年度」のように、横（1行）か\
                     縦（1列）に並べるか、シート名・ファイル名に書いてください"
                ),
                format!(
                    "the headings of row {number}: {list}. Name the years like 令和4年度, R4 or 2022年度, \
                     along a row or a column, or in the name of the sheet or file"
                ),
            ));
        }
        let keys: Vec<(String, String)> = self.headings();
        let near = nearest(&words, keys.iter().map(|(_, text)| text.as_str()));
        let line = lines.first();
        let looked = line.map(|line| match line.across {
            true => Text::new(
                format!("{}行目を年度の見出しとして読みました", sheet.number(line.at)),
                format!("row {} was read as the years", sheet.number(line.at)),
            ),
            false => Text::new(
                format!("{}列を年度として読みました", crate::raw::letters(line.at)),
                format!("column {} was read as the years", crate::raw::letters(line.at)),
            ),
        });
        let names: Vec<&str> = keys.iter().map(|(_, text)| text.as_str()).collect();
        let list = shortened(&names);
        let help = match near {
            Some(near) => {
                Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?"))
            }
            None => {
                let looked = looked.unwrap_or_default();
                let of = |looked: &str, mark: &str, name: &str| {
                    let names = if list.is_empty() { String::new() } else { format!("{name}: {list}") };
                    let both = !looked.is_empty() && !names.is_empty();
                    format!("{looked}{}{names}", if both { mark } else { "" })
                };
                Text::new(of(&looked.ja, "。", "見出し"), of(&looked.en, "; ", "headings"))
            }
        };
        let named = item.len() > 1 || !query.column.is_empty();
        let message = if named {
            let column = query.column.join("・");
            let (ja, en) = if column.is_empty() {
                (String::new(), String::new())
            } else {
                (format!("（列「{column}」）"), format!(" (column \"{column}\")"))
            };
            Text::new(format!("項目「{words}」{ja}がありません"), format!("there is no item \"{words}\"{en}"))
        } else {
            Text::new(format!("項目「{words}」がありません"), format!("there is no item \"{words}\""))
        };
        let mut diagnostic = Diagnostic::new(Code::PlanUnknownItem, message).at(sheet.place());
        diagnostic.help = Some(help).filter(|help| !help.ja.is_empty());
        diagnostic
    }

    /// All headings that an item may have, once each, in the order of the sheets.
    fn headings(&self) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for (sheet, lines, _) in &self.sheets {
            for line in lines {
                for ((row, column), shown) in sheet.cells() {
                    let inside = if line.across {
                        (line.body.0..line.body.1).contains(&row)
                            && line.years.keys().next().is_some_and(|first| column < *first)
                    } else {
                        (line.head.0..line.body.1).contains(&row) && column != line.at
                    };
                    let is_word = !layout::is_figure(sheet, row, column) && !shown.text.trim().is_empty();
                    if inside && is_word && !out.iter().any(|(key, _)| *key == heading(&shown.text)) {
                        out.push((heading(&shown.text), shown.text.trim().to_owned()));
                    }
                }
            }
        }
        out.retain(|(key, _)| !words::is_item(key) && !words::is_about(key) && !words::is_year(key));
        out
    }
}

/// A list of names, cut where it is long.
fn shortened(names: &[&str]) -> String {
    const MOST: usize = 8;
    let cut = |name: &&str| -> String {
        let short: String = name.chars().take(20).collect();
        if short.len() < name.len() { format!("{short}…") } else { short }
    };
    let mut list: Vec<String> = names.iter().take(MOST).map(cut).collect();
    if names.len() > MOST {
        list.push("…".to_owned());
    }
    list.join("、")
}

/// The one figure that all of these cells hold.
fn one_of(query: &CountQuery, year: FiscalYear, found: &[(&Sheet, Around)]) -> Result<Option<CountReading>> {
    let Some(((sheet, first), rest)) = found.split_first() else { return Ok(None) };
    let reading = first.read(sheet, query)?;
    for (sheet, other) in rest {
        let same = other.read(sheet, query).is_ok_and(|r| r.cell == reading.cell);
        if !same {
            let place = other.place(sheet);
            let (before, words) = (first.place(found[0].0), query.words());
            return Err(Diagnostic::new(
                Code::IndicatorCountsTwice,
                Text::new(
                    format!(
                        "「{words}」の{}の値が2つあり、一致しません（1つ目: {}）",
                        year.long(),
                        before.words(Lang::Ja)
                    ),
                    format!(
                        "\"{words}\" has two different values for {year} (the first: {})",
                        before.words(Lang::En)
                    ),
                ),
            )
            .at(place)
            .help(first.told_apart(other))
            .into());
        }
    }
    Ok(Some(reading))
}
