//! What the terminal shows: lines that tick themselves off, and headings with durations.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// One line of `up`: what it is about, what is being done, how it ended.
pub(crate) struct Line {
    name: &'static str,
    begin: Instant,
    terminal: bool,
}

const TURNS: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

impl Line {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, begin: Instant::now(), terminal: std::io::stderr().is_terminal() }
    }

    /// Something that takes its time has begun.
    pub(crate) fn doing(&self, what: &str) {
        if !self.terminal {
            eprintln!("  … {:<22} {what}", self.name);
        }
    }

    /// Shows on a terminal that it goes on.
    pub(crate) fn turn(&self, what: &str) {
        if self.terminal {
            let elapsed = self.begin.elapsed();
            let turn = usize::try_from(elapsed.as_millis() / 80).unwrap_or_default() % TURNS.len();
            eprint!("\r\x1b[2K  {} {:<22} {what:<48} {}", TURNS[turn], self.name, duration(elapsed));
            let _ = std::io::stderr().flush();
        }
    }

    pub(crate) fn done(&self, how: &str) {
        self.end("✓", how);
    }

    pub(crate) fn warn(&self, what: &str) {
        self.end("!", what);
    }

    /// How long it has taken.
    pub(crate) fn took(&self) -> String {
        duration(self.begin.elapsed())
    }

    fn end(&self, mark: &str, text: &str) {
        let clear = if self.terminal { "\r\x1b[2K" } else { "" };
        eprintln!("{clear}  {mark} {:<22} {text}", self.name);
    }
}

pub(crate) fn duration(d: Duration) -> String {
    let seconds = d.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", d.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} m {:02} s", seconds / 60, seconds % 60),
    }
}

pub(crate) fn heading(text: &str) {
    eprintln!("\n── {text} {}", "─".repeat(70_usize.saturating_sub(text.chars().count())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_long_as_they_are_exact() {
        assert_eq!(duration(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(72)), "1 m 12 s");
    }
}
