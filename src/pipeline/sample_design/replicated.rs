//! Columns of replicate weights, which are the design.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::SampleDesign;
use super::numbers::{weights as weights_of, whole_numbers};
use super::replication::{RHO, ReplicateRequest, ReplicateType};
use crate::code::Code;
use crate::design::{Design, ReplicateKind, Replicates};
use crate::error::{Diagnostic, Error, Result, SourceText, collect};
use crate::pipeline::variables::source::Source;
use crate::provenance::Place;
use crate::text::Text;
use crate::text::fold::fold;
use crate::text::number::number;

/// The design of columns of replicate weights.
///
/// # Errors
/// All in one go: strata, clusters or sizes beside them, no weights, no column that matches, no type, scales
/// that cannot be read.
pub(super) fn design(
    declared: &SampleDesign<'_>,
    request: &ReplicateRequest,
    source: &Source<'_>,
    how: &mut Vec<Text>,
) -> Result<Design> {
    let pattern = request.replicates.as_deref().unwrap_or_default();
    let rscales = declared.rscales;
    let mistake = |ja: String, en: String| Diagnostic::new(Code::DesignReplicates, Text::new(ja, en));
    let mut mistakes = Vec::new();
    let units = [&declared.strata, &declared.clusters, &declared.fpc];
    if units.iter().any(|names| !names.is_empty()) || declared.population.is_some() {
        mistakes.push(mistake(
            "反復ウエイトの列（--replicates 'rep*'）は --strata、--cluster、--fpc と一緒に使えません（反復\
             ウエイトが標本設計を表します）"
                .to_owned(),
            "columns of replicate weights (--replicates 'rep*') do not go with --strata, --cluster or \
             --fpc: they are the design"
                .to_owned(),
        ));
    }
    let Some(weight) = &declared.weight else {
        mistakes.push(mistake(
            "--replicates には --weight が必要です".to_owned(),
            "--replicates needs --weight".to_owned(),
        ));
        return Err(Error::all(mistakes).unwrap_or_else(|| Error::msg(Code::DesignReplicates, "", "")));
    };
    let weight = collect(source.column(weight), &mut mistakes);
    let position = weight.as_ref().map(|w| w.position);
    let weights = weight.as_ref().and_then(|w| collect(weights_of(w, source), &mut mistakes));
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
        read.into_iter().filter_map(|column| collect(column, &mut mistakes).flatten()).collect();
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
    let kind = request.kind.map(|t| kind(t, request.rho.unwrap_or(RHO)));
    let scales = rscales.and_then(|text| collect(scales(text), &mut mistakes));
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
    if request.rho.is_some() && request.kind != Some(ReplicateType::Fay) {
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
            Code::DesignReplicates,
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
    let name = declared.weight.as_deref().unwrap_or_default();
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
                return Err(Diagnostic::new(Code::DesignRscales, message).at(Place::file(&text.file)).into());
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
    use super::{matches, scales};
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
}
