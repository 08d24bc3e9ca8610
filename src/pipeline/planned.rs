//! The estimates that a plan asks for: of a survey, and of what one of its waves can answer.

use super::definition::{Definition, EstimateDefinition};
use super::plan::{Answerable, Plan};
use super::wave::WaveData;

/// An estimate of the plan, found by the indicator's position and the measure's position in it.
pub(super) struct PlannedEstimate<'a> {
    pub(super) id: String,
    pub(super) definition: &'a EstimateDefinition,
}

/// The name of a measure: the indicator's id, and `.2` for its second part.
pub(super) fn measure_id(plan: &Plan, indicator: usize, measure: usize) -> String {
    let item = &plan.indicators[indicator];
    if item.measures.len() == 1 { item.id.clone() } else { format!("{}.{}", item.id, measure + 1) }
}

/// The estimates of a survey.
pub(super) fn planned(plan: &Plan, survey: usize) -> Vec<PlannedEstimate<'_>> {
    let mut out = Vec::new();
    for (i, item) in plan.indicators.iter().enumerate() {
        for (m, measure) in item.measures.iter().enumerate() {
            if let Some(Definition::Estimate(definition)) = &measure.definition
                && definition.survey == survey
            {
                out.push(PlannedEstimate { id: measure_id(plan, i, m), definition });
            }
        }
    }
    out
}

/// The estimates that a wave can answer: its paper had their questions, and some of their options.
pub(super) fn planned_in<'a>(plan: &'a Plan, data: &WaveData) -> Vec<PlannedEstimate<'a>> {
    let wave = &plan.surveys[data.survey].waves[data.wave];
    planned(plan, data.survey)
        .into_iter()
        .filter(|e| wave.answerable(e.definition) == Answerable::Yes)
        .collect()
}
