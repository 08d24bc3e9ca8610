//! Units: what may stand behind a number, and which of them are the same.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Serialize, Serializer};

use crate::text::fold::fold;

/// Bytes of the longest text that is looked up among the known units.
const MOST_BYTES: usize = 48;

/// The unit of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `%`: a share; values are in [0, 1] everywhere but in reports.
    Percent,
    /// Anything else, as written: `人`, `世帯`, `団体`.
    Named(String),
}

/// Powers of ten of the kanji scales, the longest words first.
const SCALES: [(&str, i32); 13] = [
    ("千億", 11),
    ("百億", 10),
    ("十億", 9),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("兆", 12),
    ("億", 8),
    ("万", 4),
    ("千", 3),
    ("百", 2),
    ("十", 1),
    ("", 0),
];

/// The scale that a text begins with, as a power of ten, and the rest.
pub(super) fn scale_of(text: &str) -> (i32, &str) {
    let found = SCALES.iter().find_map(|(word, power)| Some((*power, text.strip_prefix(word)?)));
    found.unwrap_or((0, text))
}

/// What follows a number and is a bound or an estimate of it, no unit.
const NO_UNIT_ENDS: [&str; 22] = [
    "以上",
    "以下",
    "未満",
    "超",
    "超過",
    "程度",
    "前後",
    "以内",
    "台",
    "弱",
    "強",
    "余",
    "余り",
    "内外",
    "ほど",
    "くらい",
    "ぐらい",
    "見込",
    "見込み",
    "予定",
    "増",
    "減",
];

/// What follows a number in a date or a time of day.
const NO_UNITS: [&str; 5] = ["月", "時", "年度", "月末", "時半"];

/// Units that are written on their own in the cells of years to come.
const KNOWN: [&str; 47] = [
    "人",
    "名",
    "世帯",
    "団体",
    "件",
    "回",
    "か所",
    "箇所",
    "所",
    "円",
    "組",
    "組織",
    "校",
    "園",
    "戸",
    "棟",
    "台",
    "冊",
    "点",
    "個",
    "本",
    "枚",
    "匹",
    "頭",
    "社",
    "店",
    "事業所",
    "施設",
    "クラブ",
    "日",
    "時間",
    "分",
    "か月",
    "年",
    "ha",
    "km",
    "m",
    "m2",
    "km2",
    "kg",
    "t",
    "l",
    "kwh",
    "位",
    "倍",
    "ポイント",
    "拠点",
];

impl Unit {
    /// As printed after a value.
    pub fn text(&self) -> &str {
        match self {
            Unit::Percent => "%",
            Unit::Named(name) => name,
        }
    }

    /// The unit that `text` names.
    pub fn from_text(text: &str) -> Self {
        let folded = fold(text);
        if matches!(folded.as_str(), "%" | "パーセント" | "percent") {
            Unit::Percent
        } else {
            Unit::Named(folded)
        }
    }

    /// The unit behind a number (folded); `None` for what is none: another number, a bound, a part of a date.
    pub(super) fn of_number(folded: &str) -> Option<Self> {
        let unit = Self::from_text(folded);
        let text = match &unit {
            Unit::Percent => return Some(unit),
            Unit::Named(text) if text.is_empty() => return Some(unit),
            Unit::Named(text) => text.as_str(),
        };
        let scaled = scale_of(text).1;
        // 台 is a unit of machines, and 60%台 a range.
        let ends = NO_UNIT_ENDS.iter().any(|end| text.ends_with(end) && !(*end == "台" && scaled == "台"));
        if ends || NO_UNITS.contains(&text) || text.chars().count() > 16 {
            return None;
        }
        let begins = text.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '°' | '‰'));
        let mut before = ' ';
        let follows = |c: char| {
            let fits = match c {
                '0'..='9' => matches!(before, 'm' | 'M' | 'O' | 'o'),
                '/' | '・' | '-' | '.' => before.is_alphanumeric() || before == '%',
                '(' | ')' => before.is_alphanumeric() || before == ')',
                ' ' => before.is_ascii_alphabetic(),
                '%' => false,
                'が' | 'を' | 'は' | 'へ' | 'も' | 'と' => false,
                c => c.is_alphanumeric() || matches!(c, '°' | '‰' | '々' | 'ー'),
            };
            before = c;
            fits
        };
        (begins && text.chars().all(follows) && balanced(text)).then_some(unit)
    }

    /// Whether a text without a number is a unit that stands for a value to come.
    pub(super) fn alone(folded: &str) -> bool {
        static SPELLED: LazyLock<HashSet<String>> = LazyLock::new(|| KNOWN.map(spelled).into());
        // No unit is longer than the longest in another spelling: `平方メートル`.
        folded.len() <= MOST_BYTES
            && (Self::from_text(folded) == Unit::Percent
                || SPELLED.contains(&spelled(&scale_of(folded).1.to_lowercase())))
    }

    /// Whether two units are the same in two spellings: `箇所` and `か所`.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Unit::Named(a), Unit::Named(b)) => spelled(a) == spelled(b),
            _ => self == other,
        }
    }

    /// The scale in it, as a power of ten, and the unit without: (3, `円`) of `千円`.
    pub(super) fn scale(&self) -> (i32, &str) {
        match self {
            Unit::Percent => (0, "%"),
            Unit::Named(text) => match scale_of(text) {
                (power, rest) if !rest.is_empty() => (power, rest),
                _ => (0, text),
            },
        }
    }

    /// Whether nothing is written.
    pub fn is_blank(&self) -> bool {
        matches!(self, Unit::Named(text) if text.is_empty())
    }
}

fn balanced(text: &str) -> bool {
    text.matches('(').count() == text.matches(')').count()
}

/// The spelling by which units are compared.
fn spelled(text: &str) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for (from, to) in [
        ("箇所", "か所"),
        ("個所", "か所"),
        ("ヶ所", "か所"),
        ("ケ所", "か所"),
        ("カ所", "か所"),
        ("ヵ所", "か所"),
        ("箇月", "か月"),
        ("ヶ月", "か月"),
        ("ケ月", "か月"),
        ("カ月", "か月"),
        ("ヵ月", "か月"),
        ("㎡", "m2"),
        ("トン", "t"),
        ("ヘクタール", "ha"),
        ("平方メートル", "m2"),
    ] {
        if out.contains(from) {
            out = out.replace(from, to);
        }
    }
    out
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn units_are_the_same_in_other_spellings_but_not_in_other_scales() {
        let same = |a: &str, b: &str| Unit::from_text(a).is_same(&Unit::from_text(b));
        assert!(same("箇所", "か所") && same("ヶ所", "カ所") && same("％", "%") && same("千人", "千人"));
        assert!(!same("千人", "人") && !same("%", "") && !same("人", "件"));
        assert_eq!(Unit::from_text("百万円").scale(), (6, "円"));
        assert_eq!(Unit::from_text("千").scale(), (0, "千"));
    }

    #[test]
    fn a_unit_alone_is_told_from_a_word() {
        for unit in ["人", "%", "千円", "箇所", "kWh", "団体"] {
            assert!(Unit::alone(unit), "{unit}");
        }
        for word in ["延期", "秘", "なし", "?"] {
            assert!(!Unit::alone(word), "{word}");
        }
    }
}
