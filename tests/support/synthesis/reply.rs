//! Who answers, and what is marked: answers drawn so that the shares which a plan publishes come out exactly.

use std::error::Error;

use super::dice::Dice;

/// A respondent as the register knows them; what they write about themselves may be missing.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: usize,
    /// 0 男性, 1 女性.
    pub(super) sex: usize,
    /// Index of the age class, youngest first.
    pub(super) age: usize,
    /// Index of the district.
    pub(super) district: usize,
    /// Answered on the web instead of on paper.
    pub(super) web: bool,
}

/// What stands at a question. Options count from 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// Nothing.
    Blank,
    /// The code 99 of those who typed the paper in.
    Code99,
    One(usize),
    /// Two marks where one was asked for.
    Two(usize, usize),
    /// A code that the questionnaire does not have.
    Stray(usize),
    Many(Vec<usize>),
    Number(usize),
    Words(String),
}

/// How the answers to a single-answer question fall.
pub(super) struct Single<'a> {
    /// The options that an indicator counts, with their parts of it.
    pub(super) yes: &'a [(usize, f64)],
    /// The other options, with their parts of the rest.
    pub(super) no: &'a [(usize, f64)],
    /// Exact share of `yes` among all valid returns, in 1/1000.
    pub(super) per_mille: usize,
    /// Part of the others that gives no answer.
    pub(super) blank: f64,
    /// How much more likely than others a person is to be among `yes`; about ±0.5.
    pub(super) lean: &'a dyn Fn(&Person) -> f64,
}

impl Single<'_> {
    /// One mark a person. Exactly the published share is marked validly with `yes`; on paper, some of the
    /// others have two marks or a wrong code.
    pub(super) fn draw(&self, people: &[Person], dice: &mut Dice) -> Result<Vec<Mark>, Box<dyn Error>> {
        let chosen = ranked(people, count_for(self.per_mille, people.len())?, self.lean, dice);
        let options = self.yes.len() + self.no.len();
        Ok(people
            .iter()
            .zip(chosen)
            .map(|(person, chosen)| {
                if chosen {
                    return Mark::One(pick(self.yes, dice));
                }
                let slip = dice.unit();
                let missing = missing(person, dice);
                if dice.chance(self.blank) {
                    missing
                } else if !person.web && slip < 0.006 {
                    let first = dice.below(options - 1);
                    Mark::Two(first, first + 1 + dice.below(options - 1 - first))
                } else if !person.web && slip > 0.9985 {
                    Mark::Stray(options + 2)
                } else {
                    Mark::One(pick(self.no, dice))
                }
            })
            .collect())
    }
}

fn pick(parts: &[(usize, f64)], dice: &mut Dice) -> usize {
    let weights: Vec<f64> = parts.iter().map(|p| p.1).collect();
    parts[dice.weighted(&weights)].0
}

/// How no answer looks: a blank, or, on paper, sometimes the code 99.
pub(super) fn missing(person: &Person, dice: &mut Dice) -> Mark {
    if dice.chance(0.4) && !person.web { Mark::Code99 } else { Mark::Blank }
}

/// The `count` people who lean to it most, chance included.
pub(super) fn ranked(
    people: &[Person],
    count: usize,
    lean: &dyn Fn(&Person) -> f64,
    dice: &mut Dice,
) -> Vec<bool> {
    let mut order: Vec<(f64, usize)> =
        people.iter().enumerate().map(|(i, p)| (lean(p) + dice.bell(), i)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen = vec![false; people.len()];
    for (_, index) in order.into_iter().take(count) {
        chosen[index] = true;
    }
    chosen
}

/// The count out of `n` whose percentage prints as `per_mille`/10 with one decimal, half away from zero.
///
/// # Errors
/// When no count does.
pub(super) fn count_for(per_mille: usize, n: usize) -> Result<usize, Box<dyn Error>> {
    let count = (n * per_mille + 500) / 1000;
    let printed = (2000 * count + n) / (2 * n);
    if printed == per_mille {
        Ok(count)
    } else {
        Err(format!("no count out of {n} prints as {per_mille} per mille").into())
    }
}
