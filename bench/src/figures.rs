//! Samples, what is said of them, and the table at the end.

use std::time::Duration;

/// Times of one thing, in seconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64());
    }

    pub(crate) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that this part of the samples does not exceed; 0 without any.
    pub(crate) fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "few"
        )]
        let index = ((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn p50(&self) -> f64 {
        self.at(0.5)
    }

    pub(crate) fn p95(&self) -> f64 {
        self.at(0.95)
    }

    /// Of these samples alone.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Self {
        Self(self.0.get(range).unwrap_or_default().to_vec())
    }
}

impl std::fmt::Display for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", time(self.p50()), time(self.p95()))
    }
}

/// A size in a unit that reads well.
#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(crate) fn bytes(size: u64) -> String {
    if size < 1 << 20 {
        format!("{:.1} KB", size as f64 / 1024.0)
    } else {
        format!("{:.0} MB", size as f64 / 1_048_576.0)
    }
}

/// Seconds in a unit that reads well.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.001 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    what: String,
    by_hand: String,
    ours: String,
    ratio: Option<f64>,
    bar: Option<(String, bool)>,
}

impl Figure {
    /// Something measured, without anything to compare with.
    pub(crate) fn new(what: impl Into<String>, ours: impl std::fmt::Display) -> Self {
        let (by_hand, ours) = (String::new(), ours.to_string());
        Self { what: what.into(), by_hand, ours, ratio: None, bar: None }
    }

    /// What the same work costs by hand.
    pub(crate) fn by_hand(self, by_hand: impl std::fmt::Display) -> Self {
        Self { by_hand: by_hand.to_string(), ..self }
    }

    /// How many times the other it is.
    pub(crate) fn ratio(self, ratio: f64) -> Self {
        Self { ratio: Some(ratio), ..self }
    }

    /// What is to be reached, and whether it is.
    pub(crate) fn bar(self, bar: impl Into<String>, reached: bool) -> Self {
        Self { bar: Some((bar.into(), reached)), ..self }
    }

    /// A ratio of the medians that is to be at most `most`.
    pub(crate) fn compared(
        what: impl Into<String>,
        by_hand: &Samples,
        ours: &Samples,
        most: Option<f64>,
    ) -> Self {
        let ratio = ours.p50() / by_hand.p50();
        let figure = Self::new(what, ours).by_hand(by_hand).ratio(ratio);
        match most {
            Some(most) => figure.bar(format!("p50 ≤ {most} ×"), ratio <= most),
            None => figure,
        }
    }

    pub(crate) fn reached(&self) -> Option<bool> {
        self.bar.as_ref().map(|(_, reached)| *reached)
    }
}

/// The table.
pub(crate) fn print(figures: &[Figure]) {
    let head = ["", "by hand (p50 / p95)", "insula (p50 / p95)", "ratio", "bar", ""].map(str::to_owned);
    let mut lines = vec![head];
    for figure in figures {
        let (bar, reached) = match &figure.bar {
            Some((bar, reached)) => (bar.clone(), if *reached { "reached" } else { "MISSED" }),
            None => (String::new(), ""),
        };
        let ratio = figure.ratio.map_or(String::new(), |ratio| format!("{ratio:.2} ×"));
        lines.push([
            figure.what.clone(),
            figure.by_hand.clone(),
            figure.ours.clone(),
            ratio,
            bar,
            reached.to_owned(),
        ]);
    }
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..6).map(width).collect();
    println!();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        println!("{}", cells.join("  ").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let mut samples = Samples::default();
        (1..=100).rev().for_each(|ms| samples.push(Duration::from_millis(ms)));
        assert_eq!((samples.p50(), samples.p95(), samples.at(1.0)), (0.051, 0.096, 0.1));
        assert_eq!(Samples::default().p50(), 0.0);
    }
}
