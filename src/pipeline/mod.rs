//! Spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls).

mod load;
mod plan;
mod resolve;
mod spec;

pub use load::{Project, load, schema};
pub use plan::{Definition, DontKnow, Duplicates, IndicatorPlan, MeasurePlan, Plan, Sample, ShareDefinition, Survey, Wave, Weighting};
pub use resolve::{Surroundings, resolve};
pub use spec::PlanSpec;
