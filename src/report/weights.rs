//! The weights of every respondent as CSV.

use super::text_cell::{BYTE_ORDER_MARK, failed, guarded, number, writer};
use crate::error::Error;

/// The weights of one respondent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightRow {
    /// Index of the file.
    pub file: usize,
    /// The row in it, as a spreadsheet counts.
    pub row: u64,
    /// The weight that the design was declared with.
    pub base: f64,
    /// The weight after every step.
    pub weight: f64,
}

/// One row a respondent: `file,row,base_weight,g,weight`, where g is the weight over the base weight, and
/// nothing where that is 0. UTF-8 with a byte order mark, as every file that Excel may open; numbers in full.
///
/// # Errors
/// The writer's own; no value can reach one.
pub fn csv(files: &[String], rows: &[WeightRow]) -> Result<Vec<u8>, Error> {
    let mut out = writer(BYTE_ORDER_MARK.to_vec());
    out.write_record(["file", "row", "base_weight", "g", "weight"]).map_err(failed)?;
    let files: Vec<String> = files.iter().map(|file| guarded(file)).collect();
    for WeightRow { file, row, base, weight } in rows {
        let g = (*base > 0.0).then(|| weight / base);
        let fields = [
            files.get(*file).cloned().unwrap_or_default(),
            row.to_string(),
            number(Some(*base)),
            number(g),
            number(Some(*weight)),
        ];
        out.write_record(&fields).map_err(failed)?;
    }
    out.into_inner().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::{WeightRow, csv};

    #[test]
    fn each_respondent_has_a_row() {
        let row = |file, base, weight| WeightRow { file, row: 2, base, weight };
        let rows = [row(0, 2.0, 3.0), row(1, 0.0, 0.0)];
        let text = String::from_utf8(csv(&["a.csv".to_owned(), "=b".to_owned()], &rows).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}file,row,base_weight,g,weight\na.csv,2,2,1.5,3\n'=b,2,0,,0\n");
    }
}
