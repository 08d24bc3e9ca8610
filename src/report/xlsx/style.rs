//! The faces and cell formats of the workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use crate::indicator::ProgressState;
use crate::report::cell::Tone;

/// In Windows since 2018, made to be read easily; where it is missing Excel and LibreOffice choose another
/// Japanese face.
const FONT: &str = "BIZ UDPゴシック";

/// Text size of the tables, in points.
pub(super) const SIZE: f64 = 9.0;
/// Text size of the lines under a value, in points.
pub(super) const SMALL: f64 = 7.0;

const GREY: u32 = 0x0080_8080;
const LINE: u32 = 0x0059_5959;
const HEAD: u32 = 0x00D9_E2F0;
const GOAL: u32 = 0x00F3_F6FA;

/// All formats of the workbook.
pub(super) struct Styles {
    /// The title over a table.
    pub(super) title: Format,
    /// A line of explanation.
    pub(super) remark: Format,
    /// Column heads.
    pub(super) head: Format,
    /// The name inside a head of two lines.
    pub(super) head_name: Format,
    /// The lighter second line of a head.
    pub(super) head_small: Format,
    /// Text in a table, from the top left.
    pub(super) text: Format,
    /// Text in a table, centred.
    pub(super) centre: Format,
    /// A goal with its directions.
    pub(super) goal: Format,
    /// The goal's title inside its cell.
    pub(super) bold: Format,
    /// Plain text inside a cell of several faces.
    pub(super) normal: Format,
    /// Small grey text inside a cell of several faces.
    pub(super) small: Format,
    /// A number of the data sheet.
    pub(super) number: Format,
    /// A text of the data sheet.
    pub(super) datum: Format,
    /// A head of the data sheet.
    pub(super) datum_head: Format,
    /// A note.
    pub(super) note: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let face = Format::new().set_font_name(FONT).set_font_size(SIZE);
        let boxed = face.clone().set_border(FormatBorder::Thin).set_border_color(LINE);
        let wrapped = boxed.clone().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        let head = wrapped.clone().set_bold().set_align(FormatAlign::Center).set_background_color(HEAD);
        Self {
            title: face.clone().set_font_size(14).set_bold().set_align(FormatAlign::VerticalCenter),
            remark: face.clone().set_font_size(8).set_align(FormatAlign::VerticalCenter),
            head_name: face.clone().set_bold(),
            head_small: face.clone().set_font_size(SMALL),
            datum_head: boxed
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(HEAD),
            head,
            text: wrapped.clone().set_align(FormatAlign::Left).set_indent(1),
            centre: wrapped.clone().set_align(FormatAlign::Center),
            goal: wrapped
                .set_align(FormatAlign::Top)
                .set_align(FormatAlign::Left)
                .set_indent(1)
                .set_background_color(GOAL),
            bold: face.clone().set_bold().set_font_size(10),
            normal: face.clone(),
            small: face.clone().set_font_size(SMALL).set_font_color(LINE),
            number: boxed.clone().set_align(FormatAlign::VerticalCenter),
            datum: boxed.set_text_wrap().set_align(FormatAlign::VerticalCenter),
            note: face.set_font_size(10).set_text_wrap().set_align(FormatAlign::Top),
        }
    }

    /// The cell of an item: an item of several measures looks like one cell, so that its inner lines are
    /// open.
    pub(super) fn item(&self, first: bool, last: bool) -> Format {
        let mut format = self.text.clone();
        // The first line's name stands under the item's title, so that its values stand at the bottom too.
        if first && !last {
            format = format.set_align(FormatAlign::Bottom);
        }
        if !first {
            format = format.set_border_top(FormatBorder::None);
        }
        if !last {
            format = format.set_border_bottom(FormatBorder::None);
        }
        format
    }

    /// The cell of a year: dotted lines between the measures of an item.
    pub(super) fn year(&self, tone: Tone, target: bool, first: bool, last: bool) -> Format {
        let mut format = match tone {
            Tone::Value | Tone::Symbol => self.centre.clone(),
            Tone::Pending => {
                self.centre.clone().set_align(FormatAlign::Right).set_indent(1).set_font_color(GREY)
            }
        };
        if target && tone == Tone::Value {
            format = format.set_bold();
        }
        // The first line's name stands under the item's title, so that its values stand at the bottom too.
        if first && !last {
            format = format.set_align(FormatAlign::Bottom);
        }
        if !first {
            format = format.set_border_top(FormatBorder::Hair);
        }
        if !last {
            format = format.set_border_bottom(FormatBorder::Hair);
        }
        format
    }

    /// The face of the main line of a year's cell.
    pub(super) fn year_face(&self, tone: Tone, target: bool) -> Format {
        let face = if tone == Tone::Pending {
            self.normal.clone().set_font_color(GREY)
        } else {
            self.normal.clone()
        };
        if target && tone == Tone::Value { face.set_bold() } else { face }
    }

    /// The cell of a state: a light fill beside its sign and word.
    pub(super) fn state(&self, state: ProgressState) -> Format {
        let fill = match state {
            ProgressState::TargetMet => 0x00C6_E0F5,
            ProgressState::Improved => 0x00E2_F0F9,
            ProgressState::LittleChange => 0x00FF_F5D6,
            ProgressState::Worse => 0x00FB_DDD3,
            ProgressState::BaselineOnly
            | ProgressState::NoTarget
            | ProgressState::NoBaseline
            | ProgressState::NotComparable => 0x00F2_F2F2,
        };
        self.text.clone().set_background_color(fill)
    }
}
