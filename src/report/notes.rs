//! 注記 (報告書の見方): the plan's own notes, then how to read what is printed.

use std::collections::BTreeSet;

use super::trend_marks::TrendMarks;
use super::{cell, round, words};
use crate::indicator::{
    CellContent, Comparability, DataKind, Estimated, IndicatorTable, Observation, ObservedValue,
    ProgressRule, Statistic, ValueSource, YearCell,
};

/// The symbols that the table uses, on one line under its title.
pub(super) fn legend(table: &IndicatorTable) -> String {
    let mut parts: Vec<&str> = symbols(table).into_iter().map(|(short, _)| short).collect();
    if estimates(table).next().is_some() {
        let shares = estimates(table).all(is_share);
        parts.push(if shares {
            "（ ）内：信頼区間（%）"
        } else {
            "（ ）内：信頼区間（割合は%）"
        });
        parts.push("n：回答者数（集計の基数）");
    }
    parts.join("　")
}

/// The symbols that the table uses: in short and in a sentence.
fn symbols(table: &IndicatorTable) -> Vec<(&'static str, &'static str)> {
    let measures = || table.rows.iter().flat_map(|r| &r.measures);
    let has = |content: &CellContent| measures().flat_map(|m| &m.cells).any(|c| c.content == *content);
    let mut out = Vec::new();
    if has(&CellContent::NotSurveyed) {
        out.push(("「-」調査のない年度", "「-」は、調査を行わない年度を示す。"));
    }
    if has(&CellContent::NotAvailable) || measures().any(|m| m.target.is_none()) {
        out.push(("「…」数値が得られない", "「…」は、数値が得られない、または定められていないことを示す。"));
    }
    if has(&CellContent::Suppressed) {
        out.push(("「x」秘匿", "「x」は、個人等の保護のため秘匿したことを示す。"));
    }
    if has(&CellContent::Pending) {
        out.push(("単位のみ：今後記入", "単位のみの欄は、年度終了後に値を記入するものを示す。"));
    }
    let trends = TrendMarks::of(table);
    if trends.has(Comparability::Caution) {
        out.push((
            "※：比較に注意（注記参照）",
            "番号の付いた「※」の値は、調査票や調査方法が前の調査とちがうため、比較に注意を要する（同じ番号\
             の注記を参照）。",
        ));
    }
    if trends.has(Comparability::NotComparable) {
        out.push((
            "‡：比較不可（注記参照）",
            "番号の付いた「‡」の値は、設問、選択肢、聞いた相手などがちがうため、前の調査の値と比較できな\
             い。変化は計算せず、達成状況も判定しない。",
        ));
    }
    out
}

/// All notes, in the order in which they are printed.
pub(super) fn notes(table: &IndicatorTable) -> Vec<String> {
    let mut out = Vec::new();
    if table.data == DataKind::Synthetic {
        out.push(format!(
            "この資料は{}（プログラムで作成した架空の回答・数値）を含み、実際の調査結果ではない。",
            words::SYNTHETIC
        ));
    }
    out.extend(table.notes.iter().map(|note| note.ja.clone()));
    out.extend(symbols(table).into_iter().map(|(_, sentence)| sentence.to_owned()));
    out.extend(TrendMarks::of(table).notes());
    out.extend(of_surveys(table));
    out.extend(of_observations(table));
    out.push(
        "比率の差（ポイント）は、四捨五入する前の値から計算しているため、表示された値の差と一致しないことが\
         ある。"
            .to_owned(),
    );
    out.push("達成率は（最新値－現状値）÷（目標値－現状値）で、目標に達したとき100%となる。".to_owned());
    for rule in rules(table) {
        out.push(words::rule(rule));
    }
    out
}

/// What follows from the survey values in the table.
fn of_surveys(table: &IndicatorTable) -> Vec<String> {
    let mut out = Vec::new();
    let decimals: BTreeSet<u8> =
        estimates(table).filter(|e| is_share(e)).map(|e| e.format.decimals).collect();
    if let Some(most) = decimals.last() {
        let rounded = if decimals.len() == 1 {
            format!("小数第{}位を四捨五入している", most + 1)
        } else {
            "表示の桁に四捨五入している".to_owned()
        };
        out.push(format!("アンケートの割合は、回答者数（n）を基数とした百分率で、{rounded}。"));
    }
    out.extend(of_other_statistics(table));
    let all_shares = estimates(table).all(is_share);
    let methods: BTreeSet<(bool, String, &str)> = estimates(table)
        .filter_map(|e| Some((e, e.estimate.interval.as_ref().ok()?)))
        .map(|(e, i)| {
            (!is_share(e), round::percent(i.level, 0), e.format.statistic.interval_method(i.method))
        })
        .collect();
    for (other, level, method) in methods {
        let (of, unit) = match (other, all_shares) {
            (false, true) => ("アンケートの値", "%、"),
            (false, false) => ("アンケートの割合", "%、"),
            (true, _) => ("アンケートの割合のほかの値", ""),
        };
        out.push(format!("{of}の（ ）内は、標本誤差を考慮した{level}%信頼区間（{unit}{method}法）である。"));
    }
    if estimates(table).any(|e| e.estimate.interval.is_err()) {
        out.push(
            "信頼区間のないアンケートの値は、標本誤差を示すことができない（公募型調査、全数調査など）。"
                .to_owned(),
        );
    }
    if estimates(table).any(|e| e.estimate.n < cell::FEW) {
        out.push(format!("「*参考値」は、回答者数が{}人未満のため、参考として示すものである。", cell::FEW));
    }
    out
}

/// What the other numbers from answers are: one sentence a statistic, with the items that it is of.
fn of_other_statistics(table: &IndicatorTable) -> Vec<String> {
    let words = |statistic: Statistic| match statistic {
        Statistic::Share | Statistic::Difference | Statistic::RaoScott | Statistic::Change => None,
        Statistic::Mean => Some("数を答えた人の値の平均"),
        Statistic::Total => Some("数を答えた人の値（ウエイトがあればそれを掛けた値）の合計"),
        Statistic::Ratio => Some("両方の数を答えた人について、分子の合計を分母の合計で割った値"),
        Statistic::Quantile => Some("数を答えた人の値を小さい順に並べたとき、定めた割合に初めて達する値"),
        Statistic::Score => Some("点数のある選択肢を選んだ人の点数の平均"),
    };
    let mut met: Vec<(Statistic, String)> = Vec::new();
    for row in &table.rows {
        for measure in &row.measures {
            let of = measure.cells.iter().filter_map(estimated).map(|of| of.format.statistic).next();
            let Some(statistic) = of else { continue };
            let title = match &measure.sub_item {
                Some(part) => format!("「{}　{part}」", row.title),
                None => format!("「{}」", row.title),
            };
            match met.iter_mut().find(|(s, _)| *s == statistic) {
                Some((_, titles)) => titles.push_str(&title),
                None => met.push((statistic, title)),
            }
        }
    }
    met.into_iter().filter_map(|(s, titles)| Some(format!("{titles}は、{}である。", words(s)?))).collect()
}

fn is_share(of: &Estimated) -> bool {
    of.format.statistic == Statistic::Share
}

/// What follows from marks and sources.
fn of_observations(table: &IndicatorTable) -> Vec<String> {
    let mut out = Vec::new();
    if observations(table).any(|o| o.mark.is_some()) {
        out.push("「※速報値」は確定前の値、「※訂正値」は過去に公表した値を訂正したものである。".to_owned());
    }
    if observations(table).any(|o| o.source == ValueSource::Published) {
        out.push(
            "「公表値」は、過去に公表された資料の値をそのまま記載したもので、回答データからの再計算は行って\
             いない。"
                .to_owned(),
        );
    }
    out
}

fn observation(cell: &YearCell) -> Option<&Observation> {
    match &cell.content {
        CellContent::Value(o) => Some(o.as_ref()),
        _ => None,
    }
}

fn estimated(cell: &YearCell) -> Option<&Estimated> {
    match &observation(cell)?.value {
        ObservedValue::Estimated(of) => Some(of.as_ref()),
        ObservedValue::Reported(_) => None,
    }
}

fn cells(table: &IndicatorTable) -> impl Iterator<Item = &YearCell> {
    table.rows.iter().flat_map(|r| &r.measures).flat_map(|m| &m.cells)
}

fn observations(table: &IndicatorTable) -> impl Iterator<Item = &Observation> {
    cells(table).filter_map(observation)
}

fn estimates(table: &IndicatorTable) -> impl Iterator<Item = &Estimated> {
    cells(table).filter_map(estimated)
}

/// The rules in use, each once, in the order met.
fn rules(table: &IndicatorTable) -> Vec<ProgressRule> {
    let mut out: Vec<ProgressRule> = Vec::new();
    for measure in table.rows.iter().flat_map(|r| &r.measures) {
        if !out.contains(&measure.status.rule) {
            out.push(measure.status.rule);
        }
    }
    out
}
