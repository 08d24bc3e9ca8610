//! The rows for machines: JSON and CSV with the same fields.

use std::borrow::Cow;

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;
use serde_json::{Map, Value, json};

use super::{More, Row, Sheet};
use crate::error::Error;
use crate::estimate::{Deff, NotEstimable};
use crate::report::text_cell::{self, guarded, number};

/// Version of the fields; a field that changes its meaning gives a new one.
const SCHEMA_VERSION: &str = "1";

/// The fields that every row has, in this order.
const FIELDS: [&str; 19] = [
    "statistic",
    "variable",
    "codes",
    "by",
    "base",
    "n",
    "n_yes",
    "n_weighted",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "ci_method",
    "level",
    "df",
    "deff",
    "n_eff",
    "flags",
    "reason",
];

/// Those that hold lists, which are written in CSV in another way.
const LISTS: [&str; 3] = ["codes", "by", "flags"];

/// `{"schema_version", "rows": […]}`: shares in [0, 1]; what cannot be estimated is null, with the reason.
///
/// # Errors
/// The serialiser's own; no value can reach one.
pub fn json(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let rows: Vec<Value> = sheet.rows.iter().map(|row| Value::Object(object(row))).collect();
    text_cell::json(&json!({ "schema_version": SCHEMA_VERSION, "rows": rows }))
}

/// What a field holds.
enum Field<'a> {
    /// Nothing, or a list.
    None,
    Text(Cow<'a, str>),
    Count(u64),
    Real(f64),
}

impl From<Field<'_>> for Value {
    fn from(field: Field<'_>) -> Self {
        match field {
            Field::None => Self::Null,
            Field::Text(text) => Self::String(text.into_owned()),
            Field::Count(n) => n.into(),
            Field::Real(x) => x.into(),
        }
    }
}

/// The fields of a row, in order; those that hold lists ([`LISTS`]) are nothing here.
fn fields(row: &Row) -> Vec<(&'static str, Field<'_>)> {
    let e = &row.estimate;
    let interval = e.interval.as_ref().ok();
    let values = [
        Field::Text(row.statistic.name().into()),
        Field::Text(row.variable.as_str().into()),
        Field::None,
        Field::None,
        Field::Text(row.base.name().into()),
        Field::Count(e.n),
        e.n_yes.map_or(Field::None, Field::Count),
        real(Some(e.n_weighted)),
        real(e.value.as_ref().ok().copied()),
        real(e.se.as_ref().ok().copied()),
        real(interval.map(|i| i.low)),
        real(interval.map(|i| i.high)),
        row.method.map_or(Field::None, |method| Field::Text(method.into())),
        real(Some(row.level)),
        real(Some(e.df.domain)),
        real(deff(row).map(|d| d.value)),
        real(e.n_eff.as_ref().ok().copied()),
        Field::None,
        row.reasons().first().map_or(Field::None, |(_, reason)| Field::Text(code(reason).into())),
    ];
    let reference = deff(row).map(|deff| {
        ("deff_reference", Field::Text(json!(deff.reference).as_str().unwrap_or_default().to_owned().into()))
    });
    let more = row.more.iter().map(|(name, more)| {
        let value = match more {
            More::Number(value) => real(value.as_ref().ok().copied()),
            More::Count(n) => Field::Count(*n),
            More::Text(text) => Field::Text(text.as_str().into()),
        };
        (*name, value)
    });
    FIELDS.into_iter().zip(values).chain(reference).chain(more).collect()
}

fn object(row: &Row) -> Map<String, Value> {
    let by: Map<String, Value> = row.by.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let lists =
        [json!(row.codes), Value::Object(by), json!(row.flags.iter().map(|f| f.name()).collect::<Vec<_>>())];
    let mut out: Map<String, Value> =
        fields(row).into_iter().map(|(name, field)| (name.to_owned(), field.into())).collect();
    out.extend(LISTS.iter().map(|name| (*name).to_owned()).zip(lists));
    let reasons: Map<String, Value> =
        row.reasons().into_iter().map(|(field, reason)| (field.to_owned(), json!(code(reason)))).collect();
    if !reasons.is_empty() {
        out.insert("reasons".to_owned(), Value::Object(reasons));
    }
    out
}

fn deff(row: &Row) -> Option<Deff> {
    row.estimate.deff.as_ref().ok().copied()
}

/// A number; nothing where there is none. An empty sum is 0, not −0.
fn real(value: Option<f64>) -> Field<'static> {
    value.filter(|v| v.is_finite()).map_or(Field::None, |v| Field::Real(v + 0.0))
}

/// The stable name of a reason, such as `empty_base`.
fn code(reason: &NotEstimable) -> String {
    serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The rows as CSV (UTF-8 without byte order mark, since it goes into a pipe; LF): codes joined by `|`, the
/// breakdown as `a=1,b=2`, flags joined by blanks. After the fields that every row has come those that some
/// of them have.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let mut header: Vec<&str> = FIELDS.to_vec();
    if sheet.rows.iter().any(|row| deff(row).is_some()) {
        header.push("deff_reference");
    }
    for (name, _) in sheet.rows.iter().flat_map(|row| &row.more) {
        if !header.contains(name) {
            header.push(name);
        }
    }
    // Pieces of the table side by side.
    let piece = |rows: &[Row]| -> Result<Vec<u8>, Error> {
        let mut writer = text_cell::writer(Vec::new());
        for row in rows {
            line(row, &header, |text| writer.write_field(text)).map_err(text_cell::failed)?;
            writer.write_record(None::<&[u8]>).map_err(text_cell::failed)?;
        }
        writer.into_inner().map_err(text_cell::failed)
    };
    let pieces: Vec<Result<Vec<u8>, Error>> = sheet.rows.par_chunks(PIECE).map(piece).collect();
    let mut writer = text_cell::writer(Vec::new());
    writer.write_record(&header).map_err(text_cell::failed)?;
    let mut bytes = writer.into_inner().map_err(text_cell::failed)?;
    for piece in pieces {
        bytes.extend(piece?);
    }
    Ok(bytes)
}

/// Rows that are written at a time.
const PIECE: usize = 64;

/// Hands on the fields of a row, in the order of the header.
fn line<E>(row: &Row, header: &[&str], mut each: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let fields = fields(row);
    // The fields that every row has stand where the header has them.
    let here = |(name, _): &&(&str, Field<'_>), field: &str| *name == field;
    let value = |at: usize, field: &str| {
        fields.get(at).filter(|f| here(f, field)).or_else(|| fields.iter().find(|f| here(f, field)))
    };
    header.iter().enumerate().try_for_each(|(at, field)| {
        match (*field, value(at, field).map(|(_, value)| value)) {
            ("codes", _) => each(&guarded(&row.codes.join("|"))),
            ("by", _) => each(&guarded(
                &row.by.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","),
            )),
            ("flags", _) => each(&row.flags.iter().map(|f| f.name()).collect::<Vec<_>>().join(" ")),
            (_, Some(Field::Text(text))) => each(&guarded(text)),
            (_, Some(Field::Count(n))) => each(&n.to_string()),
            (_, Some(Field::Real(x))) => each(&number(Some(*x))),
            (_, Some(Field::None) | None) => each(""),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, csv, json};
    use crate::estimate::{DegreesOfFreedom, Estimate, NotEstimable};
    use crate::report::adhoc::{Base, Flag, More, Row, Sheet, Statistic};

    fn sheet() -> Sheet {
        let none = || Err(NotEstimable::EmptyBase);
        let estimate = Estimate {
            n: 0,
            n_yes: Some(0),
            n_weighted: 0.0,
            value: none(),
            se: none(),
            interval: Err(NotEstimable::EmptyBase),
            deff: Err(NotEstimable::EmptyBase),
            n_eff: none(),
            df: DegreesOfFreedom { domain: -1.0, design: 9.0 },
        };
        let row = Row {
            statistic: Statistic::Share,
            variable: "=q".to_owned(),
            codes: vec!["a".to_owned(), "b".to_owned()],
            by: vec![("性別".to_owned(), "女".to_owned()), ("x".to_owned(), "1".to_owned())],
            base: Base::Answered,
            estimate,
            method: Some("wilson"),
            level: 0.95,
            flags: vec![Flag::Binomial, Flag::Small],
            more: vec![("p_value", More::Number(Ok(0.25)))],
        };
        Sheet { rows: vec![row], notes: Vec::new(), level: 0.95 }
    }

    #[test]
    fn nothing_is_null_with_a_reason_and_every_field_is_there() {
        let text = String::from_utf8(json(&sheet()).unwrap()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let row = value["rows"][0].as_object().unwrap();
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        assert_eq!(names[..FIELDS.len()], FIELDS);
        assert_eq!(names[FIELDS.len()..], ["p_value", "reasons"]);
        assert!(row["estimate"].is_null() && row["reason"] == "empty_base" && row["by"]["性別"] == "女");
    }

    #[test]
    fn the_csv_has_the_same_fields_and_no_byte_order_mark() {
        let text = String::from_utf8(csv(&sheet()).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("{},p_value", FIELDS.join(",")));
        assert_eq!(
            lines[1],
            "share,'=q,a|b,\"性別=女,x=1\",answered,0,0,0,,,,,wilson,0.95,-1,,,binomial n<30,empty_base,0.25"
        );
    }
}
