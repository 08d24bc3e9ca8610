//! Surveys and their waves.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::plan::{Sample, Survey, Wave};
use super::super::spec::{SampleSpec, SurveySpec, WaveSpec};
use super::papers::ResolvedPaper;
use super::{Resolver, kind};
use crate::code::Code;
use crate::error::SourceText;
use crate::indicator::{DataKind, FiscalYear, OFFICE};
use crate::questionnaire::{Duplicates, QuestionKind, Questionnaire};
use crate::text::Text;
use crate::text::suggest::did_you_mean;
use crate::toml::text::Word;

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
        if key.get_ref() == OFFICE {
            let span = self.at(key);
            self.mistake(
                Code::PlanReservedKey,
                span,
                format!("「{OFFICE}」は行政の数値のキーに使う名前です"),
                format!("\"{OFFICE}\" is kept for the keys of an office's figures"),
                Some(Text::new("調査に別の名前を付けます", "give the survey another name")),
            );
        }
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
        let joined = spec.join.0.iter().map(|join| &join.file);
        for file in spec.responses.iter().chain(joined).chain(&spec.population).chain(&spec.cleaning_log) {
            let there = self.around.data_file(file.get_ref());
            self.take(file, there);
        }
        let design = self.wave_design(spec, questionnaire);
        let joins = self.joins(&spec.join);
        let ResolvedPaper { paper, rulings } = self.paper(spec, questionnaire, sources);
        Some(Wave {
            year: year?,
            responses: spec.responses.iter().map(|w| w.get_ref().clone()).collect(),
            respondent: spec.respondent.as_ref().map(|w| w.get_ref().clone()),
            duplicates: spec.duplicates.unwrap_or(Duplicates::Fail),
            skip_rows: spec.skip_rows.map(usize::from),
            header_rows: spec.header_rows.map(usize::from),
            sheet: spec.sheet.clone(),
            encoding: spec.encoding.clone(),
            joins,
            design,
            data: spec.data.map_or(of_survey.data, kind),
            sample: spec.sample.map_or(of_survey.sample, sample),
            mode: spec.mode.clone(),
            paper,
            rulings,
            cleaning_logs: spec.cleaning_log.iter().map(|w| w.get_ref().clone()).collect(),
            old_values: spec.cleaning_log_old.unwrap_or_default(),
        })
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
            Code::PlanUnknownQuestion,
            span,
            format!("「{title}」の調査票に「{w}」という設問はありません"),
            format!("the questionnaire \"{title}\" has no question \"{w}\""),
            help,
        );
        None
    }
}
