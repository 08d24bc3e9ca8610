//! Flags, progress bars, terminal tables and messages: the only room that knows a terminal.

mod args;
mod bars;
mod check;
mod clean;
mod compare;
mod ending;
mod estimate;
mod estimate_args;
mod excerpt;
mod explain;
mod findings;
mod init;
mod join_args;
mod language;
mod ledgers;
mod message;
mod new_file;
mod numbers;
mod numbers_args;
mod panics;
mod run;
mod screen;
mod usage;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use self::args::{Cli, Command, SchemaOf};
use self::ending::{Ending, print};
use self::message::Talk;
use shihyo::error::Error;

/// Parses the command line and runs the command. Exit code 0 good, 1 findings past the plan's limit, 2 wrong
/// input or usage.
pub(crate) fn main() -> ExitCode {
    panics::reported(parse_and_dispatch)
}

fn parse_and_dispatch() -> ExitCode {
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
