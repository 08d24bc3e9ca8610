//! The ledgers of a plan on the terminal: every question where they fit on a page, else the surveys and the
//! questions to look at first.

use shihyo::indicator::LedgerRecord;
use shihyo::pipeline::Plan;
use shihyo::text::{Lang, Text};

use super::screen;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// What fits on a page.
    Page,
    /// Every question.
    All,
}

/// So many questions fit on a page.
const PAGE: usize = 40;

/// Of more than these, so many are shown.
const RANKED: usize = 15;

/// The tables, with a line that says what is left out.
pub(super) fn ledgers(plan: &Plan, records: &[LedgerRecord], shown: Shown, lang: Lang) -> String {
    let word = |ja: &str, en: &str| Text::new(ja, en).get(lang).to_owned();
    let name = |record: &LedgerRecord| {
        let title = plan.surveys.iter().find(|s| s.key == record.survey).map_or(&record.survey, |s| &s.title);
        format!("{title} {}", record.wave)
    };
    let row = |record: &LedgerRecord| {
        let n = &record.ledger;
        let mut row = vec![name(record), record.question.clone()];
        let counts = [
            n.returned,
            n.invalid_returns,
            n.duplicates,
            n.not_asked,
            n.no_answer + n.dont_know,
            n.invalid,
            n.valid,
        ];
        row.extend(counts.iter().map(u64::to_string));
        row
    };
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
    if shown == Shown::All || records.len() <= PAGE {
        return screen::table(&header, &records.iter().map(row).collect::<Vec<_>>(), 2..9);
    }
    let mut waves: Vec<(String, usize, &LedgerRecord)> = Vec::new();
    for record in records {
        match waves
            .iter_mut()
            .find(|(_, _, first)| (&first.survey, first.wave) == (&record.survey, record.wave))
        {
            Some((_, questions, _)) => *questions += 1,
            None => waves.push((name(record), 1, record)),
        }
    }
    let of_waves = [
        word("調査", "survey"),
        word("設問の数", "questions"),
        word("回収", "returned"),
        word("無効票", "invalid"),
        word("重複", "duplicates"),
        word("有効回収", "valid returns"),
    ];
    let wave = |(name, questions, first): &(String, usize, &LedgerRecord)| {
        let n = &first.ledger;
        let valid = n.returned - n.invalid_returns - n.duplicates;
        let counts = [*questions as u64, n.returned, n.invalid_returns, n.duplicates, valid];
        [name.clone()].into_iter().chain(counts.iter().map(u64::to_string)).collect::<Vec<_>>()
    };
    let mut out = screen::table(&of_waves, &waves.iter().map(wave).collect::<Vec<_>>(), 1..6);
    let mut ranked: Vec<&LedgerRecord> = records.iter().collect();
    ranked.sort_by(|a, b| without_answer(b).total_cmp(&without_answer(a)));
    ranked.truncate(RANKED);
    let (all, few) = (records.len(), ranked.len());
    let told = Text::new(
        format!(
            "設問 {all}件のうち、答えのない人（無回答と無効回答）の割合が大きい{few}件（すべては --all）"
        ),
        format!("of {all} questions the {few} with the greatest share without a valid answer (all: --all)"),
    );
    out.push_str(told.get(lang));
    out.push('\n');
    out.push_str(&screen::table(&header, &ranked.into_iter().map(row).collect::<Vec<_>>(), 2..9));
    out
}

/// Of those whom a question applied to, the share without a valid answer; 0 where it applied to nobody.
fn without_answer(record: &LedgerRecord) -> f64 {
    let n = &record.ledger;
    let without = n.no_answer + n.dont_know + n.invalid;
    if without == 0 { 0.0 } else { without as f64 / (without + n.valid) as f64 }
}
