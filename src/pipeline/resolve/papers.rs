//! The own papers of waves, and where the survey's questions and options stand on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_spanned::Spanned;

use super::super::definition::Definition;
use super::super::map_spec::{MapSpec, MapTable, WordsSpec};
use super::super::plan::{IndicatorPlan, Ruling, Survey, WavePaper};
use super::super::spec::{PlanSpec, WaveSpec};
use super::super::wave::design_questions;
use super::Resolver;
use crate::code::Code;
use crate::error::{SourceText, Span};
use crate::questionnaire::{MOST_OPTIONS, Question, QuestionKind, Questionnaire};
use crate::text::Text;
use crate::text::suggest::did_you_mean;
use crate::toml::text::Word;
use crate::waves::{AskedAs, Counterpart, FoundBy, Mapping, Merged, labelled, most_alike};

/// What a wave's `questionnaire` and `map` come to.
pub(super) struct ResolvedPaper {
    pub(super) paper: Option<WavePaper>,
    pub(super) rulings: BTreeMap<usize, Ruling>,
}

/// An entry of the map whose names are found.
struct Entry<'s> {
    /// Index of the question in the survey's questionnaire.
    target: usize,
    /// Where the plan names the wave's question, or the entry's own key.
    at: Span,
    /// Index on the wave's paper, where the plan names it.
    question: Option<usize>,
    /// Nothing where the plan only names the question.
    table: Option<&'s MapTable>,
    not_asked: bool,
}

impl Resolver<'_> {
    /// The paper of a wave; none when it is the survey's own and nothing is mapped.
    pub(super) fn paper(
        &mut self,
        spec: &WaveSpec,
        reference: Option<&Questionnaire>,
        sources: &mut Vec<Arc<SourceText>>,
    ) -> ResolvedPaper {
        let mut resolved = ResolvedPaper { paper: None, rulings: BTreeMap::new() };
        let own = match &spec.questionnaire {
            None => None,
            Some(word) => match self.take(word, self.around.questionnaire(word.get_ref())) {
                Some((source, own)) => {
                    if !sources.iter().any(|s| **s == *source) {
                        sources.push(Arc::clone(&source));
                    }
                    Some((source.file.clone(), own))
                }
                None => return resolved, // its own mistakes are told
            },
        };
        let Some(reference) = reference else { return resolved };
        if own.is_none() && spec.map.is_empty() {
            return resolved;
        }
        let (file, own) = own.unwrap_or_else(|| (String::new(), reference.clone()));
        let mut entries = Vec::new();
        for (key, entry) in in_order(&spec.map) {
            entries.extend(self.entry(key, entry, reference, &own, &mut resolved.rulings));
        }
        let taken: BTreeMap<usize, usize> =
            entries.iter().filter_map(|e| e.question.map(|q| (q, e.target))).collect();
        self.mapped_twice(&entries, reference);
        let mut counterparts = Vec::with_capacity(reference.questions.len());
        for (target, question) in reference.questions.iter().enumerate() {
            let entry = entries.iter().find(|e| e.target == target);
            counterparts.push(self.counterpart(question, entry, target, &own, &taken));
        }
        let said_not_asked = entries.iter().filter(|e| e.not_asked).map(|e| e.target).collect();
        resolved.paper =
            Some(WavePaper { file, questionnaire: own, mapping: Mapping { counterparts }, said_not_asked });
        resolved
    }

    /// The names of an entry, and what it says of the comparison.
    fn entry<'s>(
        &mut self,
        key: &'s Word,
        entry: &'s Spanned<MapSpec>,
        reference: &Questionnaire,
        own: &Questionnaire,
        rulings: &mut BTreeMap<usize, Ruling>,
    ) -> Option<Entry<'s>> {
        let target = self.question(key, reference).map(|(index, _)| index);
        match entry.get_ref() {
            MapSpec::Question(id) => {
                let word = Spanned::new(entry.span(), id.clone());
                let question = self.own_question(&word, own);
                Some(Entry {
                    target: target?,
                    at: self.at(&word),
                    question: Some(question?),
                    table: None,
                    not_asked: false,
                })
            }
            MapSpec::Table(table) => self.table(key, table, target, own, rulings),
        }
    }

    fn table<'s>(
        &mut self,
        key: &'s Word,
        table: &'s MapTable,
        target: Option<usize>,
        own: &Questionnaire,
        rulings: &mut BTreeMap<usize, Ruling>,
    ) -> Option<Entry<'s>> {
        let not_asked = table.not_asked.as_ref().is_some_and(|n| *n.get_ref());
        let alone = table.question.is_none()
            && table.options.is_empty()
            && table.merged.is_empty()
            && table.comparable.is_none()
            && table.not_comparable.is_none();
        if let Some(said) = table.not_asked.as_ref().filter(|n| *n.get_ref() && !alone) {
            let span = self.at(said);
            let help = Text::new(
                "聞いた設問なら not_asked を消し、聞いていない設問なら not_asked だけを書いてください",
                "leave not_asked out for a question that was asked, or let it stand alone",
            );
            self.mistake(
                Code::PlanMapConflict,
                span,
                "聞いていない設問に、対応や比較の指定はできません".into(),
                "a question that was not asked has no counterpart and no comparison".into(),
                Some(help),
            );
        }
        if let (Some(_), Some(word)) = (&table.comparable, &table.not_comparable) {
            let span = self.at(word);
            let help = Text::new("どちらか1つにしてください", "keep one of the two");
            self.mistake(
                Code::PlanMapConflict,
                span,
                "comparable と not_comparable の両方があります".into(),
                "comparable and not_comparable are both there".into(),
                Some(help),
            );
        }
        for reason in table.comparable.iter().chain(&table.not_comparable) {
            if reason.get_ref().trim().is_empty() {
                let span = self.at(reason);
                self.mistake(
                    Code::PlanMapReason,
                    span,
                    "理由を書いてください（表の注記に印刷されます）".into(),
                    "give the reason; it is printed in the notes".into(),
                    None,
                );
            }
        }
        let ruling = match (&table.comparable, &table.not_comparable) {
            (_, Some(reason)) => Some(Ruling::NotComparable(reason.get_ref().trim().to_owned())),
            (Some(reason), None) => Some(Ruling::Comparable(reason.get_ref().trim().to_owned())),
            (None, None) => None,
        };
        let question = match &table.question {
            Some(word) => Some(self.own_question(word, own)?),
            None => None,
        };
        let target = target?;
        rulings.extend(ruling.map(|r| (target, r)));
        Some(Entry {
            target,
            at: self.at(table.question.as_ref().unwrap_or(key)),
            question,
            table: Some(table),
            not_asked,
        })
    }

    /// A question of the wave's own paper.
    fn own_question(&mut self, word: &Word, own: &Questionnaire) -> Option<usize> {
        self.question(word, own).map(|(index, _)| index)
    }

    /// One question of the wave cannot answer two of the survey's.
    fn mapped_twice(&mut self, entries: &[Entry<'_>], reference: &Questionnaire) {
        for (at, entry) in entries.iter().enumerate() {
            let Some(question) = entry.question else { continue };
            if let Some(first) = entries.iter().take(at).find(|e| e.question == Some(question)) {
                let id = |e: &Entry<'_>| {
                    reference.questions.get(e.target).map_or_else(String::new, |q| q.id.clone())
                };
                let (first, second) = (id(first), id(entry));
                self.mistake(
                    Code::PlanMappedTwice,
                    entry.at.clone(),
                    format!("この回の同じ設問が「{first}」と「{second}」の両方に対応しています"),
                    format!("one question of this wave stands for both \"{first}\" and \"{second}\""),
                    Some(Text::new(
                        "どちらか1つにし、聞いていない方は not_asked = true としてください",
                        "keep one; the other is not_asked = true",
                    )),
                );
            }
        }
    }

    fn counterpart(
        &mut self,
        reference: &Question,
        entry: Option<&Entry<'_>>,
        target: usize,
        own: &Questionnaire,
        taken: &BTreeMap<usize, usize>,
    ) -> Counterpart {
        if entry.is_some_and(|e| e.not_asked) {
            return Counterpart::NotAsked;
        }
        // Made of its sources, unless the plan names the question that asked for it.
        if let (Some(derivation), true) = (&reference.derivation, entry.is_none_or(|e| e.question.is_none()))
        {
            if let Some(table) = entry.and_then(|e| e.table)
                && let Some(word) = table.options.keys().chain(table.merged.keys()).next()
            {
                let (span, id) = (self.at(word), &reference.id);
                self.mistake(
                    Code::PlanMapConflict,
                    span,
                    format!("「{id}」は派生変数です。選択肢の対応は、もとの設問に書いてください"),
                    format!("\"{id}\" is a derived variable; map the options of what it is made of"),
                    None,
                );
            }
            return Counterpart::Derived(derivation.clone());
        }
        let by_plan = entry.and_then(|e| e.question);
        // The same number, unless the plan gives that question to another one.
        let same = || {
            own.question(&reference.id)
                .map(|(index, _)| index)
                .filter(|q| taken.get(q).is_none_or(|t| *t == target))
        };
        let Some((question, found)) =
            by_plan.map(|q| (q, FoundBy::Plan)).or_else(|| same().map(|q| (q, FoundBy::Number)))
        else {
            if let Some(entry) = entry {
                let (span, id) = (entry.at.clone(), &reference.id);
                let like = most_alike(own, &reference.text).and_then(|k| own.questions.get(k)).map(|q| &q.id);
                let help = like.map(|like| {
                    Text::new(
                        format!("「{like}」の文がよく似ています"),
                        format!("\"{like}\" has much the same words"),
                    )
                });
                let (ja, en) = if own.question(id).is_some() {
                    (
                        format!("この回の「{id}」は別の設問に対応しています"),
                        format!("this wave's \"{id}\" stands for another question"),
                    )
                } else {
                    (
                        format!("この回の調査票に「{id}」という設問はありません"),
                        format!("this wave's questionnaire has no question \"{id}\""),
                    )
                };
                self.mistake(
                    Code::PlanUnmappedQuestion,
                    span,
                    format!("{ja}。question = \"…\" で番号を書いてください"),
                    format!("{en}; say its number with question = \"…\""),
                    help,
                );
            }
            return Counterpart::NotAsked;
        };
        let Some(asked) = own.questions.get(question) else { return Counterpart::NotAsked };
        if !same_kind(&reference.kind, &asked.kind) {
            if let Some(entry) = entry {
                let (was, is) = (kind_words(&reference.kind), kind_words(&asked.kind));
                let (span, a, b) = (entry.at.clone(), &reference.id, &asked.id);
                let help = Text::new(
                    "答え方のちがう設問は、not_asked = true として別の設問に数えてください",
                    "a question answered in another way is another question: say not_asked = true",
                );
                self.mistake(
                    Code::PlanMapKind,
                    span,
                    format!("「{a}」は{}、この回の「{b}」は{}です", was.ja, is.ja),
                    format!("\"{a}\" is {}, this wave's \"{b}\" is {}", was.en, is.en),
                    Some(help),
                );
            }
            return Counterpart::NotAsked;
        }
        let table = entry.and_then(|e| e.table);
        let listed = table.map(|t| self.options(&t.options, reference, asked)).unwrap_or_default();
        let merged = table.map(|t| self.merged(&t.merged, reference, asked, &listed)).unwrap_or_default();
        let found = AskedAs::new(reference, asked, question, found, &listed, merged);
        let apart = found.categories.iter().filter(|c| c.is_none()).count();
        let count = reference.categories().len() + apart;
        if matches!(reference.kind, QuestionKind::Multiple { .. }) && count > MOST_OPTIONS {
            let span =
                entry.map_or_else(|| Span { source: Arc::clone(self.source), range: 0..0 }, |e| e.at.clone());
            let id = &reference.id;
            let help = Text::new("options で対応を書いてください", "map them with options");
            self.mistake(
                Code::PlanMapOptions,
                span,
                format!(
                    "「{id}」の選択肢が、対応しないものを合わせて{count}個になります（{MOST_OPTIONS}個ま\
                     で）"
                ),
                format!(
                    "\"{id}\" comes to {count} options with those that have no counterpart; {MOST_OPTIONS} \
                     is the most"
                ),
                Some(help),
            );
            return Counterpart::NotAsked;
        }
        Counterpart::Asked(found)
    }

    /// The options that the plan lists: (category of the survey's question, category of the wave's).
    fn options(
        &mut self,
        listed: &BTreeMap<Word, Spanned<WordsSpec>>,
        reference: &Question,
        own: &Question,
    ) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = Vec::new();
        let mut targets = BTreeSet::new();
        for (key, words) in in_order(listed) {
            let target = self.option(key, reference);
            if target.is_some_and(|t| !targets.insert(t)) {
                let (span, w) = (self.at(key), key.get_ref());
                self.mistake(
                    Code::PlanOptionTwice,
                    span,
                    format!("選択肢「{w}」が2回あります"),
                    format!("the option \"{w}\" is there twice"),
                    None,
                );
            }
            let one: Vec<Word>;
            let several = match words.get_ref() {
                WordsSpec::One(word) => {
                    one = vec![Spanned::new(words.span(), word.clone())];
                    &one
                }
                WordsSpec::Several(words) => words,
            };
            for word in several {
                let Some(from) = self.option(word, own) else { continue };
                let Some(target) = target else { continue };
                if let Some((other, _)) = out.iter().find(|(_, f)| *f == from) {
                    let other =
                        reference.categories().get(*other).map_or_else(String::new, |c| c.label.clone());
                    let (span, w) = (self.at(word), word.get_ref());
                    let help = Text::new(
                        format!(
                            "この回の1つの選択肢は、1つの選択肢にだけ対応できます。2つをまとめた選択肢は \
                             merged = {{ \"{w}\" = [ … ] }} と書きます"
                        ),
                        format!(
                            "an option of this wave counts as one option only; one that is two in one is \
                             merged = {{ \"{w}\" = [ … ] }}"
                        ),
                    );
                    self.mistake(
                        Code::PlanMappedTwice,
                        span,
                        format!("この回の選択肢「{w}」は、もう「{other}」に対応しています"),
                        format!("this wave's option \"{w}\" stands for \"{other}\" already"),
                        Some(help),
                    );
                    continue;
                }
                out.push((target, from));
            }
        }
        out
    }

    /// The options of the wave that are several of the survey's in one.
    fn merged(
        &mut self,
        listed: &BTreeMap<Word, Vec<Word>>,
        reference: &Question,
        own: &Question,
        options: &[(usize, usize)],
    ) -> Vec<Merged> {
        let mut out: Vec<Merged> = Vec::new();
        for (key, words) in in_order(listed) {
            if words.len() < 2 {
                let (span, w) = (self.at(key), key.get_ref());
                let help = Text::new("1つなら options に書きます", "one alone stands in options");
                self.mistake(
                    Code::PlanMapMerged,
                    span,
                    format!("「{w}」にまとめられた選択肢を2つ以上書いてください"),
                    format!("name the two or more options that became \"{w}\""),
                    Some(help),
                );
            }
            let mut of = Vec::new();
            for word in words {
                let Some(target) = self.option(word, reference) else { continue };
                let taken = of.contains(&target)
                    || out.iter().any(|m| m.of.contains(&target))
                    || options.iter().any(|(t, _)| *t == target);
                if taken {
                    let (span, w) = (self.at(word), word.get_ref());
                    let help = Text::new("どちらか1つにしてください", "keep one of the two");
                    self.mistake(
                        Code::PlanOptionTwice,
                        span,
                        format!("選択肢「{w}」が2回あります"),
                        format!("the option \"{w}\" is there twice"),
                        Some(help),
                    );
                    continue;
                }
                of.push(target);
            }
            let Some(one) = self.option(key, own) else { continue };
            if out.iter().any(|m| m.own == one) || options.iter().any(|(_, from)| *from == one) {
                let (span, w) = (self.at(key), key.get_ref());
                let help = Text::new(
                    "options か merged のどちらか1つに書いてください",
                    "let it stand in options or in merged, once",
                );
                self.mistake(
                    Code::PlanMappedTwice,
                    span,
                    format!("この回の選択肢「{w}」が2回あります"),
                    format!("this wave's option \"{w}\" is there twice"),
                    Some(help),
                );
                continue;
            }
            of.sort_unstable();
            out.push(Merged { own: one, of });
        }
        out
    }

    fn option(&mut self, word: &Word, question: &Question) -> Option<usize> {
        let found = labelled(question, word.get_ref());
        if found.is_none() {
            let (span, w, id) = (self.at(word), word.get_ref(), &question.id);
            let help = did_you_mean(w, question.categories().iter().map(|c| c.label.as_str()));
            self.mistake(
                Code::PlanUnknownOption,
                span,
                format!("「{id}」に選択肢「{w}」はありません"),
                format!("\"{id}\" has no option \"{w}\""),
                help,
            );
        }
        found
    }

    /// Every question that the plan counts, stratifies or weights by must be on each wave's paper, or the
    /// plan must say that it was not asked: a forgotten renumbering would else lose a figure without a word.
    pub(super) fn unmapped(&mut self, spec: &PlanSpec, surveys: &[Survey], indicators: &[IndicatorPlan]) {
        for (key, survey_spec) in &spec.survey {
            let Some(at) = surveys.iter().position(|s| s.key == *key.get_ref()) else { continue };
            let Some(survey) = surveys.get(at) else { continue };
            let counted = questions_counted(indicators, at);
            for (year, wave_spec) in &survey_spec.wave {
                let wave =
                    year.get_ref().parse().ok().and_then(|y| survey.waves.iter().find(|w| w.year == y));
                let Some((wave, paper)) = wave.and_then(|w| w.paper.as_ref().map(|p| (w, p))) else {
                    continue;
                };
                let word = wave_spec.questionnaire.as_ref().unwrap_or(year);
                let design = design_questions(survey, wave).1;
                // A derived variable lacks what it is made of.
                let with_sources = |questions: &mut dyn Iterator<Item = usize>| -> BTreeSet<usize> {
                    let sources = |q: usize| match paper.mapping.derivation(q) {
                        Some(_) => survey.questionnaire.made_of(q),
                        None => BTreeSet::new(),
                    };
                    questions.flat_map(|q| sources(q).into_iter().chain([q])).collect()
                };
                let design = with_sources(&mut design.into_iter());
                let unsaid = counted.iter().copied().filter(|q| !paper.said_not_asked.contains(q));
                let counted = with_sources(&mut unsaid.into_iter());
                for (index, question) in survey.questionnaire.questions.iter().enumerate() {
                    if paper.mapping.asked(index).is_some() || paper.mapping.derivation(index).is_some() {
                        continue;
                    }
                    // A counterpart that the plan names and that is wrong is told where it is named.
                    let named = wave_spec
                        .map
                        .iter()
                        .any(|(k, entry)| *k.get_ref() == question.id && !says_not_asked(entry.get_ref()));
                    if named {
                        continue;
                    }
                    let in_design = design.contains(&index);
                    if in_design || (counted.contains(&index) && !paper.said_not_asked.contains(&index)) {
                        self.lacking(word, question, paper, in_design);
                    }
                }
            }
        }
    }

    fn lacking(&mut self, word: &Word, question: &Question, paper: &WavePaper, in_design: bool) {
        let (span, id) = (self.at(word), &question.id);
        let like = most_alike(&paper.questionnaire, &question.text)
            .and_then(|k| paper.questionnaire.questions.get(k))
            .map(|q| &q.id);
        let help = match (like, in_design) {
            (Some(like), _) => Text::new(
                format!("「{like}」の文がよく似ています。map に \"{id}\" = \"{like}\" と書いてください"),
                format!("\"{like}\" has much the same words; write \"{id}\" = \"{like}\" in map"),
            ),
            (None, true) => Text::new(
                format!(
                    "map に \"{id}\" = \"この回の設問番号\" と書くか、strata・weights から外してください"
                ),
                format!("write \"{id}\" = \"its number here\" in map, or leave it out of strata and weights"),
            ),
            (None, false) => Text::new(
                format!(
                    "map に \"{id}\" = \"この回の設問番号\" か、\"{id}\" = {{ not_asked = true }} と書いて\
                     ください"
                ),
                format!("write \"{id}\" = \"its number here\" or \"{id}\" = {{ not_asked = true }} in map"),
            ),
        };
        self.mistake(
            Code::PlanUnmappedQuestion,
            span,
            format!("この回の調査票に、計画が使う設問「{id}」に当たるものがありません"),
            format!("this wave's questionnaire has nothing for \"{id}\", which the plan uses"),
            Some(help),
        );
    }
}

fn says_not_asked(entry: &MapSpec) -> bool {
    matches!(entry, MapSpec::Table(table) if table.not_asked.as_ref().is_some_and(|n| *n.get_ref()))
}

/// The entries in the order of the text.
fn in_order<T>(map: &BTreeMap<Word, T>) -> Vec<(&Word, &T)> {
    let mut entries: Vec<(&Word, &T)> = map.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The questions (indices) of survey `survey` that indicators depend on.
fn questions_counted(indicators: &[IndicatorPlan], survey: usize) -> BTreeSet<usize> {
    let of_survey = indicators.iter().flat_map(|i| &i.measures).filter_map(|m| match &m.definition {
        Some(Definition::Estimate(of)) if of.survey == survey => Some(of.all_questions()),
        _ => None,
    });
    of_survey.flatten().collect()
}

fn same_kind(a: &QuestionKind, b: &QuestionKind) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn kind_words(kind: &QuestionKind) -> Text {
    match kind {
        QuestionKind::Single(_) => Text::new("単数回答", "a single answer"),
        QuestionKind::Multiple { .. } => Text::new("複数回答", "a multiple answer"),
        QuestionKind::Number { .. } => Text::new("数量回答", "a number"),
        QuestionKind::Text => Text::new("自由記述", "free text"),
    }
}
