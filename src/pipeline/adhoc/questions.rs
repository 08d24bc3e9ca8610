//! Files with a questionnaire: their answers, and the way from the returns to the base of each question.

use super::request::Request;
use crate::code::Code;
use crate::decode::{self, Answers, BaseLedger, DecodeOptions};
use crate::error::{Diagnostic, Error, Result};
use crate::provenance::Place;
use crate::questionnaire::Questionnaire;
use crate::raw::Table;
use crate::report::ledger_steps;
use crate::text::Text;

/// The answers that the files of a request give to its questionnaire.
///
/// # Errors
/// Those of [`decode::decode`]; no valid return at all.
pub(super) fn answers(request: &Request, questionnaire: &Questionnaire, tables: &[Table]) -> Result<Answers> {
    let options = DecodeOptions {
        respondent: request.respondent.clone(),
        duplicates: request.duplicates,
        ..DecodeOptions::default()
    };
    let answers = decode::decode(questionnaire, tables, &options).map_err(advised)?;
    if answers.rows > 0 {
        return Ok(answers);
    }
    let (returned, invalid, twice) =
        answers.ledger.first().map_or((0, 0, 0), |l| (l.returned, l.invalid_returns, l.duplicates));
    let text = Text::new(
        format!("有効な回答が1件もありません（回収 {returned}、無効票 {invalid}、重複 {twice}）"),
        format!("there is no valid return (returned {returned}, invalid {invalid}, duplicates {twice})"),
    );
    Err(Diagnostic::new(Code::AdhocNoRows, text)
        .at(tables.first().map(|t| Place::file(&t.digest.file)).unwrap_or_default())
        .help(Text::new(
            "見出しの行数（--header-rows）と回答者番号の列（--respondent）を確かめてください",
            "check --header-rows and --respondent",
        ))
        .into())
}

/// The mistakes of decoding, with advice in the words of the flags.
fn advised(error: Error) -> Error {
    let mut diagnostics = error.into_diagnostics();
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == Code::AnswersDuplicateRespondent) {
        diagnostic.help = Some(Text::new(
            "どちらを採るかは --duplicates first か --duplicates last で決められます",
            "say which one counts: --duplicates first or --duplicates last",
        ));
    }
    Error::all(diagnostics)
        .unwrap_or_else(|| Error::msg(Code::AdhocRequest, "集計できません", "cannot estimate"))
}

/// How the returns of a question became its n.
pub(super) fn ledger(question: &str, ledger: &BaseLedger) -> Text {
    let steps = ledger_steps(ledger);
    // Nothing takes わからない out of the answers here.
    let told = || steps.iter().filter(|(code, _, _, n)| *code != "dont_know" || *n > 0);
    let ja: Vec<String> = told().map(|(_, ja, _, n)| format!("{ja} {n}")).collect();
    let en: Vec<String> = told().map(|(_, _, en, n)| format!("{en} {n}")).collect();
    Text::new(
        format!("{question}の基数: {}", ja.join(" → ")),
        format!("base of {question}: {}", en.join(" → ")),
    )
}
