//! SPSS files: Japanese ones in every way of saying (or not saying) their encoding, and those of two other
//! readers' tests.

use std::path::Path;

use crate::support::entries;
use crate::support::shared;
use shihyo::code::Code;
use shihyo::raw::{self, Cell, MultipleResponseKind, ReadOptions, Table, Variable};

fn read(folder: &Path, file: &str) -> Table {
    raw::read(&folder.join(file), file, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn cells(table: &Table, name: &str) -> Vec<Cell> {
    let names: Vec<String> = table.columns.iter().map(|c| c.name()).collect();
    let column = table.column(name).unwrap_or_else(|| panic!("no column {name} in {names:?}"));
    (0..table.row_count()).map(|r| column.cell(r).clone()).collect()
}

fn variable<'a>(table: &'a Table, name: &str) -> &'a Variable {
    &table.dictionary.as_ref().unwrap().variables[name]
}

fn numbers(values: &[f64]) -> Vec<Cell> {
    values.iter().map(|&x| if x.is_nan() { Cell::Empty } else { Cell::Number(x) }).collect()
}

fn texts(values: &[&str]) -> Vec<Cell> {
    values.iter().map(|t| if t.is_empty() { Cell::Empty } else { Cell::Text((*t).into()) }).collect()
}

fn labels(table: &Table, name: &str) -> Vec<(String, String)> {
    variable(table, name).value_labels.iter().map(|(value, label)| (value.text(), label.clone())).collect()
}

#[test]
fn japanese_files_read_alike_whatever_they_say_of_their_encoding() {
    let Some(folder) = shared::surveys() else { return };
    for file in ["cp932", "cp932_name", "cp932_norec", "sjis_name", "sjis_norec_code2", "mr_utf8"] {
        let table = read(&folder, &format!("spss_japanese/{file}.sav"));
        let encoding = if file == "mr_utf8" { "UTF-8" } else { "Shift_JIS (CP932)" };
        assert_eq!(table.digest.encoding.as_deref(), Some(encoding), "{file}");
        // Only the file that does not say its encoding has something to tell.
        let findings: Vec<Code> = table.findings.iter().map(|f| f.code).collect();
        assert_eq!(
            findings,
            if file == "sjis_norec_code2" { vec![Code::RawEncoding] } else { vec![] },
            "{file}"
        );
        assert_eq!(table.row_numbers, [1, 2, 3, 4], "{file}");
        assert_eq!(cells(&table, "teiju"), numbers(&[1.0, 2.0, 9.0, f64::NAN]), "{file}");
        assert_eq!(cells(&table, "kotsu"), numbers(&[1.0, 0.0, 1.0, 0.0]), "{file}");
        assert_eq!(cells(&table, "kaimono"), numbers(&[0.0, 0.0, 1.0, 1.0]), "{file}");
        assert_eq!(cells(&table, "地区"), texts(&["東地区", "髙﨑①㈱", "", "西ｱｲｳ"]), "{file}");
        assert_eq!(cells(&table, "q2"), numbers(&[3.0, -2.0, 99.0, 5.0]), "{file}");

        let teiju = variable(&table, "teiju");
        assert_eq!(teiju.label.as_deref(), Some("定住意向（問１）"), "{file}");
        assert_eq!(teiju.missing_values, numbers(&[9.0]), "{file}");
        let pairs = [("1", "住み続けたい"), ("2", "移りたい"), ("9", "無回答")];
        assert_eq!(labels(&table, "teiju"), pairs.map(|(v, l)| (v.to_owned(), l.to_owned())), "{file}");
        let q2 = variable(&table, "q2");
        assert_eq!(
            (&q2.missing_values, &q2.missing_ranges),
            (&numbers(&[99.0]), &vec![(-5.0, -1.0)]),
            "{file}"
        );
        let missing: Vec<bool> = cells(&table, "q2").iter().map(|c| q2.is_missing(c)).collect();
        assert_eq!(missing, [false, true, true, false], "{file}");

        let sets = &table.dictionary.as_ref().unwrap().multiple_response;
        assert_eq!(sets.len(), 1, "{file}");
        assert_eq!(
            (sets[0].name.as_str(), sets[0].label.as_deref()),
            ("fuben", Some("不便な点（複数回答）")),
            "{file}"
        );
        assert_eq!(
            (&sets[0].columns, &sets[0].kind),
            (&vec!["kotsu".into(), "kaimono".into()], &MultipleResponseKind::Dichotomies(Cell::Number(1.0))),
            "{file}"
        );
    }
}

#[test]
fn an_encoding_that_is_asked_for_is_used() {
    let Some(folder) = shared::surveys() else { return };
    let options = ReadOptions { encoding: Some("windows-1252".into()), ..ReadOptions::default() };
    let table = raw::read(&folder.join("spss_japanese/cp932.sav"), "cp932.sav", &options).unwrap();
    assert_eq!(table.digest.encoding.as_deref(), Some("windows-1252"));
    assert!(table.column("地区").is_none());
}

#[test]
fn two_kinds_of_sets_dates_and_missing_values_of_another_readers_tests() {
    let Some(folder) = shared::surveys() else { return };
    let table = read(&folder, "spss_fixtures/pyreadstat_simple_alltypes.sav");
    assert_eq!((table.row_count(), table.columns.len()), (6, 12));
    let date = |t: &str| Cell::Date(t.into());
    let dates = ["2014-11-01", "2014-11-01", "2014-12-15", "2014-12-15", "2015-01-02", "2015-01-02"];
    assert_eq!(cells(&table, "date"), dates.map(date));
    assert_eq!(variable(&table, "x").missing_values, numbers(&[7.0, 8.0, 99.0]));
    assert_eq!(variable(&table, "z").missing_ranges, [(-999.0, 0.0)]);
    let sets = table.dictionary.as_ref().unwrap().multiple_response.clone();
    let kinds: Vec<_> = sets.iter().map(|s| (s.name.as_str(), s.columns.len(), s.kind.clone())).collect();
    let counted = MultipleResponseKind::Dichotomies(Cell::Number(1.0));
    assert_eq!(kinds, [("categorical_array", 3, MultipleResponseKind::Categories), ("mymrset", 3, counted)]);

    let (plain, packed) = (
        read(&folder, "spss_fixtures/pyreadstat_sample.sav"),
        read(&folder, "spss_fixtures/pyreadstat_sample.zsav"),
    );
    assert!(plain.columns == packed.columns && plain.dictionary == packed.dictionary);
    assert_eq!(cells(&plain, "dtime")[1], date("1880-05-06T10:10:10"));
    assert_eq!(cells(&plain, "mytime")[3], date("16:10:10"));
    assert_eq!(cells(&plain, "mynum"), numbers(&[1.1, 1.2, -1000.3, -1.4, 1000.3]));
    let letters = read(&folder, "spss_fixtures/pyreadstat_missing_char.sav");
    assert_eq!(variable(&letters, "mychar").missing_values, texts(&["Z"]));
}

#[test]
fn every_shared_file_reads_without_a_broken_text() {
    let Some(folder) = shared::surveys() else { return };
    let mut count = 0;
    for sub in ["spss_japanese", "spss_fixtures"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with("sav") {
                let table = read(&folder, &format!("{sub}/{name}"));
                assert!(
                    table.findings.iter().all(|f| f.code == Code::RawEncoding),
                    "{name}: {:?}",
                    table.findings
                );
                count += 1;
            }
        }
    }
    assert_eq!(count, 19);
}

/// A file that another program wrote: texts of up to 1,200 bytes in pieces, labels and missing values of long
/// texts, a weight; plain, with byte codes, and compressed by blocks.
fn long(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/raw").join(name)).unwrap()
}

#[test]
fn long_texts_are_put_together_in_all_three_packings() {
    for file in ["long_plain.sav", "long_codes.sav", "long.zsav"] {
        let table = raw::read_bytes(&long(file), file, &ReadOptions::default()).unwrap();
        assert_eq!(table.findings, [], "{file}");
        let free: Vec<String> = [0, 1, 13, 40, 60].iter().map(|&n| "とても良い①㈱".repeat(n)).collect();
        assert_eq!(
            cells(&table, "自由記述"),
            texts(&free.iter().map(String::as_str).collect::<Vec<_>>()),
            "{file}"
        );
        let mid: Vec<usize> = cells(&table, "mid").iter().map(|c| c.text().len()).collect();
        assert_eq!(mid, [253, 254, 255, 256, 257], "{file}");
        assert_eq!(cells(&table, "id"), numbers(&[1.0, 2.5, f64::NAN, -7.0, 300.0]), "{file}");
        assert_eq!(cells(&table, "ウエイト"), numbers(&[1.0, 0.5, 1.25, 1.0, 1e-3]), "{file}");
        assert_eq!(table.dictionary.as_ref().unwrap().weight.as_deref(), Some("ウエイト"), "{file}");
        let area = variable(&table, "居住地区");
        assert_eq!(area.label.as_deref(), Some("お住まいの地区"), "{file}");
        assert_eq!(area.missing_values, texts(&["西"]), "{file}");
        assert_eq!(labels(&table, "居住地区")[0], ("東地区（駅前）".to_owned(), "東".to_owned()), "{file}");
        let id = variable(&table, "id");
        assert_eq!(
            (&id.missing_values, &id.missing_ranges),
            (&numbers(&[300.0]), &vec![(f64::NEG_INFINITY, -1.0)]),
            "{file}"
        );
    }
}

#[test]
fn a_file_that_was_cut_off_is_damaged_wherever_it_ends() {
    for file in ["long_plain.sav", "long_codes.sav", "long.zsav"] {
        let whole = long(file);
        for cut in (4..whole.len() - 8).step_by(61) {
            let error = raw::read_bytes(&whole[..cut], file, &ReadOptions::default())
                .map_err(|e| e.diagnostics()[0].code);
            assert_eq!(error.err(), Some(Code::RawDamaged), "{file} cut at {cut}");
        }
    }
}

#[test]
fn overwritten_bytes_do_no_harm() {
    for file in ["long_plain.sav", "long_codes.sav", "long.zsav"] {
        let whole = long(file);
        for at in (4..whole.len()).step_by(13) {
            for byte in [0x00, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                entries::file(&bytes, file);
            }
        }
    }
}
