//! What is wanted, on the columns of the files: outcomes, domain, breakdowns, pairs of domains, crossings.

use std::collections::HashMap;

use super::columns::{Code, Stacked};
use super::condition::{Choice, Condition, Test, check_codes, codes, tell_doubtful};
use super::joined::Parts;
use super::levels::{Levels, Numbers};
use super::missing::Missing;
use super::request::Request;
use super::source::Source;
use crate::error::{Diagnostic, Error, Result};
use crate::estimate::{Groups, NO, NO_GROUP, OUTSIDE, YES};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::report::adhoc::Base;
use crate::text::Text;

/// The columns of a measure, one value a respondent.
#[derive(Debug)]
pub(super) enum Values {
    /// A share's answers.
    Share(Vec<u8>),
    /// A share's answers by the codes of a file that was counted: position of the column, and the answer of
    /// each code.
    CountedShare(usize, Vec<u8>),
    /// Of which the mean is wanted.
    Mean(Numbers),
    /// Of which the total is wanted.
    Total(Numbers),
    /// Numerator and denominator, and the levels of both together.
    Ratio(Numbers, Numbers, Option<Levels>),
    /// Numbers, and the probability.
    Quantile(Numbers, f64),
}

/// One number that is wanted.
#[derive(Debug)]
pub(super) struct Measure {
    /// The column, as it was asked for.
    pub(super) variable: String,
    /// The codes that count, as they were asked for.
    pub(super) codes: Vec<String>,
    /// The values.
    pub(super) values: Values,
}

/// One breakdown.
#[derive(Debug)]
pub(super) struct By {
    /// Variable and value of each group.
    pub(super) names: Vec<Vec<(String, String)>>,
    /// The groups.
    pub(super) groups: Groups,
}

/// Two domains of which the difference is wanted.
#[derive(Debug)]
pub(super) struct PairOfDomains {
    /// The first condition.
    pub(super) a_name: String,
    /// The second.
    pub(super) b_name: String,
    /// Who is in the first.
    pub(super) a: Vec<bool>,
    /// Who is in the second.
    pub(super) b: Vec<bool>,
}

/// Two classifications that are tested for independence.
#[derive(Debug)]
pub(super) struct Crossing {
    /// Both columns, as they were asked for.
    pub(super) name: String,
    /// Levels of the first, and their number.
    pub(super) rows: (Vec<u32>, usize),
    /// Levels of the second.
    pub(super) columns: (Vec<u32>, usize),
}

/// Everything that is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Which units ([`Source::units`]) are in the domain.
    pub(super) domain: Vec<bool>,
    /// Respondents of the domain.
    pub(super) domain_rows: u64,
    /// The conditions, as they were typed.
    pub(super) conditions: Vec<String>,
    /// The numbers.
    pub(super) measures: Vec<Measure>,
    /// The breakdowns.
    pub(super) by: Vec<By>,
    /// The differences.
    pub(super) pairs: Vec<PairOfDomains>,
    /// The tests.
    pub(super) crossings: Vec<Crossing>,
}

/// What resolving needs at every step.
struct Resolver<'a> {
    source: &'a Source<'a>,
    missing: &'a Missing,
    base: Base,
    findings: &'a mut Vec<Finding>,
}

impl Wanted {
    /// # Errors
    /// All mistakes of what was asked for, in one go.
    pub(super) fn resolve(
        request: &Request,
        source: &Source<'_>,
        missing: &Missing,
        findings: &mut Vec<Finding>,
    ) -> Result<Self> {
        let mut at = Resolver { source, missing, base: request.base, findings };
        let mut mistakes = Vec::new();
        let mut domain = vec![true; source.units()];
        for typed in &request.conditions {
            if let Some(holds) = super::collect(at.condition(typed), &mut mistakes) {
                domain.iter_mut().zip(holds).for_each(|(d, h)| *d &= h == Some(true));
            }
        }
        let mut measures = Vec::new();
        let mut wanted = |found: Result<Measure>| measures.extend(super::collect(found, &mut mistakes));
        request.shares.iter().for_each(|s| wanted(at.share(s)));
        request.means.iter().for_each(|c| wanted(at.numbers(c).map(|y| plain(c, Values::Mean(y)))));
        request.totals.iter().for_each(|c| wanted(at.numbers(c).map(|y| plain(c, Values::Total(y)))));
        request.ratios.iter().for_each(|r| wanted(at.ratio(r)));
        request.quantiles.iter().for_each(|q| wanted(at.quantile(q)));
        let by = request
            .by
            .iter()
            .filter_map(|list| super::collect(at.by(list, &domain), &mut mistakes))
            .collect();
        let pairs = request
            .differences
            .iter()
            .filter_map(|d| super::collect(at.pair(d, &domain), &mut mistakes))
            .collect();
        let crossings =
            request.tests.iter().filter_map(|t| super::collect(at.crossing(t), &mut mistakes)).collect();
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

fn plain(column: &str, values: Values) -> Measure {
    Measure { variable: column.trim().to_owned(), codes: Vec::new(), values }
}

/// The answers of a share: what each value of its column says.
fn answers(column: &Stacked, each: &[u8]) -> Values {
    match column.by_code(each) {
        Some(by_code) => Values::CountedShare(column.position, by_code),
        None => Values::Share(column.spread(each)),
    }
}

impl Resolver<'_> {
    fn condition(&mut self, typed: &str) -> Result<Vec<Option<bool>>> {
        let condition = Condition::parse(typed, |name| self.source.has(name))?;
        let (column, each) = condition.holds(self.source, self.missing, self.findings)?;
        Ok(column.spread(&each))
    }

    fn share(&mut self, typed: &str) -> Result<Measure> {
        let bad = || {
            Diagnostic::new(
                "adhoc::share",
                Text::new(
                    format!("--share「{typed}」が読めません"),
                    format!("cannot read --share \"{typed}\""),
                ),
            )
            .help(Text::new("'COL=A|B' と書きます", "write 'COL=A|B'"))
        };
        let condition = Condition::parse(typed, |name| self.source.has(name)).map_err(|_| bad())?;
        let codes: Vec<Code> = match &condition.test {
            Test::Blank | Test::Answered => return Err(bad().into()),
            Test::Is(choices) if choices.iter().all(|c| matches!(c, Choice::Code(_))) => codes(choices),
            _ => return self.share_of_condition(&condition),
        };
        let name = condition.column.as_str();
        let column = self.source.column(name)?;
        let parts = Parts::new(&column, &codes);
        check_codes(&column, &codes, &parts, self.findings)?;
        tell_doubtful(&column, &parts, self.source, self.findings);
        let gone = self.missing.of(&column);
        let mut each = Vec::with_capacity(column.values.len());
        for (at, value) in column.values.iter().enumerate() {
            let yes = codes.iter().any(|code| value.is(code) || parts.holds(at, code));
            each.push(match (gone[at], yes, self.base) {
                (true, true, _) => return Err(declared(&column, &value.text).into()),
                (true, false, Base::Answered) => OUTSIDE,
                (true, false, Base::All) | (false, false, _) => NO,
                (false, true, _) => YES,
            });
        }
        self.tell_marks_only(&column, &each);
        let typed = codes.into_iter().map(|c| c.typed).collect();
        Ok(Measure { variable: name.to_owned(), codes: typed, values: answers(&column, &each) })
    }

    /// The share of those for whom a condition on numbers holds: `年齢=65..74`, `年齢>=65`.
    fn share_of_condition(&mut self, condition: &Condition) -> Result<Measure> {
        let outside = match self.base {
            Base::Answered => OUTSIDE,
            Base::All => NO,
        };
        let (column, holds) = condition.holds(self.source, self.missing, self.findings)?;
        let each: Vec<u8> =
            holds.into_iter().map(|h| h.map_or(outside, |yes| if yes { YES } else { NO })).collect();
        let asked = condition.typed.strip_prefix(&condition.column).unwrap_or(&condition.typed).trim();
        let codes =
            asked.strip_prefix('=').unwrap_or(asked).split('|').map(|c| c.trim().to_owned()).collect();
        Ok(Measure { variable: condition.column.clone(), codes, values: answers(&column, &each) })
    }

    /// A column of ticks (○ or blank) gives 100 % of those who ticked: most likely the share of all was
    /// meant.
    fn tell_marks_only(&mut self, column: &Stacked, each: &[u8]) {
        let (yes, no) = (each.contains(&YES), each.contains(&NO));
        let counts = column.counts();
        let blank: u64 = column.values.iter().zip(&counts).filter(|(v, _)| v.blank).map(|(_, n)| n).sum();
        if yes && !no && blank > 0 && self.base == Base::Answered {
            let text = Text::new(
                format!(
                    "「{}」は印のない{blank}人が空欄の列です。空欄を母数に入れるには --base all とします",
                    column.name
                ),
                format!(
                    "\"{}\" holds ticks and {blank} blanks: --base all counts the blanks in the base",
                    column.name
                ),
            );
            self.findings.push(
                Finding::warning("adhoc::ticks", text, Place::default().column(column.name.clone()))
                    .count(blank),
            );
        }
    }

    fn numbers(&mut self, name: &str) -> Result<Numbers> {
        let column = self.source.column(name)?;
        let of_value = column.numbers_of_values(&self.missing.of(&column), self.source, self.findings)?;
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
        let numerator = super::collect(self.numbers(top), &mut mistakes);
        let denominator = super::collect(self.numbers(below), &mut mistakes);
        match (numerator, denominator) {
            (Some(y), Some(x)) => {
                let both = y.levels.as_ref().zip(x.levels.as_ref());
                let levels = both.and_then(|(y, x)| Levels::of_pairs(y, x, |y, x| self.source.pairs(y, x)));
                Ok(plain(&format!("{top}/{below}"), Values::Ratio(y, x, levels)))
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
        let p = super::columns::number(&super::columns::fold(p))
            .filter(|p| (0.0..=1.0).contains(p))
            .ok_or_else(bad)?;
        Ok(plain(name, Values::Quantile(self.numbers(name)?, p)))
    }

    /// Level of each unit in a column, `None` for no answer; and the levels' names, in order.
    fn levels(&self, column: &Stacked, domain: Option<&[bool]>) -> (Vec<Option<u32>>, Vec<String>) {
        let gone = self.missing.of(column);
        let mut held = vec![false; column.values.len()];
        for (row, at) in column.rows.iter().enumerate() {
            let at = *at as usize;
            held[at] |= !gone[at] && domain.is_none_or(|d| d[row]);
        }
        let order = column.ordered(&held);
        let index: HashMap<String, u32> =
            order.iter().zip(0..).map(|(at, i)| (column.values[*at].key(), i)).collect();
        let each: Vec<Option<u32>> = column
            .values
            .iter()
            .zip(&gone)
            .map(|(v, gone)| if *gone { None } else { index.get(&v.key()).copied() })
            .collect();
        (column.spread(&each), order.iter().map(|at| column.values[*at].text.clone()).collect())
    }

    fn by(&mut self, list: &str, domain: &[bool]) -> Result<By> {
        let columns = self.source.columns(list)?;
        let levels: Vec<_> = columns.iter().map(|c| self.levels(c, Some(domain))).collect();
        let key = |row: usize| -> Option<Vec<u32>> { levels.iter().map(|(of_row, _)| of_row[row]).collect() };
        let keys: Vec<Option<Vec<u32>>> =
            (0..self.source.units()).map(|row| if domain[row] { key(row) } else { None }).collect();
        let mut known: Vec<&Vec<u32>> = keys.iter().flatten().collect();
        known.sort_unstable();
        known.dedup();
        let of_row: Vec<u32> = keys
            .iter()
            .map(|k| k.as_ref().and_then(|k| known.binary_search(&k).ok()).map_or(NO_GROUP, |at| at as u32))
            .collect();
        let names = known
            .iter()
            .map(|key| {
                let each = columns.iter().zip(&levels).zip(key.iter());
                each.map(|((c, (_, names)), level)| (c.name.clone(), names[*level as usize].clone()))
                    .collect()
            })
            .collect();
        let blank = self.source.respondents(|row| domain[row] && keys[row].is_none());
        let name = columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(",");
        self.findings.extend(by_blank(&name, blank));
        Ok(By { groups: Groups::new(&of_row, known.len()), names })
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
        let mut side = |name: &str| super::collect(self.source.column(name), &mut mistakes);
        let (Some(rows), Some(columns)) = (side(a), side(b)) else {
            return Err(Error::all(mistakes)
                .unwrap_or_else(|| Error::msg("adhoc::test", "検定できません", "cannot test")));
        };
        let level = |column: &Stacked| {
            let (of_row, names) = self.levels(column, None);
            (of_row.into_iter().map(|l| l.unwrap_or(u32::MAX)).collect(), names.len())
        };
        Ok(Crossing { name: format!("{a} × {b}"), rows: level(&rows), columns: level(&columns) })
    }
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

fn declared(column: &Stacked, value: &str) -> Diagnostic {
    Diagnostic::new(
        "adhoc::code-missing",
        Text::new(
            format!(
                "列「{}」の「{value}」は、割合を求める値であり、回答なしの値でもあると指定されています",
                column.name
            ),
            format!(
                "\"{value}\" in column \"{}\" is both asked for and declared to be no answer",
                column.name
            ),
        ),
    )
    .help(Text::new("--share か --missing のどちらかから除きます", "leave it out of --share or of --missing"))
}
