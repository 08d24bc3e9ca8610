//! A survey of two waves: the second one as the first one's paper asks it, or as another paper asks the same
//! people.

use std::fmt::Write;
use std::ops::Deref;

use super::dice::Dice;
use super::project::Project;

/// The survey's questionnaire.
pub const REFERENCE: &str = concat!(
    r#"
title = "市民アンケート"
[defaults]
no_answer = ["99"]

[[question]]
id = "性別"
text = "あなたの性別をお答えください。"
type = "single"
options = ["男性", "女性"]

[[question]]
id = "問1"
text = "現在、地域活動をしていますか。"
type = "single"
options = ["はい", "いいえ"]

[[question]]
id = "問2"
text = "（問1で「はい」と答えた方に）どのような活動をしていますか。（○は2つまで）"
type = "multiple"
max_marks = 2
options = ["見守り", "清掃", "防災", { label = "特になし", exclusive = true }]
asked_if = { question = "問1", of = ["はい"] }

[[question]]
id = "問3"
text = "今後、地域の活動に参加したいとお考えですか。"
type = "single"
options = ["積極的に参加したい", "できるだけ参加したい", "参加したくない", "#,
    r#"{ label = "わからない", dont_know = true }]

[[question]]
id = "問4"
text = "お住まいになって何年になりますか。"
type = "number"
range = [0, 110]
"#
);

/// The paper of the second wave: every question has another number, options stand in another order, one has
/// other words, one became two, and 無回答 has another code.
pub const RENAMED: &str = concat!(
    r#"
title = "市民アンケート（令和7年度）"
[defaults]
no_answer = ["0"]

[[question]]
id = "F1"
text = "あなたの性別をお答えください。"
type = "single"
options = ["女性", "男性"]

[[question]]
id = "問5"
text = "今後、地域の活動に参加したいと思いますか。"
type = "single"
options = [{ label = "わからない", dont_know = true }, "#,
    r#""まったく参加したくない", "あまり参加したくない", "できるだけ参加したい", "ぜひ参加したい"]

[[question]]
id = "問1"
text = "お住まいになって何年になりますか。"
type = "number"
range = [0, 110]
no_answer = ["99"]

[[question]]
id = "問8"
text = "現在、地域活動をしていますか。"
type = "single"
options = ["はい", "いいえ"]

[[question]]
id = "問9"
text = "（問8で「はい」と答えた方に）どのような活動をしていますか。（○は2つまで）"
type = "multiple"
max_marks = 2
options = [{ label = "特になし", exclusive = true }, "防災", "見守り", "清掃"]
no_answer = []
asked_if = { question = "問8", of = ["はい"] }
"#
);

/// What the survey's questions are on [`RENAMED`].
pub const MAP: &str = concat!(
    r#"
questionnaire = "b.toml"
[survey.c.wave.R7.map]
"性別" = "F1"
"問1" = "問8"
"問2" = "問9"
"問3" = { question = "問5", options = { "積極的に参加したい" = "ぜひ参加したい", "#,
    r#""参加したくない" = ["あまり参加したくない", "まったく参加したくない"] } }
"問4" = "問1"
"#
);

/// A respondent's answers by the numbers of [`REFERENCE`]; `None` is a blank, the codes are those of its
/// options.
struct Person {
    sex: Option<usize>,
    active: Option<usize>,
    kinds: Option<[bool; 4]>,
    intent: Option<usize>,
    years: Option<usize>,
}

/// So many people, the same every time.
fn people(count: usize, seed: u64) -> Vec<Person> {
    let mut dice = Dice::new(seed);
    let mut below = |n: usize| dice.index(n);
    let person = |_| {
        // 3 in 20 blank, then the codes, 1 in 20 a code outside the list.
        let mut choice = |options: usize| match below(20) {
            0..=2 => None,
            3 => Some(77),
            _ => Some(1 + below(options)),
        };
        let (sex, active, intent) = (choice(2).filter(|c| *c != 77), choice(2), choice(4));
        let kinds = (below(3) > 0).then(|| [below(2) == 0, below(3) == 0, below(2) == 0, below(6) == 0]);
        let years = Some(below(100)).filter(|y| *y != 99);
        Person { sex, active, kinds, intent, years }
    };
    (0..count).map(person).collect()
}

fn cell(code: Option<usize>) -> String {
    code.map_or_else(String::new, |c| c.to_string())
}

fn ticks(kinds: &Option<[bool; 4]>, order: [usize; 4]) -> String {
    let one = |k: usize| kinds.map_or_else(String::new, |k4| u8::from(k4[k]).to_string());
    order.map(one).join(",")
}

/// The answers as a file that [`REFERENCE`] reads.
pub fn plain(count: usize, seed: u64) -> String {
    let mut out = "番号,性別,問1,問2_1,問2_2,問2_3,問2_4,問3,問4\n".to_owned();
    for (k, p) in people(count, seed).iter().enumerate() {
        let intent = if p.intent.is_none() && k % 2 == 0 { "99".to_owned() } else { cell(p.intent) };
        let _ = writeln!(
            out,
            "{},{},{},{},{intent},{}",
            k + 1,
            cell(p.sex),
            cell(p.active),
            ticks(&p.kinds, [0, 1, 2, 3]),
            cell(p.years)
        );
    }
    out
}

/// The same answers as a file that [`RENAMED`] reads.
pub fn renamed(count: usize, seed: u64) -> String {
    let mut out = "番号,F1,問5,問1,問8,問9_1,問9_2,問9_3,問9_4\n".to_owned();
    for (k, p) in people(count, seed).iter().enumerate() {
        // 参加したくない is one of two options now, whichever.
        let intent = p.intent.map(|c| match c {
            1 => 5,
            2 => 4,
            3 => 2 + k % 2,
            4 => 1,
            other => other,
        });
        let intent = if p.intent.is_none() && k % 2 == 0 { "0".to_owned() } else { cell(intent) };
        let sex = p.sex.map(|c| 3 - c);
        let _ = writeln!(
            out,
            "{},{},{intent},{},{},{}",
            k + 1,
            cell(sex),
            cell(p.years),
            cell(p.active),
            ticks(&p.kinds, [3, 2, 0, 1])
        );
    }
    out
}

/// The project of a survey of two waves.
pub struct City {
    project: Project,
}

impl Deref for City {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl City {
    /// Two waves on [`REFERENCE`]; `extra` are further lines of the second wave.
    pub fn new(extra: &str) -> Self {
        let people = "性別,人口\n男性,48000\n女性,52000\n";
        let project = Project::new(&[
            ("pipelines/p/a.toml", REFERENCE),
            ("raw/r4.csv", &plain(400, 4)),
            ("raw/r7.csv", &plain(400, 7)),
            ("raw/people.csv", people),
        ]);
        let city = Self { project };
        city.plan(extra);
        city
    }

    /// The second wave on its own paper, mapped.
    pub fn renamed() -> Self {
        let city = Self::new(MAP);
        city.write("pipelines/p/b.toml", RENAMED);
        city.write("raw/r7.csv", renamed(400, 7));
        city
    }

    pub fn plan(&self, extra: &str) {
        self.write("pipelines/p/plan.toml", PLAN.replace("{extra}", extra));
    }
}

const PLAN: &str = r#"
title = "計画"
fiscal_years = "R4..R10"
report_year = "R7"
breakdowns = [["性別"]]

[[goal]]
number = 1
title = "基本目標1"

[survey.c]
title = "市民アンケート"
sample = "random"
questionnaire = "a.toml"

[survey.c.wave.R4]
responses = ["raw/r4.csv"]
respondent = "番号"
population = "raw/people.csv"
weights = { rake = ["性別"] }
strata = ["性別"]

[survey.c.wave.R7]
responses = ["raw/r7.csv"]
respondent = "番号"
population = "raw/people.csv"
weights = { rake = ["性別"] }
strata = ["性別"]
{extra}

[[indicator]]
id = "intent"
goal = 1
department = "課"
title = "参加したい人の割合"
share = { survey = "c", question = "問3", of = ["積極的に参加したい", "できるだけ参加したい"], base = "all" }
target = "90%以上"

[[indicator]]
id = "against"
goal = 1
department = "課"
title = "参加したくない人の割合"
share = { survey = "c", question = "問3", of = ["参加したくない"], base = "answered", dont_know = "missing" }
target = "1%以下"

[[indicator]]
id = "activity"
goal = 1
department = "課"
title = "見守りか防災の活動をする人の割合"
share = { survey = "c", question = "問2", of = ["見守り", "防災"], base = "asked" }
target = "90%以上"
"#;
