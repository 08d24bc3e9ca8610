//! A skip rule as written → as meant: questions and options found, what each condition compares checked.

use std::collections::BTreeSet;

use serde_spanned::Spanned;

use crate::questionnaire::model::QuestionKind;
use crate::questionnaire::resolve::{Progress, Resolver};
use crate::questionnaire::rule::{AskedIf, Relation};
use crate::questionnaire::rule_spec::AskedIfSpec;
use crate::questionnaire::spec::QuestionnaireSpec;
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;

/// Beyond this a number does not read back the same.
pub(crate) const GREATEST: f64 = 1e15;

impl Resolver<'_> {
    /// The rule of question `id`; `None` where it has mistakes, all of which are told.
    pub(crate) fn asked_if(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        written: &Spanned<AskedIfSpec>,
    ) -> Option<AskedIf> {
        let spec = written.get_ref();
        let forms = [
            ("question", spec.question.is_some()),
            ("all", spec.all.is_some()),
            ("any", spec.any.is_some()),
            ("not", spec.not.is_some()),
        ];
        let given: Vec<&str> = forms.iter().filter(|(_, given)| *given).map(|(key, _)| *key).collect();
        let help = Text::new(
            "{ question = \"問1\", of = [\"はい\"] }、{ all = [ … ] }、{ any = [ … ] }、{ not = { … } } の\
             どれかを書いてください",
            "write one of { question = \"Q1\", of = [\"yes\"] }, { all = [ … ] }, { any = [ … ] }, { not = \
             { … } }",
        );
        match given.as_slice() {
            [] => {
                self.mistake(
                    "answers::missing-key",
                    written,
                    "条件に「question」がありません".into(),
                    "the condition has no \"question\"".into(),
                    Some(help),
                );
                return None;
            }
            [_] => {}
            several => {
                let (ja, en) = (several.join("」と「"), several.join("\" and \""));
                self.mistake(
                    "answers::misplaced-key",
                    written,
                    format!("「{ja}」は1つの条件に一緒に書けません"),
                    format!("\"{en}\" cannot stand in one condition"),
                    Some(help),
                );
                return None;
            }
        }
        if spec.question.is_none() && conditions(spec) > 0 {
            self.mistake(
                "answers::missing-key",
                written,
                "この条件には「question」が要ります".into(),
                "this condition needs a \"question\"".into(),
                Some(help),
            );
            return None;
        }
        let mut each = |rules: &[Spanned<AskedIfSpec>]| -> Option<Vec<AskedIf>> {
            let resolved: Vec<Option<AskedIf>> =
                rules.iter().map(|rule| self.asked_if(whole, id, rule)).collect();
            resolved.into_iter().collect()
        };
        match (&spec.question, &spec.all, &spec.any, &spec.not) {
            (_, Some(rules), _, _) => AskedIf::all(each(rules)?),
            (_, _, Some(rules), _) => AskedIf::any(each(rules)?),
            (_, _, _, Some(rule)) => Some(self.asked_if(whole, id, rule)?.negated()),
            (Some(question), _, _, _) => self.condition(whole, id, written, question),
            (None, None, None, None) => None,
        }
    }

    /// One condition about one earlier question.
    fn condition(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        written: &Spanned<AskedIfSpec>,
        named: &Spanned<String>,
    ) -> Option<AskedIf> {
        let question = self.earlier(whole, id, named)?;
        let spec = written.get_ref();
        if conditions(spec) != 1 {
            let help = Text::new(
                "2つ以上の条件は all = [ … ] か any = [ … ] に分けて書いてください",
                "several conditions go into all = [ … ] or any = [ … ]",
            );
            let ja = "of（選択肢）、at_least などの比較、answered のうち1つを書いてください".to_owned();
            self.mistake(
                "answers::missing-key",
                written,
                ja,
                "write one of: of, a comparison such as at_least, answered".into(),
                Some(help),
            );
            return None;
        }
        if let Some(answered) = &spec.answered {
            let rule = AskedIf::Answered(question);
            return Some(if *answered.get_ref() { rule } else { rule.negated() });
        }
        if let Some(of) = &spec.of {
            return Some(AskedIf::Chose {
                question,
                categories: self.options(question, named.get_ref(), of),
            });
        }
        let comparisons = comparisons(spec);
        let counts = matches!(
            self.resolved(question).map(|q| &q.kind),
            Some(QuestionKind::Number { .. } | QuestionKind::Multiple { .. })
        );
        if let (false, Some((how, at))) = (counts, comparisons.first()) {
            let key = how.key();
            let ja = format!("{key} は number（数）と multiple（○の数）の設問だけに書けます");
            self.mistake(
                "answers::misplaced-key",
                at,
                ja,
                format!("{key} compares number questions, and the marks of multiple ones, only"),
                None,
            );
            return None;
        }
        if let Some((_, at)) =
            comparisons.iter().find(|(_, limit)| limit.get_ref().is_nan() || limit.get_ref().abs() > GREATEST)
        {
            self.mistake(
                "answers::wrong-type",
                at,
                "ここに書けるのは ±1000兆 までの数です".into(),
                "a number from -1e15 to 1e15 is needed here".into(),
                None,
            );
            return None;
        }
        Some(AskedIf::Number {
            question,
            comparisons: comparisons.iter().map(|(how, limit)| (*how, *limit.get_ref())).collect(),
        })
    }

    /// The earlier question or derived variable that a rule or a derived variable names.
    pub(crate) fn earlier(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        named: &Spanned<String>,
    ) -> Option<usize> {
        let word = named.get_ref();
        let same = |other: &str| spelling::label(other) == spelling::label(word);
        if let Some(found) = self.done.iter().position(|q| same(&q.id)) {
            return Some(found);
        }
        if whole.question.iter().any(|q| same(q.id.get_ref())) {
            self.mistake(
                "answers::later-question",
                named,
                format!("「{word}」は「{id}」より前の設問ではありません"),
                format!("\"{word}\" does not come before \"{id}\""),
                None,
            );
            return None;
        }
        if let Some(derived) = whole.derived.iter().position(|d| same(d.id.get_ref())) {
            return self.earlier_derived(whole, id, named, derived);
        }
        let derived = whole.derived.iter().map(|d| d.id.get_ref());
        let ids: Vec<&str> = self.done.iter().map(|q| &q.id).chain(derived).map(String::as_str).collect();
        let help = suggest::did_you_mean(word, ids.into_iter().filter(|other| *other != id));
        self.mistake(
            "answers::unknown-question",
            named,
            format!("設問「{word}」はありません"),
            format!("there is no question \"{word}\""),
            help,
        );
        None
    }

    fn earlier_derived(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        named: &Spanned<String>,
        derived: usize,
    ) -> Option<usize> {
        let word = named.get_ref();
        // Its own mistakes are told.
        if matches!(self.derived.get(derived), Some(Progress::Broken) | None) {
            return None;
        }
        if let Some(circle) = self.deriving.and_then(|own| circle(whole, own, derived)) {
            let names: Vec<&str> = circle
                .iter()
                .filter_map(|k| whole.derived.get(*k))
                .map(|d| d.id.get_ref().as_str())
                .collect();
            let names = names.join(" → ");
            self.mistake(
                "answers::derived-circle",
                named,
                format!("「{id}」が自分自身から作られています（{names}）"),
                format!("\"{id}\" is made of itself ({names})"),
                None,
            );
            return None;
        }
        if self.deriving.is_some_and(|own| derived > own) {
            self.mistake(
                "answers::later-question",
                named,
                format!("派生変数「{word}」は「{id}」より前にありません"),
                format!("the derived variable \"{word}\" does not come before \"{id}\""),
                Some(Text::new(
                    format!("「{word}」を「{id}」の前に書いてください"),
                    format!("write \"{word}\" before \"{id}\""),
                )),
            );
            return None;
        }
        match self.derived.get(derived) {
            Some(Progress::Resolved(_)) => Some(self.number_of_derived(derived)),
            Some(Progress::Waiting) => {
                self.mistake(
                    "answers::later-question",
                    named,
                    format!("派生変数「{word}」のもとの設問が「{id}」より前にそろっていません"),
                    format!("not all sources of the derived variable \"{word}\" come before \"{id}\""),
                    None,
                );
                None
            }
            Some(Progress::Broken) | None => None,
        }
    }

    /// The options of an earlier question that a rule names.
    pub(crate) fn options(&mut self, question: usize, named: &str, of: &[Spanned<String>]) -> Vec<usize> {
        let mut categories = Vec::new();
        let mut wrong = Vec::new();
        if let Some(filter) = self.resolved(question) {
            for word in of {
                match filter.category(word.get_ref()) {
                    Some(k) => categories.push(k),
                    None => wrong.push((
                        word,
                        suggest::did_you_mean(
                            word.get_ref(),
                            filter.categories().iter().map(|c| c.label.as_str()),
                        ),
                    )),
                }
            }
        }
        for (word, help) in wrong {
            let text = word.get_ref();
            self.mistake(
                "answers::unknown-option",
                word,
                format!("「{named}」に選択肢「{text}」はありません"),
                format!("\"{named}\" has no option \"{text}\""),
                help,
            );
        }
        categories.sort_unstable();
        categories.dedup();
        categories
    }
}

/// The derived variables by way of which the `own`th is made of itself, from it over `first` back to it.
fn circle(whole: &QuestionnaireSpec, own: usize, first: usize) -> Option<Vec<usize>> {
    let place = |word: &str| {
        let wanted = spelling::label(word);
        whole.derived.iter().position(|d| spelling::label(d.id.get_ref()) == wanted)
    };
    let mut seen = BTreeSet::new();
    let mut open = vec![vec![own, first]];
    while let Some(way) = open.pop() {
        let last = *way.last()?;
        if last == own {
            return Some(way);
        }
        let next = whole.derived.get(last).map(|d| d.named()).unwrap_or_default();
        for k in next.into_iter().filter_map(|word| place(word.get_ref())) {
            if k == own || seen.insert(k) {
                open.push(way.iter().copied().chain([k]).collect());
            }
        }
    }
    None
}

/// How many conditions about a question a table holds.
fn conditions(spec: &AskedIfSpec) -> usize {
    usize::from(spec.of.is_some())
        + usize::from(!comparisons(spec).is_empty())
        + usize::from(spec.answered.is_some())
}

/// The comparisons of a table, in the order of [`Relation`].
fn comparisons(spec: &AskedIfSpec) -> Vec<(Relation, &Spanned<f64>)> {
    let limits = [&spec.at_least, &spec.more_than, &spec.at_most, &spec.less_than, &spec.equals];
    Relation::ALL
        .into_iter()
        .zip(limits)
        .filter_map(|(how, limit)| limit.as_ref().map(|l| (how, l)))
        .collect()
}
