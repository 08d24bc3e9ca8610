//! Questionnaires that nobody of this project wrote (`../shared/surveys`): a plan over the raw file, and
//! flags over the same file.

use super::compare::{Asked, Compared, Flags, compare};
use crate::support::project::{Project, head, indicator};
use crate::support::shared;
use shihyo::decode::Base;
use shihyo::pipeline::adhoc::Request;
use shihyo::raw::{ReadOptions, Table, read};

/// A file of it, and what is asked of it.
struct Public {
    folder: &'static str,
    file: &'static str,
    /// What no answer is, beside a blank.
    missing: &'static [&'static str],
    /// Columns of one answer each.
    single: &'static [&'static str],
    /// Columns whose cells hold several answers in lines.
    lines: &'static [&'static str],
    /// Columns of one option each, with the word of a mark.
    ticks: &'static [(&'static str, &'static str)],
    by: &'static [&'static [&'static str]],
    weight: Option<&'static str>,
    strata: Option<&'static str>,
    clusters: Option<&'static str>,
    method: &'static str,
}

const PUBLIC: [Public; 5] = [
    Public {
        folder: "masculinity_538",
        file: "raw-responses.csv",
        missing: &["NA"],
        single: &["q0001", "q0005", "q0007_0003", "q0009", "q0014", "q0029"],
        lines: &[],
        ticks: &[("q0004_0004", "Pop culture"), ("q0019_0001", "It?s the right thing to do")],
        by: &[&["age3"], &["race2", "kids"], &["orientation"]],
        weight: Some("weight"),
        strata: None,
        clusters: None,
        method: "wilson",
    },
    Public {
        folder: "masculinity_538",
        file: "raw-responses.csv",
        missing: &["NA", "No answer"],
        single: &["q0017", "q0024"],
        lines: &[],
        ticks: &[],
        by: &[&["educ4"]],
        weight: Some("weight"),
        strata: Some("racethn4"),
        clusters: None,
        method: "korn-graubard",
    },
    Public {
        folder: "fukui_kanko_202506",
        file: "monthly_202506.csv",
        missing: &["無回答"],
        single: &["満足度", "宿泊数（県内）", "今後の来訪意向", "福井県内での交通手段の満足度"],
        lines: &["訪問目的ALL", "情報収集ALL"],
        ticks: &[("温泉や露天風呂", "1"), ("徒歩", "1")],
        by: &[&["性別"], &["年代"], &["性別", "6分類"]],
        weight: None,
        strata: None,
        clusters: None,
        method: "clopper-pearson",
    },
    Public {
        folder: "kobo_talafar",
        file: "clean_data.csv",
        missing: &[],
        single: &["shelter_occupation", "type_employment", "treat_drink_water", "water_source_bath"],
        lines: &[],
        ticks: &[("water_sources.tap", "TRUE"), ("treat_drink_water_how.boil", "TRUE")],
        by: &[&["gender_hoh"], &["displace_status", "own_animals"]],
        weight: None,
        strata: None,
        clusters: Some("water_source_drinking"),
        method: "logit",
    },
    Public {
        folder: "opendata_survey_r2",
        file: "r2_survey_answers_simple.csv",
        missing: &[],
        single: &["@D", "@E"],
        lines: &[],
        ticks: &[("@I", "1"), ("@AT", "1")],
        by: &[&["提出状況"]],
        weight: None,
        strata: None,
        clusters: None,
        method: "jeffreys",
    },
];

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The different words of a column, in the order of the file.
fn words(table: &Table, column: &str, missing: &[&str], lines: bool) -> Vec<String> {
    let column = table.column(column).unwrap_or_else(|| panic!("no column {column}"));
    let mut out: Vec<String> = Vec::new();
    for row in 0..table.row_count() {
        let cell = column.cell(row);
        let cell = cell.text();
        let parts: Vec<&str> = if lines { cell.lines().collect() } else { vec![&*cell] };
        for part in parts.into_iter().map(str::trim).filter(|p| !p.is_empty() && !missing.contains(p)) {
            if !out.iter().any(|known| known == part) {
                out.push(part.to_owned());
            }
        }
    }
    out
}

impl Public {
    fn compare(&self, folder: &std::path::Path) -> Compared {
        let path = folder.join(self.file);
        let table = read(&path, self.file, &ReadOptions::default()).unwrap();
        let header = |column: &str| table.column(column).unwrap().name();
        let mut questions = "title = \"t\"\n".to_owned();
        if !self.missing.is_empty() {
            questions += &format!("[defaults]\nno_answer = {:?}\n", self.missing);
        }
        let mut known: Vec<&str> = Vec::new();
        let mut question = |column: &'static str, kind: &str, options: &[String]| {
            if !known.contains(&column) {
                known.push(column);
                // A word that is a number would be an option's number, unless it is said to be another's.
                let option = |word: &String| match word.parse::<u32>() {
                    Ok(_) => format!("{{ label = \"is {word}\", code = \"{word}\" }}"),
                    Err(_) => quoted(word),
                };
                let options = options.iter().map(option).collect::<Vec<_>>().join(", ");
                questions += &format!(
                    "[[question]]\nid = {}\ntype = \"{kind}\"\noptions = [{options}]\n",
                    quoted(&header(column))
                );
            }
        };
        let mut plan_shares = Vec::new();
        let mut asked = Vec::new();
        let mut share = |column: &str, chosen: &[&String], words: &str| {
            for base in [Base::All, Base::Answered] {
                let id = format!("share-{}", asked.len());
                let of = chosen.iter().map(|o| quoted(o)).collect::<Vec<_>>().join(", ");
                plan_shares.push((id.clone(), header(column), of, base));
                asked.push(Asked::new(id, format!("{column}={words}"), base));
            }
        };
        for (columns, lines) in [(self.single, false), (self.lines, true)] {
            for column in columns {
                let options = words(&table, column, self.missing, lines);
                question(column, if lines { "multiple" } else { "single" }, &options);
                let plain: Vec<&String> = options.iter().filter(|o| !o.contains('|')).collect();
                share(column, &plain[..1], plain[0]);
                let two: Vec<&str> = plain[1..].iter().take(2).map(|o| o.as_str()).collect();
                share(column, &plain[1..1 + two.len()], &two.join("|"));
            }
        }
        for (column, mark) in self.ticks {
            let options = words(&table, column, self.missing, false);
            assert_eq!(options.len(), 2, "{column}: {options:?}");
            question(column, "single", &options);
            let label = if *mark == "1" { "is 1".to_owned() } else { (*mark).to_owned() };
            share(column, &[&label], mark);
        }
        for column in self.by.iter().flat_map(|names| names.iter()) {
            question(column, "single", &words(&table, column, self.missing, false));
        }
        let by: Vec<String> = self.by.iter().map(|names| format!("{names:?}")).collect();
        let mut design = Vec::new();
        design.extend(self.strata.map(|column| format!("strata = [\"{column}\"]")));
        design.extend(self.clusters.map(|column| format!("cluster = [\"{column}\"]")));
        design.extend(self.weight.map(|column| format!("weights = {{ column = \"{column}\" }}")));
        let design =
            if design.is_empty() { String::new() } else { format!("design = {{ {} }}\n", design.join(", ")) };
        let mut plan = head(&format!("[{}]", by.join(", ")));
        plan = plan.replacen(
            "[[goal]]",
            &format!("interval = {{ method = \"{}\", level = 0.95 }}\n[[goal]]", self.method),
            1,
        );
        plan += &format!(
            "[survey.s]\ntitle = \"t\"\nsample = \"random\"\nquestionnaire = \"q.toml\"\n\
             [survey.s.wave.R4]\nresponses = [\"raw/{}\"]\n{design}",
            self.file
        );
        for (id, question, of, base) in &plan_shares {
            let base = format!("\"{}\"", base.name());
            let line = indicator(id, "指標", "s", "QUESTION", of, &base);
            plan += &line.replace("\"QUESTION\"", &quoted(question));
        }
        let project = Project::new(&[("plan.toml", &plan), ("q.toml", &questions)]);
        project.write(&format!("raw/{}", self.file), std::fs::read(&path).unwrap());
        let (plan, outcome) = project.run();
        let named = |variable: &str, value: &str| (header(variable), value.to_owned());
        let flags = Flags {
            wave: ("s", "R4"),
            request: Request {
                files: vec![path.clone()],
                by: self.by.iter().map(|names| names.join(",")).collect(),
                missing: self.missing.iter().map(|word| format!("*={word}")).collect(),
                weight: self.weight.map(str::to_owned),
                strata: self.strata.map(str::to_owned),
                clusters: self.clusters.map(str::to_owned),
                method: self.method.to_owned(),
                ..Request::default()
            },
            asked,
            named: &named,
        };
        compare(self.folder, &plan, &outcome, &flags)
    }
}

#[test]
fn public_questionnaires_are_one_way() {
    let mut all = Compared::default();
    for public in &PUBLIC {
        let Some(folder) = shared::survey(public.folder) else { return };
        let compared = public.compare(&folder);
        assert!(compared.numbers >= 24 && compared.printed > 0, "{}: {compared:?}", public.folder);
        all += compared;
    }
    println!("{all:?}");
    assert!(all.intervals > all.numbers / 2, "{all:?}");
}
