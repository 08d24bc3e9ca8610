//! Tables of shares: frequencies, multiple answers, crosstabs.

use crate::design::Design;
use crate::error::Result;
use crate::estimate::estimand::{Domain, Estimand, Groups, Options, Outcome, Outcomes};
use crate::estimate::single::{check_length, estimate, estimate_by};
use crate::estimate::value::Estimate;

/// Shares of the levels 0 … `levels` − 1 of a question, in every group: a list of levels, each with one
/// estimate a group. A code of `levels` or above is no valid answer.
///
/// p_k = Σ w·1(code = k) / Σ w·1(code < `levels`), each an [`Estimand::Share`] with its own interval (R
/// `svymean(~factor(code))`).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Groups, Options, frequency};
///
/// // The fourth gave no valid answer.
/// let shares = frequency(
///     &Design::simple(4)?,
///     &[0, 1, 1, 9],
///     2,
///     &Groups::one(4, Domain::All),
///     &Options::default(),
/// )?;
/// assert_eq!((shares[1][0].n, shares[1][0].value.clone()), (3, Ok(2.0 / 3.0)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn frequency(
    design: &Design,
    codes: &[u32],
    levels: usize,
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Vec<Estimate>>> {
    (0..levels as u32)
        .map(|level| {
            let outcome: Outcomes = codes
                .iter()
                .map(|c| if *c as usize >= levels { Outcome::Outside } else { Outcome::from(*c == level) })
                .collect();
            estimate_by(design, &Estimand::Share(&outcome), groups, options)
        })
        .collect()
}

/// Who is the base of a multiple answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MultiAnswerBase {
    /// Everyone.
    All,
    /// Those with a valid answer (chosen or not) to at least one option.
    AnsweredAny,
    /// Those who chose at least one option.
    ChoseAny,
}

/// Shares of the options of a multiple answer in every group: a list of options, each with one estimate a
/// group. `options_chosen` holds for each option whether it was chosen; inside the base
/// [`Outcome::Outside`] (missing) counts as not chosen.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::Outcome::{No, Outside, Yes};
/// use shihyo::estimate::{Domain, Groups, MultiAnswerBase, Options, multi_answer};
///
/// // The third left one option out and did not choose the other, the fourth chose neither.
/// let options = [[Yes, No, Outside, No].into(), [Yes, Yes, No, No].into()];
/// let (design, groups) = (Design::simple(4)?, Groups::one(4, Domain::All));
/// let shares = |base| {
///     multi_answer(&design, &options, base, &groups, &Options::default())
///         .map(|s| (s[0][0].value.clone(), s[1][0].value.clone()))
/// };
/// assert_eq!(shares(MultiAnswerBase::AnsweredAny)?, (Ok(0.25), Ok(0.5)));
/// assert_eq!(shares(MultiAnswerBase::ChoseAny)?, (Ok(0.5), Ok(1.0)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn multi_answer(
    design: &Design,
    options_chosen: &[Outcomes],
    base: MultiAnswerBase,
    groups: &Groups,
    options: &Options,
) -> Result<Vec<Vec<Estimate>>> {
    for column in options_chosen {
        check_length(design, column.len())?;
    }
    let inside: Vec<bool> = (0..design.rows())
        .map(|row| match base {
            MultiAnswerBase::All => true,
            MultiAnswerBase::AnsweredAny => {
                options_chosen.iter().any(|c| c.get(row).is_some_and(Outcome::in_base))
            }
            MultiAnswerBase::ChoseAny => options_chosen.iter().any(|c| c.get(row) == Some(Outcome::Yes)),
        })
        .collect();
    options_chosen
        .iter()
        .map(|column| {
            let outcome: Outcomes = column
                .iter()
                .zip(&inside)
                .map(|(c, inside)| if *inside { Outcome::from(c == Outcome::Yes) } else { Outcome::Outside })
                .collect();
            estimate_by(design, &Estimand::Share(&outcome), groups, options)
        })
        .collect()
}

/// What a crosstab's cells are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Percent {
    /// Of their row.
    Row,
    /// Of their column.
    Column,
    /// Of all.
    Total,
}

/// One cell of a crosstab.
#[derive(Debug, Clone, PartialEq)]
pub struct CrosstabCell {
    /// Row level.
    pub row: u32,
    /// Column level.
    pub column: u32,
    /// Its share.
    pub share: Estimate,
}

/// Crosses two classifications: one share a cell, row by row. `rows` and `columns` hold each respondent's
/// level and the number of levels; a level of that number or above is missing, and those respondents are in
/// no cell.
///
/// p_ij = N_ij/N_i., N_ij/N_.j or N_ij/N, each a ratio of sums of weights with the variance of one (R `svyby`
/// and `svymean`, survey 4.5).
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, Options, Percent, crosstab};
///
/// let (rows, columns) = ([0, 0, 1, 1], [0, 1, 1, 1]);
/// let cells = crosstab(
///     &Design::simple(4)?,
///     (&rows, 2),
///     (&columns, 2),
///     Percent::Row,
///     Domain::All,
///     &Options::default(),
/// )?;
/// assert_eq!((cells[1].row, cells[1].column, cells[1].share.value.clone()), (0, 1, Ok(0.5)));
/// assert_eq!((cells[3].row, cells[3].column, cells[3].share.value.clone()), (1, 1, Ok(1.0)));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// Columns of another length than the design.
pub fn crosstab(
    design: &Design,
    rows: (&[u32], usize),
    columns: (&[u32], usize),
    percent: Percent,
    domain: Domain<'_>,
    options: &Options,
) -> Result<Vec<CrosstabCell>> {
    check_length(design, rows.0.len())?;
    check_length(design, columns.0.len())?;
    let mut cells = Vec::with_capacity(rows.1 * columns.1);
    for row in 0..rows.1 as u32 {
        for column in 0..columns.1 as u32 {
            let outcome: Outcomes = rows
                .0
                .iter()
                .zip(columns.0)
                .map(|(r, c)| {
                    let known = (*r as usize) < rows.1 && (*c as usize) < columns.1;
                    let base = match percent {
                        Percent::Row => *r == row,
                        Percent::Column => *c == column,
                        Percent::Total => true,
                    };
                    if known && base { Outcome::from(*r == row && *c == column) } else { Outcome::Outside }
                })
                .collect();
            let share = estimate(design, &Estimand::Share(&outcome), domain, options)?;
            cells.push(CrosstabCell { row, column, share });
        }
    }
    Ok(cells)
}
