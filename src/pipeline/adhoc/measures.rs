//! What is wanted, on the columns of the files: outcomes, domain, breakdowns, pairs of domains, crossings.

use super::breakdowns::{By, Levels};
use super::condition::Condition;
use super::levels::{self, CountedColumn, Numbers};
use super::missing::Missing;
use super::request::Request;
use super::resolver::{Asked, Resolver};
use crate::code::Code;
use crate::decode::{Base, MissingReason, Outcome, Outcomes};
use crate::error::{Diagnostic, Error, Result, collect};
use crate::finding::Finding;
use crate::indicator::{Measured, Statistic, ValueFormat};
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::Stacked;
use crate::questionnaire::QuestionKind;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// The columns of a measure, one value a respondent.
#[derive(Debug)]
pub(in crate::pipeline) enum Values {
    /// A share's answers.
    Share(Outcomes),
    /// A share's answers by the codes of a file that was counted: what was counted, and the answer of each
    /// code.
    CountedShare(CountedColumn, Vec<Outcome>),
    /// Of which the mean is wanted.
    Mean(Numbers),
    /// Of which the total is wanted.
    Total(Numbers),
    /// Numerator and denominator, and the levels of both together.
    Ratio(Numbers, Numbers, Option<levels::Levels>),
    /// Numbers, and the probability.
    Quantile(Numbers, f64),
}

impl Values {
    /// A ratio of the numbers of the same respondents.
    pub(in crate::pipeline) fn ratio(numerator: Numbers, denominator: Numbers) -> Self {
        let both = numerator.levels.as_ref().zip(denominator.levels.as_ref());
        let levels = both.and_then(|(y, x)| levels::Levels::of_pairs(y, x, |_, _| None));
        Self::Ratio(numerator, denominator, levels)
    }

    /// Without the rows that `out` names, which are outside the domain. How the sums are taken is not changed
    /// by it, so that a domain has the same numbers however it was asked for.
    pub(in crate::pipeline) fn leave_out(&mut self, out: impl Fn(usize) -> bool) {
        match self {
            Self::Share(y) => y.leave_out(out),
            Self::Mean(y) | Self::Total(y) | Self::Quantile(y, _) => {
                y.leave_out(out);
            }
            Self::Ratio(y, x, levels) => {
                y.leave_out(&out);
                x.leave_out(&out);
                levels.iter_mut().for_each(|levels| levels.leave_out(&out));
            }
            // Of a file that was counted, whose domain is among its cells.
            Self::CountedShare(..) => {}
        }
    }

    /// What kind of number they make.
    fn statistic(&self) -> Statistic {
        match self {
            Self::Share(_) | Self::CountedShare(..) => Statistic::Share,
            Self::Mean(_) => Statistic::Mean,
            Self::Total(_) => Statistic::Total,
            Self::Ratio(..) => Statistic::Ratio,
            Self::Quantile(..) => Statistic::Quantile,
        }
    }
}

/// One number that is wanted.
#[derive(Debug)]
pub(in crate::pipeline) struct Measure {
    /// What its numbers measure, for their keys.
    pub(in crate::pipeline) measured: Measured,
    /// What kind of number it is, and how it is printed.
    pub(in crate::pipeline) format: ValueFormat,
    /// The column, as it was asked for.
    pub(in crate::pipeline) variable: String,
    /// The codes that count, as they were asked for.
    pub(in crate::pipeline) codes: Vec<String>,
    /// Who is in the base; of a number those who gave one.
    pub(in crate::pipeline) base: Base,
    /// The values.
    pub(in crate::pipeline) values: Values,
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
    /// The skip rules, as they were typed.
    pub(in crate::pipeline) asked_if: Vec<String>,
    /// Respondents for whom all of them hold, and those of whom nobody knows.
    pub(in crate::pipeline) asked_rows: (u64, u64),
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

impl Wanted {
    /// Numbers of everyone and of the parts of breakdowns.
    pub(in crate::pipeline) fn of(measures: Vec<Measure>, by: Vec<By>, rows: usize) -> Self {
        Self {
            domain: vec![true; rows],
            domain_rows: rows as u64,
            asked_if: Vec::new(),
            asked_rows: (rows as u64, 0),
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
                Code::AdhocDifference,
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
                let asked = at.asked.as_ref();
                let count = |holds: Option<bool>| {
                    asked.map_or_else(
                        || source.respondents(|_| holds == Some(true)),
                        |asked| asked.respondents(source, holds),
                    )
                };
                let asked_rows = (count(Some(true)), count(None));
                Ok(Self {
                    domain,
                    domain_rows,
                    asked_if: request.asked_if.clone(),
                    asked_rows,
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

fn nobody_knows_who_was_asked() -> Diagnostic {
    Diagnostic::new(
        Code::AdhocBase,
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
    Measure {
        measured,
        format: ValueFormat::of(values.statistic()),
        variable: column.trim().to_owned(),
        codes: Vec::new(),
        base: Base::Answered,
        values,
    }
}

impl Resolver<'_> {
    /// Whom a skip rule brings to the question. Who was not shown the question that it names is not.
    fn skip_rule(&mut self, typed: &str) -> Result<Asked> {
        let condition = Condition::parse(typed, |name| self.source.has(name))?;
        let (column, mut each) = condition.holds(self.source, self.missing, self.findings)?;
        let not_shown = column.values.iter().map(|value| value.reason == Some(MissingReason::NotAsked));
        each.iter_mut().zip(not_shown).filter(|(_, not)| *not).for_each(|(holds, _)| *holds = Some(false));
        Ok(match column.by_code(&each) {
            Some(of_code) => Asked::OfCode(column.position, of_code),
            None => Asked::OfRow(column.spread(&each)),
        })
    }

    fn condition(&mut self, typed: &str) -> Result<Vec<Option<bool>>> {
        let condition = Condition::parse(typed, |name| self.source.has(name))?;
        let (column, each) = condition.holds(self.source, self.missing, self.findings)?;
        Ok(column.spread(&each))
    }

    fn numbers(&mut self, name: &str) -> Result<Numbers> {
        let column = self.source.column(name)?;
        if let Some(kind) =
            self.source.kind(&column.name).filter(|k| !matches!(k, QuestionKind::Number { .. }))
        {
            return Err(no_numbers(&column.name, kind).into());
        }
        let place = |row| self.source.place(row, &column);
        let of_value = column.numbers_of_values(&self.missing.of(&column), place, self.findings)?;
        let mut numbers = Numbers::new(&column, &of_value);
        if let Some(asked) = &self.asked {
            let dropped = numbers.leave_out(|row| asked.was_not(row));
            self.tell_not_asked(&column.name, dropped);
            numbers = numbers.anew();
        }
        Ok(numbers)
    }

    fn ratio(&mut self, typed: &str) -> Result<Measure> {
        let (top, below) = self.source.cut(typed, "/").ok_or_else(|| {
            Diagnostic::new(
                Code::AdhocRatio,
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
                .unwrap_or_else(|| Error::msg(Code::AdhocRatio, "比が読めません", "cannot read the ratio"))),
        }
    }

    fn quantile(&mut self, typed: &str) -> Result<Measure> {
        let column = typed.split(['@', '=', ':']).next().unwrap_or(typed).trim();
        let bad = || {
            Diagnostic::new(
                Code::AdhocQuantile,
                Text::new(
                    format!("--quantile「{typed}」が読めません"),
                    format!("cannot read --quantile \"{typed}\""),
                ),
            )
            .help(Text::new(
                format!("「--quantile '{column}@0.5'」のように、0から1で書きます"),
                format!("write --quantile '{column}@0.5', from 0 to 1"),
            ))
        };
        let (name, p) = quantile_parts(typed).ok_or_else(bad)?;
        let p = number(&fold(p)).filter(|p| (0.0..=1.0).contains(p)).ok_or_else(bad)?;
        let measured = Measured::Quantile { variable: name.trim().to_owned(), prob: p };
        Ok(plain(name, measured, Values::Quantile(self.numbers(name)?, p)))
    }

    fn pair(&mut self, typed: &str, domain: &[bool]) -> Result<PairOfDomains> {
        let Some((a_name, b_name)) = typed
            .split_once(" vs ")
            .map(|(a, b)| (a.trim(), b.trim()))
            .filter(|(a, b)| !a.is_empty() && !b.is_empty())
        else {
            return Err(Diagnostic::new(
                Code::AdhocDifference,
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
                Code::AdhocTest,
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
                .unwrap_or_else(|| Error::msg(Code::AdhocTest, "検定できません", "cannot test")));
        };
        let several = [&rows, &columns].into_iter().filter(|c| c.marks.is_some());
        if let Some(error) = Error::all(several.map(|c| several_answers(&c.name)).collect()) {
            return Err(error);
        }
        [&rows, &columns].into_iter().for_each(|column| self.tell_taken_whole(column));
        let level = |column: &Stacked| {
            let Levels { of_value, names } = self.levels(column, None);
            let of_row = column.spread(&of_value).into_iter().map(|l| l.unwrap_or(u32::MAX)).collect();
            (of_row, names.len())
        };
        let measured = Measured::Independence { rows: a.to_owned(), columns: b.to_owned() };
        Ok(Crossing { measured, name: format!("{a} × {b}"), rows: level(&rows), columns: level(&columns) })
    }
}

/// A question whose answers are no numbers.
fn no_numbers(name: &str, kind: &QuestionKind) -> Diagnostic {
    let (kind, help) = match kind {
        QuestionKind::Single(_) => (
            Text::new("単数回答", "a single-answer question"),
            Text::new(
                "選択肢に点を付けた平均は、計画の score で求めます。割合は --share で求めます",
                "a mean of points given to options is a plan's score; shares are asked for by --share",
            ),
        ),
        QuestionKind::Multiple { .. } => (
            Text::new("複数回答", "a multiple-answer question"),
            Text::new("割合は --share で求めます", "shares are asked for by --share"),
        ),
        QuestionKind::Text | QuestionKind::Number { .. } => (
            Text::new("自由記述", "a question of free text"),
            Text::new(
                "数を書く設問は type = \"number\" とします",
                "a question of numbers has type = \"number\"",
            ),
        ),
    };
    let text = Text::new(
        format!("設問「{name}」は{}で、数ではありません", kind.ja),
        format!("\"{name}\" is {}: its answers are no numbers", kind.en),
    );
    Diagnostic::new(Code::AdhocNotNumeric, text).help(help)
}

/// A question whose options are no classification, since a respondent may be in several of them.
fn several_answers(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::AdhocTest,
        Text::new(
            format!("複数回答の設問「{name}」は独立性の検定に使えません（1人が1つの区分に入りません）"),
            format!("\"{name}\" has several answers: its options do not part the respondents"),
        ),
    )
    .help(Text::new(
        "選択肢ごとの差は --diff '設問=選択肢 vs rest' で調べます",
        "test one option by --diff 'QUESTION=OPTION vs rest'",
    ))
}
