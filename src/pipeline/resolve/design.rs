//! The sample design of a wave.

use serde_spanned::Spanned;

use super::super::plan::{Fit, PlannedReplicates, WaveDesign};
use super::super::sample_design::{
    CalibrationKind, NoFunction, ReplicateRequest, ReplicateType, are_limits, function as function_of,
};
use super::super::spec::{
    CalibrationSpec, DesignSpec, LonelySpec, ReplicateTypeSpec, ReplicatesSpec, WaveSpec, WeightsSpec,
};
use super::Resolver;
use crate::code::Code;
use crate::design::{CalibrationFunction, LonelyPsu, Nesting, ReplicateCentre};
use crate::questionnaire::{QuestionKind, Questionnaire};
use crate::text::Text;
use crate::toml::text::Word;

impl Resolver<'_> {
    /// The design of a wave, from its table `design` or from the keys beside it.
    pub(super) fn wave_design(
        &mut self,
        spec: &WaveSpec,
        questionnaire: Option<&Questionnaire>,
    ) -> WaveDesign {
        if let Some(design) = &spec.design {
            let beside = [
                (!spec.strata.is_empty()).then_some("strata"),
                spec.population.as_ref().map(|_| "population"),
                spec.weights.as_ref().map(|_| "weights"),
            ];
            for key in beside.into_iter().flatten() {
                let span = self.at(design);
                self.mistake(
                    Code::PlanDesignTwice,
                    span,
                    format!("{key} が design の中と外の両方にあります"),
                    format!("{key} stands both inside design and beside it"),
                    Some(Text::new(
                        "design = { … } の中にまとめてください",
                        "write it inside design = { … }",
                    )),
                );
            }
            return self.whole(design.get_ref(), questionnaire);
        }
        let strata = spec.strata.iter().filter_map(|w| self.stratum_question(w, questionnaire)).collect();
        let population = spec.population.as_ref();
        let mut out = WaveDesign { strata, population: population.map(name), ..WaveDesign::default() };
        if let Some(weights) = &spec.weights {
            self.weights(weights, population.is_some(), questionnaire, &mut out);
        }
        out
    }

    fn whole(&mut self, spec: &DesignSpec, questionnaire: Option<&Questionnaire>) -> WaveDesign {
        let mut variables = |words: &[Word]| -> Vec<String> {
            words.iter().filter_map(|w| self.variable(w, questionnaire)).collect()
        };
        let (strata, clusters, fpc) =
            (variables(&spec.strata), variables(&spec.cluster), variables(&spec.fpc));
        for file in spec.population.iter() {
            let there = self.around.data_file(file.get_ref());
            self.take(file, there);
        }
        let mut out = WaveDesign {
            strata,
            clusters,
            nesting: if spec.nest { Nesting::WithinStrata } else { Nesting::Unique },
            fpc,
            population: spec.population.as_ref().map(name),
            lonely: match spec.lonely {
                None | Some(LonelySpec::Fail) => LonelyPsu::Fail,
                Some(LonelySpec::Certainty) => LonelyPsu::Certainty,
                Some(LonelySpec::Adjust) => LonelyPsu::Adjust,
                Some(LonelySpec::Average) => LonelyPsu::Average,
            },
            replicates: spec.replicates.as_ref().map(|r| self.replicates(r)),
            ..WaveDesign::default()
        };
        if let Some(weights) = &spec.weights {
            self.weights(weights, spec.population.is_some(), questionnaire, &mut out);
        }
        out
    }

    fn replicates(&mut self, spec: &Spanned<ReplicatesSpec>) -> PlannedReplicates {
        let of = spec.get_ref();
        if of.columns.is_some() && of.count.is_some() {
            let span = self.at(spec);
            self.mistake(
                Code::PlanReplicates,
                span,
                "反復ウエイトは columns（列）か count（作る数）のどちらか一方です".into(),
                "replicates take columns or a count, not both".into(),
                None,
            );
        }
        for file in of.rscales.iter() {
            let there = self.around.data_file(file.get_ref());
            self.take(file, there);
        }
        PlannedReplicates {
            request: ReplicateRequest {
                replicates: of.columns.clone().or(of.count.map(|n| n.to_string())),
                kind: Some(match of.kind {
                    ReplicateTypeSpec::Jk1 => ReplicateType::Jk1,
                    ReplicateTypeSpec::Jkn => ReplicateType::Jkn,
                    ReplicateTypeSpec::Brr => ReplicateType::Brr,
                    ReplicateTypeSpec::Fay => ReplicateType::Fay,
                    ReplicateTypeSpec::Bootstrap => ReplicateType::Bootstrap,
                    ReplicateTypeSpec::Subbootstrap => ReplicateType::Subbootstrap,
                    ReplicateTypeSpec::Sdr => ReplicateType::Sdr,
                }),
                scale: of.scale,
                rscales: of.rscales.is_some(),
                rho: of.rho,
                seed: of.seed,
                centre: if of.mse { ReplicateCentre::FullSample } else { ReplicateCentre::ReplicateMean },
            },
            rscales: of.rscales.as_ref().map(name),
        }
    }

    fn weights(
        &mut self,
        spec: &WeightsSpec,
        has_population: bool,
        questionnaire: Option<&Questionnaire>,
        out: &mut WaveDesign,
    ) {
        let WeightsSpec { rake, post_stratify, calibrate, function, bounds, trim, column } = spec;
        let fits = [
            rake.as_ref().map(|w| w.span()),
            post_stratify.as_ref().map(|w| w.span()),
            calibrate.as_ref().map(|w| w.span()),
        ];
        let mut given = fits.into_iter().flatten();
        let (first, second) = (given.next(), given.next());
        if let (Some(range), Some(_)) = (&first, &second) {
            let span = self.span(range.clone());
            self.mistake(
                Code::PlanWeights,
                span,
                "ウエイトの合わせ方は rake、post_stratify、calibrate のどれか1つです".into(),
                "weights are fitted by one of rake, post_stratify and calibrate".into(),
                None,
            );
            return;
        }
        let questions = |words: &Spanned<Vec<Word>>, this: &mut Self| -> Vec<String> {
            if !has_population {
                this.no_population(words);
            }
            words.get_ref().iter().filter_map(|w| this.stratum_question(w, questionnaire)).collect()
        };
        out.fit = match (rake, post_stratify, calibrate) {
            (Some(words), ..) => Some(Fit::Rake(questions(words, self))),
            (_, Some(words), _) => Some(Fit::PostStratify(questions(words, self))),
            (.., Some(file)) => {
                let there = self.around.data_file(file.get_ref());
                self.take(file, there);
                let limits = bounds.as_ref().map(|b| (b.get_ref()[0], b.get_ref()[1]));
                let kind = function.map(|f| match f {
                    CalibrationSpec::Linear => CalibrationKind::Linear,
                    CalibrationSpec::Raking => CalibrationKind::Raking,
                    CalibrationSpec::Logit => CalibrationKind::Logit,
                });
                let function = function_of(kind, limits).unwrap_or_else(|wrong| {
                    let (at, ja, en) = match wrong {
                        NoFunction::NeedsBounds => (
                            self.at(file),
                            "logit には bounds = [下限, 上限] が必要です",
                            "logit needs bounds = [least, greatest]",
                        ),
                        NoFunction::HasNoBounds => (
                            bounds.as_ref().map_or_else(|| self.at(file), |b| self.span(b.span())),
                            "raking に bounds はありません（linear か logit と使います）",
                            "raking has no bounds: they go with linear and logit",
                        ),
                    };
                    self.mistake(Code::PlanBounds, at, ja.into(), en.into(), None);
                    CalibrationFunction::Raking
                });
                Some(Fit::Calibrate(file.get_ref().clone(), function))
            }
            (None, None, None) => None,
        };
        for limits in [bounds, trim].into_iter().flatten() {
            let [low, high] = *limits.get_ref();
            if !are_limits(low, high) {
                let span = self.at(limits);
                self.mistake(
                    Code::PlanBounds,
                    span,
                    "下限、上限の順に0以上の数を書いてください".into(),
                    "write the lower limit first, then the upper one, from 0".into(),
                    None,
                );
            }
        }
        out.trim = trim.as_ref().map(|t| (t.get_ref()[0], t.get_ref()[1]));
        out.weight = column.as_ref().map(name);
        if first.is_none() && column.is_none() && trim.is_none() {
            let span = self.span(0..0);
            self.mistake(
                Code::PlanWeights,
                span,
                "ウエイトには rake、post_stratify、calibrate、column のどれかを書いてください".into(),
                "weights take one of rake, post_stratify, calibrate and column".into(),
                None,
            );
        }
    }

    /// A variable: a question whose answers are single or numbers, or else a column of the files.
    fn variable(&mut self, word: &Word, questionnaire: Option<&Questionnaire>) -> Option<String> {
        match questionnaire.and_then(|q| q.question(word.get_ref())) {
            Some((_, question))
                if !matches!(question.kind, QuestionKind::Single(_) | QuestionKind::Number { .. }) =>
            {
                self.not_single(word);
                None
            }
            _ => Some(word.get_ref().clone()),
        }
    }

    /// A question whose answers are single.
    fn stratum_question(&mut self, word: &Word, questionnaire: Option<&Questionnaire>) -> Option<String> {
        let (_, kind) = self.question(word, questionnaire?)?;
        if matches!(kind, QuestionKind::Single(_)) {
            return Some(word.get_ref().clone());
        }
        self.not_single(word);
        None
    }

    fn not_single(&mut self, word: &Word) {
        let (span, w) = (self.at(word), word.get_ref());
        self.mistake(
            Code::PlanStratumKind,
            span,
            format!("「{w}」は単数回答ではありません"),
            format!("\"{w}\" is no single-answer question"),
            None,
        );
    }

    fn no_population(&mut self, words: &Spanned<Vec<Word>>) {
        let span = self.at(words);
        let help = Text::new("population = \"raw/….csv\" を書いてください", "add population = \"raw/….csv\"");
        self.mistake(
            Code::PlanPopulation,
            span,
            "人口表がないとウエイトを計算できません".into(),
            "weights need a population table".into(),
            Some(help),
        );
    }
}

fn name(word: &Word) -> String {
    word.get_ref().clone()
}
