//! `shihyo init`: a first plan and questionnaire out of response files.

use std::path::Path;

use shihyo::derived;
use shihyo::error::Result;
use shihyo::pipeline::{self, InitRequest};
use shihyo::raw::ReadOptions;
use shihyo::text::Text;

use super::args::InitArgs;
use super::ending::Ending;
use super::message::Talk;

pub(crate) fn init(args: &InitArgs, talk: &Talk) -> Result<Ending> {
    let stem = args
        .files
        .first()
        .and_then(|f| f.file_stem())
        .map_or_else(|| "plan".into(), |s| s.to_string_lossy().into_owned());
    let out = args.out.clone().unwrap_or_else(|| Path::new("pipelines").join(stem));
    let request = InitRequest {
        files: args.files.clone(),
        read: ReadOptions {
            sheet: args.sheet.clone(),
            skip_rows: args.skip_rows,
            header_rows: args.header_rows,
            encoding: args.encoding.clone(),
            ..ReadOptions::of_responses()
        },
        form: args.form.clone(),
        choices: args.choices.clone(),
        out: out.clone(),
    };
    let first = pipeline::init(&request)?;
    derived::write_new(&out, &first.files)?;
    let questions = first.inferred.questionnaire.questions.len();
    for (name, _) in &first.files {
        let path = out.join(name);
        talk.say(&Text::new(
            format!("書き出しました: {}", path.display()),
            format!("written: {}", path.display()),
        ));
    }
    let guesses = first.inferred.remarks.iter().filter(|r| !r.is_empty()).count();
    talk.say(&Text::new(
        format!("設問 {questions}件。推測したところには「要確認」と書いてあります（{guesses}件の設問）。"),
        format!("{questions} questions; what was guessed is marked 要確認 ({guesses} questions)."),
    ));
    talk.findings(&first.findings, None);
    for (column, kind) in &first.inferred.withheld {
        let kind = kind.text();
        talk.say(&Text::new(
            format!("読まない列: {column}（{}とみられます）", kind.ja),
            format!("withheld: {column} (looks like {})", kind.en),
        ));
    }
    let folder = shown(&out);
    talk.say(&Text::new(format!("次に: shihyo check {folder}"), format!("next: shihyo check {folder}")));
    if let Some((indicator, by)) = &first.first_crosstab {
        let command = format!("shihyo compare {folder} --indicator {indicator} --by '{by}'");
        talk.say(&Text::new(format!("　　　{command}"), format!("      {command}")));
    }
    Ok(Ending::Good)
}

/// A path as it can be typed.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains([' ', '\'']) { format!("\"{text}\"") } else { text }
}
