//! What is no answer: blank cells, codes that `--missing` declares, and codes that the file itself declares.

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, collect};
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::{Stacked, TypedCode};
use crate::text::Text;

/// The rules of `--missing`.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct Missing {
    /// Position of the column (`None`: every column), and its codes.
    rules: Vec<(Option<usize>, Vec<TypedCode>)>,
}

impl Missing {
    /// Reads `COL=9|99` and `*=NA`.
    ///
    /// # Errors
    /// A rule without `=` or without a code; a column that is not there.
    pub(in crate::pipeline) fn parse(rules: &[String], source: &Source<'_>) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut out = Vec::new();
        for rule in rules {
            match collect(one(rule, source), &mut mistakes) {
                Some(rule) => out.push(rule),
                None => continue,
            }
        }
        Error::all(mistakes).map_or(Ok(Self { rules: out }), Err)
    }

    /// For each value of a column whether it is no answer.
    pub(in crate::pipeline) fn of(&self, column: &Stacked) -> Vec<bool> {
        column
            .values
            .iter()
            .map(|v| v.blank || v.no_answer || self.declares(column, |code| v.is(code)))
            .collect()
    }

    /// Whether a rule for this column has a code for which `is` holds.
    pub(in crate::pipeline) fn declares(&self, column: &Stacked, is: impl Fn(&TypedCode) -> bool) -> bool {
        let of_column =
            self.rules.iter().filter(|(position, _)| position.is_none_or(|p| p == column.position));
        of_column.flat_map(|(_, codes)| codes).any(is)
    }
}

fn one(rule: &str, source: &Source<'_>) -> Result<(Option<usize>, Vec<TypedCode>)> {
    let cuts = || rule.match_indices('=').map(|(at, _)| (rule[..at].trim(), &rule[at + 1..]));
    let cut = cuts().find(|(name, _)| *name == "*" || source.has(name)).or_else(|| cuts().next());
    let bad = || {
        Diagnostic::new(
            Code::AdhocMissing,
            Text::new(
                format!("--missing「{rule}」が読めません"),
                format!("cannot read --missing \"{rule}\""),
            ),
        )
        .help(Text::new("'COL=9|99' または '*=NA' と書きます", "write 'COL=9|99' or '*=NA'"))
    };
    let (name, codes) = cut.ok_or_else(bad)?;
    let codes: Vec<TypedCode> =
        codes.split('|').filter(|c| !c.trim().is_empty()).map(TypedCode::new).collect();
    if codes.is_empty() {
        return Err(bad().into());
    }
    let position = if name == "*" { None } else { Some(source.position(name)?) };
    Ok((position, codes))
}
