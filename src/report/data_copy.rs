//! The 1セル1データ copy of the table (総務省「統計表における機械判読可能なデータの表記方法の統一ルール」,
//! 2020): numbers as numbers, the unit in a column of its own, the western year, no merged cells, no
//! characters that only some machines have.

use unicode_normalization::UnicodeNormalization;

use super::lines::{self, Line};
use super::words;
use crate::indicator::IndicatorTable;

/// The column heads.
pub(super) const HEADS: [&str; 20] = [
    "指標ID",
    "基本目標番号",
    "基本目標",
    "項目",
    "小項目",
    "担当部署",
    "方向",
    "年度（西暦）",
    "区分",
    "条件",
    "値",
    "単位",
    "表示",
    "符号",
    "出所",
    "回答者数",
    "信頼区間下限",
    "信頼区間上限",
    "達成状況",
    "データ区分",
];

/// A cell that holds one thing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Datum {
    Text(String),
    Number(f64),
    Blank,
}

impl Datum {
    fn text(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(portable(text)) }
    }

    fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Blank, Self::Number)
    }
}

/// One row a number.
pub(super) fn rows(table: &IndicatorTable) -> Vec<Vec<Datum>> {
    lines::lines(table).iter().map(row).collect()
}

fn row(line: &Line<'_>) -> Vec<Datum> {
    let interval = line.interval();
    vec![
        Datum::text(&line.row.id),
        Datum::Number(f64::from(line.row.goal)),
        Datum::text(line.goal_title),
        Datum::text(&line.row.title),
        Datum::text(line.measure.sub_item.as_deref().unwrap_or_default()),
        Datum::text(&line.row.department),
        Datum::text(words::direction(line.measure.direction)),
        Datum::Number(f64::from(line.year.western())),
        Datum::text(words::role(line.role)),
        Datum::text(line.target.map_or("", |t| words::operator(t.operator))),
        Datum::number(line.value.parse().ok()),
        Datum::text(line.measure.unit.text()),
        Datum::text(&line.display),
        Datum::text(line.mark),
        Datum::text(words::source(line.source)),
        Datum::number(line.estimate.map(|e| e.estimate.n as f64)),
        Datum::number(interval.map(|i| i.0)),
        Datum::number(interval.map(|i| i.1)),
        Datum::text(words::state(line.measure.status.state)),
        Datum::text(words::data_label(line.data)),
    ]
}

/// `text` without 機種依存文字: `①` becomes `(1)`, `Ⅳ` `IV`, `㈱` `(株)`, `㎡` `m2`; all else stays as it is.
/// Line breaks become blanks, since a cell holds one line.
fn portable(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '①'..='⑳' => out.push_str(&format!("({})", u32::from(c) - u32::from('①') + 1)),
            '\u{2100}'..='\u{214f}'
            | '\u{2160}'..='\u{217f}'
            | '\u{2474}'..='\u{24ff}'
            | '\u{3200}'..='\u{33ff}' => out.extend(c.nfkc()),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn characters_that_only_some_machines_have_are_spelled_out() {
        assert_eq!(portable("①Ⅳ㈱㎡⑳ゐ髙ー～"), "(1)IV(株)m2(20)ゐ髙ー～");
        assert_eq!(portable("一行\n二行"), "一行 二行");
    }
}
