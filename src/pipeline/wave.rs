//! One wave of a survey: its answers, and the design that they were drawn by.

use std::collections::BTreeSet;

use super::decoded::Decoded;
use super::plan::{Plan, ShareDefinition, Survey, Wave, Weighting};
use super::population::{Population, joined};
use crate::decode::{Answers, BaseLedger, DecodeOptions, Responses};
use crate::design::{self, Declaration, Design, Fpc, LonelyPsu, Margin, Rake};
use crate::edits::AppliedChange;
use crate::engine::Ranks;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::questionnaire::{Affected, QuestionKind, Questionnaire};
use crate::raw::Table;
use crate::text::Text;
use crate::waves;
use crate::waves::Harmonised;

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
    /// Whether an earlier run left the answers.
    pub(super) reused: bool,
    /// The survey's questionnaire, with the further options that this wave had.
    pub(super) questionnaire: Questionnaire,
    /// The answers to it.
    pub(super) answers: Answers,
    /// The weights of a column of the files, one a respondent.
    pub(super) weights: Option<Vec<f64>>,
    /// The ledgers by the numbers of the wave's own paper.
    pub(super) ledgers: Vec<(String, BaseLedger)>,
    /// How many answers called for a decision of the office, by question of the wave's own paper.
    pub(super) touched: Vec<Affected>,
    /// The design.
    pub(super) design: Design,
    /// How the design was made, for people.
    pub(super) how: Vec<Text>,
    /// What making the design found.
    pub(super) findings: Vec<Finding>,
    /// What the cleaning logs changed.
    pub(super) changes: Vec<AppliedChange>,
}

/// Brings the answers of a wave to the survey's questionnaire and declares its design.
///
/// # Errors
/// Nobody answered; those of the design: a population table that does not match.
pub(super) fn prepare(
    plan: &Plan,
    survey: usize,
    wave: usize,
    decoded: Decoded,
    population: Option<&Table>,
) -> Result<WaveData> {
    let spec: &Survey = &plan.surveys[survey];
    let of: &Wave = &spec.waves[wave];
    let paper = spec.paper(of).questionnaire;
    let Decoded { answers, weights, findings: notes, changes } = decoded;
    if answers.rows == 0 {
        return Err(nobody(spec, of, &answers));
    }
    let touched = answers.touched.clone();
    let ledgers = paper.questions.iter().map(|q| q.id.clone()).zip(answers.ledger.iter().copied()).collect();
    let Harmonised { questionnaire, answers } = match &of.paper {
        Some(paper) => waves::harmonise(&spec.questionnaire, &paper.questionnaire, &paper.mapping, answers)?,
        None => Harmonised { questionnaire: spec.questionnaire.clone(), answers },
    };
    let place = place_of(of);
    let (mut findings, mut how) = (Vec::new(), Vec::new());
    let said = Said { questionnaire: &questionnaire, answers: &answers, weights: weights.as_deref() };
    let design =
        declare(&said, of, population, &mut findings, &mut how).map_err(|e| advised(e).at(&place))?;
    for finding in &mut findings {
        if finding.place == Place::default() {
            finding.place = place.clone();
        }
    }
    findings.splice(0..0, notes);
    Ok(WaveData {
        survey,
        wave,
        reused: false,
        questionnaire,
        answers,
        weights,
        ledgers,
        touched,
        design,
        how,
        findings,
        changes,
    })
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

fn place_of(of: &Wave) -> Place {
    of.population.as_ref().or(of.responses.first()).map(Place::file).unwrap_or_default()
}

/// How the files of a wave are read as answers, but for the returns that a person took out.
pub(super) fn decode_options(survey: &Survey, of: &Wave) -> DecodeOptions {
    DecodeOptions {
        respondent: of.respondent.clone(),
        duplicates: of.duplicates,
        dont_know_missing: dont_know_missing(survey, of),
        removed: BTreeSet::new(),
    }
}

/// The design of a wave whose answers have become others.
///
/// # Errors
/// Those of the design, as in [`prepare`].
pub(super) fn redesign(plan: &Plan, data: &WaveData, population: Option<&Table>) -> Result<Design> {
    let of = &plan.surveys[data.survey].waves[data.wave];
    let (mut findings, mut how) = (Vec::new(), Vec::new());
    let said =
        Said { questionnaire: &data.questionnaire, answers: &data.answers, weights: data.weights.as_deref() };
    declare(&said, of, population, &mut findings, &mut how).map_err(|e| advised(e).at(&place_of(of)))
}

/// The questions whose answers make the weights, and those that make the design at all.
pub(super) fn design_questions(of: &Wave) -> (Vec<usize>, Vec<usize>) {
    let weights = match &of.weighting {
        Weighting::Rake(questions) | Weighting::PostStratify(questions) => questions.clone(),
        Weighting::None | Weighting::Column(_) => Vec::new(),
    };
    let all = [weights.as_slice(), of.strata.as_slice()].concat();
    (weights, all)
}

/// No valid return at all: what became of those that came in.
fn nobody(survey: &Survey, of: &Wave, answers: &Answers) -> Error {
    let (returned, invalid, twice) =
        answers.ledger.first().map_or((0, 0, 0), |l| (l.returned, l.invalid_returns, l.duplicates));
    Diagnostic::new(
        "plan::no-respondents",
        Text::new(
            format!(
                "「{}」（{}）に有効な回答が1件もありません（回収 {returned}、無効票 {invalid}、重複 \
                 {twice}）",
                survey.title,
                of.year.long()
            ),
            format!(
                "\"{}\" ({}) has no valid return (returned {returned}, invalid {invalid}, duplicates \
                 {twice})",
                survey.title, of.year
            ),
        ),
    )
    .at(of.responses.first().map(Place::file).unwrap_or_default())
    .help(Text::new(
        "見出しの行数（header_rows）と回答者番号の列（respondent）を確かめてください",
        "check header_rows and the column of respondent",
    ))
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
        diagnostic.help = Some(Text::new(
            "strata の設問を減らすか、選択肢のまとまった設問にしてください",
            "take fewer or coarser questions as strata",
        ));
    }
    Error::all(diagnostics).unwrap_or_else(|| {
        Error::msg("design::lonely-psu", "回答者が1人しかいない層があります", "a stratum has one respondent")
    })
}

/// What respondents said.
struct Said<'a> {
    questionnaire: &'a Questionnaire,
    answers: &'a Answers,
    weights: Option<&'a [f64]>,
}

fn declare(
    said: &Said<'_>,
    of: &Wave,
    population: Option<&Table>,
    findings: &mut Vec<Finding>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    let Said { questionnaire, answers, weights } = *said;
    let population = population.map(Population::read).transpose()?;
    let mut declaration = Declaration::new(answers.rows).lonely(LonelyPsu::Fail);
    let names = |questions: &[usize]| -> Vec<String> {
        questions.iter().map(|q| questionnaire.questions[*q].id.clone()).collect()
    };
    if !of.strata.is_empty() {
        let strata = cells(questionnaire, answers, &of.strata);
        let named = names(&of.strata);
        how.push(Text::new(
            format!("層化: {}（{}層）", named.join(" × "), strata.names.len()),
            format!("strata: {} ({})", named.join(" × "), strata.names.len()),
        ));
        if let Some(population) = &population {
            let variables: Vec<&str> = named.iter().map(String::as_str).collect();
            let sizes = population.margin(&variables)?;
            let size: Vec<f64> = strata
                .names
                .iter()
                .map(|n| population_of(n, &sizes, &named, findings))
                .collect::<Result<_>>()?;
            declaration = declaration
                .fpc(Fpc::PopulationSize(vec![strata.of_row.iter().map(|c| size[*c as usize]).collect()]));
            how.push(Text::new(
                "有限母集団修正: 人口表による",
                "finite population correction: from the population table",
            ));
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
        how.push(Text::new(
            format!("有限母集団修正: N = {whole}"),
            format!("finite population correction: N = {whole}"),
        ));
    }
    if let Weighting::Column(column) = &of.weighting {
        declaration = declaration.weights(weights.map(<[f64]>::to_vec).unwrap_or_default());
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
            how.push(Text::new(
                format!("ウエイト: {}の周辺分布に合わせたレイキング", named.join("、")),
                format!("weights: raked to the margins of {}", named.join(", ")),
            ));
            design.rake(&margins, &Rake::default())
        }
        (Weighting::PostStratify(questions), Some(population)) => {
            let margin = margin(questionnaire, answers, &design, questions, population, findings)?;
            let named = names(questions);
            how.push(Text::new(
                format!("ウエイト: {}による事後層化", named.join(" × ")),
                format!("weights: post-stratified by {}", named.join(" × ")),
            ));
            design.post_stratify(&margin)
        }
        _ => Ok(design),
    }
}

/// The crossing of single-answer questions: one cell a combination that somebody is in, named, in the order
/// of the categories; those who left one blank are 不明 there.
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
    let labels = |question: usize| -> Vec<&str> {
        let known = match &questionnaire.questions[question].kind {
            QuestionKind::Single(categories) => categories.as_slice(),
            _ => &[],
        };
        known.iter().map(|c| c.label.as_str()).chain([UNKNOWN]).collect()
    };
    // One question after the other, so that there are never more cells than rows.
    let mut of_row = vec![0; answers.rows];
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for &question in questions {
        let labels = labels(question);
        let unknown = labels.len() as u64 - 1;
        let said = |row: usize| match &answers.responses[question] {
            Responses::Single(rows) => rows[row].map_or(unknown, |category| u64::from(category).min(unknown)),
            _ => unknown,
        };
        let count = labels.len();
        let ranks = Ranks::of(answers.rows, parts.len() * count, |row| {
            u64::from(of_row[row]) * count as u64 + said(row)
        });
        let part = |code: &u64| {
            let (before, category) = (*code as usize / count, *code as usize % count);
            parts[before].iter().cloned().chain([labels[category].to_owned()]).collect()
        };
        (parts, of_row) = (ranks.codes.iter().map(part).collect(), ranks.of_row);
    }
    let names = parts.iter().map(|p| joined(p.iter().map(String::as_str))).collect();
    CrossedCells { of_row, names, parts }
}

/// People in the stratum `name`. A stratum of those who left an attribute blank has no known size: it counts
/// as infinite (no correction), with a finding.
fn population_of(
    name: &str,
    sizes: &[(String, f64)],
    variables: &[String],
    findings: &mut Vec<Finding>,
) -> Result<f64> {
    let folded: String = name.nfkc().collect();
    if let Some((_, people)) = sizes.iter().find(|(n, _)| *n == folded) {
        return Ok(*people);
    }
    if name.split(" × ").any(|part| part == UNKNOWN) {
        findings.push(Finding::warning(
            "plan::stratum-unknown",
            Text::new(
                format!(
                    "{}が不明の回答者がいます。別の層とし、有限母集団修正をしません",
                    variables.join("・")
                ),
                format!(
                    "respondents without {} make a stratum of their own, without finite population \
                     correction",
                    variables.join(", ")
                ),
            ),
            Place::default(),
        ));
        return Ok(f64::INFINITY);
    }
    let known: Vec<&str> = sizes.iter().map(|(n, _)| n.as_str()).collect();
    Err(Diagnostic::new(
        "plan::population-category",
        Text::new(
            format!("人口表に層「{name}」がありません"),
            format!("the population table has no stratum \"{name}\""),
        ),
    )
    .help(Text::new(
        format!("人口表の区分: {}", known.join("、")),
        format!("its categories: {}", known.join(", ")),
    ))
    .into())
}

/// The margin of questions in the population table. Respondents who left one blank cannot be matched: they
/// keep the part of the population that they are of the sample, and the other categories share the rest as
/// the table has it.
fn margin(
    questionnaire: &Questionnaire,
    answers: &Answers,
    design: &Design,
    questions: &[usize],
    population: &Population<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Margin> {
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
                    format!(
                        "「{name}」が不明の回答者は、標本での割合のまま（{}の1区分として）ウエイトを付けます",
                        UNKNOWN
                    ),
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
    let respondents: Vec<Option<&str>> = crossed
        .of_row
        .iter()
        .map(|c| Some(if unknown[*c as usize] { UNKNOWN } else { folded[*c as usize].as_str() }))
        .collect();
    let (margin, found) = Margin::from_names(name, &respondents, &table)?;
    findings.extend(found);
    Ok(margin)
}
