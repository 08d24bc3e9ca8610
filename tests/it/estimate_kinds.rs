//! Kinds of columns that `estimate` could misread: each is read rightly, and what is doubtful is told.

use crate::support::project::Project;

/// Rows of cells below a head.
fn csv(head: &str, cells: &[(&str, usize)]) -> String {
    let rows = cells.iter().flat_map(|(cell, n)| std::iter::repeat_n(*cell, *n));
    rows.fold(format!("{head}\n"), |text, cell| text + cell + "\n")
}

/// The numerator and n of a share, and the codes of what was told.
fn share(csv: &str, arguments: &[&str]) -> (String, String) {
    let project = Project::new(&[]);
    project.write("a.csv", csv);
    let all: Vec<&str> = ["estimate", "a.csv", "--format", "csv"].iter().chain(arguments).copied().collect();
    let ran = project.shihyo_in("en_GB.UTF-8", &all);
    assert_eq!(ran.status, Some(0), "{}", ran.said());
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let head = reader.headers().unwrap().clone();
    let of = |row: &csv::StringRecord, name: &str| {
        head.iter().position(|h| h == name).and_then(|at| row.get(at)).unwrap_or("?").to_owned()
    };
    let first = reader.records().next().unwrap().unwrap();
    let (stat, n): (f64, f64) = (of(&first, "stat").parse().unwrap(), of(&first, "n").parse().unwrap());
    (format!("{}/{n}", (stat * n).round()), ran.stderr)
}

#[test]
fn a_blank_inside_one_answer_parts_nothing() {
    let steak =
        csv("steak", &[("Medium rare", 8), ("Medium", 8), ("Medium Well", 6), ("Rare", 3), ("Well", 5)]);
    assert_eq!(share(&steak, &["--share", "steak=Medium"]).0, "8/30");
    assert_eq!(share(&steak, &["--share", "steak=Well"]).0, "5/30");
    let age = csv("age", &[("18 - 29", 9), ("30 - 44", 9), ("45 - 59", 6), ("-", 3), ("60+", 3)]);
    assert_eq!(share(&age, &["--share", "age=-"]).0, "3/30");
    let wind = csv(
        "wind",
        &[("North", 4), ("South", 4), ("East", 6), ("West", 6), ("North East", 6), ("South West", 4)],
    );
    assert_eq!(share(&wind, &["--share", "wind=North"]).0, "4/30");
    // A list is one, and said to be.
    let list = csv("used", &[("bus", 9), ("bus train", 6), ("train car", 3), ("car", 6), ("train", 6)]);
    let (found, told) = share(&list, &["--share", "used=train"]);
    assert_eq!(found, "15/30");
    assert!(told.contains("adhoc::parted"), "{told}");
}

#[test]
fn what_looks_like_no_answer_is_told() {
    let na = csv("q1", &[("1", 6), ("2", 6), ("NA", 18)]);
    let (_, told) = share(&na, &["--share", "q1=1"]);
    assert!(told.contains("adhoc::looks-missing") && told.contains("--missing 'q1=NA'"), "{told}");
    let (found, told) = share(&na, &["--share", "q1=1", "--missing", "q1=NA"]);
    assert_eq!(found, "6/12");
    assert!(!told.contains("looks-missing"), "{told}");
    for code in ["99", "-1", "9"] {
        let (_, told) = share(&csv("q1", &[("1", 6), ("2", 6), ("3", 5), (code, 8)]), &["--share", "q1=1"]);
        assert!(told.contains(&format!("--missing 'q1={code}'")), "{code}: {told}");
    }
    // A scale of ten has a nine.
    let ten: Vec<(String, usize)> = (1..=10).map(|k| (k.to_string(), 3)).collect();
    let ten: Vec<(&str, usize)> = ten.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert!(!share(&csv("q1", &ten), &["--share", "q1=1"]).1.contains("looks-missing"));
}

#[test]
fn weights_that_are_not_used_are_told() {
    for (name, told) in [("weight", true), ("集計ウエイト", true), ("pspwght", true), ("body weight", false)]
    {
        let text = csv(&format!("q,{name}"), &[("1,1.2", 20), ("2,0.8", 20)]);
        let (found, said) = share(&text, &["--share", "q=1"]);
        assert_eq!((found.as_str(), said.contains("adhoc::unweighted")), ("20/40", told), "{name}: {said}");
        let (_, said) = share(&text, &["--share", "q=1", "--weight", name]);
        assert!(!said.contains("adhoc::unweighted"), "{said}");
    }
}

#[test]
fn who_did_not_answer_is_told_where_a_condition_leaves_them_out() {
    let text = csv("q,w", &[("1,1", 10), ("2,1", 12), (",2", 8)]);
    let (found, told) = share(&text, &["--share", "w=1", "--where", "q!=1"]);
    assert_eq!(found, "12/12");
    assert!(told.contains("adhoc::blank-left-out"), "{told}");
    assert_eq!(share(&text, &["--share", "w=1", "--where", "q=|2"]).0, "12/20");
}

#[test]
fn items_of_a_list_and_characters_that_nobody_sees() {
    let items = csv("q", &[("3.1", 10), ("3.10", 12), ("3.2", 8)]);
    assert_eq!(share(&items, &["--share", "q=3.1"]).0, "10/30");
    assert_eq!(share(&items, &["--share", "q=3.10"]).0, "12/30");
    let unseen = csv("q", &[("yes", 10), ("ye\u{200b}s", 5), ("\u{feff}yes", 5), ("no", 10)]);
    assert_eq!(share(&unseen, &["--share", "q=yes"]).0, "20/30");
}
