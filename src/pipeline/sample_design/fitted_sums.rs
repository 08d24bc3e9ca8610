//! The sums of a file that was added up as it was read, where weights are fitted to margins: whatever
//! crossing they come from, they are brought to the keys of the fit.

use std::collections::HashMap;

use crate::design::Design;
use crate::engine::{Crossed, Cube, Streamed};
use crate::estimate::FittedKeys;
use crate::raw::scan::HandOver;

/// The keys of a fit, for crossings whose classifications have those of the margins among them.
#[derive(Debug)]
pub(in crate::pipeline) struct FittedSums<'a> {
    /// The keys.
    pub(in crate::pipeline) keys: FittedKeys<'a>,
    /// The combinations of the margins' categories.
    combined: &'a Crossed,
    /// The joint cell of each.
    joint_of: HashMap<&'a [u32], u32>,
    /// The unit (stratum, or PSU) of each key of the stream.
    unit_of_key: &'a [u32],
    /// The key of each unit and joint cell.
    key_of: HashMap<(u32, u32), u32>,
}

impl<'a> FittedSums<'a> {
    /// Of a design that was fitted by these combinations. `weight_of_key` and `unit_of_key` are by the keys
    /// of the stream.
    ///
    /// # Errors
    /// A fit whose numbers have to come from rows.
    pub(in crate::pipeline) fn of(
        design: &'a Design,
        streamed: &Streamed,
        combined: &'a Crossed,
        (weight_of_key, unit_of_key): (&[f64], &'a [u32]),
    ) -> Result<Self, HandOver> {
        let joint = design.fitted_cells().ok_or(HandOver::Fit)?.of_row();
        let joint_of = combined.cells.iter().map(Vec::as_slice).zip(joint.iter().copied()).collect();
        let (mut pairs, mut key_of) = (Vec::new(), HashMap::new());
        for (key, cell) in combined.met() {
            let (unit, joint) = (unit_of_key[key as usize], joint[cell as usize]);
            key_of.entry((unit, joint)).or_insert_with(|| {
                pairs.push((unit as usize, joint as usize));
                pairs.len() as u32 - 1
            });
        }
        let cube = streamed.cube(combined, weight_of_key).ok_or(HandOver::Sums)?;
        let keys: Vec<u32> = (cube.slots().iter())
            .map(|(key, cell, _)| key_of[&(unit_of_key[*key as usize], joint[*cell as usize])])
            .collect();
        let everyone = vec![Some(0); combined.cells.len()];
        let totals = cube.rekeyed(pairs.len(), &keys).roll_up(&everyone, 1);
        let one_weight = streamed.weight().is_none();
        let keys = FittedKeys::of_totals(design, pairs, &totals, one_weight).ok_or(HandOver::Fit)?;
        Ok(Self { keys, combined, joint_of, unit_of_key, key_of })
    }

    /// The sums of a crossing, by the keys of the fit. `None` where it does not hold the margins.
    pub(in crate::pipeline) fn keyed(&self, crossed: &Crossed, cube: Cube) -> Option<Cube> {
        let place = |c: &usize| crossed.classifications.iter().position(|known| known == c);
        let places: Vec<usize> = self.combined.classifications.iter().map(place).collect::<Option<_>>()?;
        let joint = |cell: &Vec<u32>| -> Option<u32> {
            let combination: Vec<u32> =
                places.iter().map(|at| cell.get(*at).copied()).collect::<Option<_>>()?;
            self.joint_of.get(combination.as_slice()).copied()
        };
        let joint: Vec<u32> = crossed.cells.iter().map(joint).collect::<Option<_>>()?;
        let key = |(key, cell, _): &(u32, u32, u64)| {
            let pair = (*self.unit_of_key.get(*key as usize)?, *joint.get(*cell as usize)?);
            self.key_of.get(&pair).copied()
        };
        let keys: Vec<u32> = cube.slots().iter().map(key).collect::<Option<_>>()?;
        Some(cube.rekeyed(self.keys.pairs.len(), &keys))
    }
}
