//! Spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls).

mod collect;
mod estimates;
mod explain;
mod load;
mod notes;
mod plan;
mod population;
mod resolve;
mod run;
mod spec;
mod wave;

pub use explain::{Section, compare, explain};
pub use load::{Project, load, schema};
pub use plan::{Definition, IndicatorPlan, MeasurePlan, Plan, Sample, ShareDefinition, Survey, Wave, Weighting};
pub use resolve::{Surroundings, resolve};
pub use run::{Outcome, compute, write};
pub use spec::PlanSpec;
