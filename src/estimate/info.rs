//! What a design and a domain of it consist of.

use crate::design::Design;
use crate::error::Result;
use crate::estimate::estimand::{Domain, Groups};
use crate::estimate::single::{check_length, degrees_of_freedom};
use crate::estimate::value::DegreesOfFreedom;

/// Counts and degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignInfo {
    /// Respondents.
    pub n: u64,
    /// Respondents in the domain.
    pub n_domain: u64,
    /// Primary sampling units; none for a replicate design, which does not tell.
    pub psu_count: Option<u64>,
    /// Strata; none for a replicate design.
    pub stratum_count: Option<u64>,
    /// Degrees of freedom.
    pub df: DegreesOfFreedom,
    /// Σ w.
    pub n_weighted: f64,
    /// Σ w over the domain.
    pub n_weighted_domain: f64,
}

/// Counts a design and a domain.
///
/// ```
/// use shihyo::design::Design;
/// use shihyo::estimate::{Domain, design_info};
///
/// let info = design_info(&Design::simple(4)?, Domain::Rows(&[true, true, true, false]))?;
/// assert_eq!((info.n, info.n_domain, info.psu_count, info.stratum_count), (4, 3, Some(4), Some(1)));
/// assert_eq!((info.df.design, info.df.domain), (3.0, 2.0)); // PSUs − strata
/// assert_eq!((info.n_weighted, info.n_weighted_domain), (4.0, 3.0));
/// # Ok::<(), shihyo::error::Error>(())
/// ```
///
/// # Errors
/// A domain of another length than the design.
pub fn design_info(design: &Design, domain: Domain<'_>) -> Result<DesignInfo> {
    if let Domain::Rows(mask) = domain {
        check_length(design, mask.len())?;
    }
    let groups = Groups::one(design.rows(), domain);
    let rows = &groups.rows()[0];
    let roster = design.roster();
    Ok(DesignInfo {
        n: design.rows() as u64,
        n_domain: rows.len() as u64,
        psu_count: roster.map(|r| r.psu_count() as u64),
        stratum_count: roster.map(|r| r.stratum_count() as u64),
        df: degrees_of_freedom(design, rows),
        n_weighted: design.weights().iter().sum(),
        n_weighted_domain: rows.iter().map(|row| design.weights()[*row as usize]).sum(),
    })
}
