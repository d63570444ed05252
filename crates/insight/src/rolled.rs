//! Reading sums in place of events: for whole days whose sums are kept and good, the sums; for the rest, the events.
//!
//! `rollups` has sums of spans of time (a tenant's days): in slot 0 of all events of the span, in slot n by the values of
//! dimension n. The row of slot 0 says until when the span goes and which slots are kept of it. `rollup_marks` has the
//! days (of UTC) whose events have changed since. See the decision record on roll-ups, and `store::tenant::rollups`.
//!
//! What must always hold: the spans that are read as sums and the gaps between them, which are read as events, are the
//! range, without overlap and without hole, in one snapshot: so the answer is that of the events at any moment, however
//! few sums there are and of whatever time zone. Tested against the reference evaluator in `platform/tests/it/rollups.rs`.

use std::collections::BTreeMap;

use insula_model::{Error, Result, Span};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::condition::all_of;
use crate::context::zone_name;
use crate::period::midnight;
use crate::scan::Scan;
use crate::statement::{Binder, Param};

/// A shorter time is read from its events: there is nothing to gain.
const WORTH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The sums that a scan can be made up from: 0 for those of all events, else those by the one dimension that it is
/// about, or that all hang on which it is about. None where there is more than one, or a condition on each event.
pub(crate) fn slot(scan: &Scan) -> Option<u8> {
    let length = |span: Span| span.to.duration_since(span.from);
    let long = length(scan.current) + scan.previous.map_or(SignedDuration::ZERO, length) >= WORTH;
    if scan.rolled.is_empty() || !long {
        return None;
    }
    if scan.conditions.iter().any(|condition| condition.dimension().is_none()) {
        return None;
    }
    // What is looked up by a dimension is the same for all events of one value of it.
    let about: Vec<u8> = scan.dimensions_read().iter().map(|slot| scan.lookups.carried(*slot)).collect();
    let slot = match about.as_slice() {
        [] => 0,
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        _ => return None,
    };
    scan.rolled.contains(&slot).then_some(slot)
}

fn number(column: &str, letter: char) -> Option<u8> {
    column.strip_prefix(letter)?.parse().ok()
}

/// `FROM` and `WHERE`: rows with `n`, how many events each stands for, and for each measure that is needed `s`, `c`, `low`
/// and `high`: sum, count, least and greatest.
pub(crate) fn from(scan: &Scan, slot: u8, binder: &mut Binder) -> String {
    let dataset = binder.bind(Param::Int4(scan.dataset));
    let slot_sql = binder.bind(Param::Int4(i32::from(slot)));
    let whole = scan.previous.map_or(scan.current, |previous| Span {
        from: previous.from.min(scan.current.from),
        to: previous.to.max(scan.current.to),
    });
    let (low, high) = (binder.instant(whole.from), binder.instant(whole.to));
    let cuts = binder.bind(Param::TimestamptzArray(cuts(scan)));
    // Between the period before and the range nothing is read.
    let between = scan.previous.filter(|previous| previous.to < scan.current.from).map(|previous| {
        let (from, to) = (binder.instant(previous.to), binder.instant(scan.current.from));
        (format!(" AND NOT (at >= {from} AND until <= {to})"), format!(" UNION ALL SELECT {from}, {to}"))
    });
    let (outside, skipped) = between.unwrap_or_default();

    let (mut of_sums, mut of_events, mut read) = ("n".to_owned(), String::new(), "at".to_owned());
    for m in scan.slots_read().iter().filter_map(|column| number(column, 'm')) {
        of_sums.push_str(&format!(", s{m}, c{m}, low{m}, high{m}"));
        of_events.push_str(&format!(", m{m}, (m{m} IS NOT NULL)::int4, m{m}, m{m}"));
        read.push_str(&format!(", m{m}"));
    }
    let about = scan.dimensions_read();
    if scan.lookups.any(&about) {
        for columns in [&mut of_sums, &mut of_events, &mut read] {
            columns.push_str(", tenant_id");
        }
    }
    // The rows of slot 0 are read for what they say of the days anyway. The others are looked up day by day: left to itself
    // the planner, which knows nothing of a table that was filled a moment ago, may read all of a slot for each day.
    let (more, sums) = if slot == 0 {
        (format!(", {of_sums}"), format!("SELECT at, {of_sums} FROM days WHERE n > 0"))
    } else {
        of_events.push_str(&format!(", d{slot}"));
        read.push_str(&format!(", d{slot}"));
        let sums = format!(
            "SELECT r.* FROM days CROSS JOIN LATERAL (\n    \
             SELECT at, {of_sums}, CASE WHEN NOT bare THEN value END AS d{slot} FROM rollups\n    \
             WHERE dataset = {dataset} AND slot = {slot_sql} AND at = days.at OFFSET 0\n  ) AS r"
        );
        (String::new(), sums)
    };
    let rows = format!(
        "(\n  WITH days AS MATERIALIZED (\n    SELECT at, until{more} FROM rollups\n    \
         WHERE dataset = {dataset} AND slot = 0 AND at >= {low} AND at < {high} AND until <= {high}{outside}\n      \
         AND {slot_sql} = ANY (slots)\n      \
         AND width_bucket(at, {cuts}) = width_bucket(until - interval '1 microsecond', {cuts})\n      \
         AND NOT coalesce(tstzrange(at, until) && (\n        \
         SELECT range_agg(tstzrange(day, day + interval '24 hours')) FROM rollup_marks\n        \
         WHERE dataset = {dataset} AND day > {low} - interval '24 hours' AND day < {high}), false)\n  \
         ), gaps AS (\n    SELECT after, before FROM (\n      \
         SELECT until AS after, lead(at, 1, {high}) OVER (ORDER BY at, until) AS before\n      \
         FROM (SELECT at, until FROM days UNION ALL SELECT {low}, {low}{skipped}) AS known\n    \
         ) AS pairs WHERE after < before\n  )\n  \
         {sums}\n  UNION ALL\n  SELECT at, 1::int8{of_events}\n  FROM gaps CROSS JOIN LATERAL (\n    \
         SELECT {read} FROM events WHERE dataset = {dataset} AND at >= gaps.after AND at < gaps.before OFFSET 0\n  \
         ) AS e\n)"
    );
    let from = scan.lookups.from(&rows, &about, binder);
    let conditions = all_of(&scan.conditions, binder);
    format!("FROM {from}\nWHERE true{conditions}")
}

/// The whole days of a time zone that overlap days of UTC, which are given by where they begin; each once, in order.
///
/// # Errors
/// `input.invalid` outside the years that there are.
pub fn days_over(days: &[Timestamp], zone: &TimeZone) -> Result<Vec<Span>> {
    let mut found: BTreeMap<Timestamp, Timestamp> = BTreeMap::new();
    for day in days {
        let end = day.checked_add(SignedDuration::from_hours(24)).map_err(Error::internal)?;
        let mut date = day.to_zoned(zone.clone()).date();
        let mut from = midnight(date, zone)?;
        while from < end {
            date = date.tomorrow().map_err(Error::internal)?;
            let to = midnight(date, zone)?;
            // A zone that crosses the date line leaves a day out.
            if from < to {
                found.insert(from, to);
            }
            from = to;
        }
    }
    Ok(found.into_iter().map(|(from, to)| Span { from, to }).collect())
}

/// Which sums are kept of a dataset. A hint, for what would cost more than it saves: whatever it says, answers are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rolled {
    /// The time zone of the days.
    pub zone: String,
    /// The slots that are kept of most of them.
    pub slots: Vec<u8>,
}

impl Rolled {
    /// The name of a time zone, as it stands in [`Self::zone`].
    #[must_use]
    pub fn zone_of(zone: &TimeZone) -> String {
        zone_name(zone)
    }
}

/// Where what is worked out changes from one bucket or period to the next: a day that one of them goes through is no use.
fn cuts(scan: &Scan) -> Vec<Timestamp> {
    let edges = |span: Span| [span.from, span.to];
    let mut cuts: Vec<Timestamp> = scan.bounds.iter().flatten().copied().collect();
    cuts.extend(edges(scan.current));
    cuts.extend(scan.previous.into_iter().flat_map(edges));
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_over_a_day_of_utc_cover_it_without_overlap() {
        for (zone, day) in [
            ("UTC", "2026-03-29T00:00:00Z"),
            ("Europe/Berlin", "2026-03-29T00:00:00Z"),
            ("Europe/Berlin", "2026-10-25T00:00:00Z"),
            ("Asia/Kolkata", "2026-01-01T00:00:00Z"),
            ("America/St_Johns", "2026-11-01T00:00:00Z"),
            ("Pacific/Apia", "2011-12-30T00:00:00Z"),
        ] {
            let (zone, day) = (TimeZone::get(zone).unwrap(), at(day));
            let days = days_over(&[day, day], &zone).unwrap();
            assert!(days.first().unwrap().from <= day, "{days:?}");
            assert!(days.last().unwrap().to >= day + SignedDuration::from_hours(24), "{days:?}");
            assert!(days.windows(2).all(|pair| pair[0].to == pair[1].from), "{days:?}");
            assert!((1..=3).contains(&days.len()), "{days:?}");
        }
    }
}
