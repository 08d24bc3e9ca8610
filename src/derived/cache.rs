//! What one run leaves for the next: columns of numbers as Parquet, kept under the digest of all that they
//! were made from.
//!
//! An entry is two files. `KEY.parquet` holds the columns; `KEY.json` holds what else there is to know,
//! behind the SHA-256 of both. An entry that was cut short, changed or mixed up does not have that digest,
//! and is as good as none: a cache never gives anything but what was put in. Nothing else depends on it, so
//! that a disk that is full or may not be written to is no error.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use polars::prelude::{
    Column, DataFrame, NamedFrom, ParquetCompression, ParquetReader, ParquetWriter, PolarsResult, SerReader,
    Series, StatisticsOptions,
};

use crate::provenance::sha256_hex;

use super::owned;

/// The whole of a key: SHA-256 in lower-case hexadecimal.
const KEY: usize = 64;

/// Columns of one length, and what else there is to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What else there is to know, as JSON.
    pub about: String,
    /// Rows of all columns.
    pub rows: usize,
    /// The columns, with their names, none twice.
    pub columns: Vec<(String, Numbers)>,
}

/// The numbers of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// 8 bits
    U8(Vec<u8>),
    /// 16 bits
    U16(Vec<u16>),
    /// 32 bits
    U32(Vec<u32>),
    /// 64 bits
    U64(Vec<u64>),
    /// floating point, 64 bits, to the last bit
    F64(Vec<f64>),
}

/// Whether entries are only looked for, or also put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Only looked for.
    Look,
    /// Put in, too.
    Keep,
}

/// The entries in one folder.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
    keeping: Keeping,
    used: Mutex<BTreeSet<String>>,
}

impl Cache {
    /// The entries in `dir`, which need not be there.
    pub fn new(dir: impl Into<PathBuf>, keeping: Keeping) -> Self {
        Self { dir: dir.into(), keeping, used: Mutex::default() }
    }

    /// The entry of `key` (64 hexadecimal digits), if there is a whole one.
    pub fn find(&self, key: &str) -> Option<Entry> {
        let json = self.json(key)?;
        let bytes = owned::read(&self.dir, &file_name(key, "parquet")?).ok()?;
        let (digest, about) = json.split_once('\n')?;
        if digest != digest_of(about, &bytes) {
            return None;
        }
        // What stands behind its digest was written by this program; its reader may still meet another
        // version of itself.
        let read = catch_unwind(AssertUnwindSafe(|| columns(&bytes))).ok()?;
        let (rows, columns) = read?;
        self.note(key);
        Some(Entry { about: about.to_owned(), rows, columns })
    }

    /// Puts an entry in, if this cache keeps any.
    pub fn keep(&self, key: &str, entry: &Entry) {
        if self.keeping == Keeping::Look || self.put(key, entry).is_none() {
            return;
        }
        self.note(key);
    }

    /// Takes out the entries that were neither found nor put in, if this cache keeps any. Only whole entries
    /// go: the folder may lead elsewhere, to files that are named by a digest too.
    pub fn sweep(&self) {
        let Ok(files) = fs::read_dir(&self.dir) else { return };
        if self.keeping == Keeping::Look {
            return;
        }
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if let Some(key) = name.strip_suffix(".json")
                && !self.used.lock().is_ok_and(|used| used.contains(key))
            {
                self.take_out(key);
            }
        }
    }

    fn take_out(&self, key: &str) -> Option<()> {
        let json = self.json(key)?;
        let (digest, about) = json.split_once('\n')?;
        let [numbers, said] = [file_name(key, "parquet")?, file_name(key, "json")?];
        if fs::symlink_metadata(self.dir.join(&numbers)).is_ok()
            && owned::remove(&self.dir, &numbers, |bytes| digest_of(about, bytes) == digest)
        {
            owned::remove(&self.dir, &said, |bytes| bytes == json.as_bytes());
        }
        Some(())
    }

    fn json(&self, key: &str) -> Option<String> {
        String::from_utf8(owned::read(&self.dir, &file_name(key, "json")?).ok()?).ok()
    }

    fn note(&self, key: &str) {
        if let Ok(mut used) = self.used.lock() {
            used.insert(key.to_owned());
        }
    }

    fn put(&self, key: &str, entry: &Entry) -> Option<()> {
        let bytes = parquet(entry).ok()?;
        let json = format!("{}\n{}", digest_of(&entry.about, &bytes), entry.about);
        fs::create_dir_all(&self.dir).ok()?;
        // The small file first: half an entry is never swept out.
        write(&self.dir, &file_name(key, "json")?, json.as_bytes())?;
        write(&self.dir, &file_name(key, "parquet")?, &bytes)
    }
}

/// The SHA-256 of the program that runs: another program may make something else of the same files. `None`
/// where it cannot be read.
pub fn program() -> Option<&'static str> {
    static PROGRAM: OnceLock<Option<String>> = OnceLock::new();
    let digest = || fs::read(std::env::current_exe().ok()?).ok().map(|bytes| sha256_hex(&bytes));
    PROGRAM.get_or_init(digest).as_deref()
}

fn file_name(key: &str, ending: &str) -> Option<String> {
    is_key(key).then(|| format!("{key}.{ending}"))
}

fn is_key(key: &str) -> bool {
    key.len() == KEY && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn digest_of(about: &str, bytes: &[u8]) -> String {
    sha256_hex(format!("{} {}", sha256_hex(about.as_bytes()), sha256_hex(bytes)).as_bytes())
}

/// A whole file or none.
fn write(dir: &Path, name: &str, bytes: &[u8]) -> Option<()> {
    let mut file = tempfile::Builder::new().prefix(".").tempfile_in(dir).ok()?;
    file.write_all(bytes).ok()?;
    file.persist(dir.join(name)).ok()?;
    Some(())
}

fn parquet(entry: &Entry) -> PolarsResult<Vec<u8>> {
    let column = |(name, numbers): &(String, Numbers)| {
        let name = name.as_str().into();
        Column::from(match numbers {
            Numbers::U8(v) => Series::new(name, v),
            Numbers::U16(v) => Series::new(name, v),
            Numbers::U32(v) => Series::new(name, v),
            Numbers::U64(v) => Series::new(name, v),
            Numbers::F64(v) => Series::new(name, v),
        })
    };
    let mut frame = DataFrame::new(entry.rows, entry.columns.iter().map(column).collect())?;
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    writer.with_statistics(StatisticsOptions::empty()).finish(&mut frame)?;
    Ok(bytes)
}

fn columns(bytes: &[u8]) -> Option<(usize, Vec<(String, Numbers)>)> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().ok()?;
    let column = |series: &Column| {
        let name = series.name().to_string();
        let numbers = if let Ok(v) = series.u8() {
            Numbers::U8(v.into_no_null_iter().collect())
        } else if let Ok(v) = series.u16() {
            Numbers::U16(v.into_no_null_iter().collect())
        } else if let Ok(v) = series.u32() {
            Numbers::U32(v.into_no_null_iter().collect())
        } else if let Ok(v) = series.u64() {
            Numbers::U64(v.into_no_null_iter().collect())
        } else {
            Numbers::F64(series.f64().ok()?.into_no_null_iter().collect())
        };
        Some((name, numbers))
    };
    Some((frame.height(), frame.columns().iter().map(column).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Cache, Entry, Keeping, Numbers};

    const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn entry() -> Entry {
        let columns = vec![
            ("問1".to_owned(), Numbers::U16(vec![0, u16::MAX, 3])),
            ("行".to_owned(), Numbers::U32(vec![0, 1, u32::MAX])),
            ("問2".to_owned(), Numbers::U64(vec![u64::MAX, 0, 1 << 63])),
            ("理由".to_owned(), Numbers::U8(vec![255, 0, 1])),
            ("w".to_owned(), Numbers::F64(vec![-0.0, f64::MIN_POSITIVE, 0.1 + 0.2])),
        ];
        Entry { about: "{\"見出し\": 1}".to_owned(), rows: 3, columns }
    }

    #[test]
    fn what_was_put_in_is_found_to_the_last_bit() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().join("not/there/yet"), Keeping::Keep);
        assert_eq!(cache.find(KEY), None);
        cache.keep(KEY, &entry());
        let found = cache.find(KEY).unwrap();
        assert_eq!(found, entry());
        let Numbers::F64(weights) = &found.columns[4].1 else { panic!() };
        assert!(weights[0].is_sign_negative());
        assert_eq!(cache.find(&KEY.replace('0', "1")), None);
    }

    #[test]
    fn a_cache_that_only_looks_puts_nothing_in_and_takes_nothing_out() {
        let dir = tempfile::tempdir().unwrap();
        let looking = Cache::new(dir.path(), Keeping::Look);
        looking.keep(KEY, &entry());
        assert_eq!((fs::read_dir(dir.path()).unwrap().count(), looking.find(KEY)), (0, None));
        Cache::new(dir.path(), Keeping::Keep).keep(KEY, &entry());
        looking.sweep();
        assert_eq!(looking.find(KEY), Some(entry()));
    }

    #[test]
    fn a_changed_byte_anywhere_makes_it_no_entry() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path(), Keeping::Keep);
        for ending in ["parquet", "json"] {
            cache.keep(KEY, &entry());
            let path = dir.path().join(format!("{KEY}.{ending}"));
            let whole = fs::read(&path).unwrap();
            for at in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[at] ^= 0x10;
                fs::write(&path, &bytes).unwrap();
                assert_eq!(cache.find(KEY), None, "{ending}, byte {at}");
            }
            for length in [0, 1, whole.len() / 2, whole.len() - 1] {
                fs::write(&path, &whole[..length]).unwrap();
                assert_eq!(cache.find(KEY), None, "{ending}, cut to {length}");
            }
            fs::remove_file(&path).unwrap();
            assert_eq!(cache.find(KEY), None, "{ending}, not there");
        }
    }

    #[test]
    fn only_unused_entries_are_swept_out() {
        let dir = tempfile::tempdir().unwrap();
        let (old, other) = (KEY.replace('0', "f"), dir.path().join("notes.json"));
        Cache::new(dir.path(), Keeping::Keep).keep(&old, &entry());
        fs::write(&other, "mine").unwrap();
        let cache = Cache::new(dir.path(), Keeping::Keep);
        cache.keep(KEY, &entry());
        cache.sweep();
        assert_eq!((cache.find(&old), cache.find(KEY)), (None, Some(entry())));
        assert!(other.exists());
    }

    #[test]
    fn only_what_a_cache_wrote_is_swept_out() {
        let dir = tempfile::tempdir().unwrap();
        let keep = |key: &str| Cache::new(dir.path(), Keeping::Keep).keep(key, &entry());
        let [changed, linked, other] = ["a", "b", "c"].map(|digit| KEY.replace('0', digit));
        keep(&changed);
        fs::write(dir.path().join(format!("{changed}.parquet")), "mine").unwrap();
        // Files of another program that names its own by their digests.
        fs::write(dir.path().join(format!("{other}.json")), "{}").unwrap();
        fs::write(dir.path().join(format!("{other}.parquet")), "PAR1").unwrap();
        let mut expected = vec![format!("{changed}.json"), format!("{changed}.parquet")];
        expected.extend([format!("{other}.json"), format!("{other}.parquet")]);
        #[cfg(unix)]
        {
            keep(&linked);
            for ending in ["json", "parquet"] {
                let (path, moved) = (dir.path().join(format!("{linked}.{ending}")), format!("mine.{ending}"));
                fs::rename(&path, dir.path().join(&moved)).unwrap();
                std::os::unix::fs::symlink(&moved, &path).unwrap();
                expected.extend([format!("{linked}.{ending}"), moved]);
            }
            assert_eq!(Cache::new(dir.path(), Keeping::Keep).find(&linked), None, "a link is no entry");
        }
        Cache::new(dir.path(), Keeping::Keep).sweep();
        let mut names: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        expected.sort();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let cache = Cache::new(file.path(), Keeping::Keep);
        cache.keep(KEY, &entry());
        cache.sweep();
        assert_eq!(cache.find(KEY), None);
    }
}
