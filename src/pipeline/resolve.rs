//! Spec → plan: the only place where defaults and names are decided. All mistakes are told in one go, each with its words
//! underlined.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::plan::{
    Definition, IndicatorPlan, MeasurePlan, Plan, Sample, ShareDefinition, Survey, Wave, Weighting,
};
use super::spec::{
    CountSpec, DataSpec, DirectionSpec, DontKnowSpec, IndicatorSpec, LadderSpec, ManualSpec, PlanSpec, ProgressSpec, RuleSpec,
    SampleSpec, ShareSpec, SurveySpec, WaveSpec, WeightsSpec, Word,
};
use crate::answers::toml_text::{did_you_mean, span_of};
use crate::answers::{Duplicates, QuestionKind, Questionnaire};
use crate::error::{Diagnostic, Error, Result, SourceText, Span};
use crate::estimate::IntervalMethod;
use crate::indicator::{AdminCell, DataKind, Direction, FiscalYear, Goal, ProgressRule, ProgressState, Target, Unit};
use crate::text::Text;

/// What the plan's folder and the project's folder hold, as far as the plan asks: given by the caller, so that this room
/// opens no file.
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
pub fn resolve(name: &str, source: &Arc<SourceText>, spec: &PlanSpec, around: &dyn Surroundings) -> Result<Plan> {
    let mut r = Resolver { source, around, mistakes: Vec::new() };
    let plan = r.plan(name, spec);
    let mut mistakes = r.mistakes;
    // Mistakes of the plan itself in the order of its text; those of a questionnaire after them, as they came.
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
    fn mistake(&mut self, code: &'static str, span: Span, ja: String, en: String, help: Option<Text>) {
        let mut diagnostic = Diagnostic::new(code, Text::new(ja, en)).span(span);
        diagnostic.help = help;
        self.mistakes.push(diagnostic);
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
        let mut surveys: Vec<Survey> = spec.survey.iter().map(|(key, s)| self.survey(key, s, &years, data, &mut sources)).collect();
        let goals = self.goals(spec);
        let indicators = self.indicators(spec, &years, report_year, &goals, &surveys);
        self.dont_know(spec, &mut surveys);
        self.breakdowns(spec, &surveys);
        Plan {
            name: name.to_owned(),
            title: spec.title.clone(),
            report_year,
            data,
            breakdowns: spec.breakdowns.iter().map(|b| b.iter().map(|w| w.get_ref().clone()).collect()).collect(),
            interval: self.interval(spec),
            rule: self.rule(spec.progress.as_ref()),
            ladder: spec.ladder.as_ref().map(ladder).unwrap_or_default(),
            notes: spec.notes.clone(),
            warning_limit: spec.warning_limit,
            goals,
            surveys,
            indicators,
            sources,
            years,
        }
    }

    fn years(&mut self, word: &Word) -> Vec<FiscalYear> {
        let Some((first, last)) = word.get_ref().split_once("..") else {
            let span = self.at(word);
            let help = Text::new("\"R4..R10\" のように書きます", "write it like \"R4..R10\"");
            self.mistake("plan::fiscal-years", span, "計画年度の範囲が読めません".into(), "cannot read the range of fiscal years".into(), Some(help));
            return Vec::new();
        };
        let (first, last) = (self.take(word, first.parse()), self.take(word, last.parse::<FiscalYear>()));
        let (Some(first), Some(last)): (Option<FiscalYear>, _) = (first, last) else { return Vec::new() };
        let years = first.to(last);
        if !(2..=30).contains(&years.len()) {
            let span = self.at(word);
            self.mistake(
                "plan::fiscal-years",
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
                "plan::year-outside",
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
                self.mistake("plan::goal-twice", span, format!("基本目標{n}が2つあります"), format!("goal {n} is there twice"), None);
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
            self.mistake("plan::level", span, format!("信頼水準 {value} は0と1の間ではありません"), format!("the level {value} is not between 0 and 1"), None);
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

    fn rule(&mut self, spec: Option<&ProgressSpec>) -> ProgressRule {
        let Some(spec) = spec else { return ProgressRule::NoiseAware { level: 0.95 } };
        let of_rule = |given: &Option<serde_spanned::Spanned<f64>>, fits: bool, key: &str, this: &mut Self| {
            if let Some(value) = given.as_ref().filter(|_| !fits) {
                let span = this.at(value);
                this.mistake("plan::rule-option", span, format!("「{key}」はこの規則では使いません"), format!("\"{key}\" does not belong to this rule"), None);
            }
        };
        of_rule(&spec.level, spec.rule == RuleSpec::NoiseAware, "level", self);
        of_rule(&spec.points, spec.rule == RuleSpec::Band, "points", self);
        of_rule(&spec.percent, spec.rule == RuleSpec::Band, "percent", self);
        match spec.rule {
            RuleSpec::NoiseAware => ProgressRule::NoiseAware { level: spec.level.as_ref().map_or(0.95, |l| self.level(l)) },
            RuleSpec::Pace => ProgressRule::Pace,
            RuleSpec::Band => {
                let mut width = |given: &Option<serde_spanned::Spanned<f64>>, default: f64| match given {
                    Some(value) if *value.get_ref() >= 0.0 && *value.get_ref() <= 100.0 => *value.get_ref() / 100.0,
                    Some(value) => {
                        let span = self.at(value);
                        self.mistake("plan::band", span, "0から100までの数を書いてください".into(), "a number from 0 to 100 is needed".into(), None);
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
            let known: Vec<&str> = surveys.iter().flat_map(|s| s.questionnaire.questions.iter()).map(|q| q.id.as_str()).collect();
            let single = surveys.iter().filter_map(|s| s.questionnaire.question(word.get_ref())).any(|(_, q)| matches!(q.kind, QuestionKind::Single(_)));
            let span = self.at(word);
            let w = word.get_ref();
            if !known.contains(&w.as_str()) {
                let help = did_you_mean(w, known.iter().copied());
                self.mistake("plan::unknown-question", span, format!("どの調査にも「{w}」という設問はありません"), format!("no survey has a question \"{w}\""), help);
            } else if !single {
                self.mistake("plan::breakdown-kind", span, format!("「{w}」は単数回答ではないので軸にできません"), format!("\"{w}\" is no single-answer question, so it cannot be a breakdown"), None);
            }
        }
    }

    fn survey(&mut self, key: &Word, spec: &SurveySpec, years: &[FiscalYear], data: DataKind, sources: &mut Vec<Arc<SourceText>>) -> Survey {
        let questionnaire = match self.take(&spec.questionnaire, self.around.questionnaire(spec.questionnaire.get_ref())) {
            Some((source, questionnaire)) => {
                sources.push(source);
                Some(questionnaire)
            }
            None => None,
        };
        let mut waves: Vec<Wave> =
            spec.wave.iter().filter_map(|(year, wave)| self.wave(year, wave, years, data, questionnaire.as_ref())).collect();
        waves.sort_by_key(|w| w.year);
        Survey {
            key: key.get_ref().clone(),
            title: spec.title.clone(),
            sample: match spec.sample {
                SampleSpec::Random => Sample::Random,
                SampleSpec::Census => Sample::Census,
                SampleSpec::Open => Sample::Open,
                SampleSpec::Panel => Sample::Panel,
            },
            questionnaire: questionnaire.unwrap_or_else(|| Questionnaire { title: String::new(), questions: Vec::new() }),
            dont_know_missing: BTreeSet::new(),
            planned: spec.planned.iter().filter_map(|w| self.year(w, years)).collect(),
            waves,
        }
    }

    fn wave(&mut self, year: &Word, spec: &WaveSpec, years: &[FiscalYear], data: DataKind, questionnaire: Option<&Questionnaire>) -> Option<Wave> {
        let year = self.year(year, years);
        for file in spec.responses.iter().chain(&spec.population) {
            let there = self.around.data_file(file.get_ref());
            self.take(file, there);
        }
        let single = |word: &Word, this: &mut Self| -> Option<usize> {
            let (index, question) = this.question(word, questionnaire?)?;
            if matches!(question, QuestionKind::Single(_)) {
                return Some(index);
            }
            let (span, w) = (this.at(word), word.get_ref());
            this.mistake("plan::stratum-kind", span, format!("「{w}」は単数回答ではありません"), format!("\"{w}\" is no single-answer question"), None);
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
            Some(WeightsSpec { rake: None, post_stratify: None, column: Some(column) }) => Weighting::Column(column.get_ref().clone()),
            Some(WeightsSpec { rake, post_stratify, column }) => {
                let first = [rake.as_ref().map(|w| w.span()), post_stratify.as_ref().map(|w| w.span()), column.as_ref().map(|w| w.span())];
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
            data: spec.data.map_or(data, kind),
        })
    }

    fn need_population(&mut self, words: &serde_spanned::Spanned<Vec<Word>>, spec: &WaveSpec) {
        if spec.population.is_none() {
            let span = self.at(words);
            let help = Text::new("population = \"raw/….csv\" を書いてください", "add population = \"raw/….csv\"");
            self.mistake("plan::population", span, "人口表がないとウエイトを計算できません".into(), "weights need a population table".into(), Some(help));
        }
    }

    fn question<'q>(&mut self, word: &Word, questionnaire: &'q Questionnaire) -> Option<(usize, &'q QuestionKind)> {
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

    fn indicators(&mut self, spec: &PlanSpec, years: &[FiscalYear], report: FiscalYear, goals: &[Goal], surveys: &[Survey]) -> Vec<IndicatorPlan> {
        let mut ids = BTreeSet::new();
        let mut out = Vec::new();
        for item in &spec.indicator {
            let id = item.id.get_ref();
            if !ids.insert(id.clone()) {
                let span = self.at(&item.id);
                self.mistake("plan::id-twice", span, format!("識別子「{id}」が2つあります"), format!("the id \"{id}\" is there twice"), None);
            }
            if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                let span = self.at(&item.id);
                self.mistake("plan::id", span, "識別子は半角英数字とハイフンで書きます".into(), "an id is made of letters, digits and hyphens".into(), None);
            }
            let goal = *item.goal.get_ref();
            if !goals.iter().any(|g| g.number == goal) {
                let span = self.at(&item.goal);
                self.mistake("plan::unknown-goal", span, format!("基本目標{goal}は定義されていません"), format!("there is no goal {goal}"), None);
            }
            let measures = self.measures(item, years, surveys);
            out.push(IndicatorPlan {
                id: id.clone(),
                goal,
                department: item.department.clone(),
                title: item.title.clone(),
                rationale: item.rationale.clone(),
                actions: self.of_year(&item.actions, report, years),
                next_steps: self.of_year(&item.next_steps, report.next(), years),
                measures,
            });
        }
        // The items of one goal stand together, in the order of the goals.
        out.sort_by_key(|i: &IndicatorPlan| goals.iter().position(|g| g.number == i.goal));
        out
    }

    fn of_year(&mut self, texts: &BTreeMap<Word, String>, wanted: FiscalYear, years: &[FiscalYear]) -> Option<String> {
        let mut found = None;
        for (year, text) in texts {
            if self.year(year, years) == Some(wanted) {
                found = Some(text.clone());
            }
        }
        found
    }

    fn measures(&mut self, item: &IndicatorSpec, years: &[FiscalYear], surveys: &[Survey]) -> Vec<MeasurePlan> {
        let whole = MeasureSpec {
            share: item.share.as_ref(),
            count: item.count.as_ref(),
            unit: item.unit.as_ref(),
            target: item.target.as_ref(),
            direction: item.direction,
            not_available: &item.not_available,
            published: &item.published,
            manual: item.manual.as_ref(),
        };
        if item.part.is_empty() {
            return vec![self.measure(None, &item.id, &whole, years, surveys)];
        }
        if whole.share.is_some() || whole.count.is_some() || whole.target.is_some() {
            let span = self.at(&item.id);
            self.mistake(
                "plan::parts",
                span,
                "小項目（part）のある項目では、share・count・target は小項目に書きます".into(),
                "an item with parts has its share, count and target in the parts".into(),
                None,
            );
        }
        let of = |p: &super::spec::PartSpec, this: &mut Self| {
            let spec = MeasureSpec {
                share: p.share.as_ref(),
                count: p.count.as_ref(),
                unit: p.unit.as_ref(),
                target: p.target.as_ref(),
                direction: p.direction,
                not_available: &p.not_available,
                published: &p.published,
                manual: p.manual.as_ref(),
            };
            this.measure(Some(p.title.clone()), &item.id, &spec, years, surveys)
        };
        item.part.iter().map(|p| of(p, self)).collect()
    }

    fn measure(&mut self, sub_item: Option<String>, id: &Word, spec: &MeasureSpec<'_>, years: &[FiscalYear], surveys: &[Survey]) -> MeasurePlan {
        let definition = match (spec.share, spec.count) {
            (Some(share), None) => self.share(share, surveys).map(Definition::Share),
            (None, Some(count)) => self.count(count),
            (None, None) if !spec.published.is_empty() || !spec.not_available.is_empty() => None,
            _ => {
                let span = self.at(id);
                self.mistake(
                    "plan::definition",
                    span,
                    "share（調査の割合）か count（行政の数値）のどちらか1つを書いてください".into(),
                    "an indicator takes exactly one of share and count".into(),
                    None,
                );
                None
            }
        };
        let mut published = Vec::new();
        for (year, value) in spec.published {
            if let (Some(year), Some(cell)) = (self.year(year, years), self.take(value, AdminCell::parse(value.get_ref()))) {
                published.push((year, cell));
            }
        }
        published.sort_by_key(|(year, _)| *year);
        let target = spec.target.and_then(|w| {
            let parsed = Target::parse(w.get_ref()).map_err(|e| advised(e, "\"506人\"、\"40%以上\"、\"5%以下\" のように書きます", "write it like \"506人\", \"40%以上\" or \"5%以下\""));
            self.take(w, parsed)
        });
        let unit = spec.unit.map(|u| Unit::from_text(u));
        if let (Some(target), Some(word)) = (&target, spec.target) {
            let expected = match &definition {
                Some(Definition::Share(_)) => Some(Unit::Percent),
                _ => unit.clone(),
            };
            if let Some(expected) = expected.filter(|u| *u != target.quantity.unit) {
                let span = self.at(word);
                let (e, t) = (expected.text(), target.quantity.unit.text());
                self.mistake("plan::target-unit", span, format!("目標値の単位「{t}」が項目の単位「{e}」と違います"), format!("the target's unit \"{t}\" is not the indicator's \"{e}\""), None);
            }
        }
        let manual = spec.manual.map(|m| {
            if m.reason.get_ref().trim().is_empty() {
                let span = self.at(&m.reason);
                self.mistake("plan::manual", span, "手動の判定には理由が必要です".into(), "a judgement by a person needs a reason".into(), None);
            }
            (m.label.clone(), m.reason.get_ref().clone())
        });
        MeasurePlan {
            sub_item,
            definition,
            unit,
            target,
            direction: spec.direction.map(|d| match d {
                DirectionSpec::Increase => Direction::Increase,
                DirectionSpec::Decrease => Direction::Decrease,
                DirectionSpec::Maintain => Direction::Maintain,
            }),
            not_available: spec.not_available.iter().filter_map(|w| self.year(w, years)).collect(),
            published,
            manual,
        }
    }

    fn count(&mut self, spec: &CountSpec) -> Option<Definition> {
        let there = self.around.data_file(spec.file.get_ref());
        self.take(&spec.file, there)?;
        Some(Definition::Count {
            file: spec.file.get_ref().clone(),
            sheet: spec.sheet.clone(),
            item: spec.item.get_ref().clone(),
            data: kind(spec.data),
        })
    }

    /// わからない is one thing for a whole question: two indicators that treat it differently would print two bases of it.
    fn dont_know(&mut self, spec: &PlanSpec, surveys: &mut [Survey]) {
        let shares = spec.indicator.iter().flat_map(|i| i.share.iter().chain(i.part.iter().filter_map(|p| p.share.as_ref())));
        let mut said: BTreeMap<(&str, &str), DontKnowSpec> = BTreeMap::new();
        for share in shares {
            let Some(choice) = share.dont_know else { continue };
            let key = (share.survey.get_ref().as_str(), share.question.get_ref().as_str());
            if *said.entry(key).or_insert(choice) != choice {
                let (span, q) = (self.at(&share.question), key.1);
                self.mistake(
                    "plan::dont-know",
                    span,
                    format!("「{q}」のわからないの扱い（dont_know）が項目によって違います"),
                    format!("dont_know of \"{q}\" differs between indicators"),
                    None,
                );
            }
            if choice == DontKnowSpec::Missing
                && let Some(survey) = surveys.iter_mut().find(|s| s.key == key.0)
            {
                survey.dont_know_missing.insert(key.1.to_owned());
            }
        }
    }

    fn share(&mut self, spec: &ShareSpec, surveys: &[Survey]) -> Option<ShareDefinition> {
        let key = spec.survey.get_ref();
        let Some(survey) = surveys.iter().position(|s| s.key == *key) else {
            let span = self.at(&spec.survey);
            let help = did_you_mean(key, surveys.iter().map(|s| s.key.as_str()));
            self.mistake("plan::unknown-survey", span, format!("調査「{key}」は定義されていません"), format!("there is no survey \"{key}\""), help);
            return None;
        };
        let questionnaire = &surveys[survey].questionnaire;
        if questionnaire.questions.is_empty() {
            return None; // its own mistake is told already
        }
        let (question, kind) = self.question(&spec.question, questionnaire)?;
        let categories = match kind {
            QuestionKind::Single(categories) | QuestionKind::Multiple { categories, .. } => categories,
            QuestionKind::Number { .. } | QuestionKind::Text => {
                let (span, q) = (self.at(&spec.question), spec.question.get_ref());
                self.mistake("plan::question-kind", span, format!("「{q}」には選択肢がありません"), format!("\"{q}\" has no options"), None);
                return None;
            }
        };
        let mut chosen = Vec::new();
        for word in spec.of.get_ref() {
            let w = word.get_ref();
            match categories.iter().position(|c| c.label == *w) {
                Some(index) if chosen.contains(&index) => {
                    let span = self.at(word);
                    self.mistake("plan::option-twice", span, format!("選択肢「{w}」が2回あります"), format!("the option \"{w}\" is there twice"), None);
                }
                Some(index) => chosen.push(index),
                None => {
                    let (span, q) = (self.at(word), spec.question.get_ref());
                    let help = did_you_mean(w, categories.iter().map(|c| c.label.as_str()));
                    self.mistake("plan::unknown-option", span, format!("「{q}」に選択肢「{w}」はありません"), format!("\"{q}\" has no option \"{w}\""), help);
                }
            }
        }
        Some(ShareDefinition {
            survey,
            question,
            categories: chosen,
            base: spec.base,
        })
    }
}

/// The keys that an item and a part share.
struct MeasureSpec<'a> {
    share: Option<&'a ShareSpec>,
    count: Option<&'a CountSpec>,
    unit: Option<&'a String>,
    target: Option<&'a Word>,
    direction: Option<DirectionSpec>,
    not_available: &'a [Word],
    published: &'a BTreeMap<Word, Word>,
    manual: Option<&'a ManualSpec>,
}

/// The error with advice for those of its mistakes that have none.
fn advised(error: Error, ja: &str, en: &str) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in &mut diagnostics {
        diagnostic.help.get_or_insert_with(|| Text::new(ja, en));
    }
    Error::all(diagnostics).unwrap_or_else(|| Error::msg("plan::target", ja, en))
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
    ];
    words.into_iter().filter_map(|(state, word)| word.clone().map(|w| (state, w))).collect()
}
