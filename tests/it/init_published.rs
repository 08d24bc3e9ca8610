//! Kinds of faults that published survey files showed, each in a small file: every option counts as often as
//! it stands in the file, or the draft asks.

use shihyo::code::Code;
use shihyo::draft::RemarkKind;

use crate::support::drafted::{Drafted, drafted, drafted_of, expected};
use crate::support::forms::Sheet;
use crate::support::forms::ods::package;
use crate::support::forms::sav::{Packing, sav};

/// Rows below a head.
fn csv(head: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{head}\n"), |text, n| text + &row(n) + "\n")
}

fn either(n: usize, of: usize, word: &str) -> &str {
    if n.is_multiple_of(of) { word } else { "" }
}

/// The kinds of remarks on a question.
fn remarks(out: &Drafted, id: &str) -> Vec<RemarkKind> {
    let inferred = &out.first.inferred;
    let at = inferred.questionnaire.questions.iter().position(|q| q.id == id).unwrap();
    inferred.remarks[at].iter().map(|r| r.kind).collect()
}

#[test]
fn one_joined_cell_does_not_hide_a_row_of_options() {
    // Nine options below blank headings; the last question's first option stands in joined cells too.
    let head = ",Which do you use?,,,,,,,,,\"Do you know it?\"\n\
                #,a bus,a tram,a train,a ferry,a car,a van,a bike,a boat,a lift,I do not know it";
    let text = csv(head, 24, |n| {
        let words = ["a bus", "a tram", "a train", "a ferry", "a car", "a van", "a bike", "a boat", "a lift"];
        let marks: Vec<&str> = words.iter().zip(2..).map(|(word, k)| either(n, k, word)).collect();
        let known = if n == 3 { "\"I do not know it, somewhat\"" } else { "I do not know it" };
        format!("r{n},{},{known}", marks.join(","))
    });
    let out = drafted(&text);
    assert!(out.plan().contains("header_rows = 2"), "{}", out.plan());
    // Multiples of 2, 3 … 10 below 24, 0 among them.
    let counts = [12, 8, 6, 5, 4, 4, 3, 3, 3];
    assert_eq!(out.of("@B").0.iter().map(|(_, n)| *n).collect::<Vec<_>>(), counts);
}

#[test]
fn a_western_dash_is_no_sign_of_japanese() {
    let text = csv("income,sex", 30, |n| {
        let income = ["100 \u{96} 200", "Don\u{92}t know", "more"][n % 3];
        format!("{income},{}", ["M", "F"][n % 2])
    });
    // One byte a character.
    let out = drafted_of("a.csv", &text.chars().map(|c| c as u32 as u8).collect::<Vec<u8>>());
    // Labels stand with plain signs.
    assert_eq!(*out.of("income"), expected(&[("100 - 200", 10), ("Don't know", 10), ("more", 10)], 30));
    assert!(out.first.findings.iter().any(|f| f.code == Code::RawEncoding), "{:?}", out.first.findings);
}

#[test]
fn times_with_two_digits_of_the_year_are_no_options() {
    let text = csv("started,stamp,q", 40, |n| {
        format!("7/{}/14 18:3{},\"{}/1/2019, 17:03:4{}\",{}", n % 4 + 1, n % 3, n % 9 + 1, n % 2, n % 2 + 1)
    });
    let out = drafted(&text);
    let left: Vec<&str> = out.first.inferred.left_out.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(left, ["started", "stamp"]);
    // A date without a time may be codes, and stays what it was.
    let codes = drafted(&csv("q", 40, |n| ["1/2/14", "2/3/14"][n % 2].to_owned()));
    assert!(codes.first.inferred.left_out.is_empty());
}

#[test]
fn what_best_describes_somebody_is_a_choice() {
    let head = "Which best describes your home?,Please describe your home";
    let out =
        drafted(&csv(head, 30, |n| format!("{},{}", ["a flat", "a house"][n % 2], ["old", "new"][n % 2])));
    assert_eq!(*out.of("@A"), expected(&[("a flat", 15), ("a house", 15)], 30));
    assert_eq!(remarks(&out, "@B"), [RemarkKind::ClosedText]);
}

#[test]
fn one_tick_among_many_blank_ones_is_an_option() {
    let out = drafted(&csv("vent,sex", 60, |n| {
        format!("{},{}", if n == 7 { "TRUE" } else { "FALSE" }, ["M", "F"][n % 2])
    }));
    assert_eq!(*out.of("vent"), expected(&[("FALSE", 59), ("TRUE", 1)], 60));
}

#[test]
fn names_of_a_form_that_blanks_join_come_apart() {
    let cells = ["filter", "let_stand filter", "use_chlorine", "filter use_chlorine", "let_stand"];
    let text = csv("how,sex", 60, |n| {
        // Five in a hundred have several.
        let cell = if n < 4 { cells[1 + 2 * (n % 2)] } else { cells[[0, 0, 2, 4][n % 4]] };
        format!("{cell},{}", ["M", "F"][n % 2])
    });
    let out = drafted(&text);
    // Rows 4 to 59: 28 filter, 14 each of the others; rows 0 and 2 hold let_stand filter, 1 and 3 filter
    // use_chlorine.
    let counts = [("let_stand", 16), ("filter", 32), ("use_chlorine", 16)];
    assert_eq!(*out.of("how"), expected(&counts, 60));
}

#[test]
fn own_words_that_are_another_options_are_the_other() {
    let text = csv("Pie: - Apple,Pie: - Cherry,Pie: - Other", 24, |n| {
        let other = if n == 5 { "Cherry" } else { either(n, 12, "Plum") };
        format!("{},{},{other}", either(n, 2, "Apple"), either(n, 3, "Cherry"))
    });
    let out = drafted(&text);
    let (id, _) = out.counts.iter().next().unwrap();
    assert_eq!(out.of(id).0.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [12, 8, 3]);
}

#[test]
fn options_that_stand_together_in_a_single_answer_are_asked_about() {
    let text = csv("kernel,sex", 80, |n| {
        let cell = match n {
            0..=1 => "\"Python, R\"",
            _ => ["Python", "Python", "Python", "R"][n % 4],
        };
        format!("{cell},{}", ["M", "F"][n % 2])
    });
    let out = drafted(&text);
    assert!(remarks(&out, "kernel").contains(&RemarkKind::PerhapsSeveral), "{}", out.questionnaire());
    assert!(out.questionnaire().contains("「Python, R」のように選択肢を並べたセルが2人分あります"));
}

#[test]
fn errors_of_a_spreadsheet_are_no_options() {
    let cell = |n: usize| match n % 5 {
        4 => "<table:table-cell table:formula=\"of:=[.#REF!]\" calcext:value-type=\"error\" \
              office:value-type=\"string\" office:string-value=\"\"><text:p>#REF!</text:p></table:table-cell>"
            .to_owned(),
        k => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{k}\"><text:p>{k}</text:p>\
             </table:table-cell>"
        ),
    };
    let text = |word: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{word}</text:p></table:table-cell>")
    };
    let row = |cells: String| format!("<table:table-row>{cells}</table:table-row>");
    let rows: String = (0..30).map(|n| row(text(["男", "女"][n % 2]) + &cell(n))).collect();
    let out = drafted_of("a.ods", &package(&(row(text("性別") + &text("問1")) + &rows)));
    assert_eq!(*out.of("問1"), expected(&[("0", 6), ("1", 6), ("2", 6), ("3", 6)], 24));
}

#[test]
fn a_variable_without_labels_is_what_its_cells_are() {
    let row = |cells: [String; 3]| cells.to_vec();
    let head = row(["sex", "op1", "who"].map(str::to_owned));
    let rows = (0..40).map(|n| {
        let own =
            ["ann", "bob", "cy"].get(n % 8).map_or_else(|| format!("somebody {n}"), |w| (*w).to_owned());
        row([(n % 2 + 1).to_string(), (n % 5 + 1).to_string(), own])
    });
    let sheet = Sheet { rows: [head].into_iter().chain(rows).collect(), depth: 1, merged: vec![] };
    // A value label for the first variable: two labels, of one variable at index 1.
    let bytes = sav(&sheet, Packing::Plain).unwrap();
    let mut labels: Vec<u8> = [3i32, 2].iter().flat_map(|n| n.to_le_bytes()).collect();
    for (code, label) in [(1f64, "men"), (2f64, "women")] {
        labels.extend(code.to_le_bytes());
        let mut text = vec![label.len() as u8];
        text.extend(label.bytes());
        text.resize((label.len() + 1).next_multiple_of(8), b' ');
        labels.extend(text);
    }
    labels.extend([4i32, 1, 1].iter().flat_map(|n| n.to_le_bytes()));
    let end = bytes.windows(4).position(|w| w == [0xE7, 3, 0, 0]).unwrap();
    let first_extension = bytes.windows(8).position(|w| w[..4] == [7, 0, 0, 0]).unwrap_or(end).min(end);
    let whole = [&bytes[..first_extension], &labels, &bytes[first_extension..]].concat();
    let out = drafted_of("a.sav", &whole);
    assert_eq!(*out.of("sex"), expected(&[("men", 20), ("women", 20)], 40));
    let scale = [("1", 8), ("2", 8), ("3", 8), ("4", 8), ("5", 8)];
    assert_eq!(*out.of("op1"), expected(&scale, 40));
    assert!(!out.counts.contains_key("who"), "{}", out.questionnaire());
}

#[test]
fn codes_far_above_a_scale_are_asked_about() {
    let out = drafted(&csv("q,age", 60, |n| format!("{},{}", [1, 2, 3, 4, 88, 98][n % 6], 30 + n)));
    let counts = [("1", 10), ("2", 10), ("3", 10), ("4", 10), ("88", 10), ("98", 10)];
    assert_eq!(*out.of("q"), expected(&counts, 60));
    assert!(remarks(&out, "q").contains(&RemarkKind::NoAnswer), "{}", out.questionnaire());
    // Ages are none, though 88 is among them.
    assert!(!out.counts.contains_key("age"), "{}", out.questionnaire());
}

#[test]
fn semicolons_between_options_that_stand_alone_part_them() {
    let text = csv("how,sex", 80, |n| {
        let cell = if n < 2 { "alone;in a group" } else { ["alone", "in a group"][n % 2] };
        format!("{cell},{}", ["M", "F"][n % 2])
    });
    assert_eq!(*drafted(&text).of("how"), expected(&[("alone", 41), ("in a group", 41)], 80));
}
