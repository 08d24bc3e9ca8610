//! The oracle's statistics as calls of the library.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};
use shihyo::design::{Design, RakeVariance};
use shihyo::estimate::Outcome as Answered;
use shihyo::estimate::interval::mean_interval;
use shihyo::estimate::reliability::nchs_share;
use shihyo::estimate::{
    Comparison, Deff, DeffReference, DfChoice, DifferenceMethod, Domain, Estimand, Estimate, Groups,
    IndependenceTest, IntervalMethod, MultiAnswerBase, NotEstimable, Options, Outcomes, Percent,
    QuantileInterval, QuantileRule, WaveDf, by_groups, crosstab, design_info, difference, estimate,
    estimate_by, frequency, independence, multi_answer, pairwise, quantile_by, t_test, wave_difference,
};
use shihyo::stats::dist::t_quantile;

use super::compare::Row;
use super::data::{Measured, Outcome, Table, list, number, object, text};
use super::designs;
use super::formulas::{adjusted, binomial, nchs, verdict_fields};

fn words(error: shihyo::error::Error) -> String {
    error.to_string()
}

fn show(value: &Result<f64, NotEstimable>) -> Value {
    value.as_ref().map_or(Value::Null, |v| real(*v))
}

fn real(value: f64) -> Value {
    if value == f64::INFINITY { Value::from("Inf") } else { json!(value) }
}

pub(super) fn method(name: &str) -> Outcome<IntervalMethod> {
    match name {
        "mean" => Ok(IntervalMethod::Wald),
        other => other.replace('_', "-").parse().map_err(words),
    }
}

fn options(ci: &Value) -> Outcome<Options> {
    if ci.is_null() {
        return Ok(Options::default());
    }
    let df = match &ci["df"] {
        Value::String(s) if s == "domain" => DfChoice::Domain,
        Value::String(s) if s == "design" => DfChoice::Design,
        Value::String(s) if s == "inf" => DfChoice::Infinite,
        Value::Number(n) => DfChoice::Given(n.as_f64().unwrap_or(f64::NAN)),
        // The wave difference has choices of its own.
        Value::String(s) if s == "sum" || s == "satterthwaite" => DfChoice::Domain,
        other => return Err(format!("unknown df {other}")),
    };
    Ok(Options {
        method: method(text(&ci["method"])?)?,
        level: number(&ci["level"])?,
        df,
        // R compares by Wald.
        difference: DifferenceMethod::Wald,
        ..Options::default()
    })
}

/// One case, ready to run.
struct Case<'a> {
    folder: &'a Path,
    table: Table,
    design: Design,
    domain: Vec<bool>,
    statistic: &'a Value,
    ci: &'a Value,
    options: Options,
    /// The df that the case asks for. R's Korn–Graubard interval takes the domain's whatever is asked.
    df: DfChoice,
}

/// Runs a case.
pub fn run(folder: &Path, case: &Value) -> Outcome<Vec<Row>> {
    let mut rows = run_with(folder, case, RakeVariance::RRake)?;
    let exact = list(&case["expected"])?.iter().any(|row| row.get("x_se_exact").is_some());
    if exact {
        for (row, other) in rows.iter_mut().zip(run_with(folder, case, RakeVariance::Exact)?) {
            row.fields.insert("x_se_exact".to_owned(), other.fields["se"].clone());
        }
    }
    Ok(rows)
}

fn run_with(folder: &Path, case: &Value, variance: RakeVariance) -> Outcome<Vec<Row>> {
    let statistic = &case["statistic"];
    match text(&statistic["kind"])? {
        "binomial_ci" => return binomial(statistic, &case["ci"]),
        "p_adjust" => return adjusted(statistic),
        "nchs_numeric" => return nchs(statistic),
        _ => {}
    }
    let table = Table::read(&folder.join(text(&case["data"])?))?;
    let design = designs::design(&table, &case["design"], &case["calibration"], variance)?;
    let domain = table.domain(&case["domain"])?;
    let mut options = options(&case["ci"])?;
    let df = options.df;
    if options.method == IntervalMethod::KornGraubard || statistic["interval"] == "beta" {
        options.df = DfChoice::Domain;
    }
    let case = Case { folder, table, design, domain, statistic, ci: &case["ci"], options, df };
    match text(&statistic["kind"])? {
        "proportion" | "mean" | "total" | "share_difference" | "ratio" | "presentation" => case.single(),
        "quantile" => case.quantile(),
        "frequency" => case.frequency(),
        "multi_answer" => case.multi_answer(),
        "crosstab" => case.crosstab(),
        "difference" => case.difference(),
        "pairwise" => case.pairwise(),
        "contrast" => case.contrast(),
        "wave_difference" => case.wave_difference(variance),
        "ttest" => case.t_test(),
        "chisq" => case.independence(),
        "weights" => Ok(case.weights()),
        "design_info" => case.info(),
        other => Err(format!("unknown statistic {other}")),
    }
}

fn estimand<'a>(kind: &str, measured: &'a Measured, numbers: &'a [f64]) -> Outcome<Estimand<'a>> {
    Ok(match (kind, measured) {
        ("total", Measured::Share(codes)) => Estimand::Count(codes),
        ("total", Measured::Number(_)) => Estimand::Total(numbers),
        ("mean" | "share_difference", _) => Estimand::Mean(numbers),
        (_, Measured::Share(codes)) => Estimand::Share(codes),
        (_, Measured::Number(_)) => Estimand::Mean(numbers),
    })
}

impl Case<'_> {
    fn fields(&self, e: &Estimate, replaced: &Result<Deff, NotEstimable>) -> BTreeMap<String, Value> {
        let df = self.df_of(e);
        // The oracle's method "mean" is the interval of a mean, which a share of 0 or 1 has too; `wald`, a
        // share's, has not.
        let interval = match (&e.interval, &e.value, &e.se) {
            (Err(NotEstimable::AtBoundary), Ok(value), Ok(se))
                if self.options.method == IntervalMethod::Wald =>
            {
                mean_interval(*value, *se, df, self.options.level)
            }
            (interval, ..) => (*interval).clone(),
        };
        let deff = |d: &Result<Deff, NotEstimable>| d.as_ref().map_or(Value::Null, |d| json!(d.value));
        let entries = [
            ("estimate", show(&e.value)),
            ("se", show(&e.se)),
            ("ci_low", interval.as_ref().map_or(Value::Null, |i| json!(i.low))),
            ("ci_high", interval.as_ref().map_or(Value::Null, |i| json!(i.high))),
            ("deff", deff(&e.deff)),
            ("deff_replace", deff(replaced)),
            ("df", real(df)),
            ("n_unweighted", json!(e.n)),
            ("n_weighted", json!(e.n_weighted)),
            ("n_yes", e.n_yes.map_or(Value::Null, |n| json!(n))),
            ("cv", show(&e.cv())),
            ("n_eff", show(&e.n_eff)),
            ("n_eff_df", show(&e.korn_graubard_n(self.options.level, e.df.domain))),
        ];
        entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }

    fn df_of(&self, e: &Estimate) -> f64 {
        match self.df {
            DfChoice::Domain => e.df.domain,
            DfChoice::Design => e.df.design,
            DfChoice::Infinite => f64::INFINITY,
            DfChoice::Given(df) => df,
        }
    }

    fn replace(&self) -> Options {
        Options { deff: DeffReference::WithReplacement, ..self.options }
    }

    fn rows_of(&self, keys: &[Map<String, Value>], got: &[Estimate], replaced: &[Estimate]) -> Vec<Row> {
        let each = keys.iter().zip(got.iter().zip(replaced));
        each.map(|(key, (e, r))| Row { key: key.clone(), fields: self.fields(e, &r.deff) }).collect()
    }

    fn by(&self) -> Outcome<(Vec<Map<String, Value>>, Groups)> {
        match self.statistic.get("by") {
            None => Ok((vec![Map::new()], Groups::one(self.table.rows, Domain::Rows(&self.domain)))),
            Some(by) if list(by)?.is_empty() => {
                Ok((vec![Map::new()], Groups::one(self.table.rows, Domain::Rows(&self.domain))))
            }
            Some(by) => self.table.groups(by, &self.domain),
        }
    }

    fn single(&self) -> Outcome<Vec<Row>> {
        let kind = text(&self.statistic["kind"])?;
        let (keys, groups) = self.by()?;
        let (measured, numbers, second);
        let wanted = if kind == "ratio" {
            numbers = self.table.outcome(&self.statistic["numerator"])?.numbers();
            second = self.table.outcome(&self.statistic["denominator"])?.numbers();
            Estimand::Ratio { numerator: &numbers, denominator: &second }
        } else {
            measured = self.table.outcome(&self.statistic["outcome"])?;
            numbers = measured.numbers();
            estimand(kind, &measured, &numbers)?
        };
        let got = estimate_by(&self.design, &wanted, &groups, &self.options).map_err(words)?;
        let replaced = estimate_by(&self.design, &wanted, &groups, &self.replace()).map_err(words)?;
        let mut rows = self.rows_of(&keys, &got, &replaced);
        if kind == "presentation" {
            for (row, e) in rows.iter_mut().zip(&got) {
                let Ok(p) = &e.value else { return Err("no share to present".to_owned()) };
                // The rule needs no standard error at 0 and 1, where a single respondent always is.
                let se = match (&e.se, e.n) {
                    (Ok(se), _) => *se,
                    (Err(_), 1) => 0.0,
                    (Err(reason), _) => return Err(reason.to_string()),
                };
                let verdict = nchs_share(*p, se, e.n, e.df.domain).map_err(|e| e.to_string())?;
                row.fields.extend(verdict_fields(&verdict));
            }
        }
        Ok(rows)
    }

    fn quantile(&self) -> Outcome<Vec<Row>> {
        let s = self.statistic;
        let rule = match text(&s["qrule"])? {
            "math" | "hf1" => QuantileRule::Math,
            "school" | "hf2" => QuantileRule::School,
            "hf3" => QuantileRule::Hf3,
            "hf4" => QuantileRule::Hf4,
            "hf5" => QuantileRule::Hf5,
            "hf6" => QuantileRule::Hf6,
            "hf7" => QuantileRule::Hf7,
            "hf8" => QuantileRule::Hf8,
            "hf9" => QuantileRule::Hf9,
            other => return Err(format!("unknown qrule {other}")),
        };
        let interval = match text(&s["interval"])? {
            "mean" => QuantileInterval::Mean,
            "xlogit" => QuantileInterval::Xlogit,
            "asin" => QuantileInterval::Asin,
            "beta" => QuantileInterval::Beta,
            other => return Err(format!("unknown interval {other}")),
        };
        let y = self.table.outcome(&s["outcome"])?.numbers();
        let (keys, groups) = self.by()?;
        let mut rows = Vec::new();
        for prob in list(&s["probs"])? {
            let got = quantile_by(&self.design, &y, number(prob)?, rule, interval, &groups, &self.options)
                .map_err(words)?;
            for (mut row, e) in self.rows_of(&keys, &got, &got).into_iter().zip(&got) {
                if let Ok(ci) = &e.interval {
                    let t = t_quantile(0.5 + 0.5 * ci.level, self.df_of(e));
                    row.fields.insert("se".to_owned(), json!((ci.high - ci.low) / (2.0 * t)));
                }
                row.key.insert("prob".to_owned(), prob.clone());
                rows.push(row);
            }
        }
        Ok(rows)
    }

    fn frequency(&self) -> Outcome<Vec<Row>> {
        let s = self.statistic;
        let levels = list(&s["levels"])?;
        let codes = self.table.levels(&s["var"], levels, &s["valid"])?;
        let (keys, groups) = self.by()?;
        // One level more than asked for: a valid answer outside the list belongs to the base.
        let shares = |options: &Options| {
            frequency(&self.design, &codes, levels.len() + 1, &groups, options).map_err(words)
        };
        let (got, replaced) = (shares(&self.options)?, shares(&self.replace())?);
        let mut rows = Vec::new();
        for (at, level) in levels.iter().enumerate() {
            let counted: Outcomes = codes
                .iter()
                .map(|c| if *c == u32::MAX { Answered::Outside } else { (*c == at as u32).into() })
                .collect();
            let totals = estimate_by(&self.design, &Estimand::Count(&counted), &groups, &self.options)
                .map_err(words)?;
            for (mut row, total) in self.rows_of(&keys, &got[at], &replaced[at]).into_iter().zip(totals) {
                row.key.insert("level".to_owned(), level.clone());
                row.fields.insert("total".to_owned(), show(&total.value));
                row.fields.insert("total_se".to_owned(), show(&total.se));
                rows.push(row);
            }
        }
        Ok(rows)
    }

    fn multi_answer(&self) -> Outcome<Vec<Row>> {
        let s = self.statistic;
        let base = match text(&s["base"])? {
            "all" => MultiAnswerBase::All,
            "answered_any" => MultiAnswerBase::AnsweredAny,
            "chose_any" => MultiAnswerBase::ChoseAny,
            other => return Err(format!("unknown base {other}")),
        };
        let columns =
            list(&s["vars"])?.iter().map(|v| self.table.chosen(v, &s["yes"])).collect::<Outcome<Vec<_>>>()?;
        let (keys, groups) = self.by()?;
        let shares =
            |options: &Options| multi_answer(&self.design, &columns, base, &groups, options).map_err(words);
        let (got, replaced) = (shares(&self.options)?, shares(&self.replace())?);
        let mut rows = Vec::new();
        for (at, var) in list(&s["vars"])?.iter().enumerate() {
            for mut row in self.rows_of(&keys, &got[at], &replaced[at]) {
                row.key.insert("var".to_owned(), var.clone());
                rows.push(row);
            }
        }
        Ok(rows)
    }

    fn crosstab(&self) -> Outcome<Vec<Row>> {
        let s = self.statistic;
        let percent = match text(&s["percent"])? {
            "row" => Percent::Row,
            "column" => Percent::Column,
            "total" => Percent::Total,
            other => return Err(format!("unknown percent {other}")),
        };
        let ((rows, row_levels), (columns, column_levels)) = self.two(s)?;
        let cross = |options: &Options| {
            let sizes = ((&rows[..], row_levels.len()), (&columns[..], column_levels.len()));
            crosstab(&self.design, sizes.0, sizes.1, percent, Domain::Rows(&self.domain), options)
                .map_err(words)
        };
        let (got, replaced) = (cross(&self.options)?, cross(&self.replace())?);
        let key = |row: u32, column: u32| {
            let entry = json!({"row": row_levels[row as usize], "col": column_levels[column as usize]});
            entry.as_object().cloned().unwrap_or_default()
        };
        let each = got.iter().zip(&replaced);
        Ok(each
            .map(|(g, r)| Row { key: key(g.row, g.column), fields: self.fields(&g.share, &r.share.deff) })
            .collect())
    }

    #[allow(clippy::type_complexity)]
    fn two(&self, s: &Value) -> Outcome<((Vec<u32>, Vec<String>), (Vec<u32>, Vec<String>))> {
        Ok((self.table.column(&s["row"])?.codes(), self.table.column(&s["col"])?.codes()))
    }

    fn comparison(&self, c: &Comparison) -> BTreeMap<String, Value> {
        let entries = [
            ("estimate", show(&c.value)),
            ("se", show(&c.se)),
            ("ci_low", c.interval.as_ref().map_or(Value::Null, |i| json!(i.low))),
            ("ci_high", c.interval.as_ref().map_or(Value::Null, |i| json!(i.high))),
            ("df", real(c.df)),
            ("t", show(&c.t)),
            ("p_value", show(&c.p_value)),
        ];
        entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }

    /// The domain, and a list of conditions beside it.
    fn within(&self, conditions: &Value) -> Outcome<Vec<bool>> {
        let part = self.table.domain(conditions)?;
        Ok(part.iter().zip(&self.domain).map(|(a, b)| *a && *b).collect())
    }

    fn difference(&self) -> Outcome<Vec<Row>> {
        let measured = self.table.outcome(&self.statistic["outcome"])?;
        let numbers = measured.numbers();
        let wanted = estimand("difference", &measured, &numbers)?;
        let (a, b) = (self.within(&self.statistic["a"])?, self.within(&self.statistic["b"])?);
        let got = difference(&self.design, &wanted, Domain::Rows(&a), Domain::Rows(&b), &self.options)
            .map_err(words)?;
        let mut fields = self.comparison(&got.comparison);
        for (name, e) in [("a", &got.a), ("b", &got.b)] {
            fields.insert(format!("estimate_{name}"), show(&e.value));
            fields.insert(format!("se_{name}"), show(&e.se));
            fields.insert(format!("n_unweighted_{name}"), json!(e.n));
        }
        fields.insert("cov_ab".to_owned(), show(&got.covariance));
        Ok(vec![Row { key: Map::new(), fields }])
    }

    fn pairwise(&self) -> Outcome<Vec<Row>> {
        let measured = self.table.outcome(&self.statistic["outcome"])?;
        let numbers = measured.numbers();
        let wanted = estimand("pairwise", &measured, &numbers)?;
        let (keys, groups) = self.by()?;
        let level = |at: usize| keys[at].values().next().cloned().unwrap_or(Value::Null);
        let pairs = pairwise(&self.design, &wanted, &groups, &self.options).map_err(words)?;
        Ok(pairs
            .iter()
            .map(|pair| {
                let mut fields = self.comparison(&pair.comparison);
                fields.insert("p_holm".to_owned(), show(&pair.p_holm));
                fields.insert("p_bh".to_owned(), show(&pair.p_bh));
                fields.insert("p_bonferroni".to_owned(), show(&pair.p_bonferroni));
                let key = json!({"a": level(pair.a), "b": level(pair.b)});
                Row { key: key.as_object().cloned().unwrap_or_default(), fields }
            })
            .collect())
    }

    fn contrast(&self) -> Outcome<Vec<Row>> {
        let measured = self.table.outcome(&self.statistic["outcome"])?;
        let numbers = measured.numbers();
        let wanted = estimand("contrast", &measured, &numbers)?;
        let (keys, groups) = self.by()?;
        let given = object(&self.statistic["coefficients"])?;
        let coefficient = |key: &Map<String, Value>| {
            // A numeric level is named as the oracle writes it: 1, not 1.0.
            let level = key.values().next().map_or(String::new(), |v| match v {
                Value::Number(n) => n.as_f64().unwrap_or(f64::NAN).to_string(),
                other => other.as_str().unwrap_or("").to_owned(),
            });
            given.get(&level).and_then(Value::as_f64).unwrap_or(0.0)
        };
        let coefficients: Vec<f64> = keys.iter().map(coefficient).collect();
        let joint = by_groups(&self.design, &wanted, &groups, &self.options).map_err(words)?;
        let own = joint.contrast(&coefficients, &self.options);
        Ok(vec![Row { key: Map::new(), fields: self.comparison(&own) }])
    }

    fn wave_difference(&self, variance: RakeVariance) -> Outcome<Vec<Row>> {
        let second = &self.statistic["second"];
        let table = Table::read(&self.folder.join(text(&second["data"])?))?;
        let design = designs::design(&table, &second["design"], &second["calibration"], variance)?;
        let domain = table.domain(&second["domain"])?;
        let one = |design: &Design, table: &Table, domain: &[bool], outcome: &Value| -> Outcome<Estimate> {
            let measured = table.outcome(outcome)?;
            let numbers = measured.numbers();
            let wanted = estimand("wave_difference", &measured, &numbers)?;
            estimate(design, &wanted, Domain::Rows(domain), &self.options).map_err(words)
        };
        let outcome = &self.statistic["outcome"];
        let first = one(&self.design, &self.table, &self.domain, outcome)?;
        let second = one(&design, &table, &domain, second.get("outcome").unwrap_or(outcome))?;
        let df = match text(&self.ci["df"])? {
            "sum" => WaveDf::Sum,
            "satterthwaite" => WaveDf::Satterthwaite,
            "inf" => WaveDf::Infinite,
            other => return Err(format!("unknown df {other}")),
        };
        let got = wave_difference(&first, &second, df, self.options.level);
        let mut fields = self.comparison(&got.comparison);
        for (name, e) in [("1", &first), ("2", &second)] {
            fields.insert(format!("estimate_{name}"), show(&e.value));
            fields.insert(format!("se_{name}"), show(&e.se));
            fields.insert(format!("df_{name}"), json!(e.df.domain));
            fields.insert(format!("n_unweighted_{name}"), json!(e.n));
        }
        fields.insert("df_sum".to_owned(), json!(got.df_sum));
        fields.insert("df_satterthwaite".to_owned(), show(&got.df_satterthwaite));
        Ok(vec![Row { key: Map::new(), fields }])
    }

    fn t_test(&self) -> Outcome<Vec<Row>> {
        let measured = self.table.outcome(&self.statistic["outcome"])?;
        let numbers = measured.numbers();
        let wanted = estimand("ttest", &measured, &numbers)?;
        let split = self.table.split(&self.statistic["group"])?;
        let inside: Vec<bool> = split.iter().map(|s| *s == Some(true)).collect();
        let known: Vec<bool> = split.iter().zip(&self.domain).map(|(s, d)| s.is_some() && *d).collect();
        let got = t_test(&self.design, &wanted, Domain::Rows(&known), &inside, self.options.level)
            .map_err(words)?;
        let mut fields = self.comparison(&got.comparison);
        fields.insert("n_unweighted".to_owned(), json!(got.a.n + got.b.n));
        Ok(vec![Row { key: Map::new(), fields }])
    }

    fn independence(&self) -> Outcome<Vec<Row>> {
        let s = self.statistic;
        let test = match text(&s["statistic"])? {
            "F" => IndependenceTest::F,
            "Chisq" => IndependenceTest::ChiSquare,
            "Wald" => IndependenceTest::Wald,
            "adjWald" => IndependenceTest::AdjustedWald,
            // The R that made the cases had no package CompQuadForm, and then gives the saddlepoint value for
            // "lincom" too (the two cases have the same p-value to the last digit).
            "lincom" | "saddlepoint" => IndependenceTest::Saddlepoint,
            other => return Err(format!("unknown test {other}")),
        };
        let ((rows, row_levels), (columns, column_levels)) = self.two(s)?;
        let sizes = ((&rows[..], row_levels.len()), (&columns[..], column_levels.len()));
        let got =
            independence(&self.design, sizes.0, sizes.1, Domain::Rows(&self.domain), test).map_err(words)?;
        let entries = [
            ("statistic", show(&got.statistic)),
            ("df1", got.df1.map_or(Value::Null, real)),
            ("df2", got.df2.map_or(Value::Null, real)),
            ("p_value", show(&got.p_value)),
            ("design_df", json!(got.design_df)),
            ("n_unweighted", json!(got.n)),
            ("n_weighted", json!(got.n_weighted)),
        ];
        Ok(vec![Row {
            key: Map::new(),
            fields: entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
        }])
    }

    fn weights(&self) -> Vec<Row> {
        let (d, w) = (self.design.weight_diagnostics(), self.design.weights());
        let edge = w.len().min(8);
        let entries = [
            ("n_unweighted", json!(d.n)),
            ("n_weighted", json!(d.sum)),
            ("sum_sq", json!(d.sum_of_squares)),
            ("min", json!(d.min)),
            ("max", json!(d.max)),
            ("g_min", json!(d.g_min)),
            ("g_max", json!(d.g_max)),
            ("kish_deff", json!(d.kish_deff)),
            ("first", json!(w[..edge])),
            ("last", json!(w[w.len() - edge..])),
        ];
        vec![Row { key: Map::new(), fields: entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect() }]
    }

    fn info(&self) -> Outcome<Vec<Row>> {
        let info = design_info(&self.design, Domain::Rows(&self.domain)).map_err(words)?;
        let count = |n: Option<u64>| n.map_or(Value::Null, |n| json!(n));
        let entries = [
            ("n_unweighted", json!(info.n)),
            ("n_domain", json!(info.n_domain)),
            ("n_psu", count(info.psu_count)),
            ("n_strata", count(info.stratum_count)),
            ("df", json!(info.df.design)),
            ("df_domain", json!(info.df.domain)),
            ("n_weighted", json!(info.n_weighted)),
            ("n_weighted_domain", json!(info.n_weighted_domain)),
        ];
        Ok(vec![Row {
            key: Map::new(),
            fields: entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
        }])
    }
}
