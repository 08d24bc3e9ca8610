//! XLSForm's `relevant` as a skip rule.
//!
//! Held are `selected(${q}, 'x')`, `${q} = 'x'` and `!=`, comparisons of numbers and of
//! `count-selected(${q})`, `${q} = ''` (and `string-length(${q})` against 0), `not(…)`, `and`, `or`,
//! brackets. What is left out: arithmetic, one answer beside another, words of a free text, and anything
//! about an item that is no question.
//!
//! Where a question was not shown, or was left blank, XLSForm takes its answer as empty: `selected`, `=` and
//! the orders do not hold, so `!=` and `not(selected(…))` do, and `count-selected` is 0. A skip rule takes a
//! blank as unknown, since on paper nobody knows what was seen; so where the form does not require an answer,
//! what is denied here says "answered, and …".

use crate::questionnaire::form::expression::{Rule, Sign, parse};
use crate::questionnaire::model::{Category, Question, QuestionKind};
use crate::questionnaire::rule::{AskedIf, Relation};

/// What the form says of whom it shows a question to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    /// To everyone: neither it nor a group around it has a condition.
    pub(crate) everyone: bool,
    /// It cannot be left blank.
    pub(crate) required: bool,
}

/// The skip rule that all of `conditions` together make, in a questionnaire with these questions before, each
/// `shown` so. `None` when it cannot be held.
pub(crate) fn skip_rule(conditions: &[&str], questions: &[Question], shown: &[Shown]) -> Option<AskedIf> {
    let parsed: Option<Vec<Rule>> = conditions.iter().map(|text| parse(text)).collect();
    Form { questions, shown }.lower(&Rule::And(parsed?), false)
}

/// The questions before the one whose rule is read.
struct Form<'a> {
    questions: &'a [Question],
    shown: &'a [Shown],
}

impl Form<'_> {
    /// `denied`: an odd number of `not` stands around the rule.
    fn lower(&self, rule: &Rule, denied: bool) -> Option<AskedIf> {
        match rule {
            Rule::Selected(name, value) => {
                let (question, of) = self.find(name)?;
                Some(self.definite(
                    AskedIf::Chose { question, categories: vec![of.category(value)?] },
                    question,
                    denied,
                ))
            }
            Rule::Compare(name, Sign::IsNot, value) => {
                self.not(&Rule::Compare(name.clone(), Sign::Is, value.clone()), denied)
            }
            Rule::Compare(name, sign, value) => self.compare(name, *sign, value, denied),
            Rule::Count(name, Sign::IsNot, value) => {
                self.not(&Rule::Count(name.clone(), Sign::Is, value.clone()), denied)
            }
            Rule::Count(name, sign, value) => {
                let (question, of) = self.find(name)?;
                let (how, limit) = (ordered(*sign)?, number(value)?);
                if !matches!(of.kind, QuestionKind::Multiple { .. }) {
                    return None;
                }
                let rule = AskedIf::Number { question, comparisons: vec![(how, limit)] };
                // Nothing is selected of a question that was not shown.
                if how.holds(0.0, limit) {
                    AskedIf::any(vec![AskedIf::Answered(question).negated(), rule])
                } else {
                    Some(self.definite(rule, question, denied))
                }
            }
            Rule::Length(name, sign, value) => {
                let (question, _) = self.find(name)?;
                let answered = AskedIf::Answered(question);
                match (sign, value.as_str()) {
                    (Sign::Order(Relation::MoreThan) | Sign::IsNot, "0")
                    | (Sign::Order(Relation::AtLeast), "1") => Some(answered),
                    (Sign::Is, "0") | (Sign::Order(Relation::LessThan), "1") => Some(answered.negated()),
                    _ => None,
                }
            }
            Rule::Not(inner) => self.not(inner, denied),
            Rule::Or(all) => {
                let mut out: Vec<AskedIf> = Vec::new();
                for rule in all {
                    let rule = self.lower(rule, denied)?;
                    let AskedIf::Chose { question, categories } = &rule else {
                        out.push(rule);
                        continue;
                    };
                    let same = out.iter_mut().find_map(|other| match other {
                        AskedIf::Chose { question: q, categories } if q == question => Some(categories),
                        _ => None,
                    });
                    match same {
                        Some(found) => {
                            found.extend(categories);
                            found.sort_unstable();
                            found.dedup();
                        }
                        None => out.push(rule),
                    }
                }
                AskedIf::any(out)
            }
            Rule::And(all) => {
                let mut out: Vec<AskedIf> = Vec::new();
                for rule in all {
                    let mut rule = self.lower(rule, denied)?;
                    let mut kept = Vec::new();
                    for other in out {
                        if follows(&other, &rule, self.questions, 0) {
                            rule = other;
                        } else if !follows(&rule, &other, self.questions, 0) {
                            match self.both(&other, &rule) {
                                Some(both) => rule = both,
                                None => kept.push(other),
                            }
                        }
                    }
                    kept.push(rule);
                    out = kept;
                }
                AskedIf::all(out)
            }
        }
    }

    fn find(&self, name: &str) -> Option<(usize, &Question)> {
        self.questions.iter().enumerate().find(|(_, q)| q.id == name)
    }

    fn not(&self, inner: &Rule, denied: bool) -> Option<AskedIf> {
        let rule = self.lower(inner, !denied)?;
        if let AskedIf::Chose { question, categories } = &rule {
            // Everyone has one answer: those who did not choose these chose one of the others.
            let of = self.questions.get(*question)?;
            let everyone = self.shown.get(*question).is_some_and(|s| s.everyone && s.required);
            let others: Vec<usize> = (0..of.categories().len()).filter(|k| !categories.contains(k)).collect();
            if everyone && matches!(of.kind, QuestionKind::Single(_)) && !others.is_empty() {
                return Some(AskedIf::Chose { question: *question, categories: others });
            }
        }
        Some(rule.negated())
    }

    fn compare(&self, name: &str, sign: Sign, value: &str, denied: bool) -> Option<AskedIf> {
        let (question, of) = self.find(name)?;
        if value.is_empty() {
            return (sign == Sign::Is).then(|| AskedIf::Answered(question).negated());
        }
        let rule = match (&of.kind, sign) {
            (QuestionKind::Single(_), Sign::Is) => {
                AskedIf::Chose { question, categories: vec![of.category(value)?] }
            }
            (QuestionKind::Single(categories), Sign::Order(how)) => {
                let limit = number(value)?;
                let meets = |(k, c): (usize, &Category)| {
                    c.code.parse::<f64>().is_ok_and(|n| how.holds(n, limit)).then_some(k)
                };
                let categories: Vec<usize> = categories.iter().enumerate().filter_map(meets).collect();
                (!categories.is_empty()).then_some(AskedIf::Chose { question, categories })?
            }
            // The whole of the answer is compared, so nothing else may be selected.
            (QuestionKind::Multiple { .. }, Sign::Is) => AskedIf::All(vec![
                AskedIf::Chose { question, categories: vec![of.category(value)?] },
                AskedIf::Number { question, comparisons: vec![(Relation::Equals, 1.0)] },
            ]),
            (QuestionKind::Number { .. }, sign) => {
                AskedIf::Number { question, comparisons: vec![(ordered(sign)?, number(value)?)] }
            }
            (QuestionKind::Multiple { .. } | QuestionKind::Text, _)
            | (QuestionKind::Single(_), Sign::IsNot) => return None,
        };
        Some(self.definite(rule, question, denied))
    }

    /// `rule` about `question`, made such that it is no, not unknown, where the question was left blank. That
    /// matters only inside a denial, and where a blank is possible.
    fn definite(&self, rule: AskedIf, question: usize, denied: bool) -> AskedIf {
        let required = self.shown.get(question).is_some_and(|s| s.required);
        if required || !denied { rule } else { AskedIf::All(vec![AskedIf::Answered(question), rule]) }
    }

    /// Two rules about the options of one single answer as one.
    fn both(&self, one: &AskedIf, other: &AskedIf) -> Option<AskedIf> {
        let (AskedIf::Chose { question, categories }, AskedIf::Chose { question: same, categories: others }) =
            (one, other)
        else {
            return None;
        };
        let single = matches!(self.questions.get(*question)?.kind, QuestionKind::Single(_));
        let shared: Vec<usize> = categories.iter().copied().filter(|k| others.contains(k)).collect();
        (question == same && single && !shared.is_empty())
            .then_some(AskedIf::Chose { question: *question, categories: shared })
    }
}

fn ordered(sign: Sign) -> Option<Relation> {
    match sign {
        Sign::Is => Some(Relation::Equals),
        Sign::Order(how) => Some(how),
        Sign::IsNot => None,
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|n: &f64| n.abs() <= 1e15)
}

/// So far back it is looked for what follows from a rule.
const FURTHEST: usize = 12;

/// Whether whoever meets `one` meets `other`: the options are among the other's, or the question of `one` is
/// itself asked only of those.
fn follows(one: &AskedIf, other: &AskedIf, questions: &[Question], depth: usize) -> bool {
    if depth > FURTHEST {
        return false;
    }
    match (one, other) {
        (AskedIf::Chose { question, categories }, AskedIf::Chose { question: same, categories: others })
            if question == same && categories.iter().all(|k| others.contains(k)) =>
        {
            true
        }
        (
            AskedIf::Chose { question, .. } | AskedIf::Number { question, .. } | AskedIf::Answered(question),
            _,
        ) => {
            let earlier = questions.get(*question).and_then(|q| q.asked_if.as_ref());
            earlier.is_some_and(|rule| follows(rule, other, questions, depth + 1))
        }
        (AskedIf::All(rules), _) => rules.iter().any(|rule| follows(rule, other, questions, depth + 1)),
        (AskedIf::Any(_) | AskedIf::Not(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::form::relevant::*;
    use crate::questionnaire::form::{categories, question};

    use Relation::{AtLeast, Equals, LessThan, MoreThan};

    fn questions() -> Vec<Question> {
        let pairs =
            |codes: &[&str]| codes.iter().map(|c| ((*c).to_owned(), format!("L {c}"))).collect::<Vec<_>>();
        let mut all = vec![
            question("a", "", QuestionKind::Single(categories(pairs(&["yes", "no", "dk"]), false))),
            question(
                "b",
                "",
                QuestionKind::Multiple {
                    categories: categories(pairs(&["x", "y", "z"]), true),
                    max_marks: None,
                },
            ),
            question("c", "", QuestionKind::Single(categories(pairs(&["yes", "no"]), false))),
            question("n", "", QuestionKind::Number { range: None }),
            question("t", "", QuestionKind::Text),
            question("s", "", QuestionKind::Single(categories(pairs(&["1", "2", "3"]), false))),
        ];
        all[2].asked_if = Some(chose(0, &[0]));
        all
    }

    fn chose(question: usize, categories: &[usize]) -> AskedIf {
        AskedIf::Chose { question, categories: categories.to_vec() }
    }

    fn number(question: usize, how: Relation, limit: f64) -> AskedIf {
        AskedIf::Number { question, comparisons: vec![(how, limit)] }
    }

    /// Everyone is shown all but c; everything is required but t.
    fn rule(conditions: &[&str]) -> Option<AskedIf> {
        let shown: Vec<Shown> = (0..6).map(|q| Shown { everyone: q != 2, required: q != 4 }).collect();
        skip_rule(conditions, &questions(), &shown)
    }

    #[test]
    fn options_of_one_question_stay_a_list() {
        assert_eq!(rule(&["${a} = 'yes'"]), Some(chose(0, &[0])));
        assert_eq!(rule(&["${a}='yes'"]), Some(chose(0, &[0])));
        assert_eq!(rule(&["'yes' = ${a}"]), Some(chose(0, &[0])));
        assert_eq!(rule(&["selected(${b}, 'y')"]), Some(chose(1, &[1])));
        assert_eq!(rule(&["selected(${b}, \"x\") or selected(${b}, ‘z’)"]), Some(chose(1, &[0, 2])));
        assert_eq!(rule(&["${a} != 'yes'"]), Some(chose(0, &[1, 2])));
        assert_eq!(rule(&["not(${a} = 'yes' or ${a} = 'dk')"]), Some(chose(0, &[1])));
        assert_eq!(rule(&["(${a} != 'yes') and ${a} != 'dk'"]), Some(chose(0, &[1])));
        assert_eq!(rule(&["${s} >= 2"]), Some(chose(5, &[1, 2])));
        assert_eq!(
            rule(&["${a} = 'yes' and ${c} = 'no'"]),
            Some(chose(2, &[1])),
            "c is asked only where a is yes"
        );
        assert_eq!(
            rule(&["${a} = 'yes'", "${c} = 'no'"]),
            Some(chose(2, &[1])),
            "a group's rule and the question's own"
        );
    }

    #[test]
    fn several_questions_make_one_rule() {
        assert_eq!(
            rule(&["${a} = 'yes' or selected(${b}, 'x')"]),
            Some(AskedIf::Any(vec![chose(0, &[0]), chose(1, &[0])]))
        );
        assert_eq!(
            rule(&["selected(${b}, 'x') and selected(${b}, 'y')"]),
            Some(AskedIf::All(vec![chose(1, &[0]), chose(1, &[1])]))
        );
        let right = AskedIf::Any(vec![chose(1, &[0, 1]), number(3, MoreThan, 18.0)]);
        assert_eq!(
            rule(&["${a} = 'no' and (selected(${b}, 'x') or ${n} > 18 or selected(${b}, 'y'))"]),
            Some(AskedIf::All(vec![chose(0, &[1]), right]))
        );
        assert_eq!(
            rule(&["${n} = 1 and 65.5 > ${n}"]),
            Some(AskedIf::All(vec![number(3, Equals, 1.0), number(3, LessThan, 65.5)]))
        );
        assert_eq!(
            rule(&["${a} = 'no'", "${c} = 'no'"]),
            Some(AskedIf::All(vec![chose(0, &[1]), chose(2, &[1])])),
            "never met, and said so"
        );
    }

    #[test]
    fn what_was_not_shown_is_empty() {
        assert_eq!(
            rule(&["${c} != 'yes'"]),
            Some(chose(2, &[0]).negated()),
            "c is not shown to everyone: those are asked too"
        );
        assert_eq!(rule(&["not(selected(${b}, 'x'))"]), Some(chose(1, &[0]).negated()));
        assert_eq!(rule(&["count-selected(${b}) > 1"]), Some(number(1, MoreThan, 1.0)));
        let few = AskedIf::Any(vec![AskedIf::Answered(1).negated(), number(1, LessThan, 2.0)]);
        assert_eq!(rule(&["count-selected(${b}) < 2"]), Some(few), "0 where it was not shown");
        assert_eq!(
            rule(&["${b} = 'x'"]),
            Some(AskedIf::All(vec![chose(1, &[0]), number(1, Equals, 1.0)])),
            "the whole of the answer"
        );
        assert_eq!(rule(&["${t} != ''"]), Some(AskedIf::Answered(4)));
        assert_eq!(rule(&["${t} = \"\""]), Some(AskedIf::Answered(4).negated()));
        assert_eq!(rule(&["string-length(${t}) > 0"]), Some(AskedIf::Answered(4)));
        // Where a blank is possible, what is denied is "answered, and …".
        let optional = [Shown { everyone: true, required: false }; 6];
        let denied = AskedIf::All(vec![AskedIf::Answered(0), chose(0, &[0])]).negated();
        assert_eq!(skip_rule(&["${a} != 'yes'"], &questions(), &optional), Some(denied));
        let positive = AskedIf::All(vec![AskedIf::Answered(3), number(3, AtLeast, 5.0)]).negated();
        assert_eq!(skip_rule(&["not(${n} >= 5)"], &questions(), &optional), Some(positive));
        assert_eq!(
            skip_rule(&["not(not(${n} >= 5))"], &questions(), &optional),
            Some(number(3, AtLeast, 5.0))
        );
    }

    #[test]
    fn what_it_cannot_hold_is_not_guessed() {
        for text in [
            "${n} + 1 > 18",
            "${n} > ${s}",
            "${a} = 'maybe'",
            "${a} > 1",
            "${t} = 'words'",
            "${later} = 'yes'",
            "${a} = 'yes",
            "count-selected(${a}) > 1",
            "string-length(${t}) > 5",
            "${n} > 1e400",
            "today() > '2020-01-01'",
            "",
            "and",
            "${a} = 'yes' ${c}",
        ] {
            assert_eq!(rule(&[text]), None, "{text}");
        }
        assert_eq!(rule(&[&"(".repeat(100_000)]), None);
    }
}
