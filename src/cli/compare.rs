//! `shihyo compare`: an indicator by attributes, each part held against the rest.

use shihyo::derived::cache::Keeping;
use shihyo::error::Result;
use shihyo::estimate::p_adjust::Adjustment;
use shihyo::estimate::reliability::REFERENCE_LIMIT;
use shihyo::indicator::{Breakdown, DataKind, Detail, EstimateRecord, Statistic};
use shihyo::pipeline::{self, CompareRequest, Project, base_words};
use shihyo::report::breakdown::{self, overlap_note};
use shihyo::text::Text;

use super::args::CompareArgs;
use super::bars::Bars;
use super::ending::Ending;
use super::message::{Talk, synthetic};
use super::numbers_args::NumberFormat;
use super::run::earlier;
use super::screen;

pub(crate) fn compare(args: &CompareArgs, talk: &Talk) -> Result<Ending> {
    args.numbers.check(None)?;
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    let outcome =
        pipeline::compute(&project, &plan, earlier(&args.earlier, &project, Keeping::Look).as_ref(), &bars)?;
    let wave = args.wave.as_ref().map(|w| w.parse()).transpose()?;
    let each: Vec<Vec<String>> =
        if args.cross { vec![args.by.clone()] } else { args.by.iter().map(|b| vec![b.clone()]).collect() };
    let what = |by: Vec<String>| CompareRequest {
        indicator: args.indicator.clone(),
        by,
        wave,
        adjust: args.adjust.into(),
    };
    let breakdowns = each
        .into_iter()
        .map(|by| pipeline::compare(&plan, &outcome, &what(by)))
        .collect::<Result<Vec<_>>>()?;
    if let Some(first) = breakdowns.first() {
        introduce(first, args.numbers.format, talk);
    }
    let tables = || {
        let mut text = String::new();
        if breakdowns.first().is_some_and(|b| b.whole.data == Some(DataKind::Synthetic)) {
            text = format!("{}\n", synthetic().get(talk.lang));
        }
        for b in &breakdowns {
            let (header, rows) = breakdown::table(b, talk.lang);
            text.push_str(&screen::table(&header, &rows, 1..8));
        }
        text
    };
    // The number of everyone is one number, however many breakdowns there are.
    let mut rows: Vec<EstimateRecord> = Vec::new();
    for row in breakdowns.iter().flat_map(Breakdown::rows) {
        if !rows.iter().any(|known| known.key == row.key) {
            rows.push(row.clone());
        }
    }
    let data = rows.first().and_then(|row| row.data);
    let ending = args.numbers.write(&rows, data, tables, None, talk)?;
    if args.numbers.format == NumberFormat::Table {
        let limit = REFERENCE_LIMIT;
        talk.say(&Text::new(
            format!(
                "「差」はその区分以外の回答者との差です（両者の共分散を考慮）。* は n<{limit} の参考値。"
            ),
            format!(
                "The difference is from all other respondents, with the covariance of both. *: n < {limit}."
            ),
        ));
        let family = rows.iter().filter(|row| matches!(row.detail, Detail::AgainstRest(_))).count();
        talk.say(&of_family(args.adjust.into(), family, breakdowns.len()));
        overlap_note(&rows).iter().for_each(|note| talk.say(note));
    }
    Ok(ending)
}

/// What the verdicts rest on.
fn of_family(adjust: Adjustment, parts: usize, tables: usize) -> Text {
    let (ja, en) = match adjust {
        Adjustment::Holm => ("Holm の方法", "Holm's method"),
        Adjustment::BenjaminiHochberg => {
            ("Benjamini-Hochberg の方法", "the method of Benjamini and Hochberg")
        }
        Adjustment::None => {
            return Text::new(
                "判定は p をそのまま使いました（--adjust none）。区分が多いほど、差がなくても有意になる区分が\
                 出ます。",
                "Verdicts rest on p as it is (--adjust none): the more parts, the more false ones.",
            );
        }
    };
    let (of_ja, of_en) = if tables > 1 {
        ("表ごとに、すべての区分".to_owned(), "all parts of a table".to_owned())
    } else {
        (format!("{parts}区分"), format!("all {parts} parts"))
    };
    Text::new(
        format!("判定は、{of_ja}の比較をまとめて{ja}で補正した p によります。"),
        format!("Verdicts rest on p adjusted for the comparison of {of_en} by {en}."),
    )
}

/// What is broken down; before a table in full, else what must be known of the numbers.
fn introduce(b: &Breakdown, format: NumberFormat, talk: &Talk) {
    let whole = &b.whole;
    if format == NumberFormat::Table {
        let of = of_what(whole);
        talk.say(&Text::same(&b.title));
        let wave =
            |long: bool| whole.key.wave().map_or(String::new(), |w| if long { w.long() } else { w.short() });
        talk.say(&Text::new(
            format!("{} {} {}", wave(true), whole.variable, of.ja),
            format!("{} {} {}", wave(false), whole.variable, of.en),
        ));
        let base = base_words(whole.base);
        talk.say(&Text::new(format!("母数: {}", base.ja), format!("base: {}", base.en)));
        if let Some(of) = &whole.universe {
            talk.say(&Text::new(format!("対象: {}", of.ja), format!("of whom: {}", of.en)));
        }
    }
    if let Some(trend) = &b.trend {
        talk.say(&Text::new(
            format!("調査回の比較: {}", trend.note.ja),
            format!("beside other waves: {}", trend.note.en),
        ));
    }
}

/// The options that a share counts; what else is estimated, with what is taken of the answers.
fn of_what(whole: &EstimateRecord) -> Text {
    let statistic = whole.statistic().text();
    let taken = match (whole.statistic(), &whole.detail) {
        (Statistic::Share, _) => {
            let options: Vec<String> = whole.values.iter().map(|o| format!("「{o}」")).collect();
            return Text::same(options.join("＋"));
        }
        (_, Detail::Quantile(prob)) => prob.to_string(),
        _ if whole.values.is_empty() => return statistic,
        _ => whole.values.join("、"),
    };
    Text::new(format!("{}（{taken}）", statistic.ja), format!("{} ({taken})", statistic.en))
}
