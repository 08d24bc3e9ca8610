//! Conditions on one column: `COL=a|b`, `COL=|b` (no answer or b), `COL!=a|b`, `COL>=n`, `COL<=n`,
//! `COL=18..29`, `COL=` (blank), `COL!=` (not blank).

use super::joined::Parts;
use super::missing::Missing;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::{Stacked, TypedCode};
use crate::provenance::Place;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;
use crate::text::suggest::nearest;

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) enum Choice {
    /// A code.
    Code(TypedCode),
    /// A number between these, both included.
    Range(f64, f64),
    /// No answer.
    Blank,
}

/// What is asked of the column.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) enum Test {
    /// One of these.
    Is(Vec<Choice>),
    /// An answer, and none of these.
    IsNot(Vec<Choice>),
    /// A number of at least this.
    AtLeast(f64),
    /// A number of at most this.
    AtMost(f64),
    /// No answer.
    Blank,
    /// An answer.
    Answered,
}

/// A condition as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct Condition {
    /// As it was typed.
    pub(in crate::pipeline) typed: String,
    /// The column's name.
    pub(in crate::pipeline) column: String,
    /// What is asked of it.
    pub(in crate::pipeline) test: Test,
}

/// Operators, the longer one first where one begins another.
const OPERATORS: [&str; 4] = ["!=", ">=", "<=", "="];

/// Every way to cut `text` at an operator, from the left.
fn cuts(text: &str) -> Vec<(&str, &str, &str)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        match OPERATORS.iter().find(|o| rest.starts_with(**o)) {
            Some(operator) => {
                out.push((text[..at].trim(), *operator, text[at + operator.len()..].trim()));
                at += operator.len();
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    out
}

fn unreadable(typed: &str) -> Diagnostic {
    Diagnostic::new(
        Code::AdhocCondition,
        Text::new(format!("条件「{typed}」が読めません"), format!("cannot read the condition \"{typed}\"")),
    )
    .help(Text::new(
        "COL=a|b、COL!=a|b、COL>=n、COL<=n、COL=18..29、COL=（空欄）、COL!=（空欄以外）のどれかです",
        "one of COL=a|b, COL!=a|b, COL>=n, COL<=n, COL=18..29, COL= (blank), COL!= (not blank)",
    ))
}

impl Condition {
    /// Reads a condition. A header may hold an operator itself: the first cut whose left side is a column
    /// counts.
    ///
    /// # Errors
    /// No operator, no column before it, a limit that is no number, an empty choice between `|`.
    pub(in crate::pipeline) fn parse(typed: &str, is_column: impl Fn(&str) -> bool) -> Result<Self> {
        let cuts = cuts(typed);
        let cut = cuts.iter().find(|(name, _, _)| is_column(name)).or_else(|| cuts.first());
        let Some((column, operator, right)) = cut.filter(|(name, _, _)| !name.is_empty()) else {
            return Err(unreadable(typed).into());
        };
        let limit = || number(&fold(right)).ok_or_else(|| Error::from(unreadable(typed)));
        let test = match (*operator, right.is_empty()) {
            (">=", _) => Test::AtLeast(limit()?),
            ("<=", _) => Test::AtMost(limit()?),
            ("!=", true) => Test::Answered,
            ("!=", false) => Test::IsNot(choices(right, typed)?),
            (_, true) => Test::Blank,
            // `COL=|2`: no answer, or 2.
            (_, false) => match right.strip_prefix('|') {
                Some(others) => Test::Is([vec![Choice::Blank], choices(others, typed)?].concat()),
                None => Test::Is(choices(right, typed)?),
            },
        };
        Ok(Self { typed: typed.trim().to_owned(), column: (*column).to_owned(), test })
    }

    /// The column, and for each of its values whether the condition holds: `None` where it is blank or no
    /// answer, and the condition asks for one.
    ///
    /// # Errors
    /// A column that is not there; a code that differs from a value by capitals only; a limit on a column of
    /// words.
    pub(in crate::pipeline) fn holds(
        &self,
        source: &Source<'_>,
        missing: &Missing,
        findings: &mut Vec<Finding>,
    ) -> Result<(Stacked, Vec<Option<bool>>)> {
        let column = source.column(&self.column)?;
        let gone = missing.of(&column);
        let each: Vec<Option<bool>> = match &self.test {
            Test::Blank => gone.iter().map(|g| Some(*g)).collect(),
            Test::Answered => gone.iter().map(|g| Some(!*g)).collect(),
            Test::AtLeast(limit) | Test::AtMost(limit) => {
                let least = matches!(self.test, Test::AtLeast(_));
                // Said and refused as for any column of numbers.
                column.numbers_of_values(&gone, |row| source.place(row, &column), findings)?;
                let holds = |x: f64| if least { x >= *limit } else { x <= *limit };
                column
                    .values
                    .iter()
                    .zip(&gone)
                    .map(|(v, gone)| v.number.filter(|_| !gone).map(holds))
                    .collect()
            }
            Test::Is(choices) | Test::IsNot(choices) => {
                let wanted = matches!(self.test, Test::Is(_));
                let codes = codes(choices);
                let parts = Parts::new(&column, &codes);
                check_codes(&column, &codes, &parts, findings)?;
                tell_doubtful(&column, &parts, source, findings);
                let inside = |at: usize| {
                    choices.iter().any(|choice| match choice {
                        Choice::Code(code) => column.values[at].is(code) || parts.holds(at, code),
                        Choice::Blank => gone[at],
                        Choice::Range(low, high) => {
                            !gone[at] && column.values[at].number.is_some_and(|x| *low <= x && x <= *high)
                        }
                    })
                };
                if !wanted {
                    findings.extend(blank_left_out(&column, &gone));
                }
                // A code that was asked for counts, also where it is declared to be no answer.
                (0..column.values.len())
                    .map(|at| (!gone[at] || inside(at)).then(|| inside(at) == wanted))
                    .collect()
            }
        };
        Ok((column, each))
    }
}

/// Says that `COL!=…` holds for nobody who did not answer.
fn blank_left_out(column: &Stacked, gone: &[bool]) -> Option<Finding> {
    let count: u64 = column.counts().iter().zip(gone).filter(|(_, gone)| **gone).map(|(n, _)| n).sum();
    let name = &column.name;
    let text = Text::new(
        format!(
            "「{name}」に回答のない{count}人は「{name}!=…」に入りません。入れるには '{name}=|値' とします"
        ),
        format!(
            "{count} respondents without \"{name}\" are not in \"{name}!=…\"; to have them, write \
             '{name}=|VALUE'"
        ),
    );
    (count > 0).then(|| {
        Finding::warning(Code::AdhocBlankLeftOut, text, Place::default().column(name))
            .counted_in_message(count)
    })
}

fn choices(text: &str, typed: &str) -> Result<Vec<Choice>> {
    text.split('|')
        .map(|choice| {
            if choice.trim().is_empty() {
                return Err(unreadable(typed).into());
            }
            let range =
                choice.split_once("..").and_then(|(low, high)| number(&fold(low)).zip(number(&fold(high))));
            match range {
                Some((low, high)) if low > high => Err(unreadable(typed)
                    .help(Text::new(
                        format!("範囲は小さい方から書きます: {high}..{low}"),
                        format!("a range begins with the smaller number: {high}..{low}"),
                    ))
                    .into()),
                Some((low, high)) => Ok(Choice::Range(low, high)),
                None => Ok(Choice::Code(TypedCode::new(choice))),
            }
        })
        .collect()
}

/// The codes among the choices.
pub(in crate::pipeline) fn codes(choices: &[Choice]) -> Vec<TypedCode> {
    let code = |choice: &Choice| match choice {
        Choice::Code(code) => Some(code.clone()),
        Choice::Range(..) | Choice::Blank => None,
    };
    choices.iter().filter_map(code).collect()
}

/// Looks at codes that never occur in the column, alone or in a joined cell. An option of the questionnaire
/// that nobody chose is told: its share is 0.
///
/// # Errors
/// One mistake a code that is neither an option nor a value that occurs, with the nearest one.
pub(in crate::pipeline) fn check_codes(
    column: &Stacked,
    codes: &[TypedCode],
    parts: &Parts,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let counts = column.counts();
    let occurs = |code: &TypedCode| {
        (0..column.values.len())
            .any(|at| counts[at] > 0 && (column.values[at].is(code) || parts.holds(at, code)))
    };
    let is_option = |code: &TypedCode| match &column.marks {
        Some(marks) => marks.options.iter().any(|option| option.is(code)),
        None => column.is_question() && column.values.iter().any(|value| value.is(code)),
    };
    let mut mistakes = Vec::new();
    for code in codes.iter().filter(|code| !occurs(code)) {
        if is_option(code) {
            let text = Text::new(
                format!("「{}」の「{}」は、だれも選んでいません（0人）", column.name, code.typed),
                format!("nobody chose \"{}\" of \"{}\" (0 respondents)", code.typed, column.name),
            );
            let place = Place::default().column(&column.name);
            findings.push(Finding::warning(Code::AdhocNobodyChose, text, place));
        } else {
            mistakes.push(unknown_code(column, parts, code));
        }
    }
    Error::all(mistakes).map_or(Ok(()), Err)
}

/// Words, folded, for those who gave no answer.
pub(super) const NO_ANSWER: [&str; 4] = ["無回答", "不明", "no answer", "missing"];

/// A code that is not there: the nearest ones, and those that are.
fn unknown_code(column: &Stacked, parts: &Parts, code: &TypedCode) -> Diagnostic {
    let (name, typed) = (&column.name, &code.typed);
    let known = known(column, parts);
    let more = if known.len() > 12 { format!(" …（{}）", known.len()) } else { String::new() };
    let shown = |open: &str, close: &str, between: &str| -> String {
        let one = |(value, label): &(String, Option<String>)| match label {
            Some(label) => format!("{value}{open}{label}{close}"),
            None => value.clone(),
        };
        known.iter().take(12).map(one).collect::<Vec<_>>().join(between)
    };
    let more_en = if known.len() > 12 { format!(" … ({})", known.len()) } else { String::new() };
    let (ja, en) =
        if column.has_options() { ("選択肢", "options") } else { ("ある値", "values that occur") };
    let list = Text::new(
        format!("{ja}: {}{more}", shown("（", "）", "、")),
        format!("{en}: {}{more_en}", shown(" (", ")", ", ")),
    );
    let names = known.iter().flat_map(|(value, label)| std::iter::once(value).chain(label));
    let help = match nearest(typed, names.map(String::as_str)) {
        _ if NO_ANSWER.contains(&code.folded()) => Text::new(
            format!("無回答の割合は --share '{name}=' で求めます。{}", list.ja),
            format!("the share of no answer is --share '{name}='. {}", list.en),
        ),
        Some(near) => Text::new(
            format!("「{near}」ではありませんか。{}", list.ja),
            format!("did you mean \"{near}\"? {}", list.en),
        ),
        None => list,
    };
    let text = if column.has_options() {
        Text::new(
            format!("設問「{name}」に「{typed}」という選択肢はありません"),
            format!("\"{name}\" has no option \"{typed}\""),
        )
    } else {
        Text::new(
            format!("列「{name}」に「{typed}」という値はありません"),
            format!("\"{typed}\" never occurs in column \"{name}\""),
        )
    };
    Diagnostic::new(Code::AdhocUnknownCode, text).help(help)
}

/// The values that occur, in order, with the file's own labels; joined cells taken apart. Of a question its
/// options.
pub(in crate::pipeline) fn known(column: &Stacked, parts: &Parts) -> Vec<(String, Option<String>)> {
    if let Some(marks) = &column.marks {
        return marks.options.iter().map(|option| (option.label.clone(), None)).collect();
    }
    let held: Vec<bool> = column.values.iter().map(|v| !v.blank).collect();
    let mut known: Vec<(String, Option<String>)> = Vec::new();
    for at in column.ordered(&held) {
        let value = &column.values[at];
        let of_value: Vec<(String, Option<String>)> = match parts.answers(at) {
            Some(several) if value.label.is_none() => several.iter().map(|s| (s.clone(), None)).collect(),
            _ => vec![(value.text.clone(), value.label.clone())],
        };
        known.extend(of_value.into_iter().filter(|k| !known.contains(k)).collect::<Vec<_>>());
    }
    known
}

/// Tells which cells could be one answer or several, and what they were taken for.
pub(in crate::pipeline) fn tell_doubtful(
    column: &Stacked,
    parts: &Parts,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) {
    let left_whole = not_parted(column, &parts.left_whole, source);
    // Of several options the same cells may be left whole.
    findings.extend(left_whole.filter(|finding| !findings.contains(finding)));
    findings.extend(doubtful(Code::AdhocParted, column, &parts.parted, source, |name, example| {
        Text::new(
            format!("「{name}」の「{example}」などは、区切られた複数の回答として数えました"),
            format!("\"{example}\" and its like in \"{name}\" were counted as several answers"),
        )
    }));
}

/// The finding of values that were left whole although they hold a blank or &.
pub(super) fn not_parted(column: &Stacked, values: &[usize], source: &Source<'_>) -> Option<Finding> {
    doubtful(Code::AdhocNotParted, column, values, source, |name, example| {
        Text::new(
            format!("「{name}」の「{example}」などは、空白や&を含む1つの回答として数えました"),
            format!(
                "\"{example}\" and its like in \"{name}\" were counted as one answer that holds a blank or &"
            ),
        )
    })
}

/// A finding about these values of a column, in the words that name and first example make.
fn doubtful(
    code: Code,
    column: &Stacked,
    values: &[usize],
    source: &Source<'_>,
    words: impl Fn(&str, &str) -> Text,
) -> Option<Finding> {
    let first = *values.first()?;
    let counts = column.counts();
    let count = values.iter().map(|at| counts[*at]).sum();
    let place = source.place(column.first_row(first), column);
    Some(Finding::warning(code, words(&column.name, &column.values[first].text), place).count(count))
}

#[cfg(test)]
mod tests {
    use super::{Choice, Condition, Test};
    use crate::pipeline::variables::variable::TypedCode;

    fn parse(text: &str) -> Option<(String, Test)> {
        Condition::parse(text, |name| ["年齢", "性別", "a=b", "x>=y", "@B"].contains(&name))
            .ok()
            .map(|c| (c.column, c.test))
    }

    fn code(text: &str) -> Choice {
        Choice::Code(TypedCode::new(text))
    }

    #[test]
    fn each_form_is_read() {
        let read = |text: &str| parse(text).map(|(_, test)| test);
        assert_eq!(read("性別=男|女"), Some(Test::Is(vec![code("男"), code("女")])));
        assert_eq!(read("性別 != 男"), Some(Test::IsNot(vec![code("男")])));
        assert_eq!(read("年齢>=18"), Some(Test::AtLeast(18.0)));
        assert_eq!(read("年齢<= -1.5"), Some(Test::AtMost(-1.5)));
        assert_eq!(
            read("年齢=18..29|65..120"),
            Some(Test::Is(vec![Choice::Range(18.0, 29.0), Choice::Range(65.0, 120.0)]))
        );
        assert_eq!((read("性別="), read("性別!=")), (Some(Test::Blank), Some(Test::Answered)));
        assert_eq!(read("年齢=１８..２９"), Some(Test::Is(vec![Choice::Range(18.0, 29.0)])));
        assert_eq!(read("性別=|女"), Some(Test::Is(vec![Choice::Blank, code("女")])));
        assert_eq!(read("@B=a..b"), Some(Test::Is(vec![code("a..b")])));
    }

    #[test]
    fn a_header_may_hold_an_operator() {
        assert_eq!(parse("a=b=1"), Some(("a=b".to_owned(), Test::Is(vec![code("1")]))));
        assert_eq!(parse("x>=y>=2"), Some(("x>=y".to_owned(), Test::AtLeast(2.0))));
        assert_eq!(parse("性別=a=b"), Some(("性別".to_owned(), Test::Is(vec![code("a=b")]))));
    }

    #[test]
    fn what_cannot_be_read_is_a_mistake() {
        for text in [
            "",
            "性別",
            "=1",
            "!=",
            "年齢>=",
            "年齢>=多い",
            "年齢>18",
            "性別=男||女",
            "性別=|",
            "年齢=29..18",
            "年齢>=NaN",
            "年齢<=inf",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_column_is_kept_for_the_message() {
        assert_eq!(parse("sex=1").map(|(c, _)| c).as_deref(), Some("sex"));
    }
}
