//! The pieces that a questionnaire's text is made of: comments, strings, lists, conditions.

use crate::questionnaire::model::Questionnaire;
use crate::questionnaire::rule::AskedIf;

/// One comment line, whatever the text holds.
pub fn comment(text: &str) -> String {
    let flat: Vec<&str> = text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect();
    format!("# {}\n", flat.join(" "))
}

/// `text` as a TOML string on one line.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a String>) -> String {
    format!("[{}]", words.into_iter().map(|w| quoted(w)).collect::<Vec<_>>().join(", "))
}

/// A skip rule as a table on one line, a long list of conditions one a line.
pub(crate) fn rule(of: &AskedIf, whole: &Questionnaire, depth: usize) -> String {
    let named = |question: usize| whole.questions.get(question).map_or_else(String::new, |q| quoted(&q.id));
    let several = |key: &str, rules: &[AskedIf]| {
        let each: Vec<String> = rules.iter().map(|r| rule(r, whole, depth + 1)).collect();
        if each.iter().map(|r| r.chars().count()).sum::<usize>() < 100 {
            return format!("{{ {key} = [{}] }}", each.join(", "));
        }
        let (inner, outer) = ("    ".repeat(depth + 1), "    ".repeat(depth));
        format!("{{ {key} = [\n{inner}{},\n{outer}] }}", each.join(&format!(",\n{inner}")))
    };
    match of {
        AskedIf::Chose { question, categories } => {
            let options = whole.questions.get(*question).map(|q| q.categories()).unwrap_or_default();
            let labels = categories.iter().filter_map(|k| options.get(*k)).map(|c| &c.label);
            format!("{{ question = {}, of = {} }}", named(*question), list(labels))
        }
        AskedIf::Number { question, comparisons } => {
            let limits: Vec<String> =
                comparisons.iter().map(|(how, limit)| format!("{} = {limit}", how.key())).collect();
            format!("{{ question = {}, {} }}", named(*question), limits.join(", "))
        }
        AskedIf::Answered(question) => format!("{{ question = {}, answered = true }}", named(*question)),
        AskedIf::Not(inner) => match inner.as_ref() {
            AskedIf::Answered(question) => format!("{{ question = {}, answered = false }}", named(*question)),
            inner => format!("{{ not = {} }}", rule(inner, whole, depth)),
        },
        AskedIf::All(rules) => several("all", rules),
        AskedIf::Any(rules) => several("any", rules),
    }
}
