#![no_main]

#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/entries.rs"]
mod entries;
#[path = "../support/forms/mod.rs"]
mod forms;

// The reader of workbooks panics over some damaged files, which is caught there: only a panic that gets out
// is a find.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| entries::workbook(bytes)
);
