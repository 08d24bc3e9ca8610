//! The Tal Afar household survey by its own XLSForm: the publisher's shares, by group too, and its intervals.
//!
//! Where the files are missing the tests say so and leave themselves out; in CI (`CI` is set) that is a
//! failure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::shared::survey;
use shihyo::code::Code;
use shihyo::decode::{Base, DecodeOptions, MissingReason, columns_used, decode, share_outcome};
use shihyo::design::Design;
use shihyo::draft::infer;
use shihyo::error::SourceText;
use shihyo::estimate::{DfChoice, Domain, Estimand, IntervalMethod, Options, estimate};
use shihyo::questionnaire::form::{Draft, from_xlsform};
use shihyo::questionnaire::{
    AskedIf, Question, QuestionKind, Questionnaire, read_questionnaire, write_questionnaire,
};
use shihyo::raw::{ReadOptions, Table, read};
use shihyo::text::Lang;

fn folder() -> Option<PathBuf> {
    survey("kobo_talafar")
}

fn file(folder: &Path, name: &str) -> Table {
    read(&folder.join(name), name, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn form(folder: &Path) -> Draft {
    from_xlsform(&file(folder, "xlsform_survey.csv"), &file(folder, "xlsform_choices.csv"), "Tal Afar")
        .unwrap_or_else(|e| panic!("{e}"))
}

/// How many rows of the form that are questions here bear a condition.
fn rules_written(folder: &Path) -> usize {
    let sheet = file(folder, "xlsform_survey.csv");
    let cell = |column: &str, row: usize| sheet.column(column).map_or(String::new(), |c| c.cell(row).text());
    let asks = |row: &usize| {
        ["select_one", "select_multiple", "integer", "decimal", "text"]
            .contains(&cell("type", *row).split_whitespace().next().unwrap_or(""))
    };
    (0..sheet.row_count()).filter(asks).filter(|row| !cell("relevant", *row).trim().is_empty()).count()
}

/// The carried rules and the data agree about who was shown what.
#[test]
fn who_was_shown_a_question_is_who_answered_it() {
    let Some(folder) = folder() else { return };
    let Draft { mut questionnaire, .. } = form(&folder);
    for question in &mut questionnaire.questions {
        if let QuestionKind::Single(categories) = &mut question.kind {
            categories
                .iter_mut()
                .filter(|c| c.code == "about_half_pay")
                .for_each(|c| c.code = "about_half".to_owned());
        }
    }
    let table = file(&folder, "clean_data.csv");
    // The clean file has lost some columns; a rule about a question that is gone cannot be applied.
    let there = |q: &Question| {
        let alone =
            Questionnaire { title: String::new(), questions: vec![Question { asked_if: None, ..q.clone() }] };
        columns_used(&alone, std::slice::from_ref(&table)).is_ok()
    };
    let keep: Vec<bool> = questionnaire.questions.iter().map(there).collect();
    let kept: Vec<String> =
        questionnaire.questions.iter().zip(&keep).filter(|(_, k)| **k).map(|(q, _)| q.id.clone()).collect();
    let whole = questionnaire.clone();
    for (question, keep) in questionnaire.questions.iter_mut().zip(&keep) {
        let gone = question
            .asked_if
            .as_ref()
            .is_some_and(|rule| rule.questions().iter().any(|q| !kept.contains(&whole.questions[*q].id)));
        if gone || !keep {
            question.asked_if = None;
        }
        if !keep {
            // A column that is always there, so that indices stay as they are.
            question.kind = QuestionKind::Text;
            question.columns = vec!["@A".to_owned()];
        }
    }
    let answers = decode(&questionnaire, std::slice::from_ref(&table), &DecodeOptions::default())
        .unwrap_or_else(|e| panic!("{e}"));
    let several = questionnaire
        .questions
        .iter()
        .filter(|q| q.asked_if.as_ref().is_some_and(|r| !matches!(r, AskedIf::Chose { .. })))
        .count();
    assert_eq!(
        several, 18,
        "rules that no list of one question's options holds, about columns that the clean file kept"
    );
    let told = |code: Code| -> Vec<(&str, u64)> {
        answers
            .findings
            .iter()
            .filter(|f| f.code == code)
            .map(|f| (f.place.question.as_deref().unwrap(), f.count))
            .collect()
    };
    assert_eq!(told(Code::AnswersAnsweredThoughNotAsked), [], "nobody answered what the form did not show");
    assert_eq!(told(Code::AnswersAnsweredFilterUnknown), []);
    // The survey's cleaning log set `water_sources.borehole` of two households to yes afterwards, so its
    // questions were never shown to them; spend_piped is blank in the published file for most whom the form
    // shows it.
    let blank = [
        ("days_available_borehole", 2),
        ("hours_available_borehole", 2),
        ("satisfaction_borehole", 2),
        ("spend_piped", 393),
        ("spend_borehole", 2),
        ("tank_store_borehole", 2),
    ];
    assert_eq!(told(Code::AnswersBlankThoughAsked), blank);
    // Two of the rules by hand, from the raw cells.
    let cell = |column: &str, row: usize| table.column(column).map_or(String::new(), |c| c.cell(row).text());
    let (q, _) = questionnaire.question("connection_fees").unwrap();
    let shown = |row: usize| {
        cell("water_sources.piped", row) == "TRUE"
            || ["permanent_subscription", "temporary_subscription", "share_subscription"]
                .contains(&cell("water_system_connection", row).as_str())
    };
    let not_asked: Vec<bool> = (0..answers.rows)
        .map(|row| answers.responses[q].missing(row) == Some(MissingReason::NotAsked))
        .collect();
    assert_eq!(not_asked, (0..answers.rows).map(|row| !shown(row)).collect::<Vec<_>>());
    assert_eq!(not_asked.iter().filter(|n| **n).count(), 60);
}

#[test]
fn the_whole_form_reads_and_tells_what_it_cannot_hold() {
    let Some(folder) = folder() else { return };
    let Draft { questionnaire, findings } = form(&folder);
    let text = write_questionnaire(&questionnaire, &[]);
    let back = read_questionnaire(Arc::new(SourceText { file: "q.toml".into(), text }))
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(back, questionnaire);
    let of = |wanted: fn(&QuestionKind) -> bool| {
        questionnaire.questions.iter().filter(|q| wanted(&q.kind)).count()
    };
    let single = of(|k| matches!(k, QuestionKind::Single(_)));
    let (multiple, number, text) = (
        of(|k| matches!(k, QuestionKind::Multiple { .. })),
        of(|k| matches!(k, QuestionKind::Number { .. })),
        of(|k| *k == QuestionKind::Text),
    );
    let rules = questionnaire.questions.iter().filter(|q| q.asked_if.is_some()).count();
    let lost = findings.iter().filter(|f| f.code == Code::AnswersFormRule).count();
    assert_eq!((single, multiple, number, text), (89, 24, 56, 43));
    let conditions = rules_written(&folder);
    assert_eq!((rules, lost), (170, 0), "every rule is carried over, those about several questions too");
    assert_eq!(conditions, 170, "the form has no other rules about questions");
    let others: Vec<&str> = findings
        .iter()
        .filter(|f| f.code != Code::AnswersFormRule)
        .filter_map(|f| f.place.question.as_deref())
        .collect();
    assert_eq!(others.len(), 2, "a date and a place are no questions: {others:?}");
}

/// One published row.
struct Row {
    variable: String,
    choice: String,
    group: Option<String>,
    share: f64,
    low: Option<f64>,
    high: Option<f64>,
    count: u64,
}

fn published(folder: &Path, name: &str) -> Vec<Row> {
    let table = file(folder, name);
    let text = |column: &str, row: usize| table.column(column).map(|c| c.cell(row).text());
    let number = |column: &str, row: usize| {
        text(column, row).and_then(|t| t.parse::<f64>().ok()).filter(|x| x.is_finite())
    };
    let row = |row: usize| Row {
        variable: text("main_variable", row).unwrap(),
        choice: text("choice", row).unwrap(),
        group: text("subset_1_val", row),
        share: number("mean.pct", row).unwrap(),
        low: number("mean.pct_low", row),
        high: number("mean.pct_upp", row),
        count: number("n_unweighted", row).unwrap() as u64,
    };
    (0..table.row_count()).map(row).collect()
}

/// What the rows of a published table turned out to be.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    /// Rows of select_one and select_multiple questions.
    rows: usize,
    shares: usize,
    counts: usize,
    intervals: usize,
    no_interval: usize,
    /// The one option that the publisher counted on another base, and which reproduces on that base.
    other_base: usize,
    wrong: Vec<String>,
}

/// A simple sample of the households, p ± t(0.975, n − 1) · se, not clipped, n being all who answered,
/// whatever their group: the publisher's rule.
fn compared(folder: &Path, name: &str) -> Tally {
    let table = file(folder, "clean_data.csv");
    let Draft { mut questionnaire, .. } = form(folder);
    let published = published(folder, name);
    let of_choices = |q: &Question| matches!(q.kind, QuestionKind::Single(_) | QuestionKind::Multiple { .. });
    // Only the questions that were published, so without the rules that point to others: a share of those who
    // answered needs no rule.
    questionnaire.questions.retain(|q| of_choices(q) && published.iter().any(|r| r.variable == q.id));
    for question in &mut questionnaire.questions {
        question.asked_if = None;
        if let QuestionKind::Single(categories) = &mut question.kind {
            // The form says about_half_pay, the data and the publisher say about_half.
            categories
                .iter_mut()
                .filter(|c| c.code == "about_half_pay")
                .for_each(|c| c.code = "about_half".to_owned());
        }
    }
    let answers = decode(&questionnaire, std::slice::from_ref(&table), &DecodeOptions::default())
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(answers.rows, 578);
    let design = Design::simple(578).unwrap();
    let division = table.column("socio_eco_division").unwrap();
    let own_business = table.column("primary_livelihood.own_business").unwrap();
    let mut tally = Tally::default();
    for row in &published {
        let Some((q, question)) = questionnaire.question(&row.variable) else { continue };
        tally.rows += 1;
        let at = format!("{} {} {:?}: published {}", row.variable, row.choice, row.group, row.share);
        let Some(k) = question.category(&row.choice) else {
            tally.wrong.push(format!("{at}, no such choice"));
            continue;
        };
        let outcomes = share_outcome(&answers.responses[q], &[k], Base::Answered);
        let inside: Vec<bool> =
            (0..578).map(|r| row.group.as_ref().is_none_or(|g| division.cell(r).text() == *g)).collect();
        let answered = outcomes.iter().filter(|o| o.in_base()).count();
        let mut options = Options {
            method: IntervalMethod::Wald,
            df: DfChoice::Given(answered as f64 - 1.0),
            ..Options::default()
        };
        let mut found =
            estimate(&design, &Estimand::Share(&outcomes), Domain::Rows(&inside), &options).unwrap();
        let close = |a: Option<f64>, b: f64, to: f64| a.is_some_and(|a| (a - b).abs() < to);
        if !close(found.value.clone().ok(), row.share, 1e-9)
            && (row.variable.as_str(), row.choice.as_str()) == ("primary_livelihood", "own_business")
        {
            // Its column is blank for 66 households who chose other options; the publisher left them out of
            // this option's base.
            let own: Vec<bool> =
                (0..578).map(|r| inside[r] && !own_business.cell(r).text().is_empty()).collect();
            options.df = DfChoice::Given(
                (0..578).filter(|&r| !own_business.cell(r).text().is_empty()).count() as f64 - 1.0,
            );
            found = estimate(&design, &Estimand::Share(&outcomes), Domain::Rows(&own), &options).unwrap();
            tally.other_base += 1;
        }
        if !close(found.value.clone().ok(), row.share, 1e-9) {
            tally.wrong.push(format!("{at}, computed {:?}", found.value));
            continue;
        }
        tally.shares += 1;
        tally.counts += usize::from(found.n_yes == Some(row.count));
        match (&found.interval, row.low, row.high) {
            (Ok(i), Some(low), Some(high)) if (i.low - low).abs() < 1e-6 && (i.high - high).abs() < 1e-6 => {
                tally.intervals += 1
            }
            // One respondent, or a share of 0 or 1: the publisher prints none, or one of no width.
            (_, Some(low), Some(high)) if low == high => tally.no_interval += 1,
            (_, None, _) | (_, _, None) => tally.no_interval += 1,
            (ours, low, high) => {
                tally.wrong.push(format!("{at}: interval {low:?} {high:?}, computed {ours:?}"))
            }
        }
    }
    tally
}

/// Where the choices of pump_horsepower lost their decimal points, nobody can say which one 5 is: 0.5 and 1.5
/// were both printed so, and 0.75 as 75.
fn check(found: Tally, expected: Tally) {
    let unknown: Vec<&String> = found.wrong.iter().filter(|w| !w.starts_with("pump_horsepower ")).collect();
    assert_eq!(unknown, Vec::<&String>::new());
    assert_eq!(found.rows - found.shares, found.wrong.len(), "{:?}", found.wrong);
    assert_eq!(Tally { wrong: Vec::new(), ..found }, expected);
}

#[test]
fn the_published_overall_shares_and_intervals_reproduce() {
    let Some(folder) = folder() else { return };
    let found = compared(&folder, "published_overall_analysis.csv");
    check(
        found,
        Tally {
            rows: 442,
            shares: 439,
            counts: 439,
            intervals: 358,
            no_interval: 81,
            other_base: 1,
            wrong: Vec::new(),
        },
    );
}

#[test]
fn the_published_shares_and_intervals_by_group_reproduce() {
    let Some(folder) = folder() else { return };
    let found = compared(&folder, "published_analysis_by_group.csv");
    check(
        found,
        Tally {
            rows: 2_869,
            shares: 2_859,
            counts: 2_859,
            intervals: 1_991,
            no_interval: 868,
            other_base: 8,
            wrong: Vec::new(),
        },
    );
}

/// Without the form, the codes that Kobo joins by blanks are taken apart where the file shows it, and nothing
/// else is.
#[test]
fn joined_answers_are_found_without_the_form() {
    let Some(folder) = folder() else { return };
    let Draft { questionnaire: form, .. } = form(&folder);
    let inferred = infer(&[file(&folder, "clean_data.csv")], "Tal Afar", Lang::Ja).questionnaire;
    let found: Vec<&Question> = inferred
        .questions
        .iter()
        .filter(|q| matches!(q.kind, QuestionKind::Multiple { .. }) && q.columns.is_empty())
        .collect();
    for question in &found {
        let (_, asked) =
            form.question(&question.id).unwrap_or_else(|| panic!("{} is no question", question.id));
        assert!(matches!(asked.kind, QuestionKind::Multiple { .. }), "{}", question.id);
        let unknown: Vec<&str> = question
            .categories()
            .iter()
            .map(|c| c.label.as_str())
            .filter(|l| asked.category(l).is_none())
            .collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", question.id);
    }
    // The other four have fewer combinations than would tell.
    assert_eq!(found.len(), 15);
}
