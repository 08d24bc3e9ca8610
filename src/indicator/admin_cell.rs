//! What a cell of an administrative table says: a value, or one of the symbols of official statistics.

use serde::Serialize;

use super::quantity::{Quantity, is_raised};
use super::unit::Unit;
use crate::code::Code;
use crate::error::{Diagnostic, Error};
use crate::text::Text;
use crate::text::fold::fold;

/// The status of a reported value (SDMX `OBS_STATUS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Mark {
    /// 速報値.
    #[serde(rename = "p")]
    Provisional,
    /// 訂正.
    #[serde(rename = "r")]
    Revised,
}

impl Mark {
    /// `p` or `r`.
    pub fn code(self) -> &'static str {
        match self {
            Mark::Provisional => "p",
            Mark::Revised => "r",
        }
    }

    /// The mark that a note is about.
    pub(super) fn of(note: &str) -> Option<Self> {
        if ["速報", "暫定"].iter().any(|w| note.contains(w)) {
            Some(Mark::Provisional)
        } else if ["訂正", "修正"].iter().any(|w| note.contains(w)) {
            Some(Mark::Revised)
        } else {
            None
        }
    }
}

/// What a cell of an administrative table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminCell {
    /// A value, with its mark and the note as written (`※速報値`).
    Value {
        /// The number and its unit; the unit may be empty when a column of its own gives it.
        quantity: Quantity,
        /// 速報値, 訂正.
        mark: Option<Mark>,
        /// The note beside the value, as written.
        note: Option<String>,
    },
    /// Blank, the unit alone, or a word for it: not reported yet.
    Pending,
    /// `-`: nil, or not surveyed this year.
    Nil,
    /// `…`: not available.
    NotAvailable,
    /// `x`: suppressed.
    Suppressed,
}

const NIL: [&str; 27] = [
    "-",
    "−",
    "ー",
    "―",
    "–",
    "—",
    "‐",
    "─",
    "_",
    "・",
    "該当なし",
    "該当無し",
    "該当せず",
    "非該当",
    "皆無",
    "皆減",
    "なし",
    "無し",
    "無",
    "実施なし",
    "未実施",
    "実施せず",
    "中止",
    "休止",
    "開催なし",
    "調査なし",
    "調査せず",
];
const NOT_AVAILABLE: [&str; 22] = [
    "...",
    "…",
    "..",
    "....",
    "......",
    "・・",
    "・・・",
    "・・・・",
    "**",
    "***",
    "****",
    "不明",
    "不詳",
    "n/a",
    "na",
    "n.a.",
    "皆増",
    "資料なし",
    "データなし",
    "把握なし",
    "算出不可",
    "計数不明",
];
const SUPPRESSED: [&str; 10] = ["x", "χ", "×", "✕", "xx", "xxx", "秘", "秘匿", "(秘)", "非公表"];
const PENDING: [&str; 14] = [
    "集計中",
    "調査中",
    "算定中",
    "確認中",
    "作成中",
    "未定",
    "未確定",
    "未集計",
    "未公表",
    "公表前",
    "公表待ち",
    "精査中",
    "後日",
    "記入予定",
];

/// Notes in brackets behind a value that leave it what it is.
const NOTES: [&str; 20] = [
    "速報",
    "速報値",
    "暫定",
    "暫定値",
    "確定",
    "確定値",
    "確報",
    "確報値",
    "訂正",
    "訂正値",
    "修正",
    "修正値",
    "推計",
    "推計値",
    "見込",
    "見込み",
    "見込値",
    "参考値",
    "再掲",
    "延べ",
];

impl AdminCell {
    /// Reads a cell as offices write it.
    ///
    /// # Errors
    /// Text that is none of the known symbols and not one number with its unit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (bare, raised) = without_raised(text);
        if !text.trim().is_empty() && text.trim().chars().all(is_raised) {
            return Err(Quantity::refusal(text.trim()));
        }
        let folded = &*fold(&bare);
        if let Some(symbol) = symbol(folded) {
            return Ok(symbol);
        }
        let (body, mut note) = apart(folded);
        let mut mark = note.as_deref().and_then(Mark::of);
        let mut body = body;
        if mark.is_none() {
            let rest = body.strip_suffix('p').map(|b| (b, Mark::Provisional));
            let rest = rest.or_else(|| body.strip_suffix('r').map(|b| (b, Mark::Revised)));
            let rest = rest.or_else(|| body.strip_prefix(['p', 'P']).map(|b| (b, Mark::Provisional)));
            let rest = rest.or_else(|| body.strip_prefix(['r', 'R']).map(|b| (b, Mark::Revised)));
            // A letter of a unit (`km/hr`) is no mark: the number ends where the mark begins.
            if let Some((rest, of)) = rest
                && (rest.ends_with(' ') || rest.trim().chars().all(|c| !c.is_alphabetic()))
            {
                (body, mark) = (rest.trim(), Some(of));
            }
        }
        if let Some(raised) = raised {
            note = Some(note.map_or(raised.clone(), |n| format!("{n} {raised}")));
        }
        match Quantity::parse(body) {
            Ok(quantity) => Ok(Self::Value { quantity, mark, note }),
            Err(_) if !folded.contains(|c: char| c.is_ascii_digit()) => Err(Diagnostic::new(
                Code::IndicatorQuantity,
                Text::new(
                    format!("「{}」は数値でも記号でもありません", text.trim()),
                    format!("\"{}\" is neither a number nor a known symbol", text.trim()),
                ),
            )
            .help(Text::new(
                "数値がない年度は、空欄（未記入）・「-」（該当なし）・「…」（不詳）・「x」（秘匿）のどれかを\
                 書きます",
                "where there is no number, leave the cell blank (not filled in yet), or write - (nil), … \
                 (not available) or x (suppressed)",
            ))
            .into()),
            Err(_) => Err(Quantity::refusal(text.trim())),
        }
    }
}

/// The symbol that a whole cell is; an explanation in brackets may follow: `x(秘匿)`, `－（該当なし）`.
fn symbol(folded: &str) -> Option<AdminCell> {
    let squeezed: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = squeezed.to_lowercase();
    let is = |word: &str| {
        if word.is_empty() || PENDING.contains(&word) || Unit::alone(word) {
            Some(AdminCell::Pending)
        } else if NIL.contains(&word) {
            Some(AdminCell::Nil)
        } else if NOT_AVAILABLE.contains(&word) {
            Some(AdminCell::NotAvailable)
        } else if SUPPRESSED.contains(&word) {
            Some(AdminCell::Suppressed)
        } else {
            None
        }
    };
    if let Some(found) = is(&lower) {
        return Some(found);
    }
    let (before, inside) = lower.strip_suffix(')')?.split_once('(')?;
    match (before, inside) {
        ("", inside) => is(inside).filter(|cell| *cell != AdminCell::Pending),
        (before, inside) if !inside.contains(|c: char| c.is_ascii_digit()) => is(before),
        _ => None,
    }
}

/// A text without the marks of notes that stand raised or in circles, and these. A raised 2 or 3 behind a `m`
/// is part of the unit.
fn without_raised(text: &str) -> (String, Option<String>) {
    let (mut out, mut marks) = (String::new(), String::new());
    for c in text.chars() {
        let of_unit = matches!(c, '²' | '³') && out.ends_with(['m', 'ｍ']);
        if is_raised(c) && !of_unit { marks.push(c) } else { out.push(c) }
    }
    // Nothing but marks is no value with a note.
    if out.trim().is_empty() { (text.to_owned(), None) } else { (out, Some(marks).filter(|m| !m.is_empty())) }
}

/// The value of a folded text and the note beside it: what follows `※`, known words in brackets, `*`, `注1`.
fn apart(folded: &str) -> (&str, Option<String>) {
    if let Some(at) = folded.find('※').filter(|at| *at > 0) {
        return (folded[..at].trim(), Some(folded[at..].trim().to_owned()));
    }
    if let Some(rest) = folded.strip_prefix('※') {
        return (rest.trim(), Some("※".to_owned()));
    }
    let trimmed = folded.trim_end_matches(['*', '†', '‡', '#', '§']);
    if trimmed.len() < folded.len() {
        return (trimmed.trim(), folded.get(trimmed.len()..).map(str::to_owned));
    }
    let bare = folded.trim_start_matches(['*', '†', '‡', '#', '§']);
    if bare.len() < folded.len() {
        return (bare.trim(), folded.get(..folded.len() - bare.len()).map(str::to_owned));
    }
    if let Some((before, inside)) = folded.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
        let known = NOTES.contains(&inside.trim()) || is_note_number(inside) || matches!(inside, "p" | "r");
        if known && !before.trim().is_empty() {
            let note = match inside {
                "p" => "速報値".to_owned(),
                "r" => "訂正".to_owned(),
                inside => inside.trim().to_owned(),
            };
            return (before.trim(), Some(format!("※{note}")));
        }
    }
    if let Some(at) = folded.find('注').filter(|at| *at > 0)
        && is_note_number(folded.get(at..).unwrap_or_default().trim_end_matches(')'))
    {
        return (folded[..at].trim(), Some(folded[at..].trim().to_owned()));
    }
    match folded.rsplit_once('*') {
        Some((before, digits)) if !before.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (before.trim(), Some(format!("*{digits}")))
        }
        _ => (folded, None),
    }
}

/// `注`, `注1`, `※2`.
fn is_note_number(text: &str) -> bool {
    text.strip_prefix(['注', '※']).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{AdminCell, Mark};
    use crate::code::Code;
    use crate::indicator::Unit;

    fn value(text: &str) -> (f64, String, Option<Mark>, Option<String>) {
        let AdminCell::Value { quantity, mark, note } = AdminCell::parse(text).unwrap() else {
            panic!("{text}")
        };
        (quantity.value(), quantity.unit.text().to_owned(), mark, note)
    }

    #[test]
    fn the_blanks_stay_apart() {
        use AdminCell::{Nil, NotAvailable, Pending, Suppressed};
        for (cell, texts) in [
            (Pending, &["", "人", "　", "千円", "集計中", "％"][..]),
            (Nil, &["－", "-", "—", "該当なし", "皆減", "－（該当なし）", "（－）", "該 当 な し", "・"]),
            (NotAvailable, &["…", "...", "‥", "・・・", "***", "＊＊＊", "不明", "不詳", "N/A", "…（不詳）"]),
            (Suppressed, &["x", "X", "Ｘ", "×", "秘", "㊙", "x(秘匿)", "秘匿", "χ"]),
        ] {
            texts.iter().for_each(|text| assert_eq!(AdminCell::parse(text).unwrap(), cell, "{text}"));
        }
        for text in ["およそ百人ほど", "延期", "?", "①"] {
            let error = AdminCell::parse(text).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, Code::IndicatorQuantity, "{text}");
        }
    }

    #[test]
    fn provisional_and_revised_values_are_marked() {
        assert_eq!(
            value("1,085,112人 ※速報値"),
            (1_085_112.0, "人".into(), Some(Mark::Provisional), Some("※速報値".into()))
        );
        for (text, mark) in [
            ("12件 r", Mark::Revised),
            ("1,234p", Mark::Provisional),
            ("p1,234", Mark::Provisional),
            ("1,234人（速報値）", Mark::Provisional),
            ("1,234(p)", Mark::Provisional),
            ("1,234人（訂正）", Mark::Revised),
        ] {
            assert_eq!(value(text).2, Some(mark), "{text}");
        }
        assert_eq!((value("12km/hr").1, value("12km/hr").2), ("km/hr".into(), None));
    }

    #[test]
    fn marks_of_notes_are_no_digits() {
        for (text, x, unit, note) in [
            ("431¹", 431.0, "", "¹"),
            ("439²", 439.0, "", "²"),
            ("442①", 442.0, "", "①"),
            ("431²人", 431.0, "人", "²"),
            ("1,234*", 1234.0, "", "*"),
            ("＊1,234", 1234.0, "", "*"),
            ("431人(注1)", 431.0, "人", "※注1"),
            ("431人注1)", 431.0, "人", "注1)"),
            ("431*1", 431.0, "", "*1"),
        ] {
            let (value, of, _, said) = value(text);
            assert_eq!((value, of.as_str(), said.as_deref()), (x, unit, Some(note)), "{text}");
        }
        assert_eq!(value("12.5km²"), (12.5, "km2".into(), None, None));
        let percent = AdminCell::parse("12%").unwrap();
        assert!(matches!(percent, AdminCell::Value { quantity, .. } if quantity.unit == Unit::Percent));
    }
}
