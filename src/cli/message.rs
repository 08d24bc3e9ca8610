//! Talk on stderr: errors with the text underlined, the summary of a run, findings.

use std::fmt;
use std::io::{IsTerminal, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use shihyo::error::{Diagnostic, Error};
use shihyo::finding::{Finding, Severity};
use shihyo::text::{Lang, Text};

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

    /// All mistakes of an error, each with its place; a mistake in a plan shows the line and underlines the words.
    pub(crate) fn error(&self, error: &Error) {
        for diagnostic in error.diagnostics() {
            self.line(&self.rendered(diagnostic));
        }
        let count = error.diagnostics().len();
        if count > 1 {
            self.line(Text::new(format!("誤りが{count}件あります。何も書き出していません。"), format!("{count} mistakes; nothing was written.")).get(self.lang));
        }
    }

    /// The findings, warnings first; notes only as a count.
    pub(crate) fn findings(&self, findings: &[Finding]) {
        if self.quiet {
            return;
        }
        for finding in findings.iter().filter(|f| f.severity == Severity::Warning) {
            let place = finding.place.words(self.lang);
            let count = Text::new(format!("（{}件）", finding.count), format!(" ({}×)", finding.count));
            let count = if finding.count > 1 { count.get(self.lang) } else { "" };
            self.line(&format!("  [{}] {}{count}\n      {place}", finding.code, finding.message.get(self.lang)));
        }
    }

    fn rendered(&self, diagnostic: &Diagnostic) -> String {
        let theme = if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(110).with_wrap_lines(false);
        let mut out = String::new();
        match handler.render_report(&mut out, &Shown::new(diagnostic, self.lang)) {
            Ok(()) => out.trim_end().to_owned(),
            Err(fmt::Error) => diagnostic.words(self.lang),
        }
    }

    fn line(&self, text: &str) {
        // Nobody is left to tell when stderr itself cannot be written.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

/// A diagnostic in the form that miette draws.
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<NamedSource<String>>,
    lang: Lang,
}

impl<'a> Shown<'a> {
    fn new(diagnostic: &'a Diagnostic, lang: Lang) -> Self {
        let source = diagnostic.span.as_ref().map(|s| NamedSource::new(&s.source.file, s.source.text.clone()));
        Self { diagnostic, source, lang }
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
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.diagnostic.span.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(None, span.range.start, span.range.len()))))
    }
}
