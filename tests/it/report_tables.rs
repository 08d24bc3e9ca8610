//! The tables for people: the workbook, read back, and the page.

use std::io::Cursor;

use crate::support::report_sample::{Sample, sample};
use calamine::{Data, Reader, Xlsx};
use shihyo::indicator::DataKind;
use shihyo::report::{ReportInput, render};

fn file(sample: &Sample, name: &str) -> Vec<u8> {
    let input = ReportInput { table: &sample.table, estimates: &sample.estimates, quality: &sample.quality };
    render(&input).unwrap().into_iter().find(|(n, _)| n == name).unwrap().1
}

fn workbook(sample: &Sample) -> Xlsx<Cursor<Vec<u8>>> {
    calamine::open_workbook_from_rs(Cursor::new(file(sample, "progress-table.xlsx"))).unwrap()
}

/// All cells of a sheet as text, from A1 on.
fn texts(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).unwrap();
    assert_eq!(range.start(), Some((0, 0)));
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

const HEADS: [&str; 14] = [
    "基本目標・施策の方向",
    "ページ番号",
    "担当部署",
    "項目",
    "R4\n(現状値)",
    "R5",
    "R6",
    "R7",
    "R8",
    "R9",
    "R10\n(目標値)",
    "目標設定の考え方",
    "令和6年度の取組状況\n(増減に向けて取り組んだ内容等)",
    "令和7年度に向けた今後の展開\n(課題に向けた取組等)",
];

#[test]
fn the_workbook_has_the_columns_of_the_office() {
    let mut book = workbook(&sample(DataKind::Synthetic));
    assert_eq!(book.sheet_names(), ["進捗管理表", "達成状況", "データ", "注記", "取扱い方針の影響"]);
    assert_eq!(texts(&mut book, "進捗管理表")[2], HEADS);
}

#[test]
fn the_effect_of_each_policy_is_told_on_the_page_and_in_the_workbook() {
    let of = sample(DataKind::Synthetic);
    let expected = [
        "R4",
        "単数回答に2つ以上の○",
        "問12",
        "10人",
        "無効回答とする",
        "30.6%",
        "番号の若い方を採る",
        "30.9%",
        "+0.3ポイント",
    ];
    let rows = texts(&mut workbook(&of), "取扱い方針の影響");
    assert_eq!(rows[3][1..], expected);
    let page = String::from_utf8(file(&of, "progress-table.html")).unwrap();
    let block = page.split("取扱い方針の影響</h2>").nth(1).unwrap().split("</section>").next().unwrap();
    for words in expected {
        assert!(block.contains(words), "{words}");
    }
    assert!(block.contains("差が最も大きいのは「市民アンケート【"), "{block}");
    let mut without = sample(DataKind::Synthetic);
    without.quality.effects.clear();
    assert_eq!(workbook(&without).sheet_names().len(), 4);
}

#[test]
fn cells_read_as_the_city_prints_them() {
    let mut book = workbook(&sample(DataKind::Synthetic));
    let rows = texts(&mut book, "進捗管理表");
    assert_eq!(
        rows[3][..11],
        [
            "基本目標1 一人一人が活躍する地域づくり\n・福祉教育・啓発の充実\n・地域活動・ボランティア活動の\
             参画促進\n・専門的な人材の育成",
            "45-48",
            "地域共生課",
            "ほっとネット推進員登録者数",
            "431人",
            "439人",
            "442人",
            "人",
            "人",
            "人",
            "506人"
        ]
    );
    assert_eq!(
        rows[5][4..11],
        ["30.6%\n(28.4～32.9)\nn=1,630", "-", "-", "41.0%\n(38.6～43.5)\nn=1,512", "-", "-", "40%以上"]
    );
    assert_eq!(
        rows[6][3..7],
        ["ふれあいのまちづくり事業における地域活動拠点\n　拠点数", "72団体", "64団体", "64団体"]
    );
    assert_eq!(rows[7][3..5], ["　延べ利用者数", "7,306人"]);
    assert_eq!(rows[8][3..11], ["　延べ利用回数", "…", "…", "x", "回", "回", "回", "…\n※注記参照"]);
    assert_eq!(rows[9][4], "20.7%\nn=29\n*参考値");
    assert_eq!(rows[11][4], "57.6%\n公表値");
    assert_eq!(rows[12][4..7], ["972,658人", "1,041,486人\n※訂正値", "1,085,112人\n※速報値"]);
    assert_eq!(
        rows[12][11], "=1+1 路線バスではカバーしきれない公共交通空白地域の解消のため。",
        "text, not a formula"
    );
}

#[test]
fn goals_and_shared_texts_are_merged_over_their_lines() {
    let mut book = workbook(&sample(DataKind::Synthetic));
    let merged: Vec<_> =
        book.merge_cells_by_sheet_name("進捗管理表").unwrap().into_iter().map(|d| (d.start, d.end)).collect();
    for column in [0, 1] {
        assert!(
            merged.contains(&((3, column), (5, column))) && merged.contains(&((6, column), (11, column))),
            "{merged:?}"
        );
    }
    for column in [2, 11, 12, 13] {
        assert!(merged.contains(&((6, column), (8, column))), "{merged:?}");
    }
    assert!(book.merge_cells_by_sheet_name("データ").unwrap().is_empty(), "one cell, one datum");
}

#[test]
fn the_data_sheet_holds_numbers_as_numbers() {
    let mut book = workbook(&sample(DataKind::Synthetic));
    let range = book.worksheet_range("データ").unwrap();
    let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let at = |name: &str| heads.iter().position(|h| h == name).unwrap();
    let mut values = 0;
    for row in range.rows().skip(1) {
        assert!(matches!(row[at("年度（西暦）")], Data::Float(y) if (2022.0..=2028.0).contains(&y)));
        assert!(matches!(row[at("値")], Data::Float(_) | Data::Empty), "{row:?}");
        values += usize::from(matches!(row[at("値")], Data::Float(_)));
        assert!(row.iter().all(|c| !c.to_string().contains('\n')));
    }
    assert!(values > 20);
    let share = range.rows().find(|r| r[0] == Data::String("intent".into())).unwrap();
    assert_eq!(share[at("値")], Data::Float(49_900.0 / 1630.0));
    assert_eq!(
        (share[at("単位")].to_string().as_str(), share[at("回答者数")].clone()),
        ("%", Data::Float(1630.0))
    );
}

#[test]
fn the_status_sheet_says_every_state_in_words() {
    let mut book = workbook(&sample(DataKind::Synthetic));
    let rows = texts(&mut book, "達成状況");
    let states: Vec<&str> = rows[3..].iter().map(|r| r[12].as_str()).collect();
    assert_eq!(
        states,
        [
            "○ 改善",
            "▼ 悪化",
            "◎ 目標達成",
            "▼ 悪化",
            "△ ほぼ変化なし",
            "― 目標値なし",
            "― 現状値のみ",
            "― 現状値なし",
            "c（現状値のみ）",
            "順調\n（手動による変更。理由：運行経路の見直しのため。計算上は○ 改善）"
        ]
    );
    assert_eq!(
        rows[5][5..12],
        [
            "30.6%\n（R4）",
            "41.0%\n（R7）",
            "40%以上",
            "110.0%",
            "+10.4ポイント",
            "p<0.001\n（t=6.19、自由度3,012.4）",
            "値は目標に届くが、信頼区間は目標をまたぐ"
        ]
    );
    assert_eq!(rows[4][8], "―（維持目標のため計算しない）");
}

#[test]
fn synthetic_data_are_named_on_every_sheet_and_real_ones_are_not() {
    for (kind, expected) in [(DataKind::Synthetic, true), (DataKind::Real, false)] {
        let s = sample(kind);
        let mut book = workbook(&s);
        for sheet in book.sheet_names() {
            let rows = texts(&mut book, &sheet);
            if sheet == "データ" {
                // It begins with its headings, and says of every row whether that is real.
                let mut kinds = rows[1..].iter().flatten();
                assert!(!expected || kinds.any(|kind| kind.contains("合成データ")), "{sheet}");
                continue;
            }
            assert_eq!(rows[0][0].contains("合成データ"), expected, "{sheet}");
        }
        let page = String::from_utf8(file(&s, "progress-table.html")).unwrap();
        assert_eq!(page.contains("合成データ"), expected);
    }
}

#[test]
fn a_text_too_high_for_one_row_gets_several() {
    let mut s = sample(DataKind::Real);
    s.table.rows[0].actions = Some("取組を進めた。".repeat(200));
    let mut book = workbook(&s);
    // 1,400 characters at some 18 a line and 13 points a line: over 1,000 points, where Excel draws 409 a
    // row.
    let merged = book.merge_cells_by_sheet_name("進捗管理表").unwrap();
    let rows = merged.iter().find(|d| d.start == (3, 12)).map(|d| d.end.0 - d.start.0 + 1);
    assert_eq!(rows, Some(3));
    assert_eq!(texts(&mut book, "進捗管理表")[3][12].chars().count(), 1400);
}

fn page(s: &Sample) -> String {
    String::from_utf8(file(s, "progress-table.html")).unwrap()
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = page(&sample(DataKind::Synthetic));
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"ja\">"));
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    for word in ["<script", "http://", "https://", "url(", "<img", "<link", "<b>新たな"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("&lt;b&gt;新たな&lt;/b&gt;"));
    assert!(page.contains("@page { size: A3 landscape"));
}

/// Every row of the progress table fills its 14 columns, spans included: what a screen reader and a printer
/// rely on.
#[test]
fn the_spans_of_the_page_tile_the_table() {
    let page = page(&sample(DataKind::Synthetic));
    let table = page.split("<table class=\"progress\">").nth(1).unwrap().split("</table>").next().unwrap();
    assert!(table.starts_with("<caption>"));
    for body in table.split("<tbody>").skip(1) {
        let mut hanging: Vec<(usize, usize)> = Vec::new();
        for row in body.split("<tr").skip(1) {
            let mut columns: usize =
                hanging.iter().filter(|(left, _)| *left > 0).map(|(_, width)| width).sum();
            hanging.iter_mut().for_each(|(left, _)| *left = left.saturating_sub(1));
            for cell in row.split("<td").skip(1).chain(row.split("<th").skip(1)) {
                let tag = cell.split('>').next().unwrap();
                columns += 1;
                if let Some(span) = tag.split("rowspan=\"").nth(1) {
                    let span: usize = span.split('"').next().unwrap().parse().unwrap();
                    hanging.push((span - 1, 1));
                }
            }
            assert_eq!(columns, 14, "{row}");
        }
        assert!(hanging.iter().all(|(left, _)| *left == 0), "a span reaches past its goal");
    }
    assert_eq!(table.matches("scope=\"col\"").count(), 14);
    assert_eq!(table.matches("scope=\"row\"").count(), 10);
    assert_eq!(table.matches("scope=\"rowgroup\"").count(), 3);
}
