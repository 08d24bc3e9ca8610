//! What one cell says for one question: an option, a missing code, a tick, or nothing known.

use std::collections::BTreeSet;

use crate::decode::code_list::CodeList;
use crate::decode::excel_dates as dated;
use crate::decode::excel_dates::dated;
use crate::decode::multi_select as joined;
use crate::decode::multi_select::Split;
use crate::raw::Cell;
use crate::text::spelling;

/// What one cell says where one answer, or one joined answer, can stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Word {
    /// Blank, or a code for 無回答.
    NoAnswer,
    /// A code for 非該当.
    NotAsked,
    /// One option.
    Option(u16),
    /// Several options, as bits.
    Options(u128),
    /// The cell can be taken apart in more than one way.
    Ambiguous(String),
    /// Words that are no option's.
    Unknown(String),
    /// A spreadsheet error, or bytes that could not be decoded.
    Unreadable(String),
    /// A date, as which a spreadsheet program took a code; `meant` are the options where only one reading
    /// makes sense.
    Date {
        /// What was probably typed; `-` where that cannot be told.
        shown: String,
        /// The options, as bits.
        meant: Option<u128>,
    },
}

/// What one cell says in a column that belongs to one option.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tick {
    /// Nothing is written.
    Blank,
    /// A code for 無回答.
    NoAnswer,
    /// A code for 非該当.
    NotAsked,
    /// 0, FALSE, Not selected: said to be not chosen.
    No,
    /// This option (or the one whose label stands here) was chosen.
    Yes(u16),
    /// Something else.
    Unknown(String),
    /// A spreadsheet error, or bytes that could not be decoded.
    Unreadable(String),
    /// A date, as which a spreadsheet program took something else.
    Date(String),
}

/// How a mark is written in a column of its own, in lower case.
const MARKS: [&str; 26] = [
    "○",
    "〇",
    "◯",
    "●",
    "◎",
    "✓",
    "✔",
    "☑",
    "☒",
    "レ",
    "v",
    "x",
    "true",
    "t",
    "yes",
    "y",
    "on",
    "はい",
    "有",
    "該当",
    "選択",
    "選択あり",
    "selected",
    "checked",
    "ticked",
    "マル",
];

/// How the lack of a mark is written, in lower case.
const NO_MARKS: [&str; 17] = [
    "false",
    "f",
    "no",
    "n",
    "off",
    "いいえ",
    "無",
    "×",
    "☐",
    "□",
    "未選択",
    "非選択",
    "選択なし",
    "not selected",
    "unselected",
    "unchecked",
    "not checked",
];

impl CodeList {
    fn missing(&self, folded: &str) -> Option<Word> {
        let code = spelling::code(folded);
        if folded.is_empty() || self.no_answer.contains(&code) {
            Some(Word::NoAnswer)
        } else if self.not_asked.contains(&code) {
            Some(Word::NotAsked)
        } else {
            None
        }
    }

    /// Whether a cell holds no answer, for questions without options.
    pub(crate) fn blank(&self, cell: &Cell) -> Option<Word> {
        match cell {
            Cell::Broken(text) => Some(Word::Unreadable(text.to_string())),
            other => self.missing(&spelling::label(&other.text())),
        }
    }

    /// What a cell says that holds a single answer, or one of several columns of codes.
    pub(crate) fn single(&self, cell: &Cell) -> Word {
        let text = cell.text();
        let folded = spelling::label(&text);
        if let Some(word) = self.blank(cell) {
            return word;
        }
        if let Some(k) = self.option(&folded) {
            return Word::Option(k);
        }
        match joined::split(&spelling::lines(&text), self, None) {
            Split::Marks(bits) if bits.count_ones() == 1 => Word::Option(bits.trailing_zeros() as u16),
            Split::Marks(bits) => Word::Options(bits),
            Split::Ambiguous | Split::Unknown => self
                .date(cell, true)
                .unwrap_or_else(|| self.free_text.map_or(Word::Unknown(folded), Word::Option)),
        }
    }

    /// A date, and which options it may have been. A text that looks like a date is one only where it could
    /// have been options; else it is free words. In a single answer an option called `1-2` goes before the
    /// options 1 and 2.
    fn date(&self, cell: &Cell, single: bool) -> Option<Word> {
        let typed = dated(cell)?.typed;
        let (mut named, mut marked) = (BTreeSet::new(), BTreeSet::new());
        let mut first = None;
        for numbers in &typed {
            let bits = |word: &str| self.option(word).and_then(|k| 1u128.checked_shl(u32::from(k)));
            // Which came first, month or day, differs between languages.
            let mut turned = numbers.clone();
            turned.reverse();
            let words = [numbers, &turned].into_iter().flat_map(|n| {
                [dated::shown(n), dated::shown(n).replace('-', "/"), dated::shown(n).replace('-', "~")]
            });
            let name = words.filter_map(|w| bits(&w)).collect::<BTreeSet<u128>>();
            let all = numbers
                .iter()
                .map(|n| self.code(&n.to_string()).and_then(|k| 1u128.checked_shl(u32::from(*k))))
                .try_fold(0u128, |all, one| one.map(|b| all | b));
            // Nobody marks an option twice.
            let all = all.filter(|bits| bits.count_ones() as usize == numbers.len());
            if !name.is_empty() || all.is_some() {
                first.get_or_insert(numbers);
            }
            named.extend(name);
            marked.extend(all);
        }
        if matches!(cell, Cell::Text(_)) && first.is_none() && self.free_text.is_some() {
            return None;
        }
        let meanings: BTreeSet<u128> =
            if single && !named.is_empty() { named } else { named.into_iter().chain(marked).collect() };
        let meant = if meanings.len() == 1 { meanings.first().copied() } else { None };
        // The date itself may be a birthday; what was typed is a code.
        let shown = first.or(typed.first()).map_or_else(|| "-".to_owned(), |n| dated::shown(n));
        Some(Word::Date { shown, meant })
    }

    /// What a cell says that holds all marks of a multiple answer, joined.
    pub(crate) fn joined(&self, cell: &Cell) -> Word {
        let text = cell.text();
        if let Some(word) = self.blank(cell) {
            return word;
        }
        match joined::split(&spelling::lines(&text), self, self.free_text) {
            Split::Marks(bits) if self.free_text.is_none_or(|k| bits >> k & 1 == 0) => Word::Options(bits),
            Split::Ambiguous => Word::Ambiguous(spelling::label(&text)),
            other => self.date(cell, false).unwrap_or_else(|| match other {
                Split::Marks(bits) => Word::Options(bits),
                _ => Word::Unknown(spelling::label(&text)),
            }),
        }
    }

    /// What a cell says in the column of option `own`.
    pub(crate) fn tick(&self, cell: &Cell, own: u16) -> Tick {
        let folded = spelling::label(&cell.text());
        match self.blank(cell) {
            Some(Word::Unreadable(text)) => return Tick::Unreadable(text),
            Some(Word::NotAsked) => return Tick::NotAsked,
            Some(_) if folded.is_empty() => return Tick::Blank,
            Some(_) => return Tick::NoAnswer,
            None => {}
        }
        // 0 and 1 are ticks before they are codes; a label is a label before はい is a tick.
        match spelling::whole_number(&folded) {
            Some(0) => return Tick::No,
            Some(1) => return Tick::Yes(own),
            Some(_) if self.code(&folded) == Some(&own) => return Tick::Yes(own),
            Some(_) => return Tick::Unknown(folded),
            None => {}
        }
        // Who wrote another option's words into the column of その他 said その他.
        if let Some(&k) = self.forms.get(&folded) {
            return Tick::Yes(if self.free_text == Some(own) { own } else { k });
        }
        let lower = folded.to_lowercase();
        if MARKS.contains(&lower.as_str()) {
            Tick::Yes(own)
        } else if NO_MARKS.contains(&lower.as_str()) {
            Tick::No
        } else if let (Some(Word::Date { shown, .. }), true) =
            (self.date(cell, true), matches!(cell, Cell::Date(_)) || self.free_text != Some(own))
        {
            Tick::Date(shown)
        } else if self.free_text == Some(own) {
            Tick::Yes(own)
        } else {
            Tick::Unknown(folded)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::code_list::tests::code_list;
    use crate::decode::word::*;

    fn text(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
    }

    #[test]
    fn a_single_answer_is_a_code_or_a_label_in_any_width() {
        let code_list = code_list();
        for cell in ["1", "１", "01", "1.0", "はい", " はい　", "1.はい", "1 はい", "１：はい"]
        {
            assert_eq!(code_list.single(&text(cell)), Word::Option(0), "{cell}");
        }
        assert_eq!(code_list.single(&Cell::Number(2.0)), Word::Option(1));
        assert_eq!(code_list.single(&text("9")), Word::Option(2));
        assert_eq!(code_list.single(&text("3")), Word::Unknown("3".into()));
        assert_eq!(code_list.single(&text("1.5")), Word::Unknown("1.5".into()));
        assert_eq!(code_list.single(&text("1,2")), Word::Options(0b11));
        assert_eq!(code_list.single(&text("　")), Word::NoAnswer);
        assert_eq!(code_list.single(&text("９９")), Word::NoAnswer);
        assert_eq!(code_list.single(&Cell::Number(-1.0)), Word::NoAnswer);
        assert_eq!(code_list.single(&text("NA")), Word::NotAsked);
        assert_eq!(code_list.single(&Cell::Broken("#N/A".into())), Word::Unreadable("#N/A".into()));
    }

    #[test]
    fn a_tick_is_written_in_many_ways() {
        let code_list = code_list();
        for cell in ["1", "○", "〇", "◯", "レ", "TRUE", "Yes", "2", "いいえ"] {
            assert_eq!(code_list.tick(&text(cell), 1), Tick::Yes(1), "{cell}");
        }
        for cell in ["0", "０", "FALSE", "Not selected", "no", "×"] {
            assert_eq!(code_list.tick(&text(cell), 1), Tick::No, "{cell}");
        }
        assert_eq!(code_list.tick(&Cell::Bool(true), 0), Tick::Yes(0));
        assert_eq!(code_list.tick(&text(""), 0), Tick::Blank);
        assert_eq!(code_list.tick(&text("99"), 0), Tick::NoAnswer);
        assert_eq!(code_list.tick(&text("NA"), 0), Tick::NotAsked);
        assert_eq!(code_list.tick(&text("7"), 0), Tick::Unknown("7".into()));
        assert_eq!(code_list.tick(&text("その他"), 0), Tick::Yes(2), "the label says which option");
    }
}
