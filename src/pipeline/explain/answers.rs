//! What was answered: the options of a question with their counts, or the numbers between their ends.

use super::super::adhoc::breakdown;
use super::super::definition::{EstimateDefinition, StatisticDefinition};
use super::super::estimates::worth;
use super::super::plan::Plan;
use super::super::wave::{WaveData, counted, domain};
use super::section::{Section, section};
use crate::decode::Responses;
use crate::indicator::EstimateRecord;
use crate::questionnaire::Category;
use crate::text::Text;

/// Who is in the record's part of the breakdown; everyone where it is 全体.
pub(super) fn part_of(data: &WaveData, record: &EstimateRecord) -> Vec<bool> {
    let names: Vec<String> = record.key.groups.iter().map(|g| g.variable.clone()).collect();
    let found = breakdown(&data.variables(), &names).ok().and_then(|by| {
        let group = |name: &Vec<(String, String)>| {
            name.iter().zip(&record.key.groups).all(|((_, value), g)| *value == g.value)
        };
        by.iter().find_map(|by| by.names.iter().position(group).map(|at| by.groups.mask(at)))
    });
    found.unwrap_or_else(|| vec![false; data.answers.rows])
}

/// The answers of the record's part, of those whom the estimate is of.
pub(super) fn answers_lines(
    plan: &Plan,
    data: &WaveData,
    definition: &EstimateDefinition,
    record: &EstimateRecord,
    part: &[bool],
) -> Section {
    let domain = domain(plan, data, definition);
    let inside: Vec<bool> = match &domain {
        Some(domain) => part.iter().zip(domain).map(|(part, domain)| *part && *domain).collect(),
        None => part.to_vec(),
    };
    let whom = match (record.key.groups.is_empty(), domain.is_some()) {
        (true, false) => Text::new("全有効回答者", "all valid returns"),
        (true, true) => Text::new("対象者", "those whom it is of"),
        (false, false) => Text::new("この区分の回答者", "this part"),
        (false, true) => Text::new("この区分の対象者", "those of this part whom it is of"),
    };
    match &definition.statistic {
        StatisticDefinition::Share { question, categories, .. } => {
            let counts = counted(plan, data, *question, categories);
            let mark = |k: usize| if counts.contains(&k) { "○" } else { "　" }.to_owned();
            let mut lines = options(data, *question, &inside, mark);
            lines.push(Text::new(
                format!("（{}での件数。複数の選択肢を選んだ人は1人と数える）", whom.ja),
                format!("(counts over {}; who chose several of them counts once)", whom.en),
            ));
            section("選択肢（数えるものに○）", "Options (○ counts)", lines)
        }
        StatisticDefinition::Score { question, .. } => {
            let worth = worth(plan, data, definition);
            let points = |k: usize| worth.get(k).copied().flatten();
            let mark = |k: usize| points(k).map_or_else(|| "　―".to_owned(), |x| format!("{x:>3}"));
            let mut lines = options(data, *question, &inside, mark);
            lines.push(Text::new(
                format!("（{}での件数。―は点数がなく、集計の外）", whom.ja),
                format!("(counts over {}; ― has no points and is outside)", whom.en),
            ));
            section("選択肢と点数", "Options and their points", lines)
        }
        StatisticDefinition::Mean(_)
        | StatisticDefinition::Total(_)
        | StatisticDefinition::Ratio { .. }
        | StatisticDefinition::Quantile { .. } => {
            let mut lines: Vec<Text> =
                definition.questions().into_iter().map(|question| range(data, question, &inside)).collect();
            lines.push(Text::new(format!("（{}）", whom.ja), format!("({})", whom.en)));
            section("数", "Numbers", lines)
        }
    }
}

/// The options of a question, each behind its mark, with their counts.
fn options(data: &WaveData, question: usize, inside: &[bool], mark: impl Fn(usize) -> String) -> Vec<Text> {
    let responses = &data.answers.responses[question];
    let count = |k: usize| -> usize {
        let marked = |row: usize| match responses {
            Responses::Single(rows) => matches!(rows.get(row), Some(Ok(c)) if usize::from(*c) == k),
            Responses::Multiple(rows) => matches!(rows.get(row), Some(Ok(bits)) if bits >> k & 1 == 1),
            Responses::Number(_) | Responses::Text(_) => false,
        };
        inside.iter().enumerate().filter(|(row, inside)| **inside && marked(*row)).count()
    };
    let line = |(k, c): (usize, &Category)| {
        let mark = mark(k);
        Text::new(
            format!("{mark} {} {}　{}件", c.code, c.label, count(k)),
            format!("{mark} {} {}  {}", c.code, c.label, count(k)),
        )
    };
    data.questionnaire.questions[question].categories().iter().enumerate().map(line).collect()
}

/// How many numbers were answered, and the least and the greatest of them.
fn range(data: &WaveData, question: usize, inside: &[bool]) -> Text {
    let id = &data.questionnaire.questions[question].id;
    let responses = &data.answers.responses[question];
    let numbers: Vec<f64> =
        (0..data.answers.rows).filter(|row| inside[*row]).filter_map(|row| responses.number(row)).collect();
    if numbers.is_empty() {
        return Text::new(format!("{id}　0件"), format!("{id}  none"));
    }
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Text::new(
        format!("{id}　{}件、最小 {low}、最大 {high}", numbers.len()),
        format!("{id}  {} numbers, from {low} to {high}", numbers.len()),
    )
}
