//! What reads a file piece by piece.

use super::super::sample::Sample;
use super::kinds::HandOver;
use super::lines::Chunk;
use super::seen::Seen;

/// Reads pieces of a file. Each thread has its own.
pub(super) trait Pieces {
    /// Reads a piece of the file and hands on its chunks, in file order.
    ///
    /// # Errors
    /// Something that is not plain, or what `take` says.
    fn piece(
        &mut self,
        at: u64,
        take: &mut dyn FnMut(&Chunk) -> Result<(), HandOver>,
    ) -> Result<(), HandOver>;

    /// Where the values of the columns of codes first stood, and the samples of other texts.
    fn seen(self) -> (Vec<Seen>, Vec<Sample>);
}
