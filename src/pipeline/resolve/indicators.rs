//! Indicators: what is measured, and held against which target.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::super::count_spec::{CellSpec, CountSpec, MissingMonths};
use super::super::definition::Definition;
use super::super::estimate_spec::DontKnowSpec;
use super::super::plan::{IndicatorPlan, MeasurePlan, Survey};
use super::super::spec::{DirectionSpec, IndicatorSpec, ManualSpec, PartSpec, PlanSpec};
use super::estimates::EstimateSpec;
use super::{Resolver, advised, kind};
use crate::code::Code;
use crate::indicator::{
    AdminCell, CountQuery, Direction, FiscalYear, Goal, MonthRule, Statistic, Target, Unit, ValueFormat,
};
use crate::text::Text;
use crate::toml::text::Word;

/// The keys that an item and a part share.
struct MeasureSpec<'a> {
    estimates: Vec<EstimateSpec<'a>>,
    count: Option<&'a CountSpec>,
    unit: Option<&'a Word>,
    decimals: Option<&'a Spanned<u8>>,
    target: Option<&'a Word>,
    direction: Option<DirectionSpec>,
    not_available: &'a [Word],
    published: &'a BTreeMap<Word, Word>,
    manual: Option<&'a ManualSpec>,
}

impl Resolver<'_> {
    pub(super) fn indicators(
        &mut self,
        spec: &PlanSpec,
        years: &[FiscalYear],
        report: FiscalYear,
        goals: &[Goal],
        surveys: &[Survey],
    ) -> Vec<IndicatorPlan> {
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let mut out = Vec::new();
        for item in &spec.indicator {
            let id = item.id.get_ref();
            let (line, _) = self.at(&item.id).line_column();
            if let Some(first) = ids.get(id.as_str()) {
                let span = self.at(&item.id);
                self.mistake(
                    Code::PlanIdTwice,
                    span,
                    format!("識別子「{id}」が2つあります（{first}行目と{line}行目）"),
                    format!("the id \"{id}\" is there twice (lines {first} and {line})"),
                    Some(Text::new("どちらかを別の名前にしてください", "give one of them another name")),
                );
            }
            ids.entry(id).or_insert(line);
            if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                let span = self.at(&item.id);
                self.mistake(
                    Code::PlanId,
                    span,
                    "識別子は半角英数字とハイフンで書きます".into(),
                    "an id is made of letters, digits and hyphens".into(),
                    Some(Text::new("例: volunteer-intent、item-12", "such as volunteer-intent or item-12")),
                );
            }
            let goal = *item.goal.get_ref();
            if !goals.iter().any(|g| g.number == goal) {
                let span = self.at(&item.goal);
                self.mistake(
                    Code::PlanUnknownGoal,
                    span,
                    format!("基本目標{goal}は定義されていません"),
                    format!("there is no goal {goal}"),
                    None,
                );
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

    fn of_year(
        &mut self,
        texts: &BTreeMap<Word, String>,
        wanted: FiscalYear,
        years: &[FiscalYear],
    ) -> Option<String> {
        let mut found = None;
        for (year, text) in texts {
            if self.year(year, years) == Some(wanted) {
                found = Some(text.clone());
            }
        }
        found
    }

    fn measures(
        &mut self,
        item: &IndicatorSpec,
        years: &[FiscalYear],
        surveys: &[Survey],
    ) -> Vec<MeasurePlan> {
        let whole = MeasureSpec {
            estimates: item.estimates(),
            count: item.count.as_ref(),
            unit: item.unit.as_ref(),
            decimals: item.decimals.as_ref(),
            target: item.target.as_ref(),
            direction: item.direction,
            not_available: &item.not_available,
            published: &item.published,
            manual: item.manual.as_ref(),
        };
        if item.part.is_empty() {
            return vec![self.measure(None, &item.id, &whole, years, surveys)];
        }
        if !whole.estimates.is_empty() || whole.count.is_some() || whole.target.is_some() {
            let span = self.at(&item.id);
            self.mistake(
                Code::PlanParts,
                span,
                "小項目（part）のある項目では、share などの定義・count・target は小項目に書きます".into(),
                "an item with parts has its share (or other definition), count and target in the parts"
                    .into(),
                None,
            );
        }
        let of = |p: &PartSpec, this: &mut Self| {
            let spec = MeasureSpec {
                estimates: p.estimates(),
                count: p.count.as_ref(),
                unit: p.unit.as_ref(),
                decimals: p.decimals.as_ref(),
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

    fn measure(
        &mut self,
        sub_item: Option<String>,
        id: &Word,
        spec: &MeasureSpec<'_>,
        years: &[FiscalYear],
        surveys: &[Survey],
    ) -> MeasurePlan {
        let mut published = Vec::new();
        for (year, value) in spec.published {
            if let (Some(year), Some(cell)) =
                (self.year(year, years), self.take(value, AdminCell::parse(value.get_ref())))
            {
                published.push((year, cell));
            }
        }
        published.sort_by_key(|(year, _)| *year);
        let target = spec.target.and_then(|w| {
            let parsed = Target::parse(w.get_ref()).map_err(|e| {
                advised(
                    e,
                    "\"506人\"、\"40%以上\"、\"5%以下\" のように書きます",
                    "write it like \"506人\", \"40%以上\" or \"5%以下\"",
                )
            });
            self.take(w, parsed)
        });
        let unit = spec.unit.map(|u| Unit::from_text(u.get_ref()));
        let definition = match (spec.estimates.as_slice(), spec.count) {
            ([estimate], None) => {
                let format = self.format(*estimate, spec, unit.as_ref(), target.as_ref());
                self.estimate(*estimate, surveys, format).map(Definition::Estimate)
            }
            ([], Some(count)) => self.count(count, unit.as_ref(), target.as_ref(), years),
            ([], None) if !spec.published.is_empty() || !spec.not_available.is_empty() => None,
            _ => {
                let span = self.at(id);
                self.mistake(
                    Code::PlanDefinition,
                    span,
                    "share・mean・total・ratio・quantile・score（調査の値）と count（行政の数値）のうち、ど\
                     れか1つを書いてください"
                        .into(),
                    "an indicator takes exactly one of share, mean, total, ratio, quantile, score and \
                     count"
                        .into(),
                    None,
                );
                None
            }
        };
        if let (Some(target), Some(word)) = (&target, spec.target) {
            self.target_unit(word, &target.quantity.unit, spec, unit.as_ref());
        }
        // A published figure without a unit is in that of the estimates.
        let unit = unit.or(match &definition {
            Some(Definition::Estimate(of)) if of.format.statistic != Statistic::Share => {
                Some(of.format.unit.clone())
            }
            _ => None,
        });
        if let (Some(decimals), true) = (spec.decimals, spec.estimates.is_empty()) {
            let span = self.at(decimals);
            self.mistake(
                Code::PlanDecimals,
                span,
                "decimals は調査の値（share・mean など）だけに書けます".into(),
                "decimals belongs to values from a survey (share, mean …)".into(),
                Some(Text::new(
                    "行政の数値と公表値は、書かれているとおりに表示します",
                    "counts and published figures print as they are written",
                )),
            );
        }
        let manual = spec.manual.map(|m| {
            if m.reason.get_ref().trim().is_empty() {
                let span = self.at(&m.reason);
                self.mistake(
                    Code::PlanManual,
                    span,
                    "手動の判定には理由が必要です".into(),
                    "a judgement by a person needs a reason".into(),
                    None,
                );
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

    /// How an estimate is printed.
    fn format(
        &mut self,
        estimate: EstimateSpec<'_>,
        spec: &MeasureSpec<'_>,
        unit: Option<&Unit>,
        target: Option<&Target>,
    ) -> ValueFormat {
        let statistic = estimate.statistic();
        let decimals = spec.decimals.map_or(statistic.decimals(), |d| *d.get_ref());
        if statistic == Statistic::Share {
            return ValueFormat { decimals, ..ValueFormat::share() };
        }
        if let (Some(word), Some(Unit::Percent)) = (spec.unit, unit) {
            let span = self.at(word);
            self.mistake(
                Code::PlanUnit,
                span,
                "「%」は割合（share）の単位です".into(),
                "% is the unit of a share".into(),
                Some(Text::new(
                    "「点」「分」「円」のような単位を書いてください",
                    "write a unit such as 点, 分 or 円",
                )),
            );
        }
        let unit = unit.or(target.map(|t| &t.quantity.unit)).filter(|unit| **unit != Unit::Percent);
        ValueFormat { statistic, unit: unit.cloned().unwrap_or(Unit::Named(String::new())), decimals }
    }

    /// A target is in the unit of its indicator.
    fn target_unit(&mut self, word: &Word, target: &Unit, spec: &MeasureSpec<'_>, unit: Option<&Unit>) {
        let share = matches!(spec.estimates.as_slice(), [EstimateSpec::Share(_)]);
        let expected = if share { Some(&Unit::Percent) } else { unit };
        let (ja, en) = match expected {
            Some(expected) if !expected.is_same(target) => {
                let (e, t) = (expected.text(), target.text());
                (
                    format!("目標値の単位「{t}」が項目の単位「{e}」と違います"),
                    format!("the target's unit \"{t}\" is not the indicator's \"{e}\""),
                )
            }
            None if !spec.estimates.is_empty() && *target == Unit::Percent => (
                "「%」の目標値は割合（share）だけに書けます".to_owned(),
                "a target in % belongs to a share".to_owned(),
            ),
            _ => return,
        };
        let span = self.at(word);
        self.mistake(Code::PlanTargetUnit, span, ja, en, None);
    }

    fn count(
        &mut self,
        spec: &CountSpec,
        unit: Option<&Unit>,
        target: Option<&Target>,
        years: &[FiscalYear],
    ) -> Option<Definition> {
        let files = spec.file.get_ref().names();
        for file in &files {
            let there = self.around.data_file(file);
            self.take(&spec.file, there)?;
        }
        let (mut cells, mut cell) = (BTreeMap::new(), None);
        match &spec.cell {
            CellSpec::OneEach(address) => cell = Some(address.clone()),
            CellSpec::ByYear(addresses) => {
                for (year, address) in addresses {
                    cells.extend(self.year(year, years).map(|year| (year, address.clone())));
                }
            }
        }
        let month = spec.month.as_ref().and_then(|word| {
            let rule = MonthRule::parse(word.get_ref());
            if rule.is_none() {
                let span = self.at(word);
                self.mistake(
                    Code::PlanUnknownWord,
                    span,
                    format!("「{}」は月の扱いではありません", word.get_ref()),
                    format!("\"{}\" is no way to take months", word.get_ref()),
                    Some(Text::new(
                        "\"sum\"（合計）、\"mean\"（平均）、\"3\"（3月の値）のどれかを書きます",
                        "write \"sum\", \"mean\", or a month such as \"3\"",
                    )),
                );
            }
            rule
        });
        let units = unit.into_iter().chain(target.map(|t| &t.quantity.unit));
        let query = CountQuery {
            item: spec.item.get_ref().names(),
            column: spec.column.as_ref().map_or_else(Vec::new, |c| c.names()),
            cells,
            cell,
            month,
            skips_months: spec.missing_months == MissingMonths::Skip,
            units: units.filter(|unit| !unit.is_blank()).cloned().collect(),
        };
        Some(Definition::Count { files, sheet: spec.sheet.clone(), query, data: kind(spec.data) })
    }

    /// わからない is one thing for a whole question: two indicators that treat it differently would print two
    /// bases of it.
    pub(super) fn dont_know(&mut self, spec: &PlanSpec, surveys: &mut [Survey]) {
        let shares = spec
            .indicator
            .iter()
            .flat_map(|i| i.share.iter().chain(i.part.iter().filter_map(|p| p.share.as_ref())));
        let mut said: BTreeMap<(&str, &str), DontKnowSpec> = BTreeMap::new();
        for share in shares {
            let Some(choice) = share.dont_know else { continue };
            let key = (share.survey.get_ref().as_str(), share.question.get_ref().as_str());
            if *said.entry(key).or_insert(choice) != choice {
                let (span, q) = (self.at(&share.question), key.1);
                self.mistake(
                    Code::PlanDontKnow,
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
}
