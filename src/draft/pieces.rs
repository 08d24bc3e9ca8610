//! Cells that hold several answers each: which mark joins them, and what the options are.
//!
//! Of the marks that could join them, the one that leaves the fewest options explains the cells best. Pieces
//! that never stand apart are one option, whose words hold the mark (`送迎, 付き添い`). A blank and `&` stand
//! inside words far more often than between answers, so labels are taken apart there only where most
//! combinations are of labels that were chosen freely: `強く 思う` beside `思う` is no answer 強く, for
//! nobody said it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::draft::closed::{Closed, Counted, few_once, least};
use crate::questionnaire::resolve::MOST_OPTIONS;
use crate::text::spelling;

/// The marks, the more telling first.
const MARKS: [&str; 9] = ["\n", ";", ", ", "、", ",", "|", " & ", "&", " "];

/// Marks that words have inside.
const INSIDE_WORDS: [&str; 3] = [" & ", "&", " "];

/// Marks that hardly any word has inside.
const CERTAIN: [&str; 2] = ["\n", ";"];

/// Distinct words that are looked at.
const MOST_WORDS: usize = 20_000;

/// The most options of a multiple answer that nothing but its cells tells of.
const MOST_JOINED: usize = 60;

/// So many rows must hold two pieces together, and never one of them alone, before they are one option.
const NEVER_APART: usize = 5;

/// Headings of questions that take several answers.
const SEVERAL: [&str; 12] = [
    "複数回答",
    "複数選択",
    "いくつでも",
    "すべて選",
    "全て選",
    "あてはまるものすべて",
    "(ma)",
    "all that apply",
    "multiple answers",
    "select all",
    "choose all",
    "check all",
];

/// The options of a column whose distinct cells are `counts`, in order of first appearance; `None` where
/// cells do not hold several.
pub(super) fn options(counts: &[Counted], heading: &str) -> Option<Closed> {
    let lower = heading.to_lowercase();
    let says_several = SEVERAL.iter().any(|words| lower.contains(words));
    MARKS
        .iter()
        .filter_map(|mark| taken_apart(counts, mark, says_several))
        .min_by_key(|closed| (closed.options.len(), closed.others))
}

/// A cell that holds several of the words that other cells hold alone, and how many rows have such cells; for
/// a column that was not taken apart.
pub(super) fn perhaps_several(counts: &[Counted]) -> Option<(String, usize)> {
    let whole: BTreeSet<&str> = counts.iter().map(|(text, _)| text.as_str()).collect();
    let marks = MARKS.iter().filter(|mark| !INSIDE_WORDS.contains(mark));
    let found = marks.filter_map(|mark| {
        let several = |text: &str| {
            let words: BTreeSet<&str> = parts(text, mark).into_iter().filter_map(|p| text.get(p)).collect();
            words.len() >= 2 && words.iter().all(|word| whole.contains(word))
        };
        let cells: Vec<&Counted> = counts.iter().filter(|(text, _)| several(text)).collect();
        let (cell, _) = cells.first()?;
        Some((cell.clone(), cells.iter().map(|(_, n)| n).sum()))
    });
    found.max_by_key(|(_, rows)| *rows).filter(|(_, rows)| *rows >= 2)
}

/// Whether these options are names as forms of XLSForm give them, which have no blank: `let_stand`.
fn are_names(options: &[String]) -> bool {
    let is_name = |option: &String| {
        option.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && option.starts_with(|c: char| c.is_ascii_lowercase())
    };
    options.iter().all(is_name) && options.iter().filter(|option| option.contains('_')).count() >= 2
}

/// Whether these options are codes.
pub(crate) fn are_codes(options: &[String]) -> bool {
    options.iter().all(|option| spelling::whole_number(option).is_some())
}

fn taken_apart(counts: &[Counted], mark: &str, says_several: bool) -> Option<Closed> {
    let parts: Vec<Vec<Range<usize>>> = counts.iter().map(|(text, _)| parts(text, mark)).collect();
    // Free words are many, and need not all be known.
    let mut words = BTreeSet::new();
    let of_cell = |((text, _), parts): (&Counted, &Vec<Range<usize>>)| {
        words.extend(parts.iter().filter_map(|p| text.get(p.clone())).map(str::to_owned));
        words.len() <= MOST_WORDS
    };
    if parts.iter().all(|p| p.len() < 2) || !counts.iter().zip(&parts).all(of_cell) {
        return None;
    }
    let (options, cells) = joined_again(counts, &parts);
    let filled: usize = counts.iter().map(|(_, n)| n).sum();
    let mut of_option = vec![0; options.len()];
    for (cell, (_, n)) in cells.iter().zip(counts) {
        cell.iter().collect::<BTreeSet<_>>().into_iter().for_each(|k| of_option[*k] += n);
    }
    let inside_words = INSIDE_WORDS.contains(&mark);
    let once = of_option.iter().filter(|n| **n == 1).count();
    let least = if inside_words || few_once(once, options.len()) { 0 } else { least(filled) };
    let known: Vec<bool> = of_option.iter().map(|n| *n >= least).collect();
    let is_known = |cell: &&Vec<usize>| cell.iter().all(|k| known.get(*k) == Some(&true));
    let rows = |wanted: &dyn Fn(&Vec<usize>) -> bool| -> usize {
        cells.iter().zip(counts).filter(|(cell, _)| wanted(cell)).map(|(_, (_, n))| n).sum()
    };
    let count = known.iter().filter(|known| **known).count();
    let others = rows(&|cell| !is_known(&cell));
    let mentions = |wanted: bool| -> usize {
        of_option.iter().zip(&known).filter(|(_, known)| **known == wanted).map(|(n, _)| n).sum()
    };
    let repeats = mentions(true) >= count * 3
        && (least > 0 || few_once(once, options.len()))
        && mentions(true) >= 3 * mentions(false);
    let most = if least > 0 || says_several { MOST_OPTIONS - 1 } else { MOST_JOINED };
    let several = rows(&|cell| cell.len() > 1 && is_known(&cell));
    let combinations = cells.iter().filter(is_known).collect::<BTreeSet<_>>().len();
    let few = (2..=most).contains(&count) && count < combinations;
    let names = mark == " " && are_names(&options);
    let sure = !inside_words || are_codes(&options) || names || chosen_freely(counts, &cells, options.len());
    // What forms put between answers, between words that were chosen alone too, leaves nothing to guess.
    let alone: BTreeSet<usize> =
        cells.iter().filter(|c| c.len() == 1).filter_map(|c| c.first().copied()).collect();
    let parted = || cells.iter().filter(|c| c.len() > 1).flatten().all(|k| alone.contains(k));
    let certain = CERTAIN.contains(&mark) && parted();
    let often = several * 20 >= filled || ((says_several || names || certain) && several >= 2);
    let found = few && repeats && often && sure;
    found.then(|| Closed {
        options: options.into_iter().zip(known).filter(|(_, known)| *known).map(|(o, _)| o).collect(),
        others: (others > 0).then_some(others),
    })
}

/// What stands between the marks, without blanks around.
fn parts(text: &str, mark: &str) -> Vec<Range<usize>> {
    let start = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    text.split(mark).map(str::trim).filter(|p| !p.is_empty()).map(|p| start(p)..start(p) + p.len()).collect()
}

/// The options, each with its words as they first stand, and for each cell its options: pieces that never
/// stand apart are one.
fn joined_again(counts: &[Counted], parts: &[Vec<Range<usize>>]) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut alone: BTreeMap<&str, usize> = BTreeMap::new();
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for ((text, n), parts) in counts.iter().zip(parts) {
        for (at, part) in parts.iter().enumerate() {
            *alone.entry(&text[part.clone()]).or_default() += n;
            if let Some(next) = parts.get(at + 1) {
                *pairs.entry((&text[part.clone()], &text[next.clone()])).or_default() += n;
            }
        }
    }
    let code = |word: &str| spelling::whole_number(word).is_some();
    let never_apart = |a: &str, b: &str| {
        let together = pairs.get(&(a, b)).copied().unwrap_or(0);
        a != b
            && !code(a)
            && !code(b)
            && together >= NEVER_APART
            && [a, b].iter().all(|word| alone.get(word) == Some(&together))
    };
    let mut options: Vec<String> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let cells = counts.iter().zip(parts).map(|((text, _), parts)| {
        let mut cell: Vec<usize> = Vec::new();
        let mut rest = parts.iter().peekable();
        while let Some(first) = rest.next() {
            let mut last = first;
            while let Some(next) =
                rest.next_if(|next| never_apart(&text[last.clone()], &text[(*next).clone()]))
            {
                last = next;
            }
            cell.push(*known.entry(&text[first.clone()]).or_insert_with(|| {
                options.push(text[first.start..last.end].to_owned());
                options.len() - 1
            }));
        }
        cell
    });
    let cells = cells.collect();
    (options, cells)
}

/// Whether the cells are combinations of options of which each can be chosen or left: at least three
/// combinations are, and two thirds of the rows with several options. What is rare may never have been chosen
/// alone.
fn chosen_freely(counts: &[Counted], cells: &[Vec<usize>], options: usize) -> bool {
    let twice = |cell: &Vec<usize>| cell.iter().collect::<BTreeSet<_>>().len() < cell.len();
    let free: Vec<bool> = (0..options).map(|option| stands_free(cells, option)).collect();
    let several = || cells.iter().zip(counts).filter(|(cell, _)| cell.len() > 1);
    let of_free = || several().filter(|(cell, _)| cell.iter().all(|k| free.get(*k) == Some(&true)));
    let rows = |cells: &mut dyn Iterator<Item = (&Vec<usize>, &Counted)>| -> usize {
        cells.map(|(_, (_, n))| n).sum()
    };
    // What modifies another word stands on one side of it only.
    let at_ends = |at: fn(&[usize]) -> Option<&usize>| -> BTreeSet<&usize> {
        several().filter_map(|(cell, _)| at(cell)).collect()
    };
    let at_both_ends = !at_ends(<[usize]>::first).is_disjoint(&at_ends(<[usize]>::last));
    at_both_ends
        && !cells.iter().any(twice)
        && of_free().count() >= 3
        && rows(&mut of_free()) * 3 >= rows(&mut several()) * 2
}

/// Whether the option was chosen alone; else with so many others, in number and in kind, that it is no word
/// to one of them.
fn stands_free(cells: &[Vec<usize>], option: usize) -> bool {
    let (mut sizes, mut before, mut after) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for cell in cells {
        if let Some(at) = cell.iter().position(|k| *k == option) {
            sizes.insert(cell.len());
            before.insert(at.checked_sub(1).and_then(|at| cell.get(at)));
            after.insert(cell.get(at + 1));
        }
    }
    let bound = |beside: &BTreeSet<Option<&usize>>| beside.len() == 1 && !beside.contains(&None);
    sizes.contains(&1) || (sizes.len() >= 3 && !bound(&before) && !bound(&after))
}

#[cfg(test)]
mod tests {
    use crate::draft::pieces::*;

    /// Cells that so many rows hold.
    fn found(cells: &[(&str, usize)]) -> Option<Vec<String>> {
        let counts: Vec<Counted> = cells.iter().map(|(text, n)| ((*text).to_owned(), *n)).collect();
        options(&counts, "q").map(|closed| closed.options)
    }

    /// Every choice out of `labels`, joined by `mark`.
    fn all_choices(labels: &[&str], mark: &str) -> Vec<(String, usize)> {
        let chosen = |bits: u32| {
            labels
                .iter()
                .enumerate()
                .filter(move |(k, _)| bits >> k & 1 == 1)
                .map(|(_, l)| *l)
                .collect::<Vec<_>>()
        };
        (1..1 << labels.len()).map(|bits| (chosen(bits).join(mark), 2 + bits as usize % 3)).collect()
    }

    #[test]
    fn labels_joined_by_any_mark_come_apart() {
        let labels = ["見守り", "配食", "送迎", "居場所"];
        for mark in MARKS {
            assert_eq!(
                options(&all_choices(&labels, mark), "q").map(|closed| closed.options),
                Some(labels.map(str::to_owned).to_vec()),
                "{mark:?}"
            );
        }
    }

    #[test]
    fn an_option_may_hold_the_mark_and_other_marks() {
        let labels = ["New York", "R & D", "買い物、掃除など", "送迎, 付き添い"];
        for mark in MARKS {
            assert_eq!(
                options(&all_choices(&labels, mark), "q").map(|closed| closed.options),
                Some(labels.map(str::to_owned).to_vec()),
                "{mark:?}"
            );
        }
    }

    #[test]
    fn an_option_that_nobody_chose_alone_stands_free_in_cells_of_many_sizes() {
        let mut cells = all_choices(&["food", "water", "health", "shelter"], " ");
        cells.retain(|(text, _)| text != "health");
        assert_eq!(options(&cells, "q").map(|o| o.options.len()), Some(4));
        cells.retain(|(text, _)| text.split(' ').count() == if text.contains("health") { 2 } else { 1 });
        assert_eq!(
            options(&cells, "q").map(|o| o.options.len()),
            None,
            "a word to the others as far as one can see"
        );
    }

    #[test]
    fn a_rare_option_that_proves_nothing_does_not_hide_the_others() {
        let mut cells = all_choices(&["food", "water", "shelter", "health"], " ");
        cells.push(("water other".to_owned(), 2));
        assert_eq!(options(&cells, "q").map(|o| o.options.len()), Some(5));
        let modified = [
            ("満足", 50),
            ("不満", 30),
            ("普通", 17),
            ("とても 満足", 3),
            ("とても 不満", 2),
            ("非常に 満足", 2),
            ("非常に 不満", 2),
        ];
        assert_eq!(found(&modified), None, "however rare, every combination has a word that is no answer");
    }

    #[test]
    fn options_with_a_blank_or_an_ampersand_inside_stay_whole() {
        let scale = [
            ("強く 思う", 20),
            ("思う", 30),
            ("どちらとも 言えない", 20),
            ("思わない", 20),
            ("強く 思わない", 9),
            ("まったく 思わない", 8),
        ];
        let likert =
            [("strongly agree", 9), ("agree", 9), ("neutral", 9), ("disagree", 9), ("strongly disagree", 9)];
        let chained = [
            ("とても 強く 思う", 9),
            ("強く 思う", 9),
            ("思う", 9),
            ("とても 強く 思わない", 9),
            ("強く 思わない", 9),
            ("思わない", 9),
        ];
        let crossed = [
            ("男性 20代", 9),
            ("男性 30代", 9),
            ("男性 40代", 9),
            ("女性 20代", 9),
            ("女性 30代", 9),
            ("女性 40代", 9),
        ];
        let towns = [("New York", 9), ("New Orleans", 9), ("London", 9), ("Paris", 9)];
        let winds = [
            ("North", 9),
            ("South", 9),
            ("East", 9),
            ("West", 9),
            ("North East", 5),
            ("South West", 5),
            ("North West", 5),
            ("South East", 5),
        ];
        let trades = [("R & D", 9), ("Sales", 9), ("Sales & Support", 9), ("Support", 9), ("Law", 9)];
        let trades_in_one = [("R&D", 9), ("営業", 9), ("法務&総務", 9), ("Q&A", 9)];
        let two_marks = [("はい", 50), ("いいえ", 40), ("はい いいえ", 8)];
        let hours = [
            ("9:00 - 10:00", 9),
            ("10:00 - 11:00", 9),
            ("11:00 - 12:00", 9),
            ("9:00 - 12:00", 9),
            ("9:00 - 11:00", 9),
            ("10:00 - 12:00", 9),
        ];
        for cells in [
            &scale[..],
            &likert,
            &chained,
            &crossed,
            &towns,
            &winds,
            &trades,
            &trades_in_one,
            &two_marks,
            &hours,
        ] {
            assert_eq!(found(cells), None, "{cells:?}");
        }
    }

    #[test]
    fn words_of_ones_own_beside_options_are_the_other() {
        let cells = [
            ("電車", 9),
            ("バス", 6),
            ("自転車", 2),
            ("電車;バス", 3),
            ("電車;自転車", 4),
            ("バス;自転車", 2),
            ("電車;バス;自転車", 2),
            ("電車;徒歩", 1),
            ("バス;知人の車", 1),
        ];
        let counts: Vec<Counted> = cells.iter().map(|(text, n)| ((*text).to_owned(), *n)).collect();
        let expected = ["電車", "バス", "自転車"].map(str::to_owned).to_vec();
        assert_eq!(options(&counts, "交通手段"), Some(Closed { options: expected, others: Some(2) }));
    }

    #[test]
    fn sentences_are_no_options() {
        let cells: Vec<Counted> =
            (0..60).map(|n| (format!("more buses in part {n} of the town"), 1)).collect();
        assert_eq!(options(&cells, "q"), None);
        assert_eq!(
            found(&[
                ("no", 9),
                ("no comment", 3),
                ("no comment please", 2),
                ("nothing", 4),
                ("nothing please", 1)
            ]),
            None
        );
    }
}
