//! Definitions, administrative counts, targets and progress status: what the progress table is made of.

mod admin_cell;
mod breakdown;
mod counts;
mod difference;
mod fiscal_year;
mod flag;
mod number_key;
mod progress;
mod quantity;
mod record;
mod statistic;
mod status;
mod table;
mod tabulate;
mod target;
mod trend;
mod unit;

pub use crate::waves::Comparability;
pub use admin_cell::{AdminCell, Mark};
pub use breakdown::Breakdown;
pub use counts::{CountQuery, CountReading, Counts, MonthRule};
pub use difference::{DifferenceFromRest, DifferenceTest, NoVerdict, Verdict};
pub use fiscal_year::FiscalYear;
pub use flag::Flag;
pub(crate) use number_key::OFFICE;
pub use number_key::{Group, Measured, NumberKey, NumberSource};
pub use progress::{Course, direction_of, judge};
pub use quantity::{Decimal, Quantity};
pub use record::{Detail, Domains, EstimateRecord, Test};
pub use statistic::{Estimated, Statistic, ValueFormat};
pub use status::{
    ChangeEvidence, Point, ProgressRule, ProgressState, StatusReport, TargetClearance, Undefined,
};
pub use table::{
    CellContent, DataKind, Goal, IndicatorRow, IndicatorTable, LedgerRecord, Measure, Observation,
    ObservedValue, PolicyEffect, PolicySetting, Quality, Role, ValueSource, YearCell,
};
pub use tabulate::{Judgement, MeasureInput, reported, tabulate};
pub use target::{Direction, Operator, Target};
pub use trend::TrendNote;
pub use unit::Unit;
