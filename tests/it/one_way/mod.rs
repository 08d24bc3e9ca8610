//! One way from file to number: each number of a plan's run is, bit for bit, the same number asked by flags;
//! and a file that is added up as it is read gives what one held in memory gives.

mod measures;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::support::dice::Dice;
use crate::support::project::Project;
use shihyo::decode::Base;
use shihyo::estimate::{Estimate, IntervalMethod};
use shihyo::indicator::EstimateRecord;
use shihyo::pipeline::adhoc::{self, ReplicateType, Request};

fn one_in(dice: &mut Dice, n: u64) -> bool {
    dice.below(n) == 0
}

/// How a sample is drawn and weighted: as a plan says it, and as flags do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drawn {
    Simple,
    Weighted,
    Strata,
    StrataFpc,
    Fractions,
    Clusters,
    Stages,
    Raked,
    PostStratified,
    Calibrated,
    StrataRaked,
    Jackknife,
    Bootstrap,
    ReplicateColumns,
    WeightsOfMeanOne,
}

const ALL: [Drawn; 15] = [
    Drawn::Simple,
    Drawn::Weighted,
    Drawn::Strata,
    Drawn::StrataFpc,
    Drawn::Fractions,
    Drawn::Clusters,
    Drawn::Stages,
    Drawn::Raked,
    Drawn::PostStratified,
    Drawn::Calibrated,
    Drawn::StrataRaked,
    Drawn::Jackknife,
    Drawn::Bootstrap,
    Drawn::ReplicateColumns,
    Drawn::WeightsOfMeanOne,
];

impl Drawn {
    /// The plan's words.
    fn plan(self) -> &'static str {
        match self {
            Self::Simple => "",
            Self::Weighted => "weights = { column = \"w\" }",
            Self::Strata => "design = { strata = [\"h\"], weights = { column = \"w\" } }",
            Self::StrataFpc => "design = { strata = [\"h\"], fpc = [\"N\"] }",
            Self::Fractions => "design = { strata = [\"h\"], fpc = [\"f\"], weights = { column = \"w\" } }",
            Self::Clusters => {
                "design = { strata = [\"h\"], cluster = [\"psu\"], nest = true, weights = \
                 { column = \"w\" } }"
            }
            Self::Stages => {
                "design = { cluster = [\"psu\", \"id\"], fpc = [\"A\", \"B\"], weights = { column = \"w\" } }"
            }
            Self::Raked => {
                "design = { fpc = [\"M\"], population = \"raw/both.csv\", weights = { rake = [\"性別\", \
                 \"地区\"] } }"
            }
            Self::PostStratified => {
                "design = { fpc = [\"M\"], population = \"raw/both.csv\", weights = \
                 { post_stratify = [\"性別\", \"地区\"] } }"
            }
            Self::Calibrated => {
                "design = { strata = [\"h\"], weights = { column = \"w\", calibrate = \"raw/total.csv\" } }"
            }
            Self::StrataRaked => {
                "design = { strata = [\"h\"], fpc = [\"N\"], population = \"raw/both.csv\", weights = \
                 { rake = [\"地区\", \"性別\"] } }"
            }
            Self::Jackknife => {
                "design = { strata = [\"h\"], cluster = [\"psu\"], nest = true, replicates = \
                 { type = \"jkn\" } }"
            }
            Self::Bootstrap => {
                "design = { strata = [\"h\"], cluster = [\"psu\"], nest = true, replicates = \
                 { type = \"bootstrap\", count = 20, seed = 7 }, weights = { column = \"w\" } }"
            }
            Self::ReplicateColumns => {
                "design = { replicates = { type = \"brr\", columns = \"rep*\", mse = true }, weights = \
                 { column = \"w\" } }"
            }
            Self::WeightsOfMeanOne => "weights = { column = \"mean1\" }",
        }
    }

    /// The same as flags.
    fn flags(self, project: &Project) -> Request {
        let some = |s: &str| Some(s.to_owned());
        let path = |name: &str| project.path(name);
        let base = Request::default();
        match self {
            Self::Simple => base,
            Self::Weighted => Request { weight: some("w"), ..base },
            Self::Strata => Request { strata: some("h"), weight: some("w"), ..base },
            Self::StrataFpc => Request { strata: some("h"), fpc: some("N"), ..base },
            Self::Fractions => Request { strata: some("h"), fpc: some("f"), weight: some("w"), ..base },
            Self::Clusters => Request {
                strata: some("h"),
                clusters: some("psu"),
                nesting: shihyo::design::Nesting::WithinStrata,
                weight: some("w"),
                ..base
            },
            Self::Stages => Request { clusters: some("psu,id"), fpc: some("A,B"), weight: some("w"), ..base },
            Self::Raked => {
                Request { fpc: some("M"), rake: vec![path("raw/sex.csv"), path("raw/district.csv")], ..base }
            }
            Self::PostStratified => {
                Request { fpc: some("M"), post_stratify: Some(path("raw/both.csv")), ..base }
            }
            Self::Calibrated => Request {
                strata: some("h"),
                weight: some("w"),
                calibrate: Some(path("raw/total.csv")),
                ..base
            },
            Self::StrataRaked => Request {
                strata: some("h"),
                fpc: some("N"),
                rake: vec![path("raw/district.csv"), path("raw/sex.csv")],
                ..base
            },
            Self::Jackknife => Request {
                strata: some("h"),
                clusters: some("psu"),
                nesting: shihyo::design::Nesting::WithinStrata,
                replicate_type: Some(ReplicateType::Jkn),
                ..base
            },
            Self::Bootstrap => Request {
                strata: some("h"),
                clusters: some("psu"),
                nesting: shihyo::design::Nesting::WithinStrata,
                replicate_type: Some(ReplicateType::Bootstrap),
                replicates: some("20"),
                seed: Some(7),
                weight: some("w"),
                ..base
            },
            Self::ReplicateColumns => Request {
                replicates: some("rep*"),
                replicate_type: Some(ReplicateType::Brr),
                centre: shihyo::design::ReplicateCentre::FullSample,
                weight: some("w"),
                ..base
            },
            Self::WeightsOfMeanOne => Request { weight: some("mean1"), ..base },
        }
    }

    /// Whether a sum over strata or clusters is all that its variance needs.
    fn is_a_sum(self) -> bool {
        matches!(
            self,
            Self::Simple | Self::Weighted | Self::Strata | Self::StrataFpc | Self::Fractions | Self::Clusters
        ) || matches!(self, Self::Jackknife | Self::Bootstrap | Self::WeightsOfMeanOne)
    }
}

/// How answers stand in the cells.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Codes,
    Labels,
    CodesWithMissing,
    Joined,
}

impl Layout {
    /// Whether some weights stand as `1,234`. A file with such numbers is not added up as it is read.
    fn groups_numbers(self) -> bool {
        matches!(self, Self::CodesWithMissing | Self::Joined)
    }
}

const LAYOUTS: [Layout; 4] = [Layout::Codes, Layout::Labels, Layout::CodesWithMissing, Layout::Joined];

const SEX: [&str; 2] = ["男性", "女性"];
const DISTRICT: [&str; 3] = ["東部", "西部", "不明"];
const OPINION: [&str; 4] = ["そう思う", "ややそう思う", "思わない", "わからない"];

/// A survey: its file, its questionnaire, and how it was drawn.
struct Survey {
    project: Project,
    drawn: Drawn,
    layout: Layout,
}

impl Survey {
    fn new(seed: u64, drawn: Drawn, layout: Layout, method: &str, level: f64) -> Self {
        let dice = &mut Dice::new(0x2545_F491_4F6C_DD1D ^ seed);
        let rows = 150 + dice.below(250) as usize;
        let csv = csv(dice, rows, layout);
        let mut people = BTreeMap::new();
        for sex in SEX {
            for district in DISTRICT {
                people.insert((sex, district), 1000 + dice.below(4000));
            }
        }
        let sum = |test: &dyn Fn(&(&str, &str)) -> bool| -> u64 {
            people.iter().filter(|(key, _)| test(key)).map(|(_, n)| n).sum()
        };
        let mut both = "性別,地区,人口\n".to_owned();
        people
            .iter()
            .for_each(|((sex, district), n)| writeln!(both, "{sex},{district},\"{}\"", grouped(*n)).unwrap());
        let one = |name: &str, of: &[&str], at: &dyn Fn(&(&str, &str)) -> String| {
            // In the order of the table that the plan has.
            let mut names: Vec<String> = Vec::new();
            people.keys().map(at).for_each(|n| {
                if !names.contains(&n) {
                    names.push(n)
                }
            });
            assert_eq!(names.len(), of.len());
            let rows = names.iter().map(|n| format!("{n},{}\n", sum(&|key| at(key) == *n)));
            format!("{name},人口\n{}", rows.collect::<String>())
        };
        let sex = one("性別", &SEX, &|key| key.0.to_owned());
        let district = one("地区", &DISTRICT, &|key| key.1.to_owned());
        let whole = sum(&|_| true);
        let women = sum(&|key| key.0 == "女性");
        let total = format!("性別,N,total\n男性,,{}\n女性,,{women}\n,*,{}\n", whole - women, 5600 * whole);
        let project = Project::new(&[
            ("raw/a.csv", &csv),
            ("raw/both.csv", &both),
            ("raw/sex.csv", &sex),
            ("raw/district.csv", &district),
            ("raw/total.csv", &total),
            ("pipelines/p/q.toml", &questionnaire(layout)),
            ("pipelines/p/plan.toml", &plan(drawn, method, level)),
        ]);
        Self { project, drawn, layout }
    }

    /// The numbers of a run, by indicator and groups.
    fn run(&self) -> Vec<EstimateRecord> {
        self.project.run().1.estimates
    }

    /// The request for all indicators of one base.
    fn request(&self, base: Base, method: &str, level: f64) -> Request {
        let missing = match self.layout {
            Layout::CodesWithMissing => vec!["*=99".to_owned()],
            _ => Vec::new(),
        };
        Request {
            files: vec![self.project.path("raw/a.csv")],
            shares: SHARES.iter().map(|share| share.flag(self.layout)).collect(),
            by: ["性別", "地区", "性別,地区"].map(str::to_owned).to_vec(),
            base,
            missing,
            method: method.to_owned(),
            level,
            ..self.drawn.flags(&self.project)
        }
    }
}

fn grouped(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

/// A share: its question, and the options that count.
struct Share {
    id: &'static str,
    question: &'static str,
    options: &'static [usize],
}

const SHARES: [Share; 5] = [
    Share { id: "agree", question: "問1", options: &[0] },
    Share { id: "net", question: "問1", options: &[0, 1] },
    Share { id: "dont-know", question: "問1", options: &[3] },
    Share { id: "second", question: "問2", options: &[2] },
    Share { id: "marked", question: "問3", options: &[1, 3] },
];

impl Share {
    fn flag(&self, layout: Layout) -> String {
        let name = |k: &usize| match layout {
            Layout::Labels => OPINION[*k].to_owned(),
            _ => (k + 1).to_string(),
        };
        format!("{}={}", self.question, self.options.iter().map(name).collect::<Vec<_>>().join("|"))
    }
}

fn csv(dice: &mut Dice, rows: usize, layout: Layout) -> String {
    let mut out = "id,h,psu,N,M,f,A,B,w,mean1,性別,地区,問1,問2,問3".to_owned();
    (0..6).for_each(|r| write!(out, ",rep{r}").unwrap());
    out.push_str(",円,分,点\n");
    let numbers = &mut Dice::new(rows as u64);
    let weights: Vec<f64> = (0..rows).map(|_| [1.0, 12.5, 3.75, 1234.0][dice.below(4) as usize]).collect();
    let mean = weights.iter().sum::<f64>() / rows as f64;
    for (id, weight) in weights.iter().enumerate() {
        let stratum = id % 4;
        let psu = (id / 4) % 7;
        let size = 4000 + 1000 * stratum;
        let fraction = 0.02 + 0.01 * stratum as f64;
        let grouped = layout.groups_numbers() && *weight == 1234.0 && one_in(dice, 2);
        let shown = if grouped { "\"1,234\"".to_owned() } else { weight.to_string() };
        write!(
            out,
            "{id},層{stratum},{psu},{size},20000,{fraction},60,{},{shown},{},{},{}",
            rows,
            weight / mean,
            SEX[dice.below(2) as usize],
            DISTRICT[dice.below(3) as usize]
        )
        .unwrap();
        let mut points = None;
        for question in 0..2 {
            let option = dice.below(4 + question) as usize % 4;
            let blank = one_in(dice, 9);
            let cell = match layout {
                _ if blank && matches!(layout, Layout::CodesWithMissing) && one_in(dice, 2) => {
                    "99".to_owned()
                }
                _ if blank => String::new(),
                Layout::Labels => OPINION[option].to_owned(),
                _ => (option + 1).to_string(),
            };
            if question == 0 && !blank {
                points = measures::POINTS[option];
            }
            write!(out, ",{cell}").unwrap();
        }
        let marks: Vec<usize> = (0..4).filter(|_| one_in(dice, 3)).collect();
        let cell = match layout {
            Layout::Joined => marks.iter().map(|k| (k + 1).to_string()).collect::<Vec<_>>().join(","),
            Layout::Labels => marks.first().map_or(String::new(), |k| OPINION[*k].to_owned()),
            _ => marks.first().map_or(String::new(), |k| (k + 1).to_string()),
        };
        write!(out, ",\"{cell}\"").unwrap();
        for _ in 0..6 {
            write!(out, ",{}", weight * [0.0, 2.0][dice.below(2) as usize]).unwrap();
        }
        let yen = (!one_in(numbers, 6)).then(|| numbers.below(900) as f64 / 4.0);
        let minutes = (!one_in(numbers, 8)).then(|| 5.0 + numbers.below(300) as f64);
        let shown = |number: Option<f64>| number.map_or(String::new(), |x| x.to_string());
        writeln!(out, ",{},{},{}", shown(yen), shown(minutes), shown(points)).unwrap();
    }
    out
}

fn questionnaire(layout: Layout) -> String {
    let list = |options: &[&str]| options.iter().map(|o| format!("\"{o}\"")).collect::<Vec<_>>().join(", ");
    let mut out = "title = \"t\"\n".to_owned();
    if matches!(layout, Layout::CodesWithMissing) {
        out += "[defaults]\nno_answer = [\"99\"]\n";
    }
    for (id, kind, options) in [
        ("性別", "single", &SEX[..]),
        ("地区", "single", &DISTRICT[..]),
        ("問1", "single", &OPINION[..]),
        ("問2", "single", &OPINION[..]),
        ("問3", if matches!(layout, Layout::Joined) { "multiple" } else { "single" }, &OPINION[..]),
    ] {
        writeln!(out, "[[question]]\nid = \"{id}\"\ntype = \"{kind}\"\noptions = [{}]", list(options))
            .unwrap();
    }
    out + "[[question]]\nid = \"円\"\ntype = \"number\"\n[[question]]\nid = \"分\"\ntype = \"number\"\n"
}

fn plan(drawn: Drawn, method: &str, level: f64) -> String {
    let mut out = format!(
        "title = \"t\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R6\"\n\
         breakdowns = [[\"性別\"], [\"地区\"], [\"性別\", \"地区\"]]\n\
         interval = {{ method = \"{method}\", level = {level} }}\n\
         [[goal]]\nnumber = 1\ntitle = \"g\"\n\
         [survey.s]\ntitle = \"s\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
         [survey.s.wave.R4]\nresponses = [\"raw/a.csv\"]\n{}\n",
        drawn.plan()
    );
    for base in [Base::All, Base::Answered] {
        for share in &SHARES {
            let of =
                share.options.iter().map(|k| format!("\"{}\"", OPINION[*k])).collect::<Vec<_>>().join(", ");
            writeln!(
                out,
                "[[indicator]]\nid = \"{}-{}\"\ngoal = 1\ndepartment = \"d\"\ntitle = \"t\"\nshare = {{ \
                 survey = \"s\", question = \"{}\", of = [{of}], base = \"{}\" }}",
                share.id,
                base.name(),
                share.question,
                base.name()
            )
            .unwrap();
        }
    }
    out
}

/// Everything about an estimate, floating point numbers as their bits.
fn exactly(record: &EstimateRecord) -> String {
    let e: &Estimate = &record.estimate;
    let bits = |x: &Result<f64, shihyo::estimate::NotEstimable>| format!("{:?}", x.clone().map(f64::to_bits));
    format!(
        "{:?} {} {:?} n {} yes {:?} w {} value {} se {} interval {:?} deff {:?} n_eff {} df {} {}",
        record.basis,
        record.method,
        record.flags,
        e.n,
        e.n_yes,
        e.n_weighted.to_bits(),
        bits(&e.value),
        bits(&e.se),
        e.interval.as_ref().map(|i| (i.low.to_bits(), i.high.to_bits(), i.method, i.level.to_bits())),
        e.deff.as_ref().map(|d| (d.value.to_bits(), d.reference)),
        bits(&e.n_eff),
        e.df.domain.to_bits(),
        e.df.design.to_bits()
    )
}

/// A number by its share and groups.
fn named(share: &str, groups: impl Iterator<Item = (String, String)>) -> String {
    format!(
        "{share} {}",
        groups.map(|(variable, value)| format!("{variable}={value}")).collect::<Vec<_>>().join(",")
    )
}

fn groups(record: &EstimateRecord) -> impl Iterator<Item = (String, String)> + '_ {
    record.key.groups.iter().map(|g| (g.variable.clone(), g.value.clone()))
}

fn of_run(records: &[EstimateRecord], base: Base) -> BTreeMap<String, String> {
    let suffix = format!("-{}", base.name());
    let of = records.iter().filter(|r| r.base == base);
    of.map(|r| {
        let share = r.key.indicator().and_then(|id| id.strip_suffix(&suffix)).unwrap();
        (named(share, groups(r)), exactly(r))
    })
    .collect()
}

fn of_flags(records: &[EstimateRecord]) -> BTreeMap<String, String> {
    // Shares come in the order asked for, each with its groups.
    let mut share = usize::MAX;
    let mut out = BTreeMap::new();
    for record in records {
        if record.key.groups.is_empty() {
            share = share.wrapping_add(1);
        }
        out.insert(named(SHARES[share].id, groups(record)), exactly(record));
    }
    out
}

/// Compares a run with flags, in memory and streamed; how many numbers were compared, and whether the file
/// streamed.
fn compare(survey: &Survey, method: &str, level: f64) -> (usize, Option<bool>) {
    let records = survey.run();
    let mut compared = 0;
    let mut streamed = None;
    for base in [Base::All, Base::Answered] {
        let request = survey.request(base, method, level);
        let inputs = adhoc::read(&request).unwrap_or_else(|e| panic!("{e}"));
        let outcome = adhoc::compute(&request, &inputs).unwrap_or_else(|e| panic!("{:?}: {e}", survey.drawn));
        let (run, flags) = (of_run(&records, base), of_flags(&outcome.sheet.rows));
        assert_eq!(run.keys().collect::<Vec<_>>(), flags.keys().collect::<Vec<_>>());
        for (key, number) in &run {
            assert_eq!(
                number,
                &flags[key],
                "{key}: {:?} {:?} {method} {level} {}",
                survey.drawn,
                survey.layout,
                base.name()
            );
        }
        compared += run.len();
        let quick = adhoc::quick(&request);
        if let Ok(quick) = &quick {
            assert_eq!(of_flags(&quick.outcome.sheet.rows), flags, "{:?} {:?}", survey.drawn, survey.layout);
        }
        if survey.drawn.is_a_sum() && !survey.layout.groups_numbers() {
            streamed = Some(streamed.unwrap_or(true) && quick.is_ok());
        }
    }
    (compared, streamed)
}

#[test]
fn a_run_and_flags_give_the_same_numbers() {
    let (mut compared, mut surveys) = (0, 0);
    let (mut eligible, mut streamed) = (0, 0);
    for (at, drawn) in ALL.into_iter().enumerate() {
        for layout in LAYOUTS {
            let method = IntervalMethod::ALL[(at + surveys) % IntervalMethod::ALL.len()].name();
            let level = [0.95, 0.9, 0.99][surveys % 3];
            let survey = Survey::new(surveys as u64, drawn, layout, method, level);
            let (numbers, way) = compare(&survey, method, level);
            compared += numbers;
            eligible += usize::from(way.is_some());
            streamed += usize::from(way == Some(true));
            surveys += 1;
        }
    }
    assert_eq!(surveys, ALL.len() * LAYOUTS.len());
    assert!(compared > 100 * surveys, "only {compared} numbers were compared");
    assert!(10 * streamed >= 9 * eligible, "only {streamed} of {eligible} files streamed");
}

#[test]
fn every_method_and_level_is_one_way_under_every_basis() {
    for (at, drawn) in
        [Drawn::Simple, Drawn::Weighted, Drawn::StrataFpc, Drawn::Clusters].into_iter().enumerate()
    {
        for method in IntervalMethod::ALL {
            for level in [0.95, 0.8] {
                let survey = Survey::new(100 + at as u64, drawn, Layout::Codes, method.name(), level);
                let (numbers, _) = compare(&survey, method.name(), level);
                assert!(numbers > 100);
            }
        }
    }
}
