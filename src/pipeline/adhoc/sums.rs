//! Estimates of a file that was added up as it was read, crossing by crossing.

use super::levels::{Codes, CountedColumn};
use super::measures::{Values, Wanted};
use super::shares::{self, Banner, What};
use crate::engine::{Crossed, Recoding, StreamColumns, Streamed};
use crate::estimate::Options;
use crate::pipeline::sample_design::{BuiltDesign, FittedSums};
use crate::raw::scan::HandOver;
use crate::stats::exact_sum;

/// What a file adds up to, and the design of its rows.
#[derive(Debug, Clone, Copy)]
pub(in crate::pipeline) struct Sums<'a> {
    /// What was read.
    pub(in crate::pipeline) columns: &'a StreamColumns,
    /// What it adds up to.
    pub(in crate::pipeline) streamed: &'a Streamed,
    /// The weight of each key, before weights are fitted.
    pub(in crate::pipeline) weights: &'a [f64],
    /// The keys of the fit, where weights are fitted.
    pub(in crate::pipeline) fitted: Option<&'a FittedSums<'a>>,
    /// The design.
    pub(in crate::pipeline) made: &'a BuiltDesign,
    /// How numbers are reported.
    pub(in crate::pipeline) options: &'a Options,
}

/// What is wanted and its estimates, of which every crossing has the parts of its own breakdowns; the first
/// has everyone too.
///
/// # Errors
/// The first of the crossings'; there is none.
pub(in crate::pipeline) fn in_one(
    crossings: impl IntoIterator<Item = Result<(Wanted, shares::Estimates), HandOver>>,
) -> Result<(Wanted, shares::Estimates), HandOver> {
    let mut crossings = crossings.into_iter();
    let (mut wanted, mut estimates) = crossings.next().ok_or(HandOver::Crossings)??;
    for more in crossings {
        let (of_crossing, more) = more?;
        estimates.iter_mut().zip(more).for_each(|(known, more)| known.extend(more));
        wanted.by.extend(of_crossing.by);
    }
    Ok((wanted, estimates))
}

impl Sums<'_> {
    /// Σ w of all rows.
    pub(in crate::pipeline) fn total_weight(&self) -> f64 {
        if self.fitted.is_some() {
            return self.made.design.weight_sum();
        }
        let counted =
            || exact_sum(self.weights.iter().zip(&self.streamed.keys).map(|(w, key)| (*w, key.rows)));
        self.streamed.weight().unwrap_or_else(counted)
    }

    /// The estimates of what is wanted on a crossing, whose cells are the units of `wanted`: of everyone,
    /// where that is asked for, then of the parts of the breakdowns.
    ///
    /// # Errors
    /// Numbers with too many values, quantiles of fitted weights.
    pub(in crate::pipeline) fn estimates(
        &self,
        crossed: &Crossed,
        wanted: &Wanted,
        of_everyone: bool,
    ) -> Result<shares::Estimates, HandOver> {
        let banners = banners(wanted);
        let banners = banners.get(usize::from(!of_everyone)..).unwrap_or_default();
        let cube = self.streamed.cube(crossed, self.weights).ok_or(HandOver::Sums)?;
        let cube = cube.recoded_each(&rules(wanted, self.columns)?);
        let what: Vec<What<'_>> = wanted
            .measures
            .iter()
            .map(|m| What::of(&m.values))
            .collect::<Option<_>>()
            .ok_or(HandOver::Values)?;
        if let Some(fitted) = self.fitted {
            if what.iter().any(|what| matches!(what, What::Quantile(..))) {
                return Err(HandOver::Quantiles);
            }
            let cube = fitted.keyed(crossed, cube).ok_or(HandOver::Sums)?;
            let design = (&self.made.design, &fitted.keys);
            return Ok(shares::of_fitted_cube(&cube, &what, banners, design, self.options));
        }
        shares::of_cube(&cube, &what, banners, &self.made.design, self.made.replicates.as_ref(), self.options)
            .map_err(|_| HandOver::Design)
    }
}

/// What each code of the measures means for the numbers that are wanted.
fn rules(wanted: &Wanted, columns: &StreamColumns) -> Result<Vec<Recoding>, HandOver> {
    let measure =
        |position: usize| columns.measures.iter().position(|p| *p == position).ok_or(HandOver::Column);
    let counted = |column: &CountedColumn| match *column {
        CountedColumn::One(position) => measure(position),
        CountedColumn::Pair(first, second) => {
            Ok(columns.measures.len() + columns.pair(first, second).ok_or(HandOver::Column)?)
        }
    };
    let rule = |values: &Values| {
        let what = What::of(values).ok_or(HandOver::Values)?;
        let code_count = what.code_count();
        let levels = match (values, what) {
            (Values::CountedShare(column, answers), _) => {
                let becomes = answers.iter().map(|answer| answer.code()).collect();
                return Ok(Recoding { measure: counted(column)?, code_count, becomes });
            }
            (_, What::Number(_, levels) | What::Quantile(_, levels)) => levels,
            _ => return Err(HandOver::Request),
        };
        let Codes::Counted(column, becomes) = &levels.codes else { return Err(HandOver::Request) };
        Ok(Recoding { measure: counted(column)?, code_count, becomes: becomes.clone() })
    };
    wanted.measures.iter().map(|measure| rule(&measure.values)).collect()
}

/// The domain and the breakdowns, by the cells of the crossing.
fn banners(wanted: &Wanted) -> Vec<Banner> {
    let whole =
        Banner { group_of_cell: wanted.domain.iter().map(|inside| inside.then_some(0)).collect(), groups: 1 };
    let by = wanted.by.iter().map(|by| {
        let mut group_of_cell = vec![None; wanted.domain.len()];
        for (group, members) in (0..).zip(by.groups.rows()) {
            let inside = members.iter().filter(|cell| wanted.domain[**cell as usize]);
            inside.for_each(|cell| group_of_cell[*cell as usize] = Some(group));
        }
        Banner { group_of_cell, groups: by.groups.count() }
    });
    std::iter::once(whole).chain(by).collect()
}
