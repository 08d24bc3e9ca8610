//! A derived variable as text.

use crate::questionnaire::derivation::{Derivation, Rest};
use crate::questionnaire::derived_labels::band_labels;
use crate::questionnaire::derived_spec::OUTSIDE;
use crate::questionnaire::model::{Category, Question, Questionnaire};
use crate::questionnaire::rule::AskedIf;
use crate::questionnaire::write_words::{list, quoted, rule};

/// The TOML of `question`, which is made as `derivation` says.
pub(crate) fn write(out: &mut String, question: &Question, derivation: &Derivation, whole: &Questionnaire) {
    let mut line = |key: &str, value: String| out.push_str(&format!("{key} = {value}\n"));
    let named = |source: usize| whole.questions.get(source).map_or_else(String::new, |q| quoted(&q.id));
    let rest = |rest: Rest, category: Option<&Category>| match rest {
        Rest::Unsaid => String::new(),
        Rest::Outside => format!(", rest = {}", quoted(OUTSIDE)),
        Rest::Category => category.map_or_else(String::new, |c| format!(", rest = {}", quoted(&c.label))),
    };
    let conditions = |conditions: &[AskedIf]| {
        let each: Vec<String> = conditions.iter().map(|c| rule(c, whole, 1)).collect();
        if each.iter().map(|c| c.chars().count()).sum::<usize>() < 100 {
            format!("[{}]", each.join(", "))
        } else {
            format!("[\n    {},\n]", each.join(",\n    "))
        }
    };
    let categories = question.categories();
    line("[[derived]]\nid", quoted(&question.id));
    if question.text != question.id {
        line("text", quoted(&question.text));
    }
    match derivation {
        Derivation::Bands { of, from, below } => {
            let own = categories.get(usize::from(*below == Rest::Category)..).unwrap_or_default();
            let labels: Vec<String> = own.iter().map(|c| c.label.clone()).collect();
            let labels = if labels == band_labels(from) {
                String::new()
            } else {
                format!(", labels = {}", list(&labels))
            };
            let from: Vec<String> = from.iter().map(f64::to_string).collect();
            let rest = rest(*below, categories.first());
            line("bands", format!("{{ of = {}, from = [{}]{labels}{rest} }}", named(*of), from.join(", ")));
        }
        Derivation::Merge { of, into, rest: other } => {
            let source = whole.questions.get(*of).map(Question::categories).unwrap_or_default();
            let groups = categories.len() - usize::from(*other == Rest::Category).min(categories.len());
            let group = |(k, category): (usize, &Category)| {
                let of_group = source.iter().zip(into).filter(|(_, to)| **to == Some(k));
                format!("{} = {}", quoted(&category.label), list(of_group.map(|(c, _)| &c.label)))
            };
            let each: Vec<String> = categories.iter().take(groups).enumerate().map(group).collect();
            let rest = rest(*other, categories.last());
            line("merge", format!("{{ of = {}, into = {{ {} }}{rest} }}", named(*of), each.join(", ")));
        }
        Derivation::Test { joined, conditions: all, not_asked_is_no } => {
            line(joined.key(), conditions(all));
            let labels: Vec<&String> = categories.iter().map(|c| &c.label).collect();
            if labels != ["はい", "いいえ"] {
                line("labels", list(labels));
            }
            if *not_asked_is_no {
                line("not_asked", quoted("no"));
            }
        }
        Derivation::Count { conditions: all, not_asked_is_no } => {
            line("count", conditions(all));
            if *not_asked_is_no {
                line("not_asked", quoted("no"));
            }
        }
        Derivation::Cross { of, .. } => {
            let names: Vec<String> = of.iter().map(|source| named(*source)).collect();
            line("cross", format!("[{}]", names.join(", ")));
        }
    }
}
