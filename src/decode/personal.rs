//! Columns that look like personal data: by their content, or by a header that says nothing else.

use crate::decode::personal_heading::personal_heading;
pub use crate::decode::personal_kind::Personal;
use crate::raw::{Cell, Column};
use crate::text::spelling;

/// The commonest surnames; a third of a column of names begins with one of them.
const SURNAMES: [&str; 40] = [
    "佐藤",
    "鈴木",
    "高橋",
    "髙橋",
    "田中",
    "伊藤",
    "渡辺",
    "渡邊",
    "渡邉",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "斎藤",
    "斉藤",
    "清水",
    "山崎",
    "池田",
    "橋本",
    "阿部",
    "石川",
    "山下",
    "中島",
    "石井",
    "小川",
    "前田",
    "岡田",
    "長谷川",
    "藤田",
    "後藤",
    "近藤",
    "村上",
    "遠藤",
];

/// What the column looks like, if it looks like personal data.
pub(crate) fn personal(column: &Column) -> Option<Personal> {
    let by_header = column.header.iter().find_map(|heading| personal_heading(heading));
    // `お住まいの住所（町名）` with a few answers is an attribute of many.
    let by_header = by_header.filter(|(kind, sure)| match kind {
        Personal::Name => true,
        Personal::Address => !repeats(column),
        _ => *sure || !repeats(column),
    });
    by_header.map(|(kind, _)| kind).or_else(|| by_content(column))
}

/// Whether a few answers stand in many rows.
fn repeats(column: &Column) -> bool {
    let blank: Vec<bool> = column.values.iter().map(|c| spelling::label(&c.text()).is_empty()).collect();
    let filled = column.rows.iter().filter(|v| blank.get(*v as usize) == Some(&false)).count();
    let distinct = blank.iter().filter(|blank| !**blank).count();
    distinct * 3 <= filled
}

fn by_content(column: &Column) -> Option<Personal> {
    let cells: Vec<String> = column
        .values
        .iter()
        .filter(|c| !matches!(c, Cell::Empty))
        .map(|c| spelling::label(&c.text()))
        .filter(|t| !t.is_empty())
        .collect();
    // Answers repeat, people do not: a column of few distinct values among many rows holds none of these.
    let blank: Vec<bool> = column.values.iter().map(|c| spelling::label(&c.text()).is_empty()).collect();
    let filled = column.rows.iter().filter(|v| blank.get(*v as usize) == Some(&false)).count();
    let distinct = cells.len();
    let share = |test: &dyn Fn(&str) -> bool| {
        cells.iter().filter(|c| test(c)).count() as f64 / distinct.max(1) as f64
    };
    // One address in free text is one too many, but it does not make the column one of addresses.
    if share(&is_mail) >= 0.3 {
        return Some(Personal::Mail);
    }
    if distinct >= 2 && share(&is_ip) >= 0.8 {
        return Some(Personal::Device);
    }
    if filled < 3 || distinct * 2 < filled {
        return None;
    }
    if share(&is_phone) >= 0.5 {
        return Some(Personal::Phone);
    }
    if share(&is_postcode) >= 0.5 || share(&is_address) >= 0.5 {
        return Some(Personal::Address);
    }
    if share(&|t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())) >= 0.8 {
        return Some(Personal::Number);
    }
    if share(&is_spaced_name) >= 0.6
        || (share(&is_short_kanji) >= 0.8 && share(&|t| SURNAMES.iter().any(|s| t.starts_with(s))) >= 0.25)
    {
        return Some(Personal::Name);
    }
    None
}

/// Whether a single text looks like, or holds, what identifies a person: a mail address, seven or more digits
/// that belong together (phone, postcode, number, birth date), an address, a name. Names are known by their
/// form and the commonest surnames only, so that words from a file are not shown for lack of this sign alone;
/// see [`may_be_shown`].
pub(crate) fn looks_personal(text: &str) -> bool {
    let folded = spelling::label(text);
    let mut pieces = folded.split([' ', '、', '。', ',', ';', '/', '<', '>', '「', '」', ':']);
    let together = |c: char| c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | '+' | '.' | ' ' | '/');
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    pieces.any(is_mail)
        || folded.split(|c: char| !together(c)).any(|run| digits(run) >= 7)
        || date_year(&folded).is_some()
        || is_address(&folded)
        || is_spaced_name(&folded)
        || (is_short_kanji(&folded) && SURNAMES.iter().any(|s| folded.starts_with(s)))
        || names_somebody(&folded)
}

/// `綾小路さん`, `権田様`: two kanji or more before a form of address.
fn names_somebody(text: &str) -> bool {
    ["さん", "さま", "様", "氏", "くん", "ちゃん"].iter().any(|form| {
        text.match_indices(form).any(|(at, _)| {
            text.get(..at)
                .is_some_and(|before| before.chars().rev().take(2).filter(|&c| is_kanji(c)).count() == 2)
        })
    })
}

/// So many respondents wrote the same words: they tell of nobody.
const SHARED_BY: usize = 3;

/// Whether an answer that is no option may stand in a finding, which `times` cells hold: a code of a few
/// digits, or words that several people wrote and that look like nobody's. Other words stay in the response
/// file.
pub(crate) fn may_be_shown(text: &str, times: usize) -> bool {
    let code = |c: char| {
        c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+' | ' ' | ';' | '、' | '&' | '|' | '/')
    };
    let folded = spelling::label(text);
    let is_code = folded.chars().all(code) && folded.bytes().filter(u8::is_ascii_digit).count() <= 6;
    (is_code || times >= SHARED_BY) && !looks_personal(&folded)
}

/// The western year of a date, written `2024/4/1`, `2024-04-01T09:30:00`, `1985年3月2日`, `昭和60年3月2日`,
/// `S60.3.2`.
pub(crate) fn date_year(text: &str) -> Option<i32> {
    let folded = spelling::label(text);
    let eras = [
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("大正", 1911),
        ("R", 2018),
        ("H", 1988),
        ("S", 1925),
        ("T", 1911),
    ];
    let (body, base) = eras
        .iter()
        .find_map(|(name, base)| folded.strip_prefix(name).map(|rest| (rest, *base)))
        .unwrap_or((&folded, 0));
    let mut parts = body.split(['/', '-', '.', '年', '月', '日', 'T', ' ']).filter(|p| !p.is_empty());
    let digits = |p: &&str| p.bytes().all(|b| b.is_ascii_digit());
    let mut part = || parts.next().map(|p| p.trim_end_matches(',')).filter(digits);
    let (first, second, third) = (part()?, part()?, part()?);
    let number = |text: &str| text.parse::<i32>().ok();
    // Two digits are a year where a time stands behind: `7/9/14 18:35`.
    let two = base == 0 && first.len() <= 2 && third.len() == 2 && body.contains('/') && body.contains(':');
    let (first, second, (third, last)) =
        (number(first)?, number(second)?, (number(third)?, two || third.len() == 4));
    let third = if two { third + 2000 } else { third };
    // `3/31/1985` and `31.3.1985` have the year last.
    let (year, month, day) = if base == 0 && last && first <= 31 && second <= 31 && first.min(second) <= 12 {
        (third, first.min(second), first.max(second))
    } else {
        (first, second, third)
    };
    let year = year.checked_add(base)?;
    ((1880..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(year)
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    !user.is_empty() && !text.contains(' ') && host.contains('.') && !host.ends_with('.') && host.is_ascii()
}

/// `192.0.2.1`, `2001:db8::1`.
fn is_ip(text: &str) -> bool {
    let four = text.split('.').map(|part| part.parse::<u8>().is_ok() && part.len() <= 3);
    let is_hex = |part: &str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_hexdigit());
    (four.clone().count() == 4 && four.into_iter().all(|ok| ok))
        || (text.matches(':').count() >= 3 && text.split(':').all(is_hex))
}

fn is_phone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | ' ' | '+'));
    plain
        && ((digits.starts_with('0') && (10..=11).contains(&digits.len()))
            || (digits.starts_with("81") && (11..=12).contains(&digits.len())))
}

fn is_postcode(text: &str) -> bool {
    let bare = text.trim_start_matches('〒').trim();
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    bare.split_once('-').is_some_and(|(a, b)| a.len() == 3 && b.len() == 4 && digits(a) && digits(b))
}

fn is_address(text: &str) -> bool {
    let kanji_number = |c: char| "一二三四五六七八九十".contains(c);
    let place = text.find(['市', '区', '町', '村', '郡', '県', '都', '府', '道']).map(|at| &text[at..]);
    place.is_some_and(|rest| {
        rest.contains(|c: char| c.is_ascii_digit() || kanji_number(c))
            && (rest.contains('-') || rest.contains("丁目") || rest.contains('番'))
    })
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々' | 'ヶ')
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fe}')
}

/// `山田 太郎`, `ヤマダ タロウ`.
fn is_spaced_name(text: &str) -> bool {
    let Some((first, second)) = text.split_once(' ') else { return false };
    let short = |s: &str, most: usize| (1..=most).contains(&s.chars().count());
    let kanji = |s: &str| s.chars().all(|c| is_kanji(c) || is_kana(c)) && s.chars().any(is_kanji);
    let kana = |s: &str| s.chars().all(is_kana);
    (short(first, 4) && short(second, 4) && kanji(first) && (kanji(second) || kana(second)))
        || (short(first, 6) && short(second, 6) && kana(first) && kana(second))
}

fn is_short_kanji(text: &str) -> bool {
    (2..=6).contains(&text.chars().count()) && text.chars().all(|c| is_kanji(c) || is_kana(c))
}

#[cfg(test)]
mod tests {
    use crate::decode::personal::*;

    fn column(header: &str, cells: &[&str]) -> Column {
        let values =
            cells.iter().map(|c| if c.is_empty() { Cell::Empty } else { Cell::Text((*c).into()) }).collect();
        Column {
            header: vec![header.to_owned()],
            position: 0,
            values,
            rows: (0..cells.len() as u32).collect(),
        }
    }

    #[test]
    fn personal_data_is_seen_by_content() {
        for (cells, kind) in [
            (vec!["山田 太郎", "佐藤　花子", "鈴木 一", ""], Personal::Name),
            (vec!["ヤマダ タロウ", "ｻﾄｳ ﾊﾅｺ", "スズキ ハジメ"], Personal::Name),
            (vec!["山田太郎", "佐藤花子", "長谷川一", "大河内さくら"], Personal::Name),
            (vec!["042-464-1311", "０９０－１２３４－５６７８", "08012345678"], Personal::Phone),
            (vec!["+81 90-1234-5678", "(042)464-1311", "0424641311"], Personal::Phone),
            (vec!["taro@example.jp", "", "hanako@example.co.jp"], Personal::Mail),
            (vec!["西東京市南町5-6-13", "東京都西東京市中町一丁目5番1号", "保谷町1-1"], Personal::Address),
            (vec!["〒188-8666", "202-8555", "188-0012"], Personal::Address),
            (vec!["123456789012", "210987654321", "111122223333"], Personal::Number),
        ] {
            assert_eq!(personal(&column("列", &cells)), Some(kind), "{cells:?}");
        }
    }

    #[test]
    fn answers_are_not_taken_for_personal_data() {
        for cells in [
            vec!["知っている", "知らない", "名前は知っている"],
            vec!["1", "2", "3", "99"],
            vec!["東町", "西町", "南町"],
            vec!["特になし", "バスを増やしてほしい", "駅前 が 暗い"],
            vec!["65", "70", "38"],
            vec!["2024/4/1", "2024/4/2", "2024/4/3"],
            vec![],
        ] {
            assert_eq!(personal(&column("名前を知っていますか", &cells)), None, "{cells:?}");
        }
        let mut areas = column("地区", &["田無町1丁目", "保谷町2丁目"]);
        areas.rows = (0..40).map(|r| r % 2).collect();
        assert_eq!(personal(&areas), None, "districts repeat");
        assert_eq!(personal(&column("お名前", &["たろ", "x"])), Some(Personal::Name), "the header says it");
    }

    #[test]
    fn one_cell_is_shown_only_when_it_tells_of_nobody() {
        for text in ["7", "1,3", "１、３", "-1", "1.5", "120001", "999"] {
            assert!(may_be_shown(text, 1), "{text}");
        }
        for text in ["なし", "特になし", "yes", "場合による"] {
            assert!(!may_be_shown(text, 2) && may_be_shown(text, 3), "{text}");
        }
        for text in [
            "090-1234-5678",
            "０９０１２３４５６７８",
            "電話は042 464 1311です",
            "taro@example.jp",
            "連絡先:taro@example.jp",
            "佐藤花子",
            "大山 一郎",
            "オオヤマ イチロウ",
            "西東京市南町5-6-13",
            "188-8666",
            "123456789012",
            "1985/3/2",
            "昭和60年3月2日",
            "綾小路さんに確認",
            "権田様の希望",
        ] {
            assert!(!may_be_shown(text, 50), "{text}");
        }
    }

    #[test]
    fn a_date_is_a_date_in_any_calendar() {
        for (text, year) in [
            ("1985/3/2", 1985),
            ("1985-03-02", 1985),
            ("1985年3月2日", 1985),
            ("昭和60年3月2日", 1985),
            ("Ｓ60.3.2", 1985),
            ("2024-04-01T09:30:00", 2024),
            ("2024/04/01 9:30:00", 2024),
            ("3/31/1985", 1985),
            ("31.3.1985", 1985),
            ("7/9/14 18:35", 2014),
            ("24/1/2019, 17:03:40", 2019),
        ] {
            assert_eq!(date_year(text), Some(year), "{text}");
        }
        for text in ["1", "1-2", "65", "3/2", "はい", "1/2/14", "99999999999-1-1", "042-464-1311"] {
            assert_eq!(date_year(text), None, "{text}");
        }
    }
}
