//! Tables by month: which cells are the months of a fiscal year (April to March), and the figure of the year
//! that they make.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::{Label, Month, era_year, sure};
use super::layout::{Line, of_column, of_row};
use super::locate::{Spot, Wanted, best, spots};
use super::query::{CountQuery, MonthRule};
use super::reading::{Around, CountReading};
use super::words::heading;
use super::{Counts, one_of};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::indicator::admin_cell::AdminCell;
use crate::indicator::fiscal_year::FiscalYear;
use crate::indicator::quantity::{Decimal, Quantity};
use crate::raw::Sheet;
use crate::text::Text;
use crate::text::fold::fold;

/// Months from April on.
const OF_YEAR: [u32; 12] = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3];

/// What may stand behind 月.
const BEHIND: [&str; 9] = ["", "中", "分", "末", "末日", "末現在", "末日現在", "計", "度"];

/// The fiscal year of a calendar month.
fn fiscal(year: i32, month: u32) -> FiscalYear {
    FiscalYear::from_western(if month >= 4 { year } else { year - 1 })
}

/// The month that a heading names: `4月`, `４月中`, `令和6年4月`, `R6.4`, `2024/4`, `2024年4月1日現在`.
fn month_of(text: &str) -> Option<Month> {
    let whole: String = fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    if whole.chars().count() > 20 {
        return None;
    }
    let month = |digits: &str| {
        let short = !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|m| short && (1..=12).contains(m))
    };
    let day = |text: &str| text.parse::<u32>().is_ok_and(|d| (1..=31).contains(&d));
    if let Some((before, behind)) = whole.split_once('月') {
        let of_day = behind.split_once('日').is_some_and(|(d, rest)| day(d) && matches!(rest, "" | "現在"));
        if !of_day && !BEHIND.contains(&behind) {
            return None;
        }
        return match before.rsplit_once('年') {
            Some((year, m)) => Some(Month { year: Some(era_year(year)?), month: month(m)? }),
            None => Some(Month { year: None, month: month(before)? }),
        };
    }
    let parts: Vec<&str> = whole.split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [year, m] => Some(Month { year: Some(era_year(year)?), month: month(m)? }),
        [year, m, d] if day(d) => Some(Month { year: Some(era_year(year)?), month: month(m)? }),
        _ => None,
    }
}

/// Headings of months.
fn heads_months(text: &str) -> bool {
    matches!(&*heading(text), "月" | "月別" | "月次" | "年月" | "month")
}

/// The months in a line of cells, by index; bare numbers under a heading of months.
fn along(texts: &[(usize, &str)]) -> Vec<(usize, Month)> {
    let headed = texts.iter().position(|(_, text)| heads_months(text));
    let bare = |at: usize, text: &str| {
        let digits = fold(text.trim());
        let month = digits.parse::<u32>().ok().filter(|m| digits.len() <= 2 && (1..=12).contains(m))?;
        headed.filter(|head| at > *head).map(|_| Month { year: None, month })
    };
    let each = texts.iter().enumerate();
    let mut found: Vec<(usize, Month)> = each
        .filter_map(|(at, (cell, text))| Some((*cell, month_of(text).or_else(|| bare(at, text))?)))
        .collect();
    // Behind a month with its year the year goes on, and the next one begins in January.
    let mut before: Option<(i32, u32)> = None;
    for (_, month) in &mut found {
        let goes_on = before.map(|(year, last)| if month.month < last { year + 1 } else { year });
        month.year = month.year.or(goes_on);
        before = month.year.map(|year| (year, month.month));
    }
    if found.len() > 1 { found } else { Vec::new() }
}

/// The lines of months of a sheet, across first.
fn lines(sheet: &Sheet) -> Vec<Line> {
    let (height, width) = sheet.size();
    let mut columns: Vec<Vec<(usize, &str)>> = vec![Vec::new(); width];
    for ((row, column), shown) in sheet.cells().filter(|(_, shown)| !shown.text.trim().is_empty()) {
        columns[column].push((row, &shown.text));
    }
    let down: Vec<(usize, Vec<(usize, Month)>)> = columns
        .iter()
        .enumerate()
        .map(|(c, cells)| (c, along(cells)))
        .filter(|(_, f)| !f.is_empty())
        .collect();
    let mut across = Vec::new();
    for row in 0..height {
        let cells: Vec<(usize, &str)> =
            sheet.row(row).filter(|(_, s)| !s.text.trim().is_empty()).map(|(c, s)| (c, &*s.text)).collect();
        let found = along(&cells);
        // A row of a table that has a month in every row is no heading.
        let by_column = |column: usize| {
            down.iter()
                .any(|(c, f)| *c == column && f.iter().any(|(r, _)| *r == row) && f.len() > found.len())
        };
        if !found.is_empty() && !found.iter().all(|(column, _)| by_column(*column)) {
            across.push((row, found));
        }
    }
    let taken: BTreeSet<(usize, usize)> =
        across.iter().flat_map(|(row, found)| found.iter().map(move |(c, _)| (*row, *c))).collect();
    let rows: Vec<usize> = across.iter().map(|(row, _)| *row).collect();
    let label = |month: Month| Label::of_month(month);
    let mut out = Vec::new();
    for (row, found) in across {
        let until = rows.iter().copied().find(|r| *r > row).unwrap_or(height);
        let found = found.into_iter().map(|(column, month)| (column, label(month))).collect();
        out.push(of_row(sheet, row, (0, width), found, until));
    }
    for (column, found) in down.into_iter().filter(|(c, f)| !f.iter().any(|(r, _)| taken.contains(&(*r, *c))))
    {
        out.push(of_column(sheet, column, found.into_iter().map(|(row, m)| (row, label(m))).collect()));
    }
    out
}

/// The year that stands around a cell, and whether it is called a fiscal one (年度).
fn year_around(
    sheet: &Sheet,
    years: &[Line],
    own: Option<FiscalYear>,
    spot: &Spot,
) -> Option<(FiscalYear, bool)> {
    let is_fiscal = |text: &str| text.contains("年度");
    for line in years {
        let inside = (line.body.0..line.body.1).contains(&spot.row) || line.at == spot.row;
        let (key, cell) =
            if line.across { (spot.column, (line.at, spot.column)) } else { (spot.row, (spot.row, line.at)) };
        if let Some(label) = line.years.get(&key).filter(|_| inside) {
            return Some((label.year, is_fiscal(sheet.text(cell.0, cell.1))));
        }
    }
    let headings = spot.beside.iter().chain(&spot.above);
    let mut said =
        headings.filter_map(|h| sure(&h.text).filter(|l| l.sure).map(|l| (l.year, is_fiscal(&h.text))));
    said.next_back().or(own.map(|year| (year, false)))
}

/// How months of one year follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// January follows December in the same year.
    Fiscal,
    /// April follows March in the same year.
    Calendar,
}

/// By which kind of year the months of a line are told: where the year changes beside them. `None` where
/// nothing shows it.
fn order(months: &[(Month, Option<FiscalYear>)]) -> Option<Order> {
    months.windows(2).find_map(|pair| {
        let same = pair[0].1 == pair[1].1;
        match (pair[0].0.month, pair[1].0.month) {
            (12, 1) => Some(if same { Order::Fiscal } else { Order::Calendar }),
            (3, 4) => Some(if same { Order::Calendar } else { Order::Fiscal }),
            _ => None,
        }
    })
}

impl Counts {
    /// The figure of `query` in each of `years`, made of its months as the rule says.
    ///
    /// # Errors
    /// As [`Counts::find`].
    pub(super) fn by_month(
        &self,
        query: &CountQuery,
        rule: MonthRule,
        years: &[FiscalYear],
    ) -> Result<BTreeMap<FiscalYear, CountReading>> {
        let item: Vec<String> = query.item.iter().map(|w| heading(w)).collect();
        let column: Vec<String> = query.column.iter().map(|w| heading(w)).collect();
        let mut found: BTreeMap<(FiscalYear, u32), Vec<(&Sheet, Spot)>> = BTreeMap::new();
        let mut unclear = None;
        let mut anywhere = false;
        for (sheet, year_lines, own) in &self.sheets {
            for line in lines(sheet) {
                let all = spots(sheet, &line, &Wanted { item: &item, column: &column });
                anywhere |= !all.is_empty();
                let around = |spot: &Spot| year_around(sheet, year_lines, own.map(|own| own.year), spot);
                let order = order_of(&all, line.across, &around);
                for mut spot in all {
                    let Some(month) = spot.month else { continue };
                    let year = match (month.year, around(&spot), order) {
                        (Some(year), ..) => Some(fiscal(year, month.month)),
                        (None, Some((year, true)), _) => Some(year),
                        (None, Some((year, false)), Some(Order::Calendar)) => {
                            Some(fiscal(year.western(), month.month))
                        }
                        (None, Some((year, false)), Some(Order::Fiscal)) => Some(year),
                        // From April on the two are the same.
                        (None, Some((year, false)), None) => Some(year).filter(|_| month.month >= 4),
                        (None, None, _) => None,
                    };
                    let Some(year) = year else {
                        unclear.get_or_insert((sheet, spot.row, spot.column));
                        continue;
                    };
                    spot.year = year;
                    found.entry((year, month.month)).or_default().push((sheet, spot));
                }
            }
        }
        if !anywhere {
            return Err(self.not_found(query, &item).into());
        }
        let wanted: Vec<u32> = match rule {
            MonthRule::Sum | MonthRule::Mean => OF_YEAR.to_vec(),
            MonthRule::Of(month) => vec![month],
        };
        let (mut out, mut mistakes) = (BTreeMap::new(), Vec::new());
        for year in years {
            let mut readings = Vec::new();
            for month in &wanted {
                let Some(here) = found.get(&(*year, *month)) else { continue };
                let sheet_of = |spot: &Spot| here.iter().find(|(_, s)| s == spot).map(|(sheet, _)| *sheet);
                let kept = best(here.iter().map(|(_, spot)| spot.clone()).collect());
                let around = kept.iter().filter_map(|spot| {
                    let sheet = sheet_of(spot)?;
                    Some((sheet, Around::of_spot(sheet, spot)))
                });
                match one_of(query, *year, &around.collect::<Vec<_>>()) {
                    Ok(reading) => readings.extend(reading.map(|reading| (*month, reading))),
                    Err(error) => mistakes.extend(error.into_diagnostics()),
                }
            }
            match combined(query, rule, *year, readings) {
                Ok(reading) => out.extend(reading.map(|reading| (*year, reading))),
                Err(error) => mistakes.extend(error.into_diagnostics()),
            }
        }
        if let (true, true, Some((sheet, row, column))) = (out.is_empty(), mistakes.is_empty(), unclear) {
            let message = Text::new("月の見出しの年が決まりません", "nothing tells the years of the months");
            let help = Text::new(
                "見出しに「令和6年4月」のように年を書くか、表題・シート名・ファイル名に年度を書いてください",
                "write the year in the headings, such as 令和6年4月, or the fiscal year in the title, the \
                 sheet's name or the file's name",
            );
            mistakes.push(
                crate::error::Diagnostic::new(Code::IndicatorCountsColumns, message)
                    .at(sheet.place().row(sheet.number(row)).column(crate::raw::letters(column)))
                    .help(help),
            );
        }
        Error::all(mistakes).map_or(Ok(out), Err)
    }
}

/// The order of the months of a line; each row (column) of figures goes along it.
fn order_of(
    spots: &[Spot],
    across: bool,
    around: &dyn Fn(&Spot) -> Option<(FiscalYear, bool)>,
) -> Option<Order> {
    let mut along: BTreeMap<usize, Vec<&Spot>> = BTreeMap::new();
    for spot in spots {
        along.entry(if across { spot.row } else { spot.column }).or_default().push(spot);
    }
    along.into_values().find_map(|mut line| {
        line.sort_by_key(|spot| (spot.row, spot.column));
        let months: Vec<(Month, Option<FiscalYear>)> =
            line.iter().filter_map(|spot| Some((spot.month?, around(spot).map(|(year, _)| year)))).collect();
        order(&months)
    })
}

/// The figure of a year out of those of its months.
fn combined(
    query: &CountQuery,
    rule: MonthRule,
    year: FiscalYear,
    readings: Vec<(u32, CountReading)>,
) -> Result<Option<CountReading>> {
    if let MonthRule::Of(_) = rule {
        return Ok(readings.into_iter().next().map(|(_, reading)| reading));
    }
    let Some((_, first)) = readings.first() else { return Ok(None) };
    let (place, headings) = (first.place.clone(), first.headings.clone());
    let mut findings: Vec<Finding> = Vec::new();
    let mut told =
        |text: Text| findings.push(Finding::warning(Code::IndicatorCountCell, text, place.clone()));
    let (mut missing, mut nil, mut parts, mut cells) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for month in OF_YEAR {
        let name = format!("{month}月");
        match readings.iter().find(|(m, _)| *m == month) {
            Some((_, CountReading { cell: AdminCell::Value { quantity, mark, note }, address, .. })) => {
                cells.push(format!("{name} {address} {quantity}"));
                parts.push((quantity, *mark, note.clone()));
            }
            Some((_, CountReading { cell: AdminCell::Nil, address, .. })) => {
                cells.push(format!("{name} {address} -"));
                nil.push(name);
            }
            _ => missing.push(name),
        }
    }
    if !nil.is_empty() {
        let list = nil.join("、");
        told(Text::new(
            format!("「{}」の{}は、{list}の「-」を0として計算しました", query.words(), year.long()),
            format!("of \"{}\" in {year}, - in {list} was taken as 0", query.words()),
        ));
    }
    let first = parts.first().map(|(quantity, ..)| (*quantity).clone());
    let cell = match first {
        _ if !missing.is_empty() && !query.skips_months => {
            let list = missing.join("、");
            told(Text::new(
                format!(
                    "「{}」の{}は、{list}の値がないので使いませんでした（ある月だけで計算するには、計画の \
                     count に missing_months = \"skip\" を書きます）",
                    query.words(),
                    year.long()
                ),
                format!(
                    "\"{}\" in {year} was not used, as {list} have no figure; missing_months = \"skip\" in \
                     the plan's count takes the months that there are",
                    query.words()
                ),
            ));
            AdminCell::Pending
        }
        None => AdminCell::Pending,
        Some(first) => {
            if !missing.is_empty() {
                let list = missing.join("、");
                told(Text::new(
                    format!("「{}」の{}は、{list}を除いて計算しました", query.words(), year.long()),
                    format!("\"{}\" in {year} was computed without {list}", query.words()),
                ));
            }
            if let Some((other, ..)) = parts.iter().find(|(q, ..)| !q.unit.is_same(&first.unit)) {
                let text = Text::new(
                    format!("月の値の単位が違います（{first}、{other}）"),
                    format!("the months are in different units ({first}, {other})"),
                );
                return Err(crate::error::Diagnostic::new(Code::IndicatorUnit, text).at(place).into());
            }
            let numbers = parts.iter().map(|(q, ..)| q.number);
            let sum = numbers.clone().try_fold(Decimal { mantissa: 0, scale: 0 }, Decimal::plus);
            let months = (parts.len() + nil.len()) as i64;
            let number = match rule {
                MonthRule::Mean => sum.and_then(|sum| sum.over(months)),
                _ => sum,
            };
            let Some(number) = number else { return Err(Quantity::refusal(&first.to_string()).at(&place)) };
            let (mark, note) = parts
                .iter()
                .find(|(_, mark, _)| mark.is_some())
                .map_or((None, None), |(_, m, n)| (*m, n.clone()));
            AdminCell::Value { quantity: Quantity { number, unit: first.unit }, mark, note }
        }
    };
    findings.extend(readings.into_iter().flat_map(|(_, reading)| reading.findings));
    Ok(Some(CountReading { cell, place, address: cells.join("、"), headings, findings }))
}

#[cfg(test)]
mod tests {
    use super::month_of;
    use crate::indicator::counts::labels::Month;

    #[test]
    fn months_are_read_however_they_are_written() {
        for (text, year, month) in [
            ("4月", None, 4),
            (" １２ 月", None, 12),
            ("４月中", None, 4),
            ("3月末", None, 3),
            ("令和6年4月", Some(2024), 4),
            ("平成31年 4月", Some(2019), 4),
            ("令和元年5月分", Some(2019), 5),
            ("2024年4月1日現在", Some(2024), 4),
            ("2024/4", Some(2024), 4),
            ("2024-04-01", Some(2024), 4),
            ("R6.4", Some(2024), 4),
            ("R6.4.30", Some(2024), 4),
        ] {
            assert_eq!(month_of(text), Some(Month { year, month }), "{text}");
        }
        for text in
            ["13月", "0月", "月", "4", "計", "4～6月", "4月～6月", "第1四半期", "6.4", "24/4", "1月当たり"]
        {
            assert_eq!(month_of(text), None, "{text}");
        }
    }
}
