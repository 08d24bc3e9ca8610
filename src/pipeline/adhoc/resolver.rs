//! What it takes to find out what a request means.

use super::missing::Missing;
use crate::decode::Base;
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;

/// What resolving needs at every step.
pub(super) struct Resolver<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) missing: &'a Missing,
    pub(super) base: Base,
    /// Who was asked, where the request has skip rules.
    pub(super) asked: Option<Asked>,
    pub(super) findings: &'a mut Vec<Finding>,
}

/// Whether the skip rules of a request bring respondents to its questions; `None` where that is not known.
#[derive(Debug)]
pub(super) enum Asked {
    /// Of each respondent.
    OfRow(Vec<Option<bool>>),
    /// Of each code of a column of a file that was counted, by its position.
    OfCode(usize, Vec<Option<bool>>),
}

impl Asked {
    /// How many respondents were asked, were not, or nobody knows.
    pub(super) fn respondents(&self, source: &Source<'_>, status: Option<bool>) -> u64 {
        match self {
            Self::OfRow(asked) => source.respondents(|unit| asked[unit] == status),
            Self::OfCode(position, asked) => {
                let rows = source.rows_of_codes(*position).into_iter().zip(asked);
                rows.filter(|(_, asked)| **asked == status).map(|(rows, _)| rows).sum()
            }
        }
    }

    /// Whether it is known that a respondent of rows in memory was not asked.
    pub(super) fn was_not(&self, row: usize) -> bool {
        matches!(self, Self::OfRow(asked) if asked.get(row) == Some(&Some(false)))
    }

    /// Where these rules and one more hold. Those of a file that was counted are of one column.
    pub(super) fn and(self, more: Self) -> Self {
        let all = |a: Vec<Option<bool>>, b: Vec<Option<bool>>| {
            a.into_iter().zip(b).map(|(a, b)| both(a, b)).collect()
        };
        match (self, more) {
            (Self::OfCode(position, a), Self::OfCode(_, b)) => Self::OfCode(position, all(a, b)),
            (Self::OfRow(a) | Self::OfCode(_, a), Self::OfRow(b) | Self::OfCode(_, b)) => {
                Self::OfRow(all(a, b))
            }
        }
    }
}

/// Whether both of two conditions hold, each of which may be unknown.
fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
