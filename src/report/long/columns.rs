//! The columns of a long table, and what a number has in each.

use crate::estimate::NotEstimable;
use crate::indicator::{Detail, DifferenceTest, EstimateRecord, NoVerdict, Unit, ValueFormat};
use crate::provenance::SCHEMA_VERSION;
use crate::report::words;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, or a list.
    Text,
    /// Whole numbers from 0.
    Count,
    /// Numbers.
    Real,
}

use Kind::{Count, Real, Text};

/// The columns of every long table, in this order; the first thirteen are those of the IMPACT and ODK tools.
pub(super) const COLUMNS: [(&str, Kind); 33] = [
    ("analysis_key", Text),
    ("analysis_type", Text),
    ("analysis_var", Text),
    ("analysis_var_value", Text),
    ("group_var", Text),
    ("group_var_value", Text),
    ("stat", Real),
    ("stat_low", Real),
    ("stat_upp", Real),
    ("n", Count),
    ("n_total", Count),
    ("n_w", Real),
    ("n_w_total", Real),
    ("wave", Text),
    ("base_rule", Text),
    ("se", Real),
    ("deff", Real),
    ("deff_reference", Text),
    ("n_eff", Real),
    ("df", Real),
    ("ci_method", Text),
    ("ci_basis", Text),
    ("level", Real),
    ("flag", Text),
    ("reason", Text),
    ("schema_version", Text),
    ("data", Text),
    ("survey", Text),
    ("indicator", Text),
    ("n_yes", Count),
    ("df_design", Real),
    ("unit", Text),
    ("universe", Text),
];

/// The columns that only some numbers have, in this order after the others.
pub(super) const MORE: [(&str, Kind); 21] = [
    ("prob", Real),
    ("of", Text),
    ("a", Text),
    ("b", Text),
    ("stat_a", Real),
    ("stat_b", Real),
    ("n_a", Count),
    ("n_b", Count),
    ("difference", Real),
    ("difference_se", Real),
    ("difference_low", Real),
    ("difference_upp", Real),
    ("difference_df", Real),
    ("t", Real),
    ("F", Real),
    ("ndf", Real),
    ("ddf", Real),
    ("p_value", Real),
    ("p_adjusted", Real),
    ("verdict", Text),
    ("verdict_reason", Text),
];

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Count(u64),
    Real(f64),
    List(Vec<String>),
    /// Columns that are empty, and why.
    Reasons(Vec<(&'static str, &'static str)>),
}

impl Cell {
    /// A text or list in one string.
    pub(super) fn joined(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::List(list) => list.join(" | "),
            Self::Reasons(reasons) => {
                reasons.iter().map(|(column, why)| format!("{column}:{why}")).collect::<Vec<_>>().join(" | ")
            }
            Self::Empty | Self::Count(_) | Self::Real(_) => String::new(),
        }
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn name(name: Option<&str>) -> Cell {
    name.map_or(Cell::Empty, text)
}

/// A number; nothing where there is none. An empty sum is 0, not −0.
fn real(value: Option<f64>) -> Cell {
    value.filter(|v| v.is_finite()).map_or(Cell::Empty, |v| Cell::Real(v + 0.0))
}

fn perhaps(value: &Result<f64, NotEstimable>) -> Cell {
    real(value.as_ref().ok().copied())
}

/// The unit of the number; none of a share, which is in [0, 1], and where nobody says one.
fn unit(format: &ValueFormat) -> Cell {
    match &format.unit {
        Unit::Named(name) if !name.is_empty() => text(name),
        Unit::Named(_) | Unit::Percent => Cell::Empty,
    }
}

/// The cells of a number: those of [`COLUMNS`], then its own of [`MORE`].
pub(super) fn cells(row: &EstimateRecord) -> Vec<(&'static str, Cell)> {
    let e = &row.estimate;
    let interval = e.interval.as_ref().ok();
    let deff = e.deff.as_ref().ok();
    let groups = &row.key.groups;
    let every = [
        text(row.key.to_string()),
        text(row.statistic().name()),
        text(&row.variable),
        Cell::List(row.values.clone()),
        Cell::List(groups.iter().map(|g| g.variable.clone()).collect()),
        Cell::List(groups.iter().map(|g| g.value.clone()).collect()),
        perhaps(&e.value),
        real(interval.map(|i| i.low)),
        real(interval.map(|i| i.high)),
        Cell::Count(e.n),
        Cell::Count(row.n_total),
        real(Some(e.n_weighted)),
        real(Some(row.n_w_total)),
        row.key.wave().map_or(Cell::Empty, |wave| text(wave.short())),
        text(row.base.name()),
        perhaps(&e.se),
        real(deff.map(|d| d.value)),
        name(deff.map(|d| d.reference.name())),
        perhaps(&e.n_eff),
        real(Some(e.df.domain)),
        name(interval.map(|_| row.method)),
        name(interval.map(|_| row.basis.name())),
        real(interval.map(|_| row.level)),
        Cell::List(row.flags.iter().map(|flag| flag.name().to_owned()).collect()),
        Cell::Reasons(row.reasons()),
        text(SCHEMA_VERSION),
        name(row.data.map(words::data_key)),
        name(row.key.survey()),
        name(row.key.indicator()),
        e.n_yes.map_or(Cell::Empty, Cell::Count),
        real(Some(e.df.design)),
        unit(&row.format),
        name(row.universe.as_ref().map(|of| of.ja.as_str())),
    ];
    let every = COLUMNS.iter().zip(every).map(|((name, _), cell)| (*name, cell));
    every.chain(more(row)).collect()
}

/// The names of the columns that this number has besides those of every one.
pub(super) fn more_names(row: &EstimateRecord) -> impl Iterator<Item = &'static str> + use<> {
    more(row).into_iter().map(|(name, _)| name)
}

fn more(row: &EstimateRecord) -> Vec<(&'static str, Cell)> {
    match &row.detail {
        Detail::None => Vec::new(),
        Detail::Quantile(prob) => vec![("prob", real(Some(*prob)))],
        Detail::Domains(d) => {
            let prob = row.key.measured.prob().map(|prob| ("prob", real(Some(prob))));
            let sides = [
                ("of", text(d.of.name())),
                ("a", text(&d.a)),
                ("b", text(&d.b)),
                ("stat_a", perhaps(&d.stat_a)),
                ("stat_b", perhaps(&d.stat_b)),
                ("n_a", Cell::Count(d.n_a)),
                ("n_b", Cell::Count(d.n_b)),
                ("t", perhaps(&d.t)),
                ("p_value", perhaps(&d.p_value)),
            ];
            prob.into_iter().chain(sides).collect()
        }
        Detail::AgainstRest(d) => {
            let of_test = |part: fn(&DifferenceTest) -> f64| real(d.test.as_ref().ok().map(part));
            vec![
                ("difference", perhaps(&d.value)),
                ("difference_se", of_test(|t| t.se)),
                ("difference_low", of_test(|t| t.low)),
                ("difference_upp", of_test(|t| t.high)),
                ("difference_df", of_test(|t| t.df)),
                ("t", real(d.test.as_ref().ok().and_then(|test| test.t))),
                ("p_value", of_test(|t| t.p)),
                ("p_adjusted", of_test(|t| t.p_adjusted)),
                ("verdict", name(d.verdict.as_ref().ok().map(|v| v.name()))),
                ("verdict_reason", name(d.verdict.as_ref().err().map(NoVerdict::code))),
            ]
        }
        Detail::Test(t) => vec![
            ("F", perhaps(&t.f)),
            ("ndf", perhaps(&t.ndf)),
            ("ddf", perhaps(&t.ddf)),
            ("p_value", perhaps(&t.p_value)),
        ],
    }
}
