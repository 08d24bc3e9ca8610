//! Spec → plan: the only place where defaults and names are decided. All mistakes are told in one go, each
//! with its words underlined.

mod design;
mod estimates;
mod indicators;
mod joins;
mod papers;
mod surveys;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::data_spec::DataSpec;
use super::plan::{Plan, Survey};
use super::spec::{LadderSpec, PlanSpec, ProgressSpec, RuleSpec};
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText, Span};
use crate::estimate::{DifferenceMethod, IntervalMethod};
use crate::indicator::{DataKind, FiscalYear, Goal, ProgressRule, ProgressState};
use crate::questionnaire::Questionnaire;
use crate::text::Text;
use crate::text::suggest::did_you_mean;
use crate::toml::text::Word;
use crate::toml::text::span_of;

/// What the plan's folder and the project's folder hold, as far as the plan asks: given by the caller, so
/// that this room opens no file.
pub trait Surroundings {
    /// The questionnaire with this file name.
    ///
    /// # Errors
    /// Not there, or its own mistakes.
    fn questionnaire(&self, name: &str) -> Result<(Arc<SourceText>, Questionnaire)>;

    /// Whether a data file is there.
    ///
    /// # Errors
    /// Not there; the nearest names as help.
    fn data_file(&self, name: &str) -> Result<()>;
}

/// A plan from its mirror.
///
/// # Errors
/// Every name, year, target, option and file that is wrong, in one go and in the order of the text.
pub fn resolve(
    name: &str,
    source: &Arc<SourceText>,
    spec: &PlanSpec,
    around: &dyn Surroundings,
) -> Result<Plan> {
    let mut r = Resolver { source, around, mistakes: Vec::new() };
    let plan = r.plan(name, spec);
    let mut mistakes = r.mistakes;
    // Mistakes of the plan itself in the order of its text; those of a questionnaire after them, as they
    // came.
    mistakes.sort_by_key(|d| match &d.span {
        Some(span) if Arc::ptr_eq(&span.source, source) => (0, span.range.start),
        _ => (1, 0),
    });
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(plan),
    }
}

struct Resolver<'a> {
    source: &'a Arc<SourceText>,
    around: &'a dyn Surroundings,
    mistakes: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn mistake(&mut self, code: Code, span: Span, ja: String, en: String, help: Option<Text>) {
        let mut diagnostic = Diagnostic::new(code, Text::new(ja, en)).span(span);
        diagnostic.help = help;
        self.mistakes.push(diagnostic);
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { source: Arc::clone(self.source), range }
    }

    fn at<T>(&self, word: &serde_spanned::Spanned<T>) -> Span {
        span_of(self.source, word)
    }

    /// The value of `result`; its mistakes are told at `word`.
    fn take<T, U>(&mut self, word: &serde_spanned::Spanned<U>, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let span = self.at(word);
                self.mistakes.extend(error.into_diagnostics().into_iter().map(|mut d| {
                    d.span.get_or_insert_with(|| span.clone());
                    d
                }));
                None
            }
        }
    }

    fn plan(&mut self, name: &str, spec: &PlanSpec) -> Plan {
        let years = self.years(&spec.fiscal_years);
        let report_year = self.year(&spec.report_year, &years).unwrap_or(FiscalYear::from_western(0));
        let data = kind(spec.data);
        let mut sources = vec![Arc::clone(self.source)];
        let mut surveys: Vec<Survey> =
            spec.survey.iter().map(|(key, s)| self.survey(key, s, &years, data, &mut sources)).collect();
        let goals = self.goals(spec);
        let indicators = self.indicators(spec, &years, report_year, &goals, &surveys);
        self.dont_know(spec, &mut surveys);
        self.breakdowns(spec, &surveys);
        self.unmapped(spec, &surveys, &indicators);
        Plan {
            name: name.to_owned(),
            title: spec.title.clone(),
            report_year,
            data,
            breakdowns: spec
                .breakdowns
                .iter()
                .map(|b| b.iter().map(|w| w.get_ref().clone()).collect())
                .collect(),
            interval: self.interval(spec),
            difference: self.difference(spec),
            rule: self.rule(spec.progress.as_ref()),
            ladder: spec.ladder.as_ref().map(ladder).unwrap_or_default(),
            notes: spec.notes.clone(),
            warning_limit: spec.warning_limit,
            goals,
            surveys,
            indicators,
            file: self.source.file.clone(),
            sources,
            years,
        }
    }

    fn years(&mut self, word: &Word) -> Vec<FiscalYear> {
        let Some((first, last)) = word.get_ref().split_once("..") else {
            let span = self.at(word);
            let help = Text::new("\"R4..R10\" のように書きます", "write it like \"R4..R10\"");
            self.mistake(
                Code::PlanFiscalYears,
                span,
                "計画年度の範囲が読めません".into(),
                "cannot read the range of fiscal years".into(),
                Some(help),
            );
            return Vec::new();
        };
        let (first, last) = (self.take(word, first.parse()), self.take(word, last.parse::<FiscalYear>()));
        let (Some(first), Some(last)): (Option<FiscalYear>, _) = (first, last) else { return Vec::new() };
        let years = first.to(last);
        if !(2..=30).contains(&years.len()) {
            let span = self.at(word);
            self.mistake(
                Code::PlanFiscalYears,
                span,
                format!("計画年度は2年度から30年度までです（{first}〜{last}）"),
                format!("a plan has 2 to 30 fiscal years ({first} to {last})"),
                None,
            );
        }
        years
    }

    /// A year that must be one of the plan's.
    fn year(&mut self, word: &Word, years: &[FiscalYear]) -> Option<FiscalYear> {
        let year: FiscalYear = self.take(word, word.get_ref().parse())?;
        if let (Some(first), Some(last)) = (years.first(), years.last())
            && !years.contains(&year)
        {
            let span = self.at(word);
            self.mistake(
                Code::PlanYearOutside,
                span,
                format!("{}は計画年度（{first}〜{last}）の外です", year.long()),
                format!("{year} is outside the plan's years ({first} to {last})"),
                None,
            );
            return None;
        }
        Some(year)
    }

    fn goals(&mut self, spec: &PlanSpec) -> Vec<Goal> {
        let mut seen = BTreeSet::new();
        for goal in &spec.goal {
            if !seen.insert(*goal.number.get_ref()) {
                let span = self.at(&goal.number);
                let n = goal.number.get_ref();
                self.mistake(
                    Code::PlanGoalTwice,
                    span,
                    format!("基本目標{n}が2つあります"),
                    format!("goal {n} is there twice"),
                    None,
                );
            }
        }
        let goal = |g: &super::spec::GoalSpec| Goal {
            number: *g.number.get_ref(),
            title: g.title.clone(),
            directions: g.directions.clone(),
            page: g.page.clone(),
        };
        spec.goal.iter().map(goal).collect()
    }

    fn level(&mut self, level: &serde_spanned::Spanned<f64>) -> f64 {
        let value = *level.get_ref();
        if !(value > 0.0 && value < 1.0) {
            let span = self.at(level);
            self.mistake(
                Code::PlanLevel,
                span,
                format!("信頼水準 {value} は0と1の間ではありません"),
                format!("the level {value} is not between 0 and 1"),
                None,
            );
        }
        value
    }

    fn interval(&mut self, spec: &PlanSpec) -> (IntervalMethod, f64) {
        match &spec.interval {
            None => (IntervalMethod::Wilson, 0.95),
            Some(interval) => {
                let method = self.take(&interval.method, interval.method.get_ref().parse());
                (method.unwrap_or(IntervalMethod::Wilson), self.level(&interval.level))
            }
        }
    }

    fn difference(&mut self, spec: &PlanSpec) -> DifferenceMethod {
        let given = spec.interval.as_ref().and_then(|interval| interval.difference.as_ref());
        given.and_then(|word| self.take(word, word.get_ref().parse())).unwrap_or_default()
    }

    fn rule(&mut self, spec: Option<&ProgressSpec>) -> ProgressRule {
        let Some(spec) = spec else { return ProgressRule::NoiseAware { level: 0.95 } };
        let of_rule =
            |given: &Option<serde_spanned::Spanned<f64>>, fits: bool, key: &str, this: &mut Self| {
                if let Some(value) = given.as_ref().filter(|_| !fits) {
                    let span = this.at(value);
                    this.mistake(
                        Code::PlanRuleOption,
                        span,
                        format!("「{key}」はこの規則では使いません"),
                        format!("\"{key}\" does not belong to this rule"),
                        None,
                    );
                }
            };
        of_rule(&spec.level, spec.rule == RuleSpec::NoiseAware, "level", self);
        of_rule(&spec.points, spec.rule == RuleSpec::Band, "points", self);
        of_rule(&spec.percent, spec.rule == RuleSpec::Band, "percent", self);
        match spec.rule {
            RuleSpec::NoiseAware => {
                ProgressRule::NoiseAware { level: spec.level.as_ref().map_or(0.95, |l| self.level(l)) }
            }
            RuleSpec::Pace => ProgressRule::Pace,
            RuleSpec::Band => {
                let mut width = |given: &Option<serde_spanned::Spanned<f64>>, default: f64| match given {
                    Some(value) if *value.get_ref() >= 0.0 && *value.get_ref() <= 100.0 => {
                        *value.get_ref() / 100.0
                    }
                    Some(value) => {
                        let span = self.at(value);
                        self.mistake(
                            Code::PlanBand,
                            span,
                            "0から100までの数を書いてください".into(),
                            "a number from 0 to 100 is needed".into(),
                            None,
                        );
                        default
                    }
                    None => default,
                };
                ProgressRule::Band { points: width(&spec.points, 0.03), relative: width(&spec.percent, 0.10) }
            }
        }
    }

    fn breakdowns(&mut self, spec: &PlanSpec, surveys: &[Survey]) {
        if surveys.iter().any(|s| s.questionnaire.questions.is_empty()) {
            return; // it may be in the questionnaire that could not be read; that mistake is told already
        }
        for word in spec.breakdowns.iter().flatten() {
            let known: Vec<&str> = surveys
                .iter()
                .flat_map(|s| s.questionnaire.questions.iter())
                .map(|q| q.id.as_str())
                .collect();
            let has_options = surveys
                .iter()
                .filter_map(|s| s.questionnaire.question(word.get_ref()))
                .any(|(_, q)| !q.categories().is_empty());
            let span = self.at(word);
            let w = word.get_ref();
            if !known.contains(&w.as_str()) {
                let help = did_you_mean(w, known.iter().copied());
                self.mistake(
                    Code::PlanUnknownQuestion,
                    span,
                    format!("どの調査にも「{w}」という設問はありません"),
                    format!("no survey has a question \"{w}\""),
                    help,
                );
            } else if !has_options {
                self.mistake(
                    Code::PlanBreakdownKind,
                    span,
                    format!("「{w}」には選択肢がないので軸にできません"),
                    format!("\"{w}\" has no options, so it cannot be a breakdown"),
                    Some(bands_of(w)),
                );
            }
        }
    }
}

/// The error with this advice.
fn advised(error: Error, ja: &str, en: &str) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in &mut diagnostics {
        diagnostic.help = Some(Text::new(ja, en));
    }
    Error::all(diagnostics).unwrap_or_else(|| Error::msg(Code::PlanTarget, ja, en))
}

fn kind(data: DataSpec) -> DataKind {
    match data {
        DataSpec::Real => DataKind::Real,
        DataSpec::Synthetic => DataKind::Synthetic,
    }
}

fn ladder(spec: &LadderSpec) -> Vec<(ProgressState, String)> {
    let words = [
        (ProgressState::TargetMet, &spec.target_met),
        (ProgressState::Improved, &spec.improved),
        (ProgressState::LittleChange, &spec.little_change),
        (ProgressState::Worse, &spec.worse),
        (ProgressState::BaselineOnly, &spec.baseline_only),
        (ProgressState::NoTarget, &spec.no_target),
        (ProgressState::NoBaseline, &spec.no_baseline),
        (ProgressState::NotComparable, &spec.not_comparable),
    ];
    words.into_iter().filter_map(|(state, word)| word.clone().map(|w| (state, w))).collect()
}

/// How a question of numbers becomes one with options.
fn bands_of(question: &str) -> Text {
    let rule = |id: &str| {
        format!("[[derived]] id = \"{id}\" bands = {{ of = \"{question}\", from = [18, 40, 65] }}")
    };
    Text::new(
        format!("数の設問なら、調査票に区分を書くと軸にできます: {}", rule("年代")),
        format!("a question of numbers can be banded in the questionnaire: {}", rule("age-group")),
    )
}
