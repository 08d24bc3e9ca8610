//! Bands of a numeric age (年代), to break numbers down by.

use crate::draft::inferred::Inferred;
use crate::draft::meaning::is_age;
use crate::draft::remark::{Remark, RemarkKind};
use crate::questionnaire::form::{categories, question};
use crate::questionnaire::model::QuestionKind;
use crate::questionnaire::{Derivation, Rest};
use crate::raw::Table;
use crate::text::Lang;
use crate::text::number::number;
use crate::text::spelling;

/// Where bands begin, as far as anybody is so old.
const FROM: [i32; 7] = [18, 30, 40, 50, 60, 70, 80];

/// Adds bands of the first age among the numbers.
pub(crate) fn draft(found: &mut Inferred, tables: &[Table], lang: Lang) {
    let questions = &found.questionnaire.questions;
    let Some((of, age)) = questions.iter().enumerate().find(|(_, q)| is_age(q)) else { return };
    let named = age.columns.first().unwrap_or(&age.id);
    let ages: Vec<f64> = tables
        .iter()
        .filter_map(|table| table.column(named))
        .flat_map(|column| &column.values)
        .filter_map(|cell| number(&spelling::label(&cell.text())))
        .collect();
    // Years of birth and codes of bands are no ages.
    let oldest = ages.iter().copied().filter(|age| *age <= 120.0).fold(0.0, f64::max);
    let english = lang == Lang::En;
    let id = ["年代", "age_band"][usize::from(english || age.id.is_ascii())];
    let taken = questions.iter().any(|q| spelling::label(&q.id) == id);
    if ages.len() < 10 || !(25.0..=120.0).contains(&oldest) || taken {
        return;
    }
    let youngest = ages.iter().copied().filter(|age| *age >= 0.0).fold(f64::MAX, f64::min);
    let first = if youngest < 18.0 { 0 } else { FROM[0] };
    let from: Vec<i32> =
        [first].into_iter().chain(FROM).filter(|f| f64::from(*f) <= oldest && *f >= first).collect();
    let mut from: Vec<f64> = from.into_iter().map(f64::from).collect();
    from.dedup();
    let labels = if english { in_english(&from) } else { crate::questionnaire::band_labels(&from) };
    let pairs = (1..).zip(labels).map(|(k, label): (usize, String)| (k.to_string(), label));
    let mut bands = question(id, id, QuestionKind::Single(categories(pairs, false)));
    bands.derivation = Some(Derivation::Bands { of, from, below: Rest::Outside });
    found.questionnaire.questions.push(bands);
    found.remarks.push(vec![Remark::new(
        RemarkKind::Guess,
        "年齢を区切りました。区切りを確かめてください",
        "bands of the age; see whether they are right",
    )]);
}

/// `18 to 29`, `80 and over`; ages are whole years.
fn in_english(from: &[f64]) -> Vec<String> {
    let to = from.iter().skip(1).map(|next| Some(next - 1.0)).chain([None]);
    let label = |(least, most): (&f64, Option<f64>)| match most {
        Some(most) => format!("{least} to {most}"),
        None => format!("{least} and over"),
    };
    from.iter().zip(to).map(label).collect()
}
