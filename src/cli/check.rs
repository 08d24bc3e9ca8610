//! `shihyo check`: everything is read and computed, nothing is written.

use shihyo::derived::cache::Keeping;
use shihyo::error::Result;
use shihyo::pipeline::{self, Project};
use shihyo::report;
use shihyo::text::Text;

use super::args::{CheckArgs, Format};
use super::bars::Bars;
use super::ending::{Ending, print};
use super::ledgers::{Shown, ledgers};
use super::message::Talk;
use super::run::{LINES_OF_FINDINGS, earlier, ending, summary};

pub(crate) fn check(args: &CheckArgs, talk: &Talk) -> Result<Ending> {
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    let outcome = pipeline::compute_streamed(
        &project,
        &plan,
        earlier(&args.earlier, &project, Keeping::Look).as_ref(),
        &bars,
    )?;
    match args.format {
        Format::Table => {
            let shown = if args.all { Shown::All } else { Shown::Page };
            print(ledgers(&plan, &outcome.quality.ledgers, shown, talk.lang))?;
        }
        Format::Csv => {
            print(report::quality_csv(&outcome.quality, &outcome.table)?)?;
        }
        Format::Json => {
            print(report::quality_json(&outcome.quality, &outcome.table)?)?;
        }
    }
    let all = Text::new("すべては check --format csv で表示します", "all of them: check --format csv");
    let most = if args.all { None } else { Some(LINES_OF_FINDINGS) };
    summary(&plan, &outcome, (&all, most), talk);
    talk.say(&Text::new("何も書き出していません。", "Nothing was written."));
    Ok(ending(&plan, &outcome, talk))
}
