//! Plans whose files are added up as they are read, beside the same plans with all rows held: everything that
//! is written is the same, byte for byte. Single, joined and numeric answers, bands, filters, strata,
//! clusters and weights; and beside them the columns that a file of an office has: names, phones, times,
//! remarks. Weights are fitted to population tables, with people who left the question blank and categories
//! that nobody is in.

use std::fmt::Write;

use crate::support::dice::Dice;
use crate::support::project::Project;
use encoding_rs::SHIFT_JIS;
use shihyo::pipeline;
use shihyo::progress::Silent;

const SEX: [&str; 2] = ["男性", "女性"];
const DISTRICT: [&str; 4] = ["東部", "西部", "南部", "不明"];
const OPINION: [&str; 4] = ["そう思う", "ややそう思う", "思わない", "その他"];
const WISHES: [&str; 3] = ["見守り", "配食", "居場所"];

/// What is wrong with one row, which has to be left out or told of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    Blank,
    Twice,
    OutOfList,
    NoId,
    WeightOfZero,
}

#[derive(Clone, Debug)]
struct Survey {
    rows: usize,
    labels: bool,
    quoted: bool,
    cp932: bool,
    fault: Fault,
    ids: usize,
    design: &'static str,
    /// Whether the design is one of [`FITTED`].
    fitted: bool,
    method: &'static str,
    skip: bool,
    /// Whether some cells hold a label and others its code.
    mixed: bool,
}

/// With the sizes of the population from the same table as the margins, or from columns.
const FITTED: [&str; 9] = [
    "design = { population = \"raw/both.csv\", weights = { rake = [\"性別\", \"地区\"] } }",
    "design = { strata = [\"h\"], fpc = [\"N\"], population = \"raw/both.csv\", weights = \
     { rake = [\"地区\", \"性別\"] } }",
    "design = { population = \"raw/both.csv\", weights = \
     { column = \"each\", rake = [\"性別\", \"地区\"] } }",
    "design = { population = \"raw/both.csv\", weights = { post_stratify = [\"性別\", \"地区\"] } }",
    "design = { strata = [\"h\"], fpc = [\"N\"], population = \"raw/both.csv\", weights = \
     { column = \"few\", post_stratify = [\"性別\"] } }",
    "design = { strata = [\"h\"], cluster = [\"psu\"], nest = true, fpc = [\"C\"], population = \
     \"raw/both.csv\", weights = { column = \"each\", rake = [\"性別\", \"地区\"] } }",
    "design = { strata = [\"区\"], population = \"raw/wards.csv\", weights = \
     { post_stratify = [\"性別\"] } }",
    "design = { population = \"raw/ages.csv\", weights = { rake = [\"年代\", \"性別\"] } }",
    "design = { strata = [\"h\"], population = \"raw/strata.csv\", lonely = \"adjust\" }",
];

const DESIGNS: [&str; 12] = [
    "",
    "design = { weights = { column = \"each\" } }",
    "design = { strata = [\"h\"], weights = { column = \"few\" } }",
    "design = { strata = [\"h\"], fpc = [\"N\"] }",
    "design = { strata = [\"地区\"], lonely = \"adjust\" }",
    "design = { strata = [\"h\"], cluster = [\"psu\"], nest = true, weights = { column = \"few\" } }",
    "design = { cluster = [\"psu\"], weights = { column = \"each\" } }",
    "design = { strata = [\"年代\"], lonely = \"adjust\" }",
    "design = { cluster = [\"年代\"] }",
    "design = { strata = [\"区\"], weights = { column = \"few\" } }",
    "design = { cluster = [\"区\"] }",
    "design = { strata = [\"大区\"] }",
];

impl Survey {
    fn new(dice: &mut Dice, fitted: bool) -> Self {
        Self {
            rows: 60 + dice.index(200),
            labels: dice.below(2) == 0,
            quoted: dice.below(3) == 0,
            cp932: dice.below(3) == 0,
            fault: dice.of(&[
                Fault::None,
                Fault::None,
                Fault::None,
                Fault::None,
                Fault::Blank,
                Fault::Twice,
                Fault::OutOfList,
                Fault::NoId,
                Fault::WeightOfZero,
            ]),
            ids: dice.index(4),
            design: if fitted { dice.of(&FITTED) } else { dice.of(&DESIGNS) },
            fitted,
            method: dice.of(&["wilson", "wald", "logit", "korn-graubard"]),
            skip: dice.below(8) == 0,
            mixed: dice.below(4) == 0,
        }
    }

    /// Whether no row has to be looked at by itself.
    fn may_stream(&self) -> bool {
        let zero = self.fault == Fault::WeightOfZero && self.design.contains("each");
        let strata = self.design.split("weights").next().unwrap_or_default();
        // Strata of those who left a question blank, or of answers that stand in several spellings or are
        // made of others, only rows tell.
        (self.fault == Fault::None || self.fault == Fault::WeightOfZero && !zero)
            && !self.skip
            && !["地区", "年代", "大区"].iter().any(|name| strata.contains(name))
            && !(self.mixed && strata.contains("区"))
    }

    fn id(&self, row: usize) -> String {
        match self.ids {
            0 => (row + 1).to_string(),
            1 => format!("R-{:05}", row * 37 % 9973),
            2 => format!("{:06}", row + 1),
            _ => (100_000_000 + row * 7_919_003 % 99_999_989).to_string(),
        }
    }

    fn csv(&self, dice: &mut Dice) -> String {
        let mut out =
            "id,h,psu,N,C,few,each,性別,地区,問1,問2,問3,年齢,回数,区,記入日時,氏名,電話番号,連絡先2,備考\n"
                .to_owned();
        let single = |options: &[&str], gaps: u64, dice: &mut Dice| match dice.below(gaps) {
            0 => String::new(),
            _ => {
                let k = dice.index(options.len());
                let labels = if self.mixed { dice.below(2) == 0 } else { self.labels };
                if labels { options[k].to_owned() } else { (k + 1).to_string() }
            }
        };
        for row in 0..self.rows {
            let fault = if row == 31 { self.fault } else { Fault::None };
            let id = match fault {
                Fault::Twice => self.id(12),
                Fault::NoId => String::new(),
                _ => self.id(row),
            };
            let stratum = row % 3;
            let each = if fault == Fault::WeightOfZero { 0.0 } else { 0.5 + dice.unit() * 9.0 };
            let mut cells = vec![
                id,
                format!("層{stratum}"),
                format!("P{}", (row / 3) % 5),
                (3000 + 500 * stratum).to_string(),
                "40".to_owned(),
                dice.of(&["0.5", "1", "12.25"]).to_owned(),
                each.to_string(),
            ];
            let mut answers = vec![single(&SEX, 30, dice), single(&DISTRICT, 25, dice)];
            answers.push(single(&OPINION, 9, dice));
            answers.push(single(&OPINION[..3], 5, dice));
            let marks: Vec<String> = (0..WISHES.len())
                .filter(|_| dice.below(3) == 0)
                .map(|k| if self.labels { WISHES[k].to_owned() } else { (k + 1).to_string() })
                .collect();
            answers.push(marks.join(","));
            answers.push(if dice.below(8) == 0 {
                String::new()
            } else {
                (20 + 5 * dice.below(12)).to_string()
            });
            answers.push(if dice.below(6) == 0 { String::new() } else { (dice.below(9)).to_string() });
            match fault {
                Fault::Blank => answers.iter_mut().for_each(String::clear),
                Fault::OutOfList => answers[2] = "7".to_owned(),
                // Somebody who answered nothing but one question.
                _ if row % 40 == 7 => {
                    answers.iter_mut().enumerate().filter(|(k, _)| *k != 3).for_each(|(_, a)| a.clear());
                    answers[3] = if self.labels { OPINION[0].to_owned() } else { "1".to_owned() };
                }
                _ if answers.iter().take(4).all(String::is_empty) => {
                    answers[0] = if self.labels { SEX[0].to_owned() } else { "1".to_owned() };
                }
                _ => {}
            }
            cells.extend(answers);
            // Everybody has one.
            cells.push(single(&DISTRICT, 1 << 30, dice));
            cells.push(format!("2024/05/{:02} {:02}:{:02}", 1 + row % 28, row % 24, row % 60));
            cells.push(format!("山田 {}", ["太郎", "花子", "一"][row % 3]));
            cells.push(format!("042-4{:02}-{:04}", row % 90, row * 13 % 9999));
            cells.push(if row % 11 == 0 { format!("a{row}@example.jp") } else { String::new() });
            let words = ["特になし", "　", "", "駅前が暗い, 歩道も", "バスを増やして"];
            cells.push(words[dice.index(5)].to_owned());
            let cell = |cell: &String| {
                let must = self.quoted || cell.contains([',', '"']);
                if must { format!("\"{cell}\"") } else { cell.clone() }
            };
            writeln!(out, "{}", cells.iter().map(cell).collect::<Vec<_>>().join(",")).unwrap();
        }
        out
    }

    fn questionnaire(&self) -> String {
        let mut out = "title = \"t\"\n".to_owned();
        let skip = "asked_if = { question = \"問1\", of = [\"そう思う\"] }\n";
        for (id, kind, options, more) in [
            ("性別", "single", &SEX[..], ""),
            ("地区", "single", &DISTRICT[..], ""),
            ("問1", "single", &OPINION[..], ""),
            ("問2", "single", &OPINION[..3], if self.skip { skip } else { "" }),
            ("問3", "multiple", &WISHES[..], ""),
            ("区", "single", &DISTRICT[..], ""),
        ] {
            writeln!(out, "[[question]]\nid = \"{id}\"\ntype = \"{kind}\"\noptions = {options:?}\n{more}")
                .unwrap();
        }
        out + "[[question]]\nid = \"年齢\"\ntype = \"number\"\n\
               [[question]]\nid = \"回数\"\ntype = \"number\"\n\
               [[derived]]\nid = \"年代\"\nbands = { of = \"年齢\", from = [18, 40, 65], \
               labels = [\"18〜39歳\", \"40〜64歳\", \"65歳以上\"], rest = \"outside\" }\n\
               [[derived]]\nid = \"大区\"\n\
               merge = { of = \"区\", \
               into = { \"東西\" = [\"東部\", \"西部\"], \"他\" = [\"南部\", \"不明\"] } }\n"
    }

    fn plan(&self, dice: &mut Dice) -> String {
        let mut out = format!(
            "title = \"t\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R6\"\n\
             breakdowns = [[\"性別\"], [\"地区\", \"性別\"], [\"年代\"], [\"問3\"]]\n\
             interval = {{ method = \"{}\", level = 0.9 }}\n\
             [[goal]]\nnumber = 1\ntitle = \"g\"\n\
             [survey.s]\ntitle = \"s\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
             [survey.s.wave.R4]\nresponses = [\"raw/a.csv\"]\n\
             respondent = \"id\"\nduplicates = \"first\"\n{}\n",
            self.method, self.design,
        );
        let women = "where = { question = \"性別\", of = [\"女性\"] }";
        let old = "where = { question = \"年代\", of = [\"65歳以上\"] }";
        for (k, (kind, words)) in [
            ("share", "question = \"問1\", of = [\"そう思う\", \"ややそう思う\"], base = \"answered\""),
            ("share", "question = \"問1\", of = [\"その他\"], base = \"all\""),
            ("share", "question = \"問2\", of = [\"思わない\"], base = \"all\""),
            ("share", "question = \"問3\", of = [\"配食\"], base = \"answered\""),
            ("share", "question = \"年代\", of = [\"40〜64歳\"], base = \"answered\""),
            ("mean", "question = \"年齢\""),
            ("total", "question = \"回数\""),
            ("ratio", "numerator = \"回数\", denominator = \"年齢\""),
            // Of fitted weights only rows tell.
            if self.fitted {
                ("mean", "question = \"回数\"")
            } else {
                ("quantile", "question = \"年齢\", at = 0.5")
            },
            (
                "score",
                "question = \"問2\", points = { \"そう思う\" = 3, \"ややそう思う\" = 2, \"思わない\" = 0 }",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let of_whom = dice.of(&["", "", women, old]);
            let between = if of_whom.is_empty() { "" } else { ", " };
            writeln!(
                out,
                "[[indicator]]\nid = \"i{k}\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"t{k}\"\n\
                 {kind} = {{ survey = \"s\", {words}{between}{of_whom} }}"
            )
            .unwrap();
        }
        out
    }
}

/// A population table. There may be a category that nobody is in; now and then one is missing that somebody
/// is in, or has nobody.
fn people(dice: &mut Dice) -> String {
    let mut out = "地区,性別,人口\n".to_owned();
    let wrong = dice.below(12);
    for (at, district) in DISTRICT.iter().enumerate() {
        for sex in SEX {
            let people = if wrong == 0 && at == 1 { 0 } else { 500 + dice.below(4000) };
            if wrong != 1 || at != 2 {
                writeln!(out, "{district},{sex},{people}").unwrap();
            }
        }
    }
    if dice.below(3) == 0 {
        out += "外国,女性,100\n";
    }
    out
}

#[test]
fn what_is_added_up_is_what_rows_give() {
    compared(110, false);
}

#[test]
fn fitted_weights_that_are_added_up_are_those_of_rows() {
    compared(70, true);
}

/// Runs so many plans both ways.
fn compared(seeds: u64, fitted: bool) {
    let (mut eligible, mut streamed) = (0, 0);
    for seed in 0..seeds {
        let dice = &mut Dice::new(0x9E37_79B9 ^ (seed * 7919));
        let survey = Survey::new(dice, fitted);
        let (csv, plan) = (survey.csv(dice), survey.plan(dice));
        let project = Project::new(&[
            ("pipelines/p/plan.toml", &plan),
            ("pipelines/p/q.toml", &survey.questionnaire()),
            ("raw/both.csv", &people(dice)),
            ("raw/wards.csv", &format!("{}西部,女性,900\n", people(dice).replace("地区", "区"))),
            ("raw/ages.csv", "年代,性別,人口\n18〜39歳,男性,900\n40〜64歳,女性,1700\n65歳以上,女性,800\n"),
            ("raw/strata.csv", "h,人口\n層0,3000\n層1,4000\n層2,500\n"),
        ]);
        let bytes =
            if survey.cp932 { SHIFT_JIS.encode(&csv).0.into_owned() } else { csv.clone().into_bytes() };
        project.write("raw/a.csv", bytes);
        let plan = project.load().unwrap_or_else(|e| panic!("{e}"));
        let held = pipeline::compute(&project.opened(), &plan, None, &Silent);
        let added = pipeline::compute_streamed(&project.opened(), &plan, None, &Silent);
        let (held, added) = match (held, added) {
            (Ok(held), Ok(added)) => (held, added),
            (Err(held), Err(added)) => {
                assert_eq!(held.to_string(), added.to_string(), "{survey:?}");
                continue;
            }
            (held, added) => panic!("{survey:?}\n{held:?}\n{added:?}"),
        };
        let written = |outcome, folder: &str| {
            pipeline::write(&plan, outcome, &project.path(folder), &Silent).unwrap_or_else(|e| panic!("{e}"));
            project.files(folder)
        };
        let (held, of_sums) = (written(&held, "held"), written(&added, "added"));
        assert_eq!(held.keys().collect::<Vec<_>>(), of_sums.keys().collect::<Vec<_>>());
        for (name, bytes) in &held {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(*bytes == of_sums[name], "{survey:?} {name}\n{}\n{}", text(bytes), text(&of_sums[name]));
        }
        if survey.may_stream() {
            eligible += 1;
            streamed += usize::from(!added.streamed.is_empty());
        }
    }
    assert!(eligible >= 25, "{eligible}");
    assert!(streamed * 10 >= eligible * 9, "{streamed} of {eligible}");
}
