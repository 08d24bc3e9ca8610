//! Files that are joined to the responses of a wave.

use super::super::join_spec::{JoinSpec, JoinsSpec, KeySpec, SameColumnsSpec};
use super::super::plan::WaveJoin;
use super::Resolver;
use crate::code::Code;
use crate::join::{Join, KeyColumn};
use crate::raw::ReadOptions;
use crate::text::Text;

impl Resolver<'_> {
    pub(super) fn joins(&mut self, spec: &JoinsSpec) -> Vec<WaveJoin> {
        spec.0.iter().map(|join| self.join(join)).collect()
    }

    fn join(&mut self, spec: &JoinSpec) -> WaveJoin {
        let (answers, file) = match spec.key.get_ref() {
            KeySpec::Same(names) => (&names.0, &names.0),
            KeySpec::Each(names) => (&names.answers.0, &names.file.0),
        };
        if answers.len() != file.len() {
            let span = self.at(&spec.key);
            let (ours, theirs) = (answers.len(), file.len());
            self.mistake(
                Code::JoinRequest,
                span,
                format!("キーの列の数が違います（answers {ours}列、file {theirs}列）"),
                format!("the key has {ours} columns in answers and {theirs} in file"),
                Some(Text::new(
                    "同じ順に、同じ数の列を書いてください",
                    "name as many columns in both, in the same order",
                )),
            );
        }
        let pair =
            |(answers, file): (&String, &String)| KeyColumn { answers: answers.clone(), file: file.clone() };
        WaveJoin {
            file: spec.file.get_ref().clone(),
            read: ReadOptions {
                sheet: spec.sheet.clone(),
                skip_rows: spec.skip_rows.map(usize::from),
                header_rows: spec.header_rows.map(usize::from),
                encoding: spec.encoding.clone(),
                ..ReadOptions::of_responses()
            },
            how: Join {
                key: answers.iter().zip(file).map(pair).collect(),
                columns: spec
                    .columns
                    .as_ref()
                    .map(|names| names.iter().map(|w| w.get_ref().clone()).collect()),
                prefix: spec.prefix.clone(),
                keep_answers: spec.same_columns == Some(SameColumnsSpec::Answers),
            },
        }
    }
}
