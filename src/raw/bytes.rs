//! Numbers and texts off a byte string, never past its end.

use crate::error::Result;

use super::damaged::damaged;

/// A place in a byte string whose numbers stand in one byte order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
    little: bool,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(rest: &'a [u8], little: bool) -> Self {
        Self { rest, little }
    }

    pub(super) fn little(&self) -> bool {
        self.little
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(damaged("途中で切れています", "it is cut off")),
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        let [raw] = self.array()?;
        Ok(raw)
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        let raw = self.array()?;
        Ok(if self.little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        let raw = self.array()?;
        Ok(if self.little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        let raw = self.array()?;
        Ok(if self.little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) })
    }

    pub(super) fn i32(&mut self) -> Result<i32> {
        let raw = self.array()?;
        Ok(if self.little { i32::from_le_bytes(raw) } else { i32::from_be_bytes(raw) })
    }

    pub(super) fn i64(&mut self) -> Result<i64> {
        let raw = self.array()?;
        Ok(if self.little { i64::from_le_bytes(raw) } else { i64::from_be_bytes(raw) })
    }

    pub(super) fn f64(&mut self) -> Result<f64> {
        Ok(number(self.array()?, self.little))
    }

    /// A count or length, which cannot be negative.
    pub(super) fn count(&mut self) -> Result<usize> {
        let n = self.i32()?;
        usize::try_from(n).map_err(|_| damaged(format!("長さが{n}です"), format!("a length is {n}")))
    }
}

/// Eight bytes as a number.
pub(super) fn number(raw: [u8; 8], little: bool) -> f64 {
    if little { f64::from_le_bytes(raw) } else { f64::from_be_bytes(raw) }
}
