//! Makes every data file in `raw/` from seeds: the same bytes on every run. Only `raw/README.md` is written
//! by hand.
//!
//! The response files hold made-up people. Their answers are drawn with likely leanings by age, sex and
//! district, but so that the shares of the published table come out exactly: as many of the valid returns say
//! yes as print as the published percentage, and who does is decided by rank.

use std::error::Error;

mod bytes;
mod citizen;
mod codebook;
mod corrections;
mod counts;
mod dice;
mod elderly;
mod people;
mod reply;
mod sheets;
mod words;

use bytes::Encoding;
use citizen::Wave;
use codebook::Codebook;
use sheets::{Returns, SYNTHETIC};

/// A file: its path from the project's root, and its bytes.
pub struct Artifact {
    pub path: &'static str,
    pub bytes: Vec<u8>,
}

const CITIZEN_R4: Wave = Wave {
    seed: 2022,
    few_gathering_places: 206,
    shopping_difficulty: 81,
    hotnet_station: 474,
    adult_guardianship: 518,
    brighter_society: 56,
    disaster_drills: 98,
    volunteer_intent: 306,
    frame_attributes: false,
};

/// Chosen so that, once raked to the register, the trial shows every status.
const CITIZEN_R7: Wave = Wave {
    seed: 2025,
    few_gathering_places: 193,
    shopping_difficulty: 130,
    hotnet_station: 515,
    adult_guardianship: 572,
    brighter_society: 106,
    disaster_drills: 187,
    volunteer_intent: 389,
    frame_attributes: true,
};

/// The question of R4 that the paper of R7 does not have.
const NOT_IN_R7: &str = "問9";

/// All data files of `raw/`.
///
/// # Errors
/// When a share cannot be met exactly, a question has no recipe, or a character is not in CP932.
pub fn artifacts() -> Result<Vec<Artifact>, Box<dyn Error>> {
    let citizen = Codebook::citizen()?;
    let citizen_r7 = Codebook::citizen_r7()?;
    let elderly = Codebook::elderly()?;
    let mut files = Vec::new();
    let mut add = |path, bytes| files.push(Artifact { path, bytes });

    let people = people::adults(CITIZEN_R4.seed, 1_492, 497, false, 10_001);
    let marks = citizen::answers(&CITIZEN_R4, &citizen, &people)?;
    let returns = Returns { book: &citizen, people: &people, marks: &marks, seed: CITIZEN_R4.seed };
    add("raw/nishitokyo/citizen-r4-paper.csv", sheets::paper(&returns, Encoding::Cp932)?);
    add("raw/nishitokyo/citizen-r4-web.xlsx", sheets::web(&returns, "2022/11")?);

    let people = people::adults(CITIZEN_R7.seed, 1_189, 618, true, 70_001);
    let mut marks = citizen::answers(&CITIZEN_R7, &citizen, &people)?;
    // R7 left one question out and moved those after it up.
    marks.remove(citizen.question.iter().position(|q| q.id == NOT_IN_R7).ok_or("no question to leave out")?);
    let returns = Returns { book: &citizen_r7, people: &people, marks: &marks, seed: CITIZEN_R7.seed };
    add("raw/nishitokyo-trial/citizen-r7-paper.csv", sheets::paper(&returns, Encoding::Utf8WithBom)?);
    add("raw/nishitokyo-trial/citizen-r7-web.xlsx", sheets::web(&returns, "2025/11")?);
    add("raw/nishitokyo-trial/population-r7.csv", population(&citizen)?);

    for (path, seed, known, count) in [
        ("raw/nishitokyo/elderly-r4.xlsx", 4022, 576, 1_207),
        ("raw/nishitokyo-trial/elderly-r7.xlsx", 4025, 661, 1_163),
    ] {
        let people = people::elderly(seed, count, 30_001);
        let marks = elderly::answers(seed, known, &elderly, &people)?;
        let returns = Returns { book: &elderly, people: &people, marks: &marks, seed };
        add(path, sheets::elderly(&returns)?);
        if path == "raw/nishitokyo-trial/elderly-r7.xlsx" {
            add("raw/nishitokyo-trial/elderly-r7-corrections.csv", corrections::elderly(&returns)?);
        }
    }

    add("raw/nishitokyo/counts.csv", counts::long(false, Encoding::Cp932)?);
    add("raw/nishitokyo/counts-kotsu.xlsx", counts::wide(false)?);
    add("raw/nishitokyo-trial/counts.csv", counts::long(true, Encoding::Utf8WithBom)?);
    add("raw/nishitokyo-trial/counts-kotsu.xlsx", counts::wide(true)?);
    Ok(files)
}

/// The adults by district, sex and age class, as a register's table: one row a cell.
fn population(book: &Codebook) -> Result<Vec<u8>, Box<dyn Error>> {
    let question =
        |id: &str| book.question.iter().find(|q| q.id == id).ok_or_else(|| format!("no question {id}"));
    let [district, sex, age] = [question("地区")?, question("性別")?, question("年代")?];
    let mut rows = vec![["地区", "性別", "年代", "人口", "データ区分"].map(str::to_owned).to_vec()];
    for [d, s, a, adults] in people::register(CITIZEN_R7.seed) {
        rows.push(vec![
            district.label(d).to_owned(),
            sex.label(s).to_owned(),
            age.label(a).to_owned(),
            adults.to_string(),
            SYNTHETIC.to_owned(),
        ]);
    }
    bytes::csv(&rows, Encoding::Utf8WithBom)
}
