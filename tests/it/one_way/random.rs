//! Surveys as the dice fall: labels and codes, gaps, multiple answers in columns and joined, a skip rule,
//! weights, strata, clusters, population sizes, lonely PSUs, calibration, replicates.

use std::fmt::Write;

use super::compare::{Asked, Compared, Flags, compare};
use crate::support::dice::Dice;
use crate::support::project::Project;
use shihyo::decode::Base;
use shihyo::design::{LonelyPsu, Nesting};
use shihyo::estimate::IntervalMethod;
use shihyo::pipeline::adhoc::{ReplicateType, Request};

const SEX: [&str; 2] = ["男性", "女性"];
const DISTRICT: [&str; 3] = ["東部", "西部", "南部"];
const OPINION: [&str; 4] = ["そう思う", "ややそう思う", "思わない", "わからない"];
const WISHES: [&str; 4] = ["見守り", "配食", "居場所", "相談窓口"];

/// How the answer of a single question stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Coding {
    Codes,
    WideCodes,
    CodesOr99,
    Labels,
}

impl Coding {
    fn cell(self, options: &[&str], chosen: usize) -> String {
        match self {
            Self::Codes | Self::CodesOr99 => (chosen + 1).to_string(),
            Self::WideCodes => ["１", "２", "３", "４"][chosen].to_owned(),
            Self::Labels => options[chosen].to_owned(),
        }
    }

    /// The condition's word for an option.
    fn word(self, options: &[&str], chosen: usize) -> String {
        if self == Self::Labels { options[chosen].to_owned() } else { (chosen + 1).to_string() }
    }

    fn blank(self, dice: &mut Dice) -> String {
        if self == Self::CodesOr99 && dice.below(2) == 0 { "99".to_owned() } else { String::new() }
    }

    /// The label of a group.
    fn label(self, options: &[&str], value: &str) -> String {
        let codes = ["1", "2", "3", "4", "１", "２", "３", "４"];
        match codes.iter().position(|code| *code == value) {
            Some(at) => options[at % 4].to_owned(),
            None => value.to_owned(),
        }
    }
}

/// How a multiple answer stands in the row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Marks {
    /// In one cell, with this between the codes or labels.
    Joined(&'static str),
    /// A column an option, each with a word for yes and a word for no.
    Columns(&'static str, &'static str),
}

const MARKS: [Marks; 7] = [
    Marks::Joined(","),
    Marks::Joined("、"),
    Marks::Joined(";"),
    Marks::Joined("\n"),
    Marks::Columns("1", "0"),
    Marks::Columns("1", ""),
    Marks::Columns("○", ""),
];

/// What the dice say of a survey.
#[derive(Clone, Debug)]
struct Survey {
    rows: usize,
    coding: Coding,
    marks: Marks,
    weights: Option<&'static str>,
    strata: bool,
    clusters: bool,
    nest: bool,
    fpc: Option<&'static str>,
    lonely: Option<LonelyPsu>,
    /// `rake`, `post_stratify`, or nothing.
    fit: Option<&'static str>,
    replicates: Option<ReplicateType>,
    quoted: bool,
    line_end: &'static str,
    mark_of_order: bool,
    method: &'static str,
    level: f64,
}

impl Survey {
    fn new(dice: &mut Dice) -> Self {
        let clusters = dice.below(3) == 0;
        let strata = dice.below(2) == 0;
        let fit = if dice.below(6) == 0 { Some(dice.of(&["rake", "post_stratify"])) } else { None };
        // A size of each stratum; of the clusters where there are some. A plan takes it from the population
        // table that weights are fitted to, unless it says another.
        let fpc = match (if fit.is_some() { 0 } else { dice.below(3) }, clusters, strata) {
            (0, false, true) => Some(dice.of(&["N", "f"])),
            (0, true, true) => Some("C"),
            (0, false, false) => Some("M"),
            (0, true, false) => Some("K"),
            _ => None,
        };
        let replicates = (fit.is_none() && fpc.is_none() && dice.below(5) == 0).then_some(match strata {
            true => ReplicateType::Jkn,
            false => ReplicateType::Jk1,
        });
        // One stratum of one PSU.
        let lonely = (strata && replicates.is_none() && dice.below(4) == 0)
            .then(|| dice.of(&[LonelyPsu::Certainty, LonelyPsu::Adjust, LonelyPsu::Average]));
        Self {
            rows: 20 + dice.index(300),
            coding: dice.of(&[Coding::Codes, Coding::WideCodes, Coding::CodesOr99, Coding::Labels]),
            marks: dice.of(&MARKS),
            weights: dice.of(&[None, Some("few"), Some("each"), Some("one")]),
            strata,
            clusters,
            nest: clusters && strata && dice.below(2) == 0,
            fpc,
            lonely,
            fit,
            replicates,
            quoted: dice.below(4) == 0,
            line_end: dice.of(&["\n", "\r\n"]),
            mark_of_order: dice.below(4) == 0,
            method: dice.of(&IntervalMethod::ALL).name(),
            level: dice.of(&[0.95, 0.8, 0.9, 0.99]),
        }
    }

    /// Whether each request of it may be added up as the file is read; but for skip rules.
    fn may_stream(&self) -> bool {
        (self.replicates.is_none() || self.clusters)
            // A line break in a cell is none of a row.
            && self.marks != Marks::Joined("\n")
    }

    fn csv(&self, dice: &mut Dice) -> String {
        let mut head: Vec<String> =
            ["id", "h", "psu", "N", "M", "f", "C", "K", "few", "each", "one", "性別", "地区", "問1", "問2"]
                .map(str::to_owned)
                .to_vec();
        match self.marks {
            Marks::Joined(_) => head.push("問3".to_owned()),
            Marks::Columns(..) => head.extend((1..=WISHES.len()).map(|k| format!("問3_{k}"))),
        }
        head.push("問4".to_owned());
        let mut rows = vec![head];
        for id in 0..self.rows {
            let lonely = self.lonely.is_some() && id == 7;
            // Enough rows of each stratum stand first.
            let stratum = if lonely { 3 } else { id % 3 };
            let psu = if id < 18 { (id / 3) % 2 } else { dice.index(4) };
            let psu = if self.nest { psu } else { 10 * stratum + psu };
            let size = 4000 + 1000 * stratum;
            let few = dice.of(&[0.5, 1.0, 12.5, 3.75]);
            let each = 1.0 + 40.0 * dice.unit();
            let mut row = vec![
                id.to_string(),
                format!("層{stratum}"),
                format!("P{psu}"),
                size.to_string(),
                "20000".to_owned(),
                (0.01 + 0.01 * stratum as f64).to_string(),
                (40 + stratum).to_string(),
                "90".to_owned(),
                few.to_string(),
                each.to_string(),
                "1".to_owned(),
            ];
            let single = |options: &[&str], gaps: u64, dice: &mut Dice| {
                let chosen = (dice.below(gaps) > 0).then(|| dice.index(options.len()));
                let cell = chosen.map_or_else(|| self.coding.blank(dice), |k| self.coding.cell(options, k));
                (chosen, cell)
            };
            // Every group of a population table has somebody.
            if id < 6 {
                row.push(self.coding.cell(&SEX, id % 2));
                row.push(self.coding.cell(&DISTRICT, id / 2));
            } else {
                let gaps = if self.fit.is_some() { u64::MAX } else { 20 };
                row.push(single(&SEX, gaps.min(1 << 30), dice).1);
                row.push(single(&DISTRICT, gaps.min(1 << 30), dice).1);
            }
            let (first, cell) = single(&OPINION, 9, dice);
            row.push(cell);
            row.push(single(&OPINION[..2 + id % 2], 5, dice).1);
            let marks: Option<Vec<usize>> =
                (dice.below(8) > 0).then(|| (0..WISHES.len()).filter(|_| dice.below(3) == 0).collect());
            let word = |k: usize| self.coding.word(&WISHES, k);
            match (self.marks, marks) {
                (Marks::Joined(between), marks) => {
                    let marked = marks.unwrap_or_default();
                    row.push(marked.into_iter().map(word).collect::<Vec<_>>().join(between));
                }
                (Marks::Columns(..), None) => row.extend(WISHES.map(|_| String::new())),
                (Marks::Columns(yes, no), Some(marks)) => row
                    .extend((0..WISHES.len()).map(|k| if marks.contains(&k) { yes } else { no }.to_owned())),
            }
            let asked = first.is_none_or(|k| k < 2);
            // Some answer although they are not asked.
            row.push(if asked || dice.below(15) == 0 { single(&OPINION, 4, dice).1 } else { String::new() });
            rows.push(row);
        }
        let cell = |cell: &String| {
            let must = self.quoted || cell.contains([',', '\n', '"']);
            if must { format!("\"{cell}\"") } else { cell.clone() }
        };
        let lines = rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(","));
        let text = lines.map(|line| line + self.line_end).collect::<String>();
        if self.mark_of_order { format!("\u{feff}{text}") } else { text }
    }

    fn questionnaire(&self) -> String {
        let mut out = "title = \"t\"\n".to_owned();
        if self.coding == Coding::CodesOr99 {
            out += "[defaults]\nno_answer = [\"99\"]\n";
        }
        let skip = "asked_if = { question = \"問1\", of = [\"そう思う\", \"ややそう思う\"] }";
        for (id, kind, options, more) in [
            ("性別", "single", &SEX[..], ""),
            ("地区", "single", &DISTRICT[..], ""),
            ("問1", "single", &OPINION[..], ""),
            ("問2", "single", &OPINION[..], ""),
            ("問3", "multiple", &WISHES[..], ""),
            ("問4", "single", &OPINION[..], skip),
        ] {
            writeln!(out, "[[question]]\nid = \"{id}\"\ntype = \"{kind}\"\noptions = {options:?}\n{more}")
                .unwrap();
        }
        out
    }

    /// The design in the plan's words.
    fn design(&self) -> String {
        let mut words = Vec::new();
        if self.strata {
            words.push("strata = [\"h\"]".to_owned());
        }
        if self.clusters {
            words.push("cluster = [\"psu\"]".to_owned());
        }
        if self.nest {
            words.push("nest = true".to_owned());
        }
        words.extend(self.fpc.map(|column| format!("fpc = [\"{column}\"]")));
        words.extend(self.lonely.map(|lonely| {
            let word = match lonely {
                LonelyPsu::Certainty => "certainty",
                LonelyPsu::Adjust => "adjust",
                LonelyPsu::Average => "average",
                LonelyPsu::Fail | LonelyPsu::Remove => "fail",
            };
            format!("lonely = \"{word}\"")
        }));
        words.extend(self.replicates.map(|kind| {
            let word = if kind == ReplicateType::Jkn { "jkn" } else { "jk1" };
            format!("replicates = {{ type = \"{word}\" }}")
        }));
        let mut weights: Vec<String> =
            self.weights.map(|column| format!("column = \"{column}\"")).into_iter().collect();
        if let Some(fit) = self.fit {
            words.push("population = \"raw/both.csv\"".to_owned());
            weights.push(format!("{fit} = [\"性別\", \"地区\"]"));
        }
        if !weights.is_empty() {
            words.push(format!("weights = {{ {} }}", weights.join(", ")));
        }
        if words.is_empty() { String::new() } else { format!("design = {{ {} }}", words.join(", ")) }
    }

    /// The same as flags.
    fn flags(&self, project: &Project) -> Request {
        let path = |name: &str| project.path(name);
        let some = |column: &str| Some(column.to_owned());
        Request {
            files: vec![path("raw/a.csv")],
            by: ["性別", "地区", "性別,地区"].map(str::to_owned).to_vec(),
            missing: if self.coding == Coding::CodesOr99 { vec!["*=99".to_owned()] } else { Vec::new() },
            strata: self.strata.then(|| "h".to_owned()),
            clusters: self.clusters.then(|| "psu".to_owned()),
            nesting: if self.nest { Nesting::WithinStrata } else { Nesting::Unique },
            fpc: self.fpc.and_then(some),
            lonely: self.lonely.unwrap_or(LonelyPsu::Fail),
            weight: self.weights.and_then(some),
            replicate_type: self.replicates,
            rake: match self.fit {
                Some("rake") => vec![path("raw/sex.csv"), path("raw/district.csv")],
                _ => Vec::new(),
            },
            post_stratify: (self.fit == Some("post_stratify")).then(|| path("raw/both.csv")),
            method: self.method.to_owned(),
            level: self.level,
            ..Request::default()
        }
    }

    /// Every share: its id, the plan's words, and the flags'. A NET over columns has no flag, and neither has
    /// the base of those who ticked any of several boxes.
    fn shares(&self) -> Vec<(Asked, String)> {
        let mut out = Vec::new();
        let mut add = |question: &str, options: &[&str], chosen: &[usize], share: String, base: Base| {
            let of: Vec<&str> = chosen.iter().map(|k| options[*k]).collect();
            let words = format!("question = \"{question}\", of = {of:?}, base = \"{}\"", base.name());
            out.push((Asked::new(format!("i{}", out.len()), share, base), words));
        };
        let single = |question: &str, chosen: &[usize]| {
            let words = chosen.iter().map(|k| self.coding.word(&OPINION, *k)).collect::<Vec<_>>();
            format!("{question}={}", words.join("|"))
        };
        for base in [Base::All, Base::Answered] {
            for (question, chosen) in [("問1", &[0][..]), ("問1", &[0, 1]), ("問1", &[3]), ("問2", &[1])]
            {
                add(question, &OPINION, chosen, single(question, chosen), base);
            }
        }
        for base in [Base::All, Base::Answered] {
            match self.marks {
                Marks::Joined(_) => {
                    for chosen in [&[0][..], &[1, 3]] {
                        let words = chosen.iter().map(|k| self.coding.word(&WISHES, *k)).collect::<Vec<_>>();
                        add("問3", &WISHES, chosen, format!("問3={}", words.join("|")), base);
                    }
                }
                Marks::Columns(yes, no) if base == Base::All || !no.is_empty() => {
                    for k in [0, 2] {
                        add("問3", &WISHES, &[k], format!("問3_{}={yes}", k + 1), base);
                    }
                }
                Marks::Columns(..) => {}
            }
        }
        for base in [Base::All, Base::Asked, Base::Answered] {
            add("問4", &OPINION, &[1, 2], single("問4", &[1, 2]), base);
        }
        for (asked, words) in &mut out {
            if words.contains("問4") {
                asked.asked_if = vec![single("問1", &[0, 1])];
            }
        }
        out
    }

    fn plan(&self, shares: &[(Asked, String)]) -> String {
        let mut out = format!(
            "title = \"t\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R6\"\n\
             breakdowns = [[\"性別\"], [\"地区\"], [\"性別\", \"地区\"]]\n\
             interval = {{ method = \"{}\", level = {} }}\n\
             [[goal]]\nnumber = 1\ntitle = \"g\"\n\
             [survey.s]\ntitle = \"s\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
             [survey.s.wave.R4]\nresponses = [\"raw/a.csv\"]\n{}\n",
            self.method,
            self.level,
            self.design()
        );
        for (asked, words) in shares {
            writeln!(
                out,
                "[[indicator]]\nid = \"{}\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"t\"\n\
                 share = {{ survey = \"s\", {words} }}",
                asked.id
            )
            .unwrap();
        }
        out
    }
}

/// A population table with somebody in every crossing, and its two margins.
fn population(dice: &mut Dice) -> [String; 3] {
    let (mut both, mut sex, mut district) =
        ("性別,地区,人口\n".to_owned(), "性別,人口\n".to_owned(), "地区,人口\n".to_owned());
    let people: Vec<Vec<u64>> =
        SEX.iter().map(|_| DISTRICT.iter().map(|_| 1000 + dice.below(4000)).collect()).collect();
    for (s, of_sex) in SEX.iter().zip(&people) {
        writeln!(sex, "{s},{}", of_sex.iter().sum::<u64>()).unwrap();
        of_sex.iter().zip(DISTRICT).for_each(|(n, d)| writeln!(both, "{s},{d},{n}").unwrap());
    }
    for (at, d) in DISTRICT.iter().enumerate() {
        writeln!(district, "{d},{}", people.iter().map(|of_sex| of_sex[at]).sum::<u64>()).unwrap();
    }
    [both, sex, district]
}

/// The population table in the codes of the file, for flags.
fn coded(text: &str, coding: Coding) -> String {
    if coding == Coding::Labels {
        return text.to_owned();
    }
    let mut out = text.to_owned();
    for (options, offset) in [(&SEX[..], 0), (&DISTRICT[..], 0)] {
        for (at, label) in options.iter().enumerate() {
            out = out.replace(&format!("{label},"), &format!("{},", coding.cell(options, at + offset)));
        }
    }
    out
}

#[test]
fn random_surveys_are_one_way() {
    const SURVEYS: u64 = 80;
    let mut all = Compared::default();
    let (mut eligible, mut streamed) = (0, 0);
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for seed in 0..SURVEYS {
        let dice = &mut Dice::new(0x9E37_79B9_7F4A_7C15 ^ seed);
        let survey = Survey::new(dice);
        let shares = survey.shares();
        let csv = survey.csv(dice);
        let [both, sex, district] = population(dice);
        let project = Project::new(&[
            ("raw/a.csv", &csv),
            ("raw/both.csv", &both),
            ("pipelines/p/q.toml", &survey.questionnaire()),
            ("pipelines/p/plan.toml", &survey.plan(&shares)),
        ]);
        let (plan, outcome) = project.run();
        // What a plan asks by labels, flags ask by what stands in the file.
        project.write("raw/both.csv", coded(&both, survey.coding));
        project.write("raw/sex.csv", coded(&sex, survey.coding));
        project.write("raw/district.csv", coded(&district, survey.coding));
        let named = |variable: &str, value: &str| {
            let options = if variable == "性別" { &SEX[..] } else { &DISTRICT };
            (variable.to_owned(), survey.coding.label(options, value))
        };
        let asked = shares.into_iter().map(|(asked, _)| asked).collect();
        let flags = Flags { wave: ("s", "R4"), request: survey.flags(&project), asked, named: &named };
        let compared = compare(&format!("seed {seed}: {survey:?}"), &plan, &outcome, &flags);
        // Both bases without the skip rule.
        if survey.may_stream() {
            eligible += 2;
            streamed += compared.streamed;
        }
        for (what, is) in [
            ("weights", survey.weights.is_some()),
            ("strata", survey.strata),
            ("clusters", survey.clusters),
            ("fpc", survey.fpc.is_some()),
            ("lonely", survey.lonely.is_some()),
            ("fit", survey.fit.is_some()),
            ("replicates", survey.replicates.is_some()),
            ("labels", survey.coding == Coding::Labels),
            ("joined", matches!(survey.marks, Marks::Joined(_))),
        ] {
            *seen.entry(what).or_default() += usize::from(is);
        }
        all += compared;
    }
    println!("{all:?}, {streamed} of {eligible} streamed, {seen:?}");
    assert!(seen.values().all(|n| *n >= SURVEYS as usize / 15), "{seen:?}");
    assert!(all.numbers > 100 * SURVEYS as usize && all.intervals > all.numbers / 2, "{all:?}");
    assert!(10 * streamed >= 9 * eligible, "only {streamed} of {eligible} requests streamed");
}
