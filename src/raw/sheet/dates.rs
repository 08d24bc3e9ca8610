//! Days of a spreadsheet as a person reads them, with the years of the Japanese eras.

use super::super::calendar;
use super::format_piece::Piece;

/// First day of each era, as a day number from 1970-01-01, newest first.
const ERAS: [(i64, &str, &str, i64); 4] = [
    (18_017, "R", "令和", 2019),
    (6_947, "H", "平成", 1989),
    (-15_713, "S", "昭和", 1926),
    (-20_974, "T", "大正", 1912),
];

/// The serial day `x` under the pieces of a format; `None` for days that no calendar of the program has.
pub(super) fn show(x: f64, pieces: &[Piece], late: bool) -> Option<String> {
    let seconds = (x * 86_400.0).round();
    if !(0.0..3e11).contains(&seconds) {
        return None;
    }
    let seconds = seconds as i64;
    let (serial, clock) = (seconds / 86_400, seconds % 86_400);
    // Excel has a 29 February 1900 that never was.
    let days = match (late, serial) {
        (true, n) => n - 24_107,
        (false, n) if n < 60 => n - 25_568,
        (false, n) => n - 25_569,
    };
    let (year, month, day) = calendar::civil(days);
    let era = ERAS.iter().find(|era| days >= era.0);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let half = pieces.iter().any(|p| *p == Piece::Moment("AM/PM".into()));
    let clock_hour = if half { (hour + 11) % 12 + 1 } else { hour };
    let mut out = String::new();
    let mut after_hour = false;
    for (at, piece) in pieces.iter().enumerate() {
        let run = match piece {
            Piece::Literal(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Fraction => {
                out.push('/');
                continue;
            }
            Piece::Point | Piece::Digit(_) | Piece::Comma => continue,
            Piece::Moment(run) => run.as_str(),
            _ => return None,
        };
        let before_second = pieces
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .find_map(|p| if let Piece::Moment(run) = p { Some(run.contains('s')) } else { None });
        let is_minute = after_hour || before_second == Some(true);
        out.push_str(&match run {
            "yy" | "y" => format!("{:02}", year % 100),
            "yyyy" | "yyy" => year.to_string(),
            "g" => era?.1.to_owned(),
            "gg" => era?.2.chars().take(1).collect(),
            "ggg" => era?.2.to_owned(),
            "e" => (year - era?.3 + 1).to_string(),
            "ee" => format!("{:02}", year - era?.3 + 1),
            "m" if is_minute => minute.to_string(),
            "mm" if is_minute => format!("{minute:02}"),
            "m" | "mmm" | "mmmm" => month.to_string(),
            "mm" => format!("{month:02}"),
            "d" => day.to_string(),
            "dd" => format!("{day:02}"),
            "ddd" | "dddd" | "aaa" | "aaaa" => {
                let name = ["木", "金", "土", "日", "月", "火", "水"].get(days.rem_euclid(7) as usize)?;
                (*name).to_owned()
            }
            "h" => clock_hour.to_string(),
            "hh" => format!("{clock_hour:02}"),
            "s" => second.to_string(),
            "ss" => format!("{second:02}"),
            "[h]" | "[hh]" => (seconds / 3600).to_string(),
            "[m]" | "[mm]" => (seconds / 60).to_string(),
            "[s]" | "[ss]" => seconds.to_string(),
            "AM/PM" => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            _ => return None,
        });
        after_hour = run.contains('h') || (after_hour && !run.contains(['m', 's']));
    }
    Some(out)
}
