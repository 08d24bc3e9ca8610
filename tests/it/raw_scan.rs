//! The typed scan reads what the general reader reads, and leaves to it what it does not know.

use std::cell;
use std::path::PathBuf;

use crate::support::dice::Dice;
use encoding_rs::SHIFT_JIS;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use shihyo::raw::scan::{Chunk, Consumer, HandOver, Kind, Plain, TEXT_KEY};
use shihyo::raw::{Cell, ReadOptions, read};

/// A file of its own that is gone at the end.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("a.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

type Rows = (u64, Vec<u8>, Vec<u32>, Vec<f64>);

#[derive(Default)]
struct Collect(Vec<Rows>);

impl Consumer for Collect {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        let codes = chunk.codes(0).zip(chunk.codes(1)).flat_map(|(a, b)| [a, b]).collect();
        self.0.push((chunk.position(), codes, chunk.keys(0).to_vec(), chunk.numbers(0).to_vec()));
        Ok(())
    }
}

/// Columns: id (skipped), number, note (skipped), key, code, other (skipped), code.
const WANTED: [(usize, Kind); 4] = [(6, Kind::Code), (4, Kind::Code), (3, Kind::Key), (1, Kind::Number)];

/// Why the general reader takes the file.
#[track_caller]
fn reason(path: &std::path::Path) -> HandOver {
    scan(path, 2).unwrap_err()
}

/// Texts of the codes and keys, and the bits of the numbers, in the order of the file.
type Scanned = (Vec<String>, Vec<String>, Vec<u64>);

fn scan(path: &std::path::Path, threads: usize) -> Result<Scanned, HandOver> {
    let plain = Plain::look(path, "a.csv", &ReadOptions::default())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let scanned = pool.install(|| plain.scan(&WANTED, &[], Collect::default))?;
    let mut chunks: Vec<Rows> = scanned.consumers.into_iter().flat_map(|c| c.0).collect();
    chunks.sort_by_key(|c| c.0);
    let mut out = (Vec::new(), Vec::new(), Vec::new());
    let key = |key: u32| match key.checked_sub(TEXT_KEY) {
        Some(at) => scanned.keys[0][at as usize].clone(),
        None => key.to_string(),
    };
    let text = |(at, code): (usize, u8)| {
        scanned.values[at % 2].iter().find(|v| v.code == code).unwrap().text.clone()
    };
    for (_, codes, keys, numbers) in chunks {
        out.0.extend(codes.into_iter().enumerate().map(text));
        out.1.extend(keys.into_iter().map(key));
        out.2.extend(numbers.into_iter().map(f64::to_bits));
    }
    // Values come in the order of the file, each with the first row that holds it.
    for (column, values) in scanned.values.iter().enumerate() {
        assert!(values.is_sorted_by(|a, b| a.row < b.row));
        let mut texts = out.0.iter().skip(column).step_by(2);
        assert!(values.iter().all(|v| out.0[2 * v.row as usize + column] == v.text));
        assert!(
            values.iter().all(|v| out
                .0
                .iter()
                .skip(column)
                .step_by(2)
                .take(v.row as usize)
                .all(|t| *t != v.text))
        );
        assert!(texts.all(|t| values.iter().any(|v| v.text == *t)));
    }
    Ok(out)
}

/// Rows as the dice fall, with a note that may hold blanks and brackets.
fn text(rows: u64, end: &str) -> String {
    let mut all = Dice::new(88_172_645);
    let mut dice = |n: u64| all.far_below(n);
    let mut out = format!("id,w,note,stratum,年齢,x,q1{end}");
    for id in 0..rows {
        let number = match dice(8) {
            0 => String::new(),
            1 => format!("{}", dice(1 << 60) as f64 / 1e15),
            2 => format!("-{}.{}", dice(100), dice(1_000_000)),
            3 => format!("{}e-{}", dice(1000), dice(300)),
            4 => format!(".{:017}", dice(1 << 56)),
            5 => dice(1 << 62).to_string(),
            6 => format!("{:030}.50", dice(1000)),
            _ => format!("{}", (dice(40) + 1) as f64 / 7.0),
        };
        let note = ["", "a b", "(x)", "~-+", "1"][dice(5) as usize];
        let code = |n: u64| if n == 0 { String::new() } else { (n - 1).to_string() };
        let (a, b) = (code(dice(230)), code(dice(4)));
        out += &format!("{id},{number},{note},{},{a},{},{b}{end}", dice(1_000_000_000), dice(7));
    }
    out
}

/// What the general reader makes of the wanted columns.
fn general(path: &std::path::Path) -> Scanned {
    let table = read(path, "a.csv", &ReadOptions::default()).unwrap();
    assert_eq!(table.findings, []);
    let cell = |row: usize, column: usize| match table.columns[column].cell(row) {
        Cell::Text(t) => t.to_string(),
        other => other.text(),
    };
    let rows = 0..table.row_count();
    let number = |row: usize| {
        Some(cell(row, 1)).filter(|t| !t.is_empty()).map_or(f64::NAN, |t| t.parse().unwrap()).to_bits()
    };
    (
        rows.clone().flat_map(|row| [cell(row, 6), cell(row, 4)]).collect(),
        rows.clone().map(|row| cell(row, 3)).collect(),
        rows.map(number).collect(),
    )
}

#[test]
fn every_value_is_that_of_the_general_reader() {
    let scratch = Scratch::new();
    for (end, bom, cut) in [("\n", false, false), ("\r\n", true, false), ("\n", false, true)] {
        for dressed in [false, true] {
            let mut body = text(30_000, end);
            if dressed {
                body = dress(&body, end);
            }
            if cut {
                body.truncate(body.len() - 1);
            }
            let bytes = if bom { [b"\xEF\xBB\xBF", body.as_bytes()].concat() } else { body.into_bytes() };
            let path = scratch.file(&bytes);
            let scanned = scan(&path, 3).unwrap();
            assert!(scanned == general(&path));
            for threads in [1, 2, 8] {
                assert!(scan(&path, threads).unwrap() == scanned, "{threads} threads");
            }
        }
    }
}

/// CP932 as offices save it: what is scanned is what the general reader reads.
#[test]
fn every_value_of_cp932_is_that_of_the_general_reader() {
    let scratch = Scratch::new();
    for end in ["\n", "\r\n"] {
        let body = dress(&text(30_000, end), end);
        let path = scratch.file(&SHIFT_JIS.encode(&body).0);
        let scanned = scan(&path, 3).unwrap();
        assert!(scanned == general(&path));
        assert!([1, 2, 8].into_iter().all(|threads| scan(&path, threads).unwrap() == scanned));
    }
}

/// What cannot be decoded, wherever it stands and whether or not anybody asks for its column, and what could
/// be another encoding, is left to the general reader.
#[test]
fn doubtful_cp932_is_handed_over() {
    let scratch = Scratch::new();
    let good = SHIFT_JIS.encode(&dress(&text(9_000, "\n"), "\n")).0.into_owned();
    assert!(scan(&scratch.file(&good), 2).is_ok());
    let ends: Vec<usize> = (0..good.len()).filter(|at| good[*at] == b'\n').map(|at| at + 1).collect();
    let letters: [&[u8]; 6] = [b"\x80", b"\xA0", b"\xFD", b"\x81\xAD", b"\x85\x40", b"\x82"];
    for at in [ends[0], ends[100], ends[7_000], good.len()] {
        for letter in letters {
            // In the note, which nobody asks for, and in the code.
            for row in [[b"1,2.5,", letter, b",1,1,1,1\n"], [b"1,2.5,,1,", letter, b",1,1\n"]] {
                let bytes = [&good[..at], &row.concat(), &good[at..]].concat();
                assert_eq!(reason(&scratch.file(&bytes)), HandOver::Encoding, "{letter:x?} at {at}");
            }
        }
    }
    // One letter in two spellings is one value.
    let twice = [&good[..], b"1,2.5,,1,\x81\xE0,1,1\n1,2.5,,1,\x87\x90,1,1\n"].concat();
    assert_eq!(reason(&scratch.file(&twice)), HandOver::Spellings);
    let once = [&good[..], b"1,2.5,,1,\x81\xE0,1,1\n1,2.5,,1,\x81\xE0,1,1\n"].concat();
    assert!(scan(&scratch.file(&once), 2).is_ok());
    // All of it could be EUC-JP.
    let katakana = good.iter().map(|b| if *b < 0x80 { *b } else { 0xB1 }).collect::<Vec<u8>>();
    assert_eq!(reason(&scratch.file(&katakana)), HandOver::Encoding);
}

/// Lines of any length: wide tables, long notes, a line longer than what is read at once.
#[test]
fn long_lines_are_read_the_same() {
    let scratch = Scratch::new();
    let short = text(700, "\n");
    for (note, wide) in [(1_400, 0), (9_000, 0), (40, 600), (300_000, 3)] {
        let lines = short.lines().enumerate().map(|(at, line)| {
            let more = (0..wide).map(|column| match at {
                0 => format!(",c{column}"),
                _ => format!(",{}", (at + column) % 10),
            });
            let long = if at == 0 { 0 } else { note * (1 + at % 3) / 3 };
            let cells = line.splitn(4, ',').collect::<Vec<_>>();
            let note =
                cells[2].to_owned() + &"n".repeat(if long > 50_000 && at % 90 > 0 { 20 } else { long });
            [cells[0], cells[1], &note, cells[3]].join(",") + &more.collect::<String>()
        });
        let path = scratch.file((lines.collect::<Vec<_>>().join("\n") + "\n").as_bytes());
        let scanned = scan(&path, 2).unwrap();
        assert!(scanned == general(&path), "{note}, {wide}");
        assert!(scan(&path, 1).unwrap() == scanned);
    }
}

/// The same rows in quotes here and there, with words for keys and codes, and notes that hold commas and
/// quotes.
fn dress(body: &str, end: &str) -> String {
    let lines = body.split_terminator(end).enumerate().map(|(at, line)| {
        if at == 0 {
            return line.to_owned();
        }
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let word = |text: &str| {
            text.parse::<usize>().map_or_else(
                |_| text.to_owned(),
                |n| {
                    ["男性", "女性", "東, 北", "\"西\"", "南　", " 1", "01", "0.5", "ＡＢＣ", "8"][n % 10]
                        .to_owned()
                },
            )
        };
        if at % 3 == 0 {
            cells[3] = word(&cells[3]);
        }
        cells[6] = word(&cells[6]);
        cells[2] += ["", "、注", ", and \"so\" on", "\"\""][at % 4];
        let quoted = cells.iter().enumerate().map(|(c, cell)| {
            let needs = cell.contains([',', '"']) || (at + c) % 5 == 0;
            if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        });
        quoted.collect::<Vec<_>>().join(",")
    });
    lines.collect::<Vec<_>>().join(end) + end
}

/// Any rows of any cells: what is scanned is what the general reader reads, and whatever it would say
/// something about is handed over.
#[test]
fn random_files_are_read_the_same_or_handed_over() {
    let compared = cell::Cell::new(0);
    proptest!(ProptestConfig::with_cases(300), |(
        rows in vec((NUMBER, TEXT, KEY, TEXT, TEXT, TEXT), 1..60),
        style in (0..3_u8, any::<bool>(), any::<bool>()),
        plain in 0..3_u8,
        threads in 1..4_usize,
    )| {
        let (quote, crlf, cut) = style;
        let end = if crlf { "\r\n" } else { "\n" };
        let mut body = format!("id,w,note,stratum,年齢,x,q1{end}");
        for (id, (number, note, key, age, other, answer)) in rows.iter().enumerate() {
            let id = id.to_string();
            // Two files of three hold nothing that is handed over.
            let odd = |c: char| c.is_control() || c == '"' || (c == ',' && quote == 2);
            let cells = [&id, number, note, key, age, other, answer].map(|cell| match plain {
                0 => cell.clone(),
                _ => cell.replace(odd, ""),
            });
            let written = cells.iter().map(|cell| {
                let needs = cell.contains([',', '"', '\n', '\r']) && quote < 2;
                if needs || quote == 1 {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell.clone()
                }
            });
            body += &(written.collect::<Vec<_>>().join(",") + end);
        }
        if cut {
            body.truncate(body.len() - end.len());
        }
        let scratch = Scratch::new();
        let path = scratch.file(body.as_bytes());
        if let Ok(scanned) = scan(&path, threads) {
            prop_assert!(scanned == general(&path));
            compared.set(compared.get() + 1);
        }
    });
    assert!(compared.get() >= 100, "only {} files compared", compared.get());
}

/// All codes of a chunk, column by column.
struct AllCodes(usize, Vec<(u64, Vec<Vec<u8>>)>);

impl Consumer for AllCodes {
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver> {
        self.1.push((chunk.position(), (0..self.0).map(|column| chunk.codes(column).collect()).collect()));
        Ok(())
    }
}

/// The texts of these columns of codes, column by column.
fn codes(path: &std::path::Path, columns: &[usize], threads: usize) -> Result<Vec<Vec<String>>, HandOver> {
    let wanted: Vec<(usize, Kind)> = columns.iter().map(|column| (*column, Kind::Code)).collect();
    let plain = Plain::look(path, "a.csv", &ReadOptions::default())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let scanned = pool.install(|| plain.scan(&wanted, &[], || AllCodes(wanted.len(), Vec::new())))?;
    let mut chunks: Vec<(u64, Vec<Vec<u8>>)> = scanned.consumers.into_iter().flat_map(|c| c.1).collect();
    chunks.sort_by_key(|c| c.0);
    let text = |at: usize, code: u8| scanned.values[at].iter().find(|v| v.code == code).unwrap().text.clone();
    Ok((0..columns.len())
        .map(|at| chunks.iter().flat_map(|(_, codes)| &codes[at]).map(|code| text(at, *code)).collect())
        .collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Codes side by side, as many as there may be, are what the general reader reads: blank, of one digit,
    /// of two and of more, and words among them.
    #[test]
    fn codes_side_by_side_are_read_the_same(
        width in 1..40_usize,
        dice in vec(0..1000_u32, 200..1500),
        rare in (0..4_u32, 0..4_u32, 0..3_u32),
        style in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        threads in 1..3_usize,
    ) {
        let (blanks, pairs, others) = rare;
        let (crlf, cut, after, backwards) = style;
        let end = if crlf { "\r\n" } else { "\n" };
        let cell = |n: u32| match n % 100 {
            p if p < 4 * blanks => String::new(),
            p if p < 4 * (blanks + pairs) => format!("{:02}", n / 10),
            p if p < 4 * (blanks + pairs) + 2 * others => {
                ["999", "女", "1 ", "\"8\"", "\"\"", "\"12\"", "-1", "1.5", "０", "/", ":", "1e1"]
                    [n as usize % 12]
                    .to_owned()
            }
            _ => (n % 10).to_string(),
        };
        let mut header: Vec<String> = (0..width).map(|c| format!("q{c}")).collect();
        header.insert(0, "id".to_owned());
        if after {
            header.push("note".to_owned());
        }
        let mut body = header.join(",") + end;
        for (id, answers) in dice.chunks_exact(width).enumerate() {
            let mut cells: Vec<String> = answers.iter().map(|n| cell(*n)).collect();
            cells.insert(0, id.to_string());
            if after {
                cells.push("x".repeat(id % 9));
            }
            body += &(cells.join(",") + end);
        }
        if cut {
            body.truncate(body.len() - end.len());
        }
        let scratch = Scratch::new();
        let path = scratch.file(body.as_bytes());
        let mut columns: Vec<usize> = (1..=width).collect();
        if backwards {
            columns.reverse();
        }
        let table = read(&path, "a.csv", &ReadOptions::default()).unwrap();
        let general = |column: &usize| {
            (0..table.row_count())
                .map(|row| match table.columns[*column].cell(row) {
                    Cell::Text(t) => t.to_string(),
                    other => other.text(),
                })
                .collect::<Vec<_>>()
        };
        let scanned = codes(&path, &columns, threads);
        prop_assert!(scanned == Ok(columns.iter().map(general).collect()), "{:?}", body);
    }
}

const NUMBER: &str = "|[0-9]{1,3}|[0-9]{1,2}\\.[0-9]{1,3}|[0-9]";
const KEY: &str = "[0-9]|[1-9][0-9]{1,2}|[北東]区|[a-c]\"?";
const TEXT: &str = "[0-3]|[0-3]|[0-3]{2}|[ab0-2 ,\"'あ髙（）]{0,4}|男性|女性|[\\t\r\n]?1";

#[test]
fn whatever_is_not_plain_is_handed_over_wherever_it_stands() {
    let scratch = Scratch::new();
    let good = text(30_000, "\n");
    assert!(scan(&scratch.file(good.as_bytes()), 2).is_ok());
    // What is wrong near the beginning may be seen with the header.
    let rows: [(&str, &str, &[HandOver]); 20] = [
        ("a line break in quotes", "1,2.5,\"n\nm\",1,1,1,1", &[HandOver::LineBreakInACell]),
        ("an open quote", "1,2.5,\"n,1,1,1,1", &[HandOver::Header, HandOver::LineBreakInACell]),
        ("text after a quote", "1,2.5,\"n\"m,1,1,1,1", &[HandOver::Row]),
        ("too short", "1,2.5,n,1,1,1", &[HandOver::Header, HandOver::Row]),
        ("too long", "1,2.5,n,1,1,1,1,", &[HandOver::Row]),
        ("blank line", "", &[HandOver::Header, HandOver::Row]),
        ("an empty row", ",,,,,,", &[HandOver::Key]),
        ("an empty row in quotes", ",\"\",,,,,", &[HandOver::Key]),
        ("no number", "1,2.5x,n,1,1,1,1", &[HandOver::Number]),
        ("infinite", "1,inf,n,1,1,1,1", &[HandOver::Number]),
        ("too great", "1,1e999,n,1,1,1,1", &[HandOver::Number]),
        ("no key", "1,2.5,n,,1,1,1", &[HandOver::Key]),
        ("a blank before a number", "1, 2.5,n,1,1,1,1", &[HandOver::Row]),
        ("a number's open quote", "1,\"2.5,n,1,1,1,1", &[HandOver::Header, HandOver::Number]),
        ("a tab", "1,2.5,\t,1,1,1,1", &[HandOver::ControlCharacter]),
        ("a bare carriage return", "1,2.5,n\r,1,1,1,1", &[HandOver::Header, HandOver::Row]),
        ("a broken byte", "1,2.5,\u{FFFD},1,1,1,1", &[HandOver::Header, HandOver::ReplacementCharacter]),
        ("a zero byte", "1,2.5,\0,1,1,1,1", &[HandOver::Header, HandOver::ControlCharacter]),
        ("an escape", "1,2.5,\u{1b}$B,1,1,1,1", &[HandOver::ControlCharacter]),
        ("another delimiter", "1;2.5;n;1;1;1;1", &[HandOver::Header, HandOver::Row]),
    ];
    let lines: Vec<&str> = good.lines().collect();
    let mut other = Vec::new();
    for (what, row, expected) in rows {
        for at in [1, 2, 15_000, 30_001] {
            let mut lines = lines.clone();
            lines.insert(at, row);
            let path = scratch.file((lines.join("\n") + "\n").as_bytes());
            let said = reason(&path);
            if !expected.contains(&said) {
                other.push(format!("{what} in line {at}: {said:?}, not {expected:?}"));
            }
        }
    }
    assert!(other.is_empty(), "{}", other.join("\n"));
    let (first, rest) = good.split_at(good.len() / 2);
    let broken = [first.as_bytes(), b"\n1,2.5,\x80,1,1,1,1\n", rest.as_bytes()].concat();
    assert_eq!(reason(&scratch.file(&broken)), HandOver::Encoding);
    let many = |n: usize| {
        format!(
            "id,w,note,stratum,年齢,x,q1\n{}",
            (0..n).map(|i| format!("1,1,,1,v{i},1,1\n")).collect::<String>()
        )
    };
    assert!(scan(&scratch.file(many(244).as_bytes()), 2).is_ok());
    assert_eq!(reason(&scratch.file(many(245).as_bytes())), HandOver::Values);
    for (what, header) in [
        ("twice the same", "id,w,note,stratum,a,a,q1"),
        ("a column without name", "id,w,note,stratum,,x,q1"),
        ("blank first line", "\nid,w,note,stratum,a,x,q1"),
    ] {
        let body = good.split_once('\n').unwrap().1;
        assert_eq!(reason(&scratch.file(format!("{header}\n{body}").as_bytes())), HandOver::Header, "{what}");
    }
    for (bytes, expected) in [
        (&b""[..], HandOver::OneLine),
        (b"\n", HandOver::Unreadable),
        (b"a,b", HandOver::OneLine),
        (b"a,b\n", HandOver::Columns),
        (b"PK\x03\x04", HandOver::OneLine),
    ] {
        assert_eq!(reason(&scratch.file(bytes)), expected, "{bytes:?}");
    }
    assert_eq!(reason(&scratch.0.path().join("none.csv")), HandOver::File);
    assert_eq!(reason(scratch.0.path()), HandOver::File);
}

#[test]
fn a_line_may_end_anywhere_in_a_chunk() {
    let scratch = Scratch::new();
    let header = "id,w,note,stratum,a,x,q1\n";
    for pad in 0..40 {
        // The first row's length moves all others over the chunk's edge byte by byte.
        let mut body = header.to_owned() + &format!("1,2,{},3,4,5,6\n", "n".repeat(pad));
        (0..40_000).for_each(|i| body += &format!("{i},1.5,,{i},{},0,1\n", i % 200));
        let (codes, keys, numbers) = scan(&scratch.file(body.as_bytes()), 2).unwrap();
        assert_eq!((keys.len(), codes.len(), numbers.len()), (40_001, 80_002, 40_001));
        assert!(keys[1..].iter().enumerate().all(|(i, key)| *key == i.to_string()), "pad {pad}");
    }
}
