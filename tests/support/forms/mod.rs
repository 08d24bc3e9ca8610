//! One small survey (the same people in every run), and every layout and container in which an office may
//! hold it.
#![allow(dead_code, unused_imports, reason = "each test takes the part that it needs")]

mod containers;
pub mod dta;
mod layouts;
pub mod ods;
mod people;
pub mod sas;
pub mod sav;
mod sheet;
pub mod xls;
pub mod zip;

pub use containers::{Container, containers};
pub use layouts::{Layout, Place, layouts};
pub use people::{MULTIPLES, Person, QUESTIONNAIRE, SINGLES, people};
pub use sheet::{Merge, Sheet, Value};
