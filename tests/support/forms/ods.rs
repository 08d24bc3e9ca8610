//! An OpenDocument spreadsheet of one sheet.

use super::sheet::{Sheet, Value};
use super::zip::zip;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content \
                    xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
                    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
                    xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\" \
                    office:version=\"1.2\"><office:body><office:spreadsheet><table:table \
                    table:name=\"回答\">";
const TAIL: &str = "</table:table></office:spreadsheet></office:body></office:document-content>";
const MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest \
                        xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" \
                        manifest:version=\"1.2\"><manifest:file-entry manifest:full-path=\"/\" \
                        manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>\
                        <manifest:file-entry \
                        manifest:full-path=\"content.xml\" \
                        manifest:media-type=\"text/xml\"/></manifest:manifest>";

/// Numbers and logical values as such; merged cells as a spreadsheet program writes them.
pub fn ods(sheet: &Sheet) -> Vec<u8> {
    let mut rows = String::new();
    for (r, row) in sheet.rows.iter().enumerate() {
        rows += "<table:table-row>";
        for (c, cell) in row.iter().enumerate() {
            rows += &one(sheet, r, c, cell);
        }
        rows += "</table:table-row>";
    }
    package(&rows)
}

/// The file of rows that are written in XML already.
pub fn package(rows: &str) -> Vec<u8> {
    let content = format!("{HEAD}{rows}{TAIL}");
    zip(
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_bytes()),
            ("META-INF/manifest.xml", MANIFEST.as_bytes()),
        ],
        false,
    )
}

fn one(sheet: &Sheet, r: usize, c: usize, cell: &str) -> String {
    let inside = sheet
        .merged
        .iter()
        .find(|m| (m.rows.0..=m.rows.1).contains(&r) && (m.columns.0..=m.columns.1).contains(&c));
    let spans = match inside {
        Some(m) if (m.rows.0, m.columns.0) != (r, c) => return "<table:covered-table-cell/>".to_owned(),
        Some(m) => format!(
            " table:number-columns-spanned=\"{}\" table:number-rows-spanned=\"{}\"",
            m.columns.1 - m.columns.0 + 1,
            m.rows.1 - m.rows.0 + 1
        ),
        None => String::new(),
    };
    match Sheet::value(cell) {
        Value::Blank => format!("<table:table-cell{spans}/>"),
        Value::Number(x) => format!(
            "<table:table-cell{spans} office:value-type=\"float\" \
             office:value=\"{x}\"><text:p>{x}</text:p></table:table-cell>"
        ),
        Value::Logical(b) => {
            format!(
                "<table:table-cell{spans} office:value-type=\"boolean\" \
                 office:boolean-value=\"{b}\"><text:p>{cell}</text:p></table:table-cell>"
            )
        }
        Value::Text(text) => {
            let lines: String =
                text.split('\n').map(|line| format!("<text:p>{}</text:p>", escaped(line))).collect();
            format!("<table:table-cell{spans} office:value-type=\"string\">{lines}</table:table-cell>")
        }
    }
}

fn escaped(line: &str) -> String {
    let safe = line.replace('&', "&amp;").replace('<', "&lt;");
    let body = safe.trim_end_matches(' ');
    format!("{body}{}", "<text:s/>".repeat(safe.len() - body.len()))
}
