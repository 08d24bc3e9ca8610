//! Flags, progress bars, terminal tables and messages: the only room that knows a terminal.

mod args;
mod bars;
mod check;
mod clean;
mod compare;
mod estimate;
mod estimate_args;
mod excerpt;
mod explain;
mod findings;
mod init;
mod language;
mod message;
mod new_file;
mod numbers;
mod numbers_args;
mod panics;
mod run;
mod screen;
mod usage;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use self::args::{Cli, Command, SchemaOf};
use self::message::Talk;
use shihyo::code::Code;
use shihyo::error::Error;
use shihyo::text::Text;

/// How a command ended.
pub(crate) enum Ending {
    /// Exit code 0.
    Good,
    /// Exit code 1: more findings than the plan allows.
    TooManyFindings,
    /// Exit code 1: raw + log is not the clean file.
    Differs,
}

/// Parses the command line and runs the command. Exit code 0 good, 1 findings past the plan's limit, 2 wrong
/// input or usage.
pub(crate) fn main() -> ExitCode {
    panics::told(told)
}

fn told() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error, &std::env::args_os().collect::<Vec<_>>()),
    };
    let talk = Talk::new(language::choose(cli.common.lang), cli.common.quiet, cli.common.no_progress);
    match dispatch(&cli, &talk) {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::TooManyFindings | Ending::Differs) => ExitCode::from(1),
        Err(error) => {
            talk.error(&error);
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: &Cli, talk: &Talk) -> Result<Ending, Error> {
    match &cli.command {
        Command::Run(args) => run::run(args, talk),
        Command::Check(args) => check::check(args, talk),
        Command::Clean(args) => clean::clean(args, talk),
        Command::Compare(args) => compare::compare(args, talk),
        Command::Init(args) => init::init(args, talk),
        Command::Estimate(args) => estimate::estimate(args, talk),
        Command::Explain(args) => explain::explain(args, talk),
        Command::Schema(args) => {
            let schema = match args.of {
                SchemaOf::Plan => shihyo::pipeline::schema(),
                SchemaOf::Questionnaire => shihyo::questionnaire::questionnaire_schema(),
            };
            print(format!("{schema:#}\n"))
        }
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "shihyo", &mut out);
            print(&out)
        }
    }
}

/// What stands over numbers that were made from synthetic responses.
fn synthetic() -> Text {
    Text::new("※ 合成データです", "※ 合成データ (synthetic data)")
}

/// Writes data to stdout. A reader that has gone away (`| head`) is no error.
fn print(text: impl AsRef<[u8]>) -> Result<Ending, Error> {
    match std::io::stdout().lock().write_all(text.as_ref()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::msg(
            Code::CliStdout,
            format!("標準出力に書けません（{e}）"),
            format!("cannot write to stdout: {e}"),
        )),
        _ => Ok(Ending::Good),
    }
}
