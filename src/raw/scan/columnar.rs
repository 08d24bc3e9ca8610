//! The same chunks out of Parquet: row group by row group, column by column, so that little is held at a
//! time.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    ChunkedArray, Column as Series, DataType, FileMetadataRef, ParallelStrategy, ParquetReader,
    PolarsNumericType, SerReader,
};

use super::super::sample::Sample;
use super::kinds::{BLANK, HandOver, Kind, MOST_VALUES, TEXT_KEY};
use super::lexicon::{Local, Shared, TAKEN};
use super::lines::Chunk;
use super::pairs::Pairs;
use super::piece::Pieces;
use super::seen::Seen;
use crate::raw::parquet;
use crate::raw::table::Table;

/// Rows that are decoded at once: those of a row group as polars and others write it, or a part of a larger
/// one.
const PIECE: usize = 1 << 18;

/// Rows of a chunk.
const CHUNK: usize = 1 << 15;

/// Columns that are decoded at once.
const COLUMNS: usize = 4;

/// Keys that are numbers have up to nine digits, as in a file of text.
const LARGEST_KEY: u64 = 999_999_999;

/// A Parquet file.
#[derive(Debug)]
pub(super) struct Columnar {
    file: File,
    /// Of each column of the table its number in the file's schema, which has columns that cannot be read
    /// too.
    positions: Vec<usize>,
    /// Of each piece: its first row in the file, the row group's own metadata, and the rows inside the group.
    pieces: Vec<(u64, FileMetadataRef, (usize, usize))>,
}

/// Whether the file begins as Parquet does.
pub(super) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    File::open(path).and_then(|mut f| f.read_exact(&mut magic)).is_ok() && &magic == b"PAR1"
}

/// Looks at the metadata and the first rows. A piece has as many rows as asked for.
pub(super) fn look(path: &Path, name: &str, asked: Option<u64>) -> Result<(Columnar, Table), HandOver> {
    let file = File::open(path).map_err(|_| HandOver::File)?;
    // The reader asserts things of the file that a damaged one breaks.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let found = parquet::beginning(BufReader::new(&file), name).map_err(|_| HandOver::Unreadable)?;
        let metadata =
            ParquetReader::new(BufReader::new(&file)).get_metadata().map_err(|_| HandOver::Metadata)?.clone();
        Ok((found, metadata))
    }));
    let ((table, positions), metadata) = found.unwrap_or(Err(HandOver::Damaged))?;
    let (mut first, mut pieces) = (0, Vec::new());
    let size = asked.map_or(PIECE, |rows| (rows.max(1) as usize).min(PIECE));
    for group in &metadata.row_groups {
        let rows = group.num_rows();
        let mut alone = (*metadata).clone();
        (alone.row_groups, alone.num_rows) = (vec![group.clone()], rows);
        let alone = Arc::new(alone);
        for from in (0..rows).step_by(size) {
            pieces.push((first + from as u64, alone.clone(), (from, size.min(rows - from))));
        }
        first += rows as u64;
    }
    Ok((Columnar { file, positions, pieces }, table))
}

/// The texts of the columns of codes and of keys, in the order in which they were asked for.
pub(super) struct Texts {
    pub(super) of_codes: Vec<Shared>,
    pub(super) of_keys: Vec<Shared>,
}

fn count(wanted: &[(usize, Kind)], kind: Kind) -> usize {
    wanted.iter().filter(|(_, k)| *k == kind).count()
}

impl Texts {
    pub(super) fn new(wanted: &[(usize, Kind)]) -> Self {
        let of_codes = (0..count(wanted, Kind::Code)).map(|_| Shared::new(MOST_VALUES)).collect();
        Self { of_codes, of_keys: (0..count(wanted, Kind::Key)).map(|_| Shared::new(TEXT_KEY)).collect() }
    }
}

/// One thread's way through the pieces.
pub(super) struct Reading<'a> {
    columnar: &'a Columnar,
    /// Numbers in the file's schema, and kinds.
    wanted: &'a [(usize, Kind)],
    codes: Vec<Vec<u8>>,
    keys: Vec<Vec<u32>>,
    numbers: Vec<Vec<f64>>,
    of_codes: Vec<Known<'a>>,
    of_keys: Vec<Known<'a>>,
    pairs: &'a [Pairs],
    chunk: Chunk,
}

impl Columnar {
    /// The wanted columns by their numbers in the file's schema.
    ///
    /// # Errors
    /// A column that the file does not have, or that is asked for twice.
    pub(super) fn wanted(&self, wanted: &[(usize, Kind)]) -> Result<Vec<(usize, Kind)>, HandOver> {
        let twice = wanted.iter().enumerate().any(|(at, (p, _))| wanted[..at].iter().any(|(q, _)| p == q));
        let in_schema =
            |(position, kind): &(usize, Kind)| self.positions.get(*position).map(|at| (*at, *kind));
        wanted.iter().map(in_schema).collect::<Option<Vec<_>>>().filter(|_| !twice).ok_or(HandOver::Columns)
    }

    pub(super) fn reading<'a>(
        &'a self,
        wanted: &'a [(usize, Kind)],
        texts: &'a Texts,
        pairs: &'a [Pairs],
    ) -> Reading<'a> {
        let [codes, keys, numbers] = [Kind::Code, Kind::Key, Kind::Number].map(|kind| count(wanted, kind));
        Reading {
            columnar: self,
            wanted,
            codes: vec![Vec::new(); codes],
            keys: vec![Vec::new(); keys],
            numbers: vec![Vec::new(); numbers],
            of_codes: texts.of_codes.iter().map(Known::new).collect(),
            of_keys: texts.of_keys.iter().map(Known::new).collect(),
            pairs,
            chunk: Chunk::new((0..codes).collect(), keys, numbers, pairs),
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.pieces.iter().map(|(_, _, (_, rows))| *rows as u64).sum()
    }

    pub(super) fn piece_count(&self) -> u64 {
        self.pieces.len() as u64
    }
}

impl Pieces for Reading<'_> {
    fn piece(
        &mut self,
        at: u64,
        take: &mut dyn FnMut(&Chunk) -> Result<(), HandOver>,
    ) -> Result<(), HandOver> {
        let Some((first, _, (_, rows))) = self.columnar.pieces.get(at as usize) else { return Ok(()) };
        catch_unwind(AssertUnwindSafe(|| self.decode(at as usize))).unwrap_or(Err(HandOver::Damaged))?;
        for from in (0..*rows).step_by(CHUNK) {
            let range = from..(from + CHUNK).min(*rows);
            self.chunk.hold(first + from as u64, range, &self.codes, &self.keys, &self.numbers);
            self.chunk.set_pairs(self.pairs)?;
            self.chunk.note();
            take(&self.chunk)?;
        }
        Ok(())
    }

    fn seen(self) -> (Vec<Seen>, Vec<Sample>) {
        (self.chunk.seen, Vec::new())
    }
}

impl Reading<'_> {
    fn decode(&mut self, piece: usize) -> Result<(), HandOver> {
        let (_, metadata, slice) = &self.columnar.pieces[piece];
        let mut next = [0_usize; 5];
        for wanted in self.wanted.chunks(COLUMNS) {
            // A frame has its columns in the order of the projection.
            let projection = wanted.iter().map(|(position, _)| *position).collect();
            let mut reader = ParquetReader::new(BufReader::with_capacity(16, &self.columnar.file))
                .read_parallel(ParallelStrategy::None);
            reader.set_metadata(metadata.clone());
            let frame = reader
                .with_projection(Some(projection))
                .with_slice(Some(*slice))
                .finish()
                .map_err(|_| HandOver::Damaged)?;
            if frame.height() != slice.1 || frame.width() != wanted.len() {
                return Err(HandOver::Rows);
            }
            for (series, (_, kind)) in frame.columns().iter().zip(wanted) {
                let at = &mut next[*kind as usize];
                match kind {
                    Kind::Code => codes(series, &mut self.of_codes[*at], &mut self.codes[*at])?,
                    Kind::Key => keys(series, &mut self.of_keys[*at], &mut self.keys[*at])?,
                    Kind::Number => numbers(series, &mut self.numbers[*at])?,
                    Kind::Id | Kind::Other => return Err(HandOver::Kind),
                }
                *at += 1;
            }
        }
        Ok(())
    }
}

/// What a thread knows of a column's values.
struct Known<'a> {
    local: Local,
    shared: &'a Shared,
    /// The numbers of the whole numbers below 256; 0 where it is not known yet.
    small: [u32; 256],
}

impl<'a> Known<'a> {
    fn new(shared: &'a Shared) -> Self {
        let mut small = [0; 256];
        small.iter_mut().zip(1..TAKEN).for_each(|(number, digit)| *number = digit);
        Self { local: Local::new(), shared, small }
    }

    /// The number of a value, as cells of text have them.
    #[inline]
    fn number<T: Whole>(&mut self, value: T) -> Result<u32, HandOver> {
        let whole = value.whole();
        if let Some(known @ 1..) = self.small.get(whole as usize).copied() {
            return Ok(known);
        }
        let number = self.text(&value.text().ok_or(HandOver::Zero)?)?;
        if let Some(small) = self.small.get_mut(whole as usize) {
            *small = number;
        }
        Ok(number)
    }

    fn text(&mut self, text: &str) -> Result<u32, HandOver> {
        match text.as_bytes() {
            [] => Ok(u32::from(BLANK)),
            [digit @ b'0'..=b'9'] => Ok(u32::from(digit - b'0') + 1),
            bytes => self.local.number(bytes, self.shared),
        }
    }
}

/// A number that may be whole.
trait Whole: Copy {
    /// The whole number that this is; far above every limit where it is negative or a fraction.
    fn whole(self) -> u64;
    /// Its text, as the general reader has it; `None` for the negative zero, which it takes for the other
    /// one.
    fn text(self) -> Option<String>;
    /// Nothing, as the general reader sees it.
    fn is_blank(self) -> bool {
        false
    }
    /// The number, where a 64-bit floating point number can hold it.
    fn number(self) -> Option<f64>;
}

macro_rules! whole {
    ($($integer:ty),*) => {$(
        impl Whole for $integer {
            #[inline]
            fn whole(self) -> u64 {
                // Negative numbers become great ones.
                self as u64
            }

            fn text(self) -> Option<String> {
                Some(self.to_string())
            }

            #[inline]
            fn number(self) -> Option<f64> {
                let exact = -(1_i128 << 53)..=1_i128 << 53;
                exact.contains(&i128::from(self)).then_some(self as f64)
            }
        }
    )*};
}

whole!(u8, u16, u32, u64, i8, i16, i32, i64);

impl Whole for f64 {
    #[inline]
    fn whole(self) -> u64 {
        if self.is_sign_positive() && self.fract() == 0.0 { self as u64 } else { u64::MAX }
    }

    fn text(self) -> Option<String> {
        (self != 0.0 || self.is_sign_positive()).then(|| self.to_string())
    }

    #[inline]
    fn is_blank(self) -> bool {
        self.is_nan()
    }

    #[inline]
    fn number(self) -> Option<f64> {
        (!self.is_infinite()).then_some(self)
    }
}

impl Whole for f32 {
    #[inline]
    fn whole(self) -> u64 {
        f64::from(self).whole()
    }

    fn text(self) -> Option<String> {
        f64::from(self).text()
    }

    #[inline]
    fn is_blank(self) -> bool {
        self.is_nan()
    }

    #[inline]
    fn number(self) -> Option<f64> {
        f64::from(self).number()
    }
}

/// Calls `$each` with the typed array of a column of numbers.
macro_rules! typed {
    ($series:expr, $each:expr) => {{
        let unlike = |_| HandOver::Type;
        match $series.dtype() {
            DataType::UInt8 => $each($series.u8().map_err(unlike)?),
            DataType::UInt16 => $each($series.u16().map_err(unlike)?),
            DataType::UInt32 => $each($series.u32().map_err(unlike)?),
            DataType::UInt64 => $each($series.u64().map_err(unlike)?),
            DataType::Int8 => $each($series.i8().map_err(unlike)?),
            DataType::Int16 => $each($series.i16().map_err(unlike)?),
            DataType::Int32 => $each($series.i32().map_err(unlike)?),
            DataType::Int64 => $each($series.i64().map_err(unlike)?),
            DataType::Float32 => $each($series.f32().map_err(unlike)?),
            DataType::Float64 => $each($series.f64().map_err(unlike)?),
            _ => Err(HandOver::Type),
        }
    }};
}

/// Hands on each text of a column of words.
fn texts(series: &Series, mut each: impl FnMut(&str) -> Result<(), HandOver>) -> Result<(), HandOver> {
    let unlike = |_| HandOver::Type;
    if let Ok(flags) = series.bool() {
        let text = |flag: Option<bool>| flag.map_or("", |yes| if yes { "TRUE" } else { "FALSE" });
        return flags.iter().try_for_each(|flag| each(text(flag)));
    }
    if series.dtype() == &DataType::String {
        return series.str().map_err(unlike)?.iter().try_for_each(|text| each(text.unwrap_or("")));
    }
    // Categories; dates and lists are columns that cannot be read.
    let cast = series.cast(&DataType::String).map_err(unlike)?;
    cast.str().map_err(unlike)?.iter().try_for_each(|text| each(text.unwrap_or("")))
}

fn codes(series: &Series, known: &mut Known<'_>, out: &mut Vec<u8>) -> Result<(), HandOver> {
    out.clear();
    if series.dtype() == &DataType::Null {
        out.resize(series.len(), BLANK);
        return Ok(());
    }
    if series.dtype().is_primitive_numeric() {
        return typed!(series, |array| codes_of_numbers(array, known, out));
    }
    texts(series, |text| known.text(text).map(|code| out.push(code as u8)))
}

fn codes_of_numbers<T: PolarsNumericType>(
    array: &ChunkedArray<T>,
    known: &mut Known<'_>,
    out: &mut Vec<u8>,
) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    for part in array.downcast_iter() {
        let (begin, mut digits) = (out.len(), true);
        // Most answers are one digit: no branches then.
        let mut digit = |value: T::Native, valid: bool| {
            let (whole, here) = (value.whole(), valid & !value.is_blank());
            digits &= !here | (whole < 10);
            (whole.min(10) as u8 + 1) & 0_u8.wrapping_sub(u8::from(here))
        };
        let values = part.values().iter();
        match part.validity() {
            None => out.extend(values.map(|v| digit(*v, true))),
            Some(valid) => out.extend(values.zip(valid.iter()).map(|(v, valid)| digit(*v, valid))),
        }
        if !digits {
            let held = out.get_mut(begin..).unwrap_or_default().iter_mut().zip(part.values().iter());
            for (code, value) in held.filter(|(code, _)| **code != BLANK) {
                *code = known.number(*value)? as u8;
            }
        }
    }
    Ok(())
}

fn keys(series: &Series, known: &mut Known<'_>, out: &mut Vec<u32>) -> Result<(), HandOver> {
    out.clear();
    if series.null_count() > 0 {
        return Err(HandOver::Key);
    }
    if series.dtype().is_primitive_numeric() {
        return typed!(series, |array| keys_of_numbers(array, known, out));
    }
    texts(series, |text| {
        let spelled = text.len() < 10
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text.len() < 2 || !text.starts_with('0'));
        out.push(match text.parse().ok().filter(|_| spelled) {
            Some(number) => number,
            None if text.is_empty() => return Err(HandOver::Key),
            None => TEXT_KEY + known.text(text)? - TAKEN,
        });
        Ok(())
    })
}

fn keys_of_numbers<T: PolarsNumericType>(
    array: &ChunkedArray<T>,
    known: &mut Known<'_>,
    out: &mut Vec<u32>,
) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    for value in array.downcast_iter().flat_map(|part| part.values().iter()) {
        out.push(match value.whole() {
            whole @ ..=LARGEST_KEY => whole as u32,
            _ if value.is_blank() => return Err(HandOver::Key),
            _ => TEXT_KEY + known.text(&value.text().ok_or(HandOver::Zero)?)? - TAKEN,
        });
    }
    Ok(())
}

fn numbers(series: &Series, out: &mut Vec<f64>) -> Result<(), HandOver> {
    out.clear();
    typed!(series, |array| numbers_of(array, out))
}

fn numbers_of<T: PolarsNumericType>(array: &ChunkedArray<T>, out: &mut Vec<f64>) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    for part in array.downcast_iter() {
        let values = part.values().iter();
        let number = |value: T::Native| value.number().ok_or(HandOver::Number);
        match part.validity() {
            None => values.map(|v| number(*v)).try_for_each(|x| x.map(|x| out.push(x)))?,
            Some(valid) => {
                for (value, valid) in values.zip(valid.iter()) {
                    out.push(if valid { number(*value)? } else { f64::NAN });
                }
            }
        }
    }
    Ok(())
}
