//! わからない: who said it, and as a missing reason.

use crate::decode::answer::{MissingReason, Responses, mask};
use crate::questionnaire::model::Question;

/// How many said わからない and nothing else.
pub(crate) fn says_dont_know(question: &Question, responses: &Responses) -> u64 {
    let dont_know: Vec<usize> =
        (0..).zip(question.categories()).filter(|(_, c)| c.dont_know).map(|(k, _)| k).collect();
    let mask = mask(&dont_know);
    let said = match responses {
        _ if dont_know.is_empty() => 0,
        Responses::Single(rows) => {
            rows.iter().filter(|a| a.is_ok_and(|k| dont_know.contains(&usize::from(k)))).count()
        }
        Responses::Multiple(rows) => {
            rows.iter().filter(|a| a.is_ok_and(|bits| bits != 0 && bits & !mask == 0)).count()
        }
        Responses::Number(_) | Responses::Text(_) => 0,
    };
    said as u64
}

/// わからない as a missing reason: a single answer that is it, a multiple answer that is nothing else.
pub(crate) fn leave_dont_know(question: &Question, responses: &mut Responses) {
    let dont_know: Vec<usize> =
        (0..).zip(question.categories()).filter(|(_, c)| c.dont_know).map(|(k, _)| k).collect();
    match responses {
        Responses::Single(rows) => {
            rows.iter_mut()
                .filter(|a| a.is_ok_and(|k| dont_know.contains(&usize::from(k))))
                .for_each(|a| *a = Err(MissingReason::DontKnow));
        }
        Responses::Multiple(rows) => {
            let mask = mask(&dont_know);
            rows.iter_mut()
                .filter(|a| a.is_ok_and(|bits| bits != 0 && bits & !mask == 0))
                .for_each(|a| *a = Err(MissingReason::DontKnow));
        }
        Responses::Number(_) | Responses::Text(_) => {}
    }
}
