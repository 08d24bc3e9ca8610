//! Counts out of workbooks that other programs wrote: formulas without a result, names of cells, encrypted
//! files, formats of cells that are not read.

use rust_xlsxwriter::{Format, Workbook};

use shihyo::code::Code;
use shihyo::indicator::ProgressState;

use crate::support::counts::{mistakes, of, project, read, shown, states};
use crate::support::forms::zip::zip;
use crate::support::unzipped;

/// The workbook with `from` in a part put as `to`.
fn changed(book: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut parts = unzipped::parts(book);
    for (_, content) in parts.iter_mut().filter(|(name, _)| name == part) {
        let text = String::from_utf8(content.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *content = text.replace(from, to).into_bytes();
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, part)| (name.as_str(), &part[..])).collect();
    zip(&parts, true)
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// 項目, R4, R5, R6; 男 and 女 of numbers, 計 of 901, 902, 903 under the format, to be put as formulas.
fn totals(format: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let format = Format::new().set_num_format(format);
    let sheet = book.add_worksheet();
    for (row, (name, values)) in
        [("男", [10.0, 11.0, 12.0]), ("女", [10.0, 11.0, 12.0]), ("計", [901.0, 902.0, 903.0])]
            .iter()
            .enumerate()
    {
        let row = row as u32 + 1;
        sheet.write(row, 0, *name).unwrap();
        for (column, x) in (1..).zip(values) {
            sheet.write_with_format(row, column, *x, &format).unwrap();
        }
    }
    sheet.write_row(0, 0, ["項目", "R4", "R5", "R6"]).unwrap();
    book.add_worksheet().set_name("別表").unwrap().write(0, 0, 100).unwrap();
    book.save_to_buffer().unwrap()
}

fn with(book: &[u8], formulas: [&str; 3]) -> Vec<u8> {
    let each = ["<v>901</v>", "<v>902</v>", "<v>903</v>"].into_iter().zip(formulas);
    each.fold(book.to_vec(), |book, (from, formula)| changed(&book, SHEET, from, formula))
}

#[test]
fn formulas_without_a_result_are_computed_and_told() {
    let book = with(
        &totals("#,##0.0\"人\""),
        ["<f>SUM(B2:B3)</f>", "<f>ROUND((C2+C3)/3,0)+別表!A1</f><v></v>", "<f>IF(D2&gt;0,D2*1.25,0)</f>"],
    );
    let project = project("raw/a.xlsx", book, &["計"]);
    let (_, outcome) = project.run();
    // 10 + 10; 22/3 = 7.3, rounded 7, + 100; 12 × 1.25.
    assert_eq!(shown(&outcome), [["20.0人", "107.0人", "15.0人"]]);
    let told = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCountCell);
    let told: Vec<_> = told.map(|f| (f.place.row, f.place.column.clone(), f.message.ja.clone())).collect();
    let ja = "計算結果がファイルにないので、式「=SUM(B2:B3)」を計算しました";
    assert_eq!(told[0], (Some(4), Some("R4".to_owned()), ja.to_owned()));
    assert_eq!(told.len(), 3);
}

#[test]
fn shared_formulas_go_along_with_their_cells() {
    let book = with(
        &totals("0"),
        [
            "<f t=\"shared\" ref=\"B4:D4\" si=\"0\">SUM(B$2:B3)+$B2</f>",
            "<f t=\"shared\" si=\"0\"/>",
            "<f t=\"shared\" si=\"0\"/>",
        ],
    );
    assert_eq!(read(&project("raw/a.xlsx", book, &["計"])), [["30", "32", "34"]]);
}

#[test]
fn formulas_that_are_not_computed_are_refused_with_their_places() {
    for formula in [
        "<f>B4+1</f>",
        "<f>SUBTOTAL(9,B2:B3)</f>",
        "<f>B2/0</f>",
        "<f>A2+1</f>",
        "<f>[1]表!B2</f>",
        "<f>人口</f>",
        "<f t=\"array\" ref=\"B4\">SUM(B2:B3)</f>",
        "<f>C4</f>",
    ] {
        let book = with(&totals("0"), [formula, "<f>B4</f>", "<v>5</v>"]);
        let told = mistakes(&project("raw/a.xlsx", book, &["計"]));
        let places: Vec<_> = told.iter().map(|d| (d.code, d.place.row, d.place.column.clone())).collect();
        let at = |year: &str| (Code::IndicatorQuantity, Some(4), Some(year.to_owned()));
        assert_eq!(places, [at("R4"), at("R5")], "{formula}");
        assert!(told[0].message.ja.contains("計算結果"), "{told:?}");
    }
}

#[test]
fn a_name_of_the_workbook_leads_to_its_cell() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("表").unwrap();
    sheet.write_row(0, 0, ["区分", "値", "値", "値"]).unwrap();
    sheet.write_row(1, 1, [1, 2, 3]).unwrap();
    book.add_worksheet().set_name("別表").unwrap().write(0, 0, 100).unwrap();
    for (name, refers) in [
        ("総人口_R4", "=表!$B$2"),
        ("総人口_R5", "=表!$C$2"),
        ("全体", "=表!$B$2:$D$2"),
        ("よそ", "=別表!$A$1"),
    ] {
        book.define_name(name, refers).unwrap();
    }
    let book = book.save_to_buffer().unwrap();
    let count = |r4: &str, r5: &str| {
        let cell = format!("{{ R4 = \"{r4}\", R5 = \"{r5}\", R6 = \"D2\" }}");
        format!("count = {{ file = \"raw/a.xlsx\", item = \"人口\", cell = {cell} }}")
    };
    let project = |r4: &str, r5: &str| of("raw/a.xlsx", &book, &[("人口", &count(r4, r5))]);
    assert_eq!(read(&project("総人口_R4", "総人口_r5")), [["1", "2", "3"]]);
    let help = |r5: &str| {
        let told = mistakes(&project("総人口_R4", r5));
        assert_eq!((told.len(), told[0].code), (1, Code::IndicatorCountsColumns), "{told:?}");
        format!("{} {}", told[0].message.ja, told[0].help.as_ref().map_or("", |h| h.ja.as_str()))
    };
    assert!(help("総人口_R55").contains("「総人口_R5」ではありませんか"), "{}", help("総人口_R55"));
    assert!(help("全体").contains("1つのセルを指していません（表!$B$2:$D$2）"), "{}", help("全体"));
    assert!(help("よそ").contains("sheet = \"別表\""), "{}", help("よそ"));
}

#[test]
fn one_name_serves_sheets_of_a_year_each() {
    let mut book = Workbook::new();
    for (name, x) in [("R4", 1), ("R5", 2), ("R6", 3)] {
        book.add_worksheet().set_name(name).unwrap().write(4, 2, x).unwrap();
    }
    let book = book.save_to_buffer().unwrap();
    let count = "count = { file = \"raw/a.xlsx\", sheet = \"*\", item = \"A\", cell = \"C5\" }";
    assert_eq!(read(&of("raw/a.xlsx", &book, &[("A", count)])), [["1", "2", "3"]]);
    // A sheet that says no year is asked about.
    let csv = "項目,件数\nA,1\n";
    let count = "count = { file = \"raw/a.csv\", item = \"A\", cell = \"B2\" }";
    let told = mistakes(&of("raw/a.csv", csv, &[("A", count)]));
    assert!(told[0].help.as_ref().unwrap().ja.contains("cell = { R4 = \"B2\" }"), "{told:?}");
}

#[test]
fn a_workbook_with_the_key_of_excel_itself_opens() {
    let book = include_bytes!("../fixtures/counts/default-key.xls");
    let count = |item: &str| format!("count = {{ file = \"raw/a.xls\", item = \"{item}\" }}");
    let items = [("A", &*count("A")), ("B", &count("B"))];
    let project = of("raw/a.xls", book, &items);
    assert_eq!(
        read(&project),
        [["431", "439", "442"], ["0.5", "0.25", "1234567"].map(|x| x)]
            .map(|row| { row.map(|x| if x == "1234567" { "1,234,567".to_owned() } else { x.to_owned() }) })
    );
    // Responses are opened in the same way.
    let table = shihyo::raw::read_bytes(book, "a.xls", &shihyo::raw::ReadOptions::default()).unwrap();
    let cells: Vec<String> = (0..2).map(|row| table.columns[3].cell(row).text().to_string()).collect();
    assert_eq!(cells, ["442", "1234567"]);
    let sheets = shihyo::raw::sheet_from_bytes(book, "a.xls", &shihyo::raw::ReadOptions::default()).unwrap();
    assert_eq!(sheets.digest.sheet.as_deref(), Some("数値"));
}

#[test]
fn any_other_key_is_a_password() {
    let book = include_bytes!("../fixtures/counts/password.xls");
    let told = mistakes(&project("raw/a.xls", book, &["A"]));
    assert_eq!((told.len(), told[0].code), (1, Code::RawPassword), "{told:?}");
    assert!(told[0].help.as_ref().unwrap().ja.contains("パスワードを使用して暗号化"), "{told:?}");
    let error = shihyo::raw::read_bytes(book, "a.xls", &shihyo::raw::ReadOptions::default()).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::RawPassword);
}

#[test]
fn strict_and_rough_targets_are_judged_as_they_say() {
    let csv = "項目,R4,R5,R6\nA,500人,400人,300人\nB,50件,60件,100件\nC,800人,820人,850人\n";
    let of_item = |item: &str, target: &str| {
        let count = format!("count = {{ file = \"raw/a.csv\", item = \"{item}\" }}\ntarget = \"{target}\"");
        let project = of("raw/a.csv", csv, &[(item, &count)]);
        let (_, outcome) = project.run();
        let told = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorRoughTarget).count();
        let measure = &outcome.table.rows[0].measures[0];
        (states(&project)[0], measure.target.as_ref().unwrap().to_string(), told)
    };
    use ProgressState::{Improved, TargetMet};
    for (item, target, state, told) in [
        ("A", "300人未満", Improved, 0),
        ("A", "300人以下", TargetMet, 0),
        ("A", "301人未満", TargetMet, 0),
        ("B", "100件超", Improved, 0),
        ("B", "100件以上", TargetMet, 0),
        ("C", "850人程度", TargetMet, 1),
        ("C", "約851人", Improved, 1),
    ] {
        assert_eq!(of_item(item, target), (state, target.to_owned(), told), "{item} {target}");
    }
}
