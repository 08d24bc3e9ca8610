//! What shihyo writes can be read again: by itself, and by programs that take a table as it stands.

use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

use crate::support::counts::{of, read};
use crate::support::project::Project;

const COUNTS: &str =
    "項目,R4,R5,R6\n推進員,431人,439人,442人 ※速報値\n割合,55.25%,56.1%,61.2%\n収支,△5,-3,2\n";

/// A project that has run, its results in `out`.
fn run() -> Project {
    let count = |item: &str| format!("count = {{ file = \"raw/a.csv\", item = \"{item}\" }}");
    let parts = format!(
        "[[indicator.part]]\ntitle = \"甲\"\n{}\n[[indicator.part]]\ntitle = \"乙\"\n{}",
        count("推進員"),
        count("収支")
    );
    let share = format!("{}\ntarget = \"60%以上\"", count("割合"));
    let balance = count("収支");
    let project = of("raw/a.csv", COUNTS, &[("推進員の数", &parts), ("割合", &share), ("収支", &balance)]);
    project.written("out");
    project
}

#[test]
fn its_own_tables_are_read_back() {
    let first = run();
    let item = |file: &str, sheet: &str, item: &str| {
        format!("count = {{ file = \"{file}\", item = {item}{sheet} }}")
    };
    let csv = |name: &str| item("raw/indicators.csv", "", name);
    let data = |name: &str| item("raw/progress-table.xlsx", ", sheet = \"データ\"", name);
    let table = |name: &str| item("raw/progress-table.xlsx", ", sheet = \"進捗管理表\"", name);
    let rests = [
        csv("[\"i0\", \"甲\"]"),
        csv("\"割合\""),
        csv("\"i2\""),
        data("[\"推進員の数\", \"甲\"]"),
        data("\"割合\""),
        table("\"割合\""),
        table("\"収支\""),
    ];
    let items: Vec<(&str, &str)> = rests.iter().map(|rest| ("A", rest.as_str())).collect();
    let second = of("raw/indicators.csv", first.bytes("out/indicators.csv"), &items);
    second.write("raw/progress-table.xlsx", first.bytes("out/progress-table.xlsx"));
    let people = ["431人", "439人", "442人 p"];
    let share = ["55.25%", "56.1%", "61.2%"];
    let balance = ["-5", "-3", "2"];
    assert_eq!(read(&second), [people, share, balance, people, share, share, balance]);
}

#[test]
fn numbers_stand_as_numbers_for_programs() {
    let project = run();
    let csv = project.text("out/indicators.csv");
    let mut rows = csv.trim_start_matches('\u{feff}').lines();
    let heads: Vec<&str> = rows.next().unwrap().split(',').collect();
    let at = |name: &str| heads.iter().position(|h| *h == name).unwrap();
    let (display, value, year, content) = (at("display"), at("value"), at("year"), at("content"));
    let found: Vec<[&str; 4]> = rows
        .filter(|row| row.starts_with("i2,"))
        .map(|row| row.split(',').collect::<Vec<_>>())
        .map(|row| [row[year], row[display], row[value], row[content]])
        .collect();
    assert_eq!(
        found,
        [["2022", "-5", "-5", "value"], ["2023", "-3", "-3", "value"], ["2024", "2", "2", "value"]]
    );
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(project.bytes("out/progress-table.xlsx"))).unwrap();
    let range = book.worksheet_range("データ").unwrap();
    let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!((heads[0].as_str(), range.start()), ("指標ID", Some((0, 0))));
    let at = |name: &str| heads.iter().position(|h| h == name).unwrap();
    let negative = range.rows().any(|row| row[at("値")] == Data::Float(-5.0));
    assert!(negative);
}
