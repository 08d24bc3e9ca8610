//! Parquet.

use crate::error::{Error, Result};

use super::table::Table;

pub(super) fn read(_bytes: &[u8], _name: &str) -> Result<Table> {
    Err(Error::msg("raw::unsupported", "Parquetはまだ読めません", "Parquet cannot be read yet"))
}
