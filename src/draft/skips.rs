//! Likely skips: a question that is blank for everyone who chose certain options of an earlier single answer.

use crate::decode::decoder::{DecodeOptions, decode};
use crate::draft::inferred::Inferred;
use crate::draft::remark::{Remark, RemarkKind};
use crate::questionnaire::model::QuestionKind;
use crate::questionnaire::rule::AskedIf;
use crate::raw::Table;

/// As far back as a skip is looked for.
const FURTHEST: usize = 12;
/// So many respondents must have been led past the question, all of them without an answer.
const LEAST_SKIPPED: usize = 5;

/// Adds the skip rules that the answers follow without exception, and that explain most of the blanks.
pub(crate) fn guess(found: &mut Inferred, tables: &[Table]) {
    let Ok(answers) = decode(&found.questionnaire, tables, &DecodeOptions::default()) else { return };
    let questions = &mut found.questionnaire.questions;
    for at in 1..questions.len() {
        let Some(own) = answers.responses.get(at) else { continue };
        let given: Vec<bool> = (0..own.len()).map(|row| own.missing(row).is_none()).collect();
        let blank = given.iter().filter(|g| !**g).count();
        if blank < LEAST_SKIPPED {
            continue;
        }
        let mut best: Option<(usize, usize, Vec<usize>)> = None;
        for earlier in (at.saturating_sub(FURTHEST)..at).rev() {
            let (Some(filter), QuestionKind::Single(categories)) =
                (answers.responses.get(earlier), &questions[earlier].kind)
            else {
                continue;
            };
            // For each option: how many chose it, and how many of them went on to answer.
            let mut chose = vec![(0usize, 0usize); categories.len()];
            for (k, (n, answered)) in chose.iter_mut().enumerate() {
                for (_, given) in given.iter().enumerate().filter(|(row, _)| filter.holds(*row, &[k])) {
                    *n += 1;
                    *answered += usize::from(*given);
                }
            }
            let asked: Vec<usize> = (0..chose.len()).filter(|&k| chose[k].1 > 0).collect();
            let skipped: usize = chose.iter().filter(|(_, answered)| *answered == 0).map(|(n, _)| n).sum();
            let (n, answered) = asked.iter().fold((0, 0), |(n, a), &k| (n + chose[k].0, a + chose[k].1));
            let fits = skipped >= LEAST_SKIPPED
                && !asked.is_empty()
                && answered * 10 >= n * 7
                && skipped * 2 >= blank
                && answered >= LEAST_SKIPPED;
            // The rule would drop an answer without an answer to the earlier question.
            let orphans = (0..given.len()).filter(|&row| given[row] && filter.missing(row).is_some()).count();
            if fits && orphans == 0 && best.as_ref().is_none_or(|(most, ..)| skipped > *most) {
                best = Some((skipped, earlier, asked));
            }
        }
        if let Some((skipped, question, categories)) = best {
            let id = questions.get(question).map_or(String::new(), |q| q.id.clone());
            if let Some(remarks) = found.remarks.get_mut(at) {
                remarks.push(Remark::new(
                    RemarkKind::SkipRule,
                    format!(
                        "限定条件を推測しました: 「{id}」でほかの選択肢を選んだ {skipped} 人は全員空欄です"
                    ),
                    format!(
                        "skip rule guessed: all {skipped} who chose other options of \"{id}\" are blank here"
                    ),
                ));
            }
            questions[at].asked_if = Some(AskedIf::Chose { question, categories });
        }
    }
}
