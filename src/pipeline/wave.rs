//! One wave of a survey: its answers, and the design that they were drawn by.

use std::collections::BTreeSet;

use super::plan::{Plan, ShareDefinition, Survey, Wave, Weighting};
use super::population::{Population, joined};
use crate::answers::cleaning::{AppliedChange, Log, clean};
use crate::answers::{self, Answers, BaseLedger, DecodeOptions, Harmonised, QuestionKind, Questionnaire, Responses};
use crate::design::{self, Declaration, Design, Fpc, LonelyPsu, Margin, Rake};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::Table;
use crate::text::Text;

use unicode_normalization::UnicodeNormalization;

/// The name of those who left an attribute blank.
pub(super) const UNKNOWN: &str = "不明";

/// A wave with everything that estimates need.
#[derive(Debug)]
pub(super) struct WaveData {
    /// Index of the survey.
    pub(super) survey: usize,
    /// Index of the wave in it.
    pub(super) wave: usize,
    /// The survey's questionnaire, with the further options that this wave had.
    pub(super) questionnaire: Questionnaire,
    /// The answers to it.
    pub(super) answers: Answers,
    /// The ledgers by the numbers of the wave's own paper.
    pub(super) ledgers: Vec<(String, BaseLedger)>,
    /// The design.
    pub(super) design: Design,
    /// How the design was made, for people.
    pub(super) how: Vec<Text>,
    /// What making the design found.
    pub(super) findings: Vec<Finding>,
    /// What the cleaning logs changed.
    pub(super) changes: Vec<AppliedChange>,
}

/// Applies the cleaning logs, decodes the tables of a wave and declares its design.
///
/// # Errors
/// Those of `answers::cleaning::clean`, of `answers::decode` and of the design: columns that are not there, duplicate ids
/// under `fail`, a weight that is no number, a population table that does not match.
pub(super) fn prepare(plan: &Plan, survey: usize, wave: usize, tables: &[Table], logs: &[Log], population: Option<&Table>) -> Result<WaveData> {
    let spec: &Survey = &plan.surveys[survey];
    let of: &Wave = &spec.waves[wave];
    let paper = of.paper.as_ref().map_or(&spec.questionnaire, |p| &p.questionnaire);
    let cleaned = if logs.is_empty() { None } else { Some(clean(paper, tables, of.respondent.as_deref(), logs, of.old_values)?) };
    let tables = cleaned.as_ref().map_or(tables, |c| &c.tables);
    let options = DecodeOptions {
        respondent: of.respondent.clone(),
        duplicates: of.duplicates,
        dont_know_missing: dont_know_missing(spec, of),
        removed: cleaned.as_ref().map(|c| c.removed.clone()).unwrap_or_default(),
    };
    let answers = answers::decode(paper, tables, &options)?;
    if answers.rows == 0 {
        return Err(nobody(spec, of, &answers));
    }
    let ledgers = paper.questions.iter().map(|q| q.id.clone()).zip(answers.ledger.iter().copied()).collect();
    let Harmonised { questionnaire, answers } = match &of.paper {
        Some(paper) => answers::harmonise(&spec.questionnaire, &paper.questionnaire, &paper.mapping, answers)?,
        None => Harmonised { questionnaire: spec.questionnaire.clone(), answers },
    };
    let place = of.population.as_ref().or(of.responses.first()).map(Place::file).unwrap_or_default();
    let (mut findings, mut how) = (Vec::new(), Vec::new());
    let design = declare(&questionnaire, of, &answers, tables, population, &mut findings, &mut how).map_err(|e| advised(e).at(&place))?;
    for finding in &mut findings {
        if finding.place == Place::default() {
            finding.place = place.clone();
        }
    }
    let (notes, changes) = cleaned.map_or_else(Default::default, |c| (c.findings, c.changes));
    findings.splice(0..0, notes);
    Ok(WaveData { survey, wave, questionnaire, answers, ledgers, design, how, findings, changes })
}

/// The categories that `share` counts in this wave.
pub(super) fn counted(plan: &Plan, data: &WaveData, share: &ShareDefinition) -> Vec<usize> {
    let survey = &plan.surveys[data.survey];
    let known = survey.questionnaire.questions.get(share.question).map_or(0, |q| q.categories().len());
    survey.waves[data.wave].counted(share, known)
}

/// The questions whose わからない counts as no answer, by the numbers of the wave's own paper.
pub(super) fn dont_know_missing(survey: &Survey, of: &Wave) -> BTreeSet<String> {
    let Some(paper) = &of.paper else { return survey.dont_know_missing.clone() };
    let own = |id: &String| {
        let (reference, _) = survey.questionnaire.question(id)?;
        paper.questionnaire.questions.get(paper.mapping.asked(reference)?.question).map(|q| q.id.clone())
    };
    survey.dont_know_missing.iter().filter_map(own).collect()
}

/// No valid return at all: what became of those that came in.
fn nobody(survey: &Survey, of: &Wave, answers: &Answers) -> Error {
    let (returned, invalid, twice) = answers.ledger.first().map_or((0, 0, 0), |l| (l.returned, l.invalid_returns, l.duplicates));
    Diagnostic::new(
        "plan::no-respondents",
        Text::new(
            format!("「{}」（{}）に有効な回答が1件もありません（回収 {returned}、無効票 {invalid}、重複 {twice}）", survey.title, of.year.long()),
            format!("\"{}\" ({}) has no valid return (returned {returned}, invalid {invalid}, duplicates {twice})", survey.title, of.year),
        ),
    )
    .at(of.responses.first().map(Place::file).unwrap_or_default())
    .help(Text::new("見出しの行数（header_rows）と回答者番号の列（respondent）を確かめてください", "check header_rows and the column of respondent"))
    .into()
}

/// The design's own mistakes, with advice in the words of the plan.
fn advised(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == "design::lonely-psu") {
        diagnostic.message = Text::new(
            format!("回答者が1人しかいない層があり、標本誤差を計算できません（{}）", diagnostic.message.ja),
            format!("a stratum with one respondent has no sampling error ({})", diagnostic.message.en),
        );
        diagnostic.help = Some(Text::new("strata の設問を減らすか、選択肢のまとまった設問にしてください", "take fewer or coarser questions as strata"));
    }
    Error::all(diagnostics).unwrap_or_else(|| Error::msg("design::lonely-psu", "回答者が1人しかいない層があります", "a stratum has one respondent"))
}

fn declare(
    questionnaire: &Questionnaire,
    of: &Wave,
    answers: &Answers,
    tables: &[Table],
    population: Option<&Table>,
    findings: &mut Vec<Finding>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    let population = population.map(Population::read).transpose()?;
    let mut declaration = Declaration::new(answers.rows).lonely(LonelyPsu::Fail);
    let names = |questions: &[usize]| -> Vec<String> { questions.iter().map(|q| questionnaire.questions[*q].id.clone()).collect() };
    if !of.strata.is_empty() {
        let strata = cells(questionnaire, answers, &of.strata);
        let named = names(&of.strata);
        how.push(Text::new(format!("層化: {}（{}層）", named.join(" × "), strata.names.len()), format!("strata: {} ({})", named.join(" × "), strata.names.len())));
        if let Some(population) = &population {
            let variables: Vec<&str> = named.iter().map(String::as_str).collect();
            let sizes = population.margin(&variables)?;
            let size: Vec<f64> = strata.names.iter().map(|n| population_of(n, &sizes, &named, findings)).collect::<Result<_>>()?;
            declaration = declaration.fpc(Fpc::PopulationSize(vec![strata.of_row.iter().map(|c| size[*c as usize]).collect()]));
            how.push(Text::new("有限母集団修正: 人口表による", "finite population correction: from the population table"));
        }
        declaration = declaration.strata(vec![strata.of_row]).stratum_names(strata.names);
    } else if let Some(population) = &population {
        let whole: f64 = population.margin(&[])?.iter().map(|(_, people)| people).sum();
        if whole < answers.rows as f64 {
            let rows = answers.rows;
            return Err(Error::msg(
                "plan::population-value",
                format!("人口表の人口の合計（{whole}人）が回答者の数（{rows}人）より少なくなっています"),
                format!("the population table has {whole} people, fewer than the {rows} respondents"),
            ));
        }
        declaration = declaration.fpc(Fpc::PopulationSize(vec![vec![whole; answers.rows]]));
        how.push(Text::new(format!("有限母集団修正: N = {whole}"), format!("finite population correction: N = {whole}")));
    }
    if let Weighting::Column(column) = &of.weighting {
        declaration = declaration.weights(weight_column(column, answers, tables)?);
        how.push(Text::new(format!("ウエイト: 列「{column}」"), format!("weights: column \"{column}\"")));
    }
    let design = design::declare(declaration)?;
    match (&of.weighting, &population) {
        (Weighting::Rake(questions), Some(population)) => {
            let mut margins = Vec::new();
            for question in questions {
                margins.push(margin(questionnaire, answers, &design, &[*question], population, findings)?);
            }
            let named = names(questions);
            how.push(Text::new(format!("ウエイト: {}の周辺分布に合わせたレイキング", named.join("、")), format!("weights: raked to the margins of {}", named.join(", "))));
            design.rake(&margins, &Rake::default())
        }
        (Weighting::PostStratify(questions), Some(population)) => {
            let margin = margin(questionnaire, answers, &design, questions, population, findings)?;
            let named = names(questions);
            how.push(Text::new(format!("ウエイト: {}による事後層化", named.join(" × ")), format!("weights: post-stratified by {}", named.join(" × "))));
            design.post_stratify(&margin)
        }
        _ => Ok(design),
    }
}

/// The crossing of single-answer questions: one cell a combination that somebody is in, named, in the order of the
/// categories; those who left one blank are 不明 there.
pub(super) struct CrossedCells {
    /// Cell of each respondent.
    pub(super) of_row: Vec<u32>,
    /// Name of each cell.
    pub(super) names: Vec<String>,
    /// Category names of each cell, one a question.
    pub(super) parts: Vec<Vec<String>>,
}

/// The crossing of the questions with these indices.
pub(super) fn cells(questionnaire: &Questionnaire, answers: &Answers, questions: &[usize]) -> CrossedCells {
    let code = |question: usize, row: usize| -> usize {
        match &answers.responses[question] {
            Responses::Single(rows) => match rows[row] {
                Ok(category) => usize::from(category),
                Err(_) => usize::MAX,
            },
            _ => usize::MAX,
        }
    };
    let keys: Vec<Vec<usize>> = (0..answers.rows).map(|row| questions.iter().map(|q| code(*q, row)).collect()).collect();
    let mut known: Vec<&Vec<usize>> = keys.iter().collect();
    known.sort_unstable();
    known.dedup();
    let of_row = keys.iter().map(|k| known.binary_search(&k).unwrap_or(0) as u32).collect();
    let label = |question: usize, category: usize| -> String {
        match &questionnaire.questions[question].kind {
            QuestionKind::Single(categories) => categories.get(category).map_or_else(|| UNKNOWN.to_owned(), |c| c.label.clone()),
            _ => UNKNOWN.to_owned(),
        }
    };
    let parts: Vec<Vec<String>> = known.iter().map(|k| questions.iter().zip(k.iter()).map(|(q, c)| label(*q, *c)).collect()).collect();
    let names = parts.iter().map(|p| joined(p.iter().map(String::as_str))).collect();
    CrossedCells { of_row, names, parts }
}

/// People in the stratum `name`. A stratum of those who left an attribute blank has no known size: it counts as infinite
/// (no correction), with a finding.
fn population_of(name: &str, sizes: &[(String, f64)], variables: &[String], findings: &mut Vec<Finding>) -> Result<f64> {
    let folded: String = name.nfkc().collect();
    if let Some((_, people)) = sizes.iter().find(|(n, _)| *n == folded) {
        return Ok(*people);
    }
    if name.split(" × ").any(|part| part == UNKNOWN) {
        findings.push(Finding::warning(
            "plan::stratum-unknown",
            Text::new(
                format!("{}が不明の回答者がいます。別の層とし、有限母集団修正をしません", variables.join("・")),
                format!("respondents without {} make a stratum of their own, without finite population correction", variables.join(", ")),
            ),
            Place::default(),
        ));
        return Ok(f64::INFINITY);
    }
    let known: Vec<&str> = sizes.iter().map(|(n, _)| n.as_str()).collect();
    Err(Diagnostic::new("plan::population-category", Text::new(format!("人口表に層「{name}」がありません"), format!("the population table has no stratum \"{name}\"")))
        .help(Text::new(format!("人口表の区分: {}", known.join("、")), format!("its categories: {}", known.join(", "))))
        .into())
}

/// The margin of questions in the population table. Respondents who left one blank cannot be matched: they keep the part
/// of the population that they are of the sample, and the other categories share the rest as the table has it.
fn margin(questionnaire: &Questionnaire, answers: &Answers, design: &Design, questions: &[usize], population: &Population<'_>, findings: &mut Vec<Finding>) -> Result<Margin> {
    let crossed = cells(questionnaire, answers, questions);
    let ids: Vec<&str> = questions.iter().map(|q| questionnaire.questions[*q].id.as_str()).collect();
    let mut table = population.margin(&ids)?;
    let name = ids.join(" × ");
    let unknown: Vec<bool> = crossed.parts.iter().map(|p| p.iter().any(|part| part == UNKNOWN)).collect();
    let (mut blank, mut blank_weight, mut weight) = (0_u64, 0.0, 0.0);
    for (cell, w) in crossed.of_row.iter().zip(design.weights()) {
        weight += w;
        if unknown[*cell as usize] {
            blank += 1;
            blank_weight += w;
        }
    }
    if blank > 0 {
        let people: f64 = table.iter().map(|(_, p)| p).sum();
        let part = blank_weight / weight;
        for (_, p) in &mut table {
            *p *= 1.0 - part;
        }
        table.push((UNKNOWN.to_owned(), people * part));
        findings.push(
            Finding::warning(
                "plan::margin-unknown",
                Text::new(
                    format!("「{name}」が不明の回答者は、標本での割合のまま（{}の1区分として）ウエイトを付けます", UNKNOWN),
                    format!("respondents without \"{name}\" keep their part of the sample when weighting"),
                ),
                Place::default(),
            )
            .count(blank),
        );
    }
    let folded: Vec<String> = crossed.names.iter().map(|n| n.nfkc().collect()).collect();
    if let Some((category, _)) = table.iter().find(|(c, people)| *people <= 0.0 && folded.contains(c)) {
        return Err(Error::msg(
            "plan::population-value",
            format!("人口表では「{category}」（{name}）の人口が0ですが、回答者がいます"),
            format!("the population table has nobody in \"{category}\" ({name}), but there are respondents"),
        ));
    }
    let respondents: Vec<Option<&str>> =
        crossed.of_row.iter().map(|c| Some(if unknown[*c as usize] { UNKNOWN } else { folded[*c as usize].as_str() })).collect();
    let (margin, found) = Margin::from_names(name, &respondents, &table)?;
    findings.extend(found);
    Ok(margin)
}

/// The weights of a column of the response files.
fn weight_column(column: &str, answers: &Answers, tables: &[Table]) -> Result<Vec<f64>> {
    let mut columns = Vec::new();
    let mut mistakes = Vec::new();
    for table in tables {
        match table.column(column) {
            Some(c) => columns.push(c),
            None => mistakes.push(
                Diagnostic::new("plan::weight-column", Text::new(format!("ウエイトの列「{column}」がありません"), format!("there is no weight column \"{column}\"")))
                    .at(Place::file(&table.digest.file)),
            ),
        }
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let mut mistakes = Vec::new();
    let mut weights = Vec::with_capacity(answers.rows);
    for (source, row) in answers.source.iter().zip(&answers.source_row) {
        let (table, at) = (&tables[usize::from(*source)], *row as usize);
        let cell = columns[usize::from(*source)];
        let text: String = cell.cell(at).text().trim().nfkc().collect();
        match text.parse::<f64>() {
            // Sums of squares of weights must stay far from the ends of an f64.
            Ok(w) if (0.0..1e15).contains(&w) => weights.push(w),
            _ => {
                let message = Text::new(format!("ウエイト「{text}」は使えません"), format!("\"{text}\" is no weight"));
                mistakes.push(Diagnostic::new("plan::weight-value", message).at(table.place(at, cell)));
            }
        }
    }
    // A column of the wrong kind would give one mistake a row: the first ones say enough.
    mistakes.truncate(10);
    Error::all(mistakes).map_or(Ok(weights), Err)
}
