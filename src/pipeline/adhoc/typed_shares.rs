//! Shares as they are asked for: `COL=A|B`, `COL` for every option, `COL=` for no answer, and conditions
//! on numbers.

use super::condition::{
    Choice, Condition, NO_ANSWER, Test, check_codes, codes, known, not_parted, tell_doubtful,
};
use super::joined::Parts;
use super::levels::CountedColumn;
use super::measures::{Measure, Values};
use super::no_answer;
use super::resolver::{Asked, Resolver};
use crate::code::Code;
use crate::decode::{Base, MissingReason, Outcome};
use crate::error::{Diagnostic, Result};
use crate::finding::Finding;
use crate::indicator::{Measured, ValueFormat};
use crate::pipeline::variables::variable::{Stacked, TypedCode, Value};
use crate::provenance::Place;
use crate::text::Text;

/// Why there is no answer, as far as a share counts it: whoever was not asked left nothing blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoAnswer {
    /// 無回答: asked, and nothing said.
    Blank,
    /// 無効回答: an answer that breaks the rules of the paper.
    Invalid,
}

impl NoAnswer {
    /// Its name in outputs.
    fn code(self) -> &'static str {
        match self {
            Self::Blank => "無回答",
            Self::Invalid => "無効回答",
        }
    }

    fn is(self, reason: MissingReason) -> bool {
        match self {
            Self::Blank => matches!(reason, MissingReason::NoAnswer | MissingReason::DontKnow),
            Self::Invalid => reason == MissingReason::Invalid,
        }
    }
}

impl Resolver<'_> {
    /// The shares that `typed` asks for: one, or, of a variable alone, one for each of its options and for no
    /// answer.
    pub(super) fn shares(&mut self, typed: &str) -> Result<Vec<Measure>> {
        if self.source.has(typed) {
            let column = self.source.column(typed)?;
            let mut each = options(&column);
            // What was declared to be no answer is no option.
            let gone = self.missing.of(&column);
            let is_gone =
                |code: &TypedCode| column.values.iter().zip(&gone).any(|(v, gone)| *gone && v.is(code));
            each.retain(|code| !is_gone(code));
            // 無回答 and its like are told one by one.
            let told = each.iter().filter(|code| NO_ANSWER.contains(&code.folded()));
            no_answer::tell(&column, self.missing, &told.cloned().collect::<Vec<_>>(), self.findings);
            self.tell_no_answer_as_option(&column, &each);
            self.tell_options_left_whole(&column);
            let mut out: Vec<Measure> = each
                .into_iter()
                .map(|code| self.share_of_codes(&column, vec![code]))
                .collect::<Result<_>>()?;
            out.push(self.share_without_answer(&column, NoAnswer::Blank));
            if column.values.iter().any(|v| v.reason == Some(MissingReason::Invalid)) {
                out.push(self.share_without_answer(&column, NoAnswer::Invalid));
            }
            return Ok(out);
        }
        let bad = || {
            Diagnostic::new(
                Code::AdhocShare,
                Text::new(
                    format!("--share「{typed}」が読めません"),
                    format!("cannot read --share \"{typed}\""),
                ),
            )
            .help(Text::new(
                "'COL=A|B'、選択肢すべてなら 'COL'、無回答なら 'COL=' と書きます",
                "write 'COL=A|B', 'COL' for every option, or 'COL=' for no answer",
            ))
        };
        if !typed.contains(['=', '>', '<']) {
            // A name alone that nothing has: the nearest ones are told.
            self.source.column(typed)?;
        }
        let condition = Condition::parse(typed, |name| self.source.has(name)).map_err(|_| bad())?;
        match &condition.test {
            Test::Answered => Err(bad().into()),
            // Of no answer and of an answer there is no base in common.
            Test::Is(choices) if choices.iter().any(|c| matches!(c, Choice::Blank)) => Err(bad().into()),
            Test::Blank => {
                let column = self.source.column(&condition.column)?;
                Ok(vec![self.share_without_answer(&column, NoAnswer::Blank)])
            }
            Test::Is(choices) if choices.iter().all(|c| matches!(c, Choice::Code(_))) => {
                let column = self.source.column(&condition.column)?;
                no_answer::tell(&column, self.missing, &codes(choices), self.findings);
                Ok(vec![self.share_of_codes(&column, codes(choices))?])
            }
            _ => Ok(vec![self.share_of_condition(&condition)?]),
        }
    }

    /// The share of those who gave one of these codes.
    fn share_of_codes(&mut self, column: &Stacked, codes: Vec<TypedCode>) -> Result<Measure> {
        let parts = Parts::new(column, &codes);
        check_codes(column, &codes, &parts, self.findings)?;
        tell_doubtful(column, &parts, self.source, self.findings);
        let gone = self.missing.of(column);
        let mut each = Vec::with_capacity(column.values.len());
        for (at, value) in column.values.iter().enumerate() {
            let yes = codes.iter().any(|code| value.is(code) || parts.holds(at, code));
            each.push(match (gone[at], yes) {
                (true, true) => return Err(declared(column, &value.text).into()),
                (true, false) => self.without_answer(value),
                (false, yes) => Outcome::from(yes),
            });
        }
        self.tell_marks_only(column, &each);
        let named = |code: &TypedCode| column.label(code).unwrap_or(&code.typed).to_owned();
        let codes: Vec<String> = codes.iter().map(named).collect();
        let values = self.answers(column, &each);
        let measured = Measured::Share { variable: column.name.clone(), codes: codes.clone() };
        Ok(Measure {
            measured,
            format: ValueFormat::share(),
            variable: column.name.clone(),
            codes,
            base: self.base,
            values,
        })
    }

    /// The share of those who gave no answer, for one of its reasons: of everyone who was asked, since nobody
    /// of them answered.
    fn share_without_answer(&mut self, column: &Stacked, kind: NoAnswer) -> Measure {
        let base = if self.base == Base::Answered { self.everyone() } else { self.base };
        let gone = self.missing.of(column);
        let outcome = |(value, gone): (&Value, bool)| {
            let reason = value.reason.unwrap_or(MissingReason::NoAnswer);
            match (gone, base.holds(Some(reason))) {
                (false, _) => Outcome::No,
                (true, false) => Outcome::Outside,
                (true, true) => Outcome::from(kind.is(reason)),
            }
        };
        let each: Vec<Outcome> = column.values.iter().zip(gone).map(outcome).collect();
        let values = self.answers_of(column, &each, base);
        let variable = column.name.clone();
        let measured = match kind {
            NoAnswer::Blank => Measured::NoAnswer(variable.clone()),
            NoAnswer::Invalid => Measured::InvalidAnswer(variable.clone()),
        };
        Measure {
            measured,
            format: ValueFormat::share(),
            variable,
            codes: vec![kind.code().to_owned()],
            base,
            values,
        }
    }

    /// The base of a share of those who did not answer, where only those who did are asked about: everyone
    /// who was asked.
    fn everyone(&self) -> Base {
        if self.asked.is_some() || self.source.questionnaire().is_some() { Base::Asked } else { Base::All }
    }

    /// What a value that is no answer is in the base.
    fn without_answer(&self, value: &Value) -> Outcome {
        let reason = value.reason.unwrap_or(MissingReason::NoAnswer);
        if self.base.holds(Some(reason)) { Outcome::No } else { Outcome::Outside }
    }

    fn answers(&mut self, column: &Stacked, each: &[Outcome]) -> Values {
        self.answers_of(column, each, self.base)
    }

    /// The answers of a share: what each value of its column says, and who was asked at all.
    fn answers_of(&mut self, column: &Stacked, each: &[Outcome], base: Base) -> Values {
        let Some(asked) = &self.asked else {
            return match column.by_code(each) {
                Some(by_code) => Values::CountedShare(CountedColumn::One(column.position), by_code),
                None => Values::Share(column.spread(each).into_iter().collect()),
            };
        };
        let gone = self.missing.of(column);
        let not_asked = if base == Base::All { Outcome::No } else { Outcome::Outside };
        let mut dropped = 0;
        let mut outcome = |at: usize, asked: Option<bool>, rows: u64| match asked {
            Some(true) => each[at],
            Some(false) => {
                dropped += if gone[at] { 0 } else { rows };
                not_asked
            }
            // Nobody knows whether the question applied: who answered it was asked.
            None if gone[at] => not_asked,
            None => each[at],
        };
        let values = match asked {
            Asked::OfRow(asked) => {
                let rows = column.rows.iter().zip(asked);
                Values::Share(rows.map(|(at, asked)| outcome(*at as usize, *asked, 1)).collect())
            }
            Asked::OfCode(rule, asked) => {
                let value_of_code: Vec<usize> =
                    column.by_code(&(0..column.values.len()).collect::<Vec<_>>()).unwrap_or_default();
                let pair = |((code, rule), rows): ((u32, u32), u64)| {
                    let asked = asked.get(rule as usize).copied().flatten();
                    value_of_code.get(code as usize).map_or(Outcome::Outside, |at| outcome(*at, asked, rows))
                };
                let pairs = self.source.pairs_with_rows(column.position, *rule).unwrap_or_default();
                let answers = pairs.into_iter().map(pair).collect();
                Values::CountedShare(CountedColumn::Pair(column.position, *rule), answers)
            }
        };
        self.tell_not_asked(&column.name, dropped);
        values
    }

    /// Tells how many answered a question that the skip rules of the request did not bring them to.
    pub(super) fn tell_not_asked(&mut self, name: &str, dropped: u64) {
        if dropped == 0 {
            return;
        }
        let text = Text::new(
            format!("「{name}」に、非該当なのに回答のある{dropped}人がいます。非該当とします"),
            format!("{dropped} respondents answered \"{name}\" although they were not asked: not counted"),
        );
        let finding = Finding::warning(Code::AdhocNotAskedButAnswered, text, Place::default().column(name))
            .counted_in_message(dropped);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The share of those for whom a condition on numbers holds: `年齢=65..74`, `年齢>=65`.
    fn share_of_condition(&mut self, condition: &Condition) -> Result<Measure> {
        let (column, holds) = condition.holds(self.source, self.missing, self.findings)?;
        let each: Vec<Outcome> = column
            .values
            .iter()
            .zip(holds)
            .map(|(value, holds)| holds.map_or_else(|| self.without_answer(value), Outcome::from))
            .collect();
        let asked = condition.typed.strip_prefix(&condition.column).unwrap_or(&condition.typed).trim();
        let codes: Vec<String> =
            asked.strip_prefix('=').unwrap_or(asked).split('|').map(|c| c.trim().to_owned()).collect();
        Ok(Measure {
            format: ValueFormat::share(),
            measured: Measured::Share { variable: condition.column.clone(), codes: codes.clone() },
            variable: condition.column.clone(),
            codes,
            base: self.base,
            values: self.answers(&column, &each),
        })
    }

    /// Tells which cells became options of their own although a part of them is an option too.
    fn tell_options_left_whole(&mut self, column: &Stacked) {
        let (parts, counts) = (Parts::new(column, &[]), column.counts());
        let left: Vec<usize> = parts.perhaps_several().filter(|at| counts[*at] > 0).collect();
        self.findings.extend(not_parted(column, &left, self.source));
    }

    /// An option that is called 無回答 is counted as an answer, which is most likely not what was meant.
    fn tell_no_answer_as_option(&mut self, column: &Stacked, options: &[TypedCode]) {
        let name = &column.name;
        for code in options.iter().filter(|code| NO_ANSWER.contains(&code.folded())) {
            let typed = &code.typed;
            let (ja, en) = if column.is_question() {
                (
                    "調査票の no_answer に書きます".to_owned(),
                    "name it in no_answer of the question".to_owned(),
                )
            } else {
                let flag = format!("--missing '{name}={typed}'");
                (format!("{flag} とします"), format!("give {flag}"))
            };
            let text = Text::new(
                format!("「{name}」の「{typed}」を回答の1つとして数えます。無回答とするには {ja}"),
                format!("\"{typed}\" of \"{name}\" counts as an answer; to make it no answer, {en}"),
            );
            let place = Place::default().column(name);
            self.findings.push(Finding::warning(Code::AdhocNoAnswerAsOption, text, place));
        }
    }

    /// A column of ticks (○ or blank) gives 100 % of those who ticked: most likely the share of all was
    /// meant.
    fn tell_marks_only(&mut self, column: &Stacked, each: &[Outcome]) {
        let (yes, no) = (each.contains(&Outcome::Yes), each.contains(&Outcome::No));
        let counts = column.counts();
        let blank: u64 = column.values.iter().zip(&counts).filter(|(v, _)| v.blank).map(|(_, n)| n).sum();
        if yes && !no && blank > 0 && self.base == Base::Answered && !column.is_question() {
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
                Finding::warning(Code::AdhocTicks, text, Place::default().column(column.name.clone()))
                    .counted_in_message(blank),
            );
        }
    }
}

/// The options of a variable that can be asked for one by one: those of its question, or the values that
/// occur.
fn options(column: &Stacked) -> Vec<TypedCode> {
    if let Some(marks) = &column.marks {
        return marks.options.iter().map(|option| TypedCode::new(&option.label)).collect();
    }
    known(column, &Parts::new(column, &[])).iter().map(|(value, _)| TypedCode::new(value)).collect()
}

fn declared(column: &Stacked, value: &str) -> Diagnostic {
    Diagnostic::new(
        Code::AdhocCodeMissing,
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
