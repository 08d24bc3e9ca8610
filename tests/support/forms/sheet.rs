//! A grid of texts with its header, before it becomes the bytes of a file.

/// Rows of cells; the first `depth` are the header.
pub struct Sheet {
    pub rows: Vec<Vec<String>>,
    pub depth: usize,
    pub merged: Vec<Merge>,
}

/// Merged cells: the text stands in the first row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub rows: (usize, usize),
    pub columns: (usize, usize),
}

/// What a cell is to a program that has types.
pub enum Value<'a> {
    Blank,
    Number(f64),
    Logical(bool),
    Text(&'a str),
}

impl Sheet {
    /// The value that a person gets who types this text into a spreadsheet.
    pub fn value(text: &str) -> Value<'_> {
        match (text, text.parse::<f64>()) {
            ("", _) => Value::Blank,
            ("TRUE" | "FALSE", _) => Value::Logical(text == "TRUE"),
            (_, Ok(number)) => Value::Number(number),
            (text, Err(_)) => Value::Text(text),
        }
    }

    /// The cells below the header of column `column`.
    pub fn column(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows[self.depth..].iter().map(move |row| row[column].as_str())
    }

    /// Whether every cell of a column that is not blank is a number, and some is.
    pub fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.column(column).filter(|c| !c.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|c| matches!(Sheet::value(c), Value::Number(_)))
    }
}
