#![no_main]

#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/entries.rs"]
mod entries;
#[path = "../support/forms/mod.rs"]
mod forms;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::spss(bytes));
