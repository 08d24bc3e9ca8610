//! The categories of derived variables: labels checked or made, codes given.

use serde_spanned::Spanned;

use crate::code::Code;
use crate::questionnaire::model::Category;
use crate::questionnaire::resolve::{MOST_OPTIONS, Resolver};
use crate::text::spelling;

impl Resolver<'_> {
    /// Blank labels, and those that stand twice; `at` says where one stands.
    pub(crate) fn labels<'s>(&mut self, labels: &[String], at: impl Fn(usize) -> &'s Spanned<String>) {
        for (k, label) in labels.iter().enumerate() {
            let same = |other: &String| spelling::label(other) == spelling::label(label);
            if label.is_empty() {
                self.mistake(
                    Code::AnswersMissingKey,
                    at(k),
                    "区分の呼び名が空です".into(),
                    "the category has no label".into(),
                    None,
                );
            } else if labels.iter().take(k).any(same) {
                self.label_twice(at(k), label);
            }
        }
        if labels.len() > MOST_OPTIONS {
            self.mistake(
                Code::AnswersTooManyOptions,
                at(MOST_OPTIONS),
                format!("区分は {MOST_OPTIONS} 個までです（{} 個あります）", labels.len()),
                format!("{} categories; {MOST_OPTIONS} is the most", labels.len()),
                None,
            );
        }
    }

    /// The same for labels that are made, all of them at one place.
    pub(crate) fn labels_at<T>(&mut self, labels: &[String], at: &Spanned<T>) {
        for (k, label) in labels.iter().enumerate() {
            if labels.iter().take(k).any(|other| spelling::label(other) == spelling::label(label)) {
                self.label_twice(at, label);
            }
        }
    }

    fn label_twice<T>(&mut self, at: &Spanned<T>, label: &str) {
        self.mistake(
            Code::AnswersDuplicateOption,
            at,
            format!("区分「{label}」が2回あります"),
            format!("category \"{label}\" stands twice"),
            None,
        );
    }
}

/// `男・30～39`
pub(crate) fn crossed(label: &str, next: &str) -> String {
    if label.is_empty() { next.to_owned() } else { format!("{label}・{next}") }
}

/// `18～29`, `30～39`, `40以上`; where a limit is no whole number, `1.5以上3未満`.
pub(crate) fn band_labels(from: &[f64]) -> Vec<String> {
    let whole = from.iter().all(|limit| limit.fract() == 0.0);
    let label = |(k, limit): (usize, &f64)| match from.get(k + 1) {
        None => format!("{limit}以上"),
        Some(next) if whole && *next - limit == 1.0 => format!("{limit}"),
        Some(next) if whole => format!("{limit}～{}", next - 1.0),
        Some(next) => format!("{limit}以上{next}未満"),
    };
    from.iter().enumerate().map(label).collect()
}

/// Categories with the codes 1, 2, 3 …; where a label is another one's code, the labels are the codes.
pub(crate) fn numbered(labels: impl IntoIterator<Item = (String, bool)>) -> Vec<Category> {
    let labels: Vec<(String, bool)> = labels.into_iter().collect();
    let is_number = |(at, (label, _)): (usize, &(String, bool))| {
        let code = spelling::code(label);
        (1..=labels.len()).any(|k| k != at + 1 && code == k.to_string())
    };
    let clash = labels.iter().enumerate().any(is_number);
    let category = |(k, (label, dont_know)): (usize, &(String, bool))| Category {
        code: if clash { label.clone() } else { (k + 1).to_string() },
        label: label.clone(),
        dont_know: *dont_know,
        exclusive: false,
        free_text: false,
    };
    labels.iter().enumerate().map(category).collect()
}
