//! The workbook of findings that a person fills in, and that comes back as a cleaning log: 確認事項 with
//! drop-downs, 使い方, 選択肢. Its first sheet has one header row, so that it reads back as it is.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, Formula,
    Workbook, Worksheet, XlsxError,
};

use super::metrics;
use super::sheet::put_text;
use super::style::{SIZE, Styles};
use crate::code::Code;
use crate::edits::{Accepts, Action, ReviewRow};
use crate::error::Error;
use crate::indicator::FiscalYear;
use crate::questionnaire::Question;

/// What the workbook is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The plan's title.
    pub title: &'a str,
    /// Whether the responses are synthetic.
    pub synthetic: bool,
    /// The waves, in the order of the plan.
    pub waves: &'a [Wave<'a>],
}

/// The rows of one wave.
#[derive(Debug, Clone, Copy)]
pub struct Wave<'a> {
    /// The survey's title.
    pub survey: &'a str,
    /// The wave's year.
    pub year: FiscalYear,
    /// The survey's questions.
    pub questions: &'a [Question],
    /// What is to be looked at.
    pub rows: &'a [ReviewRow],
}

const HEADS: [(&str, f64); 14] = [
    ("調査", 18.0),
    ("調査回", 8.0),
    ("回答者番号", 12.0),
    ("設問", 9.0),
    ("確認事項", 25.0),
    ("元の値", 20.0),
    ("新しい値", 30.0),
    ("対応", 14.0),
    ("理由", 30.0),
    ("ファイル", 36.0),
    ("シート", 13.0),
    ("行", 7.0),
    ("列", 18.0),
    ("コード", 30.0),
];
const NEW: u16 = 6;
const ACTION: u16 = 7;
const REASON: u16 = 8;

/// What a person writes into stands out.
const INPUT: u32 = 0x00FF_F8DC;

const OPTIONS_SHEET: &str = "選択肢";

/// The workbook, as bytes: the same values give the same bytes.
///
/// # Errors
/// `report::xlsx`: more rows than a sheet holds.
pub fn workbook(sheet: &Sheet<'_>) -> Result<Vec<u8>, Error> {
    build(sheet).map_err(|e| {
        Error::msg(
            Code::ReportXlsx,
            format!("Excelファイルを作れません: {e}"),
            format!("cannot make the workbook: {e}"),
        )
    })
}

fn build(of: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let title = if of.synthetic { format!("{}【合成データ】", of.title) } else { of.title.to_owned() };
    let styles = Styles::new();
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new().set_title(&title).set_creation_datetime(&ExcelDateTime::from_ymd(2020, 1, 1)?),
    );
    let lists = Lists::of(of);
    findings(book.add_worksheet(), of, &title, &lists, &styles)?;
    guide(book.add_worksheet(), &title, &styles)?;
    lists.write(book.add_worksheet(), &title, &styles)?;
    book.save_to_buffer()
}

fn set_up(sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
    let title: String = title.chars().take(super::sheet::MAX_HEADER).collect();
    sheet
        .set_paper_size(9)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.55, 0.3, 0.25)
        .set_header(format!("&L&9{}　確認事項&R&9&A", title.replace('&', "&&")))
        .set_footer("&C&9&P / &N ページ")
        .set_repeat_rows(0, 0)?;
    Ok(())
}

fn findings(
    sheet: &mut Worksheet,
    of: &Sheet<'_>,
    title: &str,
    lists: &Lists<'_>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name("確認事項")?;
    set_up(sheet, title)?;
    // Text, so that a spreadsheet does not make a date of 1-2 or a number of 007.
    let input = styles.text.clone().set_background_color(INPUT).set_num_format("@");
    let input_head = styles.head.clone().set_background_color(0x00FF_E699);
    for (column, (head, width)) in (0..).zip(HEADS) {
        sheet.set_column_width(column, width)?;
        put_text(
            sheet,
            0,
            column,
            head,
            if (NEW..=REASON).contains(&column) { &input_head } else { &styles.head },
        )?;
    }
    sheet.set_row_height(0, 24)?.set_freeze_panes(1, 4)?;
    let plain = styles.text.clone().set_num_format("@");
    let number = styles.centre.clone();
    let mut at = 1;
    let mut validated: Vec<(usize, Vec<u32>)> = Vec::new();
    for (w, wave) in of.waves.iter().enumerate() {
        for row in wave.rows {
            let question = row.question.and_then(|q| wave.questions.get(q)).map_or("", |q| q.id.as_str());
            // One below the other, as the one change must answer them all.
            let problems = row.problems.iter().map(|p| p.text().ja).collect::<Vec<_>>().join("\n");
            let codes = row.problems.iter().map(|p| p.code().as_str()).collect::<Vec<_>>().join("\n");
            let year = wave.year.short();
            let texts: [&str; 14] = [
                wave.survey,
                &year,
                &row.respondent,
                question,
                &problems,
                &row.old,
                "",
                "",
                "",
                &row.file,
                &row.sheet,
                "",
                &row.column,
                &codes,
            ];
            let heights = texts
                .iter()
                .zip(HEADS)
                .map(|(text, (_, width))| metrics::height(&[(text, SIZE)], width - 1.5));
            sheet.set_row_height(at, heights.fold(18.0, f64::max).min(metrics::MAX_ROW))?;
            for (column, text) in (0..).zip(texts) {
                match column {
                    NEW..=REASON => drop(sheet.write_blank(at, column, &input)?),
                    11 => drop(sheet.write_number_with_format(at, column, row.row as f64, &number)?),
                    _ => put_text(sheet, at, column, text, &plain)?,
                }
            }
            if let Some(list) = lists.position(w, row) {
                match validated.iter_mut().find(|(l, _)| *l == list) {
                    Some((_, rows)) => rows.push(at),
                    None => validated.push((list, vec![at])),
                }
            }
            at += 1;
        }
    }
    let last = at - 1;
    if last > 0 {
        sheet.autofilter(0, 0, last, HEADS.len() as u16 - 1)?;
        let words = Action::ALL.map(|a| a.text().ja);
        let action = DataValidation::new()
            .allow_list_strings(&words)?
            .set_error_title("対応")?
            .set_error_message("一覧から選んでください。空欄のままでも構いません。")?;
        sheet.add_data_validation(1, ACTION, last, ACTION, &action)?;
    }
    for (list, rows) in validated {
        let validation = lists.validation(list)?;
        for rows in rows.chunks(CELLS_A_VALIDATION) {
            let (Some(&first), Some(&end)) = (rows.first(), rows.last()) else { continue };
            sheet.add_data_validation(
                first,
                NEW,
                end,
                NEW,
                &validation.clone().set_multi_range(ranges(rows)),
            )?;
        }
    }
    Ok(())
}

/// Excel reads a list of so many cells at once without trouble.
const CELLS_A_VALIDATION: usize = 500;

/// Rows of the column of new values, as Excel writes them: `G2:G4 G9`.
fn ranges(rows: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &row in rows {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == row => *end = row,
            _ => runs.push((row, row)),
        }
    }
    let one = |(first, end): (u32, u32)| {
        if first == end { format!("G{}", first + 1) } else { format!("G{}:G{}", first + 1, end + 1) }
    };
    runs.into_iter().map(one).collect::<Vec<_>>().join(" ")
}

/// A list of what a new value may be.
struct List<'a> {
    wave: usize,
    question: Option<usize>,
    accepts: &'a Accepts,
    head: String,
    text: &'a str,
}

/// All lists, each once; those with options stand on a sheet of their own, in this order.
struct Lists<'a> {
    all: Vec<List<'a>>,
}

impl<'a> Lists<'a> {
    fn of(of: &Sheet<'a>) -> Self {
        let mut all: Vec<List<'a>> = Vec::new();
        for (w, wave) in of.waves.iter().enumerate() {
            for row in wave.rows {
                if row.accepts == Accepts::Words || all.iter().any(|l| l.is(w, row)) {
                    continue;
                }
                let question = row.question.and_then(|q| wave.questions.get(q));
                let head = format!(
                    "{} {} {}",
                    wave.survey,
                    wave.year.short(),
                    question.map_or("", |q| q.id.as_str())
                );
                all.push(List {
                    wave: w,
                    question: row.question,
                    accepts: &row.accepts,
                    head,
                    text: question.map_or("", |q| q.text.as_str()),
                });
            }
        }
        Self { all }
    }

    fn position(&self, wave: usize, row: &ReviewRow) -> Option<usize> {
        self.all.iter().position(|l| l.is(wave, row))
    }

    /// The column of a list on its sheet.
    fn column(&self, list: usize) -> u16 {
        self.all.iter().take(list).filter(|l| l.options().is_some()).count() as u16
    }

    fn validation(&self, list: usize) -> Result<DataValidation, XlsxError> {
        let Some(of) = self.all.get(list) else { return Ok(DataValidation::new()) };
        let question = of.head.rsplit(' ').next().unwrap_or_default();
        let prompt = |text: &str| -> Result<DataValidation, XlsxError> {
            DataValidation::new()
                .allow_any_value()
                .set_input_title(shortened(question, 30))?
                .set_input_message(shortened(text, 250))
        };
        match of.accepts {
            Accepts::One(options) => {
                let column = crate::raw::letters(usize::from(self.column(list)));
                let last = FIRST_OPTION as usize + options.len();
                let list = Formula::new(format!(
                    "='{OPTIONS_SHEET}'!${column}${}:${column}${last}",
                    FIRST_OPTION + 1
                ));
                // A number that is typed is as good as a choice, so the spreadsheet only asks.
                Ok(DataValidation::new()
                    .allow_list_formula(list)
                    .set_error_style(DataValidationErrorStyle::Warning)
                    .set_error_title("新しい値")?
                    .set_error_message(
                        "一覧にない値です。番号だけを書くこともできますが、選択肢にない値は取り込めません。",
                    )?)
            }
            Accepts::Several(_) => prompt(
                "番号をカンマでつないで書きます（例: 1,3）。番号は「選択肢」シートにあります。無回答にする\
                 ときは「無回答」。",
            ),
            Accepts::Mark => prompt("選択したなら 1、していないなら 0 を書きます。"),
            Accepts::Number(None) => {
                prompt("数だけを書きます（単位は書きません）。無回答にするときは「無回答」。")
            }
            Accepts::Number(Some((low, high))) => {
                prompt(&format!("{low}から{high}までの数だけを書きます。無回答にするときは「無回答」。"))
            }
            Accepts::Words => Ok(DataValidation::new()),
        }
    }

    fn write(&self, sheet: &mut Worksheet, title: &str, styles: &Styles) -> Result<(), XlsxError> {
        sheet.set_name(OPTIONS_SHEET)?;
        set_up(sheet, title)?;
        sheet.set_print_fit_to_pages(0, 1);
        let with_options = self.all.iter().filter_map(|l| Some((l, l.options()?)));
        for (column, (list, options)) in (0..).zip(with_options) {
            sheet.set_column_width(column, 34)?;
            put_text(sheet, 0, column, &list.head, &styles.head)?;
            put_text(sheet, 1, column, list.text, &styles.text)?;
            for (row, option) in (FIRST_OPTION..).zip(options) {
                put_text(sheet, row, column, option, &styles.text)?;
            }
        }
        let deepest = self.all.iter().map(|l| metrics::height(&[(l.text, SIZE)], 32.0)).fold(18.0, f64::max);
        sheet.set_row_height(1, deepest.min(metrics::MAX_ROW))?.set_freeze_panes(FIRST_OPTION, 0)?;
        Ok(())
    }
}

/// The row of the first option on the sheet of options.
const FIRST_OPTION: u32 = 2;

impl List<'_> {
    fn is(&self, wave: usize, row: &ReviewRow) -> bool {
        self.wave == wave && self.question == row.question && *self.accepts == row.accepts
    }

    fn options(&self) -> Option<&[String]> {
        match self.accepts {
            Accepts::One(options) | Accepts::Several(options) => Some(options),
            Accepts::Mark | Accepts::Number(_) | Accepts::Words => None,
        }
    }
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

const GUIDE: [(&str, &str); 7] = [
    (
        "この表",
        "回答ファイルで見つかった、確認の必要な回答の一覧です。1行が1つの回答（または1票）で、確認すること\
         がいくつかあれば1つの欄に並べてあります。ファイル・シート・行・列が、その回答のある場所です。",
    ),
    (
        "書くところ",
        "色の付いた「新しい値」「対応」「理由」だけに書きます。ほかの列は書きかえないでください。取り込むと\
         きに「元の値」を回答ファイルと照合し、合わなければ誤りとして知らせます。",
    ),
    (
        "直す",
        "「新しい値」に正しい値を入れます。単数回答は一覧から選ぶか番号を書き、複数回答は番号をカンマでつな\
         ぎます（例: 1,3）。無回答にするときは「無回答」です。「対応」は空欄のままで構いません。",
    ),
    ("票を除く", "試し書きの票や、重複した票は、「対応」で「票を除く」を選びます。無効票に数えます。"),
    (
        "直さない",
        "「対応」で「変更しない」を選び、「理由」を書きます。次に作る一覧には出ません。何も書かない行は、確\
         認したが変更しなかったものとして扱い、次の一覧にもう一度出ます。",
    ),
    (
        "取り込む",
        "保存して raw/ の下に置き、計画（plan.toml）の調査回に cleaning_log = [\"raw/…/このファイ\
         ル.xlsx\"] と書いて、もう一度 shihyo run を実行します。回答ファイルは書きかえません。",
    ),
    (
        "取り扱い",
        "回答者番号と、回答に書かれた言葉がそのまま入っています。回答ファイルと同じように扱ってください。集\
         計の結果（derived/）には入りません。",
    ),
];

fn guide(sheet: &mut Worksheet, title: &str, styles: &Styles) -> Result<(), XlsxError> {
    const WIDTH: f64 = 96.0;
    sheet.set_name("使い方")?;
    set_up(sheet, title)?;
    sheet.set_column_width(0, 14)?.set_column_width(1, WIDTH)?.set_row_height(0, 26)?;
    put_text(sheet, 0, 0, &format!("{title}　確認事項の使い方"), &styles.title)?;
    let head: Format = styles.note.clone().set_bold();
    let note = styles.note.clone().set_align(FormatAlign::Top);
    for (row, (name, text)) in (2..).zip(GUIDE) {
        sheet.set_row_height(row, metrics::height(&[(text, SIZE + 1.0)], WIDTH) + 6.0)?;
        put_text(sheet, row, 0, name, &head)?;
        put_text(sheet, row, 1, text, &note)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn rows_that_follow_each_other_are_one_range() {
        assert_eq!(ranges(&[1, 2, 3, 8, 10, 11]), "G2:G4 G9 G11:G12");
        assert_eq!(ranges(&[]), "");
    }
}
