//! How a command ends: what it writes to stdout, and its exit code.

use std::io::Write;

use shihyo::code::Code;
use shihyo::error::Error;
use shihyo::text::refusal::Refusal;

/// How a command ended.
pub(crate) enum Ending {
    /// Exit code 0.
    Good,
    /// Exit code 1: more findings than the plan allows.
    TooManyFindings,
    /// Exit code 1: raw + log is not the clean file.
    Differs,
}

/// Writes data to stdout. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<Ending, Error> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_ref()).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            let why = Refusal::of(&e).text();
            Err(Error::msg(
                Code::CliStdout,
                format!("標準出力に書けません（{}）", why.ja),
                format!("cannot write to stdout ({})", why.en),
            ))
        }
        _ => Ok(Ending::Good),
    }
}
