//! The text of an XLSForm condition → what it says, before anybody asks whether a skip rule can hold it.

use crate::questionnaire::rule::Relation;

/// A condition as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rule {
    /// `selected(${q}, 'x')`
    Selected(String, String),
    /// `${q} = 'x'`
    Compare(String, Sign, String),
    /// `count-selected(${q}) > 1`
    Count(String, Sign, String),
    /// `string-length(${q}) > 0`
    Length(String, Sign, String),
    Not(Box<Rule>),
    And(Vec<Rule>),
    Or(Vec<Rule>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sign {
    Is,
    IsNot,
    Order(Relation),
}

impl Sign {
    fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" => Sign::Is,
            "!=" => Sign::IsNot,
            ">=" => Sign::Order(Relation::AtLeast),
            ">" => Sign::Order(Relation::MoreThan),
            "<=" => Sign::Order(Relation::AtMost),
            "<" => Sign::Order(Relation::LessThan),
            _ => return None,
        })
    }

    /// The sign between the two sides changed over.
    fn turned(self) -> Self {
        match self {
            Sign::Order(Relation::AtLeast) => Sign::Order(Relation::AtMost),
            Sign::Order(Relation::MoreThan) => Sign::Order(Relation::LessThan),
            Sign::Order(Relation::AtMost) => Sign::Order(Relation::AtLeast),
            Sign::Order(Relation::LessThan) => Sign::Order(Relation::MoreThan),
            same => same,
        }
    }
}

/// More brackets in each other than this are no rule that a person wrote.
const DEEPEST: usize = 24;

/// `None` for what is not understood.
pub(crate) fn parse(text: &str) -> Option<Rule> {
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
        } else if let Some(sign) =
            ["!=", ">=", "<=", "=", ">", "<", "(", ")", ","].into_iter().find(|s| rest.starts_with(s))
        {
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
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-' || c == '.'))
                .unwrap_or(rest.len());
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
            Token::Word(word) if self.tokens.get(self.at) == Some(&Token::Sign("(")) => {
                self.sign("(")?;
                self.function(&word, depth)
            }
            Token::Question(name) => {
                let sign = self.comparison()?;
                Some(Rule::Compare(name, sign, self.value()?))
            }
            Token::Value(value) | Token::Word(value) => {
                let sign = self.comparison()?;
                let Token::Question(name) = self.take()?.clone() else { return None };
                Some(Rule::Compare(name, sign.turned(), value))
            }
            Token::Sign(_) => None,
        }
    }

    /// What stands in the brackets of a function, and behind them.
    fn function(&mut self, name: &str, depth: usize) -> Option<Rule> {
        if name == "not" {
            let inside = self.either(depth + 1)?;
            self.sign(")")?;
            return Some(Rule::Not(Box::new(inside)));
        }
        let Token::Question(question) = self.take()?.clone() else { return None };
        if name == "selected" {
            self.sign(",")?;
            let value = self.value()?;
            self.sign(")")?;
            return Some(Rule::Selected(question, value));
        }
        self.sign(")")?;
        let sign = self.comparison()?;
        let value = self.value()?;
        match name {
            "count-selected" => Some(Rule::Count(question, sign, value)),
            "string-length" => Some(Rule::Length(question, sign, value)),
            _ => None,
        }
    }

    fn comparison(&mut self) -> Option<Sign> {
        match self.take()? {
            Token::Sign(sign) => Sign::of(sign),
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
