//! `shihyo init`: a first plan and questionnaire out of response files.

use std::path::Path;

use shihyo::derived;
use shihyo::error::Result;
use shihyo::pipeline::{self, FirstPlan, InitRequest, draft_points, question_counts};
use shihyo::raw::ReadOptions;
use shihyo::text::{Lang, Text};

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
        lang: talk.lang,
    };
    let first = pipeline::init(&request)?;
    derived::write_new(&out, &first.files)?;
    for (name, _) in &first.files {
        let path = out.join(name);
        talk.say(&Text::new(
            format!("書き出しました: {}", path.display()),
            format!("written: {}", path.display()),
        ));
    }
    told(&first, talk);
    let folder = shown(&out);
    talk.say(&Text::new(format!("次に: shihyo check {folder}"), format!("next: shihyo check {folder}")));
    if let Some((indicator, by)) = &first.first_crosstab {
        let command = format!("shihyo compare {folder} --indicator {indicator} --by '{by}'");
        talk.say(&Text::new(format!("　　　{command}"), format!("      {command}")));
    }
    Ok(Ending::Good)
}

/// At most this many columns or questions are named in a line.
const NAMED: usize = 3;

/// What to look at, ranked, and how many questions there are in all.
fn told(first: &FirstPlan, talk: &Talk) {
    let points = draft_points(first);
    if !points.is_empty() {
        talk.say(&Text::same(""));
        talk.say(&Text::new("確かめるところ（大事なものから）:", "What to look at, the gravest first:"));
    }
    for (k, point) in (1..).zip(&points) {
        let named = |lang: Lang, sign: &str, more: &str| {
            let mut names: Vec<&str> = Vec::new();
            for place in point.places.iter().map(|p| p.get(lang)) {
                if !names.contains(&place) {
                    names.push(place);
                }
            }
            let rest = if names.len() > NAMED { more } else { "" };
            format!("{}{rest}", names.iter().take(NAMED).copied().collect::<Vec<_>>().join(sign))
        };
        let (ja, en) = (named(Lang::Ja, "、", " ほか"), named(Lang::En, ", ", ", …"));
        talk.say(&Text::new(
            format!("{k:>2}. {}: {}件  {ja}", point.what.ja, point.count),
            format!("{k:>2}. {}: {}  {en}", point.what.en, point.count),
        ));
        talk.say(&Text::new(format!("    → {}", point.advice.ja), format!("    → {}", point.advice.en)));
    }
    let counts = question_counts(&first.inferred.questionnaire.questions);
    talk.say(&Text::same(""));
    talk.say(&Text::new(
        format!("{}。推測したところには、すべて「要確認」と書いてあります。", counts.ja),
        format!("{}; all that was guessed is marked TO CHECK.", counts.en),
    ));
}

/// A path as it can be typed.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains([' ', '\'']) { format!("\"{text}\"") } else { text }
}
