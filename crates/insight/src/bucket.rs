//! The buckets of a time series: instants between which events are counted together, with their labels.
//!
//! What must always hold: the buckets of a range follow one another without gap or overlap and cover exactly the
//! range; days, weeks and longer ones begin at local midnight; hours begin at full hours of the local clock,
//! except just after a change of less than an hour. The buckets of the period before are the same ones, shifted.

use insula_model::{Error, Grain, GrainChoice, Result, WeekStart, problem};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span as Calendar, Timestamp};
use sha2::{Digest, Sha256};

use crate::period::{Period, Shift, Span, floor, midnight, week_of};

/// Buckets of one series.
pub(crate) const MAX_BUCKETS: usize = 5_000;

/// What a row's number from `width_bucket` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A bucket of the range, from 0.
    Current(usize),
    /// The bucket of the period before that goes with this one.
    Previous(usize),
    /// A part of the period before that goes with no bucket: it was longer than the range.
    Rest,
}

/// The buckets of a range and of the period before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buckets {
    pub(crate) grain: Grain,
    /// Where each begins; the first at the beginning of the range.
    pub(crate) starts: Vec<Timestamp>,
    /// What each is called: its date, or its local time with offset.
    pub(crate) labels: Vec<String>,
    /// Where those of the period before begin, and with which bucket they go.
    previous: Vec<(Timestamp, Place)>,
}

/// The grain that suits a range.
pub(crate) fn suitable(span: Span) -> Grain {
    match span.to.duration_since(span.from).as_hours() {
        ..=3 => Grain::Minute,
        4..=49 => Grain::Hour,
        50..=2_400 => Grain::Day,
        2_401..=9_600 => Grain::Week,
        _ => Grain::Month,
    }
}

/// The first day of the bucket that a date is in; for the grains of days and more.
fn floor_date(date: Date, grain: Grain, week_start: WeekStart) -> Date {
    match grain {
        Grain::Minute | Grain::Hour | Grain::Day => date,
        Grain::Week => week_of(date, week_start),
        Grain::Month => date.first_of_month(),
        Grain::Quarter => {
            let back = i32::from((date.month() - 1) % 3);
            let first = date.first_of_month();
            first.checked_sub(Calendar::new().months(back)).unwrap_or(first)
        }
        Grain::Year => date.first_of_year(),
    }
}

fn next_date(date: Date, grain: Grain) -> Result<Date> {
    let step = match grain {
        Grain::Minute | Grain::Hour | Grain::Day => Calendar::new().days(1),
        Grain::Week => Calendar::new().days(7),
        Grain::Month => Calendar::new().months(1),
        Grain::Quarter => Calendar::new().months(3),
        Grain::Year => Calendar::new().years(1),
    };
    date.checked_add(step).map_err(Error::internal)
}

fn too_many(grain: Grain) -> Error {
    let detail = format!(
        "That is more than 5,000 buckets. Ask for a shorter range or for longer buckets than a {grain}."
    );
    Error::new(problem::QUESTION, detail.clone())
        .with_fields(Error::invalid("/grain", "too_many", detail).fields().to_vec())
}

/// The beginnings and labels of the buckets of clock time.
fn clock(span: Span, grain: Grain, seconds: i64, zone: &TimeZone) -> Result<Vec<(Timestamp, String)>> {
    let step = SignedDuration::from_secs(seconds);
    let mut found = Vec::new();
    let mut at = span.from;
    while at < span.to {
        if found.len() == MAX_BUCKETS {
            return Err(too_many(grain));
        }
        let full = floor(at, zone, seconds);
        // Only the first may begin inside an hour; after a change of less than an hour the clock itself does.
        let label = if found.is_empty() { full } else { at };
        found.push((at, label.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()));
        at = full + step;
    }
    Ok(found)
}

/// The beginnings and labels of the buckets of the calendar.
fn calendar(
    span: Span,
    grain: Grain,
    zone: &TimeZone,
    week_start: WeekStart,
) -> Result<Vec<(Timestamp, String)>> {
    let mut found: Vec<(Timestamp, String)> = Vec::new();
    let mut date = floor_date(span.from.to_zoned(zone.clone()).date(), grain, week_start);
    loop {
        let start = midnight(date, zone)?.max(span.from);
        if start >= span.to {
            return Ok(found);
        }
        if found.len() == MAX_BUCKETS {
            return Err(too_many(grain));
        }
        match found.last_mut() {
            // A day that a zone left out when it crossed the date line.
            Some(before) if before.0 == start => before.1 = date.to_string(),
            _ => found.push((start, date.to_string())),
        }
        date = next_date(date, grain)?;
    }
}

impl Buckets {
    /// The buckets of a period.
    ///
    /// # Errors
    /// `question.invalid` at `/grain` when there are more than 5,000.
    pub(crate) fn of(
        period: &Period,
        choice: GrainChoice,
        zone: &TimeZone,
        week_start: WeekStart,
    ) -> Result<Self> {
        let span = period.current;
        let grain = choice.grain().unwrap_or_else(|| suitable(span));
        let found = match grain {
            Grain::Minute => clock(span, grain, 60, zone)?,
            Grain::Hour => clock(span, grain, 3_600, zone)?,
            _ => calendar(span, grain, zone, week_start)?,
        };
        let (starts, labels) = found.into_iter().unzip();
        let mut buckets = Self { grain, starts, labels, previous: Vec::new() };
        if let (Some(previous), Some(shift)) = (period.previous, period.shift) {
            buckets.shift(span, previous, shift, zone)?;
        }
        Ok(buckets)
    }

    fn shift(&mut self, current: Span, previous: Span, shift: Shift, zone: &TimeZone) -> Result<()> {
        // Months differ in length: their days go together by number, counted from the first.
        let by_day = matches!(self.grain, Grain::Minute | Grain::Hour | Grain::Day | Grain::Week);
        let shift = match shift {
            Shift::Months(_) if by_day => {
                let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
                let days = date(current.from).duration_since(date(previous.from)).as_hours() / 24;
                Shift::Days(i32::try_from(days).map_err(Error::internal)?)
            }
            other => other,
        };
        let ends = self.starts.iter().enumerate().map(|(i, at)| (*at, Place::Previous(i)));
        for (at, place) in ends.chain([(current.to, Place::Rest)]) {
            let at = shift.back(at, zone)?;
            let after = self.previous.last().map_or(at >= previous.from, |(before, _)| at > *before);
            if after && at < previous.to {
                self.previous.push((at, place));
            }
        }
        Ok(())
    }

    /// How many of them have begun.
    pub(crate) fn begun(&self, now: Timestamp) -> usize {
        self.starts.partition_point(|start| *start <= now)
    }

    /// Feeds all that they are; this is much quicker than writing it out, and every dashboard does it every time.
    pub(crate) fn digest(&self, hash: &mut Sha256) {
        let mut instant = |at: Timestamp| hash.update(at.as_nanosecond().to_be_bytes());
        self.starts.iter().for_each(|at| instant(*at));
        self.previous.iter().for_each(|(at, _)| instant(*at));
        let places = self.previous.iter().map(|(_, place)| match place {
            Place::Current(i) => (0_u8, *i),
            Place::Previous(i) => (1, *i),
            Place::Rest => (2, 0),
        });
        for (side, index) in places {
            hash.update([side]);
            hash.update((index as u64).to_be_bytes());
        }
        for label in &self.labels {
            hash.update((label.len() as u64).to_be_bytes());
            hash.update(label.as_bytes());
        }
        hash.update(format!("{:?} {} {}", self.grain, self.starts.len(), self.previous.len()));
    }

    /// What is given to `width_bucket`: where all the buckets begin, in order.
    pub(crate) fn bounds(&self) -> Vec<Timestamp> {
        self.previous.iter().map(|(at, _)| *at).chain(self.starts.iter().copied()).collect()
    }

    /// The bucket of a number that `width_bucket` gave, from 1.
    pub(crate) fn place(&self, number: i64) -> Option<Place> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        match self.previous.get(index) {
            Some((_, place)) => Some(*place),
            None => Some(index - self.previous.len()).filter(|i| *i < self.starts.len()).map(Place::Current),
        }
    }

    /// Whether the period before has a bucket that goes with this one.
    pub(crate) fn has_previous(&self, index: usize) -> bool {
        self.previous.iter().any(|(_, place)| *place == Place::Previous(index))
    }
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
