//! Surveys and their waves.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::plan::{Sample, Survey, Wave, Weighting};
use super::super::spec::{SampleSpec, SurveySpec, WaveSpec, WeightsSpec, Word};
use super::papers::ResolvedPaper;
use super::{Resolver, kind};
use crate::error::{SourceText, Span};
use crate::indicator::{DataKind, FiscalYear};
use crate::questionnaire::{Duplicates, QuestionKind, Questionnaire};
use crate::text::Text;
use crate::text::suggest::did_you_mean;

/// What the waves of a survey have in common.
struct Shared<'a> {
    years: &'a [FiscalYear],
    data: DataKind,
    sample: Sample,
    questionnaire: Option<&'a Questionnaire>,
}

fn sample(spec: SampleSpec) -> Sample {
    match spec {
        SampleSpec::Random => Sample::Random,
        SampleSpec::Census => Sample::Census,
        SampleSpec::Open => Sample::Open,
        SampleSpec::Panel => Sample::Panel,
    }
}

impl Resolver<'_> {
    pub(super) fn survey(
        &mut self,
        key: &Word,
        spec: &SurveySpec,
        years: &[FiscalYear],
        data: DataKind,
        sources: &mut Vec<Arc<SourceText>>,
    ) -> Survey {
        let questionnaire =
            match self.take(&spec.questionnaire, self.around.questionnaire(spec.questionnaire.get_ref())) {
                Some((source, questionnaire)) => {
                    sources.push(source);
                    Some(questionnaire)
                }
                None => None,
            };
        let of_survey =
            Shared { years, data, sample: sample(spec.sample), questionnaire: questionnaire.as_ref() };
        let mut waves: Vec<Wave> =
            spec.wave.iter().filter_map(|(year, wave)| self.wave(year, wave, &of_survey, sources)).collect();
        waves.sort_by_key(|w| w.year);
        Survey {
            key: key.get_ref().clone(),
            title: spec.title.clone(),
            sample: sample(spec.sample),
            questionnaire: questionnaire
                .unwrap_or_else(|| Questionnaire { title: String::new(), questions: Vec::new() }),
            dont_know_missing: BTreeSet::new(),
            planned: spec.planned.iter().filter_map(|w| self.year(w, years)).collect(),
            waves,
        }
    }

    fn wave(
        &mut self,
        year: &Word,
        spec: &WaveSpec,
        of_survey: &Shared<'_>,
        sources: &mut Vec<Arc<SourceText>>,
    ) -> Option<Wave> {
        let year = self.year(year, of_survey.years);
        let questionnaire = of_survey.questionnaire;
        for file in spec.responses.iter().chain(&spec.population).chain(&spec.cleaning_log) {
            let there = self.around.data_file(file.get_ref());
            self.take(file, there);
        }
        let single = |word: &Word, this: &mut Self| -> Option<usize> {
            let (index, question) = this.question(word, questionnaire?)?;
            if matches!(question, QuestionKind::Single(_)) {
                return Some(index);
            }
            let (span, w) = (this.at(word), word.get_ref());
            this.mistake(
                "plan::stratum-kind",
                span,
                format!("「{w}」は単数回答ではありません"),
                format!("\"{w}\" is no single-answer question"),
                None,
            );
            None
        };
        let strata: Vec<usize> = spec.strata.iter().filter_map(|w| single(w, self)).collect();
        let weighting = match &spec.weights {
            None => Weighting::None,
            Some(WeightsSpec { rake: Some(words), post_stratify: None, column: None }) => {
                self.need_population(words, spec);
                Weighting::Rake(words.get_ref().iter().filter_map(|w| single(w, self)).collect())
            }
            Some(WeightsSpec { rake: None, post_stratify: Some(words), column: None }) => {
                self.need_population(words, spec);
                Weighting::PostStratify(words.get_ref().iter().filter_map(|w| single(w, self)).collect())
            }
            Some(WeightsSpec { rake: None, post_stratify: None, column: Some(column) }) => {
                Weighting::Column(column.get_ref().clone())
            }
            Some(WeightsSpec { rake, post_stratify, column }) => {
                let first = [
                    rake.as_ref().map(|w| w.span()),
                    post_stratify.as_ref().map(|w| w.span()),
                    column.as_ref().map(|w| w.span()),
                ];
                let range = first.into_iter().flatten().next().unwrap_or(0..0);
                let span = Span { source: Arc::clone(self.source), range };
                self.mistake(
                    "plan::weights",
                    span,
                    "ウエイトには rake、post_stratify、column のどれか1つを書いてください".into(),
                    "weights take exactly one of rake, post_stratify and column".into(),
                    None,
                );
                Weighting::None
            }
        };
        let ResolvedPaper { paper, rulings } = self.paper(spec, questionnaire, sources);
        Some(Wave {
            year: year?,
            responses: spec.responses.iter().map(|w| w.get_ref().clone()).collect(),
            respondent: spec.respondent.as_ref().map(|w| w.get_ref().clone()),
            duplicates: spec.duplicates.unwrap_or(Duplicates::Fail),
            header_rows: spec.header_rows.map(usize::from),
            sheet: spec.sheet.clone(),
            encoding: spec.encoding.clone(),
            strata,
            population: spec.population.as_ref().map(|w| w.get_ref().clone()),
            weighting,
            data: spec.data.map_or(of_survey.data, kind),
            sample: spec.sample.map_or(of_survey.sample, sample),
            mode: spec.mode.clone(),
            paper,
            rulings,
            cleaning_logs: spec.cleaning_log.iter().map(|w| w.get_ref().clone()).collect(),
            old_values: spec.cleaning_log_old.unwrap_or_default(),
        })
    }

    fn need_population(&mut self, words: &serde_spanned::Spanned<Vec<Word>>, spec: &WaveSpec) {
        if spec.population.is_none() {
            let span = self.at(words);
            let help =
                Text::new("population = \"raw/….csv\" を書いてください", "add population = \"raw/….csv\"");
            self.mistake(
                "plan::population",
                span,
                "人口表がないとウエイトを計算できません".into(),
                "weights need a population table".into(),
                Some(help),
            );
        }
    }

    pub(super) fn question<'q>(
        &mut self,
        word: &Word,
        questionnaire: &'q Questionnaire,
    ) -> Option<(usize, &'q QuestionKind)> {
        if let Some((index, question)) = questionnaire.question(word.get_ref()) {
            return Some((index, &question.kind));
        }
        let (span, w) = (self.at(word), word.get_ref());
        let help = did_you_mean(w, questionnaire.questions.iter().map(|q| q.id.as_str()));
        let title = &questionnaire.title;
        self.mistake(
            "plan::unknown-question",
            span,
            format!("「{title}」の調査票に「{w}」という設問はありません"),
            format!("the questionnaire \"{title}\" has no question \"{w}\""),
            help,
        );
        None
    }
}
