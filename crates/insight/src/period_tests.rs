//! Tests of [`super`]: ranges and what they are compared with.

use super::*;
use insula_model::WeekStart;
use proptest::prelude::*;

fn zone(name: &str) -> TimeZone {
    insula_model::period::time_zone(name, "").unwrap()
}

fn context(now: &str) -> Context {
    Context {
        now: now.parse().unwrap(),
        time_zone: zone("America/New_York"),
        week_start: WeekStart::Monday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    }
}

fn shown(range: &str, now: &str, zone_name: &str) -> String {
    let range: Range = serde_json::from_str(range).unwrap();
    let zone = zone(zone_name);
    let period = resolve(range, Some(Compare::PreviousPeriod), &context(now), &zone).unwrap();
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let both = |span: Span| format!("{} to {}", local(span.from), local(span.to));
    format!("{} | {}", both(period.current), period.previous.map_or("none".to_owned(), both))
}

/// 2026-11-21 is a Saturday; summer time ended in New York on 2026-11-01.
const NOW: &str = "2026-11-21T15:07:30Z";

#[test]
fn words_mean_local_days_and_calendar_units() {
    let meaning = |words: &str| shown(&format!(r#"{{"last":"{words}"}}"#), NOW, "America/New_York");
    for (words, means) in [
        ("today", "2026-11-21 00:00 to 2026-11-22 00:00 | 2026-11-20 00:00 to 2026-11-20 10:05"),
        ("1d", "2026-11-21 00:00 to 2026-11-22 00:00 | 2026-11-20 00:00 to 2026-11-20 10:05"),
        ("30d", "2026-10-23 00:00 to 2026-11-22 00:00 | 2026-09-23 00:00 to 2026-10-22 10:05"),
        ("24h", "2026-11-20 11:00 to 2026-11-21 11:00 | 2026-11-19 11:00 to 2026-11-20 10:05"),
        ("1w", "2026-11-16 00:00 to 2026-11-22 00:00 | 2026-11-09 00:00 to 2026-11-14 10:05"),
        ("mtd", "2026-11-01 00:00 to 2026-11-22 00:00 | 2026-10-01 00:00 to 2026-10-21 10:05"),
        ("3m", "2026-09-01 00:00 to 2026-11-22 00:00 | 2026-06-01 00:00 to 2026-08-21 10:05"),
        ("ytd", "2026-01-01 00:00 to 2026-11-22 00:00 | 2025-01-01 00:00 to 2025-11-21 10:05"),
        ("2y", "2025-01-01 00:00 to 2026-11-22 00:00 | 2023-01-01 00:00 to 2024-11-21 10:05"),
        ("all", "2007-01-01 00:00 to 2026-11-22 00:00 | none"),
    ] {
        assert_eq!(meaning(words), means, "{words}");
    }
}

#[test]
fn dates_are_compared_with_as_many_days_or_months() {
    let meaning =
        |from: &str, to: &str| shown(&format!(r#"{{"from":"{from}","to":"{to}"}}"#), NOW, "America/New_York");
    for (from, to, means) in [
        (
            "2013-01-01",
            "2013-02-01",
            "2013-01-01 00:00 to 2013-02-01 00:00 | 2012-12-01 00:00 to 2013-01-01 00:00",
        ),
        (
            "2013-01-01",
            "2014-01-01",
            "2013-01-01 00:00 to 2014-01-01 00:00 | 2012-01-01 00:00 to 2013-01-01 00:00",
        ),
        (
            "2013-03-05",
            "2013-03-12",
            "2013-03-05 00:00 to 2013-03-12 00:00 | 2013-02-26 00:00 to 2013-03-05 00:00",
        ),
        // A month that is not over: as much of the month before.
        (
            "2026-11-01",
            "2026-12-01",
            "2026-11-01 00:00 to 2026-12-01 00:00 | 2026-10-01 00:00 to 2026-10-21 10:05",
        ),
        // Instants: exactly as long, though an hour is missing on March 10.
        (
            "2013-03-10T05:00:00Z",
            "2013-03-11T05:00:00Z",
            "2013-03-10 00:00 to 2013-03-11 01:00 | 2013-03-09 00:00 to 2013-03-10 00:00",
        ),
    ] {
        assert_eq!(meaning(from, to), means, "{from}");
    }
}

#[test]
fn hours_are_those_of_the_local_clock() {
    let hours = r#"{"last":"2h"}"#;
    assert_eq!(
        shown(hours, NOW, "Asia/Kathmandu"),
        "2026-11-21 19:00 to 2026-11-21 21:00 | 2026-11-21 17:00 to 2026-11-21 18:50"
    );
}

#[test]
fn a_day_without_midnight_begins_later() {
    let day = r#"{"from":"2018-11-04","to":"2018-11-05"}"#;
    assert!(shown(day, NOW, "America/Sao_Paulo").starts_with("2018-11-04 01:00 to 2018-11-05 00:00"));
}

#[test]
fn senseless_ranges_are_refused() {
    for range in [
        r#"{"from":"2013-01-01","to":"2013-01-01"}"#,
        r#"{"from":"2013-01-02","to":"2013-01-01"}"#,
        r#"{"from":"1990-01-01","to":"2013-01-01"}"#,
        r#"{"from":"0001-01-01","to":"0002-01-01"}"#,
        r#"{"from":"-009998-01-02T00:00:00Z","to":"-009997-01-01T00:00:00Z"}"#,
        r#"{"from":"9999-01-01","to":"9999-12-31"}"#,
        // The same microsecond: PostgreSQL knows no shorter time.
        r#"{"from":"2013-01-01T00:00:00.0000001Z","to":"2013-01-01T00:00:00.0000009Z"}"#,
    ] {
        let range: Range = serde_json::from_str(range).unwrap();
        let wrong = resolve(range, Some(Compare::PreviousPeriod), &context(NOW), &zone("UTC")).unwrap_err();
        assert_eq!(wrong.fields()[0].pointer, "/range", "{range:?}");
    }
}

#[test]
fn weeks_begin_where_people_say() {
    let date = jiff::civil::date(2026, 11, 21);
    assert_eq!(week_of(date, WeekStart::Monday).to_string(), "2026-11-16");
    assert_eq!(week_of(date, WeekStart::Sunday).to_string(), "2026-11-15");
    assert_eq!(week_of(date, WeekStart::Saturday).to_string(), "2026-11-21");
}

const ZONES: [&str; 9] = [
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Havana",
    "Pacific/Apia",
    "Africa/Casablanca",
];

pub(crate) fn any_zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(ZONES.to_vec()).prop_map(zone)
}

pub(crate) fn any_now() -> impl Strategy<Value = Timestamp> {
    (946_684_800_i64..1_900_000_000).prop_map(|s| Timestamp::from_second(s).unwrap())
}

pub(crate) fn any_range() -> impl Strategy<Value = Range> {
    let words = prop_oneof![
        (1_u16..=1000).prop_map(Last::Hours),
        (1_u16..=800).prop_map(Last::Days),
        (1_u16..=60).prop_map(Last::Weeks),
        (1_u16..=30).prop_map(Last::Months),
        (1_u16..=5).prop_map(Last::Years),
        Just(Last::Today),
        Just(Last::MonthToDate),
        Just(Last::YearToDate),
        Just(Last::All),
    ];
    let start = 946_684_800_i64..1_800_000_000;
    let edges = (start, 1_i64..100_000_000, any::<bool>(), any::<bool>()).prop_map(|(from, length, a, b)| {
        let edge = |second: i64, date: bool| {
            let at = Timestamp::from_second(second).unwrap();
            if date { Edge::Date(at.to_zoned(TimeZone::UTC).date()) } else { Edge::Instant(at) }
        };
        Range::Between { from: edge(from, a), to: edge(from + length, b) }
    });
    prop_oneof![words.prop_map(Range::Last), edges]
}

pub(crate) fn any_compare() -> impl Strategy<Value = Compare> {
    prop::sample::select(vec![Compare::PreviousPeriod, Compare::PreviousYear])
}

pub(crate) fn any_week_start() -> impl Strategy<Value = WeekStart> {
    prop::sample::select(WeekStart::ALL.to_vec())
}

#[test]
fn a_year_before_is_the_same_days() {
    let year_before = |range: &str, now: &str| {
        let range: Range = serde_json::from_str(range).unwrap();
        let zone = zone("America/New_York");
        let period = resolve(range, Some(Compare::PreviousYear), &context(now), &zone).unwrap();
        let previous = period.previous.unwrap();
        (previous.from.to_string(), previous.to.to_string())
    };
    let told = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(
        year_before(r#"{"from":"2024-02-01","to":"2024-03-01"}"#, NOW),
        told("2023-02-01T05:00:00Z", "2023-03-01T05:00:00Z")
    );
    // Summer time began on other days; the local days are the same.
    assert_eq!(
        year_before(r#"{"from":"2025-03-09","to":"2025-03-16"}"#, NOW),
        told("2024-03-09T05:00:00Z", "2024-03-16T04:00:00Z")
    );
    // Longer than a year: as many years before as it takes.
    assert_eq!(
        year_before(r#"{"from":"2022-01-01","to":"2024-01-01"}"#, NOW),
        told("2020-01-01T05:00:00Z", "2022-01-01T05:00:00Z")
    );
    // Of a year without a 29th of February it is the last day of that month.
    assert_eq!(
        year_before(r#"{"from":"2024-02-29","to":"2024-03-01"}"#, NOW),
        told("2023-02-28T05:00:00Z", "2023-03-01T05:00:00Z")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A range that means something is not empty, holds the present if it is said to, and lies after the period
    /// that it is compared with, which is as long in the calendar, and shorter only while the range is running.
    #[test]
    fn a_range_and_the_period_before(range in any_range(), compare in any_compare(), now in any_now(), zone in any_zone(), week_start in any_week_start()) {
        let context = Context { now, time_zone: zone.clone(), week_start, range: None, compare: None, filters: Vec::new(), locked: Vec::new() };
        if let Ok(period) = resolve(range, Some(compare), &context, &zone) {
            let current = period.current;
            prop_assert!(current.from < current.to);
            prop_assert_eq!(period.running, now < current.to);
            if let Range::Last(words) = range {
                prop_assert!(current.from <= now && now < current.to, "{:?}", current);
                let exact = matches!(words, Last::Hours(_));
                let start = current.to.to_zoned(zone.clone());
                prop_assert!(exact || start.start_of_day().unwrap() == start, "{}", start);
            }
            if let Some(previous) = period.previous {
                prop_assert!(previous.from <= previous.to && previous.to <= current.from);
                if !period.running {
                    let length = |s: Span| s.to.duration_since(s.from).as_hours();
                    let differ = (length(previous) - length(current)).abs();
                    // Months and leap years differ by days, days by what summer time takes.
                    prop_assert!(differ <= 24 * 4 + 1, "{differ} hours: {period:?}");
                }
            }
        }
    }
}
