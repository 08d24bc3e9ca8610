//! Every mistake of a plan is told with its code, its line and column, the words underlined and the way out
//! of it.

use crate::support::project::Project;
use shihyo::code::{Code, Severity};
use shihyo::error::Diagnostic;
use shihyo::text::Lang;

/// A copy of the model plan in a folder of its own, to be broken.
struct Copy {
    project: Project,
}

impl Copy {
    fn new() -> Self {
        Self { project: Project::copy(&["pipelines/nishitokyo", "raw/nishitokyo"]) }
    }

    fn text(&self, file: &str) -> String {
        self.project.text(&format!("pipelines/nishitokyo/{file}"))
    }

    /// Puts `right` in the place of the first `wrong`, which must be there.
    fn change(&self, file: &str, from: &str, to: &str) {
        self.project.change(&format!("pipelines/nishitokyo/{file}"), from, to);
    }

    fn mistakes(&self) -> Vec<Diagnostic> {
        self.project.load().expect_err("the plan is broken").into_diagnostics()
    }
}

/// One expected mistake: code, the words underlined inside `around`, and what its help must say.
struct Expected {
    code: Code,
    around: &'static str,
    underlined: &'static str,
    help: Option<&'static str>,
}

const fn expected(
    code: Code,
    around: &'static str,
    underlined: &'static str,
    help: Option<&'static str>,
) -> Expected {
    Expected { code, around, underlined, help }
}

fn assert_told(copy: &Copy, file: &str, wanted: &Expected, got: &Diagnostic) {
    let text = copy.text(file);
    let start = text.find(wanted.around).expect("the words are in the text")
        + wanted.around.find(wanted.underlined).unwrap();
    let line = text[..start].split('\n').count();
    let column = text[..start].rsplit('\n').next().unwrap().chars().count() + 1;
    assert_eq!(got.code, wanted.code, "{}", got.words(Lang::Ja));
    let span = got.span.as_ref().unwrap_or_else(|| panic!("{} has no place", got.code));
    assert!(span.source.file.ends_with(file), "{} is in {}", got.code, span.source.file);
    assert_eq!(&span.source.text[span.range.clone()], wanted.underlined, "{}", got.words(Lang::Ja));
    assert_eq!(span.line_column(), (line, column), "{}", got.code);
    assert_eq!(got.help.as_ref().map(|h| h.ja.as_str()), wanted.help, "{}", got.code);
    assert!(
        !got.message.ja.is_empty() && !got.message.en.is_empty() && got.message.ja != got.message.en,
        "{} in two languages",
        got.code
    );
}

/// The plan with this one change has this one mistake.
fn one(from: &str, to: &str, wanted: &Expected) {
    let copy = Copy::new();
    copy.change("plan.toml", from, to);
    let told = copy.mistakes();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_told(&copy, "plan.toml", wanted, &told[0]);
}

#[test]
fn the_copy_itself_is_right() {
    assert!(Copy::new().project.load().is_ok());
}

#[test]
fn an_unknown_key() {
    one(
        "rationale = \"地域の力で",
        "rationaIe = \"地域の力で",
        &expected(Code::PlanUnknownKey, "rationaIe = ", "rationaIe", Some("「rationale」ではありませんか")),
    );
}

#[test]
fn a_misspelt_word() {
    one(
        "sample = \"random\"",
        "sample = \"ramdom\"",
        &expected(
            Code::PlanUnknownWord,
            "sample = \"ramdom\"",
            "\"ramdom\"",
            Some("「random」ではありませんか"),
        ),
    );
}

#[test]
fn an_option_that_the_questionnaire_does_not_have() {
    one(
        "of = [\"積極的に参加したい\", \"できるだけ参加したい\"]",
        "of = [\"積極的に参加したい\", \"出来るだけ参加したい\"]",
        &expected(
            Code::PlanUnknownOption,
            "\"出来るだけ参加したい\"",
            "\"出来るだけ参加したい\"",
            Some("「できるだけ参加したい」ではありませんか"),
        ),
    );
}

#[test]
fn an_unknown_question() {
    one(
        "question = \"問12\"",
        "question = \"設問12\"",
        &expected(Code::PlanUnknownQuestion, "\"設問12\"", "\"設問12\"", Some("「問12」ではありませんか")),
    );
}

#[test]
fn an_unknown_survey() {
    one(
        "share = { survey = \"elderly\"",
        "share = { survey = \"eldery\"",
        &expected(Code::PlanUnknownSurvey, "\"eldery\"", "\"eldery\"", Some("「elderly」ではありませんか")),
    );
}

#[test]
fn a_missing_base() {
    let share = "{ survey = \"health\", question = \"問30\", of = [\"知っている\"] }";
    let copy = Copy::new();
    copy.change("plan.toml", "of = [\"知っている\"], base = \"all\" }", "of = [\"知っている\"] }");
    let told = copy.mistakes();
    assert_eq!(told.len(), 1, "{told:#?}");
    let help = told[0].help.as_ref().unwrap().ja.clone();
    assert!(["\"all\"", "\"asked\"", "\"answered\""].iter().all(|base| help.contains(base)), "{help}");
    let mut got = told[0].clone();
    got.help = None;
    assert_told(&copy, "plan.toml", &expected(Code::PlanMissingKey, share, share, None), &got);
}

#[test]
fn a_misspelt_base() {
    one(
        "of = [\"参加している\"], base = \"all\"",
        "of = [\"参加している\"], base = \"answerd\"",
        &expected(Code::PlanUnknownWord, "\"answerd\"", "\"answerd\"", Some("「answered」ではありませんか")),
    );
}

#[test]
fn a_file_that_is_not_there() {
    one(
        "raw/nishitokyo/citizen-r4-web.xlsx",
        "raw/nishitokyo/citizen-r4-wed.xlsx",
        &expected(
            Code::RawNotFound,
            "\"raw/nishitokyo/citizen-r4-wed.xlsx\"",
            "\"raw/nishitokyo/citizen-r4-wed.xlsx\"",
            Some("もしかして: citizen-r4-web.xlsx、citizen-r4-paper.csv"),
        ),
    );
}

#[test]
fn a_target_that_cannot_be_read() {
    let copy = Copy::new();
    copy.change("plan.toml", "target = \"150組織\"", "target = \"百五十組織\"");
    let told = copy.mistakes();
    assert_eq!(told.len(), 1, "{told:#?}");
    let mut got = told[0].clone();
    assert!(
        got.help.take().is_some_and(|h| h.ja.contains("40%以上")),
        "a target's help shows how one is written"
    );
    assert_told(
        &copy,
        "plan.toml",
        &expected(Code::IndicatorQuantity, "\"百五十組織\"", "\"百五十組織\"", None),
        &got,
    );
}

#[test]
fn a_target_of_another_unit() {
    one(
        "target = \"15%以上\"",
        "target = \"15人以上\"",
        &expected(Code::PlanTargetUnit, "\"15人以上\"", "\"15人以上\"", None),
    );
}

#[test]
fn a_year_outside_the_plan() {
    one(
        "[survey.citizen.wave.R4]",
        "[survey.citizen.wave.R3]",
        &expected(Code::PlanYearOutside, "wave.R3", "R3", None),
    );
}

#[test]
fn an_id_that_stands_twice() {
    one(
        "id = \"volunteer-registrations\"",
        "id = \"hotnet-promoters\"",
        &expected(
            Code::PlanIdTwice,
            "[[indicator]]\nid = \"hotnet-promoters\"\ngoal = 1\ndepartment = \"地域共生課\"\ntitle = \"ボラ",
            "\"hotnet-promoters\"",
            Some("どちらかを別の名前にしてください"),
        ),
    );
}

#[test]
fn weights_by_two_ways_at_once() {
    one(
        "respondent = \"整理番号\"\n",
        "respondent = \"整理番号\"\nweights = { post_stratify = [\"性別\"], rake = [\"性別\"] }\n",
        &expected(Code::PlanWeights, "[\"性別\"] }", "[\"性別\"]", None),
    );
}

#[test]
fn a_questionnaire_that_is_not_there() {
    one(
        "questionnaire = \"citizen.toml\"",
        "questionnaire = \"citzen.toml\"",
        &expected(Code::RawNotFound, "\"citzen.toml\"", "\"citzen.toml\"", Some("もしかして: citizen.toml")),
    );
}

#[test]
fn mistakes_of_a_questionnaire_are_told_in_the_questionnaire() {
    for (from, to, wanted) in [
        (
            "type = \"number\"",
            "type = \"numbr\"",
            expected(Code::AnswersUnknownWord, "\"numbr\"", "\"numbr\"", Some("「number」ではありませんか")),
        ),
        (
            "max_marks = 3",
            "max_mark = 3",
            expected(
                Code::AnswersUnknownKey,
                "max_mark = 3",
                "max_mark",
                Some("「max_marks」ではありませんか"),
            ),
        ),
        (
            "asked_if = { question = \"問10\", of = [\"はい\"] }",
            "asked_if = { question = \"問10\", of = [\"はｲ\"] }",
            expected(Code::AnswersUnknownOption, "\"はｲ\"", "\"はｲ\"", Some("「はい」ではありませんか")),
        ),
    ] {
        let copy = Copy::new();
        copy.change("citizen.toml", from, to);
        let told = copy.mistakes();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_told(&copy, "citizen.toml", &wanted, &told[0]);
    }
}

#[test]
fn japanese_keys_without_quotes_are_told_how_to_stand() {
    let copy = Copy::new();
    copy.change("plan.toml", "report_year = \"R6\"", "報告年度 = \"R6\"");
    let told = copy.mistakes();
    assert_eq!(told.len(), 1, "{told:#?}");
    let wanted = expected(Code::PlanSyntax, "報告年度", "報告年度", Some("\"報告年度\" と書いてください"));
    assert_told(&copy, "plan.toml", &wanted, &told[0]);
}

/// Mistakes of form (a key, a word) and of meaning (an option, a year, a file …) side by side.
#[test]
fn eight_mistakes_are_told_in_one_go_in_the_order_of_the_text() {
    let copy = Copy::new();
    for (from, to) in [
        ("report_year = \"R6\"", "report_year = \"R16\""),
        ("sample = \"random\"", "sample = \"ramdom\""),
        ("citizen-r4-web.xlsx", "citizen-r4-wed.xlsx"),
        ("department = \"協働コミュニティ課\"", "departement = \"協働コミュニティ課\""),
        ("\"できるだけ参加したい\"]", "\"出来るだけ参加したい\"]"),
        ("\"94団体\"", "\"団体\""),
        ("id = \"disaster-groups\"", "id = \"disaster/groups\""),
        ("survey = \"citizen\", question = \"問7\"", "survey = \"citizens\", question = \"問7\""),
    ] {
        copy.change("plan.toml", from, to);
    }
    let wanted = [
        expected(Code::PlanYearOutside, "\"R16\"", "\"R16\"", None),
        expected(Code::PlanUnknownWord, "\"ramdom\"", "\"ramdom\"", Some("「random」ではありませんか")),
        expected(
            Code::RawNotFound,
            "\"raw/nishitokyo/citizen-r4-wed.xlsx\"",
            "\"raw/nishitokyo/citizen-r4-wed.xlsx\"",
            Some("もしかして: citizen-r4-web.xlsx、citizen-r4-paper.csv"),
        ),
        expected(Code::PlanUnknownKey, "departement", "departement", Some("「department」ではありませんか")),
        expected(
            Code::PlanUnknownOption,
            "\"出来るだけ参加したい\"",
            "\"出来るだけ参加したい\"",
            Some("「できるだけ参加したい」ではありませんか"),
        ),
        expected(Code::IndicatorQuantity, "\"団体\"", "\"団体\"", None),
        expected(
            Code::PlanId,
            "\"disaster/groups\"",
            "\"disaster/groups\"",
            Some("例: volunteer-intent、item-12"),
        ),
        expected(
            Code::PlanUnknownSurvey,
            "\"citizens\"",
            "\"citizens\"",
            Some("「citizen」ではありませんか"),
        ),
    ];
    let told = copy.mistakes();
    let codes: Vec<Code> = told.iter().map(|d| d.code).collect();
    assert_eq!(codes, wanted.iter().map(|w| w.code).collect::<Vec<_>>(), "{told:#?}");
    for (got, wanted) in told.iter().zip(&wanted) {
        let mut got = got.clone();
        if wanted.help.is_none() {
            got.help = None;
        }
        assert_told(&copy, "plan.toml", wanted, &got);
    }
}

#[test]
fn a_definition_that_was_misspelt_is_told_once() {
    let copy = Copy::new();
    copy.change("plan.toml", "[survey.elderly]", "[surveys.elderly]");
    copy.change("plan.toml", "[survey.elderly.wave.R4]", "[surveys.elderly.wave.R4]");
    let told = copy.mistakes();
    assert_eq!(told.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::PlanUnknownKey], "{told:#?}");
}

#[test]
fn a_code_outside_the_list_is_a_finding_with_its_place() {
    let copy = Copy::new();
    let paper = "raw/nishitokyo/citizen-r4-paper.csv";
    // 整理番号, 性別, 年代, 地区 … : the third data row answers 9 to 地区, which has four options.
    let bytes = copy.project.bytes(paper);
    let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    assert!(lines[4].starts_with(b"10008,2,2,2,"), "{:?}", String::from_utf8_lossy(&lines[4]));
    lines[4].splice(..12, *b"10008,2,2,9,");
    copy.project.write(paper, lines.join(&b'\n'));
    let (_, outcome) = copy.project.run();
    let found: Vec<_> = outcome
        .quality
        .findings
        .iter()
        .filter(|f| f.code == Code::AnswersOutOfList && f.place.question.as_deref() == Some("地区"))
        .collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    let place = &found[0].place;
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(place.file.as_deref(), Some("raw/nishitokyo/citizen-r4-paper.csv"));
    assert_eq!((place.row, place.column.as_deref(), found[0].count), (Some(5), Some("地区"), 1));
    assert!(
        found[0].message.ja.contains("「9」") && found[0].message.ja.contains("無効回答"),
        "{}",
        found[0].message.ja
    );
}
