//! What it takes to find out what a request means.

use super::missing::Missing;
use crate::decode::Base;
use crate::finding::Finding;
use crate::pipeline::variables::source::Source;

/// What resolving needs at every step.
pub(super) struct Resolver<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) missing: &'a Missing,
    pub(super) base: Base,
    /// For each respondent whether the skip rules of the request bring them to the questions; `None` where
    /// that is not known.
    pub(super) asked: Option<Vec<Option<bool>>>,
    pub(super) findings: &'a mut Vec<Finding>,
}
