//! Numbers as levels: the distinct numbers of a column, so few that sums by level tell everything of it.

use crate::pipeline::variables::variable::Stacked;

/// Levels that a column may have: their codes and that of what is outside fit a byte.
const MOST: usize = 254;

/// The numbers of a column.
#[derive(Debug)]
pub(in crate::pipeline) struct Numbers {
    /// Of each respondent, NaN where there is none. Nothing for a file that was counted.
    pub(in crate::pipeline) of_row: Vec<f64>,
    /// The distinct ones, where they are few.
    pub(in crate::pipeline) levels: Option<Levels>,
}

/// Distinct numbers, or pairs of numbers.
#[derive(Debug)]
pub(in crate::pipeline) struct Levels {
    /// The numbers in ascending order. With each, for a ratio, what stands below it; else 1.
    pub(in crate::pipeline) values: Vec<(f64, f64)>,
    /// Which level each respondent has: what is outside has the number of levels as its code.
    pub(in crate::pipeline) codes: Codes,
}

/// Codes of levels.
#[derive(Debug)]
pub(in crate::pipeline) enum Codes {
    /// Of each respondent.
    OfRow(Vec<u8>),
    /// Of each code of a file that was counted.
    Counted(CountedColumn, Vec<u8>),
}

/// What was counted in a file, by the positions of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum CountedColumn {
    One(usize),
    Pair(usize, usize),
}

impl Numbers {
    /// Of the number of each distinct value of a column.
    pub(in crate::pipeline) fn new(column: &Stacked, of_value: &[f64]) -> Self {
        let of_row = if column.is_counted() { Vec::new() } else { column.spread(of_value) };
        Self { of_row, levels: Levels::new(column, of_value) }
    }

    /// Of the number of each respondent, NaN where there is none.
    pub(in crate::pipeline) fn of_rows(of_row: Vec<f64>) -> Self {
        let levels = Levels::of_rows(&of_row);
        Self { of_row, levels }
    }

    /// Without the numbers of the rows that `out` names; how many these were. A file that was counted has no
    /// rows, and nothing is left out of it.
    pub(in crate::pipeline) fn leave_out(&mut self, out: impl Fn(usize) -> bool) -> u64 {
        let mut dropped = 0;
        for (_, number) in self.of_row.iter_mut().enumerate().filter(|(row, _)| out(*row)) {
            dropped += u64::from(!number.is_nan());
            *number = f64::NAN;
        }
        self.levels.iter_mut().for_each(|levels| levels.leave_out(&out));
        dropped
    }

    /// As if the numbers that were left out had never been there: whether levels are few is asked again.
    pub(in crate::pipeline) fn anew(self) -> Self {
        if self.of_row.is_empty() { self } else { Self::of_rows(self.of_row) }
    }
}

impl Levels {
    fn new(column: &Stacked, of_value: &[f64]) -> Option<Self> {
        // No number is −0 here: it is the same number as 0.
        let held = of_value.iter().zip(column.counts()).filter(|(x, n)| !x.is_nan() && *n > 0);
        let mut values: Vec<f64> = held.map(|(x, _)| x + 0.0).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        if values.len() > MOST {
            return None;
        }
        let outside = values.len() as u8;
        let level =
            |x: &f64| values.binary_search_by(|v| v.total_cmp(&(x + 0.0))).map_or(outside, |at| at as u8);
        let each: Vec<u8> = of_value.iter().map(level).collect();
        let codes = match column.by_code(&each) {
            Some(by_code) => Codes::Counted(CountedColumn::One(column.position), by_code),
            None => Codes::OfRow(column.spread(&each)),
        };
        Some(Self { values: values.into_iter().map(|x| (x, 1.0)).collect(), codes })
    }

    /// The rows that `out` names have no level any more; the levels stay, whether somebody has them or not.
    pub(in crate::pipeline) fn leave_out(&mut self, out: impl Fn(usize) -> bool) {
        let outside = self.values.len() as u8;
        if let Codes::OfRow(codes) = &mut self.codes {
            codes.iter_mut().enumerate().filter(|(row, _)| out(*row)).for_each(|(_, code)| *code = outside);
        }
    }

    fn of_rows(of_row: &[f64]) -> Option<Self> {
        // No number is −0 here: it is the same number as 0.
        let mut values: Vec<f64> = Vec::new();
        for x in of_row.iter().filter(|x| !x.is_nan()).map(|x| x + 0.0) {
            if let Err(at) = values.binary_search_by(|v| v.total_cmp(&x)) {
                if values.len() == MOST {
                    return None;
                }
                values.insert(at, x);
            }
        }
        let outside = values.len() as u8;
        let level =
            |x: &f64| values.binary_search_by(|v| v.total_cmp(&(x + 0.0))).map_or(outside, |at| at as u8);
        let codes = Codes::OfRow(of_row.iter().map(level).collect());
        Some(Self { values: values.into_iter().map(|x| (x, 1.0)).collect(), codes })
    }

    /// The pairs of two columns' levels; `counted` says which codes of the two occur together in a file that
    /// was counted, in the order of the pairs' codes.
    pub(in crate::pipeline) fn of_pairs(
        above: &Self,
        below: &Self,
        counted: impl Fn(usize, usize) -> Option<Vec<(u32, u32)>>,
    ) -> Option<Self> {
        let (above_count, below_count) = (above.values.len(), below.values.len());
        let inside = |a: u8, b: u8| usize::from(a) < above_count && usize::from(b) < below_count;
        let place = |a: u8, b: u8| usize::from(a) * below_count + usize::from(b);
        let pairs: Vec<(u8, u8)> = match (&above.codes, &below.codes) {
            (Codes::OfRow(a), Codes::OfRow(b)) => a.iter().copied().zip(b.iter().copied()).collect(),
            (Codes::Counted(CountedColumn::One(p), a), Codes::Counted(CountedColumn::One(q), b)) => {
                let level = |of_code: &[u8], code: u32| of_code.get(code as usize).copied();
                let pairs = counted(*p, *q)?.into_iter();
                pairs
                    .map(|(first, second)| Some((level(a, first)?, level(b, second)?)))
                    .collect::<Option<_>>()?
            }
            _ => return None,
        };
        let mut held = vec![false; above_count * below_count];
        pairs.iter().filter(|(a, b)| inside(*a, *b)).for_each(|(a, b)| held[place(*a, *b)] = true);
        let held: Vec<usize> = (0..held.len()).filter(|at| held[*at]).collect();
        if held.len() > MOST {
            return None;
        }
        let mut code_of_place = vec![held.len() as u8; above_count * below_count];
        held.iter().zip(0..).for_each(|(at, code)| code_of_place[*at] = code);
        let code = |(a, b): &(u8, u8)| {
            if inside(*a, *b) { code_of_place[place(*a, *b)] } else { held.len() as u8 }
        };
        let each: Vec<u8> = pairs.iter().map(code).collect();
        let codes = match (&above.codes, &below.codes) {
            (Codes::Counted(CountedColumn::One(p), _), Codes::Counted(CountedColumn::One(q), _)) => {
                Codes::Counted(CountedColumn::Pair(*p, *q), each)
            }
            _ => Codes::OfRow(each),
        };
        let values =
            held.iter().map(|at| (above.values[at / below_count].0, below.values[at % below_count].0));
        Some(Self { values: values.collect(), codes })
    }
}
