//! Codes and words that look like no answer, and count as answers all the same: nobody but who knows the
//! survey can say which they are, so they are told.

use super::missing::Missing;
use crate::code::Code;
use crate::draft::look_like_no_answer;
use crate::finding::Finding;
use crate::pipeline::variables::variable::{Stacked, TypedCode};
use crate::provenance::Place;
use crate::text::Text;

/// More distinct values than options have are numbers or words.
const MOST: usize = 300;

/// Tells of the values of a column without a questionnaire that look like no answer. `asked` are codes that
/// somebody asked for, who knows of them.
pub(super) fn tell(column: &Stacked, missing: &Missing, asked: &[TypedCode], findings: &mut Vec<Finding>) {
    if column.is_question() || column.values.len() > MOST {
        return;
    }
    let (gone, counts) = (missing.of(column), column.counts());
    let held = |at: &usize| !gone[*at] && counts[*at] > 0 && !column.values[*at].folded.is_empty();
    let held: Vec<usize> = (0..column.values.len()).filter(held).collect();
    let cells: Vec<(String, usize)> = held
        .iter()
        .map(|at| (column.values[*at].folded.clone(), usize::try_from(counts[*at]).unwrap_or(usize::MAX)))
        .collect();
    // What the file itself gives a label is an answer of the form.
    let labelled = |word: &str| column.values.iter().any(|v| v.label.is_some() && v.folded == word);
    let mut found = look_like_no_answer(&cells);
    found.retain(|word| !asked.iter().any(|code| code.is(word)) && !labelled(word));
    let count: u64 = held
        .iter()
        .filter(|at| found.iter().any(|word| TypedCode::new(word).is(&column.values[**at].folded)))
        .map(|at| counts[*at])
        .sum();
    if found.is_empty() || count == 0 {
        return;
    }
    let (name, list, flag) = (&column.name, found.join(", "), found.join("|"));
    let text = Text::new(
        format!(
            "「{name}」の {list}（{count}人）は無回答などとみられますが、回答として数えました。無回答なら \
             --missing '{name}={flag}' とします"
        ),
        format!(
            "{list} of \"{name}\" ({count} respondents) looks like no answer, but counts as one; if it is \
             none, give --missing '{name}={flag}'"
        ),
    );
    let finding = Finding::warning(Code::AdhocLooksMissing, text, Place::default().column(name))
        .counted_in_message(count);
    if !findings.contains(&finding) {
        findings.push(finding);
    }
}
