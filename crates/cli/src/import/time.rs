//! When a row happened: from one column, or from several that hold the parts of a local time.

use insula_model::written::{instant, zoned};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// How the time of a row is read. Columns are named by their place.
#[derive(Debug, Clone)]
pub(crate) enum When {
    /// One column: an instant with an offset, or a local date and time.
    Column(usize),
    /// Year, month, day, and as many as there are of hour, minute, second.
    Parts(Vec<usize>),
}

impl When {
    /// The instant. Local times are in `zone`; where a clock was put forward or back, the later reading of a time that
    /// did not exist and the earlier one of a time that existed twice.
    pub(crate) fn read<'a>(
        &self,
        field: impl Fn(usize) -> &'a str,
        zone: &TimeZone,
    ) -> Result<Timestamp, String> {
        match self {
            Self::Column(column) => instant(field(*column).trim(), zone),
            Self::Parts(columns) => {
                let mut parts = [0i16; 6];
                for ((part, column), what) in parts.iter_mut().zip(columns).zip(PARTS) {
                    let text = field(*column).trim();
                    *part = whole(text).ok_or_else(|| format!("{text:?} is no {what}"))?;
                }
                let [year, month, day, hour, minute, second] = parts;
                let small = |n: i16| i8::try_from(n).map_err(|_| format!("{n} is out of range"));
                let date = Date::new(year, small(month)?, small(day)?).map_err(|e| e.to_string())?;
                let time =
                    Time::new(small(hour)?, small(minute)?, small(second)?, 0).map_err(|e| e.to_string())?;
                zoned(date.to_datetime(time), zone)
            }
        }
    }
}

pub(super) const PARTS: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

/// `5`, `05` and, as programs write numbers with gaps in them, `5.0`.
fn whole(text: &str) -> Option<i16> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_york() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    #[test]
    fn one_column_in_every_usual_form() {
        for (text, expected) in [
            ("2013-01-01T05:15:00-05:00", "2013-01-01T10:15:00Z"),
            ("2013-01-01T10:15:00Z", "2013-01-01T10:15:00Z"),
            ("2013-01-01 05:15", "2013-01-01T10:15:00Z"),
            ("2013-07-01 05:15:30.25", "2013-07-01T09:15:30.25Z"),
            ("2013-01-01", "2013-01-01T05:00:00Z"),
            ("20130101", "2013-01-01T05:00:00Z"),
            ("1357034400", "2013-01-01T10:00:00Z"),
            ("1357034400000", "2013-01-01T10:00:00Z"),
        ] {
            let read = When::Column(0).read(|_| text, &new_york()).map(|t| t.to_string());
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        }
        for bad in ["", "NA", "yesterday", "2013-13-01", "2013-02-30 10:00"] {
            assert!(When::Column(0).read(|_| bad, &new_york()).is_err(), "{bad}");
        }
    }

    #[test]
    fn parts_are_a_local_time() {
        let read = |parts: &[&str]| {
            When::Parts((0..parts.len()).collect()).read(|i| parts[i], &new_york()).map(|t| t.to_string())
        };
        assert_eq!(read(&["2013", "1", "1", "5", "15"]).as_deref(), Ok("2013-01-01T10:15:00Z"));
        assert_eq!(read(&["2013", "01", "01"]).as_deref(), Ok("2013-01-01T05:00:00Z"));
        assert_eq!(read(&["2013", "1.0", "1", "5.0"]).as_deref(), Ok("2013-01-01T10:00:00Z"));
        // The hour that the clocks left out, and the one that they had twice.
        assert_eq!(read(&["2013", "3", "10", "2", "30"]).as_deref(), Ok("2013-03-10T07:30:00Z"));
        assert_eq!(read(&["2013", "11", "3", "1", "30"]).as_deref(), Ok("2013-11-03T05:30:00Z"));
        for bad in [
            ["2013", "2", "30", "5"],
            ["2013", "1", "1", "25"],
            ["2013", "1", "", "5"],
            ["2013", "1", "1", "NA"],
        ] {
            assert!(read(&bad).is_err(), "{bad:?}");
        }
    }
}
