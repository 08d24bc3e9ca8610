//! What a skip rule or a derived variable of a questionnaire may speak of: the questions before it, and the
//! derived variables that are there by then.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_spanned::Spanned;

use crate::code::Code;
use crate::error::{Diagnostic, SourceText};
use crate::questionnaire::model::Question;
use crate::questionnaire::resolve::{Progress, RULE_CODES, Resolver};
use crate::questionnaire::resolve_rule::{self, RuleCodes, RuleScope};
use crate::questionnaire::rule::AskedIf;
use crate::questionnaire::rule_spec::AskedIfSpec;
use crate::questionnaire::spec::QuestionnaireSpec;
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;

/// What stands before question or derived variable `id`.
struct Earlier<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    whole: &'r QuestionnaireSpec,
    id: &'r str,
}

impl RuleScope for Earlier<'_, '_> {
    fn codes(&self) -> RuleCodes {
        RULE_CODES
    }

    fn source(&self) -> &Arc<SourceText> {
        self.resolver.source
    }

    fn find(&mut self, named: &Spanned<String>) -> Option<usize> {
        self.resolver.earlier(self.whole, self.id, named)
    }

    fn question(&self, index: usize) -> Option<&Question> {
        self.resolver.resolved(index)
    }

    fn tell(&mut self, mistake: Diagnostic) {
        self.resolver.found.push(mistake);
    }
}

impl Resolver<'_> {
    /// The rule of question `id`; `None` where it has mistakes, all of which are told.
    pub(crate) fn asked_if(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        written: &Spanned<AskedIfSpec>,
    ) -> Option<AskedIf> {
        resolve_rule::rule(&mut Earlier { resolver: self, whole, id }, written)
    }

    /// The options of an earlier question that derived variable `id` names.
    pub(crate) fn options(
        &mut self,
        whole: &QuestionnaireSpec,
        id: &str,
        (question, named): (usize, &str),
        of: &[Spanned<String>],
    ) -> Vec<usize> {
        resolve_rule::options(&mut Earlier { resolver: self, whole, id }, question, named, of)
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
                Code::AnswersLaterQuestion,
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
            Code::AnswersUnknownQuestion,
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
                Code::AnswersDerivedCircle,
                named,
                format!("「{id}」が自分自身から作られています（{names}）"),
                format!("\"{id}\" is made of itself ({names})"),
                None,
            );
            return None;
        }
        if self.deriving.is_some_and(|own| derived > own) {
            self.mistake(
                Code::AnswersLaterQuestion,
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
                    Code::AnswersLaterQuestion,
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
