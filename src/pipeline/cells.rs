//! What stands in the years of a measure before the target's: estimates, counts, published figures.

use std::collections::BTreeMap;

use super::definition::EstimateDefinition;
use super::plan::{Answerable, MeasurePlan, Plan};
use super::trend;
use crate::code::Code;
use crate::error::{Diagnostic, Result};
use crate::finding::Finding;
use crate::indicator::{
    AdminCell, CellContent, CountQuery, Counts, DataKind, EstimateRecord, Estimated, FiscalYear, NumberKey,
    Observation, ObservedValue, Quantity, Target, Unit, ValueSource, reported,
};
use crate::provenance::Place;
use crate::text::Text;

/// Years before the target's.
fn observed_years(plan: &Plan) -> &[FiscalYear] {
    plan.years.split_last().map_or(&[], |(_, before)| before)
}

/// What stands in `year` whatever the source: the plan's own words come first.
fn said(measure: &MeasurePlan, year: FiscalYear) -> Option<CellContent> {
    if measure.not_available.contains(&year) {
        return Some(CellContent::NotAvailable);
    }
    let (_, cell) = measure.published.iter().find(|(y, _)| *y == year)?;
    Some(reported(cell, measure.unit.as_ref(), ValueSource::Published))
}

/// The cells of an administrative count.
///
/// # Errors
/// Those of [`Counts::find`].
pub(super) fn count_cells(
    plan: &Plan,
    measure: &MeasurePlan,
    counts: &Counts,
    query: &CountQuery,
    data: DataKind,
    findings: &mut Vec<Finding>,
) -> Result<BTreeMap<FiscalYear, CellContent>> {
    let readings = counts.find(query, observed_years(plan))?;
    let item = query.words();
    let mut cells = BTreeMap::new();
    let mut tell = |finding: Finding| {
        // One sheet may be told of by several indicators.
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    let bare = |cell: &AdminCell| match cell {
        AdminCell::Value { quantity, .. } if quantity.unit.is_blank() => Some(quantity.number.to_f64()),
        _ => None,
    };
    let numbers: Vec<f64> = readings.values().filter_map(|r| bare(&r.cell)).collect();
    let small = numbers.iter().all(|x| x.abs() <= 1.0) && numbers.iter().any(|x| *x != 0.0);
    if let (Some(Unit::Percent), true, Some(first)) = (&measure.unit, small, readings.values().next()) {
        tell(Finding::warning(
            Code::IndicatorCountCell,
            Text::new(
                format!("「{item}」の値はすべて1以下です。0.5 は 50% でなく 0.5% として使いました"),
                format!("all figures of \"{item}\" are at most 1; 0.5 was taken as 0.5%, not as 50%"),
            ),
            first.place.clone(),
        ));
    }
    for &year in observed_years(plan) {
        let found = readings.get(&year);
        found.iter().flat_map(|reading| &reading.findings).cloned().for_each(&mut tell);
        let source = |reading: &crate::indicator::CountReading| ValueSource::Admin {
            place: reading.place.clone(),
            found: (reading.address.clone(), reading.headings.clone()),
            data,
        };
        let content = match (said(measure, year), found) {
            (_, Some(reading)) if matches!(reading.cell, AdminCell::Value { .. }) => {
                reported(&reading.cell, measure.unit.as_ref(), source(reading))
            }
            (Some(said), _) => said,
            (None, Some(reading)) => {
                if reading.cell == AdminCell::Pending && year <= plan.report_year {
                    tell(Finding::warning(
                        Code::IndicatorCountBlank,
                        Text::new(
                            format!("「{item}」の{}の値がまだ記入されていません", year.long()),
                            format!("\"{item}\" has no figure for {year} yet"),
                        ),
                        reading.place.clone(),
                    ));
                }
                reported(&reading.cell, measure.unit.as_ref(), source(reading))
            }
            (None, None) if year > plan.report_year => CellContent::Pending,
            (None, None) => {
                let there: Vec<String> = counts.years().iter().map(|y| y.short()).collect();
                tell(Finding::warning(
                    Code::IndicatorCountMissing,
                    Text::new(
                        format!(
                            "「{item}」の{}の値がありません。「…」と表示します（見出しにある年度: {}）",
                            year.long(),
                            there.join("、")
                        ),
                        format!(
                            "\"{item}\" has no value for {year}; it prints … (years of the headings: {})",
                            there.join(", ")
                        ),
                    ),
                    counts.place(),
                ));
                CellContent::NotAvailable
            }
        };
        cells.insert(year, content);
    }
    Ok(cells)
}

/// Why the values of a measure cannot be compared with each other or with the target: they are of different
/// units or scales. `unit` is that of the plan.
pub(super) fn mixed_units(
    measure: &MeasurePlan,
    cells: &BTreeMap<FiscalYear, CellContent>,
    unit: Option<&Unit>,
) -> Option<Diagnostic> {
    let mut first: Option<(FiscalYear, &Quantity)> = None;
    for (year, content) in cells {
        let CellContent::Value(observation) = content else { continue };
        let ObservedValue::Reported(quantity) = &observation.value else { continue };
        let place = match &observation.source {
            ValueSource::Admin { place, .. } => place.clone(),
            _ => Place::default(),
        };
        let told = |ja: String, en: String, help: Text| {
            Some(Diagnostic::new(Code::IndicatorUnit, Text::new(ja, en)).at(place.clone()).help(help))
        };
        let same = Text::new(
            "表か計画の unit を直して、単位と位（千、万など）をそろえてください",
            "let units and scales be the same, in the table or in the plan's unit",
        );
        if let Some(target) = &measure.target
            && !quantity.unit.is_same(&target.quantity.unit)
        {
            return told(
                format!(
                    "{}の値「{quantity}」と目標値「{target}」は単位が違うので、比べられません",
                    year.long()
                ),
                format!("the value {quantity} of {year} and the target {target} are of different units"),
                what_to_write(quantity, target, unit),
            );
        }
        if let Some(unit) = unit
            && !quantity.unit.is_same(unit)
        {
            return told(
                format!("{}の値「{quantity}」が、項目の単位「{}」と違います", year.long(), unit.text()),
                format!("the value {quantity} of {year} is not in the indicator's unit \"{}\"", unit.text()),
                same,
            );
        }
        match first {
            Some((before, other)) if !other.unit.is_same(&quantity.unit) => {
                return told(
                    format!(
                        "{}の値「{other}」と{}の値「{quantity}」は単位が違うので、比べられません",
                        before.long(),
                        year.long()
                    ),
                    format!("{other} of {before} and {quantity} of {year} are of different units"),
                    same,
                );
            }
            Some(_) => {}
            None => first = Some((*year, quantity)),
        }
    }
    None
}

/// That the words of a target call its number a rough one.
pub(super) fn rough_target(target: &Target, item: &str) -> Option<Finding> {
    let text = Text::new(
        format!("「{item}」の目標値「{target}」は、{}を目標値として判定しました", target.quantity),
        format!("the target \"{target}\" of \"{item}\" was judged as {}", target.quantity),
    );
    target.is_rough().then(|| Finding::note(Code::IndicatorRoughTarget, text, Place::default()))
}

/// What a plan has to say, so that a value can be held against its target.
fn what_to_write(value: &Quantity, target: &Target, unit: Option<&Unit>) -> Text {
    let (of_value, of_target) = (value.unit.text(), target.quantity.unit.text());
    if let Some(target) = target.in_unit(&value.unit).filter(|_| !value.unit.is_blank()) {
        return Text::new(
            format!("同じ量を値の単位で書くと target = \"{target}\" です"),
            format!("the same target in the unit of the values is target = \"{target}\""),
        );
    }
    if value.unit.is_blank() && unit.is_none() {
        return Text::new(
            format!(
                "表の値が「{of_target}」の数なら、計画の項目に unit = \"{of_target}\" を書いてください（違え\
                 ば、表に単位を書いてください）"
            ),
            format!(
                "if the table counts {of_target}, write unit = \"{of_target}\" in the plan; if not, write \
                 the unit in the table"
            ),
        );
    }
    if target.quantity.unit.is_blank() {
        return Text::new(
            format!("目標値にも単位を書いてください: target = \"{target}{of_value}\""),
            format!("write the unit of the target too: target = \"{target}{of_value}\""),
        );
    }
    Text::new(
        format!("目標値を「{of_value}」で書くか、表の値を「{of_target}」にしてください"),
        format!("write the target in {of_value}, or the values of the table in {of_target}"),
    )
}

/// Mistakes of the same cell in one, with the items that share it.
pub(super) fn told_once(mistakes: Vec<(Diagnostic, String)>) -> Vec<Diagnostic> {
    let mut groups: Vec<(Diagnostic, Vec<String>)> = Vec::new();
    for (mistake, item) in mistakes {
        match groups.iter_mut().find(|(known, _)| *known == mistake) {
            Some((_, items)) if items.contains(&item) => {}
            Some((_, items)) => items.push(item),
            None => groups.push((mistake, vec![item])),
        }
    }
    let with_items = |(mut mistake, items): (Diagnostic, Vec<String>)| {
        if items.len() > 1 {
            let help = mistake.help.take().unwrap_or_default();
            let (ja, en) = (items.join("、"), items.join(", "));
            let text = Text::new(
                format!("{}（この誤りのある項目: {ja}）", help.ja),
                format!("{} (items with this mistake: {en})", help.en).trim().to_owned(),
            );
            mistake.help = Some(text);
        }
        mistake
    };
    groups.into_iter().map(with_items).collect()
}

/// The cells of an estimate.
pub(super) fn estimate_cells(
    plan: &Plan,
    measure: &MeasurePlan,
    definition: &EstimateDefinition,
    id: &str,
    records: &[EstimateRecord],
) -> BTreeMap<FiscalYear, CellContent> {
    let of = &plan.surveys[definition.survey];
    let mut cells = BTreeMap::new();
    for &year in observed_years(plan) {
        let key = NumberKey::of_survey(&of.key, year, id, Vec::new());
        let record = records.iter().find(|r| r.key == key);
        let data = of.waves.iter().find(|w| w.year == year).map_or(plan.data, |w| w.data);
        let content = match record {
            Some(record) => CellContent::Value(Box::new(Observation {
                value: ObservedValue::Estimated(Box::new(Estimated {
                    format: record.format.clone(),
                    estimate: record.estimate.clone(),
                })),
                mark: None,
                note: None,
                source: ValueSource::Survey { survey: of.key.clone(), wave: year, data },
                trend: trend::trend(plan, definition, year),
            })),
            None => match said(measure, year) {
                Some(content) => content,
                None if of
                    .waves
                    .iter()
                    .any(|w| w.year == year && w.answerable(definition) == Answerable::NoOption) =>
                {
                    CellContent::NotAvailable
                }
                None if of.planned.contains(&year) => CellContent::Pending,
                None => CellContent::NotSurveyed,
            },
        };
        cells.insert(year, content);
    }
    cells
}

/// The cells of a measure that is only published.
pub(super) fn without_definition(plan: &Plan, measure: &MeasurePlan) -> BTreeMap<FiscalYear, CellContent> {
    let content = |year: FiscalYear| {
        said(measure, year).unwrap_or(if year > plan.report_year {
            CellContent::Pending
        } else {
            CellContent::NotAvailable
        })
    };
    observed_years(plan).iter().map(|&year| (year, content(year))).collect()
}
