//! What a plan or flags say of a join.

/// How a file is joined to the response files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Join {
    /// The columns that together are the key, at least one.
    pub key: Vec<KeyColumn>,
    /// The columns of the file that are taken; `None`: all but those of the key.
    pub columns: Option<Vec<String>>,
    /// What is put before the names of its columns.
    pub prefix: String,
    /// Whether, of columns of one name, that of the answers counts. Otherwise two of a name are an error.
    pub keep_answers: bool,
}

/// A column of the key, by its name in both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// In the response files.
    pub answers: String,
    /// In the file that is joined.
    pub file: String,
}
