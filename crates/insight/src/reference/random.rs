//! Random events, questions and surroundings: dates around the changes of summer time, ties, values that need
//! escaping, missing values, every aggregate, filter, grain and range.

use insula_model::dice::Dice as Numbers;
use insula_model::{
    Agg, Aggregate, Compare, Edge, Event, Figure, Filter, Formula, GrainChoice, Last, Question, Range, Show,
    Sort, SortBy, TableRow, WeekStart, period,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::context::Context;

const ZONES: [&str; 8] = [
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "America/Havana",
];
/// Moments just after something happened to a clock or calendar.
const MOMENTS: [&str; 9] = [
    "2026-11-21T08:17:33Z",
    "2026-11-01T06:30:00Z",
    "2026-03-08T12:00:00Z",
    "2026-04-05T03:00:00Z",
    "2026-10-04T15:31:00Z",
    "2024-02-29T23:59:59Z",
    "2026-01-01T00:00:00Z",
    "2011-12-31T10:30:00Z",
    "2018-11-04T12:00:00Z",
];
const DIMENSIONS: [(&str, u64); 3] = [("origin", 3), ("dest", 30), ("carrier", 6)];
/// What [`super::lookups`] looks up.
const LOOKED_UP: [&str; 4] = ["airline", "alliance", "city", "hub"];
/// What [`super::table_dataset`] has beside that.
const OVER_TABLE: [&str; 5] = ["airline", "alliance", "city", "hub", "flight"];
const MEASURES: [&str; 3] = ["distance", "dep_delay", "fare"];
/// The first values of each dimension; the others are `v6`, `v7` ….
const VALUES: [&str; 6] = ["", "EWR", "jfk", "LGA-%_'\"\\", "Ab", "ab"];

/// Patterns of formulas: `M` is any measure, `D` any dimension.
const FORMULAS: [&str; 34] = [
    "M / nullif(count(), 0)",
    "M / M",
    "sum(M - M)",
    "avg(M - M)",
    "min(M * M)",
    "max(M / M)",
    "max(M / nullif(M, 0)) - min(M)",
    "sum(M * M) filter (where M > 0)",
    "count() filter (where lower(D) in ('jfk', 'ewr') and hour(time) >= 12)",
    "count(distinct D)",
    "count(distinct lower(D) || '-' || D)",
    "count(distinct concat(left(D, 1), right(D, 2)))",
    "count(distinct round(M))",
    "case when sum(M) > 10 then 1 else 0 end",
    "case when M is null then 0 when M > 0 then M else - M end",
    "sum(case when D is null then 1 when D = 'v7' then 10 end)",
    "sum(case when D = 'EWR' then M else null end)",
    "sum(M) filter (where D not in ('EWR', 'jfk'))",
    "count() filter (where not (D = 'EWR' or M < 0))",
    "count() filter (where M between -10 and 40)",
    "count() filter (where M not between M and 40)",
    "count() filter (where D >= 'a' and D < 'v20')",
    "count() filter (where starts_with(D, 'LGA-%') or contains(D, 'B'))",
    "count() filter (where nullif(D, '') is null and D is not null)",
    "sum(length(D)) + max(length(upper(D)))",
    "sum(year(time) * 10000 + month(time) * 100 + day(time)) - 20000000 * count()",
    "sum(weekday(time))",
    "max(hour(time)) - min(hour(time))",
    "sqrt(M) + ln(M) + power(M, 0.5)",
    "round(M / 3, 2) + floor(avg(M)) + ceil(M / 7) + round(avg(M))",
    "greatest(M, M, 0) - least(M, min(M))",
    "coalesce(max(M), min(M), -1) + abs(sum(M))",
    "last(M) - min(M) + power(count(), -1)",
    "sum(least(greatest(M, -50), 50)) + max(coalesce(M, 0)) + power(M, 2)",
];

/// Throws events and questions to [`super::dataset`].
#[derive(Debug, Clone)]
pub struct Dice(Numbers, &'static [&'static str]);

impl Dice {
    /// The same seed throws the same things.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Numbers::new(seed), &[])
    }

    /// The same, with questions also about what [`super::lookups`] looks up.
    #[must_use]
    pub const fn looking_up(seed: u64) -> Self {
        Self(Numbers::new(seed), &LOOKED_UP)
    }

    /// The same, with questions also about the key of the table that has the flights.
    #[must_use]
    pub const fn over_table(seed: u64) -> Self {
        Self(Numbers::new(seed), &OVER_TABLE)
    }

    /// Names of dimensions that questions are about.
    fn dimensions(&self) -> Vec<&'static str> {
        DIMENSIONS.iter().map(|(name, _)| *name).chain(self.1.iter().copied()).collect()
    }

    fn dimension(&mut self) -> &'static str {
        let all = self.dimensions();
        self.one(&all)
    }

    /// Rows of a table of so many columns: keys that events carry and some that they do not, some without values.
    pub fn rows(&mut self, columns: usize) -> Vec<TableRow> {
        let keys = (0..40).map(|v| VALUES.get(v).map_or_else(|| format!("v{v}"), |text| (*text).to_owned()));
        let mut rows = Vec::new();
        for key in keys.filter(|key| !key.is_empty()) {
            if self.chance(75) {
                let known = [None, Some("EWR"), Some("v7"), Some(""), Some("Ab"), Some("ab"), Some("jfk")];
                let values = (0..columns).map(|_| self.one(&known).map(str::to_owned)).collect();
                rows.push(TableRow { key, values, ..TableRow::default() });
            }
        }
        rows
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.up_to(of.len())].clone()
    }

    fn up_to(&mut self, end: usize) -> usize {
        usize::try_from(self.0.below(end as u64)).unwrap_or_default()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    fn seconds(&mut self, end: i64) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.0.below(end.unsigned_abs())).unwrap_or_default())
    }

    /// A quarter of a whole number, so that sums are exact.
    fn number(&mut self) -> f64 {
        f64::from(u16::try_from(self.0.below(2_000)).unwrap_or_default()) / 4.0 - 125.0
    }

    /// A moment, zone and first day of the week.
    pub fn context(&mut self) -> Context {
        let zone = self.one(&ZONES);
        Context {
            now: self.one(&MOMENTS).parse().unwrap_or_default(),
            time_zone: period::time_zone(zone, "").unwrap_or(TimeZone::UTC),
            week_start: self.one(WeekStart::ALL),
            range: None,
            compare: Some(self.one(Compare::ALL)),
            filters: Vec::new(),
            locked: Vec::new(),
        }
    }

    /// Up to 500 events within some days before (and two hours after) a moment, many of them at full hours.
    pub fn events(&mut self, now: Timestamp) -> Vec<Event> {
        let count = self.up_to(500);
        let days = self.one(&[3, 20, 100, 800]);
        (0..count).map(|_| self.event(now, days)).collect()
    }

    fn event(&mut self, now: Timestamp, days: i64) -> Event {
        let back =
            if self.chance(60) { self.seconds(days * 86_400) } else { self.seconds(days * 24) * 3_600 };
        let id = uuid_of(self.0.throw(), self.0.throw());
        let mut measures = Vec::new();
        for name in MEASURES {
            if self.chance(85) {
                measures.push((name.to_owned(), self.number()));
            }
        }
        let mut dimensions = Vec::new();
        for (name, values) in DIMENSIONS {
            if self.chance(90) {
                let value = usize::try_from(self.0.below(values)).unwrap_or_default();
                let text = VALUES.get(value).map_or_else(|| format!("v{value}"), |text| (*text).to_owned());
                dimensions.push((name.to_owned(), text));
            }
        }
        let at = now - back + SignedDuration::from_hours(2);
        Event { id, dataset: "flights".to_owned(), at, measures, dimensions }
    }

    fn figure(&mut self) -> Figure {
        if self.chance(35) {
            let formula = self.formula();
            return Formula::new(formula, format!("f{}", self.0.below(1_000_000))).into();
        }
        self.aggregate().into()
    }

    /// A formula that is a valid one: a pattern with names put in. Rows are added up exactly, so that the order in
    /// which they are added does not show.
    pub fn formula(&mut self) -> String {
        let mut pattern = self.one(&FORMULAS).to_owned();
        let dimensions = self.dimensions();
        for (sign, names) in [("D", dimensions.as_slice()), ("M", &MEASURES)] {
            while pattern.contains(sign) {
                pattern = pattern.replacen(sign, self.one(names), 1);
            }
        }
        let other = self.one(&["+ count()", "- 1", "* 0.5", "/ nullif(count(), 0)", ""]);
        format!("({pattern}) {other}")
    }

    fn aggregate(&mut self) -> Aggregate {
        let (dimension, measure) = (self.dimension(), self.one(&MEASURES));
        match self.one(Agg::ALL) {
            Agg::Distinct => Aggregate::distinct(dimension),
            Agg::Count if self.chance(30) => Aggregate::of(Agg::Count, measure),
            Agg::Count if self.chance(30) => {
                Aggregate { dimension: Some(dimension.to_owned()), ..Aggregate::count() }
            }
            Agg::Count => Aggregate::count(),
            agg => Aggregate::of(agg, measure),
        }
    }

    fn filter(&mut self) -> Filter {
        let (dimension, measure) = (self.dimension().to_owned(), self.one(&MEASURES).to_owned());
        let value = self.number();
        match self.0.below(12) {
            0 | 1 => Filter::In { dimension, values: self.values() },
            2 | 3 => Filter::NotIn { dimension, values: self.values() },
            4 => Filter::Contains { dimension, value: self.one(&["E", "v1", "%", "'", "B"]).to_owned() },
            5 => Filter::StartsWith { dimension, value: self.one(&["v", "LGA-%", "E", "_"]).to_owned() },
            6 => Filter::Gte { measure, value },
            7 => Filter::Gt { measure, value },
            8 => Filter::Lte { measure, value },
            9 => Filter::Lt { measure, value },
            10 => Filter::Eq { measure, value },
            _ => Filter::Between { measure, value, to: value + 60.0 },
        }
    }

    fn values(&mut self) -> Vec<Option<String>> {
        let known = [None, Some("EWR"), Some("jfk"), Some("v7"), Some(""), Some("LGA-%_'\"\\"), Some("v12")];
        (0..=self.up_to(4)).map(|_| self.one(&known).map(str::to_owned)).collect()
    }

    fn range(&mut self, now: Timestamp) -> Range {
        if self.chance(30) {
            let (from, to) = (self.edge(now), self.edge(now));
            return Range::Between { from, to };
        }
        Range::Last(self.one(&[
            Last::Hours(5),
            Last::Hours(48),
            Last::Days(1),
            Last::Days(7),
            Last::Days(30),
            Last::Weeks(1),
            Last::Weeks(6),
            Last::Months(1),
            Last::Months(3),
            Last::Years(1),
            Last::Today,
            Last::MonthToDate,
            Last::YearToDate,
            Last::All,
        ]))
    }

    fn edge(&mut self, now: Timestamp) -> Edge {
        let at = now - self.seconds(100 * 86_400);
        if self.chance(30) {
            return Edge::Instant(at);
        }
        let date = at.to_zoned(TimeZone::UTC).date();
        Edge::Date(if self.chance(40) { date.first_of_month() } else { date })
    }

    /// A question that is nearly always a valid one.
    pub fn question(&mut self, now: Timestamp) -> Question {
        let mut question = Question::new("flights", Vec::<Figure>::new());
        for _ in 0..=self.up_to(3) {
            let figure = self.figure();
            if !question.measures.contains(&figure) {
                question.measures.push(figure);
            }
        }
        let (skip, take) = (self.up_to(2), self.one(&[0, 0, 1, 1, 2, 3]));
        let mut dimensions = self.dimensions();
        if !self.1.is_empty() && self.chance(70) {
            dimensions.rotate_left(DIMENSIONS.len());
        }
        question.by = dimensions.into_iter().skip(skip).take(take).map(str::to_owned).collect();
        question.grain = self.chance(55).then(|| self.one(GrainChoice::ALL));
        question.filters = (0..self.up_to(3)).map(|_| self.filter()).collect();
        question.range = self.chance(75).then(|| self.range(now));
        question.compare = self.one(&[
            None,
            Some(Compare::None),
            Some(Compare::PreviousPeriod),
            Some(Compare::PreviousYear),
        ]);
        question.limit = self.chance(40).then(|| 1 + u32::try_from(self.up_to(20)).unwrap_or_default());
        question.other = !question.by.is_empty() && self.chance(30);
        let shown = !question.by.is_empty() || question.grain.is_some();
        for figure in &mut question.measures {
            if let Figure::Aggregate(aggregate) = figure
                && matches!(aggregate.agg, Agg::Sum | Agg::Count)
                && shown
                && self.chance(40)
            {
                let running = question.grain.is_some() && self.chance(50);
                aggregate.show = Some(if running { Show::Running } else { Show::Share });
            }
        }
        let by = self.one(SortBy::ALL);
        let choices = match by {
            SortBy::Measure => question.measures.len(),
            SortBy::Dimension => question.by.len(),
            SortBy::Time => usize::from(question.grain.is_some()),
        };
        if choices > 0 && self.chance(50) {
            let index = u8::try_from(self.up_to(choices)).unwrap_or_default();
            question.sort = Some(Sort { by, index, descending: self.chance(50) });
        }
        question
    }
}

fn uuid_of(high: u64, low: u64) -> uuid::Uuid {
    uuid::Uuid::from_u64_pair(high, low)
}
