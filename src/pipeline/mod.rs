//! Spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls).

pub mod adhoc;
mod cells;
mod clean;
mod cleaning;
mod collect;
mod compare;
mod count_spec;
mod data_spec;
mod decoded;
mod definition;
mod estimate_spec;
mod estimates;
mod explain;
mod init;
mod join_spec;
mod kept;
mod listed;
mod load;
mod map_spec;
mod notes;
mod plan;
mod planned;
mod recover;
mod resolve;
mod reuse;
mod run;
mod sample_design;
mod sensitivity;
mod source;
mod spec;
mod summed;
mod trend;
mod variables;
mod wave;
mod weights;

pub use clean::{Exported, Verified, WaveChoice, export, verify};
pub use compare::{CompareRequest, compare};
pub use definition::{Definition, EstimateDefinition, StatisticDefinition};
pub use explain::{Section, base_words, explain, keys};
pub use init::{DraftPoint, FirstPlan, InitRequest, draft_points, init, question_counts};
pub use join_spec::{JoinSpec, JoinsSpec, KeyNamesSpec, KeySpec, NamesSpec, SameColumnsSpec};
pub use load::{Project, load, schema};
pub use map_spec::{MapSpec, MapTable, WordsSpec};
pub use plan::{
    Fit, IndicatorPlan, MeasurePlan, Plan, PlannedReplicates, Ruling, Sample, Survey, Wave, WaveDesign,
    WaveJoin, WavePaper,
};
pub use resolve::{Surroundings, resolve};
pub use reuse::Reuse;
pub use run::{HeldOutcome, RunOutcome, Written, compute, compute_streamed, write};
pub use spec::PlanSpec;
