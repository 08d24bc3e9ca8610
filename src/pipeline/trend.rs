//! Whether the values of two waves may be compared: what differs between their papers and samples, and what
//! the plan says.

use super::definition::EstimateDefinition;
use super::plan::{Answerable, Plan, Ruling, Sample, Survey, Wave};
use super::planned::planned;
use super::wave::{WaveData, design_questions};
use super::weights::Weights;
use crate::code::Code;
use crate::decode::Base;
use crate::finding::Finding;
use crate::indicator::{FiscalYear, Group, TrendNote};
use crate::provenance::Place;
use crate::text::Text;
use crate::waves::{Aspect, Comparability, Counted, WaveDifference, compare_papers, labelled, most_alike};

/// Two waves of a survey held against each other in one question.
struct Pair<'a> {
    survey: &'a Survey,
    question: usize,
    earlier: &'a Wave,
    later: &'a Wave,
    differences: Vec<WaveDifference>,
    ruling: Option<&'a Ruling>,
}

impl<'a> Pair<'a> {
    /// `None` when one of the waves did not ask the question.
    fn new(
        survey: &'a Survey,
        question: usize,
        earlier: &'a Wave,
        later: &'a Wave,
        counted: &[Counted<'_>],
    ) -> Option<Self> {
        let one_paper = earlier.paper.is_none() && later.paper.is_none();
        let compare = |counted: Option<&Counted<'_>>| {
            if one_paper {
                Some(Vec::new())
            } else {
                compare_papers(
                    &survey.questionnaire,
                    question,
                    survey.paper(earlier),
                    survey.paper(later),
                    counted,
                )
            }
        };
        let mut differences = compare(None)?;
        // What matters for one of several indicators matters for the question.
        for found in counted.iter().filter_map(|c| compare(Some(c))).flatten() {
            if !differences.contains(&found) {
                differences.push(found);
            }
        }
        // The same fact in the words for an indicator replaces the plain one.
        let graver: Vec<WaveDifference> =
            differences.iter().filter(|d| d.level == Comparability::NotComparable).cloned().collect();
        differences.retain(|d| {
            d.level == Comparability::NotComparable
                || !graver.iter().any(|g| g.words.ja.starts_with(&d.words.ja))
        });
        let ruling = match (earlier.rulings.get(&question), later.rulings.get(&question)) {
            // Both stand apart from the others, not from each other: the papers decide.
            (Some(Ruling::NotComparable(_)), Some(Ruling::NotComparable(_))) => None,
            (first, second) => second.or(first),
        };
        Some(Self { survey, question, earlier, later, differences, ruling })
    }

    /// With what differs between the samples, which matters for every value.
    fn and_samples(mut self) -> Self {
        self.differences.extend(samples(self.survey, self.earlier, self.later));
        self
    }

    fn level(&self) -> Comparability {
        let found = self.differences.iter().map(|d| d.level).max().unwrap_or(Comparability::Same);
        match self.ruling {
            Some(Ruling::NotComparable(_)) => Comparability::NotComparable,
            Some(Ruling::Comparable(_)) => found.min(Comparability::Caution),
            None => found,
        }
    }

    /// The question's number on the paper of `wave`.
    fn number(&self, wave: &'a Wave) -> &'a str {
        let own = wave
            .paper
            .as_ref()
            .and_then(|p| p.questionnaire.questions.get(p.mapping.asked(self.question)?.question));
        own.or_else(|| self.survey.questionnaire.questions.get(self.question)).map_or("", |q| q.id.as_str())
    }

    /// What may be said, what differs, and what the plan says of it.
    fn words(&self) -> Text {
        let (was, is) = (self.number(self.earlier), self.number(self.later));
        let (first, second) = (self.earlier.year, self.later.year);
        let (title, ja_year) = (&self.survey.title, first.long());
        let (also_ja, also_en) = if was == is {
            (String::new(), String::new())
        } else {
            (format!("（{ja_year}は{was}）"), format!(" ({was} in {first})"))
        };
        let (say_ja, say_en) = match (self.level(), self.ruling) {
            (Comparability::NotComparable, Some(Ruling::NotComparable(reason))) => (
                format!("{ja_year}とは比較できない（計画による。理由：{reason}）"),
                format!("not comparable with {first} (says the plan: {reason})"),
            ),
            (Comparability::NotComparable, _) => {
                (format!("{ja_year}とは比較できない"), format!("not comparable with {first}"))
            }
            (_, Some(Ruling::Comparable(reason))) => (
                format!("{ja_year}とちがいがあるが、計画では比較できるものとしている（理由：{reason}）"),
                format!("differs from {first}, comparable says the plan ({reason})"),
            ),
            _ => (format!("{ja_year}との比較には注意を要する"), format!("compare with {first} with care")),
        };
        let what_ja: String = self.differences.iter().map(|d| format!("{}。", d.words.ja)).collect();
        let what_en: Vec<&str> = std::iter::once(say_en.as_str())
            .chain(self.differences.iter().map(|d| d.words.en.as_str()))
            .collect();
        Text::new(
            format!("{}「{title}」{is}{also_ja}：{say_ja}。{what_ja}", second.long()),
            format!("\"{title}\" {second}, {is}{also_en}: {}.", what_en.join("; ")),
        )
    }
}

/// What differs between how the respondents of two waves were chosen, asked and weighted.
fn samples(survey: &Survey, earlier: &Wave, later: &Wave) -> Vec<WaveDifference> {
    let mut out = Vec::new();
    if earlier.sample != later.sample {
        let (was, is) = (sample_words(earlier.sample), sample_words(later.sample));
        let words = Text::new(
            format!("抽出方法が変わった（{} → {}）", was.ja, is.ja),
            format!("the sample is of another kind ({} → {})", was.en, is.en),
        );
        out.push(WaveDifference { aspect: Aspect::Sampling, level: Comparability::Caution, words });
    }
    if let (Some(was), Some(is)) = (&earlier.mode, &later.mode)
        && was != is
    {
        let words = Text::new(
            format!("調査方法が変わった（{was} → {is}）"),
            format!("they were asked in another way ({was} → {is})"),
        );
        out.push(WaveDifference { aspect: Aspect::Mode, level: Comparability::Caution, words });
    }
    let (was, is) = (Weights::of(survey, earlier), Weights::of(survey, later));
    if was != is {
        let (was, is) = (was.words(), is.words());
        let words = Text::new(
            format!("ウエイトの付け方が変わった（{} → {}）", was.ja, is.ja),
            format!("the answers are weighted otherwise ({} → {})", was.en, is.en),
        );
        out.push(WaveDifference { aspect: Aspect::Weighting, level: Comparability::Caution, words });
    }
    out
}

fn sample_words(sample: Sample) -> Text {
    match sample {
        Sample::Random => Text::new("無作為抽出", "random"),
        Sample::Census => Text::new("全数調査", "census"),
        Sample::Open => Text::new("応募型", "self-selected"),
        Sample::Panel => Text::new("モニター", "panel"),
    }
}

/// Options that must stay together, and the base of what is made of them.
type Set = (Vec<usize>, Base);

/// The questions that an estimate depends on, the one that it is about first, and for each the sets of its
/// options that must stay together: those that count, or have the same points, or that a condition names.
fn parts(survey: &Survey, definition: &EstimateDefinition) -> Vec<(usize, Vec<Set>)> {
    let classes = definition.classes().into_iter().map(|(categories, _)| (categories, definition.base()));
    let mut classes: Vec<Set> = classes.collect();
    if classes.is_empty() {
        classes.push((Vec::new(), definition.base()));
    }
    let of = |question: usize| {
        let mut sets = if question == definition.question() { classes.clone() } else { Vec::new() };
        let named = definition.domain.iter().flat_map(|rule| rule.categories_of(question));
        sets.extend(named.map(|categories| (categories.to_vec(), Base::Answered)));
        (question, sets)
    };
    let known = |question: &usize| *question < survey.questionnaire.questions.len();
    definition.all_questions().into_iter().filter(known).map(of).collect()
}

fn counted<'a>(survey: &Survey, question: usize, sets: &'a [Set]) -> Vec<Counted<'a>> {
    let missing = |question: usize| {
        let question = survey.questionnaire.questions.get(question);
        question.is_some_and(|q| survey.dont_know_missing.contains(&q.id))
    };
    let sources = survey.questionnaire.made_of(question);
    let dont_know_missing = sources.into_iter().chain([question]).any(missing);
    sets.iter().map(|(categories, base)| Counted { categories, base: *base, dont_know_missing }).collect()
}

/// What must be said before the estimate of `year` is compared with the first one: the wave of the baseline,
/// or the first after it that can answer. What differs in one of its questions matters.
pub(super) fn trend(plan: &Plan, definition: &EstimateDefinition, year: FiscalYear) -> Option<TrendNote> {
    let survey = plan.surveys.get(definition.survey)?;
    let earlier = survey.waves.iter().find(|w| w.answerable(definition) == Answerable::Yes)?;
    let later = survey.waves.iter().find(|w| w.year == year && earlier.year < year)?;
    let parts = parts(survey, definition);
    let pair = |(at, (question, sets)): (usize, &(usize, Vec<Set>))| {
        let pair = Pair::new(survey, *question, earlier, later, &counted(survey, *question, sets))?;
        note(if at == 0 { pair.and_samples() } else { pair })
    };
    parts.iter().enumerate().filter_map(pair).reduce(|one, other| TrendNote {
        level: one.level.max(other.level),
        with: one.with,
        note: Text::new(
            format!("{} {}", one.note.ja, other.note.ja),
            format!("{} {}", one.note.en, other.note.en),
        ),
    })
}

fn note(pair: Pair<'_>) -> Option<TrendNote> {
    let level = pair.level();
    (level != Comparability::Same).then(|| TrendNote { level, with: pair.earlier.year, note: pair.words() })
}

/// What must be said of a part of a breakdown, by the question that makes it: held against the first wave
/// that asked it.
pub(super) fn trend_of_group(plan: &Plan, data: &WaveData, group: &Group) -> Option<TrendNote> {
    let survey = plan.surveys.get(data.survey)?;
    let later = survey.waves.get(data.wave)?;
    let (index, question) = survey.questionnaire.question(&group.variable)?;
    let earlier = survey.waves.iter().find(|w| w.asks(index)).filter(|w| w.year < later.year)?;
    let part: Vec<usize> = labelled(question, &group.value).into_iter().collect();
    let here = Counted { categories: &part, base: Base::All, dont_know_missing: false };
    let pair = Pair::new(survey, index, earlier, later, &[here])?;
    if part.is_empty() {
        // An option that only this wave had.
        return Some(TrendNote {
            level: Comparability::NotComparable,
            with: earlier.year,
            note: pair.words(),
        });
    }
    note(pair)
}

/// What differs between the waves of every survey: each wave against the one before it and against the first.
pub(super) fn findings(plan: &Plan) -> Vec<Finding> {
    let mut out = Vec::new();
    for (index, survey) in plan.surveys.iter().enumerate() {
        let all: Vec<&Wave> = survey.waves.iter().collect();
        for (earlier, later) in pairs(&all) {
            of_samples(plan, survey, earlier, later, &mut out);
        }
        for question in 0..survey.questionnaire.questions.len() {
            let asking: Vec<&Wave> = survey.waves.iter().filter(|w| w.asks(question)).collect();
            for (earlier, later) in pairs(&asking) {
                out.extend(of_question(plan, index, question, earlier, later));
            }
        }
        for wave in &survey.waves {
            out.extend(not_asked(survey, wave));
        }
    }
    out
}

/// Each wave with the one before it, and with the first where that is another.
fn pairs<'a>(waves: &[&'a Wave]) -> Vec<(&'a Wave, &'a Wave)> {
    let mut out = Vec::new();
    for (k, later) in waves.iter().enumerate().skip(1) {
        out.extend(waves.get(k - 1).map(|before| (*before, *later)));
        if k > 1 {
            out.extend(waves.first().map(|first| (*first, *later)));
        }
    }
    out
}

fn of_samples(plan: &Plan, survey: &Survey, earlier: &Wave, later: &Wave, out: &mut Vec<Finding>) {
    let place = plan.place();
    let (title, first, second) = (&survey.title, earlier.year, later.year);
    for found in samples(survey, earlier, later) {
        let message = Text::new(
            format!(
                "「{title}」{}は、{}と{}。すべての値に注を付ける",
                second.long(),
                first.long(),
                found.words.ja
            ),
            format!("\"{title}\" {second} beside {first}: {}; every value carries a note", found.words.en),
        );
        let code = if found.aspect == Aspect::Weighting {
            Code::PlanWeightingDiffers
        } else {
            Code::PlanSampleDiffers
        };
        out.push(Finding::warning(code, message, place.clone()));
    }
}

fn of_question(plan: &Plan, survey: usize, question: usize, earlier: &Wave, later: &Wave) -> Option<Finding> {
    let of = plan.surveys.get(survey)?;
    let sets: Vec<Set> = planned(plan, survey)
        .iter()
        .flat_map(|e| parts(of, e.definition))
        .filter(|(of, _)| *of == question)
        .flat_map(|(_, sets)| sets)
        .collect();
    let depends = planned(plan, survey).iter().any(|e| e.definition.all_questions().contains(&question));
    let counts = counted(of, question, &sets);
    let pair = Pair::new(of, question, earlier, later, &counts)?;
    let level = pair.level();
    if level == Comparability::Same {
        return None;
    }
    let reused = pair.differences.iter().any(|d| d.aspect == Aspect::ReusedNumber);
    let code = match level {
        Comparability::NotComparable if reused => Code::PlanReusedNumber,
        Comparability::NotComparable => Code::PlanNotComparable,
        Comparability::Same | Comparability::Caution => Code::PlanCompareWithCare,
    };
    let mut message = pair.words();
    if reused && pair.ruling.is_none() {
        message = with_advice(&pair, message);
    }
    let (file, own) = match &later.paper {
        Some(paper) => (paper.file.clone(), pair.number(later)),
        None => (earlier.paper.as_ref().map(|p| p.file.clone()).unwrap_or_default(), pair.number(later)),
    };
    let place = Place { file: Some(file).filter(|f| !f.is_empty()), ..Place::default() }.question(own);
    let id = &of.questionnaire.questions.get(question)?.id;
    let banner = plan.breakdowns.iter().flatten().any(|b| b == id);
    let design = [earlier, later].iter().any(|w| design_questions(of, w).1.contains(&question));
    let used = depends || banner || design;
    // What a person has decided already, and what nothing is made of, is good to know.
    let finding = if used && pair.ruling.is_none() { Finding::warning } else { Finding::note };
    Some(finding(code, message, place))
}

/// The question of the later paper that the earlier one most likely became.
fn with_advice(pair: &Pair<'_>, message: Text) -> Text {
    let reference = pair.survey.questionnaire.questions.get(pair.question);
    let own = pair.later.paper.as_ref().map(|p| &p.questionnaire);
    let like = reference
        .zip(own)
        .and_then(|(r, own)| own.questions.get(most_alike(own, &r.text)?).map(|q| (&r.id, &q.id)));
    match like {
        Some((id, like)) => Text::new(
            format!(
                "{}「{like}」の文がよく似ている（同じ設問なら、map に \"{id}\" = \"{like}\" と書く）。",
                message.ja
            ),
            format!(
                "{} \"{like}\" has much the same words (if it is the same question, write \"{id}\" = \
                 \"{like}\" in map).",
                message.en
            ),
        ),
        None => Text::new(
            format!("{}（聞いていない設問なら、map に not_asked = true と書く）", message.ja),
            format!("{} (If it was not asked, say not_asked = true in map.)", message.en),
        ),
    }
}

/// The questions that are not on the paper of a wave, unless the plan says that they were not asked.
fn not_asked(survey: &Survey, wave: &Wave) -> Vec<Finding> {
    let Some(paper) = &wave.paper else { return Vec::new() };
    let all = survey.questionnaire.questions.iter().enumerate();
    // A derived variable is on no paper; what it is made of is told.
    let there = |k: &usize| paper.mapping.asked(*k).is_some() || paper.mapping.derivation(*k).is_some();
    let lacking = all.filter(|(k, _)| !there(k) && !paper.said_not_asked.contains(k));
    let finding = |(_, question): (usize, &crate::questionnaire::Question)| {
        let (id, year) = (&question.id, wave.year);
        let message = Text::new(
            format!("{id}に当たる設問は、{}の調査票にない", year.long()),
            format!("the paper of {year} has no question for {id}"),
        );
        Finding::note(
            Code::PlanNotOnPaper,
            message,
            Place { file: Some(paper.file.clone()).filter(|f| !f.is_empty()), ..Place::default() }
                .question(id),
        )
    };
    lacking.map(finding).collect()
}
