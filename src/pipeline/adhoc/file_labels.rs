//! Labels of values that the files themselves have (SPSS, Stata, SAS), for tables that people read. The codes
//! stay what a number is known by.

use crate::indicator::EstimateRecord;
use crate::pipeline::variables::variable::TypedCode;
use crate::questionnaire::Questionnaire;
use crate::raw::Table;
use crate::report::estimate_tables::FileLabels;

/// The labels of all codes that stand in `rows`. A question's options have their words already.
pub(super) fn of_rows(
    rows: &[EstimateRecord],
    tables: &[Table],
    questionnaire: Option<&Questionnaire>,
) -> FileLabels {
    let mut out = FileLabels::default();
    let is_question = |name: &str| questionnaire.is_some_and(|q| q.question(name).is_some());
    if tables.iter().all(|table| table.dictionary.is_none()) {
        return out;
    }
    for row in rows {
        let values = row.values.iter().map(|value| (&row.variable, value));
        let groups = row.key.groups.iter().map(|group| (&group.variable, &group.value));
        for (variable, value) in values.chain(groups) {
            if out.get(variable, value).is_none()
                && !is_question(variable)
                && let Some(label) = tables.iter().find_map(|table| label(table, variable, value))
            {
                out.insert(variable, value, label);
            }
        }
    }
    out
}

/// The label that a file's dictionary gives a code; none where it was asked for by its label.
fn label<'t>(table: &'t Table, variable: &str, value: &str) -> Option<&'t str> {
    let column = table.column(variable)?;
    let known = &table.dictionary.as_ref()?.variables.get(&column.name())?.value_labels;
    let code = TypedCode::new(value);
    let (_, label) = known.iter().find(|(cell, _)| code.is(cell.text().trim()))?;
    Some(label.trim()).filter(|label| !label.is_empty() && !code.is(label))
}
