//! `shihyo check`: everything is read and computed, nothing is written.

use shihyo::derived::cache::Keeping;
use shihyo::error::Result;
use shihyo::pipeline::{self, Project};
use shihyo::report;
use shihyo::text::Text;

use super::args::{CheckArgs, Format};
use super::bars::Bars;
use super::ending::{Ending, print};
use super::message::Talk;
use super::run::{earlier, ending, summary};
use super::screen;

pub(crate) fn check(args: &CheckArgs, talk: &Talk) -> Result<Ending> {
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    let outcome =
        pipeline::compute(&project, &plan, earlier(&args.earlier, &project, Keeping::Look).as_ref(), &bars)?;
    match args.format {
        Format::Table => {
            let word = |ja: &str, en: &str| Text::new(ja, en).get(talk.lang).to_owned();
            let header = [
                word("調査", "survey"),
                word("設問", "question"),
                word("回収", "returned"),
                word("無効票", "invalid"),
                word("重複", "duplicates"),
                word("非該当", "not asked"),
                word("無回答", "no answer"),
                word("無効回答", "invalid answer"),
                "n".to_owned(),
            ];
            let rows: Vec<Vec<String>> = outcome
                .quality
                .ledgers
                .iter()
                .map(|l| {
                    let n = &l.ledger;
                    let counts = [
                        n.returned,
                        n.invalid_returns,
                        n.duplicates,
                        n.not_asked,
                        n.no_answer + n.dont_know,
                        n.invalid,
                        n.valid,
                    ];
                    let title =
                        plan.surveys.iter().find(|s| s.key == l.survey).map_or(&l.survey, |s| &s.title);
                    let mut row = vec![format!("{title} {}", l.wave), l.question.clone()];
                    row.extend(counts.iter().map(u64::to_string));
                    row
                })
                .collect();
            print(screen::table(&header, &rows, 2..9))?;
        }
        Format::Csv => {
            print(report::quality_csv(&outcome.quality, &outcome.table)?)?;
        }
        Format::Json => {
            print(report::quality_json(&outcome.quality, &outcome.table)?)?;
        }
    }
    let all = Text::new("すべては check --format csv で表示します", "all of them: check --format csv");
    summary(&plan, &outcome, &all, talk);
    talk.say(&Text::new("何も書き出していません。", "Nothing was written."));
    Ok(ending(&plan, &outcome, talk))
}
