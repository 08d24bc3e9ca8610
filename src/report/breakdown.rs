//! A breakdown as a table for the terminal, as CSV and as JSON.

use serde_json::{Value, json};

use super::indicators::{SCHEMA_VERSION, data_label, reasons};
use super::text_cell::{self, guarded, number};
use super::{cell, round, value, words};
use crate::error::Error;
use crate::indicator::{Breakdown, BreakdownRow, DifferenceTest, ValueFormat, Verdict};
use crate::text::{Lang, Text};

/// The columns of the breakdown's CSV. Shares and their differences in [0, 1], all else in its unit.
const COLUMNS: [&str; 26] = [
    "indicator",
    "survey",
    "wave",
    "analysis_var",
    "analysis_var_value",
    "base_rule",
    "group_var",
    "group_var_value",
    "n",
    "n_w",
    "stat",
    "se",
    "stat_low",
    "stat_upp",
    "ci_method",
    "level",
    "difference",
    "difference_se",
    "difference_low",
    "difference_upp",
    "t",
    "df",
    "p",
    "verdict",
    "data",
    "analysis_type",
];

/// Header and rows for people: part, n, value, interval, difference from the rest (of shares in points), its
/// interval, p, verdict.
pub fn table(breakdown: &Breakdown, lang: Lang) -> (Vec<String>, Vec<Vec<String>>) {
    let level = round::percent(breakdown.level, 0);
    let format = &breakdown.format;
    let statistic = format.statistic.text();
    let (unit, points) = (format.unit.text(), value::unit_of_difference(format));
    let points =
        if points == "ポイント" { Text::new("ポイント", "points") } else { Text::same(points) };
    let with = |name: &str, unit: &str, open: &str, close: &str| {
        if unit.is_empty() { name.to_owned() } else { format!("{name}{open}{unit}{close}") }
    };
    let by: Vec<&str> = breakdown
        .rows
        .iter()
        .find(|r| !r.groups.is_empty())
        .map(|r| r.groups.iter().map(|g| g.variable.as_str()).collect())
        .unwrap_or_default();
    let header = [
        if by.is_empty() { Text::new("区分", "group") } else { Text::same(by.join(" × ")) },
        Text::same("n"),
        Text::new(with(&statistic.ja, unit, "(", ")"), with(&statistic.en, unit, " (", ")")),
        Text::new(format!("{level}%信頼区間"), format!("{level} % interval")),
        Text::new(with("差", &points.ja, "(", ")"), with("difference", &points.en, " (", ")")),
        Text::new("差の信頼区間", "its interval"),
        Text::same("p"),
        Text::new("判定", "verdict"),
    ];
    let header = header.iter().map(|h| h.get(lang).to_owned()).collect();
    (header, breakdown.rows.iter().map(|row| people_row(row, format, lang)).collect())
}

fn people_row(row: &BreakdownRow, format: &ValueFormat, lang: Lang) -> Vec<String> {
    let e = &row.estimate;
    let few = if e.n < cell::FEW { "*" } else { "" };
    let shown = match value::printed(format, e) {
        Ok(shown) => format!("{shown}{few}"),
        Err(reason) => reason.text().get(lang).to_owned(),
    };
    let test = row.difference.as_ref().and_then(|d| d.test.as_ref().ok());
    vec![
        group_label(row, lang),
        round::count(e.n),
        shown,
        e.interval.as_ref().map(|i| limits(format, i.low, i.high)).unwrap_or_default(),
        row.difference
            .as_ref()
            .and_then(|d| d.value.as_ref().ok())
            .map(|d| signed(format, *d))
            .unwrap_or_default(),
        test.map(|t| limits(format, t.low, t.high)).unwrap_or_default(),
        test.map(|t| if t.p < 0.001 { "<0.001".to_owned() } else { round::fixed(t.p, 3) })
            .unwrap_or_default(),
        row.difference
            .as_ref()
            .map(|d| verdict(d.verdict, d.test.as_ref().err().map(|r| r.text()), lang))
            .unwrap_or_default(),
    ]
}

fn group_label(row: &BreakdownRow, lang: Lang) -> String {
    if row.groups.is_empty() {
        return Text::new("全体", "all").get(lang).to_owned();
    }
    row.groups.iter().map(|g| g.value.as_str()).collect::<Vec<_>>().join(" × ")
}

fn limits(format: &ValueFormat, low: f64, high: f64) -> String {
    format!("{}～{}", value::rounded(format, low), value::rounded(format, high))
}

/// With its sign, of shares in points; what rounds to zero has none.
fn signed(format: &ValueFormat, difference: f64) -> String {
    let printed = value::rounded(format, difference);
    if difference > 0.0 && !value::is_zero(&printed) { format!("+{printed}") } else { printed }
}

fn verdict(verdict: Verdict, reason: Option<Text>, lang: Lang) -> String {
    let words = match verdict {
        Verdict::Higher => Text::new("高い", "higher"),
        Verdict::Lower => Text::new("低い", "lower"),
        Verdict::NoDifference => Text::new("有意差なし", "no significant difference"),
        Verdict::NotTested => match reason {
            Some(why) => Text::new(format!("判定なし（{}）", why.ja), format!("not tested ({})", why.en)),
            None => Text::new("判定なし", "not tested"),
        },
    };
    words.get(lang).to_owned()
}

/// The name of the verdict in machine-readable files; the same as its serde name.
fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Higher => "higher",
        Verdict::Lower => "lower",
        Verdict::NoDifference => "no_difference",
        Verdict::NotTested => "not_tested",
    }
}

/// Breakdowns as one CSV (UTF-8 with byte order mark, LF).
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn csv(breakdowns: &[Breakdown]) -> Result<Vec<u8>, Error> {
    let rows = breakdowns.iter().flat_map(|b| b.rows.iter().map(move |row| csv_row(b, row)));
    text_cell::csv(&COLUMNS, &rows.collect::<Vec<_>>())
}

fn csv_row(b: &Breakdown, row: &BreakdownRow) -> Vec<String> {
    let e = &row.estimate;
    let interval = e.interval.as_ref().ok();
    let test = row.difference.as_ref().and_then(|d| d.test.as_ref().ok());
    let of_test = |part: fn(&DifferenceTest) -> f64| number(test.map(part));
    vec![
        guarded(&b.indicator),
        guarded(&b.survey),
        b.wave.short(),
        guarded(&b.question),
        guarded(&b.options.join(" | ")),
        guarded(&base_rule(b)),
        guarded(&row.groups.iter().map(|g| g.variable.as_str()).collect::<Vec<_>>().join(" | ")),
        guarded(&row.groups.iter().map(|g| g.value.as_str()).collect::<Vec<_>>().join(" | ")),
        e.n.to_string(),
        number(Some(e.n_weighted)),
        number(e.value.as_ref().ok().copied()),
        number(e.se.as_ref().ok().copied()),
        number(interval.map(|i| i.low)),
        number(interval.map(|i| i.high)),
        interval.map_or("", |i| b.format.statistic.interval_method(i)).to_owned(),
        number(Some(b.level)),
        number(row.difference.as_ref().and_then(|d| d.value.as_ref().ok().copied())),
        of_test(|t| t.se),
        of_test(|t| t.low),
        of_test(|t| t.high),
        of_test(|t| t.t),
        of_test(|t| t.df),
        of_test(|t| t.p),
        row.difference.as_ref().map_or("", |d| verdict_key(d.verdict)).to_owned(),
        words::data_key(b.data).to_owned(),
        b.format.statistic.name().to_owned(),
    ]
}

/// The base, and of whom it is where the plan takes part of the respondents only.
fn base_rule(b: &Breakdown) -> String {
    let universe = b.universe.iter().map(|words| words.ja.as_str());
    std::iter::once(b.base_rule.as_str()).chain(universe).collect::<Vec<_>>().join(" | ")
}

/// Breakdowns as JSON: shares in [0, 1], all else in its unit, null with a reason where nothing can be
/// estimated.
///
/// # Errors
/// The serialiser's own; no value can reach one.
pub fn json(breakdowns: &[Breakdown]) -> Result<Vec<u8>, Error> {
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "breakdowns": breakdowns.iter().map(json_of).collect::<Vec<_>>(),
    }))
}

fn json_of(breakdown: &Breakdown) -> Value {
    let mut out = json!({
        "data": words::data_key(breakdown.data),
        "data_label": data_label(breakdown.data),
        "indicator": breakdown.indicator,
        "title": breakdown.title,
        "survey": breakdown.survey,
        "wave": breakdown.wave,
        "analysis_var": breakdown.question,
        "analysis_var_value": breakdown.options,
        "analysis_type": breakdown.format.statistic,
        "unit": breakdown.format.unit,
        "base_rule": breakdown.base_rule,
        "universe": breakdown.universe,
        "level": breakdown.level,
        "rows": breakdown.rows.iter().map(|row| json_row(row, &breakdown.format)).collect::<Vec<_>>(),
    });
    if let (Some(trend), Some(object)) = (&breakdown.trend, out.as_object_mut()) {
        object.insert("comparability".into(), json!(trend));
    }
    out
}

fn json_row(row: &BreakdownRow, format: &ValueFormat) -> Value {
    let e = &row.estimate;
    let interval = e.interval.as_ref().ok();
    json!({
        "groups": row.groups,
        "n": e.n,
        "n_yes": e.n_yes,
        "n_w": e.n_weighted,
        "stat": e.value.as_ref().ok(),
        "se": e.se.as_ref().ok(),
        "stat_low": interval.map(|i| i.low),
        "stat_upp": interval.map(|i| i.high),
        "ci_method": interval.map(|i| format.statistic.interval_method(i)),
        "reasons": reasons(e),
        "flags": row.flags,
        "difference": row.difference.as_ref().map(|d| json!({
            "value": d.value.as_ref().ok(),
            "test": d.test.as_ref().ok(),
            "reason": d.value.as_ref().err().or(d.test.as_ref().err()),
            "verdict": d.verdict,
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::{csv, json, table, verdict_key};
    use crate::estimate::{ConfidenceInterval, DegreesOfFreedom, Estimate, IntervalMethod, NotEstimable};
    use crate::indicator::{
        Breakdown, BreakdownRow, DataKind, Difference, DifferenceTest, FiscalYear, Group, ValueFormat,
        Verdict,
    };
    use crate::text::Lang;

    fn estimate(yes: u64, n: u64) -> Estimate {
        let none = NotEstimable::NotDefined;
        let value = if n == 0 { Err(NotEstimable::EmptyBase) } else { Ok(yes as f64 / n as f64) };
        Estimate {
            n,
            n_yes: Some(yes),
            n_weighted: n as f64,
            interval: value.clone().map(|_| ConfidenceInterval {
                low: 0.0625,
                high: 0.1875,
                method: IntervalMethod::Wilson,
                level: 0.95,
            }),
            se: value.clone().map(|_| 0.025),
            value,
            deff: Err(none.clone()),
            n_eff: Err(none),
            df: DegreesOfFreedom { domain: 99.0, design: 99.0 },
        }
    }

    fn row(value: &str, estimate: Estimate, difference: Option<Difference>) -> BreakdownRow {
        let groups = if value.is_empty() {
            Vec::new()
        } else {
            vec![Group { variable: "性別".into(), value: value.into() }]
        };
        BreakdownRow { groups, estimate, difference, flags: Vec::new() }
    }

    fn breakdown() -> Breakdown {
        let test = DifferenceTest { se: 0.03, low: -0.1875, high: -0.0625, t: -3.3, df: 398.0, p: 0.00093 };
        let lower = Difference { value: Ok(-0.1), test: Ok(test), verdict: Verdict::Lower };
        let none = Difference {
            value: Err(NotEstimable::EmptyBase),
            test: Err(NotEstimable::EmptyBase),
            verdict: Verdict::NotTested,
        };
        Breakdown {
            indicator: "intent".into(),
            title: "参加意向".into(),
            survey: "citizen".into(),
            wave: FiscalYear::from_western(2022),
            question: "問12".into(),
            options: vec!["参加したい".into()],
            base_rule: "answered".into(),
            universe: None,
            format: ValueFormat::share(),
            level: 0.95,
            rows: vec![
                row("", estimate(41, 400), None),
                row("男性", estimate(6, 29), Some(lower)),
                row("その他", estimate(0, 0), Some(none)),
            ],
            data: DataKind::Synthetic,
            trend: None,
        }
    }

    #[test]
    fn people_read_points_and_reasons() {
        let (header, rows) = table(&breakdown(), Lang::Ja);
        assert!(rows.iter().all(|r| r.len() == header.len()));
        assert_eq!(header[0], "性別");
        assert_eq!(rows[0], ["全体", "400", "10.3", "6.3～18.8", "", "", "", ""]);
        assert_eq!(rows[1], ["男性", "29", "20.7*", "6.3～18.8", "-10.0", "-18.8～-6.3", "<0.001", "低い"]);
        assert_eq!(
            rows[2],
            ["その他", "0", "集計対象がいない", "", "", "", "", "判定なし（集計対象がいない）"]
        );
        assert_eq!(table(&breakdown(), Lang::En).1[2][7], "not tested (nobody in the base)");
    }

    #[test]
    fn machines_read_shares_and_empty_cells() {
        let text = String::from_utf8(csv(&[breakdown()]).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[2],
            "intent,citizen,R4,問12,参加したい,answered,性別,男\
             性,29,29,0.20689655172413793,0.025,0.0625,0.1875,wilson,0.95,\
             -0.1,0.03,-0.1875,-0.0625,-3.3,398,0.00093,lower,synthetic,share"
        );
        assert!(lines[3].contains(",0,0,,,,,,0.95,,,,,,,,not_tested,synthetic,share"), "{}", lines[3]);
        let value: serde_json::Value = serde_json::from_slice(&json(&[breakdown()]).unwrap()).unwrap();
        assert_eq!(value["breakdowns"][0]["rows"][2]["difference"]["reason"], "empty_base");
        assert_eq!(value["breakdowns"][0]["rows"][2]["stat"], serde_json::Value::Null);
        assert_eq!(value["breakdowns"][0]["data_label"], "合成データ");
    }

    #[test]
    fn the_key_of_a_verdict_is_its_serialised_name() {
        for verdict in [Verdict::Higher, Verdict::Lower, Verdict::NoDifference, Verdict::NotTested] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict_key(verdict));
        }
    }
}
