//! Making bootstrap replicates from a design, from a seed.

use super::Design;
use super::factors::ReplicateFactors;
use super::jackknife::check_size;
use super::replicate_scales::ReplicateKind;
use crate::code::Code;
use crate::error::{Error, Result};

/// Which PSUs are drawn again, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bootstrap {
    /// n_h of n_h PSUs with replacement; with population sizes n_h without replacement from the population
    /// made of N_h/n_h copies of each (Canty and Davison 1999). Scale ñ/(ñ − 1)/(R − 1), ñ the harmonic mean
    /// of n_h.
    CantyDavison,
    /// n_h − 1 of n_h with replacement, factor n_h/(n_h − 1) (Rao and Wu 1988). Scale 1/(R − 1). Takes no
    /// account of finite populations.
    RaoWu,
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` − 1, each as likely (Lemire 2019).
    fn below(&mut self, n: u64) -> u64 {
        loop {
            let wide = u128::from(self.next()) * u128::from(n);
            if (wide as u64) >= n.wrapping_neg() % n {
                return (wide >> 64) as u64;
            }
        }
    }

    /// A number in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// How often each of `n` PSUs is drawn.
fn draw(method: Bootstrap, n: u64, population: f64, random: &mut Random) -> Vec<u64> {
    let mut counts = vec![0_u64; n as usize];
    match method {
        Bootstrap::CantyDavison if population.is_finite() => {
            let copies = population / n as f64;
            let mut pool: Vec<u64> = Vec::new();
            for unit in 0..n {
                let extra = u64::from(random.unit() < copies.fract());
                pool.extend(std::iter::repeat_n(unit, copies as usize + extra as usize));
            }
            // The first n of a shuffle; a pool that came out short is drawn whole.
            for at in 0..(n as usize).min(pool.len()) {
                let other = at + random.below((pool.len() - at) as u64) as usize;
                pool.swap(at, other);
                counts[pool[at] as usize] += 1;
            }
        }
        Bootstrap::CantyDavison => (0..n).for_each(|_| counts[random.below(n) as usize] += 1),
        Bootstrap::RaoWu => (1..n).for_each(|_| counts[random.below(n) as usize] += 1),
    }
    counts
}

impl Design {
    /// Bootstrap replicates of the PSUs (R `as.svrepdesign(type = "bootstrap")` and `"subbootstrap"`). The
    /// same seed gives the same replicates on every machine.
    ///
    /// ```
    /// use shihyo::design::{Bootstrap, Design};
    ///
    /// let design = Design::simple(4)?.bootstrap(Bootstrap::RaoWu, 50, 1)?;
    /// let replicates = design.replicates().unwrap();
    /// assert_eq!((replicates.len(), replicates.overall_scale()), (50, 1.0 / 49.0));
    /// // Three of the four are drawn, each with the factor 4/3: the weights sum to 4 again.
    /// assert!(replicates.weights().all(|w| (w.iter().sum::<f64>() - 4.0).abs() < 1e-12));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two replicates, a calibrated or replicated design, or a stratum with a single PSU.
    pub fn bootstrap(&self, method: Bootstrap, replicates: usize, seed: u64) -> Result<Self> {
        self.with_factors(&self.bootstrap_factors(method, replicates, seed)?)
    }

    /// The factors of [`Design::bootstrap`].
    ///
    /// # Errors
    /// As there.
    pub fn bootstrap_factors(
        &self,
        method: Bootstrap,
        replicates: usize,
        seed: u64,
    ) -> Result<ReplicateFactors> {
        let stage = self.sampled_units()?;
        if stage.strata.iter().any(|h| h.units < 2) {
            return Err(Error::msg(
                Code::DesignLonelyPsu,
                "PSUが1つしかない層があるため、ブートストラップ反復を作れません",
                "a stratum has a single PSU: no bootstrap replicates can be made",
            ));
        }
        check_size(replicates, stage.unit_count)?;
        let mut units_of_stratum = vec![Vec::new(); stage.strata.len()];
        for unit in 0..stage.unit_count {
            units_of_stratum[stage.stratum(unit)].push(unit);
        }
        let mut random = Random(seed);
        let mut made = Vec::with_capacity(replicates);
        for _ in 0..replicates {
            let mut factors = vec![0.0; stage.unit_count];
            for (stratum, units) in stage.strata.iter().zip(&units_of_stratum) {
                let n = stratum.units as f64;
                let scale = if method == Bootstrap::RaoWu { n / (n - 1.0) } else { 1.0 };
                for (unit, count) in
                    units.iter().zip(draw(method, stratum.units, stratum.population, &mut random))
                {
                    factors[*unit] = count as f64 * scale;
                }
            }
            made.push(factors);
        }
        let made = ReplicateFactors::new(ReplicateKind::Bootstrap, stage, made)?;
        match method {
            Bootstrap::RaoWu => Ok(made),
            Bootstrap::CantyDavison => {
                let harmonic = stage.strata.len() as f64
                    / stage.strata.iter().map(|h| 1.0 / h.units as f64).sum::<f64>();
                made.rescaled(|scales| {
                    let scale = scales.overall() * harmonic / (harmonic - 1.0);
                    scales.scale(scale)
                })
            }
        }
    }
}
