//! 市民アンケート: who answers, and how the answers fall.

use std::error::Error;

use super::codebook::Codebook;
use super::dice::Dice;
use super::people::ages_of_adults;
use super::reply::{Mark, Person, Single, count_for, missing, ranked};
use super::words;

/// One wave of the survey. Shares are in 1/1000 of the valid returns.
pub(super) struct Wave {
    pub(super) seed: u64,
    pub(super) few_gathering_places: usize,
    pub(super) shopping_difficulty: usize,
    pub(super) hotnet_station: usize,
    pub(super) adult_guardianship: usize,
    pub(super) brighter_society: usize,
    pub(super) disaster_drills: usize,
    pub(super) volunteer_intent: usize,
    /// Sex and age come from the register, not from the paper, and are complete.
    pub(super) frame_attributes: bool,
}

/// All marks: one list a question, in the order of the questionnaire, one mark a person.
pub(super) fn answers(
    wave: &Wave,
    book: &Codebook,
    people: &[Person],
) -> Result<Vec<Vec<Mark>>, Box<dyn Error>> {
    let mut columns: Vec<Vec<Mark>> = Vec::new();
    for question in &book.question {
        let dice = &mut Dice::of(wave.seed, &question.id);
        let column = match question.id.as_str() {
            "性別" => attribute(wave, people, dice, |p, d| {
                if !wave.frame_attributes && d.chance(0.008) { 2 } else { p.sex }
            }),
            "年代" => attribute(wave, people, dice, |p, _| p.age),
            "地区" => attribute(wave, people, dice, |p, _| p.district),
            "問1" => years_lived(people, dice),
            "問3" => problems(wave, people, dice)?,
            "問6" => sources(people, dice),
            "問11" => activities(people, columns.last().ok_or("問10 comes before 問11")?, dice),
            "問13" => words::opinions(people, dice),
            id => single(wave, id).ok_or_else(|| format!("no recipe for {id}"))?.draw(people, dice)?,
        };
        columns.push(column);
    }
    Ok(columns)
}

/// Leaning by age class, from 18–29 to 80 and over.
fn by_age(person: &Person, lean: [f64; 7]) -> f64 {
    lean[person.age]
}

fn woman(person: &Person, lean: f64) -> f64 {
    if person.sex == 1 { lean } else { 0.0 }
}

fn single(wave: &Wave, id: &str) -> Option<Single<'static>> {
    Some(match id {
        "問2" => Single {
            yes: &[(0, 1.0)],
            no: &[(1, 0.38), (2, 0.46), (3, 0.16)],
            per_mille: 162,
            blank: 0.012,
            lean: &|p| by_age(p, [-0.5, -0.3, -0.1, 0.0, 0.1, 0.3, 0.4]) + woman(p, 0.1),
        },
        "問4" => Single {
            yes: &[(0, 0.05), (1, 0.95)],
            no: &[(2, 0.43), (3, 0.57)],
            per_mille: wave.hotnet_station,
            blank: 0.05,
            lean: &|p| by_age(p, [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.15]) + woman(p, 0.15),
        },
        "問5" => Single {
            yes: &[(0, 0.36), (1, 0.64)],
            no: &[(2, 0.62), (3, 0.38)],
            per_mille: wave.adult_guardianship,
            blank: 0.045,
            lean: &|p| by_age(p, [-0.5, -0.3, 0.0, 0.2, 0.25, 0.15, -0.1]) + woman(p, 0.1),
        },
        "問7" => Single {
            yes: &[(0, 0.3), (1, 0.7)],
            no: &[(2, 0.22), (3, 0.78)],
            per_mille: wave.brighter_society,
            blank: 0.03,
            lean: &|p| by_age(p, [-0.4, -0.3, -0.1, 0.0, 0.2, 0.35, 0.3]),
        },
        "問8" => Single {
            yes: &[(0, 1.0)],
            no: &[(1, 0.27), (2, 0.73)],
            per_mille: wave.disaster_drills,
            blank: 0.025,
            lean: &|p| {
                by_age(p, [-0.5, -0.2, 0.1, 0.05, 0.15, 0.25, -0.1]) + if p.district == 1 { 0.1 } else { 0.0 }
            },
        },
        "問9" => Single {
            yes: &[(0, 1.0)],
            no: &[(1, 0.5), (2, 0.2), (3, 0.3)],
            per_mille: 758,
            blank: 0.06,
            lean: &|p| by_age(p, [0.3, 0.3, 0.3, 0.2, 0.1, -0.3, -0.9]),
        },
        "問10" => Single {
            yes: &[(0, 1.0)],
            no: &[(1, 1.0)],
            per_mille: 243,
            blank: 0.02,
            lean: &|p| by_age(p, [-0.3, -0.2, 0.05, 0.0, 0.15, 0.3, 0.0]) + woman(p, 0.1),
        },
        "問12" => Single {
            yes: &[(0, 0.11), (1, 0.89)],
            no: &[(2, 0.44), (3, 0.22), (4, 0.34)],
            per_mille: wave.volunteer_intent,
            blank: 0.05,
            lean: &|p| by_age(p, [-0.1, -0.05, 0.05, 0.15, 0.2, 0.0, -0.6]) + woman(p, 0.05),
        },
        _ => return None,
    })
}

fn attribute(
    wave: &Wave,
    people: &[Person],
    dice: &mut Dice,
    of: impl Fn(&Person, &mut Dice) -> usize,
) -> Vec<Mark> {
    people
        .iter()
        .map(|p| {
            if !wave.frame_attributes && dice.chance(0.009) {
                missing(p, dice)
            } else {
                Mark::One(of(p, dice))
            }
        })
        .collect()
}

fn years_lived(people: &[Person], dice: &mut Dice) -> Vec<Mark> {
    people
        .iter()
        .map(|p| {
            let (youngest, span) = ages_of_adults(p.age);
            let age = youngest + dice.below(span);
            let years = dice.below(age + 1);
            let slip = dice.unit();
            match slip {
                s if s < 0.02 => Mark::Blank,
                s if s > 0.999 && !p.web => Mark::Words("不明".into()),
                s if s > 0.9975 && !p.web => Mark::Number(1975 + dice.below(40)),
                _ => Mark::Number(years),
            }
        })
        .collect()
}

/// 問3. Two of its options are indicators and drawn exactly; the others by chance.
fn problems(wave: &Wave, people: &[Person], dice: &mut Dice) -> Result<Vec<Mark>, Box<dyn Error>> {
    const NONE: usize = 13;
    let exact = |per_mille| count_for(per_mille, people.len());
    let west = |p: &Person| if p.district == 2 { 0.15 } else { 0.0 };
    let north_east = |p: &Person| if p.district == 0 { 0.2 } else { 0.0 };
    let places = ranked(
        people,
        exact(wave.few_gathering_places)?,
        &|p| by_age(p, [-0.2, -0.1, 0.0, 0.0, 0.1, 0.2, 0.1]) + west(p),
        dice,
    );
    let shopping = ranked(
        people,
        exact(wave.shopping_difficulty)?,
        &|p| by_age(p, [-0.2, -0.1, -0.1, 0.0, 0.1, 0.3, 0.6]) + north_east(p),
        dice,
    );
    let freely = [
        (0, 0.31),
        (2, 0.14),
        (3, 0.25),
        (4, 0.07),
        (5, 0.10),
        (6, 0.13),
        (8, 0.06),
        (9, 0.19),
        (10, 0.27),
        (11, 0.18),
        (12, 0.04),
    ];
    Ok((0..people.len())
        .map(|at| {
            let silent = dice.chance(0.12);
            let mut marks: Vec<usize> = freely
                .iter()
                .filter(|(_, p)| dice.chance(*p) && !silent)
                .map(|(option, _)| *option)
                .collect();
            let contradicts = dice.chance(0.004) && !people[at].web && !marks.is_empty();
            marks.extend(places[at].then_some(1));
            marks.extend(shopping[at].then_some(7));
            marks.sort_unstable();
            match (marks.is_empty(), contradicts && !places[at] && !shopping[at]) {
                (true, _) if dice.chance(0.25) => return Mark::Blank,
                (true, _) | (_, true) => marks.push(NONE),
                (false, false) => {}
            }
            Mark::Many(marks)
        })
        .collect())
}

/// 問6 (○は3つまで); on paper, some mark four.
fn sources(people: &[Person], dice: &mut Dice) -> Vec<Mark> {
    const NONE: usize = 8;
    people
        .iter()
        .map(|p| {
            let kind = dice.unit();
            let marks = if kind < 0.02 {
                return missing(p, dice);
            } else if kind < 0.09 {
                return Mark::Many(vec![NONE]);
            } else if kind < 0.11 && !p.web {
                4
            } else {
                1 + dice.weighted(&[0.3, 0.4, 0.3])
            };
            let young = if p.age < 3 { 2.5 } else { 1.0 };
            let mut weights = [5.0, 2.0 * young, 0.8, 0.4, 1.6 / young, 2.0, 1.8, 0.2];
            let mut chosen: Vec<usize> = (0..marks)
                .map(|_| {
                    let option = dice.weighted(&weights);
                    weights[option] = 0.0;
                    option
                })
                .collect();
            chosen.sort_unstable();
            Mark::Many(chosen)
        })
        .collect()
}

/// 問11, asked of those who said はい at 問10; on paper, a few others answer it all the same (a broken skip).
fn activities(people: &[Person], filter: &[Mark], dice: &mut Dice) -> Vec<Mark> {
    let parts = [0.33, 0.15, 0.06, 0.17, 0.17, 0.2, 0.36, 0.05];
    people
        .iter()
        .zip(filter)
        .map(|(p, filter)| {
            let asked = *filter == Mark::One(0);
            let strays = !p.web && dice.chance(0.008);
            let mut marks: Vec<usize> = (0..parts.len()).filter(|&k| dice.chance(parts[k])).collect();
            if marks.is_empty() {
                marks.push(6);
            }
            match (asked, strays) {
                (true, _) if dice.chance(0.02) => missing(p, dice),
                (true, _) | (false, true) => Mark::Many(marks),
                (false, false) => Mark::Blank,
            }
        })
        .collect()
}
