//! What is wanted, on the columns of the files: outcomes, domain, breakdowns, pairs of domains, crossings.

use std::collections::HashMap;

use super::condition::Condition;
use super::levels::{self, CountedColumn, Numbers};
use super::missing::Missing;
use super::request::Request;
use crate::decode::Base;
use crate::engine::Ranks;
use crate::error::{Diagnostic, Error, Result, collect};
use crate::estimate::{Groups, NO_GROUP};
use crate::finding::Finding;
use crate::indicator::Measured;
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::{MarkedOption, Marks, Stacked};
use crate::provenance::Place;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// The columns of a measure, one value a respondent.
#[derive(Debug)]
pub(in crate::pipeline) enum Values {
    /// A share's answers.
    Share(Vec<u8>),
    /// A share's answers by the codes of a file that was counted: what was counted, and the answer of each
    /// code.
    CountedShare(CountedColumn, Vec<u8>),
    /// Of which the mean is wanted.
    Mean(Numbers),
    /// Of which the total is wanted.
    Total(Numbers),
    /// Numerator and denominator, and the levels of both together.
    Ratio(Numbers, Numbers, Option<levels::Levels>),
    /// Numbers, and the probability.
    Quantile(Numbers, f64),
}

/// One number that is wanted.
#[derive(Debug)]
pub(in crate::pipeline) struct Measure {
    /// What its numbers measure, for their keys.
    pub(in crate::pipeline) measured: Measured,
    /// The column, as it was asked for.
    pub(in crate::pipeline) variable: String,
    /// The codes that count, as they were asked for.
    pub(in crate::pipeline) codes: Vec<String>,
    /// Who is in the base; of a number those who gave one.
    pub(in crate::pipeline) base: Base,
    /// The values.
    pub(in crate::pipeline) values: Values,
}

/// One breakdown.
#[derive(Debug)]
pub(in crate::pipeline) struct By {
    /// Variable and value of each group.
    pub(in crate::pipeline) names: Vec<Vec<(String, String)>>,
    /// The groups.
    pub(in crate::pipeline) groups: Groups,
}

/// Two domains of which the difference is wanted.
#[derive(Debug)]
pub(in crate::pipeline) struct PairOfDomains {
    /// The first condition.
    pub(in crate::pipeline) a_name: String,
    /// The second.
    pub(in crate::pipeline) b_name: String,
    /// Who is in the first.
    pub(in crate::pipeline) a: Vec<bool>,
    /// Who is in the second.
    pub(in crate::pipeline) b: Vec<bool>,
}

/// Two classifications that are tested for independence.
#[derive(Debug)]
pub(in crate::pipeline) struct Crossing {
    /// What the test measures, for its key.
    pub(in crate::pipeline) measured: Measured,
    /// Both columns, as they were asked for.
    pub(in crate::pipeline) name: String,
    /// Levels of the first, and their number.
    pub(in crate::pipeline) rows: (Vec<u32>, usize),
    /// Levels of the second.
    pub(in crate::pipeline) columns: (Vec<u32>, usize),
}

/// Everything that is wanted.
#[derive(Debug)]
pub(in crate::pipeline) struct Wanted {
    /// Which units ([`Source::units`]) are in the domain.
    pub(in crate::pipeline) domain: Vec<bool>,
    /// Respondents of the domain.
    pub(in crate::pipeline) domain_rows: u64,
    /// The conditions, as they were typed.
    pub(in crate::pipeline) conditions: Vec<String>,
    /// The numbers.
    pub(in crate::pipeline) measures: Vec<Measure>,
    /// The breakdowns.
    pub(in crate::pipeline) by: Vec<By>,
    /// The differences.
    pub(in crate::pipeline) pairs: Vec<PairOfDomains>,
    /// The tests.
    pub(in crate::pipeline) crossings: Vec<Crossing>,
}

/// What resolving needs at every step.
pub(super) struct Resolver<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) missing: &'a Missing,
    pub(super) base: Base,
    /// Who was asked, where the request has skip rules.
    pub(super) asked: Option<Asked>,
    pub(super) findings: &'a mut Vec<Finding>,
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

impl Wanted {
    /// Numbers of everyone and of the parts of breakdowns.
    pub(in crate::pipeline) fn of(measures: Vec<Measure>, by: Vec<By>, rows: usize) -> Self {
        Self {
            domain: vec![true; rows],
            domain_rows: rows as u64,
            conditions: Vec::new(),
            measures,
            by,
            pairs: Vec::new(),
            crossings: Vec::new(),
        }
    }

    /// # Errors
    /// All mistakes of what was asked for, in one go.
    pub(in crate::pipeline) fn resolve(
        request: &Request,
        source: &Source<'_>,
        missing: &Missing,
        findings: &mut Vec<Finding>,
    ) -> Result<Self> {
        let mut at = Resolver { source, missing, base: request.base, asked: None, findings };
        let mut mistakes = Vec::new();
        for typed in &request.asked_if {
            if let Some(holds) = collect(at.skip_rule(typed), &mut mistakes) {
                at.asked = Some(match at.asked.take() {
                    Some(asked) => asked.and(holds),
                    None => holds,
                });
            }
        }
        if request.base == Base::Asked && request.asked_if.is_empty() && source.questionnaire().is_none() {
            mistakes.push(nobody_knows_who_was_asked());
        }
        let mut domain = vec![true; source.units()];
        for typed in &request.conditions {
            if let Some(holds) = collect(at.condition(typed), &mut mistakes) {
                domain.iter_mut().zip(holds).for_each(|(d, h)| *d &= h == Some(true));
            }
        }
        let mut measures = Vec::new();
        let mut wanted = |found: Result<Measure>| measures.extend(collect(found, &mut mistakes));
        request.shares.iter().for_each(|s| match at.shares(s) {
            Ok(shares) => shares.into_iter().for_each(|share| wanted(Ok(share))),
            Err(error) => wanted(Err(error)),
        });
        let of_one = |column: &String, measured: fn(String) -> Measured, values| {
            plain(column, measured(column.trim().to_owned()), values)
        };
        request
            .means
            .iter()
            .for_each(|c| wanted(at.numbers(c).map(|y| of_one(c, Measured::Mean, Values::Mean(y)))));
        request
            .totals
            .iter()
            .for_each(|c| wanted(at.numbers(c).map(|y| of_one(c, Measured::Total, Values::Total(y)))));
        request.ratios.iter().for_each(|r| wanted(at.ratio(r)));
        request.quantiles.iter().for_each(|q| wanted(at.quantile(q)));
        let by = request
            .by
            .iter()
            .filter_map(|list| collect(at.by(list, &domain), &mut mistakes))
            .flatten()
            .collect();
        let pairs =
            request.differences.iter().filter_map(|d| collect(at.pair(d, &domain), &mut mistakes)).collect();
        let crossings = request.tests.iter().filter_map(|t| collect(at.crossing(t), &mut mistakes)).collect();
        let comparable = !request.shares.is_empty()
            || !request.means.is_empty()
            || !request.totals.is_empty()
            || !request.ratios.is_empty();
        if !request.differences.is_empty() && !comparable {
            mistakes.push(Diagnostic::new(
                "adhoc::difference",
                Text::new(
                    "--diff には --share、--mean、--total、--ratio のどれかが必要です",
                    "--diff needs one of --share, --mean, --total, --ratio",
                ),
            ));
        }
        match Error::all(mistakes) {
            Some(error) => Err(error),
            None => {
                let domain_rows = source.respondents(|unit| domain[unit]);
                Ok(Self {
                    domain,
                    domain_rows,
                    conditions: request.conditions.clone(),
                    measures,
                    by,
                    pairs,
                    crossings,
                })
            }
        }
    }
}

/// Column and probability of a quantile, as they are typed.
pub(super) fn quantile_parts(typed: &str) -> Option<(&str, &str)> {
    typed.rsplit_once('@').filter(|(name, _)| !name.trim().is_empty())
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
    /// Where these rules and one more hold. Those of a file that was counted are of one column.
    fn and(self, more: Self) -> Self {
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

fn nobody_knows_who_was_asked() -> Diagnostic {
    Diagnostic::new(
        "adhoc::base",
        Text::new(
            "--base asked には、だれに聞いたかの指定が必要です",
            "--base asked needs to know who was asked",
        ),
    )
    .help(Text::new(
        "--asked-if '問1=はい'（限定条件）か --questionnaire 調査票.toml を指定します",
        "give a skip rule (--asked-if 'COL=a|b') or a questionnaire (--questionnaire FILE)",
    ))
}

fn plain(column: &str, measured: Measured, values: Values) -> Measure {
    Measure { measured, variable: column.trim().to_owned(), codes: Vec::new(), base: Base::Answered, values }
}

impl Resolver<'_> {
    fn condition(&mut self, typed: &str) -> Result<Vec<Option<bool>>> {
        let condition = Condition::parse(typed, |name| self.source.has(name))?;
        let (column, each) = condition.holds(self.source, self.missing, self.findings)?;
        Ok(column.spread(&each))
    }

    fn skip_rule(&mut self, typed: &str) -> Result<Asked> {
        let condition = Condition::parse(typed, |name| self.source.has(name))?;
        let (column, each) = condition.holds(self.source, self.missing, self.findings)?;
        Ok(match column.by_code(&each) {
            Some(of_code) => Asked::OfCode(column.position, of_code),
            None => Asked::OfRow(column.spread(&each)),
        })
    }

    fn numbers(&mut self, name: &str) -> Result<Numbers> {
        let column = self.source.column(name)?;
        let place = |row| self.source.place(row, &column);
        let of_value = column.numbers_of_values(&self.missing.of(&column), place, self.findings)?;
        Ok(Numbers::new(&column, &of_value))
    }

    fn ratio(&mut self, typed: &str) -> Result<Measure> {
        let (top, below) = self.source.cut(typed, "/").ok_or_else(|| {
            Diagnostic::new(
                "adhoc::ratio",
                Text::new(
                    format!("--ratio「{typed}」が読めません"),
                    format!("cannot read --ratio \"{typed}\""),
                ),
            )
            .help(Text::new("'分子の列/分母の列' と書きます", "write 'NUM/DEN'"))
        })?;
        let mut mistakes = Vec::new();
        let numerator = collect(self.numbers(top), &mut mistakes);
        let denominator = collect(self.numbers(below), &mut mistakes);
        match (numerator, denominator) {
            (Some(y), Some(x)) => {
                let both = y.levels.as_ref().zip(x.levels.as_ref());
                let levels =
                    both.and_then(|(y, x)| levels::Levels::of_pairs(y, x, |y, x| self.source.pairs(y, x)));
                let measured = Measured::Ratio { numerator: top.to_owned(), denominator: below.to_owned() };
                Ok(plain(&format!("{top}/{below}"), measured, Values::Ratio(y, x, levels)))
            }
            _ => Err(Error::all(mistakes)
                .unwrap_or_else(|| Error::msg("adhoc::ratio", "比が読めません", "cannot read the ratio"))),
        }
    }

    fn quantile(&mut self, typed: &str) -> Result<Measure> {
        let bad = || {
            Diagnostic::new(
                "adhoc::quantile",
                Text::new(
                    format!("--quantile「{typed}」が読めません"),
                    format!("cannot read --quantile \"{typed}\""),
                ),
            )
            .help(Text::new("'COL@0.5'（0から1）と書きます", "write 'COL@0.5', from 0 to 1"))
        };
        let (name, p) = quantile_parts(typed).ok_or_else(bad)?;
        let p = number(&fold(p)).filter(|p| (0.0..=1.0).contains(p)).ok_or_else(bad)?;
        let measured = Measured::Quantile { variable: name.trim().to_owned(), prob: p };
        Ok(plain(name, measured, Values::Quantile(self.numbers(name)?, p)))
    }

    /// Level of each value of a column, `None` for no answer; and the levels' names, in order.
    fn levels(&self, column: &Stacked, domain: Option<&[bool]>) -> Levels {
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
    fn by(&mut self, list: &str, domain: &[bool]) -> Result<Vec<By>> {
        let columns = self.source.columns(list)?;
        let (out, blank) = self.crossings(&columns, domain);
        let blank = self.source.respondents(|row| domain[row] && blank[row]);
        let name = columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(",");
        self.findings.extend(by_blank(&name, blank));
        Ok(out)
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
        let mut out = Vec::new();
        for Crossed { of_row, names } in crossings {
            let inside = of_row.iter().zip(domain).map(|(group, d)| if *d { *group } else { NO_GROUP });
            let (groups, names) = occurring(&inside.collect::<Vec<u32>>(), names);
            out.push(By { groups, names });
        }
        (out, blank)
    }

    fn pair(&mut self, typed: &str, domain: &[bool]) -> Result<PairOfDomains> {
        let Some((a_name, b_name)) = typed
            .split_once(" vs ")
            .map(|(a, b)| (a.trim(), b.trim()))
            .filter(|(a, b)| !a.is_empty() && !b.is_empty())
        else {
            return Err(Diagnostic::new(
                "adhoc::difference",
                Text::new(
                    format!("--diff「{typed}」が読めません"),
                    format!("cannot read --diff \"{typed}\""),
                ),
            )
            .help(Text::new(
                "'条件 vs 条件' または '条件 vs rest' と書きます",
                "write 'COND vs COND' or 'COND vs rest'",
            ))
            .into());
        };
        let first = self.condition(a_name)?;
        let second = if b_name == "rest" {
            first.iter().map(|h| h.map(|h| !h)).collect()
        } else {
            self.condition(b_name)?
        };
        let inside = |holds: Vec<Option<bool>>| {
            holds.iter().zip(domain).map(|(h, d)| *d && *h == Some(true)).collect()
        };
        Ok(PairOfDomains {
            a_name: a_name.to_owned(),
            b_name: b_name.to_owned(),
            a: inside(first),
            b: inside(second),
        })
    }

    fn crossing(&mut self, typed: &str) -> Result<Crossing> {
        let marks = ["×", " x ", " X ", "*"];
        let parts = |mark: &&str| {
            self.source.cut(typed, mark).filter(|(a, b)| self.source.has(a) && self.source.has(b))
        };
        let cut = marks
            .iter()
            .find_map(parts)
            .or_else(|| marks.iter().find_map(|mark| self.source.cut(typed, mark)));
        let Some((a, b)) = cut else {
            return Err(Diagnostic::new(
                "adhoc::test",
                Text::new(
                    format!("検定の対象「{typed}」が読めません"),
                    format!("cannot read what to test: \"{typed}\""),
                ),
            )
            .help(Text::new("'COL × COL' と書きます", "write 'COL × COL'"))
            .into());
        };
        let mut mistakes = Vec::new();
        let mut side = |name: &str| collect(self.source.column(name), &mut mistakes);
        let (Some(rows), Some(columns)) = (side(a), side(b)) else {
            return Err(Error::all(mistakes)
                .unwrap_or_else(|| Error::msg("adhoc::test", "検定できません", "cannot test")));
        };
        let level = |column: &Stacked| {
            let Levels { of_value, names } = self.levels(column, None);
            let of_row = column.spread(&of_value).into_iter().map(|l| l.unwrap_or(u32::MAX)).collect();
            (of_row, names.len())
        };
        let measured = Measured::Independence { rows: a.to_owned(), columns: b.to_owned() };
        Ok(Crossing { measured, name: format!("{a} × {b}"), rows: level(&rows), columns: level(&columns) })
    }
}

/// A classification of the values of a variable.
struct Levels {
    of_value: Vec<Option<u32>>,
    names: Vec<String>,
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
        Finding::warning("adhoc::by-blank", text, Place::default()).count(blank)
    })
}
