//! Tests of [`super`]: time buckets: grains, week starts, daylight saving.

use super::*;
use crate::context::Context;
use crate::period::resolve;
use crate::period::tests::{any_compare, any_now, any_range, any_week_start, any_zone};
use insula_model::{Compare, Range};
use proptest::prelude::*;

fn zone(name: &str) -> TimeZone {
    insula_model::period::time_zone(name, "").unwrap()
}

fn buckets(range: &str, grain: GrainChoice, zone_name: &str, week_start: WeekStart) -> Result<Buckets> {
    let zone = zone(zone_name);
    let context = Context {
        now: "2026-11-21T15:07:30Z".parse().unwrap(),
        time_zone: zone.clone(),
        week_start,
        range: None,
        compare: Some(Compare::PreviousPeriod),
        filters: Vec::new(),
        locked: Vec::new(),
    };
    let range: Range = serde_json::from_str(range).unwrap();
    Buckets::of(&resolve(range, context.compare, &context, &zone)?, grain, &zone, week_start)
}

fn labels(range: &str, grain: GrainChoice, zone_name: &str) -> Vec<String> {
    buckets(range, grain, zone_name, WeekStart::Monday).unwrap().labels
}

#[test]
fn an_hour_that_comes_twice_is_two_buckets() {
    let found = labels(r#"{"from":"2026-11-01","to":"2026-11-02"}"#, GrainChoice::Hour, "America/New_York");
    assert_eq!(found.len(), 25);
    assert_eq!(found[1..3], ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00"]);
    let found = labels(r#"{"from":"2026-03-08","to":"2026-03-09"}"#, GrainChoice::Hour, "America/New_York");
    assert_eq!(found.len(), 23);
    assert_eq!(found[1..3], ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"]);
}

#[test]
fn half_an_hour_of_summer_time_is_a_bucket_of_half_an_hour() {
    let found =
        labels(r#"{"from":"2026-10-04","to":"2026-10-05"}"#, GrainChoice::Hour, "Australia/Lord_Howe");
    assert_eq!(
        found[1..4],
        ["2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00"]
    );
    let found =
        labels(r#"{"from":"2026-04-05","to":"2026-04-06"}"#, GrainChoice::Hour, "Australia/Lord_Howe");
    assert_eq!(
        found[1..4],
        ["2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30"]
    );
}

#[test]
fn a_day_that_never_was_has_no_bucket() {
    let found = labels(r#"{"from":"2011-12-28","to":"2012-01-02"}"#, GrainChoice::Day, "Pacific/Apia");
    assert_eq!(found, ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]);
}

#[test]
fn the_first_bucket_is_named_after_its_beginning_though_the_range_begins_later() {
    let range = r#"{"from":"2026-11-04","to":"2026-11-18"}"#;
    let week = |start| buckets(range, GrainChoice::Week, "UTC", start).unwrap().labels;
    assert_eq!(week(WeekStart::Monday), ["2026-11-02", "2026-11-09", "2026-11-16"]);
    assert_eq!(week(WeekStart::Sunday), ["2026-11-01", "2026-11-08", "2026-11-15"]);
    assert_eq!(week(WeekStart::Saturday), ["2026-10-31", "2026-11-07", "2026-11-14"]);
    let quarters = labels(r#"{"from":"2025-12-31","to":"2026-07-01"}"#, GrainChoice::Quarter, "UTC");
    assert_eq!(quarters, ["2025-10-01", "2026-01-01", "2026-04-01"]);
    let hours = labels(
        r#"{"from":"2026-01-01T00:00:00Z","to":"2026-01-01T02:00:00Z"}"#,
        GrainChoice::Hour,
        "Asia/Kathmandu",
    );
    assert_eq!(
        hours,
        ["2026-01-01T05:00:00+05:45", "2026-01-01T06:00:00+05:45", "2026-01-01T07:00:00+05:45"]
    );
}

#[test]
fn days_of_months_go_together_by_number() {
    // 31 days of March with 28 of February; then the other way round.
    let march = buckets(
        r#"{"from":"2026-03-01","to":"2026-04-01"}"#,
        GrainChoice::Day,
        "Europe/Berlin",
        WeekStart::Monday,
    )
    .unwrap();
    assert_eq!((march.starts.len(), march.previous.len()), (31, 28));
    assert!(march.has_previous(27) && !march.has_previous(28));
    let february = buckets(
        r#"{"from":"2026-02-01","to":"2026-03-01"}"#,
        GrainChoice::Day,
        "Europe/Berlin",
        WeekStart::Monday,
    )
    .unwrap();
    assert_eq!((february.starts.len(), february.previous.len()), (28, 29));
    assert_eq!(february.place(29), Some(Place::Rest));
    assert_eq!(february.place(30), Some(Place::Current(0)));
}

#[test]
fn auto_suits_the_range() {
    for (last, grain) in [
        ("2h", Grain::Minute),
        ("24h", Grain::Hour),
        ("today", Grain::Hour),
        ("30d", Grain::Day),
        ("90d", Grain::Day),
        ("12m", Grain::Week),
        ("2y", Grain::Month),
        ("all", Grain::Month),
    ] {
        let found = buckets(
            &format!(r#"{{"last":"{last}"}}"#),
            GrainChoice::Auto,
            "Europe/Berlin",
            WeekStart::Monday,
        );
        assert_eq!(found.unwrap().grain, grain, "{last}");
    }
}

#[test]
fn five_thousand_buckets_are_the_most() {
    let wrong = buckets(r#"{"last":"7d"}"#, GrainChoice::Minute, "UTC", WeekStart::Monday).unwrap_err();
    assert!(wrong.is(problem::QUESTION) && wrong.fields()[0].pointer == "/grain", "{wrong:?}");
    assert!(buckets(r#"{"last":"20y"}"#, GrainChoice::Day, "UTC", WeekStart::Monday).is_err());
    assert!(buckets(r#"{"last":"3d"}"#, GrainChoice::Minute, "UTC", WeekStart::Monday).is_ok());
}

/// The label that an instant's bucket has, worked out from its own local date or time alone.
fn obvious(at: Timestamp, grain: Grain, zone: &TimeZone, week_start: WeekStart) -> String {
    let local = at.to_zoned(zone.clone());
    let date = local.date();
    match grain {
        Grain::Minute => local.strftime("%Y-%m-%dT%H:%M:00%:z").to_string(),
        Grain::Hour => local.strftime("%Y-%m-%dT%H:00:00%:z").to_string(),
        Grain::Day => date.to_string(),
        Grain::Week => {
            let mut day = date;
            while week_of(day, week_start) != day {
                day = day.yesterday().unwrap();
            }
            day.to_string()
        }
        Grain::Month => date.strftime("%Y-%m-01").to_string(),
        Grain::Quarter => format!("{:04}-{:02}-01", date.year(), (date.month() - 1) / 3 * 3 + 1),
        Grain::Year => date.strftime("%Y-01-01").to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The buckets cover the range without gap or overlap, and every instant of the range is in the bucket that
    /// is called after the instant's own local date or hour.
    #[test]
    fn every_instant_is_in_its_bucket(range in any_range(), compare in any_compare(), now in any_now(), zone in any_zone(), week_start in any_week_start(),
                                      grain in prop::sample::select(GrainChoice::ALL.to_vec()), part in 0.0..1.0_f64) {
        let context = Context { now, time_zone: zone.clone(), week_start, range: None, compare: None, filters: Vec::new(), locked: Vec::new() };
        let Ok(period) = resolve(range, Some(compare), &context, &zone) else { return Ok(()) };
        let Ok(buckets) = Buckets::of(&period, grain, &zone, week_start) else { return Ok(()) };
        let current = period.current;
        prop_assert_eq!(buckets.starts.first(), Some(&current.from));
        prop_assert!(buckets.starts.iter().all(|s| *s < current.to));
        let bounds = buckets.bounds();
        prop_assert!(bounds.windows(2).all(|w| w[0] < w[1]), "{:?}", bounds);
        prop_assert_eq!(buckets.starts.len(), buckets.labels.len());

        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let offset = (current.to.duration_since(current.from).as_secs() as f64 * part) as i64;
        let at = current.from + SignedDuration::from_secs(offset);
        let number = bounds.iter().filter(|b| **b <= at).count();
        let Some(Place::Current(index)) = buckets.place(i64::try_from(number).unwrap()) else {
            return Err(TestCaseError::fail("an instant of the range has no bucket"));
        };
        // Where the clock was moved by less than an hour, buckets of an hour are cut there.
        let lord_howe = zone.iana_name() == Some("Australia/Lord_Howe") && buckets.grain == Grain::Hour;
        // A date line crossed or a clock moved while an hour lasted changes the offset in the label only.
        let expected = obvious(at, buckets.grain, &zone, week_start);
        let found = &buckets.labels[index];
        let clock = matches!(buckets.grain, Grain::Hour | Grain::Minute);
        let same = if clock { found[..16] == expected[..16] } else { *found == expected };
        prop_assert!(same || lord_howe, "{} lies in {}, not {}", at, found, expected);
        if let Some(previous) = period.previous {
            let before = bounds.len() - buckets.starts.len();
            prop_assert!(bounds[..before].iter().all(|b| *b >= previous.from && *b < previous.to));
            prop_assert!(before == 0 || bounds[0] == previous.from, "{} {:?}", bounds[0], previous);
            prop_assert!(before > 0 || previous.from == previous.to);
        }
    }
}
