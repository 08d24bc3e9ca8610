//! shihyo (指標): from raw questionnaire files to the indicator table.
//!
//! The rooms stand in the order in which the data go. Each room is named for what it hands on,
//! and imports only rooms that stand below it in this list:
//!
//! | room | hands on |
//! |---|---|
//! | [`pipeline`] | spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls) |
//! | [`report`] | indicator table and breakdowns → bytes: CSV, JSON, Parquet, XLSX, HTML; opens no file |
//! | [`indicator`] | definitions, administrative counts, targets, progress status |
//! | [`estimate`] | share, mean, total, ratio, quantile, contrast, test; domain, influence, interval |
//! | [`design`] | strata, stages, finite population corrections, weights, calibration, replicates, variance |
//! | [`engine`] | reduction → totals: adds up rows in one pass for many estimands |
//! | [`draft`] | questionnaires out of bare files: families of columns, types, what is doubtful |
//! | [`waves`] | a wave's questionnaire beside the survey's: concordance, comparability, harmonised answers |
//! | [`edits`] | cleaning log; the same answers under other processing rules |
//! | [`join`] | files of one survey → one table, by key |
//! | [`decode`] | cells → answers: code list, multiple answers, skip rules, missing reasons, base ledger |
//! | [`questionnaire`] | what was asked: model, TOML, processing rules, XLSForm, tabulator's sheet |
//! | [`raw`] | the door in: encodings, CSV, spreadsheets → tables whose cells know their place |
//! | [`derived`] | the door out: atomic writes, manifest |
//! | [`stats`] | distributions, special functions, linear algebra on plain `f64` |
//!
//! Shared by all: [`error`], [`finding`], [`code`], [`text`], [`provenance`], [`progress`].
//!
//! Only `raw`, `derived` and the command's own `cli` touch files, the clock or the environment;
//! everything else is values in, values out.

#![warn(missing_docs, unreachable_pub)]
#![warn(clippy::disallowed_methods, clippy::print_stderr, clippy::print_stdout, clippy::wildcard_imports)]

pub mod code;
pub mod decode;
pub mod derived;
pub mod design;
pub mod draft;
pub mod edits;
pub mod engine;
pub mod error;
pub mod estimate;
pub mod finding;
pub mod indicator;
pub mod join;
pub mod pipeline;
pub mod progress;
pub mod provenance;
pub mod questionnaire;
pub mod raw;
pub mod report;
pub mod stats;
pub mod text;
mod toml;
pub mod waves;
