//! A cross-table of two questions of a wave: answers decoded by a questionnaire, shares in each part.
//!
//! ```sh
//! cargo run --example tabulate
//! ```

use std::sync::Arc;

use shihyo::decode::{Base, DecodeOptions, Responses, decode, share_outcome};
use shihyo::design::Design;
use shihyo::error::{Result, SourceText};
use shihyo::estimate::{Estimand, Groups, NO_GROUP, Options, estimate_by};
use shihyo::questionnaire::read_questionnaire;
use shihyo::raw::{ReadOptions, read_bytes};

const QUESTIONNAIRE: &str = r#"
title = "市民アンケート"
[[question]]
id = "性別"
type = "single"
options = ["男性", "女性"]
[[question]]
id = "問1"
type = "single"
options = ["参加したい", "参加したくない"]
"#;

const ANSWERS: &str = "性別,問1\n1,1\n2,参加したい\n2,2\n1,2\n女性,1\n,1\n2,\n";

fn main() -> Result<()> {
    let source = SourceText { file: "q.toml".into(), text: QUESTIONNAIRE.into() };
    let questionnaire = read_questionnaire(Arc::new(source))?;
    let table = read_bytes(ANSWERS.as_bytes(), "answers.csv", &ReadOptions::default())?;
    let answers = decode(&questionnaire, &[table], &DecodeOptions::default())?;
    let Responses::Single(sex) = &answers.responses[0] else { return Ok(()) };
    let groups: Vec<u32> = sex.iter().map(|s| s.map_or(NO_GROUP, u32::from)).collect();
    let outcomes = share_outcome(&answers.responses[1], &[0], Base::Answered);
    let design = Design::simple(answers.rows)?;
    let shares =
        estimate_by(&design, &Estimand::Share(&outcomes), &Groups::new(&groups, 2), &Options::default())?;
    for (part, share) in questionnaire.questions[0].categories().iter().zip(&shares) {
        match &share.value {
            Ok(p) => println!("{}: {:.1} % (n = {})", part.label, 100.0 * p, share.n),
            Err(reason) => println!("{}: {reason}", part.label),
        }
    }
    Ok(())
}
