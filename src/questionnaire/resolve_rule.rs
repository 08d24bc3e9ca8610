//! A condition on answers as written → as meant: questions and options found, what each condition compares
//! checked. Skip rules of a questionnaire (`asked_if`) and the conditions of a plan (`where`) are this one
//! grammar; which questions a condition may speak of is its [`RuleScope`]'s.

use std::sync::Arc;

use serde_spanned::Spanned;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::questionnaire::model::{Question, QuestionKind, Questionnaire};
use crate::questionnaire::rule::{AskedIf, Relation};
use crate::questionnaire::rule_spec::AskedIfSpec;
use crate::text::Text;
use crate::text::spelling;
use crate::text::suggest;
use crate::toml::text as toml_text;

/// Beyond this a number does not read back the same.
pub(crate) const GREATEST: f64 = 1e15;

/// The stable codes of the mistakes of a condition, so that each kind of file has its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleCodes {
    /// A condition that lacks a part.
    pub(crate) missing_key: Code,
    /// Parts that do not belong together.
    pub(crate) misplaced_key: Code,
    /// A number that is none.
    pub(crate) wrong_type: Code,
    /// A question that is not there.
    pub(crate) unknown_question: Code,
    /// An option that is not there.
    pub(crate) unknown_option: Code,
}

/// Where a condition stands: which questions it may speak of, and who is told of its mistakes.
pub(crate) trait RuleScope {
    /// The codes of its mistakes.
    fn codes(&self) -> RuleCodes;
    /// The text that it stands in.
    fn source(&self) -> &Arc<SourceText>;
    /// The question of this name; where there is none that the condition may speak of, that is told.
    fn find(&mut self, named: &Spanned<String>) -> Option<usize>;
    /// The question of this number.
    fn question(&self, index: usize) -> Option<&Question>;
    /// Takes a mistake.
    fn tell(&mut self, mistake: Diagnostic);
}

/// The condition that `written` puts on the answers to any questions of `questionnaire`.
///
/// # Errors
/// All its mistakes in one go, each with its stretch of `source`.
pub(crate) fn resolve_condition(
    source: &Arc<SourceText>,
    questionnaire: &Questionnaire,
    written: &Spanned<AskedIfSpec>,
    codes: RuleCodes,
) -> Result<AskedIf> {
    let mut scope = Whole { source, questions: &questionnaire.questions, codes, found: Vec::new() };
    let rule = rule(&mut scope, written);
    match (Error::all(scope.found), rule) {
        (Some(error), _) => Err(error),
        (None, Some(rule)) => Ok(rule),
        (None, None) => Err(Error::msg(codes.missing_key, "条件がありません", "the condition is empty")),
    }
}

/// All questions of a questionnaire, derived variables too.
struct Whole<'a> {
    source: &'a Arc<SourceText>,
    questions: &'a [Question],
    codes: RuleCodes,
    found: Vec<Diagnostic>,
}

impl RuleScope for Whole<'_> {
    fn codes(&self) -> RuleCodes {
        self.codes
    }

    fn source(&self) -> &Arc<SourceText> {
        self.source
    }

    fn find(&mut self, named: &Spanned<String>) -> Option<usize> {
        let word = named.get_ref();
        let same = |q: &Question| spelling::label(&q.id) == spelling::label(word);
        let found = self.questions.iter().position(same);
        if found.is_none() {
            let help = suggest::did_you_mean(word, self.questions.iter().map(|q| q.id.as_str()));
            let (ja, en) =
                (format!("設問「{word}」はありません"), format!("there is no question \"{word}\""));
            let code = self.codes.unknown_question;
            mistake(self, code, named, ja, en, help);
        }
        found
    }

    fn question(&self, index: usize) -> Option<&Question> {
        self.questions.get(index)
    }

    fn tell(&mut self, mistake: Diagnostic) {
        self.found.push(mistake);
    }
}

fn mistake<T>(
    scope: &mut dyn RuleScope,
    code: Code,
    at: &Spanned<T>,
    ja: String,
    en: String,
    help: Option<Text>,
) {
    let mut diagnostic =
        Diagnostic::new(code, Text::new(ja, en)).span(toml_text::span_of(scope.source(), at));
    diagnostic.help = help;
    scope.tell(diagnostic);
}

/// The rule that `written` says; `None` where it has mistakes, all of which are told.
pub(crate) fn rule(scope: &mut dyn RuleScope, written: &Spanned<AskedIfSpec>) -> Option<AskedIf> {
    let codes = scope.codes();
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
            mistake(
                scope,
                codes.missing_key,
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
            mistake(
                scope,
                codes.misplaced_key,
                written,
                format!("「{ja}」は1つの条件に一緒に書けません"),
                format!("\"{en}\" cannot stand in one condition"),
                Some(help),
            );
            return None;
        }
    }
    if spec.question.is_none() && conditions(spec) > 0 {
        mistake(
            scope,
            codes.missing_key,
            written,
            "この条件には「question」が要ります".into(),
            "this condition needs a \"question\"".into(),
            Some(help),
        );
        return None;
    }
    let mut each = |rules: &[Spanned<AskedIfSpec>]| -> Option<Vec<AskedIf>> {
        let resolved: Vec<Option<AskedIf>> = rules.iter().map(|rule| self::rule(scope, rule)).collect();
        resolved.into_iter().collect()
    };
    match (&spec.question, &spec.all, &spec.any, &spec.not) {
        (_, Some(rules), _, _) => AskedIf::all(each(rules)?),
        (_, _, Some(rules), _) => AskedIf::any(each(rules)?),
        (_, _, _, Some(rule)) => Some(self::rule(scope, rule)?.negated()),
        (Some(question), _, _, _) => condition(scope, written, question),
        (None, None, None, None) => None,
    }
}

/// One condition about one question.
fn condition(
    scope: &mut dyn RuleScope,
    written: &Spanned<AskedIfSpec>,
    named: &Spanned<String>,
) -> Option<AskedIf> {
    let codes = scope.codes();
    let question = scope.find(named)?;
    let spec = written.get_ref();
    if conditions(spec) != 1 {
        let help = Text::new(
            "2つ以上の条件は all = [ … ] か any = [ … ] に分けて書いてください",
            "several conditions go into all = [ … ] or any = [ … ]",
        );
        let ja = "of（選択肢）、at_least などの比較、answered のうち1つを書いてください".to_owned();
        mistake(
            scope,
            codes.missing_key,
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
        return Some(AskedIf::Chose { question, categories: options(scope, question, named.get_ref(), of) });
    }
    let comparisons = comparisons(spec);
    let counts = matches!(
        scope.question(question).map(|q| &q.kind),
        Some(QuestionKind::Number { .. } | QuestionKind::Multiple { .. })
    );
    if let (false, Some((how, at))) = (counts, comparisons.first()) {
        let key = how.key();
        let ja = format!("{key} は number（数）と multiple（○の数）の設問だけに書けます");
        mistake(
            scope,
            codes.misplaced_key,
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
        mistake(
            scope,
            codes.wrong_type,
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

/// The options of a question that a condition names.
pub(crate) fn options(
    scope: &mut dyn RuleScope,
    question: usize,
    named: &str,
    of: &[Spanned<String>],
) -> Vec<usize> {
    let codes = scope.codes();
    let mut categories = Vec::new();
    let mut wrong = Vec::new();
    if let Some(filter) = scope.question(question) {
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
        mistake(
            scope,
            codes.unknown_option,
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
