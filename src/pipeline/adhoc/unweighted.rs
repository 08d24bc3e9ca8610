//! Files that have weights, and are estimated without them.

use super::request::Request;
use crate::code::Code;
use crate::draft::{SampleColumn, sample_column};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::raw::Table;
use crate::text::Text;

/// Tells of a column that weights the rows, by the file's own word or by its name, where the request has no
/// weights.
pub(super) fn finding(request: &Request, tables: &[Table]) -> Option<Finding> {
    let tables_of_people = [&request.population, &request.post_stratify, &request.calibrate];
    let weighted = request.weight.is_some() || tables_of_people.iter().any(|t| t.is_some());
    if weighted || !request.rake.is_empty() {
        return None;
    }
    let table = tables.first()?;
    let said = table.dictionary.as_ref().and_then(|d| d.weight.clone());
    let is_weight = |heading: &String| sample_column(heading) == Some(SampleColumn::Weight);
    let named = || table.columns.iter().find(|c| c.header.iter().any(is_weight)).map(|c| c.name());
    let (text, name) = match (said, named()) {
        (Some(name), _) => (
            Text::new(
                format!(
                    "ファイルは「{name}」で重み付けするとしていますが、ウエイトなしで集計しました。使うには \
                     --weight '{name}' とします"
                ),
                format!(
                    "the file says that \"{name}\" weights it, but no weights were used; to use them, give \
                     --weight '{name}'"
                ),
            ),
            name,
        ),
        (None, Some(name)) => (
            Text::new(
                format!(
                    "列「{name}」はウエイトとみられますが、ウエイトなしで集計しました。使うには --weight \
                     '{name}' とします"
                ),
                format!(
                    "column \"{name}\" looks like weights, but none were used; to use them, give --weight \
                     '{name}'"
                ),
            ),
            name,
        ),
        (None, None) => return None,
    };
    Some(Finding::warning(Code::AdhocUnweighted, text, Place::file(&table.digest.file).column(name)))
}
