//! One cell of counts, read: its value with the unit, marks and notes that stand around it.

use super::labels::spoken_of;
use super::locate::Spot;
use super::query::CountQuery;
use super::words::{bracketed, heading, stated_unit};
use crate::code::Code;
use crate::error::{Diagnostic, Result};
use crate::finding::Finding;
use crate::indicator::admin_cell::{AdminCell, Mark};
use crate::indicator::fiscal_year::FiscalYear;
use crate::indicator::unit::Unit;
use crate::provenance::Place;
use crate::raw::{Sheet, Shown, ShownKind, letters};
use crate::text::Text;

/// What a spreadsheet program shows where a figure was looked up and is not there.
const NOT_FOUND: &str = "#N/A";

/// A figure, and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CountReading {
    /// What the cell says.
    pub cell: AdminCell,
    /// Its place, by heading.
    pub place: Place,
    /// Its address, such as `C12`.
    pub address: String,
    /// The headings that it was found by, from the outermost in.
    pub headings: Vec<String>,
    /// What is to be known of it.
    pub findings: Vec<Finding>,
}

/// A cell with what stands around it.
pub(super) struct Around {
    row: usize,
    column: usize,
    year: FiscalYear,
    calendar: bool,
    rest: String,
    headings: Vec<String>,
    /// Headings whose brackets may hold the unit, the nearest first.
    near: Vec<String>,
    unit: Option<usize>,
    notes: Vec<usize>,
    one_year: bool,
    /// Whether nothing but the sheet's title tells the year.
    by_title: bool,
    /// Whether nothing but its place tells that the row belongs to its group.
    flat_group: bool,
    name: Option<String>,
}

impl Around {
    pub(super) fn of_spot(sheet: &Sheet, spot: &Spot) -> Self {
        let texts = |path: &[super::layout::Heading]| -> Vec<String> {
            path.iter().map(|h| h.text.clone()).collect()
        };
        let (beside, above) = (texts(&spot.beside), texts(&spot.above));
        let near = above.iter().rev().chain(beside.iter().rev()).cloned().collect();
        let mut headings = beside;
        headings.extend(above);
        let own = sheet.text(spot.row, spot.column);
        headings.retain(|text| text != own.trim());
        headings.push(spot.year.long());
        Self {
            row: spot.row,
            column: spot.column,
            year: spot.year,
            calendar: spot.calendar,
            rest: spot.rest.clone(),
            headings,
            near,
            unit: spot.unit,
            notes: spot.notes.clone(),
            one_year: spot.one_year,
            by_title: false,
            flat_group: false,
            name: column_name(sheet, spot.column, spot.head),
        }
    }

    pub(super) fn of_cell((row, column): (usize, usize), year: FiscalYear, headings: Vec<String>) -> Self {
        Self {
            row,
            column,
            year,
            calendar: false,
            rest: String::new(),
            near: headings.clone(),
            headings,
            unit: None,
            notes: Vec::new(),
            one_year: true,
            by_title: false,
            flat_group: false,
            name: None,
        }
    }

    /// This cell, whose year nothing but the sheet's title tells where `by_title`.
    pub(super) fn of_title(self, by_title: bool) -> Self {
        Self { by_title, ..self }
    }

    /// This cell, which stands in a list that does not set groups apart from their parts where `flat_group`.
    pub(super) fn of_flat_group(self, flat_group: bool) -> Self {
        Self { flat_group, ..self }
    }

    pub(super) fn place(&self, sheet: &Sheet) -> Place {
        let name = self.name.clone().unwrap_or_else(|| letters(self.column));
        sheet.place().row(sheet.number(self.row)).column(name)
    }

    /// What to write to tell this cell from another with the same headings.
    pub(super) fn told_apart(&self, other: &Self) -> Text {
        let only = |a: &Self, b: &Self| -> Vec<String> {
            a.headings.iter().filter(|h| !b.headings.contains(h)).take(3).cloned().collect()
        };
        let words: Vec<String> = only(self, other).into_iter().chain(only(other, self)).collect();
        if words.is_empty() {
            return Text::new(
                "計画の count に cell（年度ごとの番地、例: { R4 = \"C12\" }）を書いて、どのセルかを決めてくだ\
                 さい",
                "name the cells in the plan's count: cell = { R4 = \"C12\" }",
            );
        }
        let list = words.join("、");
        Text::new(
            format!(
                "計画の count の item を [\"大きい見出し\", \"小さい見出し\"] のように書くか、column に列の見\
                 出しを書いて、どれかを決めてください（見出しのちがい: {list}）"
            ),
            format!(
                "tell them apart in the plan's count: item = [\"group\", \"part\"], or column = \"…\" \
                 (headings that differ: {list})"
            ),
        )
    }

    /// Reads the cell.
    ///
    /// # Errors
    /// `indicator::quantity`, at its place.
    pub(super) fn read(&self, sheet: &Sheet, query: &CountQuery) -> Result<CountReading> {
        let place = self.place(sheet);
        let mut findings = Vec::new();
        let (row, column) = sheet.anchor(self.row, self.column);
        let blank = Shown::default();
        let shown = sheet.cell(row, column).unwrap_or(&blank);
        let told = |finding: Text| Finding::warning(Code::IndicatorCountCell, finding, place.clone());
        if sheet.is_hidden(row, column) && !shown.is_blank() {
            findings.push(told(Text::new(
                "非表示の行または列の値を使いました",
                "the figure stands in a hidden row or column",
            )));
        }
        if !shown.struck.is_empty() && !shown.text.trim().is_empty() {
            findings.push(told(Text::new(
                format!(
                    "取り消し線の「{}」は読まず、「{}」を使いました",
                    shown.struck.trim(),
                    shown.text.trim()
                ),
                format!("\"{}\" is struck out; \"{}\" was used", shown.struck.trim(), shown.text.trim()),
            )));
        }
        if !shown.computed.is_empty() {
            findings.push(told(Text::new(
                format!("計算結果がファイルにないので、式「={}」を計算しました", shown.computed),
                format!("the file holds no result; it was computed from the formula ={}", shown.computed),
            )));
        }
        if self.by_title {
            findings.push(told(Text::new(
                format!("年度の見出しがないので、表題にある{}の値として読みました", self.year.long()),
                format!(
                    "no heading names a year; the figure was taken as one of {}, which the title names",
                    self.year
                ),
            )));
        }
        if self.flat_group {
            findings.push(told(Text::new(
                "区分の終わりが字下げなどで分からないので、区分の行より下で最初にある行の値として読みました",
                "nothing sets the group apart from its parts: the first such row below the group was taken",
            )));
        }
        if self.calendar {
            let text = Text::new(
                format!(
                    "見出しが暦年（{}年）です。{}の値として使いました",
                    self.year.western(),
                    self.year.long()
                ),
                format!("the heading names a calendar year; it was taken as the fiscal year {}", self.year),
            );
            findings.push(Finding::note(Code::IndicatorCalendarYear, text, sheet.place()));
        }
        if shown.kind == ShownKind::Error && shown.text.trim() == NOT_FOUND {
            findings.push(told(Text::new(
                format!("表計算のエラー値 {NOT_FOUND} を「…」（不詳）として読みました"),
                format!("the spreadsheet error {NOT_FOUND} was read as … (not available)"),
            )));
        }
        let cell = self.cell(shown, query).map_err(|e| e.at(&place))?;
        let (cell, guessed) = self.with_context(sheet, cell);
        if let Some(words) = guessed {
            findings.push(told(Text::new(
                format!(
                    "備考の「{words}」に年度がないので、行のいちばん新しい{}の値のことと読みました",
                    self.year.long()
                ),
                format!(
                    "the note \"{words}\" names no year; it was read as one on {}, the last of its row",
                    self.year
                ),
            )));
        }
        let address = sheet.address(row, column);
        Ok(CountReading { cell, place, address, headings: self.headings.clone(), findings })
    }

    fn cell(&self, shown: &Shown, query: &CountQuery) -> Result<AdminCell> {
        let text = shown.text.trim();
        let refused = |ja: String, en: String, help: Text| {
            Diagnostic::new(Code::IndicatorQuantity, Text::new(ja, en)).help(help).into()
        };
        let number = Text::new(
            "1つの数と単位（例: 12.5時間）で書いてください",
            "write one number with its unit, such as 12.5時間",
        );
        match shown.kind {
            ShownKind::Text | ShownKind::Number => {}
            ShownKind::Date => {
                return Err(refused(
                    format!("「{text}」は日付か時刻のセルです。数値として読めません"),
                    format!("\"{text}\" is a date or a time of day, not a number"),
                    number,
                ));
            }
            ShownKind::Logical => {
                return Err(refused(
                    format!("「{text}」は数値ではありません"),
                    format!("\"{text}\" is not a number"),
                    number,
                ));
            }
            ShownKind::Error if text == NOT_FOUND => return Ok(AdminCell::NotAvailable),
            ShownKind::Error => {
                return Err(refused(
                    format!("表計算のエラー値「{text}」です"),
                    format!("the cell is the spreadsheet error {text}"),
                    Text::new(
                        "式を直すか、値がない年度は空欄・「-」・「…」のどれかにしてください",
                        "mend the formula; where there is no figure, leave it blank or write - or …",
                    ),
                ));
            }
            ShownKind::Unvalued => {
                return Err(refused(
                    "式の計算結果が保存されていません".to_owned(),
                    "the result of the formula is not stored".to_owned(),
                    Text::new(
                        "表計算ソフトで開いて、保存し直してください",
                        "open the file in a spreadsheet program and save it again",
                    ),
                ));
            }
            ShownKind::Unclear => {
                return Err(refused(
                    format!("セルの表示形式のとおりに「{text}」を読めません"),
                    format!("the number format of the cell with {text} cannot be followed"),
                    Text::new(
                        "表示形式を「標準」か「数値」にして、保存し直してください",
                        "give the cell the format General or Number",
                    ),
                ));
            }
        }
        if text.is_empty() && !shown.struck.is_empty() {
            return Err(refused(
                format!("「{}」は取り消し線で消されています", shown.struck.trim()),
                format!("\"{}\" is struck out", shown.struck.trim()),
                Text::new(
                    "正しい値を書くか、空欄にしてください",
                    "write the right figure, or leave it blank",
                ),
            ));
        }
        let alone = Unit::from_text(text);
        if query.units.iter().any(|unit| unit.is_same(&alone)) {
            return Ok(AdminCell::Pending);
        }
        let mut cell = AdminCell::parse(text)?;
        if let (AdminCell::Value { note, .. }, false) = (&mut cell, shown.raised.is_empty()) {
            let raised = raised(&shown.raised);
            *note = Some(note.take().map_or(raised.clone(), |n| format!("{n} {raised}")));
        }
        Ok(cell)
    }

    /// The value with the unit and the marks that stand around it; and the words of a note that is taken to
    /// be about it, though it names no year.
    fn with_context(&self, sheet: &Sheet, cell: AdminCell) -> (AdminCell, Option<String>) {
        let AdminCell::Value { mut quantity, mut mark, mut note } = cell else { return (cell, None) };
        let mut guessed = None;
        if quantity.unit.is_blank()
            && let Some(unit) = self.unit_around(sheet)
        {
            quantity.unit = unit;
        }
        if mark.is_none()
            && let Some((of, words, is_guess)) = self.mark_around(sheet)
        {
            mark = Some(of);
            guessed = is_guess.then(|| words.clone());
            let words = if words.starts_with('※') { words } else { format!("※{words}") };
            note = Some(note.map_or(words.clone(), |n| format!("{n} {words}")));
        }
        (AdminCell::Value { quantity, mark, note }, guessed)
    }

    fn unit_around(&self, sheet: &Sheet) -> Option<Unit> {
        let column = self.unit.map(|c| sheet.text(self.row, c)).filter(|t| !t.trim().is_empty());
        if let Some(text) = column {
            return Some(Unit::from_text(text.trim().trim_matches(['(', ')', '（', '）'])));
        }
        for text in &self.near {
            if let Some(unit) = stated_unit(text) {
                return Some(Unit::from_text(&unit));
            }
            let key = heading(text);
            if let Some((_, inside)) = bracketed(&key)
                && Unit::alone(inside)
            {
                return Some(Unit::from_text(inside));
            }
        }
        // The nearest statement above the cell is that of its table.
        let above = sheet.cells().filter(|((row, _), _)| *row < self.row);
        let stated: Vec<(usize, String)> =
            above.filter_map(|((row, _), shown)| Some((row, stated_unit(&shown.text)?))).collect();
        let last = stated.last()?.0;
        let mut units = stated.iter().filter(|(row, _)| *row == last).map(|(_, unit)| unit);
        let first = units.next()?;
        units.all(|unit| unit == first).then(|| Unit::from_text(first))
    }

    /// The mark that a heading, a column of notes or a note under the table gives the value of this year, and
    /// whether that is a guess: the note names no year, and the value is the last of its row.
    fn mark_around(&self, sheet: &Sheet) -> Option<(Mark, String, bool)> {
        if let Some(mark) = Mark::of(&self.rest) {
            return Some((mark, self.rest.clone(), false));
        }
        for column in &self.notes {
            let text = sheet.text(self.row, *column).trim();
            let mark = match text {
                "p" => Some((Mark::Provisional, "速報値")),
                "r" => Some((Mark::Revised, "訂正")),
                text => Mark::of(text).map(|mark| (mark, text)),
            };
            let Some((mark, words)) = mark else { continue };
            let years = spoken_of(text);
            let latest = || self.is_latest(sheet);
            let said = years.contains(&self.year) || (years.is_empty() && self.one_year);
            if said || (years.is_empty() && latest()) {
                return Some((mark, words.to_owned(), !said));
            }
        }
        let notes = sheet.cells().map(|(_, shown)| shown.text.trim()).filter(|text| is_footnote(text));
        notes
            .filter_map(|text| Some((Mark::of(text)?, text)))
            .find(|(_, text)| spoken_of(text).contains(&self.year))
            .map(|(mark, _)| {
                let words = match mark {
                    Mark::Provisional => "速報値",
                    Mark::Revised => "訂正",
                };
                (mark, words.to_owned(), false)
            })
    }

    /// Whether no figure stands at the right of this one: a note without a year is about the last of a row.
    fn is_latest(&self, sheet: &Sheet) -> bool {
        !sheet.row(self.row).any(|(c, _)| c > self.column && super::layout::is_figure(sheet, self.row, c))
    }
}

/// Raised digits as they look where letters cannot be raised.
fn raised(text: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let of = |c: char| c.to_digit(10).and_then(|d| DIGITS.get(d as usize)).copied().unwrap_or(c);
    text.chars().map(of).collect()
}

/// A remark under a table: `（注）…`, `※ …`, `注1 …`.
fn is_footnote(text: &str) -> bool {
    let bare = text.trim_start_matches(['(', '（', '*', '＊', '[', '［']);
    bare.starts_with(['注', '※']) || bare.starts_with("備考") || text.starts_with(['*', '＊'])
}

/// The headings that name a column: its texts in these rows, each once; of more than two the lowest.
fn column_name(sheet: &Sheet, column: usize, head: (usize, usize)) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for row in head.0..head.1 {
        let text = sheet.text(row, column).split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() && texts.last() != Some(&text) && stated_unit(&text).is_none() {
            texts.push(text);
        }
    }
    let from = texts.len().saturating_sub(2);
    (!texts.is_empty()).then(|| texts.split_off(from).join(" / "))
}
