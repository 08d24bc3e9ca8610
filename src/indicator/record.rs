//! One number with everything that belongs to it: a row of every long table, whoever asked for it.

use super::difference::DifferenceFromRest;
use super::flag::Flag;
use super::number_key::NumberKey;
use super::statistic::{Statistic, ValueFormat};
use super::table::DataKind;
use crate::decode::Base;
use crate::estimate::{Estimate, IntervalBasis, IntervalMethod, NotEstimable};
use crate::text::Text;

/// One number of a long table (`estimates.csv`, `compare`, `estimate`).
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRecord {
    /// Its key.
    pub key: NumberKey,
    /// What kind of number it is, and how it is printed.
    pub format: ValueFormat,
    /// The variable: a question such as `問12`, or a column as it was asked for; both of a ratio (`問8/問9`).
    pub variable: String,
    /// What counts of it: labels of a question's options, or codes as they were asked for, a NET when
    /// several; of a score each option with its points (`満足=5`). Of shares, scores and their differences
    /// only.
    pub values: Vec<String>,
    /// Who is in the base.
    pub base: Base,
    /// Of whom it is, in words, where that is part of the respondents (`where`); the design keeps everyone.
    pub universe: Option<Text>,
    /// The number with its uncertainty. Of a test: its statistic.
    pub estimate: Estimate,
    /// The interval's method; it counts where there is an interval.
    pub method: &'static str,
    /// What the interval rests on.
    pub basis: IntervalBasis,
    /// The level of the interval, and of a verdict.
    pub level: f64,
    /// Respondents of the whole wave, or of the files.
    pub n_total: u64,
    /// Σ w of these.
    pub n_w_total: f64,
    /// What is to be known, by name.
    pub flags: Vec<Flag>,
    /// Whether the responses are real; `None` where nobody says so.
    pub data: Option<DataKind>,
    /// What only some numbers have.
    pub detail: Detail,
}

/// What only some numbers have.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// Nothing.
    None,
    /// The probability of a quantile.
    Quantile(f64),
    /// A part held against the rest of the respondents.
    AgainstRest(DifferenceFromRest),
    /// The two domains of a difference, or the two waves of a change.
    Domains(Box<Domains>),
    /// A test of independence.
    Test(Test),
}

/// The two sides of a difference (A − B) or of a change (A the later wave, B the earlier one).
#[derive(Debug, Clone, PartialEq)]
pub struct Domains {
    /// The statistic that they are compared in.
    pub of: Statistic,
    /// The first domain, as it was asked for; the files of the later wave.
    pub a: String,
    /// The second, or `rest`; the files of the earlier wave.
    pub b: String,
    /// The number in the first.
    pub stat_a: Result<f64, NotEstimable>,
    /// The number in the second.
    pub stat_b: Result<f64, NotEstimable>,
    /// Respondents of the first in the base.
    pub n_a: u64,
    /// Respondents of the second in the base.
    pub n_b: u64,
    /// difference / se.
    pub t: Result<f64, NotEstimable>,
    /// Two-sided p-value.
    pub p_value: Result<f64, NotEstimable>,
}

/// A test of independence.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The statistic.
    pub f: Result<f64, NotEstimable>,
    /// Its degrees of freedom above.
    pub ndf: Result<f64, NotEstimable>,
    /// And below.
    pub ddf: Result<f64, NotEstimable>,
    /// The p-value.
    pub p_value: Result<f64, NotEstimable>,
}

impl EstimateRecord {
    /// The kind of number.
    pub fn statistic(&self) -> Statistic {
        self.format.statistic
    }

    /// What of this number does not exist, by column, and the stable name of the reason; in the order of the
    /// columns. A column that its kind of number does not have (the n_eff of a mean) is not among them.
    pub fn reasons(&self) -> Vec<(&'static str, &'static str)> {
        let (e, statistic) = (&self.estimate, self.statistic());
        let share = statistic == Statistic::Share;
        let spread = statistic != Statistic::RaoScott;
        let deff = share || matches!(statistic, Statistic::Mean | Statistic::Total | Statistic::Score);
        let mut out = vec![
            ("stat", e.value.as_ref().err()),
            ("se", e.se.as_ref().err().filter(|_| spread)),
            ("ci", e.interval.as_ref().err().filter(|_| spread)),
            ("deff", e.deff.as_ref().err().filter(|_| deff)),
            ("n_eff", e.n_eff.as_ref().err().filter(|_| share)),
        ];
        match &self.detail {
            // A difference from the rest has a reason of its own, so that its part is the number that it is
            // elsewhere.
            Detail::None | Detail::Quantile(_) | Detail::AgainstRest(_) => {}
            Detail::Domains(d) => out.extend([
                ("stat_a", d.stat_a.as_ref().err()),
                ("stat_b", d.stat_b.as_ref().err()),
                // Of two shares the p-value is found without it.
                ("t", d.t.as_ref().err().filter(|_| self.method == IntervalMethod::Wald.name())),
                ("p_value", d.p_value.as_ref().err()),
            ]),
            Detail::Test(t) => out.extend([
                ("F", t.f.as_ref().err()),
                ("ndf", t.ndf.as_ref().err()),
                ("ddf", t.ddf.as_ref().err()),
                ("p_value", t.p_value.as_ref().err()),
            ]),
        }
        out.into_iter().filter_map(|(column, reason)| Some((column, reason?.code()))).collect()
    }
}
