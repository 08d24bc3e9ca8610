//! The tests of the library and of the command, in one binary: each binary of its own would link every
//! dependency once more.
//!
//! To add a file of tests, put it beside this one and name it in the list below; what several files need
//! stands in `tests/support/`. `cargo test --test it waves::` runs one file. Tests share a process, so none
//! may change the environment, the working directory or the panic hook. One that must (a writer that is
//! killed, inputs that may panic) is a file directly under `tests/`, which is a binary of its own, or starts
//! a process, as `hostile_files` does to measure memory.

#[path = "../support/mod.rs"]
mod support;

mod answers_dates;
mod answers_forms;
mod answers_layouts;
mod answers_questionnaire;
mod answers_rules;
mod beside_r;
mod check_page;
mod cleaning;
mod cleaning_laws;
mod cli;
mod counts_cells;
mod counts_months;
mod counts_outputs;
mod counts_sources;
mod counts_tables;
mod degenerate;
mod derived_variables;
mod distributions;
mod edges;
mod estimate_command;
mod estimate_files;
mod estimate_flags;
mod estimate_hostile;
mod estimate_kinds;
mod estimate_large;
mod estimate_output;
mod estimate_quick;
mod estimate_stream;
mod few_respondents;
mod foreign_folder;
mod hostile_files;
mod house;
mod init;
mod init_codes;
mod init_headings;
mod init_kinds;
mod init_published;
mod init_summary;
mod joins;
mod laws;
mod layout_matrix;
mod long_table;
mod mistakes;
mod model_plan;
mod model_raw;
mod one_way;
mod oracle_intervals;
mod overlapping;
mod personal;
mod plan_errors;
mod plan_hostile;
mod plan_measures;
mod raw_hostile;
mod raw_parts;
mod raw_sas;
mod raw_scan;
mod raw_spss;
mod raw_stata;
mod raw_surveys;
mod raw_workbooks;
mod raw_xport;
mod real_cleaning;
mod real_kobo;
mod real_surveys;
mod replicates;
mod report_files;
mod report_tables;
mod reuse;
mod sensitivity;
mod sensitivity_cleaned;
mod trial_beside_r;
mod unknown_category;
mod waves;
mod waves_map;
