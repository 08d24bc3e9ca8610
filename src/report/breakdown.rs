//! A breakdown as a table for the terminal.

use super::{round, value};
use crate::estimate::reliability::ReliabilityFlag;
use crate::indicator::{Breakdown, Detail, EstimateRecord, Flag, NoVerdict, ValueFormat, Verdict};
use crate::text::{Lang, Text};

/// Header and rows for people: part, n, value, interval, difference from the rest (of shares in points), its
/// interval, p, p adjusted for all parts, verdict.
pub fn table(breakdown: &Breakdown, lang: Lang) -> (Vec<String>, Vec<Vec<String>>) {
    let level = round::percent(breakdown.whole.level, 0);
    let format = &breakdown.whole.format;
    let statistic = format.statistic.text();
    let (unit, points) = (format.unit.text(), value::unit_of_difference(format));
    let with = |name: &str, unit: &str, open: &str, close: &str| {
        if unit.is_empty() { name.to_owned() } else { format!("{name}{open}{unit}{close}") }
    };
    let by: Vec<&str> = breakdown
        .parts
        .first()
        .map(|r| r.key.groups.iter().map(|g| g.variable.as_str()).collect())
        .unwrap_or_default();
    let header = [
        if by.is_empty() { Text::new("区分", "group") } else { Text::same(by.join(" × ")) },
        Text::same("n"),
        Text::new(with(&statistic.ja, unit, "(", ")"), with(&statistic.en, unit, " (", ")")),
        Text::new(format!("{level}%信頼区間"), format!("{level} % interval")),
        Text::new(with("差", &points.ja, "(", ")"), with("difference", &points.en, " (", ")")),
        Text::new("差の信頼区間", "its interval"),
        Text::same("p"),
        Text::new("補正後のp", "adjusted p"),
        Text::new("判定", "verdict"),
    ];
    let header = header.iter().map(|h| h.get(lang).to_owned()).collect();
    (header, breakdown.rows().map(|row| people_row(row, lang)).collect())
}

/// What must be said below numbers whose parts are options of a multiple answer.
pub fn overlap_note<'r>(rows: impl IntoIterator<Item = &'r EstimateRecord>) -> Option<Text> {
    rows.into_iter().any(|row| row.flags.contains(&Flag::Overlapping)).then(|| {
        Text::new(
            "複数回答の軸は区分が重なる（1人がいくつもの区分に入り、区分の合計は全体にならない）",
            "options of a multiple answer overlap: one person may be in several, and they do not add up to \
             all",
        )
    })
}

fn people_row(row: &EstimateRecord, lang: Lang) -> Vec<String> {
    let e = &row.estimate;
    let few = if row.flags.contains(&Flag::Reliability(ReliabilityFlag::Few)) { "*" } else { "" };
    let format = &row.format;
    let shown = match value::printed(format, e) {
        Ok(shown) => format!("{shown}{few}"),
        Err(reason) => reason.text().get(lang).to_owned(),
    };
    let difference = match &row.detail {
        Detail::AgainstRest(difference) => Some(difference),
        _ => None,
    };
    let test = difference.and_then(|d| d.test.as_ref().ok());
    vec![
        group_label(row, lang),
        round::count(e.n),
        shown,
        e.interval.as_ref().map(|i| limits(format, i.low, i.high)).unwrap_or_default(),
        difference.and_then(|d| d.value.as_ref().ok()).map(|d| signed(format, *d)).unwrap_or_default(),
        test.map(|t| limits(format, t.low, t.high)).unwrap_or_default(),
        test.map(|t| p_value(t.p)).unwrap_or_default(),
        test.map(|t| p_value(t.p_adjusted)).unwrap_or_default(),
        difference.map(|d| verdict(&d.verdict).get(lang).to_owned()).unwrap_or_default(),
    ]
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { round::fixed(p, 3) }
}

fn group_label(row: &EstimateRecord, lang: Lang) -> String {
    if row.key.groups.is_empty() {
        return Text::new("全体", "all").get(lang).to_owned();
    }
    row.key.groups.iter().map(|g| g.value.as_str()).collect::<Vec<_>>().join(" × ")
}

fn limits(format: &ValueFormat, low: f64, high: f64) -> String {
    format!("{}～{}", value::rounded(format, low), value::rounded(format, high))
}

/// With its sign, of shares in points; what rounds to zero has none.
fn signed(format: &ValueFormat, difference: f64) -> String {
    let printed = value::rounded(format, difference);
    if difference > 0.0 && !value::is_zero(&printed) { format!("+{printed}") } else { printed }
}

fn verdict(verdict: &Result<Verdict, NoVerdict>) -> Text {
    match verdict {
        Ok(Verdict::Higher) => Text::new("高い", "higher"),
        Ok(Verdict::Lower) => Text::new("低い", "lower"),
        Ok(Verdict::NoDifference) => Text::new("有意差なし", "no significant difference"),
        Err(why) => {
            let reason = why.text();
            Text::new(format!("判定なし（{}）", reason.ja), format!("no verdict ({})", reason.en))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::decode::Base;
    use crate::estimate::reliability::flags;
    use crate::estimate::{
        ConfidenceInterval, DegreesOfFreedom, Estimate, IntervalBasis, IntervalMethod, NotEstimable,
    };
    use crate::indicator::{
        Breakdown, DataKind, Detail, DifferenceFromRest, DifferenceTest, EstimateRecord, FiscalYear, Flag,
        Group, NoVerdict, NumberKey, ValueFormat, Verdict,
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

    fn row(value: &str, estimate: Estimate, detail: Detail) -> EstimateRecord {
        let groups = if value.is_empty() {
            Vec::new()
        } else {
            vec![Group { variable: "性別".into(), value: value.into() }]
        };
        EstimateRecord {
            key: NumberKey::of_survey("citizen", FiscalYear::from_western(2022), "intent", groups),
            format: ValueFormat::share(),
            variable: "問12".into(),
            values: vec!["参加したい".into()],
            base: Base::Answered,
            universe: None,
            method: "wilson",
            basis: IntervalBasis::Binomial,
            level: 0.95,
            n_total: 400,
            n_w_total: 400.0,
            flags: flags(&estimate, false).into_iter().map(Flag::Reliability).collect(),
            estimate,
            data: Some(DataKind::Synthetic),
            detail,
        }
    }

    #[test]
    fn people_read_points_and_reasons() {
        let test = DifferenceTest {
            se: 0.03,
            low: -0.1875,
            high: -0.0625,
            t: None,
            df: 398.0,
            p: 0.00093,
            p_adjusted: 0.00186,
        };
        let lower = DifferenceFromRest { value: Ok(-0.1), test: Ok(test), verdict: Ok(Verdict::Lower) };
        let why = NotEstimable::EmptyBase;
        let none = DifferenceFromRest {
            value: Err(why.clone()),
            test: Err(why.clone()),
            verdict: Err(NoVerdict::NotTested(why)),
        };
        let breakdown = Breakdown {
            title: "参加意向".into(),
            whole: row("", estimate(41, 400), Detail::None),
            parts: vec![
                row("男性", estimate(6, 29), Detail::AgainstRest(lower)),
                row("その他", estimate(0, 0), Detail::AgainstRest(none)),
            ],
            trend: None,
        };
        let (header, rows) = table(&breakdown, Lang::Ja);
        assert!(rows.iter().all(|r| r.len() == header.len()));
        assert_eq!(header[0], "性別");
        assert_eq!(rows[0], ["全体", "400", "10.3", "6.3～18.8", "", "", "", "", ""]);
        let man = ["男性", "29", "20.7*", "6.3～18.8", "-10.0", "-18.8～-6.3", "<0.001", "0.002", "低い"];
        assert_eq!(rows[1], man);
        assert_eq!(
            rows[2],
            ["その他", "0", "集計対象がいない", "", "", "", "", "", "判定なし（集計対象がいない）"]
        );
        assert_eq!(table(&breakdown, Lang::En).1[2][8], "no verdict (nobody in the base)");
    }
}
