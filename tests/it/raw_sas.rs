//! SAS data sets: one that SAS itself wrote (`iris.sas7bdat` of the R package haven 2.5.1, MIT licence, ©
//! RStudio and authors), and those of the tests' own writer, which pandas and ReadStat read to the same
//! cells.

use std::path::Path;

use crate::support::entries;
use crate::support::forms::sas::sas7bdat;
use crate::support::forms::{layouts, people};
use shihyo::code::Code;
use shihyo::draft::infer;
use shihyo::raw::{self, Cell, ReadOptions, Table};
use shihyo::text::Lang;

fn read(bytes: &[u8]) -> Table {
    raw::read_bytes(bytes, "a.sas7bdat", &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn iris() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw/iris.sas7bdat")).unwrap()
}

#[test]
fn a_data_set_of_sas_itself() {
    let table = read(&iris());
    let names: Vec<String> = table.columns.iter().map(|c| c.name()).collect();
    assert_eq!(names, ["Sepal_Length", "Sepal_Width", "Petal_Length", "Petal_Width", "Species"]);
    assert_eq!((table.row_count(), table.row_numbers[0], table.findings.len()), (150, 1, 0));
    let sum =
        |c: usize| -> f64 { (0..150).map(|r| table.columns[c].cell(r).text().parse::<f64>().unwrap()).sum() };
    let sums = [876.5, 458.6, 563.7, 179.9];
    (0..4).for_each(|c| assert!((sum(c) - sums[c]).abs() < 1e-9, "{} {}", names[c], sum(c)));
    // The file's own width of the text is six.
    assert_eq!(table.columns[4].values, ["setosa", "versic", "virgin"].map(|t| Cell::Text(t.into())));
    assert_eq!(table.columns[0].cell(0), &Cell::Number(5.1));
}

#[test]
fn plain_and_packed_rows_are_the_same() {
    for layout in layouts().iter().filter(|l| l.depth == 1) {
        let sheet = layout.sheet(&people());
        let (plain, packed) = (sas7bdat(&sheet, false).unwrap(), sas7bdat(&sheet, true).unwrap());
        let (plain, packed) = (read(&plain), read(&packed));
        assert!(plain.columns == packed.columns && plain.dictionary == packed.dictionary, "{}", layout.name);
        assert_eq!(plain.digest.encoding.as_deref(), Some("UTF-8"));
        for (c, column) in plain.columns.iter().enumerate() {
            for (row, text) in sheet.column(c).enumerate() {
                let expected = if sheet.is_numeric(c) && !text.is_empty() {
                    format!("{}", text.parse::<f64>().unwrap())
                } else {
                    text.to_owned()
                };
                assert_eq!(column.cell(row).text(), expected, "{} {}", layout.name, column.name());
            }
        }
    }
}

#[test]
fn without_value_labels_options_are_inferred_and_variable_labels_kept() {
    let layout = layouts().into_iter().find(|l| l.name.starts_with("web form: label in brackets")).unwrap();
    let table = read(&sas7bdat(&layout.sheet(&people()), false).unwrap());
    assert!(!table.dictionary.as_ref().unwrap().has_options());
    let inferred = infer(&[table], "t", Lang::Ja);
    let sex = inferred.questionnaire.questions.iter().find(|q| q.text == "あなたの性別").unwrap();
    assert_eq!(sex.categories().len(), 3);
}

#[test]
fn a_cut_or_overwritten_data_set_does_no_harm() {
    let small = sas7bdat(&layouts()[0].sheet(&people()[..5]), true).unwrap();
    for whole in [iris(), small] {
        for cut in (40..whole.len()).step_by(997) {
            let error = raw::read_bytes(&whole[..cut], "a.sas7bdat", &ReadOptions::default())
                .map_err(|e| e.diagnostics()[0].code);
            assert_eq!(error.err(), Some(Code::RawDamaged), "cut at {cut}");
        }
        // The header, and the beginning of the first page.
        let places =
            (32..400).chain(1024..1400).chain((whole.len() - 131_072..whole.len() - 129_000).step_by(3));
        for at in places {
            for byte in [0x00, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                entries::file(&bytes, "a.sas7bdat");
            }
        }
    }
}
