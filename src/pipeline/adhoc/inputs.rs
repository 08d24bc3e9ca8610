//! The files that a request names, read.

use std::path::{Path, PathBuf};

use super::joins::joined;
use super::request::Request;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result, SourceText, collect};
use crate::finding::Finding;
use crate::pipeline::load;
use crate::provenance::Place;
use crate::questionnaire::Questionnaire;
use crate::raw::{self, ReadOptions, Table};
use crate::text::Text;

/// The files of a request, read.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The response files, at least one, with the columns of the files that are joined to them.
    pub tables: Vec<Table>,
    /// The files that were joined, as they are; those of the earlier wave too.
    pub joined: Vec<Table>,
    /// What joining found.
    pub of_joins: Vec<Finding>,
    /// The questionnaire that they are answers to.
    pub questionnaire: Option<Questionnaire>,
    /// The earlier wave.
    pub against: Option<Earlier>,
    /// The population table of the strata.
    pub population: Option<Table>,
    /// The population table to post-stratify to.
    pub post_stratify: Option<Table>,
    /// Those to rake to.
    pub rake: Vec<Table>,
    /// The one to calibrate to.
    pub calibrate: Option<Table>,
    /// The scales of the replicates.
    pub rscales: Option<SourceText>,
}

impl Inputs {
    /// The population tables.
    pub fn populations(&self) -> impl Iterator<Item = &Table> {
        let some = self.population.iter().chain(&self.post_stratify);
        some.chain(&self.rake).chain(&self.calibrate)
    }
}

/// The files of the earlier wave.
#[derive(Debug)]
pub struct Earlier {
    /// The response files, at least one.
    pub tables: Vec<Table>,
    /// Its own questionnaire; `None`: that of the later wave, if any.
    pub questionnaire: Option<Questionnaire>,
}

/// Reads the files that `request` names.
///
/// # Errors
/// A request for nothing; files that cannot be read, all of them in one go.
pub fn read(request: &Request) -> Result<Inputs> {
    let wanted = [
        &request.shares,
        &request.means,
        &request.totals,
        &request.ratios,
        &request.quantiles,
        &request.tests,
    ];
    if wanted.iter().all(|w| w.is_empty()) {
        return Err(Diagnostic::new(
            Code::AdhocNothing,
            Text::new("何を集計するかが指定されていません", "nothing to estimate was asked for"),
        )
        .help(Text::new(
            "--share 'COL=A|B'、--mean COL、--total COL、--ratio 'NUM/DEN'、--quantile 'COL@0.5'、--test \
             rao-scott 'COL × COL' のどれかを指定します",
            "give one of --share 'COL=A|B', --mean COL, --total COL, --ratio 'NUM/DEN', --quantile \
             'COL@0.5', --test rao-scott 'COL × COL'",
        ))
        .into());
    }
    let mut mistakes = Vec::new();
    let name = |path: &Path| path.to_string_lossy().into_owned();
    let mut table =
        |path: &PathBuf, options: &ReadOptions| collect(raw::read(path, &name(path), options), &mut mistakes);
    // Population tables are small files made for the purpose: the options speak of the response files.
    let plain = ReadOptions::default();
    let mut tables: Vec<Table> = request.files.iter().filter_map(|f| table(f, &request.read)).collect();
    let mut earlier: Vec<Table> = request.against.iter().filter_map(|f| table(f, &request.read)).collect();
    let mut inputs = Inputs {
        tables: Vec::new(),
        joined: Vec::new(),
        of_joins: Vec::new(),
        questionnaire: None,
        against: None,
        population: request.population.as_ref().and_then(|f| table(f, &plain)),
        post_stratify: request.post_stratify.as_ref().and_then(|f| table(f, &plain)),
        rake: request.rake.iter().filter_map(|f| table(f, &plain)).collect(),
        calibrate: request.calibrate.as_ref().and_then(|f| table(f, &plain)),
        rscales: None,
    };
    let rscales =
        request.rscales.as_ref().and_then(|path| collect(raw::read_text(path, &name(path)), &mut mistakes));
    let mut questionnaire = |path: &Option<PathBuf>| {
        let path = path.as_ref()?;
        let found = no_toml(path).map_or_else(|| load::questionnaire(path), Err);
        collect(found, &mut mistakes).map(|(_, questionnaire)| questionnaire)
    };
    let own = questionnaire(&request.questionnaire);
    let its = questionnaire(&request.against_questionnaire);
    if mistakes.is_empty() {
        for (tables, before) in
            [(&mut tables, false), (&mut earlier, true)].into_iter().filter(|(t, _)| !t.is_empty())
        {
            if let Some(found) = collect(joined(tables, &request.joins, before), &mut mistakes) {
                inputs.joined.extend(found.files);
                inputs.of_joins.extend(found.findings);
            }
        }
    }
    let against = (!earlier.is_empty()).then(|| Earlier { tables: earlier, questionnaire: its });
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(Inputs { tables, rscales, questionnaire: own, against, ..inputs }),
    }
}

/// A file of tables in the place of a questionnaire.
fn no_toml(path: &Path) -> Option<Error> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase())?;
    ["csv", "tsv", "txt", "xlsx", "xls", "ods", "sav", "dta", "parquet"].contains(&ending.as_str()).then(
        || {
            let text = Text::new(
                "--questionnaire は調査票（TOML）のファイルです",
                "--questionnaire takes a questionnaire in TOML",
            );
            Diagnostic::new(Code::AdhocQuestionnaire, text)
            .at(Place::file(path.to_string_lossy()))
            .help(Text::new(
                "XLSForm や設問一覧の表は「shihyo init 回答ファイル --form FILE」で、回答ファイルだけなら\
                 「shihyo init 回答ファイル」で調査票にします",
                "make one of an XLSForm or a tabulator's sheet by \"shihyo init RESPONSES --form FILE\", of \
                 responses alone by \"shihyo init RESPONSES\"",
            ))
            .into()
        },
    )
}
