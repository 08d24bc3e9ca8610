//! Parse, run, exit code.

#![warn(clippy::disallowed_methods, clippy::print_stderr, clippy::print_stdout, clippy::wildcard_imports)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
