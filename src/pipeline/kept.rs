//! Decoded answers as an entry of the cache, and back.

use serde::{Deserialize, Serialize};

use super::decoded::Decoded;
use crate::decode::{Answers, BaseLedger, MissingReason, PersonalColumn, Responses};
use crate::derived::cache::{Entry, Numbers};
use crate::edits::AppliedChange;
use crate::finding::Finding;
use crate::provenance::FileDigest;
use crate::questionnaire::{Affected, Questionnaire};
use crate::raw::Table;

/// What reading a file said besides its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FileSaid {
    /// Its identity.
    pub(super) digest: FileDigest,
    /// What reading it found.
    pub(super) findings: Vec<Finding>,
}

impl FileSaid {
    pub(super) fn of(table: &Table) -> Self {
        Self { digest: table.digest.clone(), findings: table.findings.clone() }
    }
}

/// All of [`Decoded`] that is no column.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    files: Vec<FileSaid>,
    kinds: String,
    ledger: Vec<BaseLedger>,
    affected: Vec<Affected>,
    repeated: u64,
    of_answers: Vec<Finding>,
    withheld: Vec<PersonalColumn>,
    of_logs: Vec<Finding>,
    changes: Vec<AppliedChange>,
}

/// What the column of reasons holds where there is an answer.
const ANSWERED: u8 = u8::MAX;

/// The reasons, in the order of their numbers.
const REASONS: [MissingReason; 4] =
    [MissingReason::NotAsked, MissingReason::NoAnswer, MissingReason::Invalid, MissingReason::DontKnow];

fn number_of(reason: MissingReason) -> u8 {
    match reason {
        MissingReason::NotAsked => 0,
        MissingReason::NoAnswer => 1,
        MissingReason::Invalid => 2,
        MissingReason::DontKnow => 3,
    }
}

/// The entry of a wave's answers.
pub(super) fn entry(paper: &Questionnaire, decoded: &Decoded, files: &[FileSaid]) -> Option<Entry> {
    let answers = &decoded.answers;
    let mut columns = vec![
        ("file".to_owned(), Numbers::U16(answers.source.clone())),
        ("row".to_owned(), Numbers::U32(answers.source_row.clone())),
    ];
    for (at, (question, responses)) in paper.questions.iter().zip(&answers.responses).enumerate() {
        columns.extend(columns_of(&format!("{at}:{}", question.id), responses));
    }
    let about = About {
        files: files.to_vec(),
        kinds: answers.responses.iter().map(kind).collect(),
        ledger: answers.ledger.clone(),
        affected: answers.affected.clone(),
        repeated: answers.repeated,
        of_answers: answers.findings.clone(),
        withheld: answers.withheld.clone(),
        of_logs: decoded.findings.clone(),
        changes: decoded.changes.clone(),
    };
    Some(Entry { about: serde_json::to_string(&about).ok()?, rows: answers.rows, columns })
}

/// The answers of an entry.
pub(super) fn decoded(entry: Entry) -> Option<(Decoded, Vec<FileSaid>)> {
    let about: About = serde_json::from_str(&entry.about).ok()?;
    let mut columns = entry.columns.into_iter().map(|(_, numbers)| numbers);
    let (Numbers::U16(source), Numbers::U32(source_row)) = (columns.next()?, columns.next()?) else {
        return None;
    };
    let responses =
        about.kinds.chars().map(|kind| responses(kind, &mut columns)).collect::<Option<Vec<Responses>>>()?;
    if columns.next().is_some() {
        return None;
    }
    let answers = Answers {
        rows: entry.rows,
        source,
        source_row,
        responses,
        ledger: about.ledger,
        affected: about.affected,
        repeated: about.repeated,
        findings: about.of_answers,
        issues: Vec::new(),
        withheld: about.withheld,
    };
    Some((Decoded { answers, findings: about.of_logs, changes: about.changes }, about.files))
}

/// The entry of the answers to some questions (by index).
pub(super) fn entry_of_some(rows: usize, some: &[(usize, Responses)]) -> Option<Entry> {
    let about: Vec<(usize, char)> =
        some.iter().map(|(question, responses)| (*question, kind(responses))).collect();
    let columns =
        some.iter().flat_map(|(question, responses)| columns_of(&question.to_string(), responses)).collect();
    Some(Entry { about: serde_json::to_string(&about).ok()?, rows, columns })
}

/// The answers of such an entry.
pub(super) fn some(entry: Entry) -> Option<Vec<(usize, Responses)>> {
    let about: Vec<(usize, char)> = serde_json::from_str(&entry.about).ok()?;
    let mut columns = entry.columns.into_iter().map(|(_, numbers)| numbers);
    about.into_iter().map(|(question, kind)| Some((question, responses(kind, &mut columns)?))).collect()
}

fn kind(responses: &Responses) -> char {
    match responses {
        Responses::Single(_) => 's',
        Responses::Multiple(_) => 'm',
        Responses::Number(_) => 'n',
        Responses::Text(_) => 't',
    }
}

fn columns_of(name: &str, responses: &Responses) -> Vec<(String, Numbers)> {
    fn each<T: Copy, U>(rows: &[Result<T, MissingReason>], number: impl Fn(Option<T>) -> U) -> Vec<U> {
        rows.iter().map(|row| number(row.ok())).collect()
    }
    fn reasons<T>(rows: &[Result<T, MissingReason>]) -> Numbers {
        Numbers::U8(
            rows.iter().map(|row| row.as_ref().err().map_or(ANSWERED, |reason| number_of(*reason))).collect(),
        )
    }
    let part = |part: &str, numbers: Numbers| (format!("{name} {part}"), numbers);
    let (answers, reasons) = match responses {
        Responses::Single(rows) => {
            (vec![part("option", Numbers::U16(each(rows, Option::unwrap_or_default)))], reasons(rows))
        }
        Responses::Multiple(rows) => {
            let half =
                |shift: u32| Numbers::U64(each(rows, |bits| (bits.unwrap_or_default() >> shift) as u64));
            (vec![part("options 1-64", half(0)), part("options 65-128", half(64))], reasons(rows))
        }
        Responses::Number(rows) => {
            (vec![part("number", Numbers::F64(each(rows, Option::unwrap_or_default)))], reasons(rows))
        }
        Responses::Text(rows) => (Vec::new(), reasons(rows)),
    };
    answers.into_iter().chain([part("missing", reasons)]).collect()
}

fn responses(kind: char, columns: &mut impl Iterator<Item = Numbers>) -> Option<Responses> {
    fn rows<T>(answers: impl Iterator<Item = T>, reasons: Numbers) -> Option<Vec<Result<T, MissingReason>>> {
        let Numbers::U8(reasons) = reasons else { return None };
        let row = |(answer, reason): (T, u8)| match reason {
            ANSWERED => Some(Ok(answer)),
            reason => REASONS.get(usize::from(reason)).map(|reason| Err(*reason)),
        };
        answers.zip(reasons).map(row).collect()
    }
    Some(match kind {
        's' => {
            let Numbers::U16(options) = columns.next()? else { return None };
            Responses::Single(rows(options.into_iter(), columns.next()?)?)
        }
        'm' => {
            let (Numbers::U64(low), Numbers::U64(high)) = (columns.next()?, columns.next()?) else {
                return None;
            };
            let bits = low.into_iter().zip(high).map(|(low, high)| u128::from(high) << 64 | u128::from(low));
            Responses::Multiple(rows(bits, columns.next()?)?)
        }
        'n' => {
            let Numbers::F64(numbers) = columns.next()? else { return None };
            Responses::Number(rows(numbers.into_iter(), columns.next()?)?)
        }
        't' => Responses::Text(rows(std::iter::repeat(()), columns.next()?)?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{REASONS, Responses, entry_of_some, number_of, some};

    #[test]
    fn every_reason_has_its_number() {
        assert!((0..).zip(REASONS).all(|(at, reason)| number_of(reason) == at));
    }

    #[test]
    fn answers_of_every_kind_come_back() {
        let [a, b, c, d] = REASONS;
        let kept = vec![
            (3, Responses::Single(vec![Ok(0), Err(a), Ok(u16::MAX), Err(b)])),
            (4, Responses::Multiple(vec![Ok(0), Ok(1 << 127 | 1), Err(c), Ok(u128::MAX)])),
            (9, Responses::Number(vec![Ok(-0.5), Err(d), Ok(f64::MAX), Ok(0.1)])),
            (10, Responses::Text(vec![Ok(()), Err(b), Ok(()), Err(c)])),
        ];
        assert_eq!(some(entry_of_some(4, &kept).unwrap()), Some(kept));
    }
}
