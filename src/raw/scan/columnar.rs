//! The same chunks out of Parquet: row group by row group, column by column, so that little is held at a time.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    ChunkedArray, Column as Series, DataType, FileMetadataRef, ParallelStrategy, ParquetReader, PolarsNumericType, SerReader,
};

use super::lines::{BLANK, Chunk, LARGEST_CODE};
use super::{HandOver, Kind, Pieces};
use crate::raw::parquet;
use crate::raw::table::Table;

/// Rows that are decoded at once: those of a row group as polars and others write it, or a part of a larger one.
const PIECE: usize = 1 << 18;

/// Rows of a chunk.
const CHUNK: usize = 1 << 15;

/// Columns that are decoded at once.
const COLUMNS: usize = 4;

/// Keys have up to nine digits, as in a file of text.
const LARGEST_KEY: u32 = 999_999_999;

/// A Parquet file.
#[derive(Debug)]
pub(super) struct Columnar {
    file: File,
    /// Of each column of the table its number in the file's schema, which has columns that cannot be read too.
    positions: Vec<usize>,
    /// Of each piece: its first row in the file, the row group's own metadata, and the rows inside the group.
    pieces: Vec<(u64, FileMetadataRef, (usize, usize))>,
}

/// Whether the file begins as Parquet does.
pub(super) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    File::open(path).and_then(|mut f| f.read_exact(&mut magic)).is_ok() && &magic == b"PAR1"
}

/// Looks at the metadata and the first rows.
pub(super) fn look(path: &Path, name: &str) -> Result<(Columnar, Table), HandOver> {
    let file = File::open(path).map_err(|_| HandOver("file"))?;
    // The reader asserts things of the file that a damaged one breaks.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let found = parquet::beginning(BufReader::new(&file), name).map_err(|_| HandOver("unreadable"))?;
        let metadata = ParquetReader::new(BufReader::new(&file)).get_metadata().map_err(|_| HandOver("metadata"))?.clone();
        Ok((found, metadata))
    }));
    let ((table, positions), metadata) = found.unwrap_or(Err(HandOver("damaged")))?;
    let (mut first, mut pieces) = (0, Vec::new());
    for group in &metadata.row_groups {
        let rows = group.num_rows();
        let mut alone = (*metadata).clone();
        (alone.row_groups, alone.num_rows) = (vec![group.clone()], rows);
        let alone = Arc::new(alone);
        for from in (0..rows).step_by(PIECE) {
            pieces.push((first + from as u64, alone.clone(), (from, PIECE.min(rows - from))));
        }
        first += rows as u64;
    }
    Ok((Columnar { file, positions, pieces }, table))
}

/// The wanted columns of one piece.
#[derive(Default)]
struct Buffers {
    codes: Vec<Vec<u8>>,
    keys: Vec<Vec<u32>>,
    numbers: Vec<Vec<f64>>,
}

/// One thread's way through the pieces.
pub(super) struct Reading<'a> {
    columnar: &'a Columnar,
    /// Numbers in the file's schema, and kinds.
    wanted: Vec<(usize, Kind)>,
    buffers: Buffers,
    chunk: Chunk,
}

impl Columnar {
    /// # Errors
    /// A column that the file does not have, or that is asked for twice.
    pub(super) fn reading(&self, wanted: &[(usize, Kind)]) -> Result<Reading<'_>, HandOver> {
        let twice = wanted.iter().enumerate().any(|(at, (p, _))| wanted[..at].iter().any(|(q, _)| p == q));
        let in_schema = |(position, kind): &(usize, Kind)| self.positions.get(*position).map(|at| (*at, *kind));
        let Some(wanted) = wanted.iter().map(in_schema).collect::<Option<Vec<_>>>().filter(|_| !twice) else {
            return Err(HandOver("columns"));
        };
        let count = |kind: Kind| wanted.iter().filter(|(_, k)| *k == kind).count();
        let (codes, keys, numbers) = (count(Kind::Code), count(Kind::Key), count(Kind::Number));
        let buffers = Buffers { codes: vec![Vec::new(); codes], keys: vec![Vec::new(); keys], numbers: vec![Vec::new(); numbers] };
        Ok(Reading { columnar: self, wanted, buffers, chunk: Chunk::of(keys, numbers) })
    }

    pub(super) fn piece_count(&self) -> u64 {
        self.pieces.len() as u64
    }
}

impl Pieces for Reading<'_> {
    fn piece(&mut self, at: u64, take: &mut dyn FnMut(&Chunk) -> Result<(), HandOver>) -> Result<(), HandOver> {
        let Some((first, _, (_, rows))) = self.columnar.pieces.get(at as usize) else { return Ok(()) };
        catch_unwind(AssertUnwindSafe(|| self.decode(at as usize))).unwrap_or(Err(HandOver("damaged")))?;
        let Buffers { codes, keys, numbers } = &self.buffers;
        for from in (0..*rows).step_by(CHUNK) {
            let range = from..(from + CHUNK).min(*rows);
            let position = first + from as u64;
            self.chunk.hold(position, range, codes, keys, numbers);
            take(&self.chunk)?;
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn decode(&mut self, piece: usize) -> Result<(), HandOver> {
        let (_, metadata, slice) = &self.columnar.pieces[piece];
        let mut next = [0_usize; 3];
        for wanted in self.wanted.chunks(COLUMNS) {
            // A frame has its columns in the order of the projection.
            let projection = wanted.iter().map(|(position, _)| *position).collect();
            let mut reader = ParquetReader::new(BufReader::with_capacity(16, &self.columnar.file)).read_parallel(ParallelStrategy::None);
            reader.set_metadata(metadata.clone());
            let frame = reader.with_projection(Some(projection)).with_slice(Some(*slice)).finish().map_err(|_| HandOver("damaged"))?;
            if frame.height() != slice.1 || frame.width() != wanted.len() {
                return Err(HandOver("rows"));
            }
            for (series, (_, kind)) in frame.columns().iter().zip(wanted) {
                let at = &mut next[*kind as usize];
                match kind {
                    Kind::Code => codes(series, &mut self.buffers.codes[*at])?,
                    Kind::Key => keys(series, &mut self.buffers.keys[*at])?,
                    Kind::Number => numbers(series, &mut self.buffers.numbers[*at])?,
                }
                *at += 1;
            }
        }
        Ok(())
    }
}

/// A number that may be whole.
trait Whole: Copy {
    /// The whole number that this is; above every limit where it is negative or a fraction.
    fn whole(self) -> u64;
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
        if self >= 0.0 && self.fract() == 0.0 { self as u64 } else { u64::MAX }
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

    #[inline]
    fn is_blank(self) -> bool {
        self.is_nan()
    }

    #[inline]
    fn number(self) -> Option<f64> {
        f64::from(self).number()
    }
}

/// Calls `$each` with the typed array of a column of numbers; `$text` with the texts of one of texts.
macro_rules! typed {
    ($series:expr, $each:expr, $text:expr) => {{
        let unlike = |_| HandOver("type");
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
            DataType::String => $text($series.str().map_err(unlike)?.iter()),
            _ => Err(HandOver("type")),
        }
    }};
}

fn codes(series: &Series, out: &mut Vec<u8>) -> Result<(), HandOver> {
    out.clear();
    if series.dtype() == &DataType::Null {
        out.resize(series.len(), BLANK);
        return Ok(());
    }
    typed!(series, |array| codes_of_numbers(array, out), |texts| {
        for text in texts {
            let whole = text.filter(|t: &&str| !t.is_empty()).map(spelled).transpose()?;
            out.push(match whole {
                None => BLANK,
                Some(code) if code <= u64::from(LARGEST_CODE) => code as u8 + 1,
                Some(_) => return Err(HandOver("code")),
            });
        }
        Ok(())
    })
}

fn codes_of_numbers<T: PolarsNumericType>(array: &ChunkedArray<T>, out: &mut Vec<u8>) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    let mut strange = false;
    for part in array.downcast_iter() {
        let values = part.values().iter();
        // Without a branch: a code that is none is looked at once at the end.
        let mut code = |value: T::Native, valid: bool| {
            let (whole, here) = (value.whole(), valid & !value.is_blank());
            strange |= here & (whole > u64::from(LARGEST_CODE));
            (whole.min(u64::from(LARGEST_CODE)) as u8 + 1) & 0_u8.wrapping_sub(u8::from(here))
        };
        match part.validity() {
            None => out.extend(values.map(|v| code(*v, true))),
            Some(valid) => out.extend(values.zip(valid.iter()).map(|(v, valid)| code(*v, valid))),
        }
    }
    if strange { Err(HandOver("code")) } else { Ok(()) }
}

fn keys(series: &Series, out: &mut Vec<u32>) -> Result<(), HandOver> {
    out.clear();
    if series.null_count() > 0 {
        return Err(HandOver("key"));
    }
    typed!(series, |array| keys_of_numbers(array, out), |texts| {
        for text in texts {
            let key = spelled(text.unwrap_or_default())?;
            out.push(u32::try_from(key).ok().filter(|k| *k <= LARGEST_KEY).ok_or(HandOver("key"))?);
        }
        Ok(())
    })
}

fn keys_of_numbers<T: PolarsNumericType>(array: &ChunkedArray<T>, out: &mut Vec<u32>) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    let mut strange = false;
    for value in array.downcast_iter().flat_map(|part| part.values().iter()) {
        let whole = value.whole();
        strange |= whole > u64::from(LARGEST_KEY);
        out.push(whole as u32);
    }
    if strange { Err(HandOver("key")) } else { Ok(()) }
}

fn numbers(series: &Series, out: &mut Vec<f64>) -> Result<(), HandOver> {
    out.clear();
    typed!(series, |array| numbers_of(array, out), |_| Err(HandOver("number")))
}

fn numbers_of<T: PolarsNumericType>(array: &ChunkedArray<T>, out: &mut Vec<f64>) -> Result<(), HandOver>
where
    T::Native: Whole,
{
    for part in array.downcast_iter() {
        let values = part.values().iter();
        let number = |value: T::Native| value.number().ok_or(HandOver("number"));
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

/// The whole number that a text is in its one spelling.
fn spelled(text: &str) -> Result<u64, HandOver> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let zeros = text.len() > 1 && text.starts_with('0');
    if digits && !zeros { text.parse().map_err(|_| HandOver("text")) } else { Err(HandOver("text")) }
}
