//! One cell that holds several answers (`見守り, 配食`; `1;3`; one a line) taken apart.
//!
//! A label may contain the delimiter, so the cell is not cut at every comma: all ways to write the cell as a
//! row of known options with delimiters between are followed, from the end of the cell to its start. One set
//! of options: that is the answer. Two different sets: ambiguous, and never guessed. None: unknown, unless an
//! option takes free words; then the way with the fewest free characters is taken. Free words that begin with
//! an option's (`バス 以外`) are free words: only a mark parts them, no blank.

use crate::decode::code_list::CodeList;
use crate::text::spelling;

/// What a joined cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// These options, as bits.
    Marks(u128),
    /// More than one set of options is written like this.
    Ambiguous,
    /// Some part of the cell is no option.
    Unknown,
}

const DELIMITERS: [char; 8] = [',', '、', ';', '&', '|', ' ', '\n', '\t'];

/// A longer cell is not taken apart. A spreadsheet program ends at 32,767 characters.
const LONGEST: usize = 1 << 18;

/// Takes `text` (folded by [`spelling::lines`]) apart; `free` is the option that takes words which are no
/// option's.
pub(crate) fn split(text: &str, code_list: &CodeList, free: Option<u16>) -> Split {
    // A line break or a semicolon between exact options leaves nothing to guess.
    for certain in ['\n', ';'] {
        let pieces: Vec<&str> = text.split(certain).map(str::trim).filter(|p| !p.is_empty()).collect();
        if pieces.len() < 2 {
            continue;
        }
        if let Some(bits) = pieces
            .iter()
            .map(|p| code_list.option(p).and_then(bit))
            .try_fold(0, |all, one| one.map(|b| all | b))
        {
            return Split::Marks(bits);
        }
    }
    if text.len() > LONGEST {
        return Split::Unknown;
    }
    let mut marks = 0;
    for line in text.lines() {
        match split_line(line, code_list, free) {
            Split::Marks(bits) => marks |= bits,
            other => return other,
        }
    }
    if marks == 0 { Split::Unknown } else { Split::Marks(marks) }
}

fn bit(k: u16) -> Option<u128> {
    1u128.checked_shl(u32::from(k))
}

/// The ways to read a line from some position to its end: the fewest free characters, and the sets reached
/// with so few.
#[derive(Clone, Default)]
struct Ways {
    free_characters: usize,
    sets: Vec<u128>,
}

/// More sets than this from one position are ambiguous whatever stands before it.
const ENOUGH_SETS: usize = 64;

impl Ways {
    fn offer(&mut self, free_characters: usize, set: u128) {
        if self.sets.is_empty() || free_characters < self.free_characters {
            self.free_characters = free_characters;
            self.sets = vec![set];
        } else if free_characters == self.free_characters
            && !self.sets.contains(&set)
            && self.sets.len() < ENOUGH_SETS
        {
            self.sets.push(set);
        }
    }
}

fn split_line(line: &str, code_list: &CodeList, free: Option<u16>) -> Split {
    let mut ways: Vec<Ways> = vec![Ways::default(); line.len() + 1];
    ways[line.len()].sets = vec![0];
    // The same behind the words of an option: no blank alone parts them from free words.
    let mut behind = ways.clone();
    for (at, first) in line.char_indices().rev() {
        if DELIMITERS.contains(&first) {
            // A word may begin with what is a delimiter elsewhere, so this is one way among others.
            let next = at + first.len_utf8();
            let rest = ways[next].clone();
            rest.sets.iter().for_each(|&set| ways[at].offer(rest.free_characters, set));
            let rest = if matches!(first, ' ' | '\t') { behind[next].clone() } else { rest };
            rest.sets.iter().for_each(|&set| behind[at].offer(rest.free_characters, set));
        }
        let starts = line[..at].chars().next_back().is_none_or(|before| DELIMITERS.contains(&before));
        if starts {
            for (length, bits) in words_at(&line[at..], code_list) {
                let is_code = spelling::whole_number(&line[at..at + length]).is_some();
                let rest = if is_code { &ways } else { &behind }[at + length].clone();
                for &set in &rest.sets {
                    ways[at].offer(rest.free_characters, set | bits);
                    behind[at].offer(rest.free_characters, set | bits);
                }
            }
            if let Some(bits) = free.and_then(bit) {
                let piece =
                    line[at..].find([',', '、', ';', '|']).filter(|&l| l > 0).unwrap_or(line.len() - at);
                let rest = ways[at + piece].clone();
                let characters = rest.free_characters + line[at..at + piece].chars().count();
                rest.sets.iter().for_each(|&set| ways[at].offer(characters, set | bits));
            }
        }
    }
    match ways[0].sets.as_slice() {
        [] | [0] => Split::Unknown,
        [one] => Split::Marks(*one),
        _ => Split::Ambiguous,
    }
}

/// The options that `rest` begins with, each with its length in bytes: a known form up to a delimiter or the
/// end, or a code in another spelling (`01`).
fn words_at(rest: &str, code_list: &CodeList) -> Vec<(usize, u128)> {
    let ends = |length: usize| rest[length..].chars().next().is_none_or(|c| DELIMITERS.contains(&c));
    let known = code_list
        .forms
        .iter()
        .filter(|(form, _)| !form.is_empty() && rest.starts_with(form.as_str()) && ends(form.len()));
    let mut found: Vec<(usize, u128)> =
        known.filter_map(|(form, &k)| bit(k).map(|b| (form.len(), b))).collect();
    let word = rest.split(DELIMITERS).next().unwrap_or("");
    let code = spelling::whole_number(word).and_then(|_| code_list.option(word)).and_then(bit);
    if let Some(bits) = code.filter(|&bits| !found.contains(&(word.len(), bits))) {
        found.push((word.len(), bits));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use crate::decode::multi_select::*;
    use crate::questionnaire::model::Question;

    fn code_list(labels: &[&str]) -> CodeList {
        let codes: Vec<String> = (1..=labels.len()).map(|k| k.to_string()).collect();
        let options: Vec<(&str, &str)> =
            codes.iter().map(String::as_str).zip(labels.iter().copied()).collect();
        CodeList::of(&Question::of_options(&options))
    }

    fn take(text: &str, labels: &[&str]) -> Split {
        split(&spelling::lines(text), &code_list(labels), None)
    }

    #[test]
    fn every_delimiter_joins_codes_and_labels() {
        let labels = ["見守り", "配食", "送迎"];
        for text in [
            "1,3",
            "1、3",
            "1;3",
            "1 & 3",
            "1 3",
            "1\n3\n",
            "１，３",
            "01,03",
            "見守り, 送迎",
            "見守り;送迎",
            "見守り\n送迎",
            "見守り、3",
            "1.見守り, 3.送迎",
            "1;3;",
            ",1,,3",
        ] {
            assert_eq!(take(text, &labels), Split::Marks(0b101), "{text:?}");
        }
        assert_eq!(take("13", &labels), Split::Unknown);
        assert_eq!(take("1,4", &labels), Split::Unknown);
        assert_eq!(take("見守りと送迎", &labels), Split::Unknown);
        assert_eq!(take(", ,", &labels), Split::Unknown);
    }

    #[test]
    fn a_label_may_hold_the_delimiter() {
        let labels = ["買い物、掃除など", "見守り, 声かけ", "名所、旧跡の観光", "見守り"];
        assert_eq!(take("買い物、掃除など, 見守り, 声かけ", &labels), Split::Marks(0b11));
        assert_eq!(take("名所、旧跡の観光、見守り", &labels), Split::Marks(0b1100));
        assert_eq!(take("声かけ", &labels), Split::Unknown);
    }

    #[test]
    fn two_readings_are_ambiguous_unless_the_line_break_decides() {
        let labels = ["A", "B", "A, B"];
        assert_eq!(take("A, B", &labels), Split::Ambiguous);
        assert_eq!(take("A\nB", &labels), Split::Marks(0b011));
        assert_eq!(take("A, B\nA", &labels), Split::Marks(0b101));
        assert_eq!(take("A, B;B", &labels), Split::Marks(0b110));
        assert_eq!(take("A, B, A", &labels), Split::Ambiguous);
        assert_eq!(take("B, A", &labels), Split::Marks(0b011));
    }

    #[test]
    fn free_words_go_to_the_option_that_takes_them() {
        let code_list = code_list(&["見守り", "配食", "その他"]);
        let take = |text: &str| split(&spelling::lines(text), &code_list, Some(2));
        assert_eq!(take("見守り, 庭の手入れ"), Split::Marks(0b101));
        assert_eq!(take("庭の手入れ、犬の散歩"), Split::Marks(0b100));
        assert_eq!(take("見守り, 配食"), Split::Marks(0b011));
        assert_eq!(take("見守り\n庭の手入れ\n"), Split::Marks(0b101));
        assert_eq!(take("見守り 以外"), Split::Marks(0b100));
        assert_eq!(take("配食, 見守り 以外"), Split::Marks(0b110));
        assert_eq!(take("見守り 配食"), Split::Marks(0b011));
        assert_eq!(take("1 2 庭の手入れ"), Split::Marks(0b111));
    }

    #[test]
    fn a_very_long_cell_is_read_without_depth() {
        let long = "1,".repeat(50_000);
        assert_eq!(take(&long, &["a", "b"]), Split::Marks(1));
    }

    proptest! {
        #[test]
        fn what_is_joined_comes_apart_again(
            chosen in proptest::collection::btree_set(0usize..5, 1..5),
            delimiter in (0usize..6).prop_map(|k| [", ", "、", ";", "\n", " & ", ","][k]),
        ) {
            let labels = ["はい, そうです", "いいえ", "場合による（条件、その他）", "R&D", "分からない"];
            let text: Vec<&str> = chosen.iter().map(|&k| labels[k]).collect();
            let bits = chosen.iter().fold(0u128, |bits, &k| bits | 1 << k);
            prop_assert_eq!(take(&text.join(delimiter), &labels), Split::Marks(bits));
        }

        #[test]
        fn no_cell_breaks_the_reader(text in "[ABあ,、;& \n0-3]{0,40}") {
            take(&text, &["A", "A B", "B, あ", "あ"]);
        }
    }
}
