//! Stretches of time as people name them: a range of local dates or instants, "the last 30 days", a grain.
//!
//! These are words only. What they mean as instants in a tenant's time zone is worked out by `insight`, at a
//! moment that is a parameter. Time zones come from the database that is compiled in ([`time_zone`]), never from
//! the machine, so that every node draws the same buckets.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::error::{Error, Result};
use crate::tenant::words;

words! {
    /// How long a bucket of a time series is.
    Grain {
        /// 60 seconds.
        Minute = "minute",
        /// 60 minutes.
        Hour = "hour",
        /// A local day: 23, 24 or 25 hours.
        Day = "day",
        /// Seven local days from the tenant's first day of the week.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// Three calendar months.
        Quarter = "quarter",
        /// A calendar year.
        Year = "year",
    }
}

words! {
    /// The grain that a question asks for: one of [`Grain`], or `auto` for one that suits the range.
    GrainChoice {
        /// What suits the range: hours for two days, days for a quarter, then weeks and months.
        Auto = "auto",
        /// 60 seconds.
        Minute = "minute",
        /// 60 minutes.
        Hour = "hour",
        /// A local day.
        Day = "day",
        /// Seven local days from the tenant's first day of the week.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// Three calendar months.
        Quarter = "quarter",
        /// A calendar year.
        Year = "year",
    }
}

impl GrainChoice {
    /// The grain, or `None` for `auto`.
    #[must_use]
    pub const fn grain(self) -> Option<Grain> {
        Some(match self {
            Self::Auto => return None,
            Self::Minute => Grain::Minute,
            Self::Hour => Grain::Hour,
            Self::Day => Grain::Day,
            Self::Week => Grain::Week,
            Self::Month => Grain::Month,
            Self::Quarter => Grain::Quarter,
            Self::Year => Grain::Year,
        })
    }
}

words! {
    /// The first day of the week.
    WeekStart {
        /// As in ISO 8601.
        Monday = "monday",
        /// As in North America.
        Sunday = "sunday",
        /// As in much of the Arab world.
        Saturday = "saturday",
    }
}

words! {
    /// What a question is compared with.
    Compare {
        /// The period of the same length just before.
        PreviousPeriod = "previous_period",
        /// The same days a year before; of a range longer than a year, as many years before as it takes not to overlap.
        PreviousYear = "previous_year",
        /// Nothing, even where the dashboard compares.
        None = "none",
    }
}

/// The time zone of a name such as `Europe/Berlin`, from the compiled-in database.
///
/// # Errors
/// `input.invalid` at `pointer`.
pub fn time_zone(name: &str, pointer: &str) -> Result<TimeZone> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| {
        Error::invalid(
            pointer,
            "time_zone",
            "That is not a time zone. Use a name of the IANA database, such as Europe/Berlin or UTC.",
        )
    })
}

/// One end of a range: a local date (its midnight in the time zone of the question) or an exact instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `2013-01-31`.
    Date(Date),
    /// `2013-01-31T17:00:00Z`.
    Instant(Timestamp),
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Instant(at) => at.fmt(f),
        }
    }
}

impl FromStr for Edge {
    type Err = Error;
    /// # Errors
    /// `input.invalid` without a field: the caller knows which it is.
    fn from_str(text: &str) -> Result<Self> {
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let edge =
            if plain { text.parse().map(Self::Date).ok() } else { text.parse().map(Self::Instant).ok() };
        edge.ok_or_else(|| {
            Error::new(
                crate::problem::INVALID,
                "That is neither a date such as 2013-01-31 nor an instant such as 2013-01-31T17:00:00Z.",
            )
        })
    }
}

/// A stretch that ends with the present: `30d`, `today`, `mtd`.
///
/// Hours and days count back from the present one, which is included: `30d` is today and the 29 days before.
/// Weeks, months and years are those of the calendar, the present one included: `12m` is this month so far and
/// the 11 before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// `24h`.
    Hours(u16),
    /// `30d`.
    Days(u16),
    /// `8w`.
    Weeks(u16),
    /// `12m`.
    Months(u16),
    /// `3y`.
    Years(u16),
    /// `today`: the same as `1d`.
    Today,
    /// `mtd`: month to date.
    MonthToDate,
    /// `ytd`: year to date.
    YearToDate,
    /// `all`: everything there is, up to 20 years.
    All,
}

/// The most of each unit that [`Last`] can say: 20 years.
const LONGEST: [(char, u16); 5] = [('h', 1_000), ('d', 7_300), ('w', 1_040), ('m', 240), ('y', 20)];

impl fmt::Display for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::Weeks(n) => write!(f, "{n}w"),
            Self::Months(n) => write!(f, "{n}m"),
            Self::Years(n) => write!(f, "{n}y"),
            Self::Today => f.write_str("today"),
            Self::MonthToDate => f.write_str("mtd"),
            Self::YearToDate => f.write_str("ytd"),
            Self::All => f.write_str("all"),
        }
    }
}

impl FromStr for Last {
    type Err = Error;
    /// # Errors
    /// `input.invalid` without a field: the caller knows which it is.
    fn from_str(text: &str) -> Result<Self> {
        let counted = || {
            let unit = text.chars().last()?;
            let digits = text.strip_suffix(unit)?;
            let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
            let count: u16 = digits.parse().ok().filter(|_| plain)?;
            let (_, most) = LONGEST.iter().find(|(u, _)| *u == unit)?;
            (count <= *most).then_some(match unit {
                'h' => Self::Hours(count),
                'd' => Self::Days(count),
                'w' => Self::Weeks(count),
                'm' => Self::Months(count),
                _ => Self::Years(count),
            })
        };
        match text {
            "today" => Ok(Self::Today),
            "mtd" => Ok(Self::MonthToDate),
            "ytd" => Ok(Self::YearToDate),
            "all" => Ok(Self::All),
            _ => counted().ok_or_else(|| {
                Error::new(
                    crate::problem::INVALID,
                    "That is not a range. Use 24h, 30d, 8w, 12m, 3y (20 years at most; 1000h), today, mtd, ytd or all.",
                )
            }),
        }
    }
}

macro_rules! as_text {
    ($name:ident, $example:literal) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(|e: Error| serde::de::Error::custom(e.detail()))
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).examples([$example]).into()
            }
        }
        impl ToSchema for $name {}
    };
}
as_text!(Edge, "2013-01-31");
as_text!(Last, "30d");

/// A range of time: `{"from": …, "to": …}` (half-open: `to` is not in it) or `{"last": "30d"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RangeText", into = "RangeText")]
pub enum Range {
    /// From an edge until just before another.
    Between {
        /// The first moment.
        from: Edge,
        /// The first moment after.
        to: Edge,
    },
    /// Until the present.
    Last(Last),
}

/// A range of time as it is written. Either `last` alone, or `from` and `to`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Range)]
#[serde(deny_unknown_fields)]
pub struct RangeText {
    /// A local date or an instant; the first moment of the range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Edge>,
    /// A local date or an instant; the first moment after the range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Edge>,
    /// `24h`, `30d`, `8w`, `12m`, `3y`, `today`, `mtd`, `ytd` or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Last>,
}

impl Range {
    /// The range of three optional texts, as an address has them (`?from=&to=` or `?last=`); `None` without any.
    ///
    /// # Errors
    /// `input.invalid` at `/from`, `/to` or `/last`.
    pub fn from_parts(from: Option<&str>, to: Option<&str>, last: Option<&str>) -> Result<Option<Self>> {
        fn part<T: FromStr<Err = Error>>(text: Option<&str>, pointer: &str) -> Result<Option<T>> {
            text.map(str::parse).transpose().map_err(|e: Error| Error::invalid(pointer, "range", e.detail()))
        }
        let text = RangeText { from: part(from, "/from")?, to: part(to, "/to")?, last: part(last, "/last")? };
        if text.from.is_none() && text.to.is_none() && text.last.is_none() {
            return Ok(None);
        }
        Self::try_from(text).map(Some).map_err(|why| Error::invalid("/last", "range", why))
    }
}

impl TryFrom<RangeText> for Range {
    type Error = &'static str;
    fn try_from(text: RangeText) -> Result<Self, &'static str> {
        match (text.from, text.to, text.last) {
            (Some(from), Some(to), None) => Ok(Self::Between { from, to }),
            (None, None, Some(last)) => Ok(Self::Last(last)),
            _ => Err("a range has either `from` and `to`, or `last`"),
        }
    }
}

impl From<Range> for RangeText {
    fn from(range: Range) -> Self {
        match range {
            Range::Between { from, to } => Self { from: Some(from), to: Some(to), last: None },
            Range::Last(last) => Self { from: None, to: None, last: Some(last) },
        }
    }
}

impl utoipa::PartialSchema for Range {
    fn schema() -> utoipa::openapi::RefOr<Schema> {
        RangeText::schema()
    }
}

impl ToSchema for Range {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<Schema>)>) {
        RangeText::schemas(schemas);
    }
}

/// A stretch of time as instants, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after.
    pub to: Timestamp,
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
