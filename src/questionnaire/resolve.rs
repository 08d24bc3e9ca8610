//! From the questionnaire as written to the questionnaire as meant: codes given, names found, every
//! contradiction told.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use serde_spanned::Spanned;

use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::questionnaire::derived_spec::DerivedSpec;
use crate::questionnaire::model::{Category, Policy, Question, QuestionKind, Questionnaire};
use crate::questionnaire::resolve_rule::RuleCodes;
use crate::questionnaire::spec::{KindSpec, OptionSpec, PolicySpec, QuestionSpec, QuestionnaireSpec};
use crate::text::Text;
use crate::text::spelling;
use crate::toml::check::Codes;
use crate::toml::text as toml_text;

/// The most options a multiple answer can have: one bit each.
pub const MOST_OPTIONS: usize = 128;

const CODES: Codes = Codes {
    syntax: Code::AnswersToml,
    unknown_key: Code::AnswersUnknownKey,
    missing_key: Code::AnswersMissingKey,
    wrong_type: Code::AnswersWrongType,
    unknown_word: Code::AnswersUnknownWord,
};

/// The codes of the mistakes of a skip rule.
pub(crate) const RULE_CODES: RuleCodes = RuleCodes {
    missing_key: CODES.missing_key,
    misplaced_key: Code::AnswersMisplacedKey,
    wrong_type: CODES.wrong_type,
    unknown_question: Code::AnswersUnknownQuestion,
    unknown_option: Code::AnswersUnknownOption,
};

/// Reads a questionnaire file.
///
/// Options get the codes 1, 2, 3 … in their order unless they name one. `[defaults]` hold for each question
/// that does not say otherwise; an empty list (`no_answer = []`) says otherwise.
///
/// # Errors
/// All mistakes of form in one go; where there are none, all mistakes of meaning in one go, each with its
/// stretch of the text: an id, a code or a label that stands twice; a label that is another option's code, or
/// begins with one (`5 (all)`), where codes are not stated; a skip rule naming a question or an option that
/// is not there or comes later, or comparing what is no number; more than [`MOST_OPTIONS`] options of a
/// multiple answer; a range whose ends are swapped; a key that the type of question does not take; a missing
/// code that is an option's; a derived variable whose name is taken, whose source is not there, comes later
/// or is made of it, whose bands overlap or leave numbers below them out, or whose groups share an option.
pub fn read_questionnaire(source: Arc<SourceText>) -> Result<Questionnaire> {
    let spec: QuestionnaireSpec = toml_text::read(&source, &CODES)?;
    let mut resolver = Resolver {
        source: &source,
        found: Vec::new(),
        done: Vec::new(),
        ids: BTreeMap::new(),
        asked: spec.question.len(),
        derived: spec.derived.iter().map(|_| Progress::Waiting).collect(),
        derived_names: spec.derived.iter().map(DerivedNames::of).collect(),
        deriving: None,
    };
    for (index, question) in spec.question.iter().enumerate() {
        resolver.question(&spec, index, question);
        resolver.derive_ready(&spec);
    }
    resolver.derive_rest(&spec);
    if spec.question.is_empty() {
        let message = Text::new("設問が1つもありません", "there is no question");
        let help = Text::new("[[question]] を書いてください", "write a [[question]]");
        resolver.found.push(Diagnostic::new(Code::AnswersMissingKey, message).help(help));
    }
    let Resolver { mut found, mut done, derived, .. } = resolver;
    done.extend(derived.into_iter().filter_map(|progress| match progress {
        Progress::Resolved(question) => Some(*question),
        Progress::Waiting | Progress::Broken => None,
    }));
    found.sort_by_key(|d| d.span.as_ref().map_or(0, |s| s.range.start));
    match Error::all(found) {
        Some(error) => Err(error),
        None => Ok(Questionnaire { title: spec.title, questions: done }),
    }
}

/// The JSON Schema of the questionnaire file, for editors that complete and check it.
pub fn questionnaire_schema() -> Value {
    schemars::schema_for!(QuestionnaireSpec).to_value()
}

/// The names of a derived variable and of what it is made of, as names are compared.
pub(crate) struct DerivedNames {
    pub(crate) id: String,
    pub(crate) sources: Vec<String>,
}

impl DerivedNames {
    fn of(spec: &DerivedSpec) -> Self {
        let sources = spec.named().into_iter().map(|named| spelling::label(named.get_ref())).collect();
        Self { id: spelling::label(spec.id.get_ref()), sources }
    }
}

/// How far a derived variable of the file has come.
pub(crate) enum Progress {
    /// Its sources are not all there yet.
    Waiting,
    /// Its mistakes are told; whoever names it has none of its own for that.
    Broken,
    Resolved(Box<Question>),
}

pub(crate) struct Resolver<'a> {
    pub(crate) source: &'a Arc<SourceText>,
    pub(crate) found: Vec<Diagnostic>,
    /// The questions before the one that is resolved.
    pub(crate) done: Vec<Question>,
    pub(crate) ids: BTreeMap<String, usize>,
    /// How many questions the file has; derived variables are numbered behind them.
    asked: usize,
    /// One entry a derived variable of the file, in its order.
    pub(crate) derived: Vec<Progress>,
    /// What they are called and what they name, in the same order.
    pub(crate) derived_names: Vec<DerivedNames>,
    /// The derived variable that is being resolved.
    pub(crate) deriving: Option<usize>,
}

impl Resolver<'_> {
    /// The question or derived variable of this number, if it is resolved.
    pub(crate) fn resolved(&self, index: usize) -> Option<&Question> {
        let Some(derived) = index.checked_sub(self.asked) else { return self.done.get(index) };
        match self.derived.get(derived) {
            Some(Progress::Resolved(question)) => Some(question),
            _ => None,
        }
    }

    /// The number of the `k`th derived variable.
    pub(crate) fn number_of_derived(&self, k: usize) -> usize {
        self.asked + k
    }

    pub(crate) fn mistake<T>(
        &mut self,
        code: Code,
        at: &Spanned<T>,
        ja: String,
        en: String,
        help: Option<Text>,
    ) {
        let mut diagnostic =
            Diagnostic::new(code, Text::new(ja, en)).span(toml_text::span_of(self.source, at));
        diagnostic.help = help;
        self.found.push(diagnostic);
    }

    fn question(&mut self, whole: &QuestionnaireSpec, index: usize, spec: &QuestionSpec) {
        let id = spec.id.get_ref().clone();
        if id.trim().is_empty() {
            self.mistake(
                Code::AnswersMissingKey,
                &spec.id,
                "設問の番号が空です".into(),
                "the question's id is empty".into(),
                None,
            );
        }
        if self.ids.insert(spelling::label(&id), index).is_some() {
            self.mistake(
                Code::AnswersDuplicateQuestion,
                &spec.id,
                format!("設問「{id}」が2回あります"),
                format!("question \"{id}\" stands twice"),
                None,
            );
        }
        self.misplaced_keys(spec);
        let categories = self.categories(spec);
        let no_answer = spec.no_answer.as_ref().unwrap_or(&whole.defaults.no_answer);
        let not_asked = spec.not_asked.as_ref().unwrap_or(&whole.defaults.not_asked);
        self.missing_codes(&id, &categories, no_answer, not_asked);
        let asked_if = spec.asked_if.as_ref().and_then(|rule| self.asked_if(whole, &id, rule));
        let kind = match spec.kind {
            KindSpec::Single => QuestionKind::Single(categories),
            KindSpec::Multiple => QuestionKind::Multiple {
                categories,
                max_marks: spec.max_marks.as_ref().map(|m| *m.get_ref()),
            },
            KindSpec::Number => {
                QuestionKind::Number { range: spec.range.as_ref().map(|r| r.get_ref()[0]..=r.get_ref()[1]) }
            }
            KindSpec::Text => QuestionKind::Text,
        };
        let plain = |codes: &[Spanned<String>]| codes.iter().map(|c| c.get_ref().clone()).collect();
        self.done.push(Question {
            text: spec.text.clone().unwrap_or_else(|| id.clone()),
            id,
            kind,
            asked_if,
            columns: spec.columns.clone().unwrap_or_default(),
            no_answer: plain(no_answer),
            not_asked: plain(not_asked),
            policy: policy(&spec.policy, &whole.defaults.policy),
            derivation: None,
        });
    }

    /// Keys that the type of question does not take, and a type that lacks its own.
    fn misplaced_keys(&mut self, spec: &QuestionSpec) {
        let chosen = matches!(spec.kind, KindSpec::Single | KindSpec::Multiple);
        let not_here = |key: &str, types: &str| {
            (
                format!("{key} は {types} の設問だけに書けます"),
                format!("{key} belongs to {types} questions only"),
            )
        };
        match &spec.options {
            Some(options) if !chosen => {
                let (ja, en) = not_here("options", "single / multiple");
                self.mistake(Code::AnswersMisplacedKey, options, ja, en, None);
            }
            Some(options) if options.get_ref().is_empty() => {
                self.mistake(
                    Code::AnswersNoOptions,
                    options,
                    "選択肢が1つもありません".into(),
                    "there is no option".into(),
                    None,
                );
            }
            None if chosen => {
                let id = spec.id.get_ref();
                self.mistake(
                    Code::AnswersNoOptions,
                    &spec.id,
                    format!("「{id}」に options（選択肢）がありません"),
                    format!("\"{id}\" has no options"),
                    None,
                );
            }
            _ => {}
        }
        if let (Some(max), true) = (&spec.max_marks, spec.kind != KindSpec::Multiple) {
            let (ja, en) = not_here("max_marks", "multiple");
            self.mistake(Code::AnswersMisplacedKey, max, ja, en, None);
        }
        if let Some(range) = &spec.range {
            let [low, high] = *range.get_ref();
            if spec.kind != KindSpec::Number {
                let (ja, en) = not_here("range", "number");
                self.mistake(Code::AnswersMisplacedKey, range, ja, en, None);
            } else if low > high {
                let help = Text::new(
                    format!("range = [{high}, {low}] ではありませんか"),
                    format!("did you mean range = [{high}, {low}]?"),
                );
                self.mistake(
                    Code::AnswersBadRange,
                    range,
                    format!("下限 {low} が上限 {high} より大きい"),
                    format!("the lower end {low} is above the upper end {high}"),
                    Some(help),
                );
            }
        }
    }

    fn categories(&mut self, spec: &QuestionSpec) -> Vec<Category> {
        let Some(options) = &spec.options else { return Vec::new() };
        if spec.kind == KindSpec::Multiple && options.get_ref().len() > MOST_OPTIONS {
            let count = options.get_ref().len();
            self.mistake(
                Code::AnswersTooManyOptions,
                options,
                format!("選択肢は {MOST_OPTIONS} 個までです（{count} 個あります）"),
                format!("{count} options; {MOST_OPTIONS} is the most"),
                None,
            );
        }
        let mut categories: Vec<Category> = Vec::new();
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        for (index, option) in options.get_ref().iter().enumerate() {
            let label = option.get_ref().label().trim().to_owned();
            let (code, dont_know, exclusive, free_text) = match option.get_ref() {
                OptionSpec::Label(_) => (None, false, false, false),
                OptionSpec::Table(t) => (t.code.as_ref(), t.dont_know, t.exclusive, t.free_text),
            };
            let code = code.map_or_else(|| (index + 1).to_string(), |c| c.get_ref().trim().to_owned());
            if label.is_empty() {
                self.mistake(
                    Code::AnswersMissingKey,
                    option,
                    "選択肢の文が空です".into(),
                    "the option has no words".into(),
                    None,
                );
            } else if labels.insert(spelling::label(&label), index).is_some() {
                self.mistake(
                    Code::AnswersDuplicateOption,
                    option,
                    format!("選択肢「{label}」が2回あります"),
                    format!("option \"{label}\" stands twice"),
                    None,
                );
            }
            if codes.insert(spelling::code(&code), index).is_some() {
                self.mistake(
                    Code::AnswersDuplicateOption,
                    option,
                    format!("コード「{code}」が2回あります"),
                    format!("code \"{code}\" stands twice"),
                    None,
                );
            }
            categories.push(Category { code, label, dont_know, exclusive, free_text });
        }
        let stated = |index: usize| {
            let option = options.get_ref().get(index).map(|option| option.get_ref());
            matches!(option, Some(OptionSpec::Table(table)) if table.code.is_some())
        };
        for (index, option) in options.get_ref().iter().enumerate() {
            // `5`, or `5 (all)`, as the first option: is a cell 5 this one, or the fifth? Where both codes
            // are stated, a cell is the option whose code it is.
            let label = &categories[index].label;
            let folded = spelling::label(label);
            let code =
                spelling::code_before(&folded).map_or_else(|| spelling::code(label), |n| n.to_string());
            let clash = codes.get(&code).copied().filter(|other| *other != index);
            if let Some(other) = clash.filter(|other| !stated(index) || !stated(*other)) {
                let other = &categories[other].label;
                let help = Text::new(
                    format!(
                        "並び順をコードとみることはできません。{{ code = \"{code}\", label = \"{label}\" \
                         }} のように、ファイルの中のコードを書いてください"
                    ),
                    format!(
                        "say which code the files hold, such as {{ code = \"{code}\", label = \"{label}\" }}"
                    ),
                );
                self.mistake(
                    Code::AnswersAmbiguousOption,
                    option,
                    format!("選択肢「{label}」の {code} は選択肢「{other}」のコードでもあります"),
                    format!("{code} of option \"{label}\" is also the code of option \"{other}\""),
                    Some(help),
                );
            }
        }
        categories
    }

    /// A code cannot mean an option and 無回答, nor 無回答 and 非該当.
    fn missing_codes(
        &mut self,
        id: &str,
        categories: &[Category],
        no_answer: &[Spanned<String>],
        not_asked: &[Spanned<String>],
    ) {
        for code in no_answer.iter().chain(not_asked) {
            let folded = spelling::code(code.get_ref());
            let clash = categories
                .iter()
                .find(|c| spelling::code(&c.code) == folded || spelling::label(&c.label) == folded);
            if let Some(category) = clash {
                let (word, label) = (code.get_ref(), &category.label);
                let help = Text::new(
                    format!("「{id}」に no_answer か not_asked を書き直してください（なければ []）"),
                    format!("give \"{id}\" its own no_answer or not_asked ([] for none)"),
                );
                self.mistake(
                    Code::AnswersCodeClash,
                    code,
                    format!("「{word}」は「{id}」の選択肢「{label}」でもあります"),
                    format!("\"{word}\" is also option \"{label}\" of \"{id}\""),
                    Some(help),
                );
            }
        }
        for code in not_asked {
            let folded = spelling::code(code.get_ref());
            if no_answer.iter().any(|c| spelling::code(c.get_ref()) == folded) {
                let word = code.get_ref();
                self.mistake(
                    Code::AnswersCodeClash,
                    code,
                    format!("「{word}」は無回答と非該当の両方になっています"),
                    format!("\"{word}\" is both no answer and not asked"),
                    None,
                );
            }
        }
    }
}

fn policy(own: &PolicySpec, defaults: &PolicySpec) -> Policy {
    Policy {
        two_marks: own.two_marks.or(defaults.two_marks).unwrap_or_default(),
        over_max: own.over_max.or(defaults.over_max).unwrap_or_default(),
        exclusive_with_others: own
            .exclusive_with_others
            .or(defaults.exclusive_with_others)
            .unwrap_or_default(),
        not_asked_but_answered: own
            .not_asked_but_answered
            .or(defaults.not_asked_but_answered)
            .unwrap_or_default(),
        date_codes: own.date_codes.or(defaults.date_codes).unwrap_or_default(),
    }
}
