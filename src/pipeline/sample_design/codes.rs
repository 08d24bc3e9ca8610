//! Variables of a design as codes: strata, clusters, and crossings of categories.

use std::collections::HashMap;

use super::level::{BETWEEN, Level};
use crate::code::Code;
use crate::engine::Ranks;
use crate::error::{Diagnostic, Result};
use crate::pipeline::variables::source::Source;
use crate::pipeline::variables::variable::Stacked;
use crate::text::Text;

/// Codes of a variable of strata or clusters: for each respondent the number of its value, in the order in
/// which values first occur, and the values' names.
///
/// Who left a question blank is in a stratum of its own; a column of the files that is blank somewhere
/// is a mistake, since the frame knows everyone's stratum.
pub(super) fn codes(column: &Stacked, source: &Source<'_>) -> Result<(Vec<u32>, Vec<String>)> {
    if column.marks.is_some() {
        let name = &column.name;
        return Err(Diagnostic::new(
            Code::DesignSeveralAnswers,
            Text::new(
                format!("複数回答の設問「{name}」は標本設計に使えません（1人が1つの層や集落に入ります）"),
                format!("\"{name}\" has several answers: everyone is in one stratum or cluster"),
            ),
        )
        .into());
    }
    let counts = column.counts();
    let blank = column.values.iter().zip(&counts).position(|(v, n)| v.blank && *n > 0);
    if let (Some(at), false) = (blank, column.is_question()) {
        let row = column.first_row(at);
        let count = counts[at];
        return Err(Diagnostic::new(
            Code::DesignBlank,
            Text::new(
                format!("標本設計の列「{}」が空欄の回答者が{count}人います", column.name),
                format!("the design column \"{}\" is blank for {count} respondents", column.name),
            ),
        )
        .at(source.place(row, column))
        .into());
    }
    let classes = column.classes();
    let mut names = Vec::new();
    let mut code_of_class = vec![u32::MAX; classes.len()];
    let of_row = column
        .rows
        .iter()
        .map(|at| {
            let value = &column.values[*at as usize];
            let code = &mut code_of_class[classes[*at as usize]];
            if *code == u32::MAX {
                *code = names.len() as u32;
                names.push(if value.blank { Level::Unknown.to_string() } else { value.text.clone() });
            }
            *code
        })
        .collect();
    Ok((of_row, names))
}

/// The crossing of several variables: the cells that somebody is in.
pub(in crate::pipeline) struct Crossing {
    /// Cell of each respondent.
    pub(in crate::pipeline) of_row: Vec<u32>,
    /// For each cell the value (index in the variable's values) of each variable.
    pub(in crate::pipeline) values: Vec<Vec<usize>>,
}

impl Crossing {
    /// Crosses variables, one after the other, so that there are never more cells than respondents. Cells
    /// stand in the order of the variables' values.
    pub(in crate::pipeline) fn of(columns: &[&Stacked], rows: usize) -> Self {
        let mut out = Self { of_row: vec![0; rows], values: vec![Vec::new()] };
        for column in columns {
            let count = column.values.len().max(1);
            let before = out.of_row;
            let ranks = Ranks::of(rows, out.values.len() * count, |row| {
                u64::from(before[row]) * count as u64 + u64::from(column.rows[row])
            });
            let cell = |code: &u64| {
                let (before, value) = (*code as usize / count, *code as usize % count);
                out.values[before].iter().copied().chain([value]).collect()
            };
            out = Self { values: ranks.codes.iter().map(cell).collect(), of_row: ranks.of_row };
        }
        out
    }

    /// The category of each cell, which population tables are matched by.
    pub(super) fn levels(&self, columns: &[&Stacked]) -> Vec<Level> {
        let part = |(column, at): (&&Stacked, &usize)| {
            let value = &column.values[*at];
            (!value.blank).then(|| value.key())
        };
        let key = |cell: &Vec<usize>| -> Option<Vec<String>> { columns.iter().zip(cell).map(part).collect() };
        self.values.iter().map(|cell| key(cell).map_or(Level::Unknown, Level::Known)).collect()
    }
}

/// Without clusters there is one stage only, so that several variables of strata are their crossing. Cells
/// are numbered as they first occur.
pub(super) fn crossed(columns: &[(Vec<u32>, Vec<String>)]) -> (Vec<u32>, Vec<String>) {
    let [one] = columns else {
        let rows = columns.first().map_or(0, |(of_row, _)| of_row.len());
        let mut index: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut names = Vec::new();
        let of_row = (0..rows)
            .map(|row| {
                let key: Vec<u32> = columns.iter().map(|(of_row, _)| of_row[row]).collect();
                *index.entry(key).or_insert_with(|| {
                    let parts = columns.iter().map(|(of_row, names)| names[of_row[row] as usize].as_str());
                    names.push(parts.collect::<Vec<_>>().join(BETWEEN));
                    names.len() as u32 - 1
                })
            })
            .collect();
        return (of_row, names);
    };
    one.clone()
}

#[cfg(test)]
mod tests {
    use super::crossed;

    #[test]
    fn strata_are_crossed() {
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let (of_row, crossed) =
            crossed(&[(vec![0, 0, 1, 0], names(&["男", "女"])), (vec![0, 1, 1, 0], names(&["若", "老"]))]);
        assert_eq!((of_row, crossed), (vec![0, 1, 2, 0], names(&["男 × 若", "男 × 老", "女 × 老"])));
    }
}
