//! A wave whose file is added up as it is read: no row is held. Its numbers are those that the rows give,
//! byte for byte; where they could be others, or something would have to be told of a row, the rows are read.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::adhoc::{By, Estimates, Levels, Measure, Numbers, Reporting, Sums, Values, Wanted, breakdown};
use super::adhoc::{CountedColumn, in_one, rows_of_estimates};
use super::decoded::decode_options;
use super::definition::StatisticDefinition;
use super::estimates::{as_measure, asked_breakdowns, labelled, options, worth};
use super::plan::{Plan, Survey, Wave};
use super::planned::{PlannedEstimate, planned, planned_in};
use super::sample_design::totals::{DesignOfTotals, Units};
use super::sample_design::{FittedSums, SampleDesign};
use super::source::Request;
use super::variables::distinct::table_of_distinct;
use super::variables::source::{Decoded, Source};
use super::wave::{DesignFiles, WaveData, counted, declared, placed};
use crate::decode::decoder::gather;
use crate::decode::distinct::{self, CellOfQuestion};
use crate::decode::redacted::{note, sampled_columns};
use crate::decode::{Answers, BaseLedger, MissingReason, Responses, holds, share_outcome};
use crate::engine::{Crossed, StreamColumns, Streamed, stream};
use crate::finding::Finding;
use crate::indicator::EstimateRecord;
use crate::provenance::FileDigest;
use crate::questionnaire::{Affected, AskedIf};
use crate::raw::scan::{HandOver, Plain};
use crate::raw::{self, ReadOptions, Table};

/// A wave that was added up.
#[derive(Debug)]
pub(super) struct Summed {
    /// The identity of its file.
    pub(super) digest: FileDigest,
    /// The wave; its answers hold no rows.
    pub(super) data: WaveData,
    /// Its records, as [`super::estimates::estimates`] has them.
    pub(super) records: Vec<EstimateRecord>,
}

/// Reads the only response file of a wave and computes its numbers in one pass, with the population tables by
/// the names of their files.
///
/// # Errors
/// Why the rows are needed. Mistakes are among the reasons: they are told where the rows are read.
pub(super) fn summed(
    plan: &Plan,
    (s, w): (usize, usize),
    requests: &[Request],
    populations: &BTreeMap<String, Table>,
) -> Result<Summed, HandOver> {
    let survey = &plan.surveys[s];
    let wave = &survey.waves[w];
    if !wave.joins.is_empty() {
        return Err(HandOver::Joined);
    }
    let [request] = requests else { return Err(HandOver::Files) };
    if !is_plain(wave) || request.options != ReadOptions::of_responses() {
        return Err(HandOver::Wave);
    }
    if wave.design.files().any(|name| !populations.contains_key(name)) {
        return Err(HandOver::Population);
    }
    let files = DesignFiles { responses: &[], populations, scales: &BTreeMap::new() };
    let design = declared(&wave.design, files).map_err(|_| HandOver::Design)?;
    if !design.is_of_totals() || !are_of_totals(plan, (s, w)) {
        return Err(HandOver::Design);
    }
    let before = raw::stamp(&request.path);
    let file = Plain::look(&request.path, &request.name, &request.options)?;
    let reading = Reading::of(plan, (s, w), file.beginning())?;
    let (digest, streamed) =
        rayon::join(|| raw::digest(&request.path, &request.name), || stream(&file, &reading.columns));
    let (streamed, known) = (streamed?, digest.map_err(|_| HandOver::File)?);
    if before.is_none() || raw::stamp(&request.path) != before {
        return Err(HandOver::Changed);
    }
    let encoding = file.beginning().digest.encoding.clone();
    let digest = FileDigest { rows: Some(streamed.rows), encoding, ..known };
    let combined = match reading.margins.is_empty() {
        true => None,
        false => Some(streamed.combined(&reading.margins).ok_or(HandOver::Margins)?),
    };
    let Added { data, weight_of_key, unit_of_key, answers } =
        reading.wave(&design, (&streamed, combined.as_ref()), (s, w))?;
    let options = options(plan, &data);
    let keys = (weight_of_key.as_slice(), unit_of_key.as_slice());
    let fitted =
        combined.as_ref().map(|crossed| FittedSums::of(&data.built.design, &streamed, crossed, keys));
    let fitted = fitted.transpose()?;
    let sums = Sums {
        columns: &reading.columns,
        streamed: &streamed,
        weights: &weight_of_key,
        fitted: fitted.as_ref(),
        made: &data.built,
        options: &options,
    };
    let records = reading.records(&data, &sums, &answers)?;
    Ok(Summed { digest, data, records })
}

/// Whether a wave has nothing that needs rows whatever is in its file.
fn is_plain(wave: &Wave) -> bool {
    wave.paper.is_none() && wave.cleaning_logs.is_empty() && wave.design.rscales().is_none()
}

/// Whether all that is planned of a wave is a function of totals: replicates are of shares only, and
/// quantiles of fitted weights need the rows.
fn are_of_totals(plan: &Plan, (survey, wave): (usize, usize)) -> bool {
    let design = &plan.surveys[survey].waves[wave].design;
    planned(plan, survey).iter().all(|e| match e.definition.statistic {
        StatisticDefinition::Share { .. } => true,
        StatisticDefinition::Quantile { .. } => design.replicates.is_none() && design.fit.is_none(),
        _ => design.replicates.is_none(),
    })
}

/// A wave with what its sums are told.
struct Added {
    data: WaveData,
    /// The weight of each key, before weights are fitted.
    weight_of_key: Vec<f64>,
    /// The unit of each key.
    unit_of_key: Vec<u32>,
    /// The answers to each question by the values of its column.
    answers: Vec<Responses>,
}

/// What is read of a file for a wave.
struct Reading<'a> {
    plan: &'a Plan,
    survey: &'a Survey,
    wave: &'a Wave,
    /// The header and the first rows.
    beginning: &'a Table,
    questions: CellOfQuestion,
    columns: StreamColumns,
    /// The margins that weights are fitted to, by their place among the classifications.
    margins: Vec<usize>,
    /// The plan's breakdowns that the wave has.
    by: Vec<&'a Vec<String>>,
}

impl<'a> Reading<'a> {
    fn of(plan: &'a Plan, (s, w): (usize, usize), table: &'a Table) -> Result<Self, HandOver> {
        let survey = &plan.surveys[s];
        let wave = &survey.waves[w];
        let questionnaire = &survey.questionnaire;
        let questions = distinct::cells(questionnaire, table).ok_or(HandOver::Questionnaire)?;
        let position = |name: &String| match questionnaire.question(name) {
            Some((index, _)) => questions.column.get(index).copied().ok_or(HandOver::Column),
            None => table.column(name).map(|c| c.position).ok_or(HandOver::Column),
        };
        let first = |names: &[String]| names.first().map(position).transpose();
        let of = &wave.design;
        let (key, cluster, size) = (first(&of.strata)?, first(&of.clusters)?, first(&of.fpc)?);
        let weight = of.weight.as_ref().map(position).transpose()?;
        let is_question = |name: &&String| questionnaire.question(name).is_some();
        if of.fpc.iter().chain(&of.weight).any(|name| is_question(&name)) {
            return Err(HandOver::NumbersOfQuestions);
        }
        let ids = wave.respondent.as_ref().map(position).transpose()?;
        let column = |question: usize| questions.column.get(question).copied().ok_or(HandOver::Column);
        let of_survey = planned(plan, s);
        let domains = of_survey.iter().filter_map(|e| e.definition.domain.as_ref());
        let domains: Vec<usize> =
            domains.flat_map(AskedIf::questions).map(column).collect::<Result<_, _>>()?;
        let by = asked_breakdowns(plan, questionnaire, wave);
        let mut cells: Vec<usize> =
            by.iter().copied().flatten().map(position).collect::<Result<Vec<_>, _>>()?;
        let margins = of.fitted().iter().map(position).collect::<Result<Vec<_>, _>>()?;
        cells.extend(domains.iter().chain(&margins));
        sorted(&mut cells);
        let place = |position: &usize| cells.iter().position(|cell| cell == position);
        let breakdown = |names: &&Vec<String>| -> Result<Vec<usize>, HandOver> {
            let own = names.iter().map(position).collect::<Result<Vec<_>, _>>()?;
            let mut places = own.iter().chain(&domains).chain(&margins).filter_map(place).collect();
            sorted(&mut places);
            Ok(places)
        };
        let breakdowns = by.iter().map(breakdown).collect::<Result<Vec<_>, _>>()?;
        let mut margins: Vec<usize> = margins.iter().filter_map(place).collect();
        sorted(&mut margins);
        // Of what is no classification, how often each value occurs is all that ledgers need.
        let known = |position: &usize| cells.contains(position) || key == Some(*position);
        let mut measures: Vec<usize> = questions.column.iter().copied().filter(|p| !known(p)).collect();
        let questions_of = of_survey.iter().flat_map(|e| e.definition.questions());
        measures.extend(questions_of.map(column).collect::<Result<Vec<_>, _>>()?);
        sorted(&mut measures);
        let measure = |position: usize| measures.iter().position(|m| *m == position);
        let ratio = |e: &PlannedEstimate<'_>| match e.definition.statistic {
            StatisticDefinition::Ratio { numerator, denominator } => {
                Some((measure(column(numerator).ok()?)?, measure(column(denominator).ok()?)?))
            }
            _ => None,
        };
        let mut pairs: Vec<(usize, usize)> = of_survey.iter().filter_map(ratio).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut columns = StreamColumns {
            key,
            cluster,
            weight,
            size,
            cells,
            breakdowns,
            measures,
            pairs,
            ids,
            others: Vec::new(),
            answers: Vec::new(),
        };
        let codes = columns.codes();
        let answers = questions.answers.iter().filter(|(position, _)| codes.contains(position));
        columns.answers = answers.cloned().collect();
        let read = |position: &usize| {
            let of_design = [key, cluster, weight, size, ids].contains(&Some(*position));
            of_design || codes.contains(position)
        };
        if columns.answers.is_empty() {
            return Err(HandOver::Columns);
        }
        // Whether they hold personal data shows in their cells.
        let other = |position: &usize| !read(position);
        columns.others = table.columns.iter().map(|c| c.position).filter(other).collect();
        Ok(Self { plan, survey, wave, beginning: table, questions, columns, margins, by })
    }

    /// The wave, of what the file adds up to, and the combinations of the margins' categories.
    fn wave(
        &self,
        design: &SampleDesign<'_>,
        (streamed, combined): (&Streamed, Option<&Crossed>),
        (survey, wave): (usize, usize),
    ) -> Result<Added, HandOver> {
        let questionnaire = &self.survey.questionnaire;
        let cells = self.cells(streamed)?;
        let answers = distinct::answers(questionnaire, &cells).ok_or(HandOver::Answers)?;
        for name in self.wave.design.strata.iter().chain(&self.wave.design.clusters) {
            // Keys are cells, and several cells may be one answer.
            if let Some((question, _)) = questionnaire.question(name)
                && !self.is_one_to_one(streamed, &answers, question)
            {
                return Err(HandOver::Spellings);
            }
        }
        let (of_totals, findings) = self.design(design, (streamed, combined), &answers)?;
        let mut ledger = Vec::with_capacity(answers.len());
        for ((question, said), column) in
            questionnaire.questions.iter().zip(&answers).zip(&self.questions.column)
        {
            let (_, times): (Vec<String>, Vec<u64>) =
                self.values(streamed, *column).ok_or(HandOver::Column)?.into_iter().unzip();
            ledger.push(
                BaseLedger::by_count(&question.id, said, &times, streamed.rows)
                    .map_err(|_| HandOver::Ledger)?,
            );
        }
        let ids = decode_options(self.survey, self.wave).respondent;
        let samples = self.columns.others.iter().copied().zip(&streamed.samples).collect::<Vec<_>>();
        let withheld = sampled_columns(self.beginning, (ids.as_deref(), streamed.rows), samples);
        let count = questionnaire.questions.len();
        let affected = vec![Affected::default(); count];
        let ledgers =
            questionnaire.questions.iter().map(|q| q.id.clone()).zip(ledger.iter().copied()).collect();
        let whole = Answers {
            rows: streamed.rows as usize,
            source: Vec::new(),
            source_row: Vec::new(),
            responses: Vec::new(),
            ledger,
            affected: affected.clone(),
            repeated: 0,
            issues: Vec::new(),
            findings: withheld.iter().filter_map(note).collect(),
            withheld,
        };
        let data = WaveData {
            survey,
            wave,
            reused: false,
            questionnaire: questionnaire.clone(),
            answers: whole,
            ledgers,
            affected,
            built: of_totals.built,
            findings,
            changes: Vec::new(),
        };
        let DesignOfTotals { weight_of_key, unit_of_key, .. } = of_totals;
        Ok(Added { data, weight_of_key, unit_of_key, answers })
    }

    /// The design, and what making it finds.
    fn design(
        &self,
        design: &SampleDesign<'_>,
        (streamed, combined): (&Streamed, Option<&Crossed>),
        answers: &[Responses],
    ) -> Result<(DesignOfTotals, Vec<Finding>), HandOver> {
        let questionnaire = &self.survey.questionnaire;
        let of_combinations = combined.map(|crossed| self.crossing(crossed, answers));
        let source = |answers| Source::decoded(&[], Decoded { questionnaire, answers });
        let combinations = of_combinations.as_ref().map(source);
        // Strata are answers or texts of a column: the one or the other stands for the respondents.
        let texts = self.columns.key.and_then(|position| self.values(streamed, position)).unwrap_or_default();
        let texts: Vec<String> = texts.into_iter().map(|(text, _)| text).collect();
        let is_question = self.wave.design.strata.iter().any(|name| questionnaire.question(name).is_some());
        let distinct = table_of_distinct(self.beginning, |position| match self.columns.key {
            Some(key) if key == position => texts.clone(),
            _ => Vec::new(),
        });
        let of_values = self.unheld(answers.first().map_or(0, Responses::len), answers.to_vec());
        let strata = match is_question {
            true => source(&of_values),
            false => Source::new(std::slice::from_ref(&distinct)).map_err(|_| HandOver::Rows)?,
        };
        let units =
            Units { streamed, combined: combined.zip(combinations.as_ref()), strata: (&texts, &strata) };
        let mut findings = Vec::new();
        let found = design.of_totals(units, &mut findings)?;
        placed(self.wave, &mut findings);
        Ok((found, findings))
    }

    /// Answers that no rows stand behind.
    fn unheld(&self, rows: usize, responses: Vec<Responses>) -> Answers {
        Answers {
            rows,
            source: Vec::new(),
            source_row: Vec::new(),
            responses,
            ledger: Vec::new(),
            affected: Vec::new(),
            repeated: 0,
            findings: Vec::new(),
            issues: Vec::new(),
            withheld: Vec::new(),
        }
    }

    /// Whether each distinct cell of a question's column is an answer of its own, so that strata or clusters
    /// by cells are those by answers.
    fn is_one_to_one(&self, streamed: &Streamed, answers: &[Responses], question: usize) -> bool {
        let values = self.questions.column.get(question).and_then(|column| self.values(streamed, *column));
        let (Some(values), Some(Responses::Single(said))) = (values, answers.get(question)) else {
            return false;
        };
        let options: Option<BTreeSet<u16>> = (0..values.len()).map(|at| said.get(at)?.ok()).collect();
        options.is_some_and(|options| options.len() == values.len())
    }

    /// The distinct cells of a column with how often they occur, in the order of their codes.
    fn values(&self, streamed: &Streamed, position: usize) -> Option<Vec<(String, u64)>> {
        let at = |positions: &[usize]| positions.iter().position(|p| *p == position);
        let of = at(&self.columns.cells).and_then(|at| streamed.cell_values.get(at));
        let of = of.or_else(|| at(&self.columns.measures).and_then(|at| streamed.measure_values.get(at)));
        if let Some(values) = of {
            return Some(values.iter().map(|v| (v.text.clone(), v.rows)).collect());
        }
        let mut out: Vec<(String, u64)> = Vec::new();
        for key in streamed.keys.iter().filter(|_| self.columns.key == Some(position)) {
            let text = key.text.clone()?;
            match out.iter_mut().find(|(known, _)| *known == text) {
                Some((_, rows)) => *rows += key.rows,
                None => out.push((text, key.rows)),
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// A table whose columns of questions hold each distinct cell once.
    fn cells(&self, streamed: &Streamed) -> Result<Table, HandOver> {
        let mut texts: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for position in &self.questions.column {
            let values = self.values(streamed, *position).ok_or(HandOver::Column)?;
            texts.insert(*position, values.into_iter().map(|(text, _)| text).collect());
        }
        Ok(table_of_distinct(self.beginning, |position| texts.remove(&position).unwrap_or_default()))
    }

    /// The answers of the cells of a crossing, which are its respondents.
    fn crossing(&self, crossed: &Crossed, answers: &[Responses]) -> Answers {
        let cells = crossed.cells.len();
        let source = vec![0; cells];
        let of_question = |((question, said), column): ((_, &Responses), &usize)| {
            let question: &crate::questionnaire::Question = question;
            let cell = self.columns.cells.iter().position(|position| position == column);
            let place = cell.and_then(|cell| crossed.classifications.iter().position(|c| *c == cell));
            let Some(place) = place else {
                return Responses::Text(vec![Err(MissingReason::NoAnswer); cells]);
            };
            let value: Vec<u32> =
                crossed.cells.iter().map(|of| of.get(place).copied().unwrap_or(0)).collect();
            gather(&question.kind, &[said], &source, &value)
        };
        let questions = self.survey.questionnaire.questions.iter();
        let responses = questions.zip(answers).zip(&self.questions.column).map(of_question).collect();
        self.unheld(cells, responses)
    }

    /// The records of the wave, in the order of the plan.
    fn records(
        &self,
        data: &WaveData,
        sums: &Sums<'_>,
        answers: &[Responses],
    ) -> Result<Vec<EstimateRecord>, HandOver> {
        let all = planned_in(self.plan, data);
        // Estimates of the same people have their parts in common.
        let mut domains: Vec<(Option<&AskedIf>, Vec<usize>)> = Vec::new();
        for (at, estimate) in all.iter().enumerate() {
            let domain = estimate.definition.domain.as_ref();
            match domains.iter_mut().find(|(known, _)| *known == domain) {
                Some((_, places)) => places.push(at),
                None => domains.push((domain, vec![at])),
            }
        }
        let report =
            Reporting { n_total: sums.streamed.rows, n_w_total: sums.total_weight(), options: sums.options };
        let mut rows: Vec<Vec<EstimateRecord>> = all.iter().map(|_| Vec::new()).collect();
        for (domain, places) in domains {
            let (wanted, estimates) = self.domain(data, sums, answers, domain, (&all, &places))?;
            for row in rows_of_estimates(&wanted, &estimates, &report) {
                let at = places.iter().find(|at| row.key.indicator() == Some(all[**at].id.as_str()));
                rows[*at.ok_or(HandOver::Indicator)?].push(row);
            }
        }
        Ok(labelled(self.plan, data, &all, rows.into_iter().flatten().collect()))
    }

    /// What is wanted of a domain, and its estimates.
    fn domain(
        &self,
        data: &WaveData,
        sums: &Sums<'_>,
        answers: &[Responses],
        domain: Option<&AskedIf>,
        (all, places): (&[PlannedEstimate<'_>], &[usize]),
    ) -> Result<(Wanted, Estimates), HandOver> {
        let of_crossing = |(at, crossed): (usize, &Crossed)| -> Result<(Wanted, Estimates), HandOver> {
            let cells = self.crossing(crossed, answers);
            let variables =
                Source::decoded(&[], Decoded { questionnaire: &data.questionnaire, answers: &cells });
            let mut by: Vec<By> = Vec::new();
            for names in self.by.get(crossed.breakdowns.clone()).unwrap_or_default() {
                by.extend(breakdown(&variables, names).map_err(|_| HandOver::Breakdown)?);
            }
            let measures = places.iter().map(|at| self.measure(data, sums.streamed, answers, &all[*at]));
            let mut wanted = Wanted::of(measures.collect::<Result<_, _>>()?, by, cells.rows);
            if let Some(rule) = domain {
                let rule = rule.with_categories(&|q, chosen| counted(self.plan, data, q, chosen));
                wanted.domain = holds(&rule, &cells.responses, cells.rows);
            }
            let estimates = sums.estimates(crossed, &wanted, at == 0)?;
            Ok((wanted, estimates))
        };
        let found: Vec<Result<_, HandOver>> = sums
            .streamed
            .crossed
            .iter()
            .collect::<Vec<_>>()
            .into_par_iter()
            .enumerate()
            .map(of_crossing)
            .collect();
        in_one(found)
    }

    /// What is estimated, by the values of its columns.
    fn measure(
        &self,
        data: &WaveData,
        streamed: &Streamed,
        answers: &[Responses],
        planned: &PlannedEstimate<'_>,
    ) -> Result<Measure, HandOver> {
        let position = |question: usize| self.questions.column[question];
        let times = |question: usize| {
            self.values(streamed, position(question)).map(|values| values.len()).ok_or(HandOver::Column)
        };
        let numbers = |question: usize, number: &dyn Fn(usize) -> Option<f64>| {
            let of_code =
                (0..times(question)?).map(|code| number(code).unwrap_or(f64::NAN)).collect::<Vec<_>>();
            let levels = Levels::of_codes(CountedColumn::One(position(question)), &of_code);
            Ok(Numbers { of_row: Vec::new(), levels: Some(levels.ok_or(HandOver::Values)?) })
        };
        let answered = |question: usize| numbers(question, &|code| answers[question].number(code));
        let values = match &planned.definition.statistic {
            StatisticDefinition::Share { question, categories, base } => {
                let chosen = counted(self.plan, data, *question, categories);
                let outcomes = share_outcome(&answers[*question], &chosen, *base);
                let outcomes = outcomes.iter().take(times(*question)?).collect();
                Values::CountedShare(CountedColumn::One(position(*question)), outcomes)
            }
            StatisticDefinition::Mean(question) => Values::Mean(answered(*question)?),
            StatisticDefinition::Total(question) => Values::Total(answered(*question)?),
            StatisticDefinition::Ratio { numerator, denominator } => {
                let (above, below) = (answered(*numerator)?, answered(*denominator)?);
                let pairs = |a: usize, b: usize| streamed.pair_values.get(self.columns.pair(a, b)?).cloned();
                let levels = above.levels.as_ref().zip(below.levels.as_ref());
                let levels = levels.and_then(|(a, b)| Levels::of_pairs(a, b, pairs));
                Values::Ratio(above, below, Some(levels.ok_or(HandOver::Values)?))
            }
            StatisticDefinition::Quantile { question, at } => Values::Quantile(answered(*question)?, *at),
            StatisticDefinition::Score { question, .. } => {
                let worth = worth(self.plan, data, planned.definition);
                let points = |code: usize| answers[*question].category(code).and_then(|k| *worth.get(k)?);
                Values::Mean(numbers(*question, &points)?)
            }
        };
        Ok(as_measure(self.plan, data, planned, values))
    }
}

fn sorted(positions: &mut Vec<usize>) {
    positions.sort_unstable();
    positions.dedup();
}
