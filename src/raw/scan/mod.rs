//! A quick reader of coded CSV and of Parquet: typed columns in blocks over all cores, in bounded memory.
//!
//! It reads what nobody could read otherwise: UTF-8 or CP932, every row as wide as the header and on one
//! line, and in the wanted columns answers of few distinct texts, and numbers in their one spelling. Cells
//! may be blank or stand in quotes. At the first thing that it does not know it gives the file over to the
//! general reader ([`super::read`]), so that what both read is the same.

mod cell;
mod charset;
mod columnar;
mod kinds;
mod lexicon;
mod lines;
mod number;
mod pairs;
mod piece;
mod seen;
mod short;
mod word;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::delimited;
use super::heading;
use super::sample::Sample;
use super::table::{ReadOptions, Table};
use super::tongue::Standing;
use charset::Charset;
use kinds::MOST_VALUES;
use lexicon::{Shared, TAKEN, text_of_taken};
use pairs::Pairs;
use piece::Pieces;
use seen::Seen;

pub use kinds::{BLANK, HandOver, Kind, TEXT_KEY};
pub use lines::{Chunk, LANES};

/// Bytes of the file that are read at once: a part of a small file, so that all threads have some. Where a
/// chunk begins depends on the file alone.
const CHUNKS: std::ops::RangeInclusive<u64> = 1 << 16..=1 << 18;
const PARTS: u64 = 32;

/// Bytes that are looked at first, a part of them at a time; lines of them that tell the delimiter, and those
/// that the general reader is shown, as only the header and the first values are asked for.
const LOOK: u64 = 1 << 26;
const LOOK_AT_ONCE: u64 = 1 << 15;
const LINES: usize = delimited::SAMPLE + 50;
const SHOWN: usize = 20;

/// Bytes that are read at once beyond a piece to the end of its last line: few at first, as most lines are
/// short.
const BEYOND: std::ops::RangeInclusive<u64> = 1 << 8..=1 << 16;

/// Takes the rows of a file, chunk by chunk. Each thread has its own, and gets its chunks in file order.
pub trait Consumer: Send {
    /// Takes a chunk.
    ///
    /// # Errors
    /// The file is one for the general reader after all.
    fn take(&mut self, chunk: &Chunk) -> Result<(), HandOver>;
}

/// A value of a column of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its code in every [`Chunk`].
    pub code: u8,
    /// The cell's text; blank for the blank cell.
    pub text: String,
    /// The first row that holds it, from 0.
    pub row: u64,
}

/// What a scan found.
#[derive(Debug)]
pub struct Scanned<C> {
    /// What each thread's consumer holds at the end; which thread took which chunk is left to chance.
    pub consumers: Vec<C>,
    /// The values of each column of codes, in the order in which they first stand in the file.
    pub values: Vec<Vec<Value>>,
    /// As `values`, of each pair of columns: the codes of both in the place of a text.
    pub pairs: Vec<Vec<(Value, (u8, u8))>>,
    /// Of each column of keys the texts: the first one is [`TEXT_KEY`] plus 0.
    pub keys: Vec<Vec<String>>,
    /// Samples of the columns of other texts.
    pub samples: Vec<Sample>,
}

/// A file that looks plain: its header, and where the rows begin.
#[derive(Debug)]
pub struct Plain {
    path: PathBuf,
    length: u64,
    /// Bytes of a piece, where they are asked for.
    piece: Option<u64>,
    table: Table,
    format: Format,
}

/// How the rows are written.
#[derive(Debug)]
enum Format {
    /// Lines, from this byte on.
    Lines(u64, Charset),
    /// Columns.
    Columns(columnar::Columnar),
}

/// Whether the last line of a file adds up the others, as far as its first cell tells.
fn ends_in_total(path: &Path, charset: &Charset) -> bool {
    let last_line = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOOK_AT_ONCE)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let line = bytes.rsplit(|b| *b == b'\n').find(|line| line.iter().any(|b| !b.is_ascii_whitespace()));
        Ok(line.unwrap_or_default().to_vec())
    };
    let Ok(line) = last_line() else { return true };
    let begins = line.iter().position(|b| !matches!(b, b',' | b'"' | b' ')).unwrap_or(line.len());
    let cell = line.get(begins..).unwrap_or_default().to_ascii_lowercase();
    heading::totals().iter().filter_map(|word| charset.bytes(word)).any(|word| {
        cell.strip_prefix(word.as_slice())
            .is_some_and(|rest| rest.first().is_none_or(|b| matches!(b, b',' | b'"' | b'\r')))
    })
}

impl Plain {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// It does not look plain, or cannot be read; the general reader says what there is to say.
    pub fn look(path: &Path, name: &str, options: &ReadOptions) -> Result<Self, HandOver> {
        if options.sheet.is_some()
            || options.header_rows.unwrap_or(1) != 1
            || options.skip_rows.unwrap_or(0) > 0
        {
            return Err(HandOver::Options);
        }
        let length = path.metadata().ok().filter(std::fs::Metadata::is_file).ok_or(HandOver::File)?.len();
        if columnar::is_parquet(path) {
            let (columnar, table) = columnar::look(path, name, options.piece)?;
            return Ok(Self {
                path: path.to_owned(),
                length,
                piece: options.piece,
                table,
                format: Format::Columns(columnar),
            });
        }
        let (mut bytes, mut ends): (Vec<u8>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut file = File::open(path).map_err(|_| HandOver::File)?;
        while ends.len() < LINES && (bytes.len() as u64) < LOOK.min(length) {
            let before = bytes.len();
            if file.by_ref().take(LOOK_AT_ONCE).read_to_end(&mut bytes).map_err(|_| HandOver::File)? == 0 {
                return Err(HandOver::Changed);
            }
            let line_feeds = bytes.iter().enumerate().skip(before).filter(|(_, b)| **b == b'\n');
            ends.extend(line_feeds.map(|(at, _)| at + 1).take(LINES - ends.len()));
        }
        let whole = bytes.len() as u64 == length && ends.len() < LINES;
        if !whole && ends.len() < LINES {
            return Err(HandOver::LongLines);
        }
        let sample = if whole { &bytes[..] } else { &bytes[..ends[LINES - 1]] };
        let (charset, text) = Charset::of(sample)?;
        let standing = Standing::of(&text);
        let is_cp932 = matches!(charset, Charset::Cp932(_));
        if is_cp932 && !(standing.is_shift_jis() && (whole || standing.is_enough())) {
            return Err(HandOver::Encoding);
        }
        let header = ends.first().map(|end| &sample[..*end]).ok_or(HandOver::OneLine)?;
        // A quoted line break in the header would make the first line less than the header.
        if header.iter().filter(|b| **b == b'"').count() % 2 != 0 || delimited::delimiter(&text) != b',' {
            return Err(HandOver::Header);
        }
        let shown = ends.get(SHOWN - 1).and_then(|end| sample.get(..*end)).unwrap_or(sample);
        if delimited::delimiter(&Charset::of(shown).map_or_else(|_| text.clone(), |(_, text)| text)) != b',' {
            return Err(HandOver::Header);
        }
        if options.finds_headings() && (!delimited::one_heading(&text) || ends_in_total(path, &charset)) {
            return Err(HandOver::Header);
        }
        let known =
            ReadOptions { encoding: charset.name().map(str::to_owned), responses: false, ..options.clone() };
        let table = super::read_bytes(shown, name, &known).map_err(|_| HandOver::Unreadable)?;
        let named = |(at, c): (usize, &super::Column)| {
            c.position == at && c.header.iter().all(|h| !h.trim().is_empty())
        };
        let plain = table.findings.is_empty() && table.dictionary.is_none() && table.columns.len() > 1;
        let utf8 = table.digest.encoding.as_deref().is_some_and(|e| e.starts_with("UTF-8"));
        if !plain || utf8 != matches!(charset, Charset::Utf8) || !table.columns.iter().enumerate().all(named)
        {
            return Err(HandOver::Header);
        }
        let format = Format::Lines(header.len() as u64, charset);
        Ok(Self { path: path.to_owned(), length, piece: options.piece, table, format })
    }

    /// The table of the file's first lines: its header is that of the file, its rows are few of many.
    pub fn beginning(&self) -> &Table {
        &self.table
    }

    /// A text in the bytes of the file; `None` where its encoding does not have it.
    pub fn bytes(&self, text: &str) -> Option<Vec<u8>> {
        match &self.format {
            Format::Lines(_, charset) => charset.bytes(text),
            Format::Columns(_) => Some(text.as_bytes().to_vec()),
        }
    }

    /// About how many rows there are, where one chunk has so many.
    pub fn rows_about(&self, rows_of_chunk: usize) -> u64 {
        match &self.format {
            Format::Lines(data, _) => {
                let body = self.length - data;
                rows_of_chunk as u64 * body.div_ceil(piece_size(body))
            }
            Format::Columns(columnar) => columnar.rows(),
        }
    }

    /// Reads all rows of the `wanted` columns (position and kind) on all threads. `pairs` are columns of
    /// codes, by their place among those, whose codes are wanted as one too: they come behind the columns of
    /// codes.
    ///
    /// # Errors
    /// Something that is not plain: nothing of what was read may be used.
    pub fn scan<C: Consumer>(
        &self,
        wanted: &[(usize, Kind)],
        pairs: &[(usize, usize)],
        make: impl Fn() -> C + Sync,
    ) -> Result<Scanned<C>, HandOver> {
        let pairs: Vec<Pairs> = pairs.iter().map(|of| Pairs::new(*of)).collect();
        match &self.format {
            Format::Lines(data, charset) => {
                let program = lines::Program::new(wanted, self.table.columns.len())?;
                let body = self.length - data;
                let size = self.piece.map_or(piece_size(body), |bytes| bytes.clamp(1, *CHUNKS.end()));
                let reader = || Lines {
                    plain: self,
                    data: *data,
                    size,
                    program: &program,
                    charset,
                    file: None,
                    chunk: program.chunk(&pairs),
                    pairs: &pairs,
                    buffer: Vec::new(),
                };
                let parts = self.each_piece(body.div_ceil(size), reader, make)?;
                charset.confirmed()?;
                let order = program.order();
                finish(parts, order, charset, program.of_codes, program.of_keys, pairs)
            }
            Format::Columns(columnar) => {
                let texts = columnar::Texts::new(wanted);
                let wanted = columnar.wanted(wanted)?;
                let parts = self.each_piece(
                    columnar.piece_count(),
                    || columnar.reading(&wanted, &texts, &pairs),
                    make,
                )?;
                let order = (0..texts.of_codes.len()).collect();
                finish(parts, order, &Charset::Utf8, texts.of_codes, texts.of_keys, pairs)
            }
        }
    }

    /// Hands the pieces out to all threads.
    fn each_piece<P: Pieces, C: Consumer>(
        &self,
        pieces: u64,
        reader: impl Fn() -> P + Sync,
        make: impl Fn() -> C + Sync,
    ) -> Result<Vec<Part<C>>, HandOver> {
        let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let done = Mutex::new(Ok(Vec::new()));
        let work = || -> Result<Option<Part<C>>, HandOver> {
            let (mut reader, mut part): (P, Option<Part<C>>) = (reader(), None);
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= pieces || stop.load(Ordering::Relaxed) {
                    let (seen, samples) = reader.seen();
                    return Ok(part.map(|p| Part { seen, samples, ..p }));
                }
                reader.piece(at, &mut |chunk| {
                    let part = part.get_or_insert_with(|| Part {
                        consumer: make(),
                        rows: Vec::new(),
                        seen: Vec::new(),
                        samples: Vec::new(),
                    });
                    part.rows.push((chunk.position(), chunk.rows() as u64));
                    part.consumer.take(chunk)
                })?;
            }
        };
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads().min(pieces as usize) {
                scope.spawn(|_| {
                    let found = work();
                    if found.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    let Ok(mut all) = done.lock() else { return };
                    match (all.as_mut(), found) {
                        (Ok(parts), Ok(part)) => parts.extend(part),
                        (Ok(_), Err(reason)) => *all = Err(reason),
                        (Err(_), _) => {}
                    }
                });
            }
        });
        let parts = done.into_inner().map_err(|_| HandOver::Thread)??;
        let unchanged = self.path.metadata().is_ok_and(|m| m.len() == self.length);
        if unchanged { Ok(parts) } else { Err(HandOver::Changed) }
    }
}

/// Bytes of a piece of so many bytes of lines.
fn piece_size(body: u64) -> u64 {
    (body / PARTS).next_power_of_two().clamp(*CHUNKS.start(), *CHUNKS.end())
}

/// One thread's way through the lines of a file.
struct Lines<'a> {
    plain: &'a Plain,
    /// Where the rows begin.
    data: u64,
    /// Bytes of a piece.
    size: u64,
    program: &'a lines::Program,
    charset: &'a Charset,
    pairs: &'a [Pairs],
    file: Option<File>,
    chunk: Chunk,
    buffer: Vec<u8>,
}

impl Pieces for Lines<'_> {
    fn piece(
        &mut self,
        at: u64,
        take: &mut dyn FnMut(&Chunk) -> Result<(), HandOver>,
    ) -> Result<(), HandOver> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => File::open(&self.plain.path).map_err(|_| HandOver::File)?,
        };
        let first = self.data + at * self.size;
        if let Some(owned) = self.plain.lines(&mut file, first, self.size, &mut self.buffer)? {
            self.program.read(&self.buffer, owned, self.charset, &mut self.chunk)?;
            self.chunk.first_byte = first;
            self.chunk.set_pairs(self.pairs)?;
            self.chunk.note();
            take(&self.chunk)?;
        }
        self.file = Some(file);
        Ok(())
    }

    fn seen(self) -> (Vec<Seen>, Vec<Sample>) {
        (self.chunk.seen, self.chunk.samples)
    }
}

impl Plain {
    /// Reads the lines that begin in the chunk at `first`, the last one to its end; where they lie in the
    /// buffer, which goes on for a few zero bytes.
    fn lines(
        &self,
        file: &mut File,
        first: u64,
        size: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<Option<std::ops::Range<usize>>, HandOver> {
        let end = (first + size).min(self.length);
        // The byte before tells whether a line begins right here.
        let from = first - 1;
        file.seek(SeekFrom::Start(from)).map_err(|_| HandOver::File)?;
        let mut used = fill(file, end - from, buffer, 0)?;
        // Where no line begins, all of it belongs to one that began before.
        let Some(begin) = buffer[..used].iter().position(|b| *b == b'\n').map(|at| at + 1) else {
            return Ok(None);
        };
        if begin as u64 > end - from - 1 && begin == used {
            return Ok(None);
        }
        let mut piece = *BEYOND.start();
        while buffer[used - 1] != b'\n' {
            let left = self.length - from - used as u64;
            if left == 0 {
                buffer[used] = b'\n';
                used += 1;
                break;
            }
            let start = used;
            used = fill(file, left.min(piece), buffer, used)?;
            piece = (2 * piece).min(*BEYOND.end());
            if let Some(at) = buffer[start..used].iter().position(|b| *b == b'\n') {
                used = start + at + 1;
            }
        }
        buffer[used..used + lines::PADDING].fill(0);
        Ok(Some(begin..used))
    }
}

/// What a thread holds: its consumer, the rows of its chunks, and where the values of its columns first
/// stand.
struct Part<C> {
    consumer: C,
    rows: Vec<(u64, u64)>,
    seen: Vec<Seen>,
    samples: Vec<Sample>,
}

/// The parts as one, in the order of the file.
fn finish<C>(
    parts: Vec<Part<C>>,
    order: Vec<usize>,
    charset: &Charset,
    of_codes: Vec<Shared>,
    of_keys: Vec<Shared>,
    pairs: Vec<Pairs>,
) -> Result<Scanned<C>, HandOver> {
    let mut before: Vec<(u64, u64)> = parts.iter().flat_map(|p| p.rows.iter().copied()).collect();
    before.sort_unstable();
    let mut sum = 0;
    before.iter_mut().for_each(|(_, rows)| sum += std::mem::replace(rows, sum));
    let row = |(chunk, row): (u64, u32)| {
        let at = before.binary_search_by_key(&chunk, |b| b.0).ok().and_then(|at| before.get(at));
        at.map(|(_, rows)| rows + u64::from(row)).ok_or(HandOver::Rows)
    };
    // The values of a column, the texts of which are known by their codes.
    let values_of = |column: usize, text: &dyn Fn(u8) -> String| -> Result<Vec<Value>, HandOver> {
        let mut firsts = std::collections::BTreeMap::new();
        for (code, at) in parts.iter().filter_map(|p| p.seen.get(column)).flat_map(Seen::firsts) {
            let first = firsts.entry(*code).or_insert(*at);
            *first = (*at).min(*first);
        }
        let value = |(code, at)| Ok(Value { code, text: text(code), row: row(at)? });
        let mut values: Vec<Value> = firsts.into_iter().map(value).collect::<Result<_, HandOver>>()?;
        values.sort_by_key(|v| v.row);
        Ok(values)
    };
    let columns = order.len();
    let mut values = vec![Vec::new(); columns];
    for (asked, shared) in order.into_iter().zip(of_codes) {
        let texts = charset.texts(shared.texts()?)?;
        let text = |code: u8| {
            let other = || texts.get((u32::from(code) - TAKEN) as usize).cloned().unwrap_or_default();
            text_of_taken(code.into()).unwrap_or_else(other)
        };
        if let Some(slot) = values.get_mut(asked) {
            *slot = values_of(asked, &text)?;
        }
    }
    let of_pairs = |(at, pairs): (usize, Pairs)| {
        let pairs = pairs.pairs()?;
        let pair = |value: Value| {
            let pair = usize::from(value.code).checked_sub(1).and_then(|at| pairs.get(at)).copied();
            pair.map(|pair| (value, pair)).ok_or(HandOver::Pairs)
        };
        values_of(columns + at, &|_| String::new())?.into_iter().map(pair).collect()
    };
    let pairs = pairs.into_iter().enumerate().map(of_pairs).collect::<Result<_, HandOver>>()?;
    let keys = of_keys.into_iter().map(|shared| charset.texts(shared.texts()?)).collect::<Result<_, _>>()?;
    let mut samples: Vec<Sample> = Vec::new();
    for part in &parts {
        samples.resize(samples.len().max(part.samples.len()), Sample::default());
        samples.iter_mut().zip(&part.samples).for_each(|(all, own)| all.merge(own));
    }
    Ok(Scanned { consumers: parts.into_iter().map(|p| p.consumer).collect(), values, pairs, keys, samples })
}

/// Reads so many bytes after the `used` ones of a buffer that is never cleared; how many are used then. The
/// buffer goes on for the padding and a line end.
fn fill(file: &mut File, length: u64, buffer: &mut Vec<u8>, used: usize) -> Result<usize, HandOver> {
    let end = used + length as usize;
    if buffer.len() < end + lines::PADDING + 1 {
        buffer.resize(end + lines::PADDING + 1, 0);
    }
    file.read_exact(&mut buffer[used..end]).map_err(|_| HandOver::File)?;
    Ok(end)
}
