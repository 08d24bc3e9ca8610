//! One small survey (the same people in every run), and every layout and container in which an office may hold it.
#![allow(dead_code, unused_imports, reason = "each test takes the part that it needs")]


mod containers;
mod layouts;
mod people;

pub use containers::{Container, containers};
pub use layouts::{Layout, layouts};
pub use people::{QUESTIONNAIRE, people};
