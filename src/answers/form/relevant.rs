//! XLSForm's `relevant`, as far as a skip rule can hold it: one earlier question and the options that lead on.
//!
//! `selected(${q}, 'x')` and `${q} = 'x'`, joined by `or` about one question; `!=` and `not(…)` about a single answer that
//! everyone gives; `and` where one side follows from the other. Where a question was not shown, XLSForm takes its answer as
//! empty, so that `${q} != 'x'` holds: that is why "everyone" is asked for.

use super::super::questionnaire::{AskedIf, Question, QuestionKind};

/// A condition as it is written.
#[derive(Debug, Clone, PartialEq)]
enum Rule {
    Is(String, String),
    Not(Box<Rule>),
    And(Vec<Rule>),
    Or(Vec<Rule>),
}

/// More brackets in each other than this are no rule that a person wrote.
const DEEPEST: usize = 32;

/// The skip rule that all of `conditions` together make, in a questionnaire with these questions before. `everyone[i]`
/// says that question `i` is shown to everyone. `None` when it cannot be held.
pub(super) fn skip_rule(conditions: &[&str], questions: &[Question], everyone: &[bool]) -> Option<AskedIf> {
    let parsed: Option<Vec<Rule>> = conditions.iter().map(|text| parse(text)).collect();
    lower(&Rule::And(parsed?), questions, everyone)
}

fn parse(text: &str) -> Option<Rule> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let rule = parser.either(0)?;
    (parser.at == tokens.len()).then_some(rule)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Question(String),
    Value(String),
    Word(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(name) = rest.strip_prefix("${") {
            let (name, after) = name.split_once('}')?;
            (Token::Question(name.trim().to_owned()), after)
        } else if let Some(sign) = ["!=", "=", "(", ")", ","].into_iter().find(|s| rest.starts_with(s)) {
            (Token::Sign(sign), &rest[sign.len()..])
        } else if let '\'' | '"' | '‘' | '’' | '“' | '”' = first {
            let inside = &rest[first.len_utf8()..];
            let end = inside.find(match first {
                '\'' | '"' => [first, first],
                '‘' | '’' => ['’', '‘'],
                _ => ['”', '“'],
            })?;
            let after = inside[end..].chars().next().map_or(0, char::len_utf8);
            (Token::Value(inside[..end].to_owned()), &inside[end + after..])
        } else {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-' || c == '.')).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            (Token::Word(rest[..end].to_owned()), &rest[end..])
        };
        out.push(token);
        rest = after.trim_start();
    }
    Some(out)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn take(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn sign(&mut self, sign: &str) -> Option<()> {
        matches!(self.take()?, Token::Sign(s) if *s == sign).then_some(())
    }

    fn word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
    }

    fn either(&mut self, depth: usize) -> Option<Rule> {
        let mut all = vec![self.both(depth)?];
        while self.word("or") {
            self.at += 1;
            all.push(self.both(depth)?);
        }
        Some(Rule::Or(all))
    }

    fn both(&mut self, depth: usize) -> Option<Rule> {
        let mut all = vec![self.one(depth)?];
        while self.word("and") {
            self.at += 1;
            all.push(self.one(depth)?);
        }
        Some(Rule::And(all))
    }

    fn one(&mut self, depth: usize) -> Option<Rule> {
        if depth > DEEPEST {
            return None;
        }
        match self.take()?.clone() {
            Token::Sign("(") => {
                let inside = self.either(depth + 1)?;
                self.sign(")")?;
                Some(inside)
            }
            Token::Word(word) if word == "not" => {
                self.sign("(")?;
                let inside = self.either(depth + 1)?;
                self.sign(")")?;
                Some(Rule::Not(Box::new(inside)))
            }
            Token::Word(word) if word == "selected" => {
                self.sign("(")?;
                let Token::Question(name) = self.take()?.clone() else { return None };
                self.sign(",")?;
                let value = self.value()?;
                self.sign(")")?;
                Some(Rule::Is(name, value))
            }
            Token::Question(name) => match self.take()?.clone() {
                Token::Sign("=") => Some(Rule::Is(name, self.value()?)),
                Token::Sign("!=") => Some(Rule::Not(Box::new(Rule::Is(name, self.value()?)))),
                _ => None,
            },
            _ => None,
        }
    }

    fn value(&mut self) -> Option<String> {
        match self.take()? {
            Token::Value(value) | Token::Word(value) => Some(value.clone()),
            _ => None,
        }
    }
}

fn lower(rule: &Rule, questions: &[Question], everyone: &[bool]) -> Option<AskedIf> {
    match rule {
        Rule::Is(name, value) => {
            let question = questions.iter().position(|q| q.id == *name)?;
            Some(AskedIf { question, categories: vec![questions[question].category(value)?] })
        }
        Rule::Not(inner) => {
            let inner = lower(inner, questions, everyone)?;
            let question = questions.get(inner.question)?;
            let shown = everyone.get(inner.question) == Some(&true) && matches!(question.kind, QuestionKind::Single(_));
            let categories: Vec<usize> = (0..question.categories().len()).filter(|k| !inner.categories.contains(k)).collect();
            (shown && !categories.is_empty()).then_some(AskedIf { question: inner.question, categories })
        }
        Rule::Or(all) => join(all, questions, everyone, |one, other, _| {
            let same = one.question == other.question;
            let mut categories = [one.categories, other.categories].concat();
            categories.sort_unstable();
            categories.dedup();
            same.then_some(AskedIf { question: one.question, categories })
        }),
        Rule::And(all) => join(all, questions, everyone, |one, other, questions| {
            if follows(&one, &other, questions) {
                return Some(one);
            }
            if follows(&other, &one, questions) {
                return Some(other);
            }
            let single = matches!(questions.get(one.question)?.kind, QuestionKind::Single(_));
            let categories: Vec<usize> = one.categories.iter().copied().filter(|k| other.categories.contains(k)).collect();
            (one.question == other.question && single && !categories.is_empty()).then_some(AskedIf { question: one.question, categories })
        }),
    }
}

fn join(all: &[Rule], questions: &[Question], everyone: &[bool], two: impl Fn(AskedIf, AskedIf, &[Question]) -> Option<AskedIf>) -> Option<AskedIf> {
    let mut rest = all.iter().map(|rule| lower(rule, questions, everyone));
    let first = rest.next()??;
    rest.try_fold(first, |one, other| two(one, other?, questions))
}

/// Whether whoever meets `one` meets `other`: the options are among the other's, or the question of `one` is itself asked
/// only of those.
fn follows(one: &AskedIf, other: &AskedIf, questions: &[Question]) -> bool {
    if one.question == other.question && one.categories.iter().all(|k| other.categories.contains(k)) {
        return true;
    }
    let earlier = questions.get(one.question).and_then(|q| q.asked_if.as_ref());
    earlier.is_some_and(|rule| rule.question < one.question && follows(rule, other, questions))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::form::{categories, question};

    fn questions() -> Vec<Question> {
        let pairs = |codes: &[&str]| codes.iter().map(|c| ((*c).to_owned(), format!("L {c}"))).collect::<Vec<_>>();
        let mut all = vec![
            question("a", "", QuestionKind::Single(categories(pairs(&["yes", "no", "dk"]), false))),
            question("b", "", QuestionKind::Multiple { categories: categories(pairs(&["x", "y", "z"]), true), max_marks: None }),
            question("c", "", QuestionKind::Single(categories(pairs(&["yes", "no"]), false))),
            question("n", "", QuestionKind::Number { range: None }),
        ];
        all[2].asked_if = Some(AskedIf { question: 0, categories: vec![0] });
        all
    }

    fn rule(conditions: &[&str]) -> Option<(usize, Vec<usize>)> {
        skip_rule(conditions, &questions(), &[true, true, false, true]).map(|r| (r.question, r.categories))
    }

    #[test]
    fn what_a_skip_rule_can_hold_is_carried_over() {
        assert_eq!(rule(&["${a} = 'yes'"]), Some((0, vec![0])));
        assert_eq!(rule(&["${a}='yes'"]), Some((0, vec![0])));
        assert_eq!(rule(&["selected(${b}, 'y')"]), Some((1, vec![1])));
        assert_eq!(rule(&["selected(${b}, \"x\") or selected(${b}, ‘z’)"]), Some((1, vec![0, 2])));
        assert_eq!(rule(&["${a} != 'yes'"]), Some((0, vec![1, 2])));
        assert_eq!(rule(&["not(${a} = 'yes' or ${a} = 'dk')"]), Some((0, vec![1])));
        assert_eq!(rule(&["(${a} != 'yes') and ${a} != 'dk'"]), Some((0, vec![1])));
        assert_eq!(rule(&["${a} = 'yes' and ${c} = 'no'"]), Some((2, vec![1])), "c is asked only where a is yes");
        assert_eq!(rule(&["${a} = 'yes'", "${c} = 'no'"]), Some((2, vec![1])), "a group's rule and the question's own");
    }

    #[test]
    fn what_it_cannot_hold_is_not_guessed() {
        for text in [
            "${a} = 'yes' or selected(${b}, 'x')",
            "${a} = 'no' and selected(${b}, 'x')",
            "selected(${b}, 'x') and selected(${b}, 'y')",
            "not(selected(${b}, 'x'))",
            "${c} != 'yes'",
            "${n} > 18",
            "${n} = 1",
            "${a} = 'maybe'",
            "${later} = 'yes'",
            "${a} = 'yes",
            "count-selected(${b}) > 1",
            "",
            "and",
            "${a} = 'yes' ${c}",
        ] {
            assert_eq!(rule(&[text]), None, "{text}");
        }
        assert_eq!(rule(&[&"(".repeat(100_000)]), None);
        assert_eq!(rule(&["${a} = 'no'", "${c} = 'no'"]), None);
    }
}
