//! What an indicator takes from a survey: a share, a mean, a total, a ratio, a quantile, a score.

use serde_spanned::Spanned;

use super::super::definition::{EstimateDefinition, StatisticDefinition};
use super::super::estimate_spec::{NumberSpec, QuantileSpec, RatioSpec, ScoreSpec, ShareSpec};
use super::super::plan::Survey;
use super::super::spec::{IndicatorSpec, PartSpec};
use super::Resolver;
use crate::code::Code;
use crate::indicator::{Statistic, ValueFormat};
use crate::questionnaire::{
    AskedIf, AskedIfSpec, Category, QuestionKind, Questionnaire, RuleCodes, resolve_condition,
};
use crate::text::Text;
use crate::text::suggest::did_you_mean;
use crate::toml::text::Word;

/// The codes of the mistakes of a condition (`where`).
const CONDITION: RuleCodes = RuleCodes {
    missing_key: Code::PlanMissingKey,
    misplaced_key: Code::PlanMisplacedKey,
    wrong_type: Code::PlanWrongType,
    unknown_question: Code::PlanUnknownQuestion,
    unknown_option: Code::PlanUnknownOption,
};

/// A table that defines an estimate.
#[derive(Debug, Clone, Copy)]
pub(super) enum EstimateSpec<'a> {
    Share(&'a ShareSpec),
    Mean(&'a NumberSpec),
    Total(&'a NumberSpec),
    Ratio(&'a RatioSpec),
    Quantile(&'a QuantileSpec),
    Score(&'a ScoreSpec),
}

impl IndicatorSpec {
    /// The tables that define an estimate: at most one in a right plan.
    pub(super) fn estimates(&self) -> Vec<EstimateSpec<'_>> {
        let Self { share, mean, total, ratio, quantile, score, .. } = self;
        given(share, [mean, total], ratio, quantile, score)
    }
}

impl PartSpec {
    /// As for an item.
    pub(super) fn estimates(&self) -> Vec<EstimateSpec<'_>> {
        let Self { share, mean, total, ratio, quantile, score, .. } = self;
        given(share, [mean, total], ratio, quantile, score)
    }
}

fn given<'a>(
    share: &'a Option<ShareSpec>,
    [mean, total]: [&'a Option<NumberSpec>; 2],
    ratio: &'a Option<RatioSpec>,
    quantile: &'a Option<QuantileSpec>,
    score: &'a Option<ScoreSpec>,
) -> Vec<EstimateSpec<'a>> {
    let all = [
        share.as_ref().map(EstimateSpec::Share),
        mean.as_ref().map(EstimateSpec::Mean),
        total.as_ref().map(EstimateSpec::Total),
        ratio.as_ref().map(EstimateSpec::Ratio),
        quantile.as_ref().map(EstimateSpec::Quantile),
        score.as_ref().map(EstimateSpec::Score),
    ];
    all.into_iter().flatten().collect()
}

impl<'a> EstimateSpec<'a> {
    /// What kind of number it defines.
    pub(super) fn statistic(self) -> Statistic {
        match self {
            Self::Share(_) => Statistic::Share,
            Self::Mean(_) => Statistic::Mean,
            Self::Total(_) => Statistic::Total,
            Self::Ratio(_) => Statistic::Ratio,
            Self::Quantile(_) => Statistic::Quantile,
            Self::Score(_) => Statistic::Score,
        }
    }

    fn survey(self) -> &'a Word {
        match self {
            Self::Share(spec) => &spec.survey,
            Self::Mean(spec) | Self::Total(spec) => &spec.survey,
            Self::Ratio(spec) => &spec.survey,
            Self::Quantile(spec) => &spec.survey,
            Self::Score(spec) => &spec.survey,
        }
    }

    fn condition(self) -> Option<&'a Spanned<AskedIfSpec>> {
        match self {
            Self::Share(spec) => spec.condition.as_ref(),
            Self::Mean(spec) | Self::Total(spec) => spec.condition.as_ref(),
            Self::Ratio(spec) => spec.condition.as_ref(),
            Self::Quantile(spec) => spec.condition.as_ref(),
            Self::Score(spec) => spec.condition.as_ref(),
        }
    }
}

impl Resolver<'_> {
    /// The estimate that `spec` defines, printed as `format` says; `None` where it has mistakes, all of which
    /// are told.
    pub(super) fn estimate(
        &mut self,
        spec: EstimateSpec<'_>,
        surveys: &[Survey],
        format: ValueFormat,
    ) -> Option<EstimateDefinition> {
        let survey = self.survey_named(spec.survey(), surveys)?;
        let questionnaire = &surveys[survey].questionnaire;
        if questionnaire.questions.is_empty() {
            return None; // its own mistake is told already
        }
        let statistic = match spec {
            EstimateSpec::Share(spec) => self.share(spec, questionnaire),
            EstimateSpec::Mean(spec) => {
                self.number_question(&spec.question, questionnaire).map(StatisticDefinition::Mean)
            }
            EstimateSpec::Total(spec) => {
                self.number_question(&spec.question, questionnaire).map(StatisticDefinition::Total)
            }
            EstimateSpec::Ratio(spec) => {
                let numerator = self.number_question(&spec.numerator, questionnaire);
                let denominator = self.number_question(&spec.denominator, questionnaire);
                numerator
                    .zip(denominator)
                    .map(|(numerator, denominator)| StatisticDefinition::Ratio { numerator, denominator })
            }
            EstimateSpec::Quantile(spec) => self.quantile(spec, questionnaire),
            EstimateSpec::Score(spec) => self.score(spec, questionnaire),
        };
        let domain = self.condition(spec.condition(), questionnaire);
        Some(EstimateDefinition { survey, statistic: statistic?, domain: domain?, format })
    }

    fn survey_named(&mut self, word: &Word, surveys: &[Survey]) -> Option<usize> {
        let key = word.get_ref();
        let found = surveys.iter().position(|s| s.key == *key);
        if found.is_none() {
            let span = self.at(word);
            let help = did_you_mean(key, surveys.iter().map(|s| s.key.as_str()));
            self.mistake(
                Code::PlanUnknownSurvey,
                span,
                format!("調査「{key}」は定義されていません"),
                format!("there is no survey \"{key}\""),
                help,
            );
        }
        found
    }

    /// The condition, or everyone; `None` where it has mistakes.
    fn condition(
        &mut self,
        written: Option<&Spanned<AskedIfSpec>>,
        questionnaire: &Questionnaire,
    ) -> Option<Option<AskedIf>> {
        let Some(written) = written else { return Some(None) };
        let rule = resolve_condition(self.source, questionnaire, written, CONDITION);
        self.take(written, rule).map(Some)
    }

    fn share(&mut self, spec: &ShareSpec, questionnaire: &Questionnaire) -> Option<StatisticDefinition> {
        let (question, kind) = self.question(&spec.question, questionnaire)?;
        let categories = match kind {
            QuestionKind::Single(categories) | QuestionKind::Multiple { categories, .. } => categories,
            QuestionKind::Number { .. } | QuestionKind::Text => {
                let (span, q) = (self.at(&spec.question), spec.question.get_ref());
                self.mistake(
                    Code::PlanQuestionKind,
                    span,
                    format!("「{q}」には選択肢がありません"),
                    format!("\"{q}\" has no options"),
                    None,
                );
                return None;
            }
        };
        let mut chosen = Vec::new();
        for word in spec.of.get_ref() {
            let w = word.get_ref();
            match self.option_of(word, &spec.question, categories) {
                Some(index) if chosen.contains(&index) => {
                    let span = self.at(word);
                    self.mistake(
                        Code::PlanOptionTwice,
                        span,
                        format!("選択肢「{w}」が2回あります"),
                        format!("the option \"{w}\" is there twice"),
                        None,
                    );
                }
                found => chosen.extend(found),
            }
        }
        Some(StatisticDefinition::Share { question, categories: chosen, base: spec.base })
    }

    /// The option with these words.
    fn option_of(&mut self, word: &Word, question: &Word, categories: &[Category]) -> Option<usize> {
        let w = word.get_ref();
        let found = categories.iter().position(|c| c.label == *w);
        if found.is_none() {
            let (span, q) = (self.at(word), question.get_ref());
            let help = did_you_mean(w, categories.iter().map(|c| c.label.as_str()));
            self.mistake(
                Code::PlanUnknownOption,
                span,
                format!("「{q}」に選択肢「{w}」はありません"),
                format!("\"{q}\" has no option \"{w}\""),
                help,
            );
        }
        found
    }

    /// A question that is answered by a number.
    fn number_question(&mut self, word: &Word, questionnaire: &Questionnaire) -> Option<usize> {
        let (question, kind) = self.question(word, questionnaire)?;
        let q = word.get_ref();
        let help = match kind {
            QuestionKind::Number { .. } => return Some(question),
            QuestionKind::Single(_) => Some(Text::new(
                format!("選択肢に点数を付けた平均は score = {{ question = \"{q}\", points = {{ … }} }} です"),
                format!(
                    "the mean of points that options have is score = {{ question = \"{q}\", points = {{ \
                     … }} }}"
                ),
            )),
            QuestionKind::Multiple { .. } => Some(Text::new(
                "選択肢を選んだ人の割合は share です",
                "the share of those who chose an option is share",
            )),
            QuestionKind::Text => None,
        };
        let span = self.at(word);
        self.mistake(
            Code::PlanQuestionKind,
            span,
            format!("「{q}」は数量回答（number）の設問ではありません"),
            format!("\"{q}\" is no question of type number"),
            help,
        );
        None
    }

    fn quantile(
        &mut self,
        spec: &QuantileSpec,
        questionnaire: &Questionnaire,
    ) -> Option<StatisticDefinition> {
        let question = self.number_question(&spec.question, questionnaire);
        let at = *spec.at.get_ref();
        if !(0.0..=1.0).contains(&at) {
            let span = self.at(&spec.at);
            self.mistake(
                Code::PlanQuantile,
                span,
                format!("分位は0から1の数です（{at}）"),
                format!("a quantile is from 0 to 1, not {at}"),
                Some(Text::new("中央値は 0.5 です", "the median is 0.5")),
            );
            return None;
        }
        Some(StatisticDefinition::Quantile { question: question?, at })
    }

    fn score(&mut self, spec: &ScoreSpec, questionnaire: &Questionnaire) -> Option<StatisticDefinition> {
        let (question, kind) = self.question(&spec.question, questionnaire)?;
        let help = match kind {
            QuestionKind::Single(categories) => {
                let points = self.points(spec, categories)?;
                return Some(StatisticDefinition::Score { question, points });
            }
            QuestionKind::Number { .. } => {
                Some(Text::new("数の平均は mean です", "the mean of numbers is mean"))
            }
            QuestionKind::Multiple { .. } => Some(Text::new(
                "選択肢を選んだ人の割合は share です",
                "the share of those who chose an option is share",
            )),
            QuestionKind::Text => None,
        };
        let (span, q) = (self.at(&spec.question), spec.question.get_ref());
        self.mistake(
            Code::PlanQuestionKind,
            span,
            format!("「{q}」は単数回答ではないので、点数を付けられません"),
            format!("\"{q}\" is no single-answer question, so its options cannot have points"),
            help,
        );
        None
    }

    /// The points of options, in the order of the text. Who chose an option without points is outside, so
    /// that each such option must be one: わからない, or named.
    fn points(&mut self, spec: &ScoreSpec, categories: &[Category]) -> Option<Vec<(usize, f64)>> {
        let ScoreSpec { question, points: written, outside, .. } = spec;
        let mut entries: Vec<(&Word, &Spanned<f64>)> = written.get_ref().iter().collect();
        entries.sort_by_key(|(word, _)| word.span().start);
        let mut out = Vec::new();
        for (word, points) in &entries {
            let found = self.option_of(word, question, categories);
            if !points.get_ref().is_finite() {
                let span = self.at(*points);
                self.mistake(
                    Code::PlanPoints,
                    span,
                    "点数は数で書いてください".into(),
                    "points must be a number".into(),
                    None,
                );
                continue;
            }
            out.extend(found.map(|category| (category, *points.get_ref())));
        }
        let mut without = Vec::new();
        for word in outside {
            let found = self.option_of(word, question, categories)?;
            if out.iter().any(|(category, _)| *category == found) {
                let (span, w) = (self.at(word), word.get_ref());
                self.mistake(
                    Code::PlanPoints,
                    span,
                    format!("「{w}」には点数があるので、集計の外（outside）にはできません"),
                    format!("\"{w}\" has points, so it cannot be outside"),
                    None,
                );
                return None;
            }
            without.push(found);
        }
        if entries.len() < 2 {
            let span = self.at(written);
            self.mistake(
                Code::PlanPoints,
                span,
                "点数は2つ以上の選択肢に付けてください".into(),
                "a score needs two options with points, or more".into(),
                Some(Text::new(
                    "points = { \"満足\" = 5, \"やや満足\" = 4, … } のように書きます",
                    "write points = { \"満足\" = 5, \"やや満足\" = 4, … }",
                )),
            );
        }
        if out.len() != entries.len() || out.len() < 2 {
            return None;
        }
        let known = |k: usize| without.contains(&k) || out.iter().any(|(category, _)| *category == k);
        let missing: Vec<&str> = categories
            .iter()
            .enumerate()
            .filter(|(k, category)| !category.dont_know && !known(*k))
            .map(|(_, category)| category.label.as_str())
            .collect();
        if !missing.is_empty() {
            let span = self.at(written);
            let quoted = |sign: &str| missing.join(sign);
            self.mistake(
                Code::PlanPoints,
                span,
                format!("点数のない選択肢があります：「{}」", quoted("」「")),
                format!("options without points: \"{}\"", quoted("\", \"")),
                Some(Text::new(
                    format!("集計の外に置くなら outside = [\"{}\"] と書きます", quoted("\", \"")),
                    format!("to leave them out, write outside = [\"{}\"]", quoted("\", \"")),
                )),
            );
            return None;
        }
        Some(out)
    }
}
