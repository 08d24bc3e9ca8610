//! 高齢者一般調査: how the answers fall.

use std::error::Error;

use super::codebook::Codebook;
use super::dice::Dice;
use super::reply::{Mark, Person, Single, missing};

/// All marks: one list a question, in the order of the questionnaire. `known` is the share who know the
/// 地域包括支援センター, in 1/1000 of the valid returns.
pub(super) fn answers(
    seed: u64,
    known: usize,
    book: &Codebook,
    people: &[Person],
) -> Result<Vec<Vec<Mark>>, Box<dyn Error>> {
    book.question
        .iter()
        .map(|question| {
            let dice = &mut Dice::of(seed, &question.id);
            Ok(match question.id.as_str() {
                "性別" => attribute(people, dice, |p| p.sex),
                "年代" => attribute(people, dice, |p| p.age),
                "地区" => attribute(people, dice, |p| p.district),
                "問1" => Single {
                    yes: &[(0, 1.0)],
                    no: &[(1, 0.52), (2, 0.05), (3, 0.24), (4, 0.19)],
                    per_mille: 214,
                    blank: 0.02,
                    lean: &|p| 0.08 * p.age as f64 + if p.sex == 1 { 0.3 } else { 0.0 },
                }
                .draw(people, dice)?,
                "問2" => Single {
                    yes: &[(0, 1.0)],
                    no: &[(1, 0.13), (2, 0.43), (3, 0.44)],
                    per_mille: 47,
                    blank: 0.015,
                    lean: &|p| 0.2 * p.age as f64,
                }
                .draw(people, dice)?,
                "問3" => Single {
                    yes: &[(0, 0.58), (1, 0.42)],
                    no: &[(2, 1.0)],
                    per_mille: known,
                    blank: 0.09,
                    lean: &|p| {
                        [-0.2, 0.0, 0.1, 0.15, 0.15, 0.05][p.age] + if p.sex == 1 { 0.2 } else { -0.1 }
                    },
                }
                .draw(people, dice)?,
                "問4" => advisers(people, dice),
                id => return Err(format!("no recipe for {id}").into()),
            })
        })
        .collect()
}

fn attribute(people: &[Person], dice: &mut Dice, of: impl Fn(&Person) -> usize) -> Vec<Mark> {
    people.iter().map(|p| if dice.chance(0.007) { missing(p, dice) } else { Mark::One(of(p)) }).collect()
}

/// 問4 (○はいくつでも).
fn advisers(people: &[Person], dice: &mut Dice) -> Vec<Mark> {
    const NONE: usize = 6;
    let parts = [0.07, 0.06, 0.11, 0.27, 0.22, 0.05];
    people
        .iter()
        .map(|_| {
            let marks: Vec<usize> = (0..parts.len()).filter(|&k| dice.chance(parts[k])).collect();
            match marks.is_empty() {
                true if dice.chance(0.2) => Mark::Blank,
                true => Mark::Many(vec![NONE]),
                false => Mark::Many(marks),
            }
        })
        .collect()
}
