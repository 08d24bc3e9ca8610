//! An error stops the run and says what, where, and what to do about it, in both languages.
//!
//! An [`Error`] holds one or more [`Diagnostic`]s, so that all mistakes of a plan are told in one go.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::code::{Code, Severity};
use crate::provenance::Place;
use crate::text::{Lang, Text};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A text file with its name, kept so that a message can show the lines that it speaks of.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The file, as the user named it.
    pub file: String,
    /// Its whole text.
    pub text: String,
}

/// A stretch of a [`SourceText`], in bytes, to be underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text that holds it.
    pub source: Arc<SourceText>,
    /// Byte range inside `source.text`.
    pub range: Range<usize>,
}

impl Span {
    /// Line and column of the span's start, both from 1; the column counts characters, not bytes.
    pub fn line_column(&self) -> (usize, usize) {
        let start = self.range.start.min(self.source.text.len());
        let before = &self.source.text.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// One mistake: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, such as `plan::unknown-key` or `raw::encoding`.
    pub code: Code,
    /// What is wrong.
    pub message: Text,
    /// Where, in a data file.
    pub place: Place,
    /// Where, in a plan or questionnaire text.
    pub span: Option<Span>,
    /// What to do about it.
    pub help: Option<Text>,
}

impl Diagnostic {
    /// A mistake with a stable code and a message.
    pub fn new(code: Code, message: Text) -> Self {
        debug_assert!(code.severity() == Severity::Error, "{code} stops no run");
        Self { code, message, place: Place::default(), span: None, help: None }
    }

    /// With its place in a data file.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// With its stretch of a plan or questionnaire.
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// The whole message in one language, on as many lines as it needs: message, place, advice.
    pub fn words(&self, lang: Lang) -> String {
        let mut out = self.message.get(lang).to_owned();
        let place = match &self.span {
            Some(span) => {
                let (line, column) = span.line_column();
                format!("{}:{line}:{column}", span.source.file)
            }
            None => self.place.words(lang),
        };
        if !place.is_empty() {
            out.push_str("\n  → ");
            out.push_str(&place);
        }
        if let Some(help) = &self.help {
            out.push_str("\n  ");
            out.push_str(help.get(lang));
        }
        out
    }
}

/// Why a run stopped: one or more [`Diagnostic`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    diagnostics: Box<[Diagnostic]>,
}

impl Error {
    /// An error of one mistake.
    pub fn new(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: Box::new([diagnostic]) }
    }

    /// An error of one mistake with a code and a message in Japanese and English.
    pub fn msg(code: Code, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Diagnostic::new(code, Text::new(ja, en)))
    }

    /// All mistakes, in the order found. `None` when there are none.
    pub fn all(diagnostics: Vec<Diagnostic>) -> Option<Self> {
        if diagnostics.is_empty() { None } else { Some(Self { diagnostics: diagnostics.into() }) }
    }

    /// The mistakes, at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The mistakes, to be put with others.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_vec()
    }

    /// This error with `place` for those of its mistakes that have no place yet.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Self {
        for d in &mut self.diagnostics {
            if d.place == Place::default() && d.span.is_none() {
                d.place = place.clone();
            }
        }
        self
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(diagnostic)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, d) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "[{}] {}", d.code, d.message)?;
            let place = d.words(Lang::En);
            if let Some((_, rest)) = place.split_once('\n') {
                write!(f, "\n{rest}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// The value of `result`, or its mistakes among the others: all that is wrong is told in one go.
pub(crate) fn collect<T>(result: Result<T>, mistakes: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|error| mistakes.extend(error.into_diagnostics())).ok()
}
