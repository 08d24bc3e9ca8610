//! The sheets that are plain lists: 達成状況, データ, 注記, 取扱い方針の影響.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::metrics;
use super::sheet::{put_text, set_up};
use super::style::{SIZE, Styles};
use crate::indicator::{Comparability, IndicatorTable, Quality};
use crate::report::data_copy::{self, Datum};
use crate::report::trend_marks::TrendMarks;
use crate::report::{notes as report_notes, sensitivity, status_table, words};

const HEAD_ROW: u32 = 2;

/// Widths of the columns of 達成状況, in characters.
const STATUS_WIDTHS: [f64; 13] = [8.0, 44.0, 18.0, 14.0, 7.0, 14.0, 14.0, 14.0, 16.0, 15.0, 22.0, 22.0, 26.0];

/// Widths of the columns of データ, in characters.
const DATA_WIDTHS: [f64; 20] = [
    15.0, 9.0, 27.0, 44.0, 15.0, 17.0, 6.5, 9.0, 8.5, 6.5, 19.0, 7.0, 21.0, 6.5, 15.0, 9.0, 12.0, 12.0, 13.0,
    12.0,
];

/// Widths of the columns of 取扱い方針の影響, in characters.
const EFFECT_WIDTHS: [f64; 10] = [44.0, 8.0, 30.0, 12.0, 10.0, 28.0, 10.0, 28.0, 10.0, 14.0];

/// Width of the notes, in characters.
const NOTE_WIDTH: f64 = 150.0;

pub(super) fn status(
    sheet: &mut Worksheet,
    table: &IndicatorTable,
    title: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("達成状況")?;
    set_up(sheet, title, HEAD_ROW)?;
    sheet.set_row_height(0, 24)?;
    put_text(sheet, 0, 0, &format!("{title}　達成状況"), &styles.title)?;
    let signs = format!(
        "◎目標達成　○改善　△ほぼ変化なし　▼悪化　―判定なし（現状値のみ、目標値なし、現状値なし）{}",
        status_table::further_signs(table)
    );
    put_text(sheet, 1, 0, &signs, &styles.remark)?;
    sheet.set_row_height(HEAD_ROW, 24)?;
    for (column, (head, width)) in (0..).zip(status_table::HEADS.into_iter().zip(STATUS_WIDTHS)) {
        sheet.set_column_width(column, width)?;
        put_text(sheet, HEAD_ROW, column, head, &styles.head)?;
    }
    for (row, line) in (HEAD_ROW + 1..).zip(status_table::lines(table)) {
        let height = line
            .texts
            .iter()
            .zip(STATUS_WIDTHS)
            .map(|(text, width)| metrics::height(&[(text, SIZE)], width))
            .fold(0.0, f64::max);
        sheet.set_row_height(row, height.min(metrics::MAX_ROW))?;
        let last = line.texts.len() - 1;
        let state = styles.state(line.state);
        for (i, (column, text)) in (0..).zip(&line.texts).enumerate() {
            let format = match i {
                1..=3 | 10 | 11 => &styles.text,
                _ if i == last => &state,
                _ => &styles.centre,
            };
            put_text(sheet, row, column, text, format)?;
        }
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 2)?;
    Ok(())
}

pub(super) fn data(
    sheet: &mut Worksheet,
    table: &IndicatorTable,
    title: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("データ")?;
    set_up(sheet, title, 0)?;
    for (column, (head, width)) in (0..).zip(data_copy::HEADS.into_iter().zip(DATA_WIDTHS)) {
        sheet.set_column_width(column, width)?;
        put_text(sheet, 0, column, head, &styles.datum_head)?;
    }
    sheet.set_row_height(0, 28)?;
    for (row, cells) in (1..).zip(data_copy::rows(table)) {
        let texts = cells.iter().zip(DATA_WIDTHS).filter_map(|(datum, width)| match datum {
            Datum::Text(text) => Some(metrics::height(&[(text, SIZE)], width)),
            Datum::Number(_) | Datum::Blank => None,
        });
        sheet.set_row_height(row, texts.fold(0.0, f64::max).min(metrics::MAX_ROW))?;
        for (column, datum) in (0..).zip(cells) {
            match datum {
                Datum::Text(text) => put_text(sheet, row, column, &text, &styles.datum)?,
                Datum::Number(number) => {
                    sheet.write_number_with_format(row, column, number, &styles.number)?;
                }
                Datum::Blank => {
                    sheet.write_blank(row, column, &styles.datum)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

/// What the columns of データ hold: its first row is that of its headings, so that programs read it.
fn of_data(table: &IndicatorTable) -> String {
    let trends = TrendMarks::of(table);
    let of = |level, words: &'static str| if trends.has(level) { words } else { "" };
    let (differs, broken) = (
        of(Comparability::Caution, "、d：定義等が異なる（比較注意）"),
        of(Comparability::NotComparable, "、b：系列の断絶（比較不可）"),
    );
    format!(
        "「データ」のシートは1セル1データで、割合の値と信頼区間は%単位で、四捨五入していない。符号 p：\
         速報値、r：訂正値{differs}{broken}。"
    )
}

pub(super) fn notes(
    sheet: &mut Worksheet,
    table: &IndicatorTable,
    title: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("注記")?;
    set_up(sheet, title, 0)?;
    sheet.set_column_width(0, 5)?.set_column_width(1, NOTE_WIDTH)?.set_row_height(0, 24)?;
    put_text(sheet, 0, 0, &format!("{title}　注記（表の見方）"), &styles.title)?;
    let data = format!("データ区分：{}", words::data_label(table.data));
    put_text(sheet, 1, 0, &data, &styles.remark)?;
    for (i, note) in (0u32..).zip(report_notes::notes(table).into_iter().chain([of_data(table)])) {
        let row = i + 3;
        sheet.set_row_height(row, metrics::height(&[(&note, SIZE + 1.0)], NOTE_WIDTH))?;
        put_text(sheet, row, 0, &(i + 1).to_string(), &styles.note)?;
        put_text(sheet, row, 1, &note, &styles.note)?;
    }
    Ok(())
}

pub(super) fn effects(
    sheet: &mut Worksheet,
    table: &IndicatorTable,
    quality: &Quality,
    title: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("取扱い方針の影響")?;
    set_up(sheet, title, HEAD_ROW)?;
    sheet.set_row_height(0, 24)?;
    put_text(sheet, 0, 0, &format!("{title}　取扱い方針の影響"), &styles.title)?;
    put_text(sheet, 1, 0, &sensitivity::summary(quality, table), &styles.remark)?;
    sheet.set_row_height(HEAD_ROW, 24)?;
    for (column, (head, width)) in (0..).zip(sensitivity::HEADS.into_iter().zip(EFFECT_WIDTHS)) {
        sheet.set_column_width(column, width)?;
        put_text(sheet, HEAD_ROW, column, head, &styles.head)?;
    }
    for (row, line) in (HEAD_ROW + 1..).zip(sensitivity::lines(quality, table)) {
        let height = line
            .iter()
            .zip(EFFECT_WIDTHS)
            .map(|(text, width)| metrics::height(&[(text, SIZE)], width))
            .fold(0.0, f64::max);
        sheet.set_row_height(row, height.min(metrics::MAX_ROW))?;
        for (column, text) in (0..).zip(&line) {
            let format = if matches!(column, 0 | 2 | 5 | 7) { &styles.text } else { &styles.centre };
            put_text(sheet, row, column, text, format)?;
        }
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 1)?;
    Ok(())
}
