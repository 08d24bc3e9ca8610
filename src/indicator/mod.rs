//! Definitions, administrative counts, targets and progress status: what the progress table is made of.

mod breakdown;
mod fiscal_year;
mod quantity;
mod status;
mod table;
mod target;

pub use breakdown::{Breakdown, BreakdownRow, Difference, DifferenceTest, Verdict};
pub use fiscal_year::FiscalYear;
pub use quantity::{AdminCell, Decimal, Mark, Quantity, Unit};
pub use status::{ChangeEvidence, Point, ProgressRule, ProgressState, StatusReport, TargetClearance, Undefined};
pub use table::{
    CellContent, DataKind, EstimateRecord, Goal, Group, IndicatorRow, IndicatorTable, LedgerRecord, Measure, Observation,
    ObservedValue, Quality, Role, Source, YearCell,
};
pub use target::{Direction, Operator, Target};
