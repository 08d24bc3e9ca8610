//! What is said of a join: mistakes, and what did not match, with numbers and places.

use super::columns::Taken;
use super::how::Join;
use super::keys::Keys;
use super::matched::Matched;
use crate::code::Code;
use crate::decode::issues::row_list;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::{Column, Table};
use crate::text::{Text, spelling};

/// At most this many keys that stand twice, or columns of one name, are named in a message.
const NAMED: usize = 8;

/// The mistakes as one error.
pub(super) fn all(mistakes: Vec<Diagnostic>) -> Error {
    Error::all(mistakes)
        .unwrap_or_else(|| Error::msg(Code::JoinColumn, "結合できません", "the files cannot be joined"))
}

/// The numbers of some rows.
fn numbers(table: &Table, rows: &[usize]) -> Vec<u64> {
    rows.iter().filter_map(|&row| table.row_numbers.get(row).copied()).collect()
}

/// Pairs of rows in words.
fn pairs(file: &Table, rows: &[(usize, usize)]) -> Text {
    let number = |row: usize| file.row_numbers.get(row).copied().unwrap_or(0);
    let list = |of: &dyn Fn(u64, u64) -> String, between: &str, more: &str| {
        let shown: Vec<String> = rows.iter().take(NAMED).map(|&(a, b)| of(number(a), number(b))).collect();
        let more = if rows.len() > NAMED { more } else { "" };
        format!("{}{more}", shown.join(between))
    };
    Text::new(
        list(&|a, b| format!("{a}行目と{b}行目"), "、", " …"),
        list(&|a, b| format!("rows {a} and {b}"), ", ", " …"),
    )
}

/// Keys that stand twice in the file that is joined, in rows that differ.
pub(super) fn twice(file: &Table, key: &[String], rows: &[(usize, usize)]) -> Option<Diagnostic> {
    let first = rows.first()?;
    let (list, count, key) = (pairs(file, rows), rows.len(), key.join("、"));
    let message = Text::new(
        format!("キー「{key}」が同じで内容の違う行が{count}組あります: {}", list.ja),
        format!("{count} pairs of rows have the same key \"{key}\" and differ: {}", list.en),
    );
    let at = file.place_of_all().row(file.row_numbers.get(first.0).copied().unwrap_or(0));
    let help = Text::new(
        "どちらの行を使うか決められません。結合するファイルでは1つのキーを1行にしてください（キーが2列\
         なら2列とも書き、取る列を columns でしぼると、その列が同じ行は1つとみなします）",
        "which row counts would be a guess: let each key have one row in the file that is joined (name all \
         columns of the key; rows that agree in the columns that are taken count as one)",
    );
    Some(Diagnostic::new(Code::JoinKeyTwice, message).at(at).help(help))
}

/// A column that both files have, and the rows in which it differs.
type Both = (String, Vec<usize>);

/// Both sides of a join.
pub(super) struct Sides<'a> {
    pub(super) tables: &'a [Table],
    pub(super) file: &'a Table,
    pub(super) of_answers: &'a [String],
    pub(super) of_file: &'a [String],
}

impl Sides<'_> {
    fn name(&self) -> &str {
        &self.file.digest.file
    }

    /// A place in a column of the key, at the first of some rows.
    fn at(table: &Table, key: &[String], rows: &[usize]) -> Place {
        let place = match key.first() {
            Some(name) => table.place_of_all().column(name.clone()),
            None => table.place_of_all(),
        };
        numbers(table, rows).first().map_or(place.clone(), |&row| place.row(row))
    }

    /// Rows of the file that stand twice as they are.
    pub(super) fn same_rows(&self, rows: &[(usize, usize)]) -> Vec<Finding> {
        let Some(&(first, _)) = rows.first() else { return Vec::new() };
        let (list, count) = (pairs(self.file, rows), rows.len());
        let message = Text::new(
            format!("キーも内容も同じ行が{count}組あります。1行とみなしました: {}", list.ja),
            format!(
                "{count} pairs of rows have the same key and say the same; each counts once: {}",
                list.en
            ),
        );
        let at = Self::at(self.file, self.of_file, &[first]);
        vec![Finding::warning(Code::JoinSameRows, message, at).counted_in_message(count as u64)]
    }

    /// Columns of one name in both files.
    ///
    /// # Errors
    /// `join::same-column` unless the answers' are to count.
    pub(super) fn same_columns(
        &self,
        taken: &Taken,
        matched: &[Matched],
        how: &Join,
    ) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut mistakes = Vec::new();
        for (table, matched) in self.tables.iter().zip(matched) {
            let both = taken.columns.iter().filter_map(|(at, header)| {
                let own = Taken::of_same_name(table, header)?;
                Some((own.name(), differing(own, self.file.columns.get(*at)?, &matched.rows)))
            });
            let both: Vec<Both> = both.collect();
            let rows = matched.rows.iter().flatten().count();
            let names = |of: &dyn Fn(&Both) -> String, between: &str| {
                let more = if both.len() > NAMED { " …" } else { "" };
                format!("{}{more}", both.iter().take(NAMED).map(of).collect::<Vec<_>>().join(between))
            };
            if both.is_empty() {
                continue;
            }
            let (list_ja, list_en) = (
                names(&|(name, differ)| format!("「{name}」{}", same_ja(rows, differ.len())), "、"),
                names(&|(name, differ)| format!("\"{name}\"{}", same_en(rows, differ.len())), ", "),
            );
            let file = self.name();
            let ja = format!("回答ファイルと「{file}」の両方にある列: {list_ja}");
            let en = format!("columns that the responses and {file} both have: {list_en}");
            if how.keep_answers {
                let message = Text::new(
                    format!("{ja}。回答ファイルの列を使いました"),
                    format!("{en}; those of the responses count"),
                );
                let differ = both.iter().map(|(_, rows)| rows.len()).sum::<usize>();
                let finding = match differ {
                    0 => Finding::note(Code::JoinSameColumnKept, message, table.place_of_all()),
                    _ => Finding::warning(Code::JoinSameColumnKept, message, table.place_of_all()),
                };
                findings.push(finding.counted_in_message(both.len() as u64));
            } else {
                let help = Text::new(
                    "join に、列名の前に付ける字 prefix = \"台帳_\"、取る列 columns = [\"…\"]、回答ファイル\
                     の列を使う same_columns = \"answers\" のどれかを書いてください",
                    "write one of these in join: prefix = \"list_\" to put before the names, columns = \
                     [\"…\"] to take those only, same_columns = \"answers\" to let the responses' count",
                );
                mistakes.push(
                    Diagnostic::new(Code::JoinSameColumn, Text::new(ja, en))
                        .at(table.place_of_all())
                        .help(help),
                );
            }
        }
        Error::all(mistakes).map_or(Ok(findings), Err)
    }

    /// What matched and what did not.
    pub(super) fn matches(&self, theirs: &Keys, ours: &[Keys], matched: &[Matched]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut used = vec![false; theirs.len()];
        for ((table, keys), matched) in self.tables.iter().zip(ours).zip(matched) {
            for row in matched.rows.iter().flatten() {
                used.get_mut(*row).into_iter().for_each(|used| *used = true);
            }
            findings.extend(self.unmatched(table, keys, matched));
            findings.extend(self.zeros(table, matched));
            findings.extend(self.blank(table, self.of_answers, &keys.blank()));
        }
        findings.extend(self.blank(self.file, self.of_file, &theirs.blank()));
        let left: Vec<usize> = used
            .iter()
            .enumerate()
            .filter(|(row, used)| !**used && theirs.has(*row))
            .map(|(row, _)| row)
            .collect();
        findings.extend(self.unused(&left));
        findings
    }

    /// Rows of the answers whose key finds nothing.
    fn unmatched(&self, table: &Table, keys: &Keys, matched: &Matched) -> Option<Finding> {
        let with_key = || (0..keys.len()).filter(|&row| keys.has(row));
        let lost: Vec<usize> = with_key().filter(|&row| matched.rows.get(row) == Some(&None)).collect();
        let (all, count) = (with_key().count(), lost.len());
        let at = Self::at(table, self.of_answers, &lost);
        let (list, file) = (row_list(&numbers(table, &lost)), self.name());
        let (ja, en) = (
            format!(
                "{all}行のうち{count}行の番号が「{file}」にありません。その列は空欄（無回答）とし、行\
                 は残しました"
            ),
            format!(
                "{count} of {all} rows have a key that {file} does not have; its columns are blank there, \
                     and the rows stay"
            ),
        );
        if count == 0 {
            return None;
        }
        let (code, message) = if (all - count) * 2 < all {
            let advice = Text::new(
                "半分も照合できていません。キーの列とファイルがあっているか確かめてください",
                "fewer than half match: see whether the columns of the key and the file are the right ones",
            );
            let message = Text::new(
                format!("{}。{ja}。{}", advice.ja, list.ja),
                format!("{}; {en}. {}", advice.en, list.en),
            );
            (Code::JoinFewMatched, message)
        } else {
            (Code::JoinUnmatched, Text::new(format!("{ja}。{}", list.ja), format!("{en}. {}", list.en)))
        };
        Some(Finding::warning(code, message, at).counted_in_message(count as u64))
    }

    /// Rows that match but for zeros.
    fn zeros(&self, table: &Table, matched: &Matched) -> Option<Finding> {
        let (list, file) = (row_list(&numbers(table, &matched.zeros)), self.name());
        let count = matched.zeros.len();
        let message = Text::new(
            format!(
                "{count}行の番号は、先頭の0（または末尾の「.0」）だけが「{file}」と違います。同じ番号とみなし\
                 ました。{}",
                list.ja
            ),
            format!(
                "the keys of {count} rows differ from {file} in leading zeros (or .0 behind) only; taken as \
                 the same. {}",
                list.en
            ),
        );
        let at = Self::at(table, self.of_answers, &matched.zeros);
        (count > 0).then(|| Finding::warning(Code::JoinZeros, message, at).counted_in_message(count as u64))
    }

    /// Rows with a blank key.
    fn blank(&self, table: &Table, key: &[String], rows: &[usize]) -> Option<Finding> {
        let (list, count) = (row_list(&numbers(table, rows)), rows.len());
        let message = Text::new(
            format!(
                "キーの列「{}」が空欄の行が{count}行あります。どの行とも照合しません。{}",
                key.join("、"),
                list.ja
            ),
            format!("{count} rows are blank in \"{}\"; they match nothing. {}", key.join(", "), list.en),
        );
        let at = Self::at(table, key, rows);
        (count > 0)
            .then(|| Finding::warning(Code::JoinBlankKey, message, at).counted_in_message(count as u64))
    }

    /// Rows of the file that no answers match.
    fn unused(&self, rows: &[usize]) -> Option<Finding> {
        let (list, count, all) = (row_list(&numbers(self.file, rows)), rows.len(), self.file.row_count());
        let message = Text::new(
            format!(
                "{all}行のうち{count}行は、どの回答とも照合しません（台帳なら、回答のなかった人です）。{}",
                list.ja
            ),
            format!(
                "{count} of {all} rows match no answers (in the list of a sample: who did not answer). {}",
                list.en
            ),
        );
        let at = Self::at(self.file, self.of_file, rows);
        (count > 0).then(|| Finding::note(Code::JoinUnused, message, at).counted_in_message(count as u64))
    }
}

/// The rows in which two columns differ, of those that match.
fn differing(own: &Column, theirs: &Column, rows: &[Option<usize>]) -> Vec<usize> {
    let differs = |(row, found): (usize, &Option<usize>)| {
        let (a, b) = (own.cell(row).text(), theirs.cell((*found)?).text());
        (spelling::code(&a) != spelling::code(&b)).then_some(row)
    };
    rows.iter().enumerate().filter_map(differs).collect()
}

fn same_ja(rows: usize, differ: usize) -> String {
    match (rows, differ) {
        (0, _) => String::new(),
        (rows, 0) => format!("（照合した{rows}行で同じ内容）"),
        (rows, differ) => format!("（照合した{rows}行のうち{differ}行で内容が違う）"),
    }
}

fn same_en(rows: usize, differ: usize) -> String {
    match (rows, differ) {
        (0, _) => String::new(),
        (rows, 0) => format!(" (the same in all {rows} rows that match)"),
        (rows, differ) => format!(" (different in {differ} of the {rows} rows that match)"),
    }
}
