//! Talk on stderr: errors with the text underlined, the summary of a run, findings.

use std::fmt;
use std::io::{IsTerminal, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use shihyo::error::{Diagnostic, Error};
use shihyo::finding::Finding;
use shihyo::text::{Lang, Text};

use super::excerpt::Excerpt;
use super::findings;

/// What stands over numbers that were made from synthetic responses.
pub(crate) fn synthetic() -> Text {
    Text::new("※ 合成データです", "※ 合成データ (synthetic data)")
}

/// What may be said, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) lang: Lang,
    quiet: bool,
    /// Whether progress bars may be drawn.
    pub(crate) bars: bool,
    colour: bool,
}

impl Talk {
    pub(crate) fn new(lang: Lang, quiet: bool, no_progress: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Self { lang, quiet, bars: terminal && !quiet && !no_progress, colour }
    }

    /// One line for the person at the terminal.
    pub(crate) fn say(&self, text: &Text) {
        if !self.quiet {
            self.line(text.get(self.lang));
        }
    }

    /// One line that even `--quiet` does not hold back.
    pub(crate) fn warn(&self, text: &Text) {
        self.line(text.get(self.lang));
    }

    /// All mistakes of an error, each with its place; a mistake in a plan shows the line and underlines the
    /// words.
    pub(crate) fn error(&self, error: &Error) {
        for (at, diagnostic) in error.diagnostics().iter().enumerate() {
            if at > 0 {
                self.line("");
            }
            self.line(&self.rendered(diagnostic));
        }
        let count = error.diagnostics().len();
        if count > 1 {
            self.line("");
            self.line(
                Text::new(format!("誤りが{count}件あります。"), format!("{count} mistakes.")).get(self.lang),
            );
        }
    }

    /// The warnings among the findings, one line for each kind and file: all, or the `most` frequent ones.
    pub(crate) fn findings(&self, found: &[Finding], most: Option<usize>) {
        if !self.quiet {
            findings::lines(found, self.lang, most).iter().for_each(|line| self.line(line));
        }
    }

    fn rendered(&self, diagnostic: &Diagnostic) -> String {
        let theme = if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_wrap_lines(false);
        let mut out = String::new();
        match handler.render_report(&mut out, &Shown::new(diagnostic, self.lang)) {
            Ok(()) => out.trim_end().to_owned(),
            Err(fmt::Error) => diagnostic.words(self.lang),
        }
    }

    fn line(&self, text: &str) {
        line(text);
    }
}

/// One line on stderr.
pub(super) fn line(text: &str) {
    // Nobody is left to tell when stderr itself cannot be written.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A diagnostic in the form that miette draws.
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    excerpt: Option<Excerpt>,
    lang: Lang,
}

impl<'a> Shown<'a> {
    fn new(diagnostic: &'a Diagnostic, lang: Lang) -> Self {
        Self { diagnostic, excerpt: diagnostic.span.as_ref().map(Excerpt::of), lang }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.diagnostic.message.get(self.lang))?;
        let place = self.diagnostic.place.words(self.lang);
        if self.diagnostic.span.is_none() && !place.is_empty() {
            write!(f, "\n{place}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|h| Box::new(h.get(self.lang)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|e| e as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, length) = self.excerpt.as_ref()?.underlined;
        Some(Box::new(std::iter::once(LabeledSpan::new(None, start, length))))
    }
}
