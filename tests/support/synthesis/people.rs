//! The city's adults: a made-up register by district, sex and age class, and who of them answers.

use super::dice::Dice;
use super::reply::Person;

/// Adults by sex and age class, made up, of the order of a city of 200,000.
const ADULTS: [[usize; 7]; 2] = [
    [13_900, 12_600, 14_900, 16_400, 11_700, 9_600, 7_000],
    [13_500, 12_700, 15_300, 16_900, 12_200, 11_500, 11_400],
];

/// Parts of the districts 北東部, 中部, 西部, 南部.
const DISTRICTS: [f64; 4] = [0.29, 0.21, 0.23, 0.27];

/// Chance to answer a posted questionnaire, by sex and age class.
const RESPONSE: [[f64; 7]; 2] =
    [[0.17, 0.24, 0.29, 0.35, 0.48, 0.56, 0.44], [0.24, 0.33, 0.38, 0.44, 0.56, 0.60, 0.41]];

/// Of those who answer, the part that does so on the web, by age class.
const ON_THE_WEB: [f64; 7] = [0.62, 0.55, 0.45, 0.33, 0.17, 0.07, 0.02];

/// Elderly people by sex and age class (65–69 … 90 and over), those who answer.
const ELDERLY: [[f64; 6]; 2] =
    [[0.120, 0.125, 0.105, 0.070, 0.032, 0.010], [0.125, 0.140, 0.128, 0.088, 0.042, 0.015]];

/// The youngest age of an age class of adults, and how many years it spans.
pub(super) fn ages_of_adults(class: usize) -> (usize, usize) {
    [(18, 12), (30, 10), (40, 10), (50, 10), (60, 10), (70, 10), (80, 15)][class]
}

/// The register: adults by district, sex and age class.
pub(super) fn register(seed: u64) -> Vec<[usize; 4]> {
    let dice = &mut Dice::of(seed, "register");
    let mut cells = Vec::new();
    for (district, part) in DISTRICTS.iter().enumerate() {
        for (sex, classes) in ADULTS.iter().enumerate() {
            for (age, adults) in classes.iter().enumerate() {
                let around = 1.0 + 0.08 * (dice.unit() - 0.5);
                cells.push([district, sex, age, (*adults as f64 * part * around).round() as usize]);
            }
        }
    }
    cells
}

/// Adults who answer: exactly `paper` on paper and `web` on the web, in the order of their ids.
/// With `even` districts, the same number was drawn from each; else in proportion to its people.
pub(super) fn adults(seed: u64, paper: usize, web: usize, even: bool, first_id: usize) -> Vec<Person> {
    let dice = &mut Dice::of(seed, "people");
    let weights: Vec<f64> = ADULTS
        .iter()
        .zip(RESPONSE)
        .flat_map(|(n, r)| n.iter().zip(r).map(|(n, r)| *n as f64 * r).collect::<Vec<_>>())
        .collect();
    let mut people: Vec<Person> = (0..paper + web)
        .map(|_| {
            let cell = dice.weighted(&weights);
            let district = if even { dice.below(4) } else { dice.weighted(&DISTRICTS) };
            Person { id: 0, sex: cell / 7, age: cell % 7, district, web: false }
        })
        .collect();
    let mut by_web: Vec<(f64, usize)> =
        people.iter().enumerate().map(|(i, p)| (ON_THE_WEB[p.age] + dice.unit() * 0.6, i)).collect();
    by_web.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in by_web.into_iter().take(web) {
        people[index].web = true;
    }
    number(&mut people, first_id, dice);
    people
}

/// Elderly people who answer, all on paper.
pub(super) fn elderly(seed: u64, count: usize, first_id: usize) -> Vec<Person> {
    let dice = &mut Dice::of(seed, "people");
    let weights: Vec<f64> = ELDERLY.iter().flatten().copied().collect();
    let mut people: Vec<Person> = (0..count)
        .map(|_| {
            let cell = dice.weighted(&weights);
            Person { id: 0, sex: cell / 6, age: cell % 6, district: dice.weighted(&DISTRICTS), web: false }
        })
        .collect();
    number(&mut people, first_id, dice);
    people
}

/// Ids of those who answer, among two and a half times as many questionnaires sent.
fn number(people: &mut [Person], first_id: usize, dice: &mut Dice) {
    let ids = dice.sample(people.len() * 5 / 2, people.len());
    for (person, id) in people.iter_mut().zip(ids) {
        person.id = first_id + id;
    }
}
