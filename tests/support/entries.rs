//! The doors that a stranger's bytes come through, as functions of bytes: for fuzzing, and for the tests that
//! put the same inputs through them. Each reads all that it is given, looks at what came out, and must
//! return.
#![allow(dead_code, reason = "each test takes the part that it needs")]

use std::path::Path;
use std::sync::Arc;

use shihyo::decode::{DecodeOptions, decode};
use shihyo::draft::infer;
use shihyo::error::{Error, SourceText};
use shihyo::pipeline::{Project, load};
use shihyo::questionnaire::form::{from_dictionary, from_tabulator, from_xlsform};
use shihyo::questionnaire::{
    Category, DateCodes, Policy, Question, QuestionKind, Questionnaire, read_questionnaire,
    write_questionnaire,
};
use shihyo::raw::{self, ReadOptions, Table};
use shihyo::text::Lang;

use super::forms::{ods, xls, zip::zip};

/// Takes a stranger's bytes.
pub type Entry = fn(&[u8]);

/// By name, as the fuzz targets and their seed folders are called.
pub const ENTRIES: [(&str, Entry); 7] = [
    ("csv", csv),
    ("joined", joined),
    ("workbook", workbook),
    ("spss", spss),
    ("stata", stata),
    ("sas", sas),
    ("toml", toml),
];

/// A text file. Its first byte chooses the header rows and, sometimes, an encoding.
pub fn csv(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let encodings = [
        None,
        None,
        None,
        Some("CP932"),
        Some("UTF-8"),
        Some("UTF-16LE"),
        Some("EUC-JP"),
        Some("ISO-2022-JP"),
    ];
    let options = ReadOptions {
        header_rows: Some(1 + usize::from(first % 3)),
        encoding: encodings[usize::from(first / 3 % 8)].map(str::to_owned),
        ..ReadOptions::default()
    };
    look(raw::read_bytes(rest, "a.csv", &options));
}

/// The first line holds options, cut at `|`; the rest is one cell.
pub fn joined(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (options, cell) = text.split_once('\n').unwrap_or((text, ""));
    let mut labels: Vec<&str> = options.split('|').filter(|o| !o.trim().is_empty()).take(128).collect();
    labels.sort_unstable();
    labels.dedup();
    let category = |(k, label): (usize, &&str)| Category {
        code: (k + 1).to_string(),
        label: (*label).to_owned(),
        dont_know: false,
        exclusive: k == 3,
        free_text: label.starts_with("その他"),
    };
    let categories: Vec<Category> = labels.iter().enumerate().map(category).collect();
    let question = |id: &str, kind| Question {
        id: id.to_owned(),
        text: id.to_owned(),
        kind,
        asked_if: None,
        columns: Vec::new(),
        no_answer: vec!["99".to_owned()],
        not_asked: vec!["NA".to_owned()],
        policy: Policy { date_codes: DateCodes::ReadBack, ..Policy::default() },
        derivation: None,
    };
    let multiple = QuestionKind::Multiple { categories: categories.clone(), max_marks: Some(2) };
    let questionnaire = Questionnaire {
        title: "t".to_owned(),
        questions: vec![question("a", QuestionKind::Single(categories)), question("b", multiple)],
    };
    let quoted = cell.replace('"', "\"\"").replace('\0', "");
    let table = raw::read_bytes(
        format!("a,b\n\"{quoted}\",\"{quoted}\"\n").as_bytes(),
        "a.csv",
        &ReadOptions::default(),
    );
    let Ok(table) = table else { return };
    if let Ok(answers) = decode(&questionnaire, &[table], &DecodeOptions::default()) {
        assert_eq!(answers.responses.len(), 2);
    }
}

/// A workbook. The first byte says what the rest is: the file; a part of an XLSX or ODS, which is put where
/// it belongs; or the records of an XLS.
pub fn workbook(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let (file, name) = match kind % 6 {
        0 => (rest.to_vec(), "a.xlsx"),
        1 => (xlsx(rest, STYLES, STRINGS), "a.xlsx"),
        2 => (xlsx(SHEET, rest, STRINGS), "a.xlsx"),
        3 => (xlsx(SHEET, STYLES, rest), "a.xlsx"),
        4 => (ods::package(&String::from_utf8_lossy(rest)), "a.ods"),
        _ => (xls::workbook(&[0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 9, 0, 0, 0], rest), "a.xls"),
    };
    for header_rows in [1, 3] {
        look(raw::read_bytes(
            &file,
            name,
            &ReadOptions { header_rows: Some(header_rows), ..ReadOptions::default() },
        ));
    }
}

/// A file of any kind, by the ending of its name, read and no more: for many thousands of files.
pub fn file(bytes: &[u8], name: &str) {
    fits(raw::read_bytes(bytes, name, &ReadOptions::default()));
}

pub fn spss(bytes: &[u8]) {
    look(raw::read_bytes(bytes, "a.sav", &ReadOptions::default()));
}

pub fn stata(bytes: &[u8]) {
    look(raw::read_bytes(bytes, "a.dta", &ReadOptions::default()));
}

pub fn sas(bytes: &[u8]) {
    look(raw::read_bytes(bytes, "a.sas7bdat", &ReadOptions::default()));
}

/// A plan, and behind a line `%%` its questionnaire.
pub fn toml(bytes: &[u8]) {
    let at = bytes.windows(4).position(|w| w == b"\n%%\n");
    let (plan, questionnaire) = at.map_or((bytes, bytes), |at| (&bytes[..at], &bytes[at + 4..]));
    if let Ok(text) = std::str::from_utf8(questionnaire) {
        let source = Arc::new(SourceText { file: "q.toml".to_owned(), text: text.to_owned() });
        match read_questionnaire(source) {
            Ok(read) => {
                let text = write_questionnaire(&read, &[]);
                let again = read_questionnaire(Arc::new(SourceText { file: "q.toml".to_owned(), text }));
                assert_eq!(again.map_err(|e| e.to_string()), Ok(read), "what is written reads back");
            }
            Err(error) => say(&error),
        }
    }
    thread_local! {
        static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap();
    }
    FOLDER.with(|folder| {
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("plan.toml", plan);
        write("questionnaire.toml", questionnaire);
        write("answers.csv", b"id,q1\n1,1\n");
        let project = Project::of(Path::new(folder.path())).unwrap();
        if let Err(error) = load(&project) {
            say(&error);
        }
    });
}

/// A table fits together; an error can be told.
fn fits(read: Result<Table, Error>) -> Option<Table> {
    let table = match read {
        Ok(table) => table,
        Err(error) => {
            say(&error);
            return None;
        }
    };
    for column in &table.columns {
        assert_eq!(column.rows.len(), table.row_count());
        assert!(column.rows.iter().all(|v| (v as usize) < column.values.len()));
        assert!(!column.name().is_empty());
    }
    assert!(table.row_numbers.windows(2).all(|w| w[0] < w[1]), "rows stand in their order");
    for finding in &table.findings {
        assert!(finding.count > 0 && !finding.message.ja.is_empty() && !finding.message.en.is_empty());
    }
    Some(table)
}

/// Everything that looks at bare files looks at the table.
fn look(read: Result<Table, Error>) {
    let Some(table) = fits(read) else { return };
    if table.row_count() > 2000 || table.columns.len() > 200 {
        return;
    }
    let (_, _) = (from_tabulator(&table, "t"), from_xlsform(&table, &table, "t"));
    let drafts = [
        from_dictionary(&table, "t").ok().map(|d| d.questionnaire),
        Some(infer(std::slice::from_ref(&table), "t", Lang::Ja).questionnaire),
    ];
    for questionnaire in drafts.into_iter().flatten() {
        if let Err(error) = decode(&questionnaire, std::slice::from_ref(&table), &DecodeOptions::default()) {
            say(&error);
        }
    }
}

/// Every mistake can be told, in both languages.
fn say(error: &Error) {
    for diagnostic in error.diagnostics() {
        assert!(!diagnostic.words(Lang::Ja).is_empty() && !diagnostic.words(Lang::En).is_empty());
    }
}

const SHEET: &[u8] = concat!(
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<dimension ref="A1:C3"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr">"#,
    r#"<is><t>q1</t></is></c><c r="C1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c>"#,
    r#"<c r="B2" s="1"><v>45383</v></c><c r="C2" t="b"><v>1</v></c></row><row r="3"><c r="A3"><f>1+1</f>"#,
    r#"<v>2</v></c><c r="B3" t="e"><v>#REF!</v></c><c r="C3" t="str"><v>x</v></c></row></sheetData>"#,
    r#"<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>"#,
)
.as_bytes();
const STYLES: &[u8] = concat!(
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">"#,
    r#"<numFmt numFmtId="176" formatCode="[$-411]ge.m.d;@"/></numFmts><cellXfs count="3">"#,
    r#"<xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="31"/></cellXfs></styleSheet>"#,
)
.as_bytes();
const STRINGS: &[u8] = concat!(
    r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2">"#,
    r#"<si><t>id</t></si><si><r><t>q</t></r><r><t>2</t></r></si></sst>"#,
)
.as_bytes();
const TYPES: &[u8] = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"</Types>"#,
)
.as_bytes();
const RELATIONS: &[u8] = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship "#,
    r#"Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" "#,
    r#"Target="xl/workbook.xml"/></Relationships>"#,
)
.as_bytes();
const BOOK: &[u8] = concat!(
    r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#,
    r#"<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
)
.as_bytes();
const PARTS: &[u8] = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship "#,
    r#"Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" "#,
    r#"Target="worksheets/sheet1.xml"/><Relationship Id="rId2" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" "#,
    r#"Target="styles.xml"/><Relationship Id="rId3" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" "#,
    r#"Target="sharedStrings.xml"/></Relationships>"#,
)
.as_bytes();

/// The smallest workbook with these parts.
pub fn xlsx(sheet: &[u8], styles: &[u8], strings: &[u8]) -> Vec<u8> {
    let parts: [(&str, &[u8]); 7] = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    zip(&parts, false)
}

/// A few inputs for each entry to begin with.
pub fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    use super::forms::{QUESTIONNAIRE, containers, layouts, people};

    let mut out = Vec::new();
    let mut add = |entry: &'static str, name: String, first: Option<u8>, bytes: Vec<u8>| {
        out.push((entry, name, first.into_iter().chain(bytes).collect()))
    };
    let few = &people()[..6];
    for (l, layout) in layouts().iter().enumerate() {
        let sheet = layout.sheet(few);
        let depth = layout.depth as u8 - 1;
        for (c, container) in containers().iter().enumerate() {
            let Some(bytes) = (container.write)(&sheet) else { continue };
            let name = format!("layout{l}-container{c}");
            match container.ending {
                // Every layout once, every encoding once.
                "csv" if c == 0 || l == c => add("csv", name, Some(depth), bytes),
                "xlsx" | "xls" | "ods" if l == 0 || l == 16 => add("workbook", name, Some(0), bytes),
                "sav" | "zsav" if l % 8 == 0 => add("spss", name, None, bytes),
                "dta" if l % 8 == 0 => add("stata", name, None, bytes),
                "sas7bdat" if l == 0 => add("sas", name, None, bytes),
                _ => {}
            }
        }
    }
    for (kind, part) in [(1, SHEET), (2, STYLES), (3, STRINGS)] {
        add("workbook", format!("part{kind}"), Some(kind), part.to_vec());
    }
    let ods = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
               office:value-type=\"date\" office:date-value=\"2026-01-02\"/><table:table-cell \
               office:value-type=\"float\" office:value=\"1\" \
               table:number-columns-repeated=\"3\"><text:p>1</text:p></table:table-cell></table:table-row>";
    add("workbook", "part4".to_owned(), Some(4), ods.as_bytes().to_vec());
    let mut records = Vec::new();
    for (row, column, x) in [(0u16, 0u16, 1.0f64), (1, 1, 2.5)] {
        xls::record(
            &mut records,
            0x0203,
            &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &x.to_le_bytes()].concat(),
        );
    }
    add("workbook", "part5".to_owned(), Some(5), records);
    for (k, text) in [
        "見守り|買い物、掃除など|送迎, 付き添い|特になし\n見守り, 買い物、掃除など",
        "A|B|A, B\nA, B",
        "1-2|3-4|その他（）\n1月2日",
        "はい|いいえ|その他\n1;3;庭の手入れ",
        "a|b|c\n2026/1/2",
        "R&D|防災 訓練\nR&D & 防災 訓練",
    ]
    .iter()
    .enumerate()
    {
        add("joined", format!("cell{k}"), None, text.as_bytes().to_vec());
    }
    let plan = "title = \"試験\"\nfiscal_years = \"R4..R10\"\nreport_year = \"R4\"\n\
                breakdowns = [[\"性別\"]]\n[[goal]]\nnumber = 1\ntitle = \"目標\"\n\
        [survey.s]\ntitle = \"調査\"\nsample = \"random\"\nquestionnaire = \"questionnaire.toml\"\n\
        [survey.s.wave.R4]\nresponses = [\"answers.csv\"]\n\
        [[indicator]]\nid = \"a\"\ngoal = 1\ndepartment = \"課\"\ntitle = \"項目\"\ntarget = \"40%以上\"\n\
        share = { survey = \"s\", question = \"問1\", of = [\"わからない\"], base = \"all\" }\n";
    add("toml", "plan".to_owned(), None, format!("{plan}\n%%\n{QUESTIONNAIRE}").into_bytes());
    out
}
