//! Cases that are a formula of a few numbers, without data.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shihyo::estimate::binomial::{BinomialMethod, binomial_limits};
use shihyo::estimate::p_adjust;
use shihyo::estimate::reliability::{
    ComplementFootnote, NchsVerdict, Presentation, ReliabilityReason, nchs_share,
};

use super::compare::Row;
use super::data::{Outcome, list, number, text};
use super::statistics::method;

pub(super) fn verdict_fields(v: &NchsVerdict) -> BTreeMap<String, Value> {
    let has = |reason: ReliabilityReason| Value::Bool(v.reasons.contains(&reason));
    let maybe = |x: Option<f64>| x.map_or(Value::Null, |x| json!(x));
    let flag = match v.presentation {
        Presentation::Present => "present",
        Presentation::Review => "review",
        Presentation::Suppress => "suppress",
    };
    let entries = [
        ("n_eff", json!(v.n_eff)),
        ("n_eff_df", json!(v.n_eff_df)),
        ("ci_low", json!(v.low)),
        ("ci_high", json!(v.high)),
        ("ci_width", json!(v.width)),
        ("rel_ci_width", maybe(v.relative_width)),
        ("rel_ci_width_complement", maybe(v.relative_width_complement)),
        ("suppress_n", has(ReliabilityReason::SmallSample)),
        ("suppress_width", has(ReliabilityReason::WideInterval)),
        ("suppress_relwidth", has(ReliabilityReason::WideRelativeInterval)),
        ("review_zero_one", has(ReliabilityReason::ZeroOrOne)),
        ("review_df", has(ReliabilityReason::FewDegreesOfFreedom)),
        ("flag", json!(flag)),
        ("footnote_complement", Value::Bool(v.complement == ComplementFootnote::Needed)),
    ];
    entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

pub(super) fn nchs(statistic: &Value) -> Outcome<Vec<Row>> {
    let n = number(&statistic["n"])? as u64;
    let verdict =
        nchs_share(number(&statistic["p"])?, number(&statistic["se"])?, n, number(&statistic["df"])?);
    Ok(vec![Row { key: Map::new(), fields: verdict_fields(&verdict.map_err(|e| e.to_string())?) }])
}

pub(super) fn binomial(statistic: &Value, ci: &Value) -> Outcome<Vec<Row>> {
    let method = match text(&ci["method"])? {
        "wald_cc" => BinomialMethod::WaldCc,
        "jeffreys_bcd" => BinomialMethod::JeffreysBcd,
        other => BinomialMethod::Plain(method(other)?),
    };
    let (x, n) = (number(&statistic["x"])? as u64, number(&statistic["n"])? as u64);
    let raw = binomial_limits(method, x, n, number(&ci["level"])?).map_err(|e| e.to_string())?;
    let clipped = raw.clipped();
    let entries = [
        ("estimate", json!(x as f64 / n as f64)),
        ("ci_low", json!(clipped.low)),
        ("ci_high", json!(clipped.high)),
        ("ci_low_unclipped", json!(raw.low)),
        ("ci_high_unclipped", json!(raw.high)),
        ("n_unweighted", json!(n)),
        ("n_yes", json!(x)),
    ];
    Ok(vec![Row { key: Map::new(), fields: entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect() }])
}

pub(super) fn adjusted(statistic: &Value) -> Outcome<Vec<Row>> {
    let p = list(&statistic["p_values"])?.iter().map(number).collect::<Outcome<Vec<f64>>>()?;
    let entries = [
        ("holm", json!(p_adjust::holm(&p))),
        ("bh", json!(p_adjust::benjamini_hochberg(&p))),
        ("bonferroni", json!(p_adjust::bonferroni(&p))),
        ("hochberg", json!(p_adjust::hochberg(&p))),
    ];
    Ok(vec![Row { key: Map::new(), fields: entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect() }])
}
