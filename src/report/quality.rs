//! `quality.csv` and `quality.json`: the way from the returns to each base, and everything that was found on
//! it.

use serde_json::{Value, json};

use super::indicators::data_label;
use super::text_cell::{self, guarded};
use super::wave_data::Waves;
use super::words;
use crate::decode::BaseLedger;
use crate::error::Error;
use crate::finding::Finding;
use crate::indicator::{IndicatorTable, LedgerRecord, Quality};
use crate::provenance::SCHEMA_VERSION;

/// The columns of `quality.csv`: ledger steps and findings in one long form; `kind` tells them apart.
const COLUMNS: [&str; 14] = [
    "kind",
    "code",
    "severity",
    "survey",
    "wave",
    "question",
    "file",
    "sheet",
    "row",
    "column",
    "count",
    "message_ja",
    "message_en",
    "data",
];

/// The steps of a ledger: code, 日本語, English, number of respondents.
pub(crate) fn steps(ledger: &BaseLedger) -> [(&'static str, &'static str, &'static str, u64); 8] {
    [
        ("returned", "回収数", "returned", ledger.returned),
        ("invalid_returns", "無効票", "invalid returns", ledger.invalid_returns),
        ("duplicates", "重複", "duplicates", ledger.duplicates),
        ("not_asked", "非該当", "not asked", ledger.not_asked),
        ("no_answer", "無回答", "no answer", ledger.no_answer),
        ("invalid", "無効回答", "invalid answers", ledger.invalid),
        (
            "dont_know",
            "わからない（回答から除いたもの）",
            "don't know, counted as no answer",
            ledger.dont_know,
        ),
        ("valid", "有効回答数（n）", "valid answers (n)", ledger.valid),
    ]
}

/// `quality.csv`: a row a ledger step (`code` is the step, `count` its respondents) and a row a finding.
pub fn csv(quality: &Quality, table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    let ledgers = quality.ledgers.iter().flat_map(|record| {
        let data = words::data_key(waves.data(&record.survey, record.wave));
        steps(&record.ledger).map(|step| ledger_row(record, step, data))
    });
    let findings = quality.findings.iter().map(|finding| finding_row(finding, words::data_key(table.data)));
    text_cell::csv(&COLUMNS, &ledgers.chain(findings).collect::<Vec<_>>())
}

fn ledger_row(record: &LedgerRecord, (code, ja, en, n): (&str, &str, &str, u64), data: &str) -> Vec<String> {
    vec![
        "ledger".to_owned(),
        code.to_owned(),
        String::new(),
        guarded(&record.survey),
        record.wave.short(),
        guarded(&record.question),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        n.to_string(),
        ja.to_owned(),
        en.to_owned(),
        data.to_owned(),
    ]
}

fn finding_row(finding: &Finding, data: &str) -> Vec<String> {
    let place = &finding.place;
    let text = |t: &Option<String>| guarded(t.as_deref().unwrap_or_default());
    vec![
        "finding".to_owned(),
        finding.code.to_string(),
        finding.severity.as_str().to_owned(),
        String::new(),
        String::new(),
        text(&place.question),
        text(&place.file),
        text(&place.sheet),
        place.row.map(|r| r.to_string()).unwrap_or_default(),
        text(&place.column),
        finding.count.to_string(),
        guarded(&finding.message.ja),
        guarded(&finding.message.en),
        data.to_owned(),
    ]
}

/// `quality.json`: one object a ledger with all its steps, one object a finding.
pub fn json(quality: &Quality, table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    let ledger = |r: &LedgerRecord| ledger_json(r, words::data_key(waves.data(&r.survey, r.wave)));
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "data": words::data_key(table.data),
        "data_label": data_label(table.data),
        "ledgers": quality.ledgers.iter().map(ledger).collect::<Vec<_>>(),
        "findings": quality.findings.iter().map(finding_json).collect::<Vec<_>>(),
    }))
}

fn ledger_json(record: &LedgerRecord, data: &str) -> Value {
    let mut out = json!({ "survey": record.survey, "wave": record.wave, "question": record.question });
    if let Some(object) = out.as_object_mut() {
        for (code, _, _, n) in steps(&record.ledger) {
            object.insert(code.to_owned(), n.into());
        }
        object.insert("data".to_owned(), data.into());
    }
    out
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "severity": finding.severity.as_str(),
        "place": finding.place,
        "count": finding.count,
        "message_ja": finding.message.ja,
        "message_en": finding.message.en,
    })
}
