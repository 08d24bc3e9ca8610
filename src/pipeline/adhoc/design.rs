//! The sample design that the flags declare.

use std::collections::HashMap;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::columns::Stacked;
use super::population;
use super::replication::{RHO, Replication};
use super::request::{Inputs, ReplicateType, Request};
use super::source::Source;
use crate::design::{self, Declaration, Design, Fpc, Rake, ReplicateFactors, ReplicateKind, Replicates};
use crate::error::{Diagnostic, Error, Result, SourceText};
use crate::estimate::{DeffReference, IntervalBasis, IntervalMethod};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// A design, and how to speak of it.
#[derive(Debug)]
pub(in crate::pipeline) struct Made {
    /// The design.
    pub(in crate::pipeline) design: Design,
    /// The replicates that were made of it, where the variance is theirs.
    pub(in crate::pipeline) replicates: Option<ReplicateFactors>,
    /// What it is, in words.
    pub(in crate::pipeline) how: Vec<Text>,
    /// Whether nothing at all was said of it.
    pub(in crate::pipeline) simple: bool,
    /// What a design effect compares with when nobody says: without replacement needs a population, which
    /// weights that sum to no more than the respondents do not tell.
    pub(in crate::pipeline) deff: DeffReference,
}

impl Made {
    /// What a share's interval rests on: the classical binomial formulas are for a simple sample, with those
    /// methods that are one.
    pub(in crate::pipeline) fn basis(&self, method: IntervalMethod) -> IntervalBasis {
        match method {
            IntervalMethod::Wilson
            | IntervalMethod::WilsonCc
            | IntervalMethod::AgrestiCoull
            | IntervalMethod::Jeffreys
            | IntervalMethod::ClopperPearson
                if self.simple =>
            {
                IntervalBasis::Binomial
            }
            _ => IntervalBasis::Design,
        }
    }
}

/// Declares and calibrates the design: weights and units first, then post-stratification, raking,
/// calibration.
///
/// # Errors
/// All mistakes of the columns in one go; those of the design; flags that contradict each other.
pub(in crate::pipeline) fn make(
    request: &Request,
    inputs: &Inputs,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Made> {
    let mut how = Vec::new();
    let replication = Replication::of(request)?;
    let mut design = match &replication {
        Replication::Columns(pattern) => {
            replicated(request, pattern, inputs.rscales.as_ref(), source, &mut how)?
        }
        Replication::None | Replication::Made(_) => linearised(request, source, findings, &mut how)?,
    };
    let mut replicates = match replication {
        Replication::Made(making) => Some(making.make(&design, request, &mut how, findings)?),
        _ => None,
    };
    // Every replicate is calibrated by itself, which takes its weights.
    let calibrated = inputs.post_stratify.is_some() || !inputs.rake.is_empty() || inputs.calibrate.is_some();
    if let Some(factors) = replicates.take_if(|_| calibrated) {
        design = design.with_factors(&factors)?;
    }
    if let Some(table) = &inputs.post_stratify {
        let margin = population::margin(table, source, design.weights(), findings)?;
        how.push(Text::new(
            format!("事後層化: {}", margin.name()),
            format!("post-stratified by {}", margin.name()),
        ));
        design = design.post_stratify(&margin)?;
    }
    if !inputs.rake.is_empty() {
        let mut mistakes = Vec::new();
        let margins: Vec<_> = inputs
            .rake
            .iter()
            .filter_map(|t| {
                super::collect(population::margin(t, source, design.weights(), findings), &mut mistakes)
            })
            .collect();
        if let Some(error) = Error::all(mistakes) {
            return Err(error);
        }
        let names: Vec<&str> = margins.iter().map(design::Margin::name).collect();
        how.push(Text::new(
            format!("レイキング: {}", names.join("、")),
            format!("raked to {}", names.join(", ")),
        ));
        design = design.rake(&margins, &Rake::default())?;
    }
    if let Some(table) = &inputs.calibrate {
        let calibration = population::calibration(table, source, findings)?;
        how.push(Text::new(
            format!("較正（線形）: 補助変数{}個", calibration.terms.len()),
            format!("calibrated (linear) to {} totals", calibration.terms.len()),
        ));
        design = design.calibrate(&calibration)?;
    }
    let sum: f64 = design.weights().iter().sum();
    let deff = if sum > design.rows() as f64 {
        DeffReference::WithoutReplacement
    } else {
        DeffReference::WithReplacement
    };
    if how.is_empty() {
        how.push(simple_words());
    }
    Ok(Made { design, replicates, how, simple: !request.has_design(), deff })
}

pub(in crate::pipeline) fn strata_words(names: &str, counts: &str) -> Text {
    Text::new(format!("層: {names}（{counts}層）"), format!("strata: {names} ({counts})"))
}

pub(in crate::pipeline) fn cluster_words(names: &str, counts: &str) -> Text {
    Text::new(format!("集落: {names}（符号{counts}）"), format!("clusters: {names} (codes: {counts})"))
}

pub(in crate::pipeline) fn fpc_words(names: &str, fractions: bool) -> Text {
    let kind = if fractions {
        Text::new("抽出率", "sampling fractions")
    } else {
        Text::new("母集団の大きさ", "population sizes")
    };
    Text::new(format!("有限母集団修正: {names}（{}）", kind.ja), format!("fpc: {names} ({})", kind.en))
}

pub(in crate::pipeline) fn weight_words(name: &str) -> Text {
    Text::new(format!("ウエイト: {name}"), format!("weights: {name}"))
}

pub(in crate::pipeline) fn simple_words() -> Text {
    Text::new("単純無作為標本（標本設計の指定なし）", "simple random sample (no design flag)")
}

/// Codes of a column of strata or clusters.
fn codes(column: &Stacked, source: &Source<'_>) -> Result<(Vec<u32>, Vec<String>)> {
    if let Some(at) = column.values.iter().position(|v| v.blank) {
        let row = column.rows.iter().position(|r| *r as usize == at).unwrap_or(0);
        let count = column.rows.iter().filter(|r| column.values[**r as usize].blank).count();
        return Err(Diagnostic::new(
            "adhoc::design-blank",
            Text::new(
                format!("標本設計の列「{}」が空欄の回答者が{count}人います", column.name),
                format!("the design column \"{}\" is blank for {count} respondents", column.name),
            ),
        )
        .at(source.place(row, column))
        .into());
    }
    let mut index: HashMap<String, u32> = HashMap::new();
    let mut names = Vec::new();
    let each: Vec<u32> = column
        .values
        .iter()
        .map(|v| {
            *index.entry(v.key()).or_insert_with(|| {
                names.push(v.text.clone());
                names.len() as u32 - 1
            })
        })
        .collect();
    Ok((column.spread(&each), names))
}

/// A number for each respondent, of which none may be missing. `infinite` lets `Inf` pass.
fn whole_numbers(column: &Stacked, source: &Source<'_>, infinite: bool) -> Result<Vec<f64>> {
    let mut mistakes = Vec::new();
    let mut count = 0;
    let each: Vec<f64> = column
        .values
        .iter()
        .enumerate()
        .map(|(at, v)| match v.number {
            Some(x) => x,
            None if infinite && matches!(v.folded.to_lowercase().as_str(), "inf" | "infinity" | "∞") => {
                f64::INFINITY
            }
            None => {
                count += column.rows.iter().filter(|r| **r as usize == at).count();
                if mistakes.is_empty() {
                    let row = column.rows.iter().position(|r| *r as usize == at).unwrap_or(0);
                    mistakes.push((v.text.clone(), source.place(row, column)));
                }
                f64::NAN
            }
        })
        .collect();
    match mistakes.pop() {
        None => Ok(column.spread(&each)),
        Some((text, place)) => Err(Diagnostic::new(
            "adhoc::design-number",
            Text::new(
                format!("列「{}」に数でない値が{count}件あります（最初は「{text}」）", column.name),
                format!("{count} values in column \"{}\" are no numbers (first: \"{text}\")", column.name),
            ),
        )
        .at(place)
        .into()),
    }
}

fn linearised(
    request: &Request,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    let mut mistakes = Vec::new();
    let list = |names: &Option<String>| names.as_ref().map_or(Ok(Vec::new()), |list| source.columns(list));
    let strata = super::collect(list(&request.strata), &mut mistakes).unwrap_or_default();
    let clusters = super::collect(list(&request.clusters), &mut mistakes).unwrap_or_default();
    let fpc = super::collect(list(&request.fpc), &mut mistakes).unwrap_or_default();
    let weight = request.weight.as_ref().and_then(|name| super::collect(source.column(name), &mut mistakes));
    let mut declaration = Declaration::new(source.rows()).nesting(request.nesting).lonely(request.lonely);
    let made: Vec<_> =
        clusters.iter().filter_map(|c| super::collect(codes(c, source), &mut mistakes)).collect();
    if !made.is_empty() {
        let counts = made.iter().map(|(_, names)| names.len().to_string()).collect::<Vec<_>>().join(", ");
        how.push(cluster_words(&named(&clusters), &counts));
        declaration = declaration.clusters(made.into_iter().map(|(of_row, _)| of_row).collect());
    }
    let made: Vec<_> =
        strata.iter().filter_map(|c| super::collect(codes(c, source), &mut mistakes)).collect();
    if !made.is_empty() && mistakes.is_empty() {
        let stages = if clusters.is_empty() { vec![crossed(&made)] } else { made };
        let counts = stages.iter().map(|(_, names)| names.len().to_string()).collect::<Vec<_>>().join(", ");
        how.push(strata_words(&named(&strata), &counts));
        let names = stages.first().map(|(_, names)| names.clone()).unwrap_or_default();
        declaration =
            declaration.stratum_names(names).strata(stages.into_iter().map(|(of_row, _)| of_row).collect());
    }
    let sizes: Vec<Vec<f64>> =
        fpc.iter().filter_map(|c| super::collect(whole_numbers(c, source, true), &mut mistakes)).collect();
    if !sizes.is_empty() {
        let fractions = sizes.iter().flatten().all(|x| *x <= 1.0);
        how.push(fpc_words(&named(&fpc), fractions));
        declaration = declaration.fpc(if fractions {
            Fpc::SamplingFraction(sizes)
        } else {
            Fpc::PopulationSize(sizes)
        });
    }
    if let Some(weight) = &weight {
        if let Some(weights) = super::collect(whole_numbers(weight, source, false), &mut mistakes) {
            declaration = declaration.weights(weights);
        }
        how.push(weight_words(&weight.name));
    }
    if request.nesting == design::Nesting::WithinStrata && clusters.is_empty() {
        let text = Text::new(
            "--nest は --cluster がないと意味がありません",
            "--nest means nothing without --cluster",
        );
        findings.push(Finding::warning("adhoc::nest", text, Place::default()));
    }
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => design::declare(declaration),
    }
}

fn named(columns: &[Stacked]) -> String {
    columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Without clusters there is one stage only, so that several columns of strata are their crossing.
fn crossed(columns: &[(Vec<u32>, Vec<String>)]) -> (Vec<u32>, Vec<String>) {
    let [one] = columns else {
        let rows = columns.first().map_or(0, |(of_row, _)| of_row.len());
        let mut index: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut names = Vec::new();
        let of_row = (0..rows)
            .map(|row| {
                let key: Vec<u32> = columns.iter().map(|(of_row, _)| of_row[row]).collect();
                *index.entry(key).or_insert_with(|| {
                    let parts = columns.iter().map(|(of_row, names)| names[of_row[row] as usize].as_str());
                    names.push(parts.collect::<Vec<_>>().join(" × "));
                    names.len() as u32 - 1
                })
            })
            .collect();
        return (of_row, names);
    };
    one.clone()
}

fn replicated(
    request: &Request,
    pattern: &str,
    rscales: Option<&SourceText>,
    source: &Source<'_>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    let mistake = |ja: String, en: String| Diagnostic::new("adhoc::replicates", Text::new(ja, en));
    let mut mistakes = Vec::new();
    if request.strata.is_some() || request.clusters.is_some() || request.fpc.is_some() {
        mistakes.push(mistake(
            "反復ウエイトの列（--replicates 'rep*'）は --strata、--cluster、--fpc と一緒に使えません（反復\
             ウエイトが標本設計を表します）"
                .to_owned(),
            "columns of replicate weights (--replicates 'rep*') do not go with --strata, --cluster or \
             --fpc: they are the design"
                .to_owned(),
        ));
    }
    let Some(weight) = &request.weight else {
        mistakes.push(mistake(
            "--replicates には --weight が必要です".to_owned(),
            "--replicates needs --weight".to_owned(),
        ));
        return Err(Error::all(mistakes).unwrap_or_else(|| Error::msg("adhoc::replicates", "", "")));
    };
    let weight = super::collect(source.column(weight), &mut mistakes);
    let position = weight.as_ref().map(|w| w.position);
    let weights =
        weight.as_ref().and_then(|w| super::collect(whole_numbers(w, source, false), &mut mistakes));
    let names: Vec<String> = source.names().into_iter().filter(|name| matches(pattern, name)).collect();
    let read = |name: &String| {
        let column = source.column(name)?;
        if Some(column.position) == position {
            Ok(None)
        } else {
            whole_numbers(&column, source, false).map(Some)
        }
    };
    let read: Vec<Result<Option<Vec<f64>>>> = names.par_iter().map(read).collect();
    let columns: Vec<Vec<f64>> =
        read.into_iter().filter_map(|column| super::collect(column, &mut mistakes).flatten()).collect();
    if names.is_empty() {
        let known = source.names();
        let help = crate::text::suggest::did_you_mean(pattern, known.iter().map(String::as_str));
        let mut diagnostic = mistake(
            format!("「{pattern}」に当たる列がありません"),
            format!("no column matches \"{pattern}\""),
        );
        diagnostic.help = help;
        mistakes.push(diagnostic);
    }
    let kind = request.replicate_type.map(|t| kind(t, request.rho.unwrap_or(RHO)));
    let scales = rscales.and_then(|text| super::collect(scales(text), &mut mistakes));
    if kind.is_none() {
        mistakes.push(mistake(
            "--replicate-type（jk1、jkn、brr、fay、bootstrap、subbootstrap、sdr のどれか）が必要です"
                .to_owned(),
            "--replicate-type is needed: jk1, jkn, brr, fay, bootstrap, subbootstrap or sdr".to_owned(),
        ));
    }
    if kind == Some(ReplicateKind::Jkn) && rscales.is_none() && request.scale.is_none() {
        mistakes.push(mistake(
            "jkn には --rscales FILE（反復ごとの倍率 (n_h−1)/n_h）が必要です".to_owned(),
            "jkn needs --rscales FILE: (n_h − 1)/n_h of each replicate".to_owned(),
        ));
    }
    if request.rho.is_some() && request.replicate_type != Some(ReplicateType::Fay) {
        mistakes.push(mistake(
            "--rho は --replicate-type fay と使います".to_owned(),
            "--rho goes with --replicate-type fay".to_owned(),
        ));
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let (Some(kind), Some(weights)) = (kind, weights) else {
        return Err(Error::msg(
            "adhoc::replicates",
            "反復ウエイトが読めません",
            "cannot read the replicate weights",
        ));
    };
    let count = columns.len();
    let mut replicates = Replicates::new(kind, columns)?.centre(request.centre);
    if let Some(scale) = request.scale {
        replicates = replicates.scale(scale)?;
    }
    if let Some(scales) = scales {
        replicates = replicates.rscales(scales)?;
    }
    let name = request.weight.as_deref().unwrap_or_default();
    how.push(Text::new(
        format!(
            "反復ウエイト: {pattern}（{count}個、scale {}）、ウエイト: {name}",
            replicates.overall_scale()
        ),
        format!(
            "replicate weights: {pattern} ({count}, scale {}), weights: {name}",
            replicates.overall_scale()
        ),
    ));
    Design::replicated(weights, replicates)
}

fn kind(of: ReplicateType, rho: f64) -> ReplicateKind {
    match of {
        ReplicateType::Jk1 => ReplicateKind::Jk1,
        ReplicateType::Jkn => ReplicateKind::Jkn,
        ReplicateType::Brr => ReplicateKind::Brr,
        ReplicateType::Fay => ReplicateKind::Fay { rho },
        ReplicateType::Bootstrap | ReplicateType::Subbootstrap => ReplicateKind::Bootstrap,
        ReplicateType::Sdr => ReplicateKind::Sdr,
    }
}

/// The numbers of a file, parted by line breaks, commas, tabs or blanks; a first word that is none is its
/// header.
fn scales(text: &SourceText) -> Result<Vec<f64>> {
    let mut out = Vec::new();
    let words = text.text.split([',', '\n', '\r', '\t', ' ', ';']).map(fold).filter(|w| !w.is_empty());
    for (at, word) in words.enumerate() {
        match number(word.trim_matches('"')) {
            Some(x) => out.push(x),
            None if at == 0 => {}
            None => {
                let message = Text::new(
                    format!("rscales の「{word}」が読めません"),
                    format!("cannot read \"{word}\" as an rscale"),
                );
                return Err(Diagnostic::new("adhoc::rscales", message).at(Place::file(&text.file)).into());
            }
        }
    }
    Ok(out)
}

/// Whether a column's name fits a pattern: `*` is any text, `?` any character. A comma parts several
/// patterns.
fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = fold(name).chars().collect();
    pattern.split(',').any(|one| {
        let one: Vec<char> = fold(one).chars().collect();
        // The last star, and where its text began: the text may be one longer each time the rest does not
        // fit.
        let (mut p, mut n, mut star) = (0, 0, None);
        while n < name.len() {
            match one.get(p) {
                Some('*') => {
                    star = Some((p, n));
                    p += 1;
                }
                Some(c) if *c == '?' || *c == name[n] => {
                    p += 1;
                    n += 1;
                }
                _ => match star {
                    Some((at, began)) => {
                        star = Some((at, began + 1));
                        p = at + 1;
                        n = began + 1;
                    }
                    None => return false,
                },
            }
        }
        one[p..].iter().all(|c| *c == '*')
    })
}

#[cfg(test)]
mod tests {
    use super::{crossed, matches, scales};
    use crate::error::SourceText;

    #[test]
    fn patterns_match_whole_names() {
        assert!(
            matches("rep*", "rep12")
                && matches("rep*", "rep")
                && matches("*", "x")
                && matches("a*b*c", "aXbYbc")
        );
        assert!(
            matches("jk?", "jk1")
                && !matches("jk?", "jk10")
                && matches("w1,w2", "w2")
                && matches("ｒｅｐ*", "rep1")
        );
        assert!(!matches("rep*", "xrep1") && !matches("a*b", "abc") && !matches("", "a"));
    }

    #[test]
    fn scales_are_read_with_or_without_a_header() {
        let read = |text: &str| scales(&SourceText { file: "r.csv".to_owned(), text: text.to_owned() }).ok();
        assert_eq!(read("rscale\n0.5\n0.25\n"), Some(vec![0.5, 0.25]));
        assert_eq!(read("0.5,0.25"), Some(vec![0.5, 0.25]));
        assert_eq!(read("0.5\nx\n"), None);
    }

    #[test]
    fn strata_are_crossed() {
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let (of_row, crossed) =
            crossed(&[(vec![0, 0, 1, 0], names(&["男", "女"])), (vec![0, 1, 1, 0], names(&["若", "老"]))]);
        assert_eq!((of_row, crossed), (vec![0, 1, 2, 0], names(&["男 × 若", "男 × 老", "女 × 老"])));
    }
}
