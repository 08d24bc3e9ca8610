//! The numbers of `shihyo estimate` as tables for the terminal: shares in percent with one decimal, other
//! numbers with as many as their standard error bears.

use std::collections::BTreeMap;

use super::round;
use super::share::Share;
use crate::estimate::reliability::{REFERENCE_LIMIT, ReliabilityFlag};
use crate::estimate::{Estimate, NotEstimable};
use crate::indicator::{Detail, Domains, EstimateRecord, Flag, Group, Statistic, Test};
use crate::text::{Lang, Text};

/// Everything that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The numbers, in the order asked for.
    pub rows: Vec<EstimateRecord>,
    /// Base, design and methods, in words.
    pub notes: Vec<Text>,
    /// The level of all intervals.
    pub level: f64,
    /// What the files' own dictionaries say of the codes in the rows.
    pub labels: FileLabels,
}

/// Labels of codes by variable and code, both as the rows have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileLabels {
    of: BTreeMap<String, BTreeMap<String, String>>,
}

impl FileLabels {
    /// Adds the label of a code.
    pub fn insert(&mut self, variable: &str, code: &str, label: &str) {
        self.of.entry(variable.to_owned()).or_default().insert(code.to_owned(), label.to_owned());
    }

    /// The label of a code, if it has one.
    pub fn get(&self, variable: &str, code: &str) -> Option<&str> {
        Some(self.of.get(variable)?.get(code)?.as_str())
    }

    /// The code, with its label behind it where it has one: `1 はい`.
    fn named(&self, variable: &str, code: &str) -> String {
        self.get(variable, code).map_or_else(|| code.to_owned(), |label| format!("{code} {label}"))
    }
}

/// A table for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleTable {
    /// Header words.
    pub header: Vec<String>,
    /// Rows as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// The first column that holds numbers.
    pub first_number: usize,
}

/// Up to four tables: estimates, differences, tests, changes from an earlier wave.
pub fn tables(sheet: &Sheet, lang: Lang) -> Vec<PeopleTable> {
    let level = round::percent(sheet.level, decimals_of_level(sheet.level));
    let interval = Text::new(format!("{level}%信頼区間"), format!("{level} % interval"));
    let kind = |s: Statistic| match s {
        Statistic::Difference => 1,
        Statistic::RaoScott => 2,
        Statistic::Change => 3,
        _ => 0,
    };
    let word = |ja: &str, en: &str| Text::new(ja, en);
    let labels = &sheet.labels;
    let headers: [(Vec<Text>, usize); 4] = [
        (
            vec![
                word("統計量", "statistic"),
                word("列", "column"),
                word("区分", "group"),
                word("n", "n"),
                word("推定値", "estimate"),
                interval.clone(),
                word("標準誤差", "SE"),
                word("deff", "deff"),
                word("n_eff", "n_eff"),
            ],
            3,
        ),
        (
            vec![
                word("列", "column"),
                word("A − B", "A − B"),
                word("n", "n"),
                word("A", "A"),
                word("B", "B"),
                word("差", "difference"),
                interval.clone(),
                word("標準誤差", "SE"),
                word("p", "p"),
            ],
            2,
        ),
        (
            vec![
                word("検定", "test"),
                word("列", "columns"),
                word("n", "n"),
                word("F", "F"),
                word("自由度", "df"),
                word("p", "p"),
            ],
            2,
        ),
        (
            vec![
                word("列", "column"),
                word("区分", "group"),
                word("n", "n"),
                word("今回", "later"),
                word("前回", "earlier"),
                word("変化", "change"),
                interval,
                word("標準誤差", "SE"),
                word("自由度", "df"),
                word("p", "p"),
            ],
            2,
        ),
    ];
    headers
        .into_iter()
        .enumerate()
        .filter_map(|(at, (header, first_number))| {
            let rows: Vec<Vec<String>> = sheet
                .rows
                .iter()
                .filter(|row| kind(row.statistic()) == at)
                .map(|row| match &row.detail {
                    Detail::Domains(domains) if at == 3 => change(row, domains, labels, lang),
                    Detail::Domains(domains) => difference(row, domains, labels, lang),
                    Detail::Test(of) => test(row, of, lang),
                    Detail::None | Detail::Quantile(_) | Detail::AgainstRest(_) => single(row, labels, lang),
                })
                .collect();
            let header = header.iter().map(|h| h.get(lang).to_owned()).collect();
            (!rows.is_empty()).then_some(PeopleTable { header, rows, first_number })
        })
        .collect()
}

/// 0.95 is 95, 0.999 is 99.9.
fn decimals_of_level(level: f64) -> usize {
    (0..4)
        .find(|d| (100.0 * level * 10_f64.powi(*d) - (100.0 * level * 10_f64.powi(*d)).round()).abs() < 1e-9)
        .unwrap_or(4) as usize
}

/// `列=A|B`, or what else was asked for.
fn subject(row: &EstimateRecord, labels: &FileLabels) -> String {
    if let Some(prob) = row.key.measured.prob() {
        return format!("{}@{prob}", row.variable);
    }
    let is_condition = |code: &String| [">=", "<=", "!="].iter().any(|o| code.starts_with(o));
    // A condition on numbers brings its own operator.
    let equals = if row.values.is_empty() || row.values.iter().all(is_condition) { "" } else { "=" };
    let values: Vec<String> = row.values.iter().map(|code| labels.named(&row.variable, code)).collect();
    format!("{}{equals}{}", row.variable, values.join("|"))
}

fn group(row: &EstimateRecord, labels: &FileLabels, lang: Lang) -> String {
    if row.key.groups.is_empty() {
        return Text::new("全体", "all").get(lang).to_owned();
    }
    let named = |g: &Group| format!("{}={}", g.variable, labels.named(&g.variable, &g.value));
    row.key.groups.iter().map(named).collect::<Vec<_>>().join(" × ")
}

/// How the numbers of a row are written.
#[derive(Clone, Copy)]
enum Written {
    /// In percent; differences of shares are in points.
    Percent,
    /// With this many decimals.
    Decimals(usize),
}

impl Written {
    /// Two significant digits of the standard error decide.
    fn by_error(se: Option<f64>) -> Self {
        let decimals = match se {
            Some(se) if se > 0.0 && se.is_finite() => 1 - (se.log10().floor() as i32),
            _ => 2,
        };
        Self::Decimals(decimals.clamp(0, 8) as usize)
    }

    /// As the data have it: a number of theirs, beside which no error stands.
    fn as_given(value: f64) -> Self {
        let text = value.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Self::Decimals(decimals.min(8))
    }

    fn number(self, value: f64) -> String {
        match self {
            Self::Percent => round::percent(value, 1),
            Self::Decimals(d) => round::fixed(value, d),
        }
    }

    fn error(self, se: f64) -> String {
        match self {
            Self::Percent => round::percent(se, 2),
            Self::Decimals(d) => round::fixed(se, d),
        }
    }
}

fn written(row: &EstimateRecord) -> Written {
    let of = match &row.detail {
        Detail::Domains(domains) => domains.of,
        _ => row.statistic(),
    };
    match (of, &row.detail, &row.estimate) {
        (Statistic::Share, ..) => Written::Percent,
        // The least and the greatest value are answers of somebody, and have no error.
        (_, Detail::Quantile(_), Estimate { value: Ok(value), se: Err(_), .. }) => Written::as_given(*value),
        _ => Written::by_error(row.estimate.se.as_ref().ok().copied()),
    }
}

/// What stands behind a number of few respondents.
const FEW: &str = "*";

/// The mark of the row's own number.
fn mark(row: &EstimateRecord) -> &'static str {
    if row.flags.contains(&Flag::Reliability(ReliabilityFlag::Few)) { FEW } else { "" }
}

fn single(row: &EstimateRecord, labels: &FileLabels, lang: Lang) -> Vec<String> {
    let (e, how, mark) = (&row.estimate, written(row), mark(row));
    let value = match (&e.value, how) {
        (Err(reason), _) => reason.text().get(lang).to_owned(),
        (Ok(_), Written::Percent) => {
            Share::of(e).map(|s| format!("{}%{mark}", s.printed(1))).unwrap_or_default()
        }
        (Ok(v), _) => format!("{}{mark}", how.number(*v)),
    };
    vec![
        row.statistic().text().get(lang).to_owned(),
        subject(row, labels),
        group(row, labels, lang),
        round::count(e.n),
        value,
        limits(row, how, lang),
        e.se.as_ref().map(|s| how.error(*s)).unwrap_or_default(),
        e.deff.as_ref().map(|d| round::fixed(d.value, 2)).unwrap_or_default(),
        e.n_eff.as_ref().map(|n| round::fixed(*n, 0)).unwrap_or_default(),
    ]
}

/// Both limits, or why there are none. An estimate that does not exist has said so already.
fn limits(row: &EstimateRecord, how: Written, lang: Lang) -> String {
    match (&row.estimate.interval, &row.estimate.value) {
        (Ok(i), _) => format!("{}～{}", how.number(i.low), how.number(i.high)),
        (Err(_), Err(_)) => String::new(),
        (Err(reason), Ok(_)) => reason.text().get(lang).to_owned(),
    }
}

fn difference(row: &EstimateRecord, domains: &Domains, labels: &FileLabels, lang: Lang) -> Vec<String> {
    let how = written(row);
    let [value, limits, se, p] = compared(row, domains, lang);
    vec![
        compared_subject(row, domains, labels, lang),
        format!("{} − {}", domains.a, domains.b),
        round::count(row.estimate.n),
        side(&domains.stat_a, domains.n_a, how),
        side(&domains.stat_b, domains.n_b, how),
        value,
        limits,
        se,
        p,
    ]
}

fn change(row: &EstimateRecord, waves: &Domains, labels: &FileLabels, lang: Lang) -> Vec<String> {
    let how = written(row);
    let [value, limits, se, p] = compared(row, waves, lang);
    vec![
        compared_subject(row, waves, labels, lang),
        group(row, labels, lang),
        format!("{}, {}", round::count(waves.n_a), round::count(waves.n_b)),
        side(&waves.stat_a, waves.n_a, how),
        side(&waves.stat_b, waves.n_b, how),
        value,
        limits,
        se,
        row.estimate.se.as_ref().map(|_| round::fixed(row.estimate.df.domain, 1)).unwrap_or_default(),
        p,
    ]
}

/// What is compared; what it is, unless it is a share.
fn compared_subject(row: &EstimateRecord, domains: &Domains, labels: &FileLabels, lang: Lang) -> String {
    match domains.of {
        Statistic::Share => subject(row, labels),
        statistic => format!("{} {}", statistic.text().get(lang), subject(row, labels)),
    }
}

/// The number of one side, of so many respondents.
fn side(value: &Result<f64, NotEstimable>, n: u64, how: Written) -> String {
    let mark = if n < REFERENCE_LIMIT { FEW } else { "" };
    value.as_ref().map(|v| format!("{}{mark}", how.number(*v))).unwrap_or_default()
}

/// The difference, its limits, its standard error and its p-value.
fn compared(row: &EstimateRecord, domains: &Domains, lang: Lang) -> [String; 4] {
    let (e, how) = (&row.estimate, written(row));
    [
        e.value
            .as_ref()
            .map_or_else(|r| r.text().get(lang).to_owned(), |v| format!("{}{}", signed(*v, how), mark(row))),
        limits(row, how, lang),
        e.se.as_ref().map(|s| how.error(*s)).unwrap_or_default(),
        domains.p_value.as_ref().map(|p| p_value(*p)).unwrap_or_default(),
    ]
}

/// With its sign; what rounds to zero has none.
fn signed(value: f64, how: Written) -> String {
    let text = how.number(value);
    if value > 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') {
        format!("+{text}")
    } else {
        text
    }
}

fn test(row: &EstimateRecord, of: &Test, lang: Lang) -> Vec<String> {
    let both = match (&of.ndf, &of.ddf) {
        (Ok(a), Ok(b)) => format!("{}, {}", degrees(*a), degrees(*b)),
        _ => String::new(),
    };
    vec![
        row.statistic().text().get(lang).to_owned(),
        row.variable.clone(),
        round::count(row.estimate.n),
        row.estimate.value.as_ref().map_or_else(|r| r.text().get(lang).to_owned(), |f| round::fixed(*f, 3)),
        both,
        of.p_value.as_ref().map(|p| p_value(*p)).unwrap_or_default(),
    ]
}

fn degrees(df: f64) -> String {
    if df.fract() == 0.0 { round::fixed(df, 0) } else { round::fixed(df, 2) }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { round::fixed(p, 3) }
}

#[cfg(test)]
mod tests {
    use super::{Written, decimals_of_level, signed};

    #[test]
    fn a_level_is_written_with_the_decimals_that_it_has() {
        assert_eq!([0.95, 0.9, 0.999, 0.975, 0.5].map(decimals_of_level), [0, 0, 1, 1, 0]);
    }

    #[test]
    fn two_digits_of_the_standard_error_decide_the_decimals() {
        assert_eq!(Written::by_error(Some(9.2)).number(644.17), "644.2");
        assert_eq!(Written::by_error(Some(0.0132)).number(0.9), "0.900");
        assert_eq!(Written::by_error(Some(114_641.0)).number(3_676_389.4), "3,676,389");
        assert_eq!(Written::by_error(None).number(1.5), "1.50");
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!(signed(0.0004, Written::Percent), "0.0");
        assert_eq!(
            (signed(0.034, Written::Percent).as_str(), signed(-0.034, Written::Percent).as_str()),
            ("+3.4", "-3.4")
        );
    }
}
