//! What a long step tells of how far it is; who shows it (a bar, a log, nobody) is not its business.

/// Receives word of the steps of a run. All methods may be called from any thread.
pub trait Progress: Sync {
    /// A step begins; `total` is its number of units (files, rows, indicators), 0 when unknown.
    fn start(&self, step: Step, total: u64);
    /// `units` more of the current step are done.
    fn advance(&self, units: u64);
    /// The current step is done.
    fn finish(&self);
}

/// The steps of a run, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Reading raw files; units are files.
    Read,
    /// Decoding answers; units are waves.
    Decode,
    /// Estimating; units are indicators.
    Estimate,
    /// Rendering and writing outputs; units are files.
    Write,
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: Step, _: u64) {}
    fn advance(&self, _: u64) {}
    fn finish(&self) {}
}
