//! Observations by year → the lines of the progress table.

use std::collections::BTreeMap;

use super::admin_cell::AdminCell;
use super::fiscal_year::FiscalYear;
use super::progress::{Course, direction_of, judge};
use super::quantity::Quantity;
use super::statistic::Statistic;
use super::status::{Point, ProgressRule, ProgressState};
use super::table::{CellContent, Measure, Observation, ObservedValue, Role, ValueSource, YearCell};
use super::target::{Direction, Target};
use super::unit::Unit;
use crate::estimate::DifferenceMethod;
use crate::waves::Comparability;

/// One measure before its status is known.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureInput {
    /// Name of the sub-measure.
    pub sub_item: Option<String>,
    /// Unit, where the plan says it; else that of the values, else that of the target.
    pub unit: Option<Unit>,
    /// Which way is good, where the plan says it.
    pub direction: Option<Direction>,
    /// 目標値.
    pub target: Option<Target>,
    /// What stands in the years that have something.
    pub cells: BTreeMap<FiscalYear, CellContent>,
    /// A person's judgement and its reason.
    pub manual: Option<(String, String)>,
}

/// How measures are judged, the same for a whole plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The rule.
    pub rule: ProgressRule,
    /// The plan's words for the states.
    pub ladder: Vec<(ProgressState, String)>,
    /// How the change of a share is tested.
    pub difference: DifferenceMethod,
}

/// One line of the table: a cell for every year before the last (the target's), and the status. A year
/// without an entry prints `-` (not surveyed).
pub fn tabulate(input: MeasureInput, years: &[FiscalYear], judgement: &Judgement) -> Measure {
    let target_year = years.last().copied().unwrap_or(FiscalYear::from_western(0));
    let baseline_year = years.first().copied().unwrap_or(target_year);
    let cells: Vec<YearCell> = years
        .iter()
        .filter(|y| **y != target_year)
        .map(|&year| YearCell {
            year,
            role: if year == baseline_year { Role::Baseline } else { Role::Actual },
            content: input.cells.get(&year).cloned().unwrap_or(CellContent::NotSurveyed),
        })
        .collect();
    let baseline = cells.iter().find(|c| c.role == Role::Baseline).and_then(point);
    let latest = cells.iter().filter(|c| c.role == Role::Actual).filter_map(point).next_back();
    let direction =
        input.direction.unwrap_or_else(|| direction_of(input.target.as_ref(), baseline.map(|b| b.value)));
    let comparability = latest.map_or(Comparability::Same, |l| comparability(&cells, l.year, baseline_year));
    let mut status = judge(
        judgement.rule,
        &Course {
            baseline,
            latest,
            target: input.target.as_ref(),
            target_year,
            direction,
            comparability,
            difference: judgement.difference,
        },
    );
    status.label =
        judgement.ladder.iter().find(|(state, _)| *state == status.state).map(|(_, word)| word.clone());
    status.manual = input.manual;
    let unit = input
        .unit
        .or_else(|| cells.iter().find_map(unit_of))
        .or_else(|| input.target.as_ref().map(|t| t.quantity.unit.clone()));
    Measure {
        sub_item: input.sub_item,
        unit: unit.unwrap_or(Unit::Named(String::new())),
        direction,
        cells,
        target: input.target,
        status,
    }
}

/// The cell that a reported figure makes; a value without a unit takes `unit`.
pub fn reported(cell: &AdminCell, unit: Option<&Unit>, source: ValueSource) -> CellContent {
    match cell {
        AdminCell::Value { quantity, mark, note } => {
            let mut quantity: Quantity = quantity.clone();
            if let (Unit::Named(name), Some(unit)) = (&quantity.unit, unit)
                && name.is_empty()
            {
                quantity.unit = unit.clone();
            }
            CellContent::Value(Box::new(Observation {
                value: ObservedValue::Reported(quantity),
                mark: *mark,
                note: note.clone(),
                source,
                trend: None,
            }))
        }
        AdminCell::Pending => CellContent::Pending,
        AdminCell::Nil => CellContent::NotSurveyed,
        AdminCell::NotAvailable => CellContent::NotAvailable,
        AdminCell::Suppressed => CellContent::Suppressed,
    }
}

/// Whether the value of `year` may be compared with that of the baseline's year.
fn comparability(cells: &[YearCell], year: FiscalYear, baseline: FiscalYear) -> Comparability {
    let trend = cells.iter().find(|c| c.year == year).and_then(|c| match &c.content {
        CellContent::Value(observation) => observation.trend.as_ref(),
        _ => None,
    });
    trend.filter(|t| t.with == baseline).map_or(Comparability::Same, |t| t.level)
}

fn unit_of(cell: &YearCell) -> Option<Unit> {
    match &cell.content {
        CellContent::Value(observation) => Some(match &observation.value {
            ObservedValue::Estimated(of) => of.format.unit.clone(),
            ObservedValue::Reported(quantity) => quantity.unit.clone(),
        }),
        _ => None,
    }
}

fn point(cell: &YearCell) -> Option<Point> {
    let CellContent::Value(observation) = &cell.content else { return None };
    match &observation.value {
        ObservedValue::Estimated(of) => Some(Point {
            year: cell.year,
            value: *of.estimate.value.as_ref().ok()?,
            se: of.estimate.se.as_ref().ok().copied(),
            limits: of.estimate.interval.as_ref().ok().map(|i| (i.low, i.high)),
            df: Some(of.estimate.df.domain),
            n: (of.format.statistic == Statistic::Share).then_some(of.estimate.n),
        }),
        ObservedValue::Reported(quantity) => {
            let value = quantity.value();
            Some(Point { year: cell.year, value, se: None, limits: None, df: None, n: None })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Judgement, MeasureInput, reported, tabulate};
    use crate::estimate::DifferenceMethod;
    use crate::indicator::{
        AdminCell, CellContent, Direction, FiscalYear, ProgressRule, ProgressState, Target, Unit, ValueSource,
    };

    fn years() -> Vec<FiscalYear> {
        "R4".parse::<FiscalYear>().unwrap().to("R10".parse().unwrap())
    }

    fn judgement() -> Judgement {
        Judgement {
            rule: ProgressRule::NoiseAware { level: 0.95 },
            ladder: vec![(ProgressState::Improved, "○".into())],
            difference: DifferenceMethod::Mover,
        }
    }

    #[test]
    fn a_count_over_the_years_is_judged_by_its_latest_value() {
        let cell = |text: &str| reported(&AdminCell::parse(text).unwrap(), None, ValueSource::Published);
        let cells: BTreeMap<_, _> = [
            ("R4", cell("431人")),
            ("R5", cell("439人")),
            ("R6", cell("442人")),
            ("R7", CellContent::Pending),
        ]
        .map(|(y, c)| (y.parse().unwrap(), c))
        .into();
        let input = MeasureInput {
            sub_item: None,
            unit: None,
            direction: None,
            target: Some(Target::parse("506人").unwrap()),
            cells,
            manual: None,
        };
        let measure = tabulate(input, &years(), &judgement());
        assert_eq!(measure.cells.len(), 6, "the target's year is no cell");
        assert_eq!((measure.unit, measure.direction), (Unit::Named("人".into()), Direction::Increase));
        assert_eq!(
            (measure.status.state, measure.status.label.as_deref()),
            (ProgressState::Improved, Some("○"))
        );
        assert_eq!(measure.status.latest.unwrap().year, "R6".parse().unwrap());
        assert_eq!(measure.cells[5].content, CellContent::NotSurveyed);
    }

    #[test]
    fn a_measure_without_any_figure_keeps_its_unit_and_says_what_is_missing() {
        let cells = [("R4".parse().unwrap(), CellContent::NotAvailable)].into();
        let input = MeasureInput {
            sub_item: Some("延べ利用回数".into()),
            unit: Some(Unit::Named("回".into())),
            direction: None,
            target: None,
            cells,
            manual: None,
        };
        let measure = tabulate(input, &years(), &judgement());
        assert_eq!((measure.unit.text(), measure.status.state), ("回", ProgressState::NoTarget));
    }
}
