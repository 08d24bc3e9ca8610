//! A cell of a table of counts is what a person reads in it: through its number format, without float noise,
//! marks of notes, furigana and struck-out text; or it is refused with its place.

use rust_xlsxwriter::{Format, FormatScript, Workbook, Worksheet};

use shihyo::code::Code;
use shihyo::indicator::ProgressState;

use crate::support::counts::{mistakes, of, project, read, states};
use crate::support::forms::Sheet;
use crate::support::forms::ods::package;
use crate::support::forms::xls::xls;
use crate::support::forms::zip::zip;
use crate::support::unzipped;

/// A workbook of one sheet with the headings 項目, R4, R5, R6.
fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in ["項目", "R4", "R5", "R6"].iter().enumerate() {
        sheet.write(0, column as u16, *text).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

fn numbers(rows: &[(&str, &str, [f64; 3])]) -> Vec<u8> {
    workbook(|sheet| {
        for (at, (name, code, values)) in rows.iter().enumerate() {
            let format = Format::new().set_num_format(*code);
            sheet.write(at as u32 + 1, 0, *name).unwrap();
            for (column, value) in values.iter().enumerate() {
                sheet.write_with_format(at as u32 + 1, column as u16 + 1, *value, &format).unwrap();
            }
        }
    })
}

#[test]
fn percentages_are_read_as_they_are_shown() {
    let book = numbers(&[("A", "0.0%", [0.552, 0.561 + f64::EPSILON, 0.612])]);
    let count = "count = { file = \"raw/a.xlsx\", item = \"A\" }\ntarget = \"60%以上\"";
    for unit in ["", "\nunit = \"%\""] {
        let project = of("raw/a.xlsx", &book, &[("A", &format!("{count}{unit}"))]);
        assert_eq!(read(&project), [["55.2%", "56.1%", "61.2%"]]);
        assert_eq!(states(&project), [ProgressState::TargetMet]);
    }
}

#[test]
fn number_formats_give_unit_scale_and_digits() {
    let book = numbers(&[
        ("A", "#,##0\"人\"", [972_658.0, 1_041_486.0, 1_085_112.0]),
        ("B", "#,##0,\"千円\"", [1_234_567.0, 1_300_000.0, 1_400_000.0]),
        ("C", "#,##0;\"△ \"#,##0;\"－\"", [0.0, 5.0, -1200.0]),
        ("D", "#,##0.0", [12.345, 100.0, 127_094.745]),
        ("E", "#,##0;[Red]#,##0", [-5.0, 3.0, -1.0]),
        ("F", "#,##0_);(#,##0)", [-5.0, 3.0, -1000.0]),
        ("G", "\"¥\"#,##0", [1200.0, 1300.0, 1400.0]),
    ]);
    let project = project("raw/a.xlsx", book, &["A", "B", "C", "D", "E", "F", "G"]);
    assert_eq!(
        read(&project),
        [
            ["972,658人", "1,041,486人", "1,085,112人"],
            ["1,235千円", "1,300千円", "1,400千円"],
            ["-", "5", "-1,200"],
            ["12.3", "100.0", "127,094.7"],
            ["-5", "3", "-1"],
            ["-5", "3", "-1,000"],
            ["1,200円", "1,300円", "1,400円"],
        ]
    );
}

#[test]
fn numbers_in_cells_for_texts_are_read() {
    let book = numbers(&[("A", "@", [237.0, 198.0, 0.5])]);
    assert_eq!(read(&project("raw/a.xlsx", book, &["A"])), [["237", "198", "0.5"]]);
}

#[test]
fn float_noise_is_no_digit() {
    let noise = [57.599_999_999_999_99, 33.333_333_333_333_34, 35.356_811_862_835_95];
    let book = numbers(&[("A", "0.0", noise), ("B", "General", [0.1 + 0.2, 57.599_999_999_999_994, 2.0])]);
    let with_unit =
        |item: &str| format!("count = {{ file = \"raw/a.xlsx\", item = \"{item}\" }}\nunit = \"%\"");
    let project = of("raw/a.xlsx", book, &[("A", &with_unit("A")), ("B", &with_unit("B"))]);
    assert_eq!(read(&project), [["57.6%", "33.3%", "35.4%"], ["0.3%", "57.6%", "2%"]]);
    // In text nothing says how many digits are shown.
    let csv = "項目,R4,R5,R6\nA,57.599999999999994,30.618401206636502,0.30000000000000004\n";
    assert_eq!(read(&self::project("raw/a.csv", csv, &["A"])), [["57.6", "30.618401207", "0.3"]]);
}

#[test]
fn raised_marks_are_notes() {
    let raised = Format::new().set_font_script(FormatScript::Superscript);
    let plain = Format::new();
    let book = workbook(|sheet| {
        sheet.write(1, 0, "A").unwrap();
        sheet.write_rich_string(1, 1, &[(&plain, "431"), (&raised, "1")]).unwrap();
        sheet.write(1, 2, "439²").unwrap();
        sheet.write(1, 3, "442①").unwrap();
        sheet.write(2, 0, "面積").unwrap();
        sheet.write_rich_string(2, 1, &[(&plain, "12.5km"), (&raised, "2")]).unwrap();
        sheet.write(2, 2, "12.6km²").unwrap();
        sheet.write_rich_string(2, 3, &[(&plain, "12.7km"), (&raised, "2"), (&plain, " ※速報値")]).unwrap();
    });
    let count = "count = { file = \"raw/a.xlsx\", item = \"A\" }\nunit = \"人\"\ntarget = \"506人\"";
    let area = "count = { file = \"raw/a.xlsx\", item = \"面積\" }";
    let project = of("raw/a.xlsx", book, &[("A", count), ("面積", area)]);
    assert_eq!(read(&project), [["431人", "439人", "442人"], ["12.5km2", "12.6km2", "12.7km2 p"]]);
    let csv = "項目,R4,R5,R6\nA,431¹,439²,442①\n";
    assert_eq!(read(&self::project("raw/a.csv", csv, &["A"])), [["431", "439", "442"]]);
}

#[test]
fn struck_out_text_is_not_read() {
    let (struck, plain) = (Format::new().set_font_strikethrough(), Format::new());
    let book = workbook(|sheet| {
        sheet.write(1, 0, "A").unwrap();
        sheet.write_rich_string(1, 1, &[(&struck, "431"), (&plain, "442人")]).unwrap();
        sheet.write(1, 2, 5).unwrap();
        sheet.write(1, 3, 6).unwrap();
        sheet.write(2, 0, "B").unwrap();
        sheet.write_with_format(2, 1, 431, &struck).unwrap();
    });
    let one = project("raw/a.xlsx", &book, &["A"]);
    let (_, outcome) = {
        one.change("pipelines/p/plan.toml", "title = \"A\"", "title = \"A\"\nunit = \"人\"");
        one.run()
    };
    assert_eq!(crate::support::counts::shown(&outcome), [["442人", "5人", "6人"]]);
    let told = &outcome.quality.findings;
    assert!(
        told.iter().any(|f| f.code == Code::IndicatorCountCell && f.message.ja.contains("431")),
        "{told:?}"
    );
    let told = mistakes(&project("raw/a.xlsx", &book, &["B"]));
    assert_eq!((told[0].code, told[0].place.row), (Code::IndicatorQuantity, Some(3)));
    assert!(told[0].message.ja.contains("取り消し線"), "{told:?}");
}

#[test]
fn a_hidden_row_is_told() {
    let book = workbook(|sheet| {
        sheet.write(1, 0, "A").unwrap();
        for column in 1..4 {
            sheet.write(1, column, 5).unwrap();
        }
        sheet.set_row_hidden(1).unwrap();
    });
    let (_, outcome) = project("raw/a.xlsx", book, &["A"]).run();
    assert_eq!(crate::support::counts::shown(&outcome), [["5", "5", "5"]]);
    let told = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCountCell).count();
    assert_eq!(told, 3);
}

#[test]
fn times_and_dates_are_refused_with_their_places() {
    for (code, shown) in [("h:mm", "12:00"), ("yyyy/m/d", "1900/1/0"), ("[h]:mm", "12:00")] {
        let told = mistakes(&project("raw/a.xlsx", numbers(&[("A", code, [0.5, 0.5, 0.5])]), &["A"]));
        let places: Vec<_> = told.iter().map(|d| (d.code, d.place.row, d.place.column.as_deref())).collect();
        let expected = ["R4", "R5", "R6"].map(|year| (Code::IndicatorQuantity, Some(2), Some(year)));
        assert_eq!(places, expected, "{code}");
        assert!(told[0].message.ja.contains(shown) || code == "yyyy/m/d", "{told:?}");
    }
}

/// The workbook with `from` in its first sheet put as `to`.
fn changed(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    let sheet = "xl/worksheets/sheet1.xml";
    let mut parts = unzipped::parts(book);
    for (_, part) in parts.iter_mut().filter(|(name, _)| name == sheet) {
        let text = String::from_utf8(part.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *part = text.replace(from, to).into_bytes();
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, part)| (name.as_str(), &part[..])).collect();
    zip(&parts, true)
}

#[test]
fn a_formula_without_a_result_is_refused_with_its_place() {
    let book = numbers(&[("男", "0", [10.0, 11.0, 12.0]), ("計", "0", [99.0, 11.0, 12.0])]);
    let book = changed(&book, "<v>99</v>", "<f>SUBTOTAL(9,B2:B2)</f><v></v>");
    let told = mistakes(&project("raw/a.xlsx", &book, &["計"]));
    assert_eq!((told.len(), told[0].code), (1, Code::IndicatorQuantity), "{told:?}");
    assert_eq!((told[0].place.row, told[0].place.column.as_deref()), (Some(3), Some("R4")));
    assert!(told[0].message.ja.contains("計算結果"), "{told:?}");
    // Rows that are not looked for stop nothing.
    assert_eq!(read(&project("raw/a.xlsx", &book, &["男"])), [["10", "11", "12"]]);
}

#[test]
fn an_open_document_shows_its_own_text() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let ruby = |base: &str, guide: &str| {
        let base = format!("<text:ruby-base>{base}</text:ruby-base>");
        cell(&format!("<text:ruby>{base}<text:ruby-text>{guide}</text:ruby-text></text:ruby>"))
    };
    let number = |kind: &str, x: &str, shown: &str| {
        format!(
            "<table:table-cell office:value-type=\"{kind}\" office:value=\"{x}\"><text:p>{shown}</text:p>\
             </table:table-cell>"
        )
    };
    let rows = [
        cell("項目") + &cell("令和4年度") + &ruby("令和5年度", "れいわごねんど") + &cell("R6"),
        ruby("民生委員", "みんせいいいん")
            + &number("float", "130", "130")
            + &number("float", "139", "139人")
            + &number("float", "140.00000000000003", "140.00000000000003"),
        cell("割合")
            + &number("percentage", "0.552", "55.2%")
            + &number("percentage", "0.561", "0.561")
            + &number("percentage", "0.6120000000000001", "61.2%"),
    ];
    let rows: String = rows.iter().map(|r| format!("<table:table-row>{r}</table:table-row>")).collect();
    let with_unit = |item: &str, unit: &str| {
        format!("count = {{ file = \"raw/a.ods\", item = \"{item}\" }}\nunit = \"{unit}\"")
    };
    let items = [("民生委員", &*with_unit("民生委員", "人")), ("割合", &with_unit("割合", "%"))];
    let project = of("raw/a.ods", package(&rows), &items);
    assert_eq!(read(&project), [["130人", "139人", "140人"], ["55.2%", "56.1%", "61.2%"]]);
}

#[test]
fn an_old_workbook_has_number_formats_too() {
    let rows = [["項目", "R4", "R5", "R6"], ["A", "0.552", "0.561", "0.612"]];
    let rows = rows.iter().map(|row| row.iter().map(|c| (*c).to_owned()).collect()).collect();
    let mut book = xls(&Sheet { rows, depth: 1, merged: Vec::new() });
    // The only format of cells is made 0.00%.
    let xf = [0xE0, 0, 0x14, 0, 0, 0, 0, 0, 0xF5, 0xFF];
    let at = book.windows(xf.len()).position(|w| w == xf).unwrap();
    book[at + 6] = 10;
    assert_eq!(read(&project("raw/a.xls", book, &["A"])), [["55.20%", "56.10%", "61.20%"]]);
}

#[test]
fn blanks_between_thousands_are_no_end_of_the_number() {
    for blank in [" ", "\u{3000}", "\u{a0}", "\u{2009}", "\u{202f}"] {
        let csv = format!("項目,R4,R5,R6\nA,900人,950人,1{blank}085人\n");
        let count = "count = { file = \"raw/a.csv\", item = \"A\" }\ntarget = \"1,000人\"";
        let project = of("raw/a.csv", csv, &[("A", count)]);
        assert_eq!(read(&project), [["900人", "950人", "1,085人"]]);
        assert_eq!(states(&project), [ProgressState::TargetMet]);
    }
}

#[test]
fn what_is_not_one_number_is_refused() {
    for cell in [
        "10～20",
        "3/10",
        "100→120",
        "56(12)",
        "12:30",
        "2024/4/1",
        "\"1,234 1)\"",
        "1e3",
        "45人中30人",
        "約5人",
        "850人程度",
        "5、6人",
        "10-20",
        "4月1日",
        "1.2.3",
        "\"1,08人\"",
        "30%未満",
        "延期",
    ] {
        let csv = format!("項目,R4,R5,R6\nA,1,{cell},3\n");
        let told = mistakes(&project("raw/a.csv", csv, &["A"]));
        assert_eq!(told.len(), 1, "{cell}: {told:?}");
        let place = (told[0].code, told[0].place.row, told[0].place.column.as_deref());
        assert_eq!(place, (Code::IndicatorQuantity, Some(2), Some("R5")), "{cell}");
        assert!(told[0].message.ja.contains(cell.trim_matches('"')), "{cell}: {told:?}");
    }
}

#[test]
fn scales_in_kanji_are_read() {
    let csv = "項目,R4,R5,R6\nA,99万人,101万人,105万人\nB,\"1億2,000万円\",\"9,000万円\",1億円\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"])), [["99万人", "101万人", "105万人"]]);
    // 1億2,000万円 is 12,000万円, and 1億円 of another scale than these.
    let told = mistakes(&project("raw/a.csv", csv, &["B"]));
    assert_eq!(told[0].code, Code::IndicatorUnit);
    assert!(told[0].message.ja.contains("12,000万円") && told[0].message.ja.contains("1億円"), "{told:?}");
}

#[test]
fn symbols_have_their_status() {
    let csv = "項目,R4,R5,R6\n秘匿,100,秘,x(秘匿)\n星,100,***,＊＊＊\n該当なし,100,該当なし,皆減\n二点,100,‥,\
     ・・・\n不詳,100,不明,N/A\n無,100,－（該当なし）,－\n零,0,０,0\n";
    let project = project("raw/a.csv", csv, &["秘匿", "星", "該当なし", "二点", "不詳", "無", "零"]);
    assert_eq!(
        read(&project),
        [
            ["100", "x", "x"],
            ["100", "…", "…"],
            ["100", "-", "-"],
            ["100", "…", "…"],
            ["100", "…", "…"],
            ["100", "-", "-"],
            ["0", "0", "0"],
        ]
    );
    let told = &project.run().1.quality.findings;
    assert!(told.iter().all(|f| f.code != Code::IndicatorCountBlank), "{told:?}");
}

#[test]
fn an_error_value_of_a_lookup_is_not_available_and_told() {
    let book = numbers(&[("A", "0", [1.0, 2.0, 99.0])]);
    let error = |value: &str| changed(&book, "><v>99</v>", &format!(" t=\"e\"><v>{value}</v>"));
    let found = project("raw/a.xlsx", error("#N/A"), &["A"]);
    assert_eq!(read(&found), [["1", "2", "…"]]);
    let (_, outcome) = found.run();
    let told: Vec<_> = outcome.quality.findings.iter().map(|f| f.message.ja.as_str()).collect();
    assert!(told.contains(&"表計算のエラー値 #N/A を「…」（不詳）として読みました"), "{told:?}");
    // No other one is a figure that is not there.
    let told = mistakes(&project("raw/a.xlsx", error("#DIV/0!"), &["A"]));
    assert_eq!((told.len(), told[0].code), (1, Code::IndicatorQuantity), "{told:?}");
}

#[test]
fn furigana_of_a_workbook_is_no_part_of_a_name() {
    let guided = "<c r=\"A2\" t=\"inlineStr\"><is><t>民生委員</t><rPh sb=\"0\" eb=\"4\"><t>みんせいいいん\
                  </t></rPh></is></c>";
    let book =
        changed(&numbers(&[("A", "0", [130.0, 139.0, 140.0])]), "<c r=\"A2\" t=\"s\"><v>4</v></c>", guided);
    assert_eq!(read(&project("raw/a.xlsx", book, &["民生委員"])), [["130", "139", "140"]]);
}
