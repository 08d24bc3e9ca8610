//! Whether every row of a stream is one return: somebody answered something, and nobody answered twice. Where
//! it is not so, rows have to be left out, which needs all of them at hand.

use std::collections::HashSet;

use super::streamed::StreamColumns;
use crate::raw::scan::{Chunk, HandOver, Plain};

/// Codes of a column.
const CODES: usize = 256;

/// What one thread has seen of the returns.
pub(super) struct Returns {
    has_ids: bool,
    /// Ids that follow each other, from the first to the last.
    runs: Vec<(u64, u64)>,
    answers: Vec<Answers>,
}

/// The answers of one column.
struct Answers {
    /// Which column of codes it is.
    column: usize,
    /// In the bytes of the file.
    texts: HashSet<Vec<u8>>,
    /// Texts of the column that have been looked up.
    known: usize,
    is_answer: [bool; CODES],
}

impl Returns {
    pub(super) fn new(file: &Plain, columns: &StreamColumns) -> Self {
        let codes = columns.codes();
        let answers = columns.answers.iter().filter_map(|(position, texts)| {
            let column = codes.iter().position(|at| at == position)?;
            let mut is_answer = [false; CODES];
            for digit in 0..10 {
                // See `Chunk::codes`.
                is_answer[1 + digit] = texts.iter().any(|text| *text == digit.to_string());
            }
            let texts = texts.iter().filter_map(|text| file.bytes(text)).collect();
            Some(Answers { column, texts, known: 0, is_answer })
        });
        Self { has_ids: columns.ids.is_some(), runs: Vec::new(), answers: answers.collect() }
    }

    /// Looks at the rows of a chunk.
    ///
    /// # Errors
    /// A row without any of the answers; an id twice.
    pub(super) fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        if self.has_ids {
            self.runs_of(chunk.ids(0))?;
        }
        if self.answers.is_empty() {
            return Ok(());
        }
        for answers in self.answers.iter_mut().filter(|of| of.known < chunk.text_count(of.column)) {
            answers.known = chunk.text_count(answers.column);
            for (code, text) in chunk.texts(answers.column) {
                answers.is_answer[usize::from(code)] = answers.texts.contains(text);
            }
        }
        let lanes: Vec<(usize, &[bool; CODES])> =
            self.answers.iter().map(|of| (chunk.lane(of.column), &of.is_answer)).collect();
        let said = |row: &[u8]| lanes.iter().any(|(lane, is_answer)| is_answer[usize::from(row[*lane])]);
        if chunk.rows_of_codes().all(said) { Ok(()) } else { Err(HandOver::BlankReturn) }
    }

    /// Notes ids. Those of a file that numbers its rows make one run.
    fn runs_of(&mut self, ids: &[u64]) -> Result<(), HandOver> {
        let follow = |ids: &[u64]| ids.windows(2).all(|two| two[0].checked_add(1) == Some(two[1]));
        if let ([first, .., last], true) = (ids, follow(ids)) {
            self.runs.push((*first, *last));
            return Ok(());
        }
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let mut run: Option<(u64, u64)> = None;
        for id in sorted {
            match &mut run {
                Some((_, last)) if *last == id => return Err(HandOver::RespondentTwice),
                Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
                other => self.runs.extend(other.replace((id, id))),
            }
        }
        self.runs.extend(run);
        Ok(())
    }

    /// Checks that no id stands in two chunks, whichever threads read them.
    ///
    /// # Errors
    /// One does.
    pub(super) fn told_apart<'a>(all: impl Iterator<Item = &'a Self>) -> Result<(), HandOver> {
        let mut runs: Vec<(u64, u64)> = all.flat_map(|returns| returns.runs.iter().copied()).collect();
        runs.sort_unstable();
        let apart = runs.windows(2).all(|two| two[0].1 < two[1].0);
        if apart { Ok(()) } else { Err(HandOver::RespondentTwice) }
    }
}

#[cfg(test)]
mod tests {
    use super::{HandOver, Returns};

    fn thread(chunks: &[&[u64]]) -> Result<Returns, HandOver> {
        let mut out = Returns { has_ids: true, runs: Vec::new(), answers: Vec::new() };
        chunks.iter().try_for_each(|ids| out.runs_of(ids)).map(|()| out)
    }

    fn all(threads: &[&[&[u64]]]) -> Result<usize, HandOver> {
        let threads = threads.iter().map(|chunks| thread(chunks)).collect::<Result<Vec<_>, _>>()?;
        Returns::told_apart(threads.iter())?;
        Ok(threads.iter().map(|t| t.runs.len()).sum())
    }

    #[test]
    fn an_id_is_met_once_in_any_division_of_the_rows() {
        assert_eq!(all(&[&[&[1, 2, 3], &[7, 8]], &[&[4, 5, 6], &[9]]]), Ok(4));
        assert_eq!(all(&[&[&[9, 2, 1, 5, 3]], &[&[4, u64::MAX, u64::MAX - 1]]]), Ok(5));
        for twice in [
            &[&[&[1, 2, 3][..], &[3, 4]][..], &[&[9]]][..],
            &[&[&[5, 5]]],
            &[&[&[5, 1, 5]]],
            &[&[&[1, 2, 3, 4]], &[&[2]]],
            &[&[&[1, 2, 3, 4]], &[&[9, 2, 7]]],
            &[&[&[8]], &[&[8]]],
        ] {
            assert_eq!(all(twice), Err(HandOver::RespondentTwice), "{twice:?}");
        }
        assert_eq!(all(&[&[&[]]]), Ok(0));
    }
}
