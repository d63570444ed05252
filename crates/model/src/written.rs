//! Numbers and times as they stand in files, in every usual form: of events that are imported, and of tables.
//!
//! What must always hold: a time that is written here is read here as the same instant. Tests: here, and in the import of
//! the command line.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A number.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// An instant with an offset, seconds or milliseconds since 1970, or a date or a local time in `zone`.
///
/// # Errors
/// A sentence without its end.
pub fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    if text.is_empty() {
        return Err("the time is missing".to_owned());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    // 1357034400, 1357034400.5 and 1357034400000.
    if let Ok(number) = text.parse::<f64>().map(|n| if n.abs() >= 1e11 { n / 1000.0 } else { n })
        && text.len() >= 9
    {
        return Timestamp::from_duration(
            SignedDuration::try_from_secs_f64(number).map_err(|e| e.to_string())?,
        )
        .map_err(|e| e.to_string());
    }
    if let Ok(local) = text.parse::<DateTime>() {
        return zoned(local, zone);
    }
    Err(format!("{text:?} is no time such as 2013-01-31T17:00:00-05:00 or 2013-01-31 17:00"))
}

/// The instant of a local time. Where a clock was put forward or back, the later reading of a time that did not exist and
/// the earlier one of a time that existed twice.
///
/// # Errors
/// A sentence about a time that is out of range.
pub fn zoned(local: DateTime, zone: &TimeZone) -> Result<Timestamp, String> {
    local.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(|e| e.to_string())
}

/// A date where a day of the zone begins, else a local time with its offset: read again, it is the same instant.
#[must_use]
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let date: Date = local.date();
    if zoned(date.into(), zone) == Ok(at) {
        return date.to_string();
    }
    // RFC 3339 knows no seconds in an offset, and old times of some zones have them.
    match local.offset().seconds() % 60 {
        0 => local.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
        _ => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_is_written_as_one() {
        for (zone, text, expected) in [
            ("UTC", "2026-01-31", "2026-01-31"),
            ("America/New_York", "2026-01-31", "2026-01-31"),
            ("America/New_York", "2026-01-31T00:00:00Z", "2026-01-30T19:00:00-05:00"),
            ("Asia/Kathmandu", "2026-01-31T12:30:00.25Z", "2026-01-31T18:15:00.25+05:45"),
            // A day that began at one o'clock.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04"),
            // Midnight came twice.
            ("America/Havana", "2026-11-01T05:00:00Z", "2026-11-01T00:00:00-05:00"),
            ("America/Havana", "2026-11-01T04:00:00Z", "2026-11-01"),
            ("Europe/Amsterdam", "1920-01-01T00:00:01Z", "1920-01-01T00:00:01Z"),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            assert_eq!(time(instant(text, &zone).unwrap(), &zone), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in -2_208_988_800_i64..7_258_118_400, part in prop::sample::select(vec![0, 1_000, 250_000_000]), step in prop::sample::select(vec![1, 3_600, 86_400])) {
            for zone in ["UTC", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Europe/Amsterdam", "Africa/Monrovia"] {
                let zone = TimeZone::get(zone).unwrap();
                let at = Timestamp::new(seconds / step * step, part).unwrap();
                prop_assert_eq!(instant(&time(at, &zone), &zone), Ok(at));
            }
        }
    }
}
