//! `shihyo compare`: an indicator by attributes, each part held against the rest.

use shihyo::decode::Base;
use shihyo::derived::cache::Keeping;
use shihyo::error::Result;
use shihyo::indicator::{Breakdown, DataKind, Statistic};
use shihyo::pipeline::{self, Comparison, Project, base_words};
use shihyo::report::breakdown;
use shihyo::text::Text;

use super::args::{CompareArgs, Format};
use super::bars::Bars;
use super::message::Talk;
use super::run::earlier;
use super::{Ending, print, screen, synthetic};

pub(crate) fn compare(args: &CompareArgs, talk: &Talk) -> Result<Ending> {
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    let outcome =
        pipeline::compute(&project, &plan, earlier(&args.earlier, &project, Keeping::Look).as_ref(), &bars)?;
    let wave = args.wave.as_ref().map(|w| w.parse()).transpose()?;
    let each: Vec<Vec<String>> =
        if args.cross { vec![args.by.clone()] } else { args.by.iter().map(|b| vec![b.clone()]).collect() };
    let what = |by: Vec<String>| Comparison { indicator: args.indicator.clone(), by, wave };
    let breakdowns = each
        .into_iter()
        .map(|by| pipeline::compare(&plan, &outcome, &what(by)))
        .collect::<Result<Vec<_>>>()?;
    match args.format {
        Format::Table => {
            for (i, b) in breakdowns.iter().enumerate() {
                if i == 0 {
                    let of = of_what(b);
                    talk.say(&Text::same(&b.title));
                    if b.data == DataKind::Synthetic {
                        print(format!("{}\n", synthetic().get(talk.lang)))?;
                    }
                    let base = b.base_rule.parse::<Base>().map_or(Text::same(&b.base_rule), base_words);
                    talk.say(&Text::new(
                        format!("{} {} {}", b.wave.long(), b.question, of.ja),
                        format!("{} {} {}", b.wave, b.question, of.en),
                    ));
                    talk.say(&Text::new(format!("母数: {}", base.ja), format!("base: {}", base.en)));
                    if let Some(universe) = &b.universe {
                        talk.say(&Text::new(
                            format!("対象: {}", universe.ja),
                            format!("of whom: {}", universe.en),
                        ));
                    }
                    if let Some(trend) = &b.trend {
                        talk.say(&Text::new(
                            format!("調査回の比較: {}", trend.note.ja),
                            format!("beside other waves: {}", trend.note.en),
                        ));
                    }
                }
                let (header, rows) = breakdown::table(b, talk.lang);
                print(screen::table(&header, &rows, 1..7))?;
            }
            talk.say(&Text::new(
                "「差」はその区分以外の回答者との差です（両者の共分散を考慮した t 検定）。* は n<30 の参考\
                 値。",
                "The difference is from all other respondents (t test with their covariance). *: n < 30.",
            ));
            Ok(Ending::Good)
        }
        Format::Csv => print(breakdown::csv(&breakdowns)?),
        Format::Json => print(breakdown::json(&breakdowns)?),
    }
}

/// The options that a share counts; what else is estimated, with what is taken of the answers.
fn of_what(b: &Breakdown) -> Text {
    let statistic = b.format.statistic.text();
    let taken = match b.format.statistic {
        Statistic::Share => {
            let options: Vec<String> = b.options.iter().map(|o| format!("「{o}」")).collect();
            return Text::same(options.join("＋"));
        }
        _ if b.options.is_empty() => return statistic,
        _ => b.options.join("、"),
    };
    Text::new(format!("{}（{taken}）", statistic.ja), format!("{} ({taken})", statistic.en))
}
