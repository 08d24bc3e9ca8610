//! Derived variables as written → as meant: sources and options found, groups and bands checked, each as
//! soon as its sources are there, so that a later question's skip rule may name it.

use serde_spanned::Spanned;

use crate::code::Code;
use crate::questionnaire::derivation::{Derivation, Joined, Rest};
use crate::questionnaire::derived_labels::{band_labels, crossed, numbered};
use crate::questionnaire::derived_spec::{BandsSpec, DerivedSpec, MergeSpec, NotAskedSpec, OUTSIDE};
use crate::questionnaire::model::{Category, Policy, Question, QuestionKind};
use crate::questionnaire::resolve::{Progress, Resolver};
use crate::questionnaire::resolve_rule::GREATEST;
use crate::questionnaire::rule::AskedIf;
use crate::questionnaire::rule_spec::AskedIfSpec;
use crate::questionnaire::spec::QuestionnaireSpec;
use crate::text::Text;
use crate::text::spelling;

/// The most categories of a crossing: more than anybody can read, few enough for every table.
const MOST_CROSSED: usize = 1000;

type Derived = (QuestionKind, Derivation);

impl Resolver<'_> {
    /// Resolves the derived variables whose sources are all there.
    pub(crate) fn derive_ready(&mut self, whole: &QuestionnaireSpec) {
        for (own, spec) in whole.derived.iter().enumerate() {
            let waiting = matches!(self.derived.get(own), Some(Progress::Waiting));
            if waiting && self.sources_are_there(own) {
                self.derive(whole, own, spec);
            }
        }
    }

    /// Tells why the sources of the others are not there.
    pub(crate) fn derive_rest(&mut self, whole: &QuestionnaireSpec) {
        for (own, spec) in whole.derived.iter().enumerate() {
            if matches!(self.derived.get(own), Some(Progress::Waiting)) {
                self.derive(whole, own, spec);
            }
        }
    }

    /// Whether all that the `own`th derived variable names are questions that are resolved, or derived
    /// variables before it that are.
    fn sources_are_there(&self, own: usize) -> bool {
        let is_there =
            |wanted: &String| {
                self.ids.contains_key(wanted)
                    || self.derived_names.iter().zip(&self.derived).take(own).any(|(names, progress)| {
                        names.id == *wanted && !matches!(progress, Progress::Waiting)
                    })
            };
        self.derived_names.get(own).is_some_and(|names| names.sources.iter().all(is_there))
    }

    fn derive(&mut self, whole: &QuestionnaireSpec, own: usize, spec: &DerivedSpec) {
        self.deriving = Some(own);
        self.name_of_derived(whole, own, spec);
        let progress = match self.form(whole, spec) {
            Some((kind, derivation)) => Progress::Resolved(Box::new(Question {
                id: spec.id.get_ref().clone(),
                text: spec.text.clone().unwrap_or_else(|| spec.id.get_ref().clone()),
                kind,
                asked_if: None,
                columns: Vec::new(),
                no_answer: Vec::new(),
                not_asked: Vec::new(),
                policy: Policy::default(),
                derivation: Some(derivation),
            })),
            None => Progress::Broken,
        };
        if let Some(slot) = self.derived.get_mut(own) {
            *slot = progress;
        }
        self.deriving = None;
    }

    fn name_of_derived(&mut self, whole: &QuestionnaireSpec, own: usize, spec: &DerivedSpec) {
        let id = spec.id.get_ref();
        if id.trim().is_empty() {
            self.mistake(
                Code::AnswersMissingKey,
                &spec.id,
                "派生変数の名が空です".into(),
                "the derived variable's id is empty".into(),
                None,
            );
        }
        let same = |other: &Spanned<String>| spelling::label(other.get_ref()) == spelling::label(id);
        let (ja, en) = if whole.question.iter().any(|q| same(&q.id)) {
            ("設問", "a question")
        } else if whole.derived.iter().take(own).any(|d| same(&d.id)) {
            ("派生変数", "a derived variable")
        } else {
            return;
        };
        self.mistake(
            Code::AnswersDuplicateQuestion,
            &spec.id,
            format!("「{id}」という{ja}がもうあります"),
            format!("there is already {en} \"{id}\""),
            Some(Text::new("派生変数に別の名を付けてください", "give the derived variable another name")),
        );
    }

    fn form(&mut self, whole: &QuestionnaireSpec, spec: &DerivedSpec) -> Option<Derived> {
        let id = spec.id.get_ref();
        let forms = spec.forms();
        let [form] = forms.as_slice() else {
            let (ja, en, code) = match forms.as_slice() {
                [] => (
                    format!("「{id}」に作り方がありません"),
                    format!("\"{id}\" does not say how it is made"),
                    Code::AnswersMissingKey,
                ),
                several => (
                    format!("「{id}」に「{}」が一緒に書かれています", several.join("」と「")),
                    format!("\"{id}\" has \"{}\" together", several.join("\" and \"")),
                    Code::AnswersMisplacedKey,
                ),
            };
            let help = Text::new(
                "bands、merge、any、all、none、count、cross のどれか1つを書いてください",
                "write one of bands, merge, any, all, none, count, cross",
            );
            self.mistake(code, &spec.id, ja, en, Some(help));
            return None;
        };
        let test = matches!(*form, "any" | "all" | "none");
        if let (Some(labels), false) = (&spec.labels, test) {
            let (ja, en) =
                ("labels は any・all・none と並べて書きます", "labels stand beside any, all, none");
            let help = (*form == "bands")
                .then(|| Text::new("bands = { … } の中に書いてください", "write them inside bands = { … }"));
            self.mistake(Code::AnswersMisplacedKey, labels, ja.into(), en.into(), help);
        }
        if let (Some(not_asked), false) = (&spec.not_asked, test || *form == "count") {
            self.mistake(
                Code::AnswersMisplacedKey,
                not_asked,
                "not_asked は any・all・none・count と並べて書きます".into(),
                "not_asked stands beside any, all, none, count".into(),
                None,
            );
        }
        let not_asked_is_no = spec.not_asked.as_ref().is_some_and(|n| *n.get_ref() == NotAskedSpec::No);
        if let Some(bands) = &spec.bands {
            return self.bands(whole, id, bands.get_ref());
        }
        if let Some(merge) = &spec.merge {
            return self.merge(whole, id, merge.get_ref());
        }
        if let Some(cross) = &spec.cross {
            return self.cross(whole, id, cross);
        }
        if let Some(count) = &spec.count {
            let conditions = self.conditions(whole, id, count)?;
            let most: usize = conditions.iter().map(|c| self.most_marks(c)).sum();
            let range = Some(0..=i64::try_from(most).unwrap_or(i64::MAX));
            return Some((QuestionKind::Number { range }, Derivation::Count { conditions, not_asked_is_no }));
        }
        let given = [(&spec.any, Joined::Any), (&spec.all, Joined::All), (&spec.none, Joined::None)];
        let (written, joined) = given.into_iter().find_map(|(w, joined)| Some((w.as_ref()?, joined)))?;
        let categories = self.yes_and_no(spec);
        let conditions = self.conditions(whole, id, written)?;
        Some((QuestionKind::Single(categories), Derivation::Test { joined, conditions, not_asked_is_no }))
    }

    fn bands(&mut self, whole: &QuestionnaireSpec, id: &str, spec: &BandsSpec) -> Option<Derived> {
        let of = self.earlier(whole, id, &spec.of);
        let range = match of.and_then(|of| self.resolved(of)).map(|q| q.kind.clone()) {
            Some(QuestionKind::Number { range }) => Some(range),
            Some(kind) => {
                self.wrong_kind(&spec.of, &kind, ("bands のもとは数量", "bands are made of a number"));
                None
            }
            None => None,
        };
        let from: Vec<f64> = spec.from.get_ref().iter().map(|limit| *limit.get_ref()).collect();
        for (limit, before) in spec.from.get_ref().iter().skip(1).zip(&from) {
            let (this, word) = (*limit.get_ref(), limit);
            if this <= *before {
                self.mistake(
                    Code::AnswersBandsOrder,
                    word,
                    format!("区分が重なります（下限 {before} の次が {this}）"),
                    format!("the bands overlap (the limit after {before} is {this})"),
                    Some(Text::new("下限を小さい順に書いてください", "write the limits in ascending order")),
                );
            }
        }
        for limit in
            spec.from.get_ref().iter().filter(|l| l.get_ref().is_nan() || l.get_ref().abs() > GREATEST)
        {
            self.mistake(
                Code::AnswersWrongType,
                limit,
                "ここに書けるのは ±1000兆 までの数です".into(),
                "a number from -1e15 to 1e15 is needed here".into(),
                None,
            );
        }
        let Some(first) = from.first().copied() else {
            self.mistake(
                Code::AnswersMissingKey,
                &spec.from,
                "区分の下限が1つもありません".into(),
                "there is no limit of a band".into(),
                None,
            );
            return None;
        };
        let mut labels: Vec<String> = match &spec.labels {
            Some(labels) => labels.get_ref().iter().map(|l| l.get_ref().trim().to_owned()).collect(),
            None => band_labels(&from),
        };
        if let Some(written) = spec.labels.as_ref().filter(|_| labels.len() != from.len()) {
            let (had, wanted) = (labels.len(), from.len());
            self.mistake(
                Code::AnswersBandsLabels,
                written,
                format!("呼び名が {had} 個、区分が {wanted} 個です"),
                format!("{had} labels for {wanted} bands"),
                None,
            );
        }
        let below = self.rest(spec.rest.as_ref());
        if below == Rest::Category {
            labels.splice(0..0, spec.rest.iter().map(|rest| rest.get_ref().trim().to_owned()));
        }
        if below == Rest::Unsaid {
            let least = range.as_ref().map(|range| range.as_ref().map(|range| *range.start()));
            self.gap(&spec.from, spec.of.get_ref(), first, least);
        }
        let mut at: Vec<&Spanned<String>> = spec.labels.iter().flat_map(|l| l.get_ref()).collect();
        if below == Rest::Category {
            at.splice(0..0, &spec.rest);
        }
        self.labels(&labels, |k| at.get(k).copied().unwrap_or(&spec.of));
        range?;
        let categories = numbered(labels.into_iter().map(|label| (label, false)));
        Some((QuestionKind::Single(categories), Derivation::Bands { of: of?, from, below }))
    }

    /// Numbers below the first band: `least` is what the source can be at least, where it is known.
    fn gap<T>(&mut self, at: &Spanned<T>, source: &str, first: f64, least: Option<Option<i64>>) {
        let (ja, en) = match least {
            None => return,
            Some(Some(least)) if least as f64 >= first => return,
            Some(Some(least)) => {
                (format!("「{source}」は {least} から"), format!("\"{source}\" is {least} or more"))
            }
            Some(None) => {
                (format!("「{source}」に range（範囲）がない"), format!("\"{source}\" has no range"))
            }
        };
        let help = Text::new(
            format!(
                "from に下限を足すか、rest = \"{first}未満\"（区分にする）か rest = \"{OUTSIDE}\"（対象外）\
                 を書くか、設問の range を {first} からにしてください"
            ),
            format!(
                "add a limit, write rest = \"below {first}\" (a band) or rest = \"{OUTSIDE}\", or let the \
                 question's range begin at {first}"
            ),
        );
        self.mistake(
            Code::AnswersBandsGap,
            at,
            format!("{first} より小さい数の区分がありません（{ja}）"),
            format!("numbers below {first} are in no band ({en})"),
            Some(help),
        );
    }

    fn merge(&mut self, whole: &QuestionnaireSpec, id: &str, spec: &MergeSpec) -> Option<Derived> {
        let of = self.earlier(whole, id, &spec.of)?;
        let source = self.resolved(of)?.clone();
        if source.categories().is_empty() {
            self.wrong_kind(
                &spec.of,
                &source.kind,
                ("merge のもとは選択肢のある設問", "merge takes options"),
            );
            return None;
        }
        let mut groups: Vec<_> = spec.into.get_ref().iter().collect();
        groups.sort_by_key(|(label, _)| label.span().start);
        if groups.is_empty() {
            self.mistake(
                Code::AnswersNoOptions,
                &spec.into,
                "まとめた区分が1つもありません".into(),
                "there is no group of options".into(),
                None,
            );
        }
        let mut into: Vec<Option<usize>> = vec![None; source.categories().len()];
        for (group, (label, options)) in groups.iter().enumerate() {
            if options.get_ref().is_empty() {
                let word = label.get_ref();
                self.mistake(
                    Code::AnswersNoOptions,
                    *options,
                    format!("「{word}」に選択肢が1つもありません"),
                    format!("\"{word}\" has no option"),
                    None,
                );
            }
            for word in options.get_ref() {
                let [k] = self.options(whole, id, (of, spec.of.get_ref()), std::slice::from_ref(word))[..]
                else {
                    continue;
                };
                let Some(slot) = into.get_mut(k) else { continue };
                match *slot {
                    None => *slot = Some(group),
                    Some(other) => {
                        let other = groups.get(other).map_or("", |(label, _)| label.get_ref().as_str());
                        let option = word.get_ref();
                        self.mistake(
                            Code::AnswersOptionTwice,
                            word,
                            format!("選択肢「{option}」は、もう「{other}」に入っています"),
                            format!("option \"{option}\" is in \"{other}\" already"),
                            None,
                        );
                    }
                }
            }
        }
        let rest = self.rest(spec.rest.as_ref());
        let mut at: Vec<&Spanned<String>> = groups.iter().map(|(label, _)| *label).collect();
        if rest == Rest::Category {
            into.iter_mut().filter(|slot| slot.is_none()).for_each(|slot| *slot = Some(at.len()));
            at.extend(&spec.rest);
        }
        let labels: Vec<String> = at.iter().map(|label| label.get_ref().trim().to_owned()).collect();
        self.labels(&labels, |k| at.get(k).copied().unwrap_or(&spec.of));
        // A group of nothing but わからない is わからない.
        let dont_know = |group: usize| {
            let mut of_group =
                source.categories().iter().zip(&into).filter(|(_, to)| **to == Some(group)).peekable();
            of_group.peek().is_some() && of_group.all(|(c, _)| c.dont_know)
        };
        let flagged: Vec<bool> = (0..labels.len()).map(dont_know).collect();
        let categories = numbered(labels.into_iter().zip(flagged));
        let kind = match source.kind {
            QuestionKind::Multiple { .. } => QuestionKind::Multiple { categories, max_marks: None },
            _ => QuestionKind::Single(categories),
        };
        Some((kind, Derivation::Merge { of, into, rest }))
    }

    fn cross(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        spec: &Spanned<Vec<Spanned<String>>>,
    ) -> Option<Derived> {
        let mut of: Vec<usize> = Vec::new();
        let mut parts: Vec<Vec<Category>> = Vec::new();
        let mut whole_list = true;
        for word in spec.get_ref() {
            let Some(source) = self.earlier(whole, id, word) else {
                whole_list = false;
                continue;
            };
            match self.resolved(source).map(|q| q.kind.clone()) {
                Some(QuestionKind::Single(_)) if of.contains(&source) => {
                    let w = word.get_ref();
                    self.mistake(
                        Code::AnswersCrossTwice,
                        word,
                        format!("「{w}」が2回あります"),
                        format!("\"{w}\" stands twice"),
                        None,
                    );
                    whole_list = false;
                }
                Some(QuestionKind::Single(categories)) => {
                    of.push(source);
                    parts.push(categories);
                }
                Some(kind) => {
                    self.wrong_kind(word, &kind, ("cross のもとは単数回答", "cross takes single answers"));
                    whole_list = false;
                }
                None => whole_list = false,
            }
        }
        if spec.get_ref().len() < 2 {
            self.mistake(
                Code::AnswersCrossOne,
                spec,
                "cross には2つ以上の変数を書いてください".into(),
                "cross takes two or more variables".into(),
                None,
            );
            return None;
        }
        if !whole_list {
            return None;
        }
        let count = parts.iter().try_fold(1_usize, |count, part| count.checked_mul(part.len()));
        if count.is_none_or(|count| count > MOST_CROSSED) {
            self.mistake(
                Code::AnswersTooManyOptions,
                spec,
                format!("組み合わせは {MOST_CROSSED} 個までです"),
                format!("{MOST_CROSSED} combinations are the most"),
                None,
            );
            return None;
        }
        let mut cells: Vec<(Vec<u16>, String, bool)> = vec![(Vec::new(), String::new(), false)];
        for part in &parts {
            let longer = |(cell, label, dont_know): &(Vec<u16>, String, bool)| {
                let one = |(k, category): (u16, &Category)| {
                    let cell: Vec<u16> = cell.iter().copied().chain([k]).collect();
                    (cell, crossed(label, &category.label), *dont_know || category.dont_know)
                };
                (0_u16..).zip(part).map(one).collect::<Vec<_>>()
            };
            cells = cells.iter().flat_map(longer).collect();
        }
        let labels: Vec<String> = cells.iter().map(|(_, label, _)| label.clone()).collect();
        self.labels_at(&labels, spec);
        let categories = numbered(cells.iter().map(|(_, label, dont_know)| (label.clone(), *dont_know)));
        let cells = cells.into_iter().map(|(cell, _, _)| cell).collect();
        Some((QuestionKind::Single(categories), Derivation::Cross { of, cells }))
    }

    fn conditions(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        written: &Spanned<Vec<Spanned<AskedIfSpec>>>,
    ) -> Option<Vec<AskedIf>> {
        if written.get_ref().is_empty() {
            self.mistake(
                Code::AnswersMissingKey,
                written,
                "条件が1つもありません".into(),
                "there is no condition".into(),
                None,
            );
            return None;
        }
        let each: Vec<Option<AskedIf>> =
            written.get_ref().iter().map(|condition| self.asked_if(whole, id, condition)).collect();
        each.into_iter().collect()
    }

    /// What a condition adds to a count at most.
    fn most_marks(&self, condition: &AskedIf) -> usize {
        match condition {
            AskedIf::Chose { question, categories } => match self.resolved(*question).map(|q| &q.kind) {
                Some(QuestionKind::Multiple { .. }) => categories.len(),
                _ => 1,
            },
            _ => 1,
        }
    }

    fn yes_and_no(&mut self, spec: &DerivedSpec) -> Vec<Category> {
        let plain = || numbered(["はい", "いいえ"].map(|label| (label.to_owned(), false)));
        let Some(written) = &spec.labels else { return plain() };
        if written.get_ref().len() != 2 {
            self.mistake(
                Code::AnswersDerivedLabels,
                written,
                "呼び名は2つ（当てはまる、当てはまらない）です".into(),
                "there are two labels: for yes and for no".into(),
                None,
            );
            return plain();
        }
        let labels: Vec<String> = written.get_ref().iter().map(|l| l.get_ref().trim().to_owned()).collect();
        self.labels(&labels, |k| written.get_ref().get(k).unwrap_or(&spec.id));
        numbered(labels.into_iter().map(|label| (label, false)))
    }

    fn rest(&mut self, written: Option<&Spanned<String>>) -> Rest {
        match written.map(|w| w.get_ref().trim()) {
            None => Rest::Unsaid,
            Some(OUTSIDE) => Rest::Outside,
            Some(_) => Rest::Category,
        }
    }

    fn wrong_kind(&mut self, at: &Spanned<String>, kind: &QuestionKind, (ja, en): (&str, &str)) {
        let is = match kind {
            QuestionKind::Single(_) => Text::new("単数回答", "a single answer"),
            QuestionKind::Multiple { .. } => Text::new("複数回答", "a multiple answer"),
            QuestionKind::Number { .. } => Text::new("数量", "a number"),
            QuestionKind::Text => Text::new("自由記述", "free text"),
        };
        let word = at.get_ref();
        self.mistake(
            Code::AnswersDerivedKind,
            at,
            format!("{ja}です。「{word}」は{}です", is.ja),
            format!("{en}; \"{word}\" is {}", is.en),
            None,
        );
    }
}
