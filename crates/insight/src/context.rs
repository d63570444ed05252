//! What a question is asked in: a moment, a time zone, and what the request said about range and comparison.

use insula_model::{Compare, DatasetDefinition, Filter, Range, WeekStart};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::rolled::Rolled;

/// The surroundings of a question.
#[derive(Debug, Clone)]
pub struct Context {
    /// The present moment.
    pub now: Timestamp,
    /// The tenant's time zone; a dataset's own goes before it.
    pub time_zone: TimeZone,
    /// The first day of the tenant's weeks.
    pub week_start: WeekStart,
    /// The range of the request, for questions that have none; 30 days when there is none either.
    pub range: Option<Range>,
    /// The comparison of the request, for questions that say nothing about it.
    pub compare: Option<Compare>,
    /// Filters of the request. Each holds where the dataset has what it is about, and says nothing elsewhere.
    pub filters: Vec<Filter>,
    /// Filters that hold in every question, whatever the request says: where the dataset lacks what one is about, the
    /// question is refused.
    pub locked: Vec<Filter>,
}

/// A dataset and the number under which its events are stored.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Names, labels and slots.
    pub definition: &'a DatasetDefinition,
    /// The dataset's number among those of its tenant.
    pub number: i32,
    /// What sums are kept, if any are.
    pub rolled: Option<&'a Rolled>,
}

impl<'a> Source<'a> {
    /// A dataset of which no sums are kept.
    #[must_use]
    pub fn new(definition: &'a DatasetDefinition, number: i32) -> Self {
        Self { definition, number, rolled: None }
    }
}

/// The name of a time zone for an answer.
pub(crate) fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}
