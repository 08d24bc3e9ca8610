//! Files of one survey that stand side by side, joined by a key: several files of one person, a household
//! file beside a file of its persons, the list that the sample was drawn from (台帳) beside the answers.
//!
//! It is a left join from the answers: each of their rows gets the columns of the one row of the other file
//! that has the same key. No row of the answers is lost or doubled, so that the sample design stays as it
//! was drawn; a row without a match has blanks in the joined columns. What did not match is told, with
//! numbers and places; a key that stands twice in the other file is an error, since which of the rows counts
//! would be a guess.
//!
//! Keys are compared as labels are ([`crate::text`]): width and blanks around make no difference. Zeros that
//! lead are kept: `007` and `7` are two keys where a file has both, and one key, told of, where they would
//! find nothing otherwise. A blank key matches nothing.

mod columns;
mod guess;
mod how;
mod joined;
mod keys;
mod matched;
mod told;

pub use guess::{Guess, guess};
pub use how::{Join, KeyColumn};
pub use joined::join;
