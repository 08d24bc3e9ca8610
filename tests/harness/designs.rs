//! The oracle's designs and calibrations as declarations.

use serde_json::Value;
use shihyo::design::{
    Calibration, CalibrationFunction, CalibrationTerm, Declaration, Design, DomainLonely, Fpc, LonelyPsu,
    Margin, Nesting, Rake, RakeStop, RakeVariance, ReplicateCentre, ReplicateKind, Replicates, Trim,
    TrimRule, declare,
};

use super::data::{Outcome, Table, list, number, object, text};

fn words(error: shihyo::error::Error) -> String {
    error.to_string()
}

fn codes(table: &Table, columns: &Value) -> Outcome<Vec<Vec<u32>>> {
    list(columns)?.iter().map(|c| Ok(table.column(c)?.codes().0)).collect()
}

fn numbers(table: &Table, columns: &Value) -> Outcome<Vec<Vec<f64>>> {
    list(columns)?.iter().map(|c| Ok(table.column(c)?.numbers()?.to_vec())).collect()
}

pub fn design(table: &Table, spec: &Value, calibration: &Value, variance: RakeVariance) -> Outcome<Design> {
    let mut design = match text(&spec["kind"])? {
        "taylor" => taylor(table, spec)?,
        "replicate" => replicate(table, spec)?,
        other => return Err(format!("unknown design {other}")),
    };
    for step in list(calibration)? {
        design = apply(table, &design, step, variance)?;
    }
    Ok(design)
}

fn taylor(table: &Table, spec: &Value) -> Outcome<Design> {
    let lonely = match text(&spec["lonely_psu"])? {
        "fail" => LonelyPsu::Fail,
        "certainty" => LonelyPsu::Certainty,
        "remove" => LonelyPsu::Remove,
        "adjust" => LonelyPsu::Adjust,
        "average" => LonelyPsu::Average,
        other => return Err(format!("unknown lonely_psu {other}")),
    };
    let fpc = match (list(&spec["fpc"])?.is_empty(), spec["fpc_kind"].as_str()) {
        (true, _) => Fpc::None,
        (false, Some("population_size")) => Fpc::PopulationSize(numbers(table, &spec["fpc"])?),
        (false, Some("sampling_fraction" | "fraction")) => {
            Fpc::SamplingFraction(numbers(table, &spec["fpc"])?)
        }
        (false, other) => return Err(format!("unknown fpc_kind {other:?}")),
    };
    let flag = |key: &str| spec[key].as_bool().ok_or_else(|| format!("{key} is no flag"));
    let mut declaration = Declaration::new(table.rows)
        .clusters(codes(table, &spec["ids"])?)
        .strata(codes(table, &spec["strata"])?)
        .fpc(fpc)
        .nesting(if flag("nest")? { Nesting::WithinStrata } else { Nesting::Unique })
        .lonely(lonely)
        .domain_lonely(if flag("adjust_domain_lonely")? {
            DomainLonely::AsLonely
        } else {
            DomainLonely::AsSampled
        });
    if !spec["weight"].is_null() {
        declaration = declaration.weights(table.column(&spec["weight"])?.numbers()?.to_vec());
    }
    declare(declaration).map_err(words)
}

fn replicate(table: &Table, spec: &Value) -> Outcome<Design> {
    let r = &spec["replicates"];
    let kind = match text(&r["type"])? {
        "JK1" => ReplicateKind::Jk1,
        // Two PSUs a stratum, one replicate each: JKn with other scales, and the oracle states the scales.
        "JKn" | "JK2" => ReplicateKind::Jkn,
        "BRR" => ReplicateKind::Brr,
        "Fay" => ReplicateKind::Fay { rho: number(&r["rho"])? },
        "bootstrap" | "subbootstrap" | "mrbbootstrap" => ReplicateKind::Bootstrap,
        "SDR" | "sdr" | "ACS" | "successive-difference" => ReplicateKind::Sdr,
        other => return Err(format!("unknown replicate type {other}")),
    };
    if r["combined_weights"] != Value::Bool(true) {
        return Err("replicate weights are not combined".to_owned());
    }
    let rscales = list(&r["rscales"])?.iter().map(number).collect::<Outcome<Vec<f64>>>()?;
    let centre = if r["mse"] == Value::Bool(true) {
        ReplicateCentre::FullSample
    } else {
        ReplicateCentre::ReplicateMean
    };
    let replicates = Replicates::new(kind, numbers(table, &r["columns"])?)
        .and_then(|made| made.scale(r["scale"].as_f64().unwrap_or(f64::NAN)))
        .and_then(|made| made.rscales(rscales))
        .map_err(words)?
        .centre(centre);
    let weights = table.column(&spec["weight"])?.numbers()?.to_vec();
    Design::replicated(weights, replicates).map_err(words)
}

fn margin(table: &Table, spec: &Value) -> Outcome<Margin> {
    let variables = list(&spec["variables"])?;
    let (mut categories, mut totals) = (Vec::new(), Vec::new());
    let mut cells = vec![u32::MAX; table.rows];
    for (at, entry) in list(&spec["totals"])?.iter().enumerate() {
        let levels = object(&entry["levels"])?;
        let conditions: Vec<Value> = variables
            .iter()
            .map(|v| serde_json::json!({"var": v, "in": [levels[v.as_str().unwrap_or("")]]}))
            .collect();
        for (cell, inside) in cells.iter_mut().zip(table.domain(&Value::Array(conditions))?) {
            if inside {
                *cell = at as u32;
            }
        }
        categories.push(entry["levels"].to_string());
        totals.push(number(&entry["total"])?);
    }
    Margin::new(spec["variables"].to_string(), categories, cells, totals).map_err(words)
}

fn term(table: &Table, spec: &Value) -> Outcome<CalibrationTerm> {
    let variables = list(&spec["variables"])?;
    let values = match text(&spec["kind"])? {
        "intercept" => vec![1.0; table.rows],
        "numeric" => table.column(&variables[0])?.numbers()?.to_vec(),
        "indicator" => {
            let conditions: Vec<Value> = variables
                .iter()
                .zip(list(&spec["levels"])?)
                .map(|(v, level)| serde_json::json!({"var": v, "in": [level]}))
                .collect();
            table
                .domain(&Value::Array(conditions))?
                .into_iter()
                .map(|inside| f64::from(u8::from(inside)))
                .collect()
        }
        other => return Err(format!("unknown calibration term {other}")),
    };
    Ok(CalibrationTerm { name: spec["variables"].to_string(), values, total: number(&spec["total"])? })
}

fn apply(table: &Table, design: &Design, step: &Value, variance: RakeVariance) -> Outcome<Design> {
    match text(&step["op"])? {
        "poststratify" => design.post_stratify(&margin(table, step)?),
        "rake" => {
            let margins =
                list(&step["margins"])?.iter().map(|m| margin(table, m)).collect::<Outcome<Vec<_>>>()?;
            let epsilon = number(&step["epsilon"])?;
            // R's rake() takes an epsilon below 1 as a part of the sum of the weights. At 1e-14 that asks for
            // nothing but convergence, which rounding may keep a table's change from showing: the margins
            // show it.
            let population: f64 = design.weights().iter().sum();
            let stop = match epsilon {
                e if e < 1e-9 => RakeStop::Margins(e),
                e if e < 1.0 => RakeStop::TableChange(e * population),
                e => RakeStop::TableChange(e),
            };
            let max_cycles = number(&step["maxit"])? as u32;
            design.rake(&margins, &Rake { stop, max_cycles, variance })
        }
        "calibrate" => {
            let bounds = match &step["bounds"] {
                Value::Null => None,
                b => Some((number(&b[0])?, number(&b[1])?)),
            };
            let function = match (text(&step["calfun"])?, bounds) {
                ("linear", bounds) => CalibrationFunction::Linear { bounds },
                ("raking", None) => CalibrationFunction::Raking,
                ("logit", Some(bounds)) => CalibrationFunction::Logit { bounds },
                (other, bounds) => return Err(format!("unknown calfun {other} with bounds {bounds:?}")),
            };
            let terms = list(&step["terms"])?.iter().map(|t| term(table, t)).collect::<Outcome<Vec<_>>>()?;
            design.calibrate(&Calibration { terms, function })
        }
        "trim" => {
            let rule = if step["strict"] == Value::Bool(true) { TrimRule::Strict } else { TrimRule::Once };
            let limit = |key: &str, none: f64| step[key].as_f64().unwrap_or(none);
            design.trim(&Trim {
                lower: limit("lower", f64::NEG_INFINITY),
                upper: limit("upper", f64::INFINITY),
                rule,
            })
        }
        other => return Err(format!("unknown calibration {other}")),
    }
    .map_err(words)
}
