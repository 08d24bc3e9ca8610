//! Whether the distinct cells of a column are a list of options, and which of them are words of the
//! respondents' own (その他).
//!
//! Options repeat, own words do not. A form that offers その他 gives both in one column: a few cells that
//! many chose, and many that one person wrote. So what is frequent is an option, the rest その他, as long as
//! it is the lesser part of the answers; where it is not, the column is free text.

use crate::draft::family::tick;
use crate::text::spelling;

/// A distinct cell, with how many rows hold it.
pub(crate) type Counted = (String, usize);

/// The options of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closed {
    /// In order of first appearance.
    pub(crate) options: Vec<String>,
    /// How many rows hold words that are no option's, where such words count as その他.
    pub(crate) others: Option<usize>,
}

/// The most options of a single answer in a column: municipalities of a prefecture, countries.
const MOST: usize = 250;

/// A longer cell is a text.
const LONGEST: usize = 300;

/// Signs that a question asks for words.
const OPEN: [&str; 19] = [
    "自由記述",
    "自由記入",
    "自由意見",
    "自由回答",
    "ご意見",
    "御意見",
    "具体的",
    "感想",
    "コメント",
    "理由を",
    "comment",
    "specify",
    "feedback",
    "suggestion",
    "describe",
    "explain",
    "in your own words",
    "tell us",
    "_text",
];

/// Whether the heading asks for words.
pub(crate) fn asks_for_words(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    // `職業（その他は自由記入）` asks for words beside a list, and `which best describes you` for a choice.
    let lower = lower.replace("best describe", "");
    OPEN.iter().any(|sign| lower.contains(sign)) && !lower.contains("その他") && !lower.contains("other")
}

/// The least rows of an option where `filled` rows are answered, beside words that are none.
pub(crate) fn least(filled: usize) -> usize {
    if filled < 100 { 2 } else { 3 }
}

/// Whether so few options stand once that they are options that hardly anybody chose.
pub(crate) fn few_once(once: usize, all: usize) -> bool {
    once * 4 <= all
}

/// Whether the cells are a list whatever the heading says: a few words, each of which many wrote. Two may be
/// なし and 特になし.
fn is_plain(counts: &[Counted], filled: usize) -> bool {
    (3..=12).contains(&counts.len()) && counts.iter().all(|(_, n)| *n >= 5) && filled >= 20 * counts.len()
}

/// The options of a single answer whose distinct cells are `counts`; `None` for free text.
pub(crate) fn single(counts: &[Counted], heading: &str) -> Option<Closed> {
    let filled: usize = counts.iter().map(|(_, n)| n).sum();
    let longest = |cells: &[&Counted]| cells.iter().all(|(text, _)| text.chars().count() <= LONGEST);
    let all: Vec<&Counted> = counts.iter().collect();
    let once = counts.iter().filter(|(_, n)| *n == 1).count();
    let words = asks_for_words(heading) && !is_plain(counts, filled);
    let texts = |cells: &[&Counted]| cells.iter().map(|(text, _)| text.clone()).collect();
    // A handful of answers, or a list that most of its words are chosen of several times.
    let repeats = counts.len() * 2 <= filled;
    let few = counts.len() <= 12 && filled < 60 && once * 2 <= counts.len();
    // Words beside codes are options that hardly anybody chose, unless they are many.
    let coded = counts.iter().any(|(text, _)| spelling::whole_number(text).is_some()) && once <= 2;
    // One `TRUE` among many `FALSE` is an option that one person chose.
    let ticks = counts.iter().all(|(text, _)| matches!(tick(text), Some(Some(_))));
    let lists = few_once(once, counts.len()) || few || coded || ticks;
    if repeats && counts.len() <= MOST && longest(&all) && lists && !words {
        return Some(Closed { options: texts(&all), others: None });
    }
    let (frequent, rare): (Vec<&Counted>, Vec<&Counted>) =
        all.into_iter().partition(|(_, n)| *n >= least(filled));
    let known: usize = frequent.iter().map(|(_, n)| n).sum();
    let others = filled - known;
    let closed = (2..=MOST).contains(&frequent.len())
        && longest(&frequent)
        && known >= frequent.len() * 4
        && known * 4 >= filled * 3
        && !words;
    closed.then(|| Closed { options: texts(&frequent), others: (!rare.is_empty()).then_some(others) })
}

#[cfg(test)]
mod tests {
    use super::{Closed, single};

    fn found(cells: &[(&str, usize)], rest: usize) -> Option<(usize, Option<usize>)> {
        let own = (0..rest).map(|n| (format!("その他の仕事{n}"), 1));
        let counts: Vec<(String, usize)> =
            cells.iter().map(|(text, n)| ((*text).to_owned(), *n)).chain(own).collect();
        single(&counts, "職業").map(|Closed { options, others }| (options.len(), others))
    }

    #[test]
    fn a_list_with_words_of_ones_own_is_a_list() {
        let jobs = [("会社員", 118), ("自営業", 117), ("学生", 117), ("無職", 81)];
        assert_eq!(found(&jobs, 37), Some((4, Some(37))));
        assert_eq!(found(&jobs, 0), Some((4, None)));
        // One option that one person chose is an option.
        assert_eq!(found(&jobs, 1), Some((5, None)));
    }

    #[test]
    fn answers_that_hardly_repeat_are_words() {
        assert_eq!(found(&[("なし", 40), ("特になし", 20)], 60), None);
        assert_eq!(found(&[], 60), None);
        let counts = [("なし".to_owned(), 40), ("特になし".to_owned(), 20)];
        assert_eq!(single(&counts, "自由記述"), None);
        let likert = ["4 - Very", "3 - Quite", "2 - A bit"].map(|word| (word.to_owned(), 30));
        let heading = "How impressive are the scientists described above?";
        assert_eq!(single(&likert, heading).map(|c| c.options.len()), Some(3));
    }

    #[test]
    fn many_options_and_long_ones_are_options() {
        let counts: Vec<(String, usize)> = (0..47).map(|k| (format!("県{k}"), 10)).collect();
        assert_eq!(single(&counts, "居住都道府県").map(|c| c.options.len()), Some(47));
        let long: Vec<(String, usize)> = (0..3).map(|k| (format!("{k}{}", "長".repeat(200)), 9)).collect();
        assert_eq!(single(&long, "q").map(|c| c.options.len()), Some(3));
    }
}
