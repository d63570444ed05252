//! The local clock of a range as PostgreSQL can read it: the moments at which the offset changes, and the offsets.
//!
//! What must always hold: local times come from the compiled-in database, like every bucket, so that PostgreSQL's
//! own time zones never matter. A range has few changes; they are bound as two arrays.

use insula_model::Span;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::statement::{Binder, Param};

/// The offsets of a range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clock {
    /// From when each offset holds; the first from the beginning of the range.
    starts: Vec<Timestamp>,
    /// Seconds that the local clock is ahead.
    offsets: Vec<f64>,
}

impl Clock {
    pub(crate) fn of(zone: &TimeZone, span: Span) -> Self {
        let mut clock =
            Self { starts: vec![span.from], offsets: vec![f64::from(zone.to_offset(span.from).seconds())] };
        for change in zone.following(span.from).take_while(|change| change.timestamp() < span.to) {
            clock.starts.push(change.timestamp());
            clock.offsets.push(f64::from(change.offset().seconds()));
        }
        clock
    }
}

/// The local time of an event, as SQL of type `timestamp`.
pub(crate) fn local(clock: &Clock, binder: &mut Binder) -> String {
    let starts = binder.bind(Param::TimestamptzArray(clock.starts.clone()));
    let offsets = binder.bind(Param::Float8Array(clock.offsets.clone()));
    format!("timezone(make_interval(secs => ({offsets})[width_bucket(at, {starts})]), at)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_knows_when_it_changes() {
        let zone = insula_model::period::time_zone("America/New_York", "").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let clock =
            Clock::of(&zone, Span { from: at("2026-01-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") });
        assert_eq!(clock.starts[1..], [at("2026-03-08T07:00:00Z"), at("2026-11-01T06:00:00Z")]);
        assert_eq!(clock.offsets, [-18_000.0, -14_400.0, -18_000.0]);
        let utc = Clock::of(
            &TimeZone::UTC,
            Span { from: at("2026-01-01T00:00:00Z"), to: at("2027-01-01T00:00:00Z") },
        );
        assert_eq!((utc.starts.len(), utc.offsets), (1, vec![0.0]));
    }
}
