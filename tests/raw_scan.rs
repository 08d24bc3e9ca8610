//! The typed scan reads what the general reader reads, and leaves to it what it does not know.

use std::path::PathBuf;

use shihyo::raw::scan::{Chunk, Consumer, HandOver, Kind, Plain};
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
        let codes = (0..chunk.rows()).flat_map(|row| [0, 1].map(|c| chunk.codes(c)[row])).collect();
        self.0.push((chunk.position(), codes, chunk.keys(0).to_vec(), chunk.numbers(0).to_vec()));
        Ok(())
    }
}

/// Columns: id (skipped), number, note (skipped), key, code, other (skipped), code.
const WANTED: [(usize, Kind); 4] = [(6, Kind::Code), (4, Kind::Code), (3, Kind::Key), (1, Kind::Number)];

/// Codes, keys and the bits of the numbers, in the order of the file.
type Scanned = (Vec<u8>, Vec<u32>, Vec<u64>);

fn scan(path: &std::path::Path, threads: usize) -> Result<Scanned, HandOver> {
    let plain = Plain::look(path, "a.csv", &ReadOptions::default())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut chunks: Vec<Rows> = pool.install(|| plain.scan(&WANTED, Collect::default))?.into_iter().flat_map(|c| c.0).collect();
    chunks.sort_by_key(|c| c.0);
    let mut out = (Vec::new(), Vec::new(), Vec::new());
    for (_, codes, keys, numbers) in chunks {
        out.0.extend(codes);
        out.1.extend(keys);
        out.2.extend(numbers.into_iter().map(f64::to_bits));
    }
    Ok(out)
}

/// Rows as the dice fall, with a note that may hold blanks and brackets.
fn text(rows: u64, end: &str) -> String {
    let mut state = 88172645463325252_u64;
    let mut dice = move |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
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
        let (a, b) = (code(dice(254)), code(dice(4)));
        out += &format!("{id},{number},{note},{},{a},{},{b}{end}", dice(1_000_000_000), dice(7));
    }
    out
}

#[test]
fn every_value_is_that_of_the_general_reader() {
    let scratch = Scratch::new();
    for (end, bom, cut) in [("\n", false, false), ("\r\n", true, false), ("\n", false, true)] {
        let mut body = text(30_000, end);
        if cut {
            body.truncate(body.len() - 1);
        }
        let bytes = if bom { [b"\xEF\xBB\xBF", body.as_bytes()].concat() } else { body.into_bytes() };
        let path = scratch.file(&bytes);
        let scanned = scan(&path, 3).unwrap();
        let table = read(&path, "a.csv", &ReadOptions::default()).unwrap();
        assert_eq!(table.findings, []);
        let cell = |row: usize, column: usize| match table.columns[column].cell(row) {
            Cell::Text(t) => t.clone(),
            other => other.text(),
        };
        assert_eq!(scanned.1.len(), table.row_count());
        for row in 0..table.row_count() {
            let code = |text: String| if text.is_empty() { 0 } else { text.parse::<u8>().unwrap() + 1 };
            assert_eq!(&scanned.0[2 * row..2 * row + 2], [code(cell(row, 6)), code(cell(row, 4))], "row {row}");
            assert_eq!(scanned.1[row], cell(row, 3).parse::<u32>().unwrap());
            let number = cell(row, 1);
            let expected = if number.is_empty() { f64::NAN } else { number.parse::<f64>().unwrap() };
            assert_eq!(scanned.2[row], expected.to_bits(), "row {row}: {number}");
        }
        for threads in [1, 2, 8] {
            assert!(scan(&path, threads).unwrap() == scanned, "{threads} threads");
        }
    }
}

#[test]
fn whatever_is_not_plain_is_handed_over_wherever_it_stands() {
    let scratch = Scratch::new();
    let good = text(30_000, "\n");
    assert!(scan(&scratch.file(good.as_bytes()), 2).is_ok());
    let rows = [
        ("a quote", "1,2.5,\"n\",1,1,1,1"), ("too short", "1,2.5,n,1,1,1"), ("too long", "1,2.5,n,1,1,1,1,"), ("blank line", ""),
        ("an empty row", ",,,,,,"), ("letters", "1,2.5,n,1,a,1,1"), ("a decimal code", "1,2.5,n,1,1.0,1,1"), ("zeros in front", "1,2.5,n,1,01,1,1"),
        ("a great code", "1,2.5,n,1,254,1,1"), ("a sign", "1,2.5,n,1,+1,1,1"), ("a blank before", "1,2.5,n,1, 1,1,1"), ("a blank after", "1,2.5,n,1,1 ,1,1"),
        ("no number", "1,2.5x,n,1,1,1,1"), ("infinite", "1,inf,n,1,1,1,1"), ("too great", "1,1e999,n,1,1,1,1"), ("no key", "1,2.5,n,,1,1,1"),
        ("a long key", "1,2.5,n,1234567890,1,1,1"), ("a tab", "1,2.5,\t,1,1,1,1"), ("a bare carriage return", "1,2.5,n\r,1,1,1,1"), ("kana", "1,2.5,あ,1,1,1,1"),
        ("a broken byte", "1,2.5,\u{80},1,1,1,1"), ("a zero byte", "1,2.5,\0,1,1,1,1"), ("an escape", "1,2.5,\u{1b}$B,1,1,1,1"), ("another delimiter", "1;2.5;n;1;1;1;1"),
    ];
    let lines: Vec<&str> = good.lines().collect();
    for (what, row) in rows {
        for at in [1, 2, 15_000, 30_001] {
            let mut lines = lines.clone();
            lines.insert(at, row);
            let path = scratch.file((lines.join("\n") + "\n").as_bytes());
            assert!(scan(&path, 2).is_err(), "{what} in line {at}");
        }
    }
    for (what, header) in [("twice the same", "id,w,note,stratum,a,a,q1"), ("a column without name", "id,w,note,stratum,,x,q1"), ("blank first line", "\nid,w,note,stratum,a,x,q1")] {
        let body = good.split_once('\n').unwrap().1;
        assert!(scan(&scratch.file(format!("{header}\n{body}").as_bytes()), 2).is_err(), "{what}");
    }
    for bytes in [&b""[..], b"\n", b"a,b", b"a,b\n", b"PK\x03\x04"] {
        assert!(scan(&scratch.file(bytes), 2).is_err());
    }
    assert!(scan(&scratch.0.path().join("none.csv"), 2).is_err());
    assert!(scan(scratch.0.path(), 2).is_err());
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
        assert!(keys[1..].iter().enumerate().all(|(i, key)| *key == i as u32), "pad {pad}");
    }
}
