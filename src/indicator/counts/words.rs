//! Words that stand in the headings of tables, and how headings are compared.

use crate::text::fold::fold;

/// Headings of the column of items.
const ITEM: [&str; 24] = [
    "項目",
    "項目名",
    "指標",
    "指標名",
    "成果指標",
    "活動指標",
    "事業",
    "事業名",
    "施策",
    "施策名",
    "取組",
    "取組名",
    "目標項目",
    "区分",
    "種別",
    "種類",
    "名称",
    "内容",
    "kpi",
    "kpi名",
    "重要業績評価指標",
    "item",
    "indicator",
    "title",
];
const YEAR: [&str; 10] =
    ["年度", "年", "年次", "西暦", "年度(西暦)", "実績年度", "会計年度", "fiscal_year", "fiscalyear", "year"];
const VALUE: [&str; 14] = [
    "値",
    "実績",
    "実績値",
    "数値",
    "実数",
    "現状値",
    "現状",
    "結果",
    "値(実績)",
    "実績数",
    "人数等",
    "value",
    "actual",
    "決算",
];
const TARGET: [&str; 12] = [
    "目標",
    "目標値",
    "計画",
    "計画値",
    "予定",
    "予算",
    "見込",
    "見込み",
    "見込量",
    "計画量",
    "target",
    "plan",
];
const UNIT: [&str; 2] = ["単位", "unit"];
const NOTE: [&str; 13] = [
    "備考",
    "注記",
    "注",
    "摘要",
    "メモ",
    "note",
    "notes",
    "符号",
    "コメント",
    "説明",
    "出典",
    "資料",
    "mark",
];
/// Columns that say more about an item, not which part of it.
const ABOUT: [&str; 18] = [
    "担当",
    "担当課",
    "担当部署",
    "担当部",
    "所管",
    "所管課",
    "所管部署",
    "所属",
    "部署",
    "課",
    "no",
    "no.",
    "番号",
    "連番",
    "コード",
    "方向",
    "目標の方向",
    "department",
];
const TOTAL: [&str; 9] = ["計", "合計", "総数", "総計", "総額", "全体", "全市", "市計", "total"];

/// A heading as it is compared: folded, without blanks, marks of notes, and in lower case.
pub(super) fn heading(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !super::super::quantity::is_raised(*c)).collect();
    let squeezed: String =
        fold(&kept).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let bare = squeezed.trim_start_matches(['※', '*']).trim_end_matches(['※', '*', '†', '‡']);
    // A note's number at the end: 総数※1, 総数(注2), 総数*3.
    let without = bare.trim_end_matches(')').trim_end_matches(|c: char| c.is_ascii_digit());
    let cut = ["(注", "(※", "注", "※", "*", "(*"].iter().find_map(|mark| without.strip_suffix(mark));
    match cut {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => bare.to_owned(),
    }
}

/// A heading without what stands in brackets at its end, and that.
pub(super) fn bracketed(heading: &str) -> Option<(&str, &str)> {
    let (before, inside) = heading.strip_suffix(')')?.rsplit_once('(')?;
    (!before.is_empty()).then_some((before, inside))
}

fn is(heading: &str, words: &[&str]) -> bool {
    words.contains(&heading) || bracketed(heading).is_some_and(|(before, _)| words.contains(&before))
}

pub(super) fn is_item(heading: &str) -> bool {
    is(heading, &ITEM)
}

pub(super) fn is_year(heading: &str) -> bool {
    is(heading, &YEAR)
}

/// 実績, or a word that begins or ends with it (`実績値（件）`, `年度末実績`).
pub(super) fn is_value(heading: &str) -> bool {
    is(heading, &VALUE) || heading.ends_with("実績") || heading.ends_with("実績値")
}

/// 目標 or 計画, or what compares with it: 達成率 is no value of the item.
pub(super) fn is_target(heading: &str) -> bool {
    let ends = [
        "目標",
        "目標値",
        "計画値",
        "予定",
        "達成率",
        "進捗率",
        "達成度",
        "増減",
        "増減率",
        "増減数",
        "前年比",
        "前年度比",
        "前年度比較",
        "前年比較",
        "比較",
        "評価",
        "判定",
        "伸び率",
        "構成比",
    ];
    is(heading, &TARGET) || ends.iter().any(|end| heading.ends_with(end) || heading.starts_with(end))
}

/// 目標 itself, in a column that says what a row is.
pub(super) fn is_target_word(heading: &str) -> bool {
    is(heading, &TARGET)
}

pub(super) fn is_unit(heading: &str) -> bool {
    is(heading, &UNIT)
}

pub(super) fn is_note(heading: &str) -> bool {
    is(heading, &NOTE)
}

pub(super) fn is_about(heading: &str) -> bool {
    is(heading, &ABOUT) || is_unit(heading) || is_note(heading) || is_target(heading)
}

pub(super) fn is_total(heading: &str) -> bool {
    is(heading, &TOTAL)
}

/// The unit that a note states: `（単位：トン）`, `単位:千円`. `None` for several.
pub(super) fn stated_unit(text: &str) -> Option<String> {
    let folded: String = fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    let (before, after) = folded.split_once("単位")?;
    if before.chars().any(char::is_alphanumeric) {
        return None;
    }
    let unit =
        after.trim_start_matches([':', '・', '=', '.']).trim_end_matches([')', ']', '】', '〕', '〉', '>']);
    let one =
        !unit.is_empty() && !unit.contains(['、', ',', '・', ':', '(', ';']) && unit.chars().count() <= 10;
    one.then(|| unit.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{heading, is_item, is_note, is_target, is_value, stated_unit};

    #[test]
    fn headings_are_one_however_they_are_spaced_and_marked() {
        for text in ["総数", "総　数", " 総 数 ", "総数※1", "総数（注2）", "総数²", "総数*"]
        {
            assert_eq!(heading(text), "総数", "{text}");
        }
        assert_eq!(heading("ＫＰＩ"), "kpi");
        assert_eq!(heading("問12"), "問12");
        assert!(is_item(&heading("項　目")) && is_item(&heading("指標名")) && is_note(&heading("備　考")));
        assert!(is_value("実績値(件)") && !is_value("目標") && is_target("達成率(%)") && is_target("目標値"));
    }

    #[test]
    fn a_note_states_one_unit() {
        assert_eq!(stated_unit("（単位：トン）"), Some("トン".into()));
        assert_eq!(stated_unit("単位 千円"), Some("千円".into()));
        assert_eq!(stated_unit("（単位：人、％）"), None);
        assert_eq!(stated_unit("この単位は"), None);
    }
}
