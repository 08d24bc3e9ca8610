//! How texts get into the cells of a sheet, and how a sheet is printed.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// Excel's paper number of A3.
const A3: u8 = 8;

/// Excel takes no more characters into a cell.
const MAX_CHARACTERS: usize = 32_767;

/// Excel takes 255 characters into a page header, codes included; the title gets what is left.
pub(super) const MAX_HEADER: usize = 110;

/// A3 landscape, one page wide, heads repeated, narrow margins, title and page numbers on every page.
pub(super) fn set_up(sheet: &mut Worksheet, title: &str, head_row: u32) -> Result<(), XlsxError> {
    let title: String = title.chars().take(MAX_HEADER).collect();
    let title = title.replace('&', "&&");
    sheet
        .set_paper_size(A3)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.55, 0.3, 0.25)
        .set_print_center_horizontally(true)
        .set_header(format!("&L&9{title}&R&9&A"))
        .set_footer("&C&9&P / &N ページ")
        .set_repeat_rows(head_row, head_row)?;
    Ok(())
}

/// A rectangle of cells, merged when it is more than one.
#[derive(Clone, Copy)]
pub(super) struct Area {
    top: u32,
    left: u16,
    bottom: u32,
    right: u16,
}

impl Area {
    /// One cell.
    pub(super) fn cell(row: u32, column: u16) -> Self {
        Self { top: row, left: column, bottom: row, right: column }
    }

    /// Rows `top` to `bottom` of one column.
    pub(super) fn column(top: u32, bottom: u32, column: u16) -> Self {
        Self { top, left: column, bottom, right: column }
    }
}

/// Writes texts of different faces into an area.
pub(super) fn put(
    sheet: &mut Worksheet,
    area: Area,
    parts: &[(&Format, &str)],
    format: &Format,
) -> Result<(), XlsxError> {
    if area.top != area.bottom || area.left != area.right {
        sheet.merge_range(area.top, area.left, area.bottom, area.right, "", format)?;
    }
    let mut left = MAX_CHARACTERS;
    let parts: Vec<(&Format, String)> = parts
        .iter()
        .map(|(face, text)| {
            let cut: String = text.chars().take(left).collect();
            left -= cut.chars().count();
            (*face, cut)
        })
        .filter(|(_, text)| !text.is_empty())
        .collect();
    match parts.as_slice() {
        [] => sheet.write_blank(area.top, area.left, format)?,
        [(_, text)] => sheet.write_string_with_format(area.top, area.left, text, format)?,
        several => {
            let several: Vec<(&Format, &str)> =
                several.iter().map(|(face, text)| (*face, text.as_str())).collect();
            sheet.write_rich_string_with_format(area.top, area.left, &several, format)?
        }
    };
    Ok(())
}

/// Writes one text into a cell.
pub(super) fn put_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    put(sheet, Area::cell(row, column), &[(format, text)], format)
}
