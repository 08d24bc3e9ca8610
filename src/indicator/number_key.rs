//! The key of a number: what it is of, typed. Its text stands in files and on the command line only.
//!
//! | of | text |
//! |---|---|
//! | an indicator of a plan | `citizen/R4/volunteer-intent/性別=女性,年代=20代` |
//! | an office's figure | `admin/R6/hotnet-promoters` |
//! | a share of the answers in files | `q=1\|2/性別=女` |
//! | of no answer, of invalid answers | `q=/性別=女`, `invalid:q/性別=女` |
//! | others | `mean:年齢`, `ratio:a:b`, `quantile:年齢@0.5`, `rao-scott:a:b` |
//! | a difference | `difference:q=1/性別=女 vs rest` |
//! | a change from an earlier wave | `change:q=1/性別=女`, `change:mean:年齢` |
//!
//! A sign that has a meaning at its place has a backslash before it where a name holds it, so that two keys
//! never have one text and [`NumberKey`] reads back what it wrote.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::fiscal_year::FiscalYear;
use super::statistic::Statistic;
use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;

/// One variable and its category of a breakdown cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Group {
    /// The variable (question id or column), such as `性別`.
    pub variable: String,
    /// Its category, such as `女性`.
    pub value: String,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberSource {
    /// A wave of a survey of the plan.
    Survey {
        /// Key of the survey.
        survey: String,
        /// The wave.
        wave: FiscalYear,
    },
    /// An office's figure of a year.
    Office(FiscalYear),
    /// Files that were named on the command line.
    Files,
}

/// What a number measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// An indicator of the plan by its id (`.2` after it for its second measure).
    Indicator(String),
    /// The share of those who gave one of the codes.
    Share {
        /// The variable.
        variable: String,
        /// The codes, at least one.
        codes: Vec<String>,
    },
    /// The share of those who gave no answer to the variable.
    NoAnswer(String),
    /// The share of those whose answer to the variable breaks the rules of the paper.
    InvalidAnswer(String),
    /// The mean of a variable.
    Mean(String),
    /// The total of a variable.
    Total(String),
    /// The ratio of two totals.
    Ratio {
        /// The variable above.
        numerator: String,
        /// The variable below.
        denominator: String,
    },
    /// A quantile of a variable.
    Quantile {
        /// The variable.
        variable: String,
        /// The probability.
        prob: f64,
    },
    /// One domain minus the other.
    Difference {
        /// The statistic that they are compared in.
        of: Box<Measured>,
        /// The first domain, as it was asked for.
        a: String,
        /// The second, or `rest`.
        b: String,
    },
    /// The test whether two variables are independent.
    Independence {
        /// The first.
        rows: String,
        /// The second.
        columns: String,
    },
    /// A number of the later wave minus that of the earlier one.
    Change(Box<Measured>),
}

/// What stands before the variable of [`Measured::InvalidAnswer`].
const INVALID: &str = "invalid";

impl Measured {
    /// The probability of a quantile, or of the quantiles that are compared.
    pub fn prob(&self) -> Option<f64> {
        match self {
            Self::Quantile { prob, .. } => Some(*prob),
            Self::Difference { of, .. } | Self::Change(of) => of.prob(),
            _ => None,
        }
    }
}

/// The key of one number. Displays as its text and parses from it.
///
/// ```
/// use shihyo::indicator::{Measured, NumberKey, NumberSource};
///
/// let key: NumberKey = "citizen/R4/volunteer-intent/性別=女性".parse()?;
/// assert_eq!(key.measured, Measured::Indicator("volunteer-intent".into()));
/// assert_eq!(key.groups[0].value, "女性");
/// let key: NumberKey = "q\\/1=1|2/性別=女".parse()?;
/// assert_eq!(key.source, NumberSource::Files);
/// assert_eq!(key.to_string(), "q\\/1=1|2/性別=女");
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NumberKey {
    /// Where it comes from.
    pub source: NumberSource,
    /// What it measures.
    pub measured: Measured,
    /// The breakdown cell; empty for everyone.
    pub groups: Vec<Group>,
}

impl NumberKey {
    /// The key of an indicator in a wave of a survey.
    pub fn of_survey(survey: &str, wave: FiscalYear, indicator: &str, groups: Vec<Group>) -> Self {
        Self {
            source: NumberSource::Survey { survey: survey.to_owned(), wave },
            measured: Measured::Indicator(indicator.to_owned()),
            groups,
        }
    }

    /// The key of an office's figure for an indicator.
    pub fn of_office(year: FiscalYear, indicator: &str) -> Self {
        Self {
            source: NumberSource::Office(year),
            measured: Measured::Indicator(indicator.to_owned()),
            groups: Vec::new(),
        }
    }

    /// Key of the survey, where it is one of a plan.
    pub fn survey(&self) -> Option<&str> {
        match &self.source {
            NumberSource::Survey { survey, .. } => Some(survey),
            NumberSource::Office(_) | NumberSource::Files => None,
        }
    }

    /// The wave of a survey, or the year of an office's figure.
    pub fn wave(&self) -> Option<FiscalYear> {
        match &self.source {
            NumberSource::Survey { wave, .. } | NumberSource::Office(wave) => Some(*wave),
            NumberSource::Files => None,
        }
    }

    /// The indicator's id, where it is one of a plan.
    pub fn indicator(&self) -> Option<&str> {
        match &self.measured {
            Measured::Indicator(id) => Some(id),
            _ => None,
        }
    }
}

/// The word in the place of a survey for an office's figures; no survey may be called so.
pub(crate) const OFFICE: &str = "admin";

impl fmt::Display for NumberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            NumberSource::Survey { survey, wave } => write!(f, "{}/{wave}/", escaped(survey, &['/']))?,
            NumberSource::Office(year) => write!(f, "{OFFICE}/{year}/")?,
            NumberSource::Files => {}
        }
        self.measured.fmt(f)?;
        for (at, Group { variable, value }) in self.groups.iter().enumerate() {
            let mark = if at == 0 { '/' } else { ',' };
            write!(f, "{mark}{}={}", escaped(variable, &['/', '=', ',']), escaped(value, &['/', ',']))?;
        }
        Ok(())
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |variable: &str| escaped(variable, &['/', '=', ':']);
        match self {
            Self::Indicator(id) => f.write_str(&name(id)),
            Self::Share { variable, codes } => {
                let codes: Vec<String> = codes.iter().map(|code| escaped(code, &['/', '|'])).collect();
                write!(f, "{}={}", name(variable), codes.join("|"))
            }
            Self::NoAnswer(variable) => write!(f, "{}=", name(variable)),
            Self::InvalidAnswer(variable) => write!(f, "{INVALID}:{}", name(variable)),
            Self::Mean(variable) => write!(f, "{}:{}", Statistic::Mean.name(), name(variable)),
            Self::Total(variable) => write!(f, "{}:{}", Statistic::Total.name(), name(variable)),
            Self::Quantile { variable, prob } => {
                write!(f, "{}:{}@{prob}", Statistic::Quantile.name(), name(variable))
            }
            Self::Ratio { numerator, denominator } => {
                write!(f, "{}:{}:{}", Statistic::Ratio.name(), name(numerator), name(denominator))
            }
            Self::Independence { rows, columns } => {
                write!(f, "{}:{}:{}", Statistic::RaoScott.name(), name(rows), name(columns))
            }
            Self::Difference { of, a, b } => {
                let side = |condition: &str| escaped(condition, &['/']);
                write!(f, "{}:{of}/{} vs {}", Statistic::Difference.name(), side(a), side(b))
            }
            Self::Change(of) => write!(f, "{}:{of}", Statistic::Change.name()),
        }
    }
}

impl Serialize for NumberKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for NumberKey {
    type Err = Error;

    /// # Errors
    /// A text that is no key.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or_else(|| {
            Diagnostic::new(
                Code::PlanUnknownNumber,
                Text::new(
                    format!("「{text}」は数値のキーではありません"),
                    format!("\"{text}\" is no key of a number"),
                ),
            )
            .into()
        })
    }
}

fn read(text: &str) -> Option<NumberKey> {
    let parts = split(text, '/');
    let (source, measured, rest) = match parts[..] {
        [survey, wave, id, ref rest @ ..] => {
            let wave = wave.parse().ok()?;
            let source = match survey {
                OFFICE => NumberSource::Office(wave),
                _ => NumberSource::Survey { survey: plain(survey)?, wave },
            };
            (source, Measured::Indicator(plain(id)?), rest)
        }
        [measured, ref rest @ ..] => (NumberSource::Files, measured_of(measured, rest)?, rest),
        [] => return None,
    };
    // The second part of a difference is its two domains.
    let groups = match (rest, &measured) {
        ([], _) | (_, Measured::Difference { .. }) => Vec::new(),
        ([groups], _) => split(groups, ',').into_iter().map(group).collect::<Option<_>>()?,
        _ => return None,
    };
    Some(NumberKey { source, measured, groups })
}

fn group(text: &str) -> Option<Group> {
    let (variable, value) = cut(text, '=')?;
    Some(Group { variable: plain(variable)?, value: plain(value)? })
}

fn measured_of(text: &str, rest: &[&str]) -> Option<Measured> {
    // The names of variables hold neither sign bare, so that the first of them tells.
    let first = |mark| places(text, mark).first().copied().unwrap_or(usize::MAX);
    if first('=') < first(':') {
        let (variable, codes) = cut(text, '=')?;
        let variable = plain(variable)?;
        if codes.is_empty() {
            return Some(Measured::NoAnswer(variable));
        }
        let codes = split(codes, '|').into_iter().map(plain).collect::<Option<_>>()?;
        return Some(Measured::Share { variable, codes });
    }
    let (kind, of) = cut(text, ':')?;
    if kind == INVALID {
        return Some(Measured::InvalidAnswer(plain(of)?));
    }
    let kinds = [
        Statistic::Mean,
        Statistic::Total,
        Statistic::Ratio,
        Statistic::Quantile,
        Statistic::Difference,
        Statistic::RaoScott,
        Statistic::Change,
    ];
    let kind = kinds.into_iter().find(|k| k.name() == kind)?;
    match kind {
        Statistic::Mean => Some(Measured::Mean(plain(of)?)),
        Statistic::Total => Some(Measured::Total(plain(of)?)),
        Statistic::Ratio => {
            let (a, b) = cut(of, ':')?;
            Some(Measured::Ratio { numerator: plain(a)?, denominator: plain(b)? })
        }
        Statistic::RaoScott => {
            let (a, b) = cut(of, ':')?;
            Some(Measured::Independence { rows: plain(a)?, columns: plain(b)? })
        }
        Statistic::Quantile => {
            let (variable, prob) = of.rsplit_once('@')?;
            Some(Measured::Quantile { variable: plain(variable)?, prob: prob.parse().ok()? })
        }
        Statistic::Difference => {
            let [sides] = rest else { return None };
            let (a, b) = sides.split_once(" vs ")?;
            let of = Box::new(measured_of(of, &[])?);
            Some(Measured::Difference { of, a: plain(a)?, b: plain(b)? })
        }
        Statistic::Change => Some(Measured::Change(Box::new(measured_of(of, &[])?))),
        Statistic::Share | Statistic::Score => None,
    }
}

/// `text` with a backslash before each of the marks; nothing at all is `\-`, since an empty name is no
/// missing one.
fn escaped(text: &str, marks: &[char]) -> String {
    if text.is_empty() {
        return "\\-".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' || marks.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What [`escaped`] was made of.
fn plain(text: &str) -> Option<String> {
    match text {
        "" => return None,
        "\\-" => return Some(String::new()),
        _ => {}
    }
    let (mut out, mut signs) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = signs.next() {
        out.push(if c == '\\' { signs.next()? } else { c });
    }
    Some(out)
}

/// Where `mark` stands without a backslash before it.
fn places(text: &str, mark: char) -> Vec<usize> {
    let (mut out, mut is_escaped) = (Vec::new(), false);
    for (at, c) in text.char_indices() {
        if c == mark && !is_escaped {
            out.push(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut out, mut from) = (Vec::new(), 0);
    for at in places(text, mark) {
        out.push(&text[from..at]);
        from = at + mark.len_utf8();
    }
    out.push(&text[from..]);
    out
}

fn cut(text: &str, mark: char) -> Option<(&str, &str)> {
    let at = *places(text, mark).first()?;
    Some((&text[..at], &text[at + mark.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::{Group, Measured, NumberKey, NumberSource};
    use crate::code::Code;
    use crate::indicator::FiscalYear;

    /// Names with every sign that a key uses.
    const NAMES: [&str; 12] =
        ["q", "", "a/b", "a=b", "a,b", "a|b", "a:b", "a@0.5", "\\", "-", "mean", "\\-/"];

    fn keys() -> Vec<NumberKey> {
        let year = FiscalYear::from_western(2022);
        let text = |name: &&str| (*name).to_owned();
        let mut out = Vec::new();
        for name in NAMES.map(|n| text(&n)) {
            let share = Measured::Share { variable: name.clone(), codes: vec![name.clone()] };
            let two = vec![name.clone(), "x".to_owned()];
            let mut measured = vec![
                share.clone(),
                Measured::Share { variable: "v".to_owned(), codes: two },
                Measured::NoAnswer(name.clone()),
                Measured::InvalidAnswer(name.clone()),
                Measured::Mean(name.clone()),
                Measured::Total(name.clone()),
                Measured::Quantile { variable: name.clone(), prob: 0.25 },
                Measured::Quantile { variable: name.clone(), prob: 0.5 },
                Measured::Ratio { numerator: name.clone(), denominator: "y".to_owned() },
                Measured::Independence { rows: "y".to_owned(), columns: name.clone() },
                Measured::Change(Box::new(share.clone())),
                Measured::Change(Box::new(Measured::NoAnswer(name.clone()))),
                Measured::Change(Box::new(Measured::Quantile { variable: name.clone(), prob: 0.5 })),
                Measured::Difference { of: Box::new(share), a: "s=1".to_owned(), b: name.clone() },
                Measured::Difference {
                    of: Box::new(Measured::Mean(name.clone())),
                    a: format!("{name}=1"),
                    b: "rest".to_owned(),
                },
            ];
            measured.dedup();
            let of_files = |measured| NumberKey { source: NumberSource::Files, measured, groups: Vec::new() };
            out.extend(measured.into_iter().map(of_files));
            let groups = |names: &[&str]| -> Vec<Group> {
                names.iter().map(|n| Group { variable: name.clone(), value: text(n) }).collect()
            };
            for parts in [&["1"][..], &["1", "2"], &["1,2"], &["a=b"]] {
                out.push(NumberKey {
                    source: NumberSource::Files,
                    measured: Measured::Mean("m".to_owned()),
                    groups: groups(parts),
                });
                out.push(NumberKey::of_survey(&format!("s{name}"), year, "intent.2", groups(parts)));
            }
        }
        out.push(NumberKey::of_survey("s", year, "intent", Vec::new()));
        out.push(NumberKey::of_office(year, "intent"));
        out
    }

    #[test]
    fn texts_are_unique_and_read_back() {
        let keys = keys();
        let texts: std::collections::BTreeSet<String> = keys.iter().map(NumberKey::to_string).collect();
        assert_eq!(texts.len(), keys.len());
        for key in keys {
            assert_eq!(key.to_string().parse::<NumberKey>().as_ref(), Ok(&key), "{key}");
        }
    }

    #[test]
    fn a_plain_key_has_a_plain_text() {
        let groups = ["性別=女性", "年代=20代"].map(|g| {
            let (variable, value) = g.split_once('=').unwrap();
            Group { variable: variable.to_owned(), value: value.to_owned() }
        });
        let year = FiscalYear::from_western(2022);
        let key = NumberKey::of_survey("citizen", year, "volunteer-intent", groups.to_vec());
        assert_eq!(key.to_string(), "citizen/R4/volunteer-intent/性別=女性,年代=20代");
        let measured =
            Measured::Share { variable: "q".to_owned(), codes: vec!["1".to_owned(), "2".to_owned()] };
        let key = NumberKey { source: NumberSource::Files, measured, groups: groups[..1].to_vec() };
        assert_eq!(key.to_string(), "q=1|2/性別=女性");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "q",
            "a/b",
            "citizen/R4",
            "citizen/X4/intent",
            "mean:",
            "median:x",
            "q=1/x",
            "q=1\\",
            "difference:q=1",
            "change:q",
            "invalid:",
        ] {
            let error = text.parse::<NumberKey>().unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::PlanUnknownNumber, "{text}");
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }
}
