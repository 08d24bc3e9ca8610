//! `shihyo run`: the main job.

use std::error::Error as _;

use shihyo::code::Code;
use shihyo::derived::cache::Keeping;
use shihyo::error::{Error, Result};
use shihyo::indicator::{DataKind, FiscalYear, IndicatorTable, ProgressState};
use shihyo::pipeline::{self, Plan, Project, Reuse, RunOutcome};
use shihyo::text::refusal::Refusal;
use shihyo::text::{Lang, Text};

use super::args::{EarlierArgs, RunArgs};
use super::bars::Bars;
use super::ending::Ending;
use super::message::{Talk, synthetic};

pub(crate) fn run(args: &RunArgs, talk: &Talk) -> Result<Ending> {
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|error| {
            let refused = error.source().and_then(|source| source.downcast_ref()).map(Refusal::of);
            let why = refused.map_or_else(|| Text::same(error.to_string()), |refusal| refusal.text());
            Error::msg(
                Code::CliThreads,
                format!("スレッドを用意できません（{}）", why.ja),
                format!("cannot start the threads ({})", why.en),
            )
        })?;
    }
    let bars = Bars::new(talk.lang, talk.bars);
    let project = Project::of(&args.plan)?;
    let plan = pipeline::load(&project)?;
    // A run that writes elsewhere leaves derived/ as it is.
    let keeping = if args.out.is_some() { Keeping::Look } else { Keeping::Keep };
    let reuse = earlier(&args.earlier, &project, keeping);
    let outcome = pipeline::compute_streamed(&project, &plan, reuse.as_ref(), &bars)?;
    let dir = args.out.clone().unwrap_or_else(|| project.derived());
    let written = pipeline::write(&plan, &outcome, &dir, &bars)?;
    if let Some(reuse) = reuse {
        reuse.sweep();
    }
    for finding in &written.left {
        let place = |lang| finding.place.words(lang);
        talk.warn(&Text::new(
            format!("{}（{}）", finding.message.ja, place(Lang::Ja)),
            format!("{} ({})", finding.message.en, place(Lang::En)),
        ));
    }
    let all = Text::new(
        format!("すべては {}", written.dir.join("quality.csv").display()),
        format!("all of them: {}", written.dir.join("quality.csv").display()),
    );
    summary(&plan, &outcome, (&all, None), talk);
    talk.say(&Text::new(
        format!("書き出しました: {}", written.dir.display()),
        format!("written: {}", written.dir.display()),
    ));
    Ok(ending(&plan, &outcome, talk))
}

/// Lines about findings that stand on a page beside the rest.
pub(crate) const LINES_OF_FINDINGS: usize = 40;

/// The answers that earlier runs left.
pub(crate) fn earlier(args: &EarlierArgs, project: &Project, keeping: Keeping) -> Option<Reuse> {
    (!args.no_cache).then(|| Reuse::of(project, keeping))
}

/// What a person wants to know at once: how much was read, what stands where, what to look at; `all` says
/// where the whole list of that is, and `most` how many lines of it are shown.
pub(crate) fn summary(plan: &Plan, outcome: &RunOutcome, (all, most): (&Text, Option<usize>), talk: &Talk) {
    talk.say(&Text::same(&plan.title));
    if plan.data == DataKind::Synthetic {
        talk.say(&synthetic());
    }
    let rows: u64 = outcome.inputs.iter().filter_map(|d| d.rows).sum();
    talk.say(&Text::new(
        format!("ファイル {}件（{rows}行）、推定値 {}個", outcome.inputs.len(), outcome.estimates.len()),
        format!("{} files ({rows} rows), {} estimates", outcome.inputs.len(), outcome.estimates.len()),
    ));
    if !outcome.reused.is_empty() {
        let waves = |of: &dyn Fn(&(String, FiscalYear)) -> String, between: &str| {
            outcome.reused.iter().map(of).collect::<Vec<_>>().join(between)
        };
        talk.say(&Text::new(
            format!(
                "ファイルも調査票も前回と同じなので、前回の読み取り結果を使いました: {}",
                waves(&|(title, year)| format!("{title}（{}）", year.long()), "、")
            ),
            format!(
                "files and questionnaire are as before, so their answers were taken over: {}",
                waves(&|(title, year)| format!("{title} ({year})"), ", ")
            ),
        ));
    }
    let [changed, blanked, removed] = outcome.cleaned();
    if changed + blanked + removed > 0 {
        talk.say(&Text::new(
            format!("修正記録: 修正 {changed}件、無回答にした {blanked}件、除いた票 {removed}件"),
            format!(
                "cleaning log: {changed} answers changed, {blanked} made blank, {removed} returns taken out"
            ),
        ));
    }
    talk.say(&states(&outcome.table));
    let warnings = outcome.warnings();
    if warnings > 0 {
        talk.say(&Text::new(
            format!("確認が必要な事項 {warnings}件（{}）", all.ja),
            format!("{warnings} things to look at ({})", all.en),
        ));
        talk.findings(&outcome.quality.findings, most);
    }
}

/// Exit code 1 when there are more warnings than the plan allows, and why.
pub(crate) fn ending(plan: &Plan, outcome: &RunOutcome, talk: &Talk) -> Ending {
    let warnings = outcome.warnings();
    match plan.warning_limit {
        Some(limit) if warnings > limit => {
            talk.warn(&Text::new(
                format!(
                    "確認が必要な事項（{warnings}件）が計画の上限 warning_limit = {limit} を超えています。"
                ),
                format!("{warnings} things to look at: more than the plan's warning_limit = {limit}."),
            ));
            Ending::TooManyFindings
        }
        _ => Ending::Good,
    }
}

fn states(table: &IndicatorTable) -> Text {
    let words = [
        (ProgressState::TargetMet, "目標達成", "target met"),
        (ProgressState::Improved, "改善", "improved"),
        (ProgressState::LittleChange, "ほぼ変化なし", "little change"),
        (ProgressState::Worse, "悪化", "worse"),
        (ProgressState::BaselineOnly, "現状値のみ", "baseline only"),
        (ProgressState::NoTarget, "目標値なし", "no target"),
        (ProgressState::NoBaseline, "現状値なし", "no baseline"),
        (ProgressState::NotComparable, "比較不可", "not comparable"),
    ];
    let count =
        |state| table.rows.iter().flat_map(|r| &r.measures).filter(|m| m.status.state == state).count();
    let of = |japanese: bool| -> String {
        let parts = words
            .iter()
            .map(|(state, ja, en)| (if japanese { *ja } else { *en }, count(*state)))
            .filter(|(_, n)| *n > 0);
        parts.map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(if japanese {
            "、"
        } else {
            ", "
        })
    };
    Text::new(format!("達成状況: {}", of(true)), format!("progress: {}", of(false)))
}
