//! Spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls).

pub mod adhoc;
mod collect;
mod compare;
mod estimates;
mod explain;
mod init;
mod load;
mod mend;
mod notes;
mod plan;
mod population;
mod resolve;
mod run;
mod sensitivity;
mod spec;
mod wave;

pub use compare::{Comparison, compare};
pub use explain::{Section, base_words, explain, keys};
pub use init::{FirstPlan, InitRequest, init};
pub use load::{Project, load, schema};
pub use plan::{Definition, IndicatorPlan, MeasurePlan, Plan, Sample, ShareDefinition, Survey, Wave, Weighting};
pub use resolve::{Surroundings, resolve};
pub use run::{Outcome, compute, write};
pub use spec::PlanSpec;
