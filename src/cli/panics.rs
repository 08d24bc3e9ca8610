//! Panics. Readers of other people's formats panic over some damaged files; that is caught where it happens
//! and becomes an error, of which the person at the terminal reads enough. What nobody caught is a mistake of
//! this program, and is said to be one.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::process::ExitCode;
use std::sync::Mutex;

use shihyo::text::Text;

/// What the last panic said.
static SAID: Mutex<String> = Mutex::new(String::new());

/// Exit code of a mistake of this program, as Rust has it.
const MISTAKE: u8 = 101;

/// Runs the program; a panic that it lets through is told in both languages, with what a report of it needs.
pub(super) fn reported(run: impl FnOnce() -> ExitCode) -> ExitCode {
    set_hook(Box::new(|panic| {
        if let Ok(mut said) = SAID.lock() {
            *said = panic.to_string();
        }
    }));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let said = SAID.lock().map(|said| said.clone()).unwrap_or_default();
        let text = Text::new(
            "プログラムの誤りで止まりました。何も書き換えていません。次の文を添えて知らせてください",
            "stopped by a mistake of this program; nothing was overwritten. Please report it with these \
             words",
        );
        super::message::line(&format!("{text}\nshihyo {}\n{said}", env!("CARGO_PKG_VERSION")));
        ExitCode::from(MISTAKE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_caught_is_a_mistake_of_this_program() {
        let ended = reported(|| panic!("a word that the report needs"));
        let said = SAID.lock().unwrap().clone();
        drop(std::panic::take_hook());
        assert_eq!(format!("{ended:?}"), format!("{:?}", ExitCode::from(MISTAKE)));
        assert!(said.contains("a word that the report needs") && said.contains("panics.rs"), "{said}");
    }
}
