//! The Japanese fiscal year (April to March), named in the era or the western way.

use crate::text::fold::fold;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;

/// A fiscal year, held as the western year in which it begins: `R4`, `令和4年度`, `2022` are all 2022.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear(i32);

/// First western year of each era, newest first. An era's first year is written 元.
const ERAS: [(&str, &str, i32); 4] =
    [("R", "令和", 2019), ("H", "平成", 1989), ("S", "昭和", 1926), ("T", "大正", 1912)];

impl FiscalYear {
    /// The fiscal year that begins in April of the western year `year`.
    pub fn from_western(year: i32) -> Self {
        Self(year)
    }

    /// The western year in which it begins.
    pub fn western(self) -> i32 {
        self.0
    }

    /// Short era name: `R4`, `H30`.
    pub fn short(self) -> String {
        match self.era() {
            Some((letter, _, year)) => format!("{letter}{year}"),
            None => self.0.to_string(),
        }
    }

    /// Long era name: `令和4年度`, `令和元年度`.
    pub fn long(self) -> String {
        match self.era() {
            Some((_, name, 1)) => format!("{name}元年度"),
            Some((_, name, year)) => format!("{name}{year}年度"),
            None => format!("{}年度", self.0),
        }
    }

    /// The years from `self` to `last`, both included; empty when `last` is earlier.
    pub fn to(self, last: Self) -> Vec<Self> {
        (self.0..=last.0).map(Self).collect()
    }

    /// The year after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The years that the year `n` of an era can be, newest first.
    pub(super) fn in_eras(n: i32) -> impl Iterator<Item = Self> {
        // An era ends in the first year of the next.
        let ends = std::iter::once(i32::MAX).chain(ERAS.iter().map(|(_, _, first)| *first));
        let years = ERAS.iter().zip(ends).map(move |((_, _, first), end)| (first + n - 1, end));
        years.filter(|(year, end)| year <= end).map(|(year, _)| Self(year))
    }

    fn era(self) -> Option<(&'static str, &'static str, i32)> {
        ERAS.iter()
            .find(|(_, _, first)| self.0 >= *first)
            .map(|&(letter, name, first)| (letter, name, self.0 - first + 1))
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.short())
    }
}

impl Serialize for FiscalYear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.short())
    }
}

impl FromStr for FiscalYear {
    type Err = Error;

    /// Reads `R4`, `r4`, `Ｒ４`, `令和4年度`, `令和元年`, `H30`, `2022`, `2022年度`.
    ///
    /// # Errors
    /// Anything else, era year 0, and western years outside 1912–2200.
    fn from_str(s: &str) -> Result<Self, Error> {
        let folded: String = fold(s).chars().filter(|c| !c.is_whitespace()).collect();
        let body = folded.strip_suffix("年度").or_else(|| folded.strip_suffix('年')).unwrap_or(&folded);
        let parsed = ERAS.iter().find_map(|&(letter, name, first)| {
            let year = body
                .strip_prefix(name)
                .or_else(|| body.strip_prefix(letter))
                .or_else(|| body.strip_prefix(&letter.to_lowercase()))?;
            let year: i32 = if year == "元" { 1 } else { year.parse().ok()? };
            (1..=99).contains(&year).then_some(first + year - 1)
        });
        let western = body.parse().ok().filter(|y| body.len() == 4 && (1912..=2200).contains(y));
        let year = parsed.or(western);
        year.map(Self).ok_or_else(|| {
            Diagnostic::new(
                Code::PlanFiscalYear,
                Text::new(format!("年度「{s}」が読めません"), format!("cannot read the fiscal year \"{s}\"")),
            )
            .help(Text::new(
                "R4、令和4年度、H30、2022 のように書きます",
                "write it like R4, 令和4年度, H30 or 2022",
            ))
            .into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::FiscalYear;
    use crate::code::Code;

    #[test]
    fn every_spelling_of_a_year_is_the_same_year() {
        for text in ["R4", "r4", "Ｒ４", "令和4年度", "令和４年", "2022", "2022年度", " R 4 "] {
            assert_eq!(text.parse::<FiscalYear>().unwrap().western(), 2022, "{text}");
        }
        assert_eq!("令和元年度".parse::<FiscalYear>().unwrap(), "2019".parse().unwrap());
        assert_eq!("H30".parse::<FiscalYear>().unwrap().western(), 2018);
    }

    #[test]
    fn names_go_there_and_back() {
        for year in 1912..2100 {
            let y = FiscalYear::from_western(year);
            assert_eq!(y.short().parse::<FiscalYear>().unwrap(), y);
            assert_eq!(y.long().parse::<FiscalYear>().unwrap(), y);
        }
        assert_eq!(FiscalYear::from_western(2019).long(), "令和元年度");
    }

    #[test]
    fn what_is_no_year_is_refused() {
        for text in ["", "R", "R0", "R4.5", "X3", "22", "令和", "99999", "02024"] {
            let error = text.parse::<FiscalYear>().unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::PlanFiscalYear, "{text}");
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }
}
