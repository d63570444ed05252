//! From the words for a range to instants, and to the period before it.
//!
//! What must always hold: a range is not empty and at most 20 years long; local dates begin at local midnight,
//! or at the first moment of the day where midnight is skipped; a range that is still running is compared with
//! the same part of the period before, up to the same time of day.

use insula_model::period::Edge;
use insula_model::{Compare, Error, Last, Range, Result, WeekStart};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span as Calendar, Timestamp, Zoned};

use crate::context::Context;

pub(crate) use insula_model::Span;

/// The longest range: 20 years and a leap day or two.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7_310);
/// The years that [`LONGEST`] may touch.
const LONGEST_YEARS: i32 = 21;
/// The previous period of a running range ends at a multiple of this, so that an answer stays the same for a while.
const CUT_SECONDS: i64 = 300;

/// How a moment of the range becomes the same moment of the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// So many seconds earlier.
    Exact(SignedDuration),
    /// So many local days earlier, at the same time of day.
    Days(i32),
    /// So many calendar months earlier, at the same day and time.
    Months(i32),
}

impl Shift {
    pub(crate) fn back(self, at: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
        let local = || at.to_zoned(zone.clone());
        match self {
            Self::Exact(length) => at.checked_sub(length).map_err(outside),
            Self::Days(n) => earlier(&local(), Calendar::new().days(n)),
            Self::Months(n) => earlier(&local(), Calendar::new().months(n)),
        }
    }
}

fn earlier(local: &Zoned, by: Calendar) -> Result<Timestamp> {
    local.checked_sub(by).map(|z| z.timestamp()).map_err(outside)
}

/// A range as instants, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) current: Span,
    pub(crate) previous: Option<Span>,
    pub(crate) shift: Option<Shift>,
    /// `all`: the range begins with the first event, whenever that was.
    pub(crate) open: bool,
    /// The range is not over.
    pub(crate) running: bool,
}

fn wrong(detail: &str) -> Error {
    Error::invalid("/range", "range", detail)
}

fn outside(_: jiff::Error) -> Error {
    wrong("The range lies outside the years 1900 to 2200.")
}

/// The first moment of a local date.
pub(crate) fn midnight(date: Date, zone: &TimeZone) -> Result<Timestamp> {
    date.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(outside)
}

/// The first day of the week that the date is in.
pub(crate) fn week_of(date: Date, start: WeekStart) -> Date {
    let first = match start {
        WeekStart::Monday => Weekday::Monday,
        WeekStart::Sunday => Weekday::Sunday,
        WeekStart::Saturday => Weekday::Saturday,
    };
    let since = date.weekday().since(first);
    date.checked_sub(Calendar::new().days(since)).unwrap_or(date)
}

/// The last full local hour, and the one after it.
pub(crate) fn hour_of(at: Timestamp, zone: &TimeZone) -> Timestamp {
    floor(at, zone, 3_600)
}

/// The last multiple of `seconds` on the local clock.
pub(crate) fn floor(at: Timestamp, zone: &TimeZone, seconds: i64) -> Timestamp {
    let offset = i64::from(zone.to_offset(at).seconds());
    let local = at.as_second() + offset;
    // A timestamp between two seconds before 1970 rounds up in `as_second`.
    let local = if at.subsec_nanosecond() < 0 { local - 1 } else { local };
    Timestamp::from_second(local.div_euclid(seconds) * seconds - offset).unwrap_or(at)
}

fn back_days(date: Date, days: i64) -> Result<Date> {
    date.checked_sub(Calendar::new().days(days)).map_err(outside)
}

fn back_months(date: Date, months: i64) -> Result<Date> {
    date.first_of_month().checked_sub(Calendar::new().months(months)).map_err(outside)
}

/// The instants of a range that ends with the present.
fn last(last: Last, context: &Context, zone: &TimeZone) -> Result<(Span, Shift)> {
    let today = context.now.to_zoned(zone.clone()).date();
    let tomorrow = today.tomorrow().map_err(outside)?;
    let until_tomorrow =
        |from: Date| Ok::<_, Error>(Span { from: midnight(from, zone)?, to: midnight(tomorrow, zone)? });
    let first_of_year = today.first_of_year();
    Ok(match last {
        Last::Hours(n) => {
            let to = hour_of(context.now, zone) + SignedDuration::from_hours(1);
            let length = SignedDuration::from_hours(i64::from(n));
            (Span { from: to - length, to }, Shift::Exact(length))
        }
        Last::Today => (until_tomorrow(today)?, Shift::Days(1)),
        Last::Days(n) => (until_tomorrow(back_days(today, i64::from(n) - 1)?)?, Shift::Days(i32::from(n))),
        Last::Weeks(n) => {
            let from = back_days(week_of(today, context.week_start), 7 * (i64::from(n) - 1))?;
            (until_tomorrow(from)?, Shift::Days(7 * i32::from(n)))
        }
        Last::MonthToDate => (until_tomorrow(today.first_of_month())?, Shift::Months(1)),
        Last::Months(n) => {
            (until_tomorrow(back_months(today, i64::from(n) - 1)?)?, Shift::Months(i32::from(n)))
        }
        Last::YearToDate => (until_tomorrow(first_of_year)?, Shift::Months(12)),
        Last::Years(n) => {
            let from = back_months(first_of_year, 12 * (i64::from(n) - 1))?;
            (until_tomorrow(from)?, Shift::Months(12 * i32::from(n)))
        }
        Last::All => (until_tomorrow(back_months(first_of_year, 12 * 19)?)?, Shift::Months(0)),
    })
}

/// The instants between two edges. Whole months are compared with whole months, dates with as many days.
fn between(from: Edge, to: Edge, zone: &TimeZone) -> Result<(Span, Shift)> {
    let instant = |edge| match edge {
        Edge::Date(date) => midnight(date, zone),
        Edge::Instant(at) => Timestamp::from_microsecond(at.as_microsecond()).map_err(outside),
    };
    let span = Span { from: instant(from)?, to: instant(to)? };
    if span.from >= span.to {
        return Err(wrong("The range ends before it begins; `to` is the first moment after it."));
    }
    let year = |at: Timestamp| at.to_zoned(TimeZone::UTC).year();
    if year(span.from) < 1900 || year(span.to) > 2200 {
        return Err(wrong("The range lies outside the years 1900 to 2200."));
    }
    let shift = match (from, to) {
        (Edge::Date(a), Edge::Date(b)) if a.day() == 1 && b.day() == 1 => {
            let years = i32::from(b.year()) - i32::from(a.year());
            Shift::Months(years * 12 + i32::from(b.month()) - i32::from(a.month()))
        }
        (Edge::Date(a), Edge::Date(b)) => {
            let days = b.duration_since(a).as_hours() / 24;
            Shift::Days(i32::try_from(days).map_err(|_| wrong("The range is too long."))?)
        }
        _ => Shift::Exact(span.to.duration_since(span.from)),
    };
    Ok((span, shift))
}

/// By how many years a range goes back so that it does not overlap itself.
fn years_before(range: Span, zone: &TimeZone) -> Result<Shift> {
    let mut shift = Shift::Months(12);
    for years in 2..=LONGEST_YEARS {
        if shift.back(range.to, zone)? <= range.from {
            break;
        }
        shift = Shift::Months(12 * years);
    }
    Ok(shift)
}

/// The instants of a range in a time zone, and of the period before when it is to be compared.
///
/// # Errors
/// `input.invalid` at `/range`.
pub(crate) fn resolve(
    range: Range,
    compare: Option<Compare>,
    context: &Context,
    zone: &TimeZone,
) -> Result<Period> {
    let (current, shift) = match range {
        Range::Last(words) => last(words, context, zone)?,
        Range::Between { from, to } => between(from, to, zone)?,
    };
    if current.to.duration_since(current.from) > LONGEST {
        return Err(wrong("A range is 20 years long at most."));
    }
    let open = range == Range::Last(Last::All);
    let running = context.now < current.to;
    let mut period = Period { current, previous: None, shift: None, open, running };
    let shift = match compare {
        Some(Compare::PreviousPeriod) => Some(shift),
        Some(Compare::PreviousYear) => Some(years_before(current, zone)?),
        Some(Compare::None) | None => None,
    };
    if let Some(shift) = shift.filter(|_| !open) {
        let from = shift.back(current.from, zone)?;
        let mut to = shift.back(current.to, zone)?.min(current.from);
        if running {
            let step = context.now.as_second().div_euclid(CUT_SECONDS) * CUT_SECONDS;
            let now = Timestamp::from_second(step).unwrap_or(context.now);
            to = to.min(shift.back(now.max(current.from), zone)?);
        }
        period.previous = Some(Span { from, to: to.max(from) });
        period.shift = Some(shift);
    }
    Ok(period)
}

#[cfg(test)]
#[path = "period_tests.rs"]
pub(crate) mod tests;
