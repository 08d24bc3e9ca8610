//! Breakdowns: which group of a variable, or of a crossing of variables, each respondent is in.

use std::collections::HashMap;

use super::joined::Parts;
use super::missing::Missing;
use super::no_answer;
use super::resolver::Resolver;
use crate::code::Code;
use crate::decode::Base;
use crate::engine::Ranks;
use crate::error::{Error, Result, collect};
use crate::estimate::{Groups, NO_GROUP};
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::{MarkedOption, Marks, Stacked};
use crate::provenance::Place;
use crate::text::Text;

/// One breakdown.
#[derive(Debug)]
pub(in crate::pipeline) struct By {
    /// Variable and value of each group.
    pub(in crate::pipeline) names: Vec<Vec<(String, String)>>,
    /// The groups.
    pub(in crate::pipeline) groups: Groups,
    /// Whether they are options of a multiple answer, so that respondents may be in those of other breakdowns
    /// of the same variables too.
    pub(in crate::pipeline) overlapping: bool,
}

/// The breakdowns that the crossing of these variables makes, of everyone.
///
/// # Errors
/// A variable that is not there.
pub(in crate::pipeline) fn breakdown(source: &Source<'_>, names: &[String]) -> Result<Vec<By>> {
    let mut mistakes = Vec::new();
    let columns: Vec<Stacked> =
        names.iter().filter_map(|name| collect(source.column(name), &mut mistakes)).collect();
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let missing = Missing::default();
    let mut findings = Vec::new();
    let resolver =
        Resolver { source, missing: &missing, base: Base::All, asked: None, findings: &mut findings };
    Ok(resolver.crossings(&columns, &vec![true; source.units()]).0)
}

impl Resolver<'_> {
    /// Level of each value of a column, `None` for no answer; and the levels' names, in order.
    pub(super) fn levels(&self, column: &Stacked, domain: Option<&[bool]>) -> Levels {
        let gone = self.missing.of(column);
        let mut held = vec![false; column.values.len()];
        for (row, at) in column.rows.iter().enumerate() {
            let at = *at as usize;
            held[at] |= !gone[at] && domain.is_none_or(|d| d[row]);
        }
        let order = column.ordered(&held);
        let classes = column.classes();
        let index: HashMap<usize, u32> = order.iter().zip(0..).map(|(at, i)| (classes[*at], i)).collect();
        let of_value = classes
            .iter()
            .zip(&gone)
            .map(|(class, gone)| if *gone { None } else { index.get(class).copied() })
            .collect();
        Levels { of_value, names: order.iter().map(|at| column.values[*at].text.clone()).collect() }
    }

    /// The breakdowns that a list of variables asks for: their crossing, or, where one of them has several
    /// answers, one breakdown for each of its options.
    pub(super) fn by(&mut self, list: &str, domain: &[bool]) -> Result<Vec<By>> {
        let columns = self.source.columns(list)?;
        let (out, blank) = self.crossings(&columns, domain);
        let blank = self.source.respondents(|row| domain[row] && blank[row]);
        let name = columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(",");
        self.findings.extend(by_blank(&name, blank));
        columns.iter().for_each(|column| {
            self.tell_taken_whole(column);
            no_answer::tell(column, self.missing, &[], self.findings);
        });
        Ok(out)
    }

    /// Says that the cells of a column without a questionnaire are taken whole as groups although they look
    /// like several answers.
    pub(super) fn tell_taken_whole(&mut self, column: &Stacked) {
        if column.is_question() {
            return;
        }
        let (gone, counts) = (self.missing.of(column), column.counts());
        let mut several = Parts::new(column, &[]).look_like_several(column);
        several.retain(|at| !gone[*at] && counts[*at] > 0);
        let Some(first) = several.first().copied() else { return };
        let count: u64 = several.iter().map(|at| counts[*at]).sum();
        let (name, example) = (&column.name, &column.values[first].text);
        let text = Text::new(
            format!(
                "「{name}」の「{example}」など{count}人は複数の回答とみられますが、セルの内容ごとに1つの区分\
                 としました。選択肢ごとの区分は、--questionnaire の調査票で複数回答とすると求められます"
            ),
            format!(
                "{count} respondents have what looks like several answers in \"{name}\", such as \
                 \"{example}\": each cell was taken whole as one group. With a questionnaire \
                 (--questionnaire) that says multiple, each option is a group"
            ),
        );
        let place = self.source.place(column.first_row(first), column);
        let finding = Finding::warning(Code::AdhocTakenWhole, text, place).counted_in_message(count);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The breakdowns of variables, and who left one of them blank.
    fn crossings(&self, columns: &[Stacked], domain: &[bool]) -> (Vec<By>, Vec<bool>) {
        let units = self.source.units();
        let mut crossings = vec![Crossed { of_row: vec![0; units], names: vec![Vec::new()] }];
        let mut blank = vec![false; units];
        for column in columns {
            let gone = self.missing.of(column);
            column.rows.iter().zip(&mut blank).for_each(|(at, blank)| *blank |= gone[*at as usize]);
            let classifications = match &column.marks {
                Some(marks) => one_by_one(marks, &gone),
                None => vec![self.levels(column, Some(domain))],
            };
            crossings = crossings
                .iter()
                .flat_map(|crossed| classifications.iter().map(|levels| crossed.with(column, levels)))
                .collect();
        }
        let overlapping = columns.iter().any(|column| column.marks.is_some());
        let mut out = Vec::new();
        for Crossed { of_row, names } in crossings {
            let inside = of_row.iter().zip(domain).map(|(group, d)| if *d { *group } else { NO_GROUP });
            let (groups, names) = occurring(&inside.collect::<Vec<u32>>(), names);
            out.push(By { groups, names, overlapping });
        }
        (out, blank)
    }
}

/// A classification of the values of a variable.
pub(super) struct Levels {
    /// Level of each value, `None` for no answer.
    pub(super) of_value: Vec<Option<u32>>,
    /// The levels' names, in order.
    pub(super) names: Vec<String>,
}

/// Of a variable with several answers, one classification for each option: who chose it.
fn one_by_one(marks: &Marks, gone: &[bool]) -> Vec<Levels> {
    let of = |(at, option): (usize, &MarkedOption)| Levels {
        of_value: marks
            .of_value
            .iter()
            .zip(gone)
            .map(|(m, gone)| (!gone && m.contains(&at)).then_some(0))
            .collect(),
        names: vec![option.label.clone()],
    };
    marks.options.iter().enumerate().map(of).collect()
}

/// The crossing of the first variables of a breakdown.
struct Crossed {
    /// Group of each unit, or [`NO_GROUP`].
    of_row: Vec<u32>,
    /// Variable and value of each group.
    names: Vec<Vec<(String, String)>>,
}

impl Crossed {
    /// Crossed with one variable more. Groups stand in the order of their levels; only those that occur are
    /// made.
    fn with(&self, column: &Stacked, levels: &Levels) -> Self {
        let count = levels.names.len().max(1) as u64;
        let none = self.names.len() as u64 * count;
        let code = |row: usize| -> u64 {
            let (group, level) = (self.of_row[row], levels.of_value[column.rows[row] as usize]);
            match level {
                Some(level) if group != NO_GROUP => u64::from(group) * count + u64::from(level),
                _ => none,
            }
        };
        let ranks = Ranks::of(self.of_row.len(), none as usize + 1, code);
        let some = ranks.codes.iter().take_while(|code| **code < none).count();
        let name = |code: &u64| {
            let level = levels.names.get((*code % count) as usize).cloned().unwrap_or_default();
            let before = self.names.get((*code / count) as usize).cloned().unwrap_or_default();
            before.into_iter().chain([(column.name.clone(), level)]).collect()
        };
        let group = |rank: u32| if (rank as usize) < some { rank } else { NO_GROUP };
        Self {
            of_row: ranks.of_row.into_iter().map(group).collect(),
            names: ranks.codes[..some].iter().map(name).collect(),
        }
    }
}

/// The groups that somebody is in, with their names.
fn occurring(of_row: &[u32], names: Vec<Vec<(String, String)>>) -> (Groups, Vec<Vec<(String, String)>>) {
    let mut held = vec![false; names.len()];
    of_row.iter().for_each(|group| held.get_mut(*group as usize).into_iter().for_each(|held| *held = true));
    let mut next = 0;
    let place: Vec<u32> = held
        .iter()
        .map(|held| {
            next += u32::from(*held);
            if *held { next - 1 } else { NO_GROUP }
        })
        .collect();
    let of_row: Vec<u32> =
        of_row.iter().map(|group| place.get(*group as usize).copied().unwrap_or(NO_GROUP)).collect();
    let names = names.into_iter().zip(held).filter(|(_, held)| *held).map(|(name, _)| name).collect();
    (Groups::new(&of_row, next as usize), names)
}

/// Says that `blank` respondents are in no group of a breakdown.
fn by_blank(name: &str, blank: u64) -> Option<Finding> {
    (blank > 0).then(|| {
        let text = Text::new(
            format!("「{name}」に回答のない{blank}人は全体には入りますが、どの区分にも入りません"),
            format!("{blank} respondents without \"{name}\" count in the whole but are in no group"),
        );
        Finding::warning(Code::AdhocByBlank, text, Place::default()).counted_in_message(blank)
    })
}
