//! A progress bar on stderr: only on a terminal, only for work that takes more than a second.

use super::context::Context;
use crate::base::locale::Locale;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bar.
pub(super) struct Bar<'a> {
    bar: ProgressBar,
    locale: &'a Locale,
    since: Instant,
    shown: Cell<bool>,
    wanted: bool,
}

impl<'a> Bar<'a> {
    /// A bar whose words are the text with this id.
    pub(super) fn new(context: &'a Context, id: &str) -> Bar<'a> {
        let bar = ProgressBar::hidden();
        // ASCII: block characters have no agreed width.
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent}%") {
            bar.set_style(style.progress_chars("=>-"));
        }
        bar.set_message(context.locale.tr(id).into_owned());
        let wanted = std::io::stderr().is_terminal() && !context.quiet && !context.json;
        Bar { bar, locale: &context.locale, since: Instant::now(), shown: Cell::new(false), wanted }
    }

    /// Changes the words.
    pub(super) fn say(&self, id: &str) {
        self.bar.set_message(self.locale.tr(id).into_owned());
    }

    /// Moves the bar.
    pub(super) fn at(&self, done: u64, of: u64) {
        if self.wanted && !self.shown.get() && self.since.elapsed() > PATIENCE {
            self.shown.set(true);
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
        }
        self.bar.set_length(of.max(done));
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
