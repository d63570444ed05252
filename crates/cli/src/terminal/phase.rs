//! Lines that tick themselves off: `✓ private database      ready in 0.4 s`.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Out;

/// How wide the name of a phase is.
const NAME: usize = 22;

/// One line about something that takes its time.
pub(crate) struct Phase {
    out: Out,
    name: String,
    begun: Instant,
    bar: Option<ProgressBar>,
    ended: Arc<AtomicBool>,
}

impl Phase {
    /// Begins. On a terminal a spinner turns until it ends.
    pub(crate) fn begin(out: Out, name: &str) -> Self {
        let bar = (out.live && !out.structured).then(|| {
            let bar = ProgressBar::new_spinner();
            let template = format!("  {{spinner}} {{prefix:{NAME}}} {{wide_msg}} {{elapsed:.dim}}");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
            }
            bar.set_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(80));
            bar
        });
        Self {
            out,
            name: name.to_owned(),
            begun: Instant::now(),
            bar,
            ended: Arc::new(AtomicBool::new(false)),
        }
    }

    /// What is being done.
    pub(crate) fn doing(&self, what: impl Into<String>) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.into());
        }
    }

    pub(crate) fn done(&self, how: &str) {
        self.end(&self.out.err.green("✓"), how);
    }

    pub(crate) fn warn(&self, what: &str) {
        self.end(&self.out.err.yellow("!"), what);
    }

    pub(crate) fn failed(&self, what: &str) {
        self.end(&self.out.err.red("✗"), what);
    }

    /// How long it has taken.
    pub(crate) fn took(&self) -> String {
        duration(self.begun.elapsed())
    }

    fn end(&self, mark: &str, text: &str) {
        if self.ended.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.out.structured {
            tracing::info!(phase = self.name, "{text}");
            return;
        }
        eprintln!("  {mark} {:<NAME$} {text}", self.name);
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.as_ref().filter(|_| !self.ended.load(Ordering::Relaxed)) {
            bar.finish_and_clear();
        }
    }
}

/// As long as it is exact: `41 ms`, `1.2 s`, `59 s`, `1 m 12 s`.
pub(crate) fn duration(d: Duration) -> String {
    let seconds = d.as_secs();
    match seconds {
        0 if d.as_millis() < 1000 => format!("{} ms", d.as_millis()),
        0..10 => format!("{:.1} s", d.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} m {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_long_as_they_are_exact() {
        for (millis, text) in [(41, "41 ms"), (1_240, "1.2 s"), (59_000, "59 s"), (72_000, "1 m 12 s")] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }
}
