//! Progress bars on stderr.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use shihyo::progress::{Progress, Step};
use shihyo::text::{Lang, Text};

/// Draws one bar a step; draws nothing when bars are off.
pub(crate) struct Bars {
    lang: Lang,
    shown: bool,
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    pub(crate) fn new(lang: Lang, shown: bool) -> Self {
        Self { lang, shown, current: Mutex::new(None) }
    }

    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        // A bar is only talk: one left by a thread that panicked is still good to draw on.
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut current);
    }
}

impl Progress for Bars {
    fn start(&self, step: Step, total: u64) {
        if !self.shown {
            return;
        }
        let name = match step {
            Step::Read => Text::new("読み込み", "reading"),
            Step::Decode => Text::new("回答の解読", "decoding"),
            Step::Estimate => Text::new("集計", "estimating"),
            Step::Write => Text::new("書き出し", "writing"),
        };
        // A step that fails never finishes: its bar must not stand in the message.
        let bar = ProgressBar::new(total).with_finish(ProgressFinish::AndClear);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(name.get(self.lang).to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.with(|current| *current = Some(bar));
    }

    fn advance(&self, units: u64) {
        self.with(|current| {
            if let Some(bar) = current {
                bar.inc(units);
            }
        });
    }

    fn finish(&self) {
        self.with(|current| {
            if let Some(bar) = current.take() {
                bar.finish_and_clear();
            }
        });
    }
}
