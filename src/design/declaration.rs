//! A sample design as it is declared: plain columns, not checked yet.

use super::roster::{DomainLonely, LonelyPsu};

/// Sizes of the population that each stage was drawn from.
///
/// ```
/// use shihyo::design::{Declaration, Fpc, declare};
///
/// // One in four: N = 16, and each stands for four.
/// let design = declare(Declaration::new(4).fpc(Fpc::SamplingFraction(vec![vec![0.25; 4]])))?;
/// assert_eq!((design.weights()[0], design.roster().unwrap().population(0)), (4.0, 16.0));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Fpc {
    /// Drawn with replacement, or from a population so large that it does not matter.
    #[default]
    None,
    /// One column a stage: units of the population in the stratum (or in the unit of the stage above), at
    /// least the number drawn; infinite for "with replacement".
    PopulationSize(Vec<Vec<f64>>),
    /// One column a stage: n/N, from 0 to 1.
    SamplingFraction(Vec<Vec<f64>>),
}

/// What a cluster code that occurs in two strata means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nesting {
    /// A mistake: codes are unique over the whole file.
    #[default]
    Unique,
    /// Two clusters: codes start again in each stratum (R `nest=TRUE`).
    WithinStrata,
}

/// A design as its columns say it. Columns hold one value a respondent; codes are any numbers.
///
/// ```
/// use shihyo::design::{Declaration, DomainLonely, LonelyPsu, Nesting, declare};
///
/// // Two strata whose cluster codes start again.
/// let design = declare(
///     Declaration::new(5)
///         .strata(vec![vec![0, 0, 0, 1, 1]])
///         .stratum_names(vec!["北".to_owned(), "南".to_owned()])
///         .clusters(vec![vec![1, 1, 2, 1, 2]])
///         .nesting(Nesting::WithinStrata)
///         .weights(vec![3.0, 3.0, 3.0, 2.0, 2.0])
///         .lonely(LonelyPsu::Adjust)
///         .domain_lonely(DomainLonely::AsLonely),
/// )?;
/// assert_eq!(design.df(), 2.0); // four PSUs − two strata
/// # Ok::<(), shihyo::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declaration {
    pub(super) rows: usize,
    pub(super) clusters: Vec<Vec<u32>>,
    pub(super) strata: Vec<Vec<u32>>,
    pub(super) stratum_names: Vec<String>,
    pub(super) fpc: Fpc,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) nesting: Nesting,
    pub(super) lonely: LonelyPsu,
    pub(super) domain_lonely: DomainLonely,
}

impl Declaration {
    /// A simple random sample of `rows` respondents; the other methods add to it.
    pub fn new(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// Cluster codes, one column a stage from the first down. None: every row is its own PSU.
    #[must_use]
    pub fn clusters(mut self, stages: Vec<Vec<u32>>) -> Self {
        self.clusters = stages;
        self
    }

    /// Stratum codes, one column a stage from the first down.
    #[must_use]
    pub fn strata(mut self, stages: Vec<Vec<u32>>) -> Self {
        self.strata = stages;
        self
    }

    /// Names of the first stage's stratum codes (code 0 has the first name), for messages.
    #[must_use]
    pub fn stratum_names(mut self, names: Vec<String>) -> Self {
        self.stratum_names = names;
        self
    }

    /// Population sizes or sampling fractions.
    #[must_use]
    pub fn fpc(mut self, fpc: Fpc) -> Self {
        self.fpc = fpc;
        self
    }

    /// Weights. Without them: the product of N/n over the stages with population sizes, else 1.
    #[must_use]
    pub fn weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = Some(weights);
        self
    }

    /// What a cluster code that occurs in two strata means.
    #[must_use]
    pub fn nesting(mut self, nesting: Nesting) -> Self {
        self.nesting = nesting;
        self
    }

    /// The policy for strata with a single PSU.
    #[must_use]
    pub fn lonely(mut self, lonely: LonelyPsu) -> Self {
        self.lonely = lonely;
        self
    }

    /// The policy for strata with a single PSU in the domain.
    #[must_use]
    pub fn domain_lonely(mut self, domain_lonely: DomainLonely) -> Self {
        self.domain_lonely = domain_lonely;
        self
    }

    pub(super) fn stratum_name(&self, stage: usize, row: usize) -> String {
        let code = self.strata.get(stage).map_or(0, |s| s[row]);
        let name = if stage == 0 { self.stratum_names.get(code as usize) } else { None };
        name.cloned().unwrap_or_else(|| code.to_string())
    }
}
