//! Every way to draw and weight a sample that a plan and flags can both say, in four layouts.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::compare::{Asked, Compared, Flags, compare, in_pieces};
use super::measures;
use crate::support::dice::Dice;
use crate::support::project::Project;
use shihyo::decode::Base;
use shihyo::estimate::IntervalMethod;
use shihyo::pipeline::adhoc::{ReplicateType, Request};

fn one_in(dice: &mut Dice, n: u64) -> bool {
    dice.below(n) == 0
}

/// How a sample is drawn and weighted: as a plan says it, and as flags do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Drawn {
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

pub(super) const ALL: [Drawn; 15] = [
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

    /// Whether sums by stratum or cluster are all that its variance needs, and by the joint cells of margins.
    fn is_a_sum(self) -> bool {
        matches!(
            self,
            Self::Simple | Self::Weighted | Self::Strata | Self::StrataFpc | Self::Fractions | Self::Clusters
        ) || matches!(self, Self::Jackknife | Self::Bootstrap | Self::WeightsOfMeanOne)
            || matches!(self, Self::Raked | Self::PostStratified | Self::StrataRaked)
    }
}

/// How answers stand in the cells.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layout {
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

pub(super) const LAYOUTS: [Layout; 4] =
    [Layout::Codes, Layout::Labels, Layout::CodesWithMissing, Layout::Joined];

const SEX: [&str; 2] = ["男性", "女性"];
const DISTRICT: [&str; 3] = ["東部", "西部", "不明"];
pub(super) const OPINION: [&str; 4] = ["そう思う", "ややそう思う", "思わない", "わからない"];

/// A survey: its file, its questionnaire, and how it was drawn.
pub(super) struct Survey {
    pub(super) project: Project,
    drawn: Drawn,
    pub(super) layout: Layout,
}

impl Survey {
    pub(super) fn new(seed: u64, drawn: Drawn, layout: Layout, method: &str, level: f64) -> Self {
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

    /// What is said of all indicators.
    pub(super) fn request(&self, method: &str, level: f64) -> Request {
        let missing = match self.layout {
            Layout::CodesWithMissing => vec!["*=99".to_owned()],
            _ => Vec::new(),
        };
        Request {
            files: vec![self.project.path("raw/a.csv")],
            by: ["性別", "地区", "性別,地区"].map(str::to_owned).to_vec(),
            missing,
            method: method.to_owned(),
            level,
            ..self.drawn.flags(&self.project)
        }
    }

    fn asked(&self) -> Vec<Asked> {
        let of = |base: Base| {
            SHARES.iter().map(move |share| {
                Asked::new(format!("{}-{}", share.id, base.name()), share.flag(self.layout), base)
            })
        };
        [Base::All, Base::Answered].into_iter().flat_map(of).collect()
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

/// Compares a run with flags, in memory and streamed.
fn held_together(survey: &Survey, method: &str, level: f64) -> Compared {
    let (plan, outcome) = survey.project.run();
    let named = |variable: &str, value: &str| (variable.to_owned(), value.to_owned());
    let flags = Flags {
        wave: ("s", "R4"),
        request: survey.request(method, level),
        asked: survey.asked(),
        named: &named,
    };
    let what = format!("{:?} {:?} {method} {level}", survey.drawn, survey.layout);
    compare(&what, &plan, &outcome, &flags)
}

#[test]
fn a_run_and_flags_give_the_same_numbers() {
    let mut all = Compared::default();
    let (mut surveys, mut eligible, mut streamed) = (0, 0, 0);
    for (at, drawn) in ALL.into_iter().enumerate() {
        for layout in LAYOUTS {
            let method = IntervalMethod::ALL[(at + surveys) % IntervalMethod::ALL.len()].name();
            let level = [0.95, 0.9, 0.99][surveys % 3];
            let survey = Survey::new(surveys as u64, drawn, layout, method, level);
            let compared = held_together(&survey, method, level);
            if drawn.is_a_sum() && !layout.groups_numbers() {
                eligible += compared.requests;
                streamed += compared.streamed;
            }
            all += compared;
            surveys += 1;
        }
    }
    assert_eq!(surveys, ALL.len() * LAYOUTS.len());
    // Five shares of two bases, for everyone and for 2 + 3 + 6 groups.
    assert_eq!(all.numbers, surveys * 2 * 5 * 12);
    assert!(all.intervals > 9 * all.numbers / 10, "{all:?}");
    // Of the first share of each base: everyone, men, women.
    assert_eq!(all.printed, surveys * 2 * 3);
    // Both bases of twelve designs in two layouts.
    assert_eq!(eligible, 2 * 12 * 2);
    assert!(10 * streamed >= 9 * eligible, "only {streamed} of {eligible} requests streamed");
}

#[test]
fn every_method_and_level_is_one_way_under_every_basis() {
    for (at, drawn) in
        [Drawn::Simple, Drawn::Weighted, Drawn::StrataFpc, Drawn::Clusters].into_iter().enumerate()
    {
        for method in IntervalMethod::ALL {
            for level in [0.95, 0.8] {
                let survey = Survey::new(100 + at as u64, drawn, Layout::Codes, method.name(), level);
                let compared = held_together(&survey, method.name(), level);
                assert_eq!(compared.numbers, 120);
            }
        }
    }
}

#[test]
fn neither_pieces_nor_threads_make_a_difference() {
    let mut ways = 0;
    for (at, drawn) in ALL.into_iter().filter(|drawn| drawn.is_a_sum()).enumerate() {
        for layout in [Layout::Codes, Layout::Labels] {
            let survey = Survey::new(200 + at as u64, drawn, layout, "wilson", 0.95);
            let shares = SHARES.iter().map(|share| share.flag(layout)).collect();
            let request = Request { shares, ..survey.request("wilson", 0.95) };
            ways += in_pieces(&format!("{drawn:?} {layout:?}"), &request);
        }
    }
    assert!(ways >= 2 * 12 * 18, "{ways}");
}
