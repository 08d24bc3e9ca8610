//! Cases of the oracle as command lines.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

/// A command line, and which of its rows answers which expected row.
pub struct Call {
    pub arguments: Vec<String>,
    pub is_test: bool,
    /// Nothing says how the sample was drawn: the interval is the binomial one, which the case does not ask
    /// for.
    pub is_binomial: bool,
    pub is_wr: bool,
    kind: String,
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn code(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn joined(values: &Value, mark: &str) -> String {
    list(values).iter().map(code).collect::<Vec<_>>().join(mark)
}

pub fn rakes(case: &Value) -> bool {
    list(&case["calibration"]).iter().any(|s| s["op"] == "rake") && case["design"]["kind"] == "taylor"
}

/// A condition as `--where` writes it; `None` for what it cannot say.
fn condition(var: &Value, spec: &Map<String, Value>) -> Option<Vec<String>> {
    let name = code(var);
    let mut out = Vec::new();
    for (key, value) in spec {
        out.push(match key.as_str() {
            "var" => continue,
            "in" => format!("{name}={}", joined(value, "|")),
            "not_in" => format!("{name}!={}", joined(value, "|")),
            "ge" => format!("{name}>={value}"),
            "le" => format!("{name}<={value}"),
            _ => return None,
        });
    }
    Some(out)
}

/// A list of conditions that is a single one.
fn single(conditions: &Value) -> Option<String> {
    match list(conditions) {
        [one] => condition(&one["var"], one.as_object()?).filter(|c| c.len() == 1)?.pop(),
        _ => None,
    }
}

/// The codes of a share that `--share` can name.
fn share(outcome: &Value) -> Option<String> {
    let yes = outcome["yes"].as_object()?;
    let plain = outcome.as_object()?.keys().all(|k| k == "var" || k == "yes") && yes.len() == 1;
    if plain { Some(format!("{}={}", code(&outcome["var"]), joined(yes.get("in")?, "|"))) } else { None }
}

fn column(outcome: &Value) -> Option<String> {
    (outcome.as_object()?.len() == 1).then(|| code(&outcome["var"]))
}

fn design(case: &Value, folder: &Path, out: &mut Vec<String>) -> Option<()> {
    let spec = &case["design"];
    let mut add = |flag: &str, value: String| out.extend([flag.to_owned(), value]);
    if spec["adjust_domain_lonely"] == true {
        return None;
    }
    if spec["weight"].is_string() {
        add("--weight", code(&spec["weight"]));
    }
    if spec["kind"] == "replicate" {
        let r = &spec["replicates"];
        add("--replicates", joined(&r["columns"], ","));
        add("--replicate-type", code(&r["type"]).to_lowercase());
        add("--scale", r["scale"].to_string());
        let file = folder.join(format!("{}-rscales.csv", code(&case["id"])));
        fs::write(&file, format!("rscales\n{}\n", joined(&r["rscales"], "\n"))).unwrap();
        add("--rscales", file.display().to_string());
        if r["rho"].is_number() {
            add("--rho", r["rho"].to_string());
        }
        if r["mse"] == true {
            out.push("--mse".to_owned());
        }
        return Some(());
    }
    for (flag, key) in [("--cluster", "ids"), ("--strata", "strata"), ("--fpc", "fpc")] {
        if !list(&spec[key]).is_empty() {
            add(flag, joined(&spec[key], ","));
        }
    }
    add("--lonely-psu", code(&spec["lonely_psu"]));
    if spec["nest"] == true {
        out.push("--nest".to_owned());
    }
    Some(())
}

fn table(variables: &[String], totals: &Value) -> String {
    let mut text = format!("{},total\n", variables.join(","));
    for row in list(totals) {
        let levels: Vec<String> = variables.iter().map(|v| code(&row["levels"][v])).collect();
        text.push_str(&format!("{},{}\n", levels.join(","), row["total"]));
    }
    text
}

fn calibration(case: &Value, folder: &Path, out: &mut Vec<String>) -> Option<()> {
    let names = |v: &Value| list(v).iter().map(code).collect::<Vec<String>>();
    let mut file = 0;
    let mut add = |flag: &str, text: String| {
        file += 1;
        let path = folder.join(format!("{}-{file}.csv", code(&case["id"])));
        fs::write(&path, text).unwrap();
        out.extend([flag.to_owned(), path.display().to_string()]);
    };
    for step in list(&case["calibration"]) {
        match (step["op"].as_str()?, step["calfun"].as_str(), &step["bounds"]) {
            ("poststratify", _, _) => {
                add("--post-stratify", table(&names(&step["variables"]), &step["totals"]))
            }
            ("rake", _, _) if step["epsilon"].as_f64()? < 1.0 => {
                list(&step["margins"])
                    .iter()
                    .for_each(|m| add("--rake", table(&names(&m["variables"]), &m["totals"])));
            }
            ("calibrate", Some("linear"), Value::Null) => {
                let mut variables: Vec<String> =
                    list(&step["terms"]).iter().flat_map(|t| names(&t["variables"])).collect();
                variables.dedup();
                let mut text = format!("{},total\n", variables.join(","));
                // The first level of a factor has no term of its own in R; naming all levels says the same.
                let left: f64 = list(&step["terms"])
                    .iter()
                    .filter(|t| t["kind"] == "indicator")
                    .filter_map(|t| t["total"].as_f64())
                    .sum();
                for term in list(&step["terms"]) {
                    let cell = |v: &String| match (
                        term["kind"].as_str(),
                        names(&term["variables"]).first() == Some(v),
                    ) {
                        (Some("numeric"), true) => "*".to_owned(),
                        (Some("indicator"), true) => joined(&term["levels"], ""),
                        _ => String::new(),
                    };
                    text.push_str(&format!(
                        "{},{}\n",
                        variables.iter().map(cell).collect::<Vec<_>>().join(","),
                        term["total"]
                    ));
                    if term["kind"] == "intercept" {
                        text.push_str(&format!(
                            "E{},{}\n",
                            ",".repeat(variables.len() - 1),
                            term["total"].as_f64()? - left
                        ));
                    }
                }
                add("--calibrate", text);
            }
            _ => return None,
        }
    }
    Some(())
}

fn statistic(case: &Value, out: &mut Vec<String>) -> Option<()> {
    let s = &case["statistic"];
    let outcome = &s["outcome"];
    let mut add = |flag: &str, value: String| out.extend([flag.to_owned(), value]);
    match s["kind"].as_str()? {
        "proportion" | "presentation" => add("--share", share(outcome)?),
        "mean" => add("--mean", column(outcome)?),
        "total" => add("--total", column(outcome)?),
        "ratio" => add("--ratio", format!("{}/{}", column(&s["numerator"])?, column(&s["denominator"])?)),
        "quantile" if s["qrule"] == "math" && s["interval"] == "mean" => {
            list(&s["probs"])
                .iter()
                .try_for_each(|p| column(outcome).map(|c| add("--quantile", format!("{c}@{p}"))))?;
        }
        "frequency" if s["valid"].is_null() => {
            list(&s["levels"]).iter().for_each(|l| add("--share", format!("{}={}", code(&s["var"]), code(l))))
        }
        "multi_answer" if s["base"] == "all" => {
            let yes = joined(&s["yes"]["in"], "|");
            list(&s["vars"]).iter().for_each(|v| add("--share", format!("{}={yes}", code(v))));
            add("--base", "all".to_owned());
        }
        "difference" => {
            match (share(outcome), column(outcome)) {
                (Some(share), _) => add("--share", share),
                (None, Some(column)) => add("--mean", column),
                (None, None) => return None,
            }
            // R compares by Wald.
            add("--diff-ci", "wald".to_owned());
            add("--diff", format!("{} vs {}", single(&s["a"])?, single(&s["b"])?));
        }
        "chisq" if s["statistic"] == "F" => {
            out.extend([
                "--test".to_owned(),
                "rao-scott".to_owned(),
                format!("{} × {}", code(&s["row"]), code(&s["col"])),
            ]);
        }
        _ => return None,
    }
    if !list(&s["by"]).is_empty() {
        out.extend(["--by".to_owned(), joined(&s["by"], ",")]);
    }
    Some(())
}

/// The command line of a case; `None` where flags cannot say it.
pub fn call(case: &Value, data: &Path, folder: &Path, is_wr: bool) -> Option<Call> {
    let mut arguments = vec!["estimate".to_owned(), data.join(case["data"].as_str()?).display().to_string()];
    design(case, folder, &mut arguments)?;
    let simple = arguments.len() == 4 && arguments[2] == "--lonely-psu";
    calibration(case, folder, &mut arguments)?;
    for one in list(&case["domain"]) {
        condition(&one["var"], one.as_object()?)?
            .into_iter()
            .for_each(|c| arguments.extend(["--where".to_owned(), c]));
    }
    statistic(case, &mut arguments)?;
    let method = case["ci"]["method"].as_str().unwrap_or("wald").replace('_', "-").replace("mean", "wald");
    let level = case["ci"]["level"].as_f64().unwrap_or(0.95);
    arguments.extend(["--ci".to_owned(), method.clone(), "--level".to_owned(), level.to_string()]);
    arguments.extend(
        ["--deff", if is_wr { "wr" } else { "wor" }, "--format", "json", "--quiet"].map(str::to_owned),
    );
    let kind = case["statistic"]["kind"].as_str()?.to_owned();
    let classical =
        ["wilson", "wilson-cc", "agresti-coull", "jeffreys", "clopper-pearson"].contains(&method.as_str());
    Some(Call {
        arguments,
        is_test: kind == "chisq",
        is_binomial: simple && classical && kind != "mean",
        is_wr,
        kind,
    })
}

impl Call {
    /// Whether `row` is what `want` expects: the same breakdown, level, probability, column.
    pub fn is_row(&self, want: &Value, row: &Value) -> bool {
        let Some(key) = want["key"].as_object() else { return false };
        let special = |name: &str| match (self.kind.as_str(), name) {
            ("quantile", "prob") => Some(row["prob"].as_f64() == key["prob"].as_f64()),
            ("frequency", "level") => Some(row["analysis_var_value"][0] == code(&key["level"])),
            ("multi_answer", "var") => Some(row["analysis_var"] == key["var"]),
            _ => None,
        };
        let statistic = match self.kind.as_str() {
            "difference" => row["analysis_type"] == "difference",
            _ => row["analysis_type"] != "difference",
        };
        let groups = list(&row["group_var"]);
        let by = groups.len();
        let plain = key.keys().filter(|k| special(k).is_none()).count();
        let same = |name: &String, value: &Value| {
            special(name).unwrap_or_else(|| {
                let at = groups.iter().position(|group| group == name);
                let got = at.map(|at| code(&row["group_var_value"][at])).unwrap_or_default();
                got == code(value) || (value.is_number() && got.parse::<f64>().ok() == value.as_f64())
            })
        };
        statistic && by == plain && key.iter().all(|(name, value)| same(name, value))
    }
}
