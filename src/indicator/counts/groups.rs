//! Groups and their parts in a list of rows: where a group ends.

use std::collections::BTreeSet;

use super::words::heading;
use crate::raw::Sheet;

/// How a row stands to a group above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belonging {
    /// It is a part: set off to the right, or right below.
    Part,
    /// It is one unless another group began in between: nothing sets groups apart from parts.
    Perhaps,
    /// Another group began in between.
    No,
}

/// A row by its first words.
struct Outline {
    /// How far to the right they stand: the column, and the blanks before them.
    level: (usize, usize),
    name: String,
}

/// The outline of a row; `None` where it has no words.
fn outline(sheet: &Sheet, row: usize) -> Option<Outline> {
    let (column, shown) = sheet.row(row).find(|(_, shown)| !shown.text.trim().is_empty())?;
    let blanks = shown.text.chars().take_while(|c| c.is_whitespace()).count();
    Some(Outline { level: (column, blanks), name: heading(&shown.text) })
}

/// Whether `row` is a part of the group in row `group`, above it. A group ends where a row is as far to the
/// left as the group is (and its parts are not), and where a name comes again.
pub(super) fn belonging(sheet: &Sheet, group: usize, row: usize) -> Belonging {
    let (Some(above), Some(part)) = (outline(sheet, group), outline(sheet, row)) else {
        return Belonging::No;
    };
    let between: Vec<Outline> = (group + 1..row).filter_map(|row| outline(sheet, row)).collect();
    let deeper = part.level > above.level;
    if deeper && between.iter().any(|row| row.level <= above.level) {
        return Belonging::No;
    }
    let names: BTreeSet<&str> = between.iter().map(|row| row.name.as_str()).collect();
    let again = names.contains(above.name.as_str()) || names.contains(part.name.as_str());
    if !deeper && (names.len() < between.len() || again) {
        return Belonging::No;
    }
    if deeper || between.is_empty() { Belonging::Part } else { Belonging::Perhaps }
}
