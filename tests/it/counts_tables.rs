//! Tables of counts as offices keep them: the figure of an item in a year is found by its headings, wherever
//! they stand, and nothing else on the sheet stops a run.

use rust_xlsxwriter::{Format, Workbook};

use shihyo::code::Code;
use shihyo::indicator::{ProgressState, ValueSource};
use shihyo::pipeline::explain;

use crate::support::counts::{mistakes, of, plan, project, read, shown, states};
use crate::support::project::Project;

const GARBAGE: &str = "年度別ごみ収集量,,,\n,,,（単位：トン）\n年度,総収集量,家庭系ごみ,事業系ごみ\n令和4年度\
 ,\"504,920\",\"309,524\",\"195,396\"\n5年度,\"498,903\",\"305,468\",\"193,435\"\n6年度\
 ,\"497,567\",\"304,289\",\"193,278\"\n（注）令和6年度は速報値。,,,\n資料：環境局,,,\n";

#[test]
fn title_and_units_stand_around_and_years_run_down() {
    let count = "count = { file = \"raw/a.csv\", item = \"総収集量\" }";
    let project = of(
        "raw/a.csv",
        GARBAGE,
        &[("総収集量", count), ("事業系", "count = { file = \"raw/a.csv\", item = \"事業系ごみ\" }")],
    );
    let (plan, outcome) = project.run();
    assert_eq!(
        shown(&outcome),
        [["504,920トン", "498,903トン", "497,567トン p"], ["195,396トン", "193,435トン", "193,278トン p"],]
    );
    let told: String = explain(&plan, &outcome, "admin/R5/i1")
        .unwrap()
        .iter()
        .flat_map(|section| section.lines.iter().map(|line| line.ja.clone()))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(told.contains("D5") && told.contains("事業系ごみ"), "{told}");
}

#[test]
fn the_era_is_left_out_after_the_first_year() {
    for head in [
        "令和4年度,5年度,6年度",
        "令和4,5,6",
        "令和4年度,5,6年度（速報）",
        "2022,2023,2024",
        "R4,Ｒ５,令和６年",
    ] {
        let csv = format!("項目,{head}\nA,100,110,120\n");
        let found = read(&project("raw/a.csv", csv, &["A"])).concat();
        assert_eq!((&*found[0], &*found[1], &found[2][..3]), ("100", "110", "120"), "{head}");
    }
    // 平成30, 元, 2: the years before the plan's do not shift the others.
    let csv = "項目,平成30年度,元,2,3,4,5,6\nA,1,2,3,4,100,110,120\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"])), [["100", "110", "120"]]);
}

#[test]
fn a_calendar_year_is_told() {
    let (_, outcome) = project("raw/a.csv", "項目,令和4年,令和5年,令和6年\nA,1,2,3\n", &["A"]).run();
    assert_eq!(shown(&outcome), [["1", "2", "3"]]);
    let told = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCalendarYear).count();
    assert_eq!(told, 3);
}

#[test]
fn rows_that_the_plan_does_not_name_stop_nothing() {
    let csv = "項目,R4,R5,R6\n札幌市,\"1,970\",\"1,968\",\"1,966\"\n伊達市,33,33,32\n東京都 伊達市,57,56,55\n\
     伊達市,57,56,55\n（注）,令和6年度から数え方を変えたため比べられない,,\n小計,約3万,,\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["札幌市"])), [["1,970", "1,968", "1,966"]]);
    let told = mistakes(&project("raw/a.csv", csv, &["伊達市"]));
    let places: Vec<_> = told.iter().map(|d| (d.code, d.place.row, d.place.column.clone())).collect();
    let expected = ["R4", "R5", "R6"].map(|y| (Code::IndicatorCountsTwice, Some(5), Some(y.to_owned())));
    assert_eq!(places, expected);
    // Which of them is told by a cell.
    let cell = "count = \
     { file = \"raw/a.csv\", item = \"伊達市\", cell = { R4 = \"B5\", R5 = \"C5\", R6 = \"D5\" } }";
    assert_eq!(read(&of("raw/a.csv", csv, &[("伊達市", cell)])), [["57", "56", "55"]]);
}

#[test]
fn a_mistake_is_told_once_with_the_items_that_share_it() {
    let csv = "項目,R4,R5,R6\nA,約5人,1,2\nB,1,2,3\n";
    let count = "count = { file = \"raw/a.csv\", item = \"A\" }";
    let told = mistakes(&of("raw/a.csv", csv, &[("甲", count), ("乙", count), ("丙", count)]));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].help.as_ref().unwrap().ja.contains("甲、乙、丙"), "{told:?}");
    // Of other items nothing is said.
    assert_eq!(read(&project("raw/a.csv", csv, &["B"])), [["1", "2", "3"]]);
}

#[test]
fn values_and_targets_of_other_units_are_not_judged() {
    let csv = "項目,単位,R4,R5,R6\n就業率,,55,56,45\n来訪者,千人,972,\"1,041\",\"1,320\"\n予算,千円\
     ,\"1,200\",\"1,300\",\"1,500\"\n";
    let item = |name: &str, target: &str, rest: &str| {
        format!("count = {{ file = \"raw/a.csv\", item = \"{name}\" }}\ntarget = \"{target}\"{rest}")
    };
    let rests =
        [item("就業率", "60%以上", ""), item("来訪者", "1,316,637人", ""), item("予算", "2百万円", "")];
    let items: Vec<(&str, &str)> =
        ["就業率", "来訪者", "予算"].into_iter().zip(rests.iter().map(|r| &**r)).collect();
    let told = mistakes(&of("raw/a.csv", csv, &items));
    assert_eq!(told.iter().map(|d| d.code).collect::<Vec<_>>(), [Code::IndicatorUnit; 3], "{told:?}");
    let help = |at: usize| told[at].help.as_ref().unwrap().ja.clone();
    assert!(help(0).contains("unit = \"%\""), "{}", help(0));
    assert!(help(1).contains("target = \"1,316.637千人\""), "{}", help(1));
    assert!(help(2).contains("target = \"2,000千円\""), "{}", help(2));
    // Done as it says, they are judged: 45 % is below 60 %, 1,320 thousand above, 1,500 of 2,000 thousand.
    let rests = [
        item("就業率", "60%以上", "\nunit = \"%\""),
        item("来訪者", "1,316.637千人", ""),
        item("予算", "2,000千円", ""),
    ];
    let items: Vec<(&str, &str)> =
        ["就業率", "来訪者", "予算"].into_iter().zip(rests.iter().map(|r| &**r)).collect();
    let found = states(&of("raw/a.csv", csv, &items));
    assert_eq!(found, [ProgressState::Worse, ProgressState::TargetMet, ProgressState::Improved]);
}

fn two_rows(merged: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let (sheet, format) = (book.add_worksheet(), Format::new());
    if merged {
        sheet.merge_range(0, 0, 1, 0, "指標", &format).unwrap();
        sheet.merge_range(0, 1, 0, 2, "令和4年度", &format).unwrap();
        sheet.merge_range(0, 3, 0, 4, "令和5年度", &format).unwrap();
    } else {
        sheet.write_row(0, 0, ["指標", "令和4年度", "", "令和5年度", ""]).unwrap();
    }
    sheet.write_row(1, 1, ["目標", "実績", "目標", "実績"]).unwrap();
    sheet.write(2, 0, "A").unwrap();
    sheet.write_row(2, 1, [10, 9, 11, 10]).unwrap();
    sheet.write(3, 0, "B").unwrap();
    sheet.write_row(3, 1, [20, 21, 22, 23]).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn the_target_is_never_read_for_the_actual() {
    for merged in [true, false] {
        let book = two_rows(merged);
        let found = read(&project("raw/a.xlsx", &book, &["A", "B"]));
        assert_eq!(
            found.iter().map(|c| &c[..2]).collect::<Vec<_>>(),
            [["9", "10"], ["21", "23"]],
            "{merged}"
        );
        let count = "count = { file = \"raw/a.xlsx\", item = \"A\", column = \"目標\" }";
        assert_eq!(read(&of("raw/a.xlsx", &book, &[("A", count)]))[0][..2], ["10", "11"], "{merged}");
    }
    let csv = "指標,令和4年度,,令和5年度,\n,目標,実績,目標,実績\nA,10,9,11,10\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"]))[0][..2], ["9", "10"]);
    // The other way round: 目標 and 実績 over years.
    let csv = "指標,目標,,実績,\n,R4,R5,R4,R5\nA,10,11,9,10\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"]))[0][..2], ["9", "10"]);
}

#[test]
fn columns_that_nothing_tells_apart_are_asked_about() {
    let csv = "指標,令和4年度,,令和5年度,\n,男,女,男,女\nA,10,9,11,10\n";
    let told = mistakes(&project("raw/a.csv", csv, &["A"]));
    assert_eq!(told[0].code, Code::IndicatorCountsTwice);
    assert!(told[0].help.as_ref().unwrap().ja.contains("男、女"), "{told:?}");
    let count = "count = { file = \"raw/a.csv\", item = \"A\", column = \"女\" }";
    assert_eq!(read(&of("raw/a.csv", csv, &[("A", count)]))[0][..2], ["9", "10"]);
}

#[test]
fn nested_headings_are_named_from_the_outermost_in() {
    let groups = [
        // A column for each level, going on over blank cells.
        "区分,内訳,R4,R5,R6\n市税,個人,1,2,3\n,法人,4,5,6\n国税,個人,7,8,9\n",
        // One column, moved in.
        "区分,R4,R5,R6\n市税,5,7,9\n　個人,1,2,3\n　法人,4,5,6\n国税,7,8,9\n　個人,7,8,9\n",
        // One column, all at the left.
        "区分,R4,R5,R6\n市税,5,7,9\n個人,1,2,3\n法人,4,5,6\n国税,7,8,9\n個人,7,8,9\n",
    ];
    let count = |item: &str| format!("count = {{ file = \"raw/a.csv\", item = {item} }}");
    for csv in groups {
        let project = of("raw/a.csv", csv, &[("A", &count("[\"市税\", \"個人\"]"))]);
        assert_eq!(read(&project), [["1", "2", "3"]], "{csv}");
        let told = mistakes(&of("raw/a.csv", csv, &[("A", &count("\"個人\""))]));
        assert_eq!(told[0].code, Code::IndicatorCountsTwice, "{csv}");
    }
    // A group is its total where there is one, and no part of it.
    let csv = "区分,内訳,R4,R5,R6\n市税,個人,1,2,3\n,法人,4,5,6\n,計,5,7,9\n";
    assert_eq!(read(&of("raw/a.csv", csv, &[("A", &count("\"市税\""))])), [["5", "7", "9"]]);
    assert_eq!(
        mistakes(&of("raw/a.csv", groups[0], &[("A", &count("\"市税\""))]))[0].code,
        Code::IndicatorCountsTwice
    );
}

#[test]
fn headings_of_many_names_are_items() {
    for (head, item) in [
        ("区分", "A"),
        ("施策名", "A"),
        ("指標名", "A"),
        ("ＫＰＩ", "A"),
        ("項　目", "A"),
        ("", "A"),
        ("項目", "Ａ"),
        ("項目", "　A "),
        ("項目", "A※1"),
    ] {
        let csv = format!("{head},R4,R5,R6\n{item},1,2,3\n");
        assert_eq!(read(&project("raw/a.csv", csv, &["A"])), [["1", "2", "3"]], "{head} {item}");
    }
    let csv = "No,指標名,担当課,単位,R4,R5,R6,R10目標,備考\n1,A,福祉課,人,1,2,3,9,令和6年度は速報値\n2,B,市民\
     課,件,4,5,6,9,\n";
    assert_eq!(
        read(&project("raw/a.csv", csv, &["A", "B"])),
        [["1人", "2人", "3人 p"], ["4件", "5件", "6件"]]
    );
}

#[test]
fn long_tables_have_a_row_a_year() {
    let csv =
        "項目,年度,値,備考\nA,令和4年度,1人,\nA,令和5年度,2人,令和5年度は訂正\nA,R6,3人,速報値\nB,R4,5人,\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"])), [["1人", "2人 r", "3人 p"]]);
    // Several columns of figures, of which one is the value.
    let csv = "年度,項目,目標値,実績値,達成率\nR4,A,10,9,90%\nR5,A,11,10,91%\nR6,A,12,11,92%\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["A"])), [["9", "10", "11"]]);
    let csv = "年度,項目,件数,人数\nR4,A,10,9\nR5,A,11,10\nR6,A,12,11\n";
    assert_eq!(mistakes(&project("raw/a.csv", csv, &["A"]))[0].code, Code::IndicatorCountsTwice);
    let count = "count = { file = \"raw/a.csv\", item = \"A\", column = \"人数\" }";
    assert_eq!(read(&of("raw/a.csv", csv, &[("A", count)])), [["9", "10", "11"]]);
}

#[test]
fn several_tables_stand_on_a_sheet() {
    let csv = "表1 人口,,,\n区分,R4,R5,R6\n総数,100,101,102\n男,50,51,52\n,,,\n表2 世帯,,,\n区分,R4,R5,R6\n世\
     帯数,40,41,42\n";
    assert_eq!(
        read(&project("raw/a.csv", csv, &["総数", "世帯数"])),
        [["100", "101", "102"], ["40", "41", "42"]]
    );
}

#[test]
fn a_file_a_year_says_its_year_in_its_name() {
    let project = Project::new(&[(
        "pipelines/p/plan.toml",
        &plan(&[(
            "A",
            "count = { file = [\"raw/r4.csv\", \"raw/令和5年度集計.csv\", \"raw/c.csv\"], item = \"A\" }",
        )]),
    )]);
    project.write("raw/r4.csv", "項目,件数\nA,1\nB,2\n");
    project.write("raw/令和5年度集計.csv", "項目,件数\nA,3\nB,4\n");
    project.write("raw/c.csv", "令和6年度の状況,\n項目,件数\nA,5\nB,6\n");
    assert_eq!(read(&project), [["1", "3", "5"]]);
}

#[test]
fn what_is_not_found_is_told_with_what_was_looked_at() {
    let told = mistakes(&project("raw/a.csv", "区分,件数,人数\nA,1,2\n", &["A"]));
    assert_eq!(told[0].code, Code::IndicatorCountsColumns);
    let help = told[0].help.as_ref().unwrap().ja.clone();
    assert!(help.contains("1行目の見出し: 区分、件数、人数"), "{help}");
    let told = mistakes(&project("raw/a.csv", GARBAGE, &["焼却量"]));
    let help = told[0].help.as_ref().unwrap().ja.clone();
    assert_eq!(told[0].code, Code::PlanUnknownItem);
    assert!(help.contains("A列を年度") && help.contains("総収集量、家庭系ごみ、事業系ごみ"), "{help}");
    let told = mistakes(&project("raw/a.csv", "区分,R4,R5\n総収集量,1,2\n", &["総収集"]));
    assert!(told[0].help.as_ref().unwrap().ja.contains("総収集量"), "{told:?}");
    let (_, outcome) = project("raw/a.csv", "区分,R4,R6\nA,1,2\n", &["A"]).run();
    let missing = outcome.quality.findings.iter().find(|f| f.code == Code::IndicatorCountMissing).unwrap();
    assert!(missing.message.ja.contains("R4、R6"), "{missing:?}");
    let sources = outcome.table.rows[0].measures[0].cells.iter().filter(|c| match &c.content {
        shihyo::indicator::CellContent::Value(o) => matches!(o.source, ValueSource::Admin { .. }),
        _ => false,
    });
    assert_eq!(sources.count(), 2);
}

#[test]
fn a_sheet_a_year_says_its_year_in_its_name() {
    let mut book = Workbook::new();
    for (name, value) in [("表紙", 0), ("R4", 1), ("令和5年度", 3), ("2024年度", 5)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write_row(0, 0, ["項目", "件数"]).unwrap();
        sheet.write(1, 0, "A").unwrap();
        sheet.write(1, 1, value).unwrap();
    }
    let book = book.save_to_buffer().unwrap();
    let count = "count = { file = \"raw/a.xlsx\", sheet = \"*\", item = \"A\" }";
    assert_eq!(read(&of("raw/a.xlsx", &book, &[("A", count)])), [["1", "3", "5"]]);
    let one = "count = { file = \"raw/a.xlsx\", sheet = \"*年度\", item = \"A\" }";
    assert_eq!(read(&of("raw/a.xlsx", &book, &[("A", one)])), [["…", "3", "5"]]);
}

#[test]
fn a_note_without_a_year_is_a_guess_and_told() {
    let told = |note: &str| -> Vec<String> {
        let csv = format!("項目,R4,R5,R6,備考\nA,1人,2人,3人,{note}\n");
        let (_, outcome) = project("raw/a.csv", csv, &["A"]).run();
        let findings = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCountCell);
        findings.map(|f| f.message.ja.clone()).collect()
    };
    let guess = "備考の「速報値」に年度がないので、行のいちばん新しい令和6年度の値のことと読みました";
    assert_eq!(told("速報値"), [guess]);
    assert!(told("令和6年度は速報値").is_empty() && told("出前講座を含む").is_empty());
}

#[test]
fn a_year_that_only_the_title_names_is_told() {
    let told = |file: &str, title: &str| {
        let csv = format!("{title},,\n指標,単位,実績\nA,人,442\n");
        let (_, outcome) = project(file, csv, &["A"]).run();
        let findings = outcome.quality.findings.iter().filter(|f| f.code == Code::IndicatorCountCell);
        (shown(&outcome), findings.map(|f| f.message.ja.clone()).collect::<Vec<_>>())
    };
    let (values, findings) = told("raw/a.csv", "令和6年度 事業実績");
    assert_eq!(values, [["…", "…", "442"]]);
    assert_eq!(findings, ["年度の見出しがないので、表題にある令和6年度の値として読みました"]);
    let (values, findings) = told("raw/R6.csv", "事業実績");
    assert_eq!((values, findings.len()), (vec![["…", "…", "442"].map(str::to_owned).to_vec()], 0));
}

#[test]
fn blank_rows_and_marks_of_notes_stand_between_headings_and_years() {
    let csv = "人口の動態,,\n年次,自然増減,\n,出生,死亡\n,,\n,,\n\
               \x20令 和 ４ 年 a),10,20\n　　　５ 年 a)b),11,21\n　　　６ 年,12,22\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["出生", "死亡"])), [["10", "11", "12"], ["20", "21", "22"]]);
}

#[test]
fn tables_side_by_side_have_items_of_their_own() {
    let csv = "区分,R5,R6,区分,R5,R6\n歳入,10,11,公債費率,20,21\n歳出,12,13,残高,22,23\n";
    let found = read(&project("raw/a.csv", csv, &["歳入", "公債費率", "残高"]));
    assert_eq!(found, [["…", "10", "11"], ["…", "20", "21"], ["…", "22", "23"]]);
    // A long table that goes on at the right names its items once more.
    let csv = "項目,R4,R5,項目,R6\n歳入,10,11,歳入,12\n歳出,13,14,歳出,15\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["歳入"])), [["10", "11", "12"]]);
    // What a year has nothing of in the right table is not taken from the left one.
    let csv = "区分,R5,区分,R6\n歳入,10,公債費率,21\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["歳入"])), [["…", "10", "…"]]);
}

#[test]
fn western_years_need_no_heading_and_codes_are_no_years() {
    let csv = "id,era,人数\n1,2022,10\n2,2023,11\n3,2024,12\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["人数"])), [["10", "11", "12"]]);
    let csv = "Year,Units,Value\n2022-23,Kg,10\n2023-24,Kg,11\n2024-25,Kg,12\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["Kg"])), [["10", "11", "12"]]);
    // The year in both ways, and a blank row between years.
    let csv = "年次,,人数,備考\n令和4年 a),2022,10,4年\n\
               5年,2023,11,5年\n,,,\n6年,2024,12,6年\n,,,\n7年,2025,13,7年\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["人数"])), [["10", "11", "12"]]);
    // 02022 is the code of a place.
    let csv = "コード,地域,R4,R5,R6\n02022,甲,10,11,12\n02023,乙,13,14,15\n02024,丙,16,17,18\n";
    assert_eq!(read(&project("raw/a.csv", csv, &["乙"])), [["13", "14", "15"]]);
}

#[test]
fn a_part_is_not_taken_from_the_next_group() {
    // In a table of two years, and of one.
    let rows = |text: &str| ["区分,R5,R6\n", "区分,R6\n"].map(|head| find(head, text));
    fn find(head: &str, rows: &str) -> (String, bool) {
        let years = head.matches(',').count();
        let line = |row: &str| {
            let (name, value) = row.split_once(',').unwrap();
            format!("{name}{}\n", format!(",{value}").repeat(years))
        };
        let csv: String = rows.lines().map(line).collect();
        let count = "count = { file = \"raw/a.csv\", item = [\"B\", \"女\"] }";
        let project = of("raw/a.csv", format!("{head}{csv}"), &[("A", count)]);
        match project.compute() {
            Ok(outcome) => {
                let flat = |f: &&shihyo::finding::Finding| f.message.ja.contains("字下げ");
                let told = outcome.quality.findings.iter().filter(flat).count() > 0;
                (shown(&outcome)[0].last().cloned().unwrap_or_default(), told)
            }
            Err(error) => (error.diagnostics()[0].code.as_str().to_owned(), false),
        }
    }
    let none = ("plan::unknown-item".to_owned(), false);
    // B has men only: the women below are C's.
    let without = rows("A,100\n男,50\n女,50\nB,60\n男,60\nC,70\n男,30\n女,40\n");
    assert_eq!(without, [none.clone(), none.clone()]);
    let indented = rows("A,100\n　男,50\n　女,50\nB,60\nC,70\n　男,30\n　女,40\n");
    assert_eq!(indented, [none.clone(), none]);
    // Set apart it is sure; in a flat list it is a guess, and told.
    let sure = rows("A,100\n　男,50\n　女,50\nB,60\n　男,35\n　女,25\nC,70\n　男,30\n　女,40\n");
    assert_eq!(sure, [("25".to_owned(), false), ("25".to_owned(), false)]);
    let flat = rows("A,100\n男,50\n女,50\nB,60\n男,35\n女,25\nC,70\n男,30\n女,40\n");
    assert_eq!(flat, [("25".to_owned(), true), ("25".to_owned(), true)]);
}
