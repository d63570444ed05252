//! Sample metrics: half a year of a small SaaS business, so that a new tenant sees a dashboard that means
//! something. Business grows, weekends are quiet, one campaign stands out. The same tenant and moment give the
//! same events, with the same ids, so that making them twice stores them once.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::dataset::{DatasetDefinition, DatasetSource, Format, everybody};
use crate::dataset_put::{DatasetPut, DimensionPut, MeasurePut};
use crate::dice::Dice;
use crate::event::{Event, event_uuid};
use crate::ids::TenantId;

/// The dataset's name.
pub const SAMPLE_DATASET: &str = "sample_metrics";
/// How far back the story begins.
pub const SAMPLE_DAYS: i64 = 180;

/// Names with their weights.
const CHANNELS: [(&str, f64); 6] = [
    ("Organic search", 30.0),
    ("Direct", 22.0),
    ("Paid ads", 18.0),
    ("Referral", 14.0),
    ("E-mail", 10.0),
    ("Social", 6.0),
];
const COUNTRIES: [(&str, f64); 10] = [
    ("United States", 30.0),
    ("Germany", 16.0),
    ("United Kingdom", 13.0),
    ("France", 10.0),
    ("Canada", 8.0),
    ("Japan", 7.0),
    ("Netherlands", 6.0),
    ("Brazil", 4.0),
    ("Spain", 4.0),
    ("Australia", 2.0),
];
/// Plans with weight and price.
const PLANS: [(&str, f64, f64); 4] =
    [("Free", 40.0, 0.0), ("Starter", 32.0, 29.0), ("Team", 20.0, 99.0), ("Enterprise", 8.0, 490.0)];

/// The definition of the sample dataset.
#[must_use]
pub fn sample_dataset() -> DatasetDefinition {
    let measure = |name: &str, label: &str, unit: Option<&str>, format| MeasurePut {
        name: name.to_owned(),
        label: Some(label.to_owned()),
        unit: unit.map(str::to_owned),
        format: Some(format),
        ..MeasurePut::default()
    };
    let dimension = |name: &str| DimensionPut { name: name.to_owned(), ..DimensionPut::default() };
    let put = DatasetPut {
        label: Some("Sample metrics".to_owned()),
        measures: vec![
            measure("revenue", "Revenue", Some("USD"), Format::Currency),
            measure("orders", "Orders", None, Format::Integer),
            measure("signups", "Sign-ups", None, Format::Integer),
            measure("response_time", "Response time", Some("s"), Format::Duration),
            measure("visits", "Visits", None, Format::Integer),
        ],
        dimensions: vec![dimension("channel"), dimension("country"), dimension("plan")],
        ..DatasetPut::default()
    };
    let mut dataset = DatasetDefinition {
        name: SAMPLE_DATASET.to_owned(),
        label: String::new(),
        description: None,
        source: DatasetSource::Events,
        table_number: None,
        visible_to: everybody(),
        sample: true,
        time_zone: None,
        measures: Vec::new(),
        dimensions: Vec::new(),
        calculated: Vec::new(),
    };
    // The names are constants that fit; a test holds it.
    let _applied = put.apply(&mut dataset);
    dataset
}

/// The character of one tenant's business.
struct Story {
    dice: Dice,
    size: f64,
    growth: f64,
    home: usize,
    campaign: i64,
}

impl Story {
    fn of(tenant: TenantId) -> Self {
        let (high, low) = tenant.uuid().as_u64_pair();
        let mut dice = Dice::new(high ^ low.rotate_left(32));
        Self {
            size: dice.between(0.7, 1.8),
            growth: dice.between(0.35, 0.9),
            home: dice.weighted(COUNTRIES.iter().map(|(_, w)| *w)),
            campaign: SAMPLE_DAYS - 20 - i64::try_from(dice.below(60)).unwrap_or_default(),
            dice,
        }
    }

    /// How busy a day is, 1 being the first workday.
    fn level(&self, day: i64, weekday: Weekday) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "180 days")]
        let grown = (self.growth * day as f64 / SAMPLE_DAYS as f64).exp();
        let week = match weekday {
            Weekday::Saturday => 0.5,
            Weekday::Sunday => 0.45,
            Weekday::Monday => 0.95,
            Weekday::Tuesday | Weekday::Wednesday => 1.1,
            Weekday::Thursday => 1.05,
            Weekday::Friday => 0.9,
        };
        let campaign = if (self.campaign..self.campaign + 6).contains(&day) { 1.5 } else { 1.0 };
        grown * week * campaign
    }

    /// One report: what happened in one channel, country and plan around one moment.
    fn event(&mut self, number: u32, at: Timestamp, level: f64, campaign: bool) -> Event {
        let dice = &mut self.dice;
        let channel =
            if campaign && dice.unit() < 0.35 { 2 } else { dice.weighted(CHANNELS.iter().map(|(_, w)| *w)) };
        let country =
            if dice.unit() < 0.25 { self.home } else { dice.weighted(COUNTRIES.iter().map(|(_, w)| *w)) };
        let plan = dice.weighted(PLANS.iter().map(|(_, w, _)| *w));
        let (plan_name, _, price) = PLANS[plan];
        let visits = (self.size * level.sqrt() * dice.between(20.0, 90.0)).round();
        let signups = (visits * dice.between(0.02, 0.09)).round();
        let orders = if price == 0.0 { 0.0 } else { (signups * dice.between(0.3, 0.9)).round().max(1.0) };
        let revenue = (orders * price * dice.between(0.85, 1.0) * 100.0).round() / 100.0;
        let response = (dice.between(0.08, 0.22) * (1.0 + level / 8.0) * 1000.0).round() / 1000.0;
        let measures = [
            ("revenue", revenue),
            ("orders", orders),
            ("signups", signups),
            ("response_time", response),
            ("visits", visits),
        ];
        let dimensions =
            [("channel", CHANNELS[channel].0), ("country", COUNTRIES[country].0), ("plan", plan_name)];
        Event {
            id: event_uuid(&format!("sample-{number}")),
            dataset: SAMPLE_DATASET.to_owned(),
            at,
            measures: measures.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect(),
            dimensions: dimensions.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        }
    }
}

/// The sample events of a tenant, about 4,000, in the order of time, none after `now`.
pub fn sample_events(tenant: TenantId, now: Timestamp) -> impl Iterator<Item = Event> {
    let mut story = Story::of(tenant);
    let mut number = 0;
    (0..SAMPLE_DAYS).flat_map(move |day| {
        let date = now.to_zoned(TimeZone::UTC).date();
        let back = jiff::Span::new().days(SAMPLE_DAYS - 1 - day);
        let midnight = date.checked_sub(back).and_then(|d| d.to_zoned(TimeZone::UTC));
        let Ok(midnight) = midnight else { return Vec::new() };
        let level = story.level(day, midnight.weekday());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
        let count = (17.0 * level + 2.0 * story.dice.unit()) as usize;
        let campaign = (story.campaign..story.campaign + 6).contains(&day);
        let mut seconds: Vec<i64> = (0..count)
            .map(|_| {
                // The mean of three throws: most of it happens around noon.
                let noon = (story.dice.unit() + story.dice.unit() + story.dice.unit()) / 3.0;
                #[expect(clippy::cast_possible_truncation, reason = "a second of a day")]
                let second = (noon * 86_399.0) as i64;
                second
            })
            .collect();
        seconds.sort_unstable();
        let mut events = Vec::with_capacity(count);
        for second in seconds {
            number += 1;
            let at = midnight.timestamp() + SignedDuration::from_secs(second);
            let event = story.event(number, at, level, campaign);
            if at <= now {
                events.push(event);
            }
        }
        events
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventInput, Members};
    use std::collections::HashSet;
    use uuid::Uuid;

    fn tenant(n: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(n))
    }

    fn now() -> Timestamp {
        "2026-03-17T09:30:00Z".parse().unwrap()
    }

    #[test]
    fn the_story_is_the_same_each_time_and_another_for_each_tenant() {
        let events: Vec<_> = sample_events(tenant(1), now()).collect();
        assert_eq!(events, sample_events(tenant(1), now()).collect::<Vec<_>>());
        assert_ne!(events, sample_events(tenant(2), now()).collect::<Vec<_>>());
    }

    #[test]
    fn the_size_and_growth_are_believable() {
        for n in 0..20 {
            let events: Vec<_> = sample_events(tenant(n * 7919), now()).collect();
            assert!((3_000..=5_500).contains(&events.len()), "{}", events.len());
            let sum = |part: &[Event]| part.iter().map(|e| e.measures[0].1).sum::<f64>();
            let (first, second) = events.split_at(events.len() / 2);
            assert!(sum(first) > 10_000.0 && sum(second) > 10_000.0);
            let in_last_month = events.iter().filter(|e| now().duration_since(e.at).as_hours() < 720).count();
            let in_first_month =
                events.iter().filter(|e| now().duration_since(e.at).as_hours() > 3600).count();
            assert!(in_last_month > in_first_month);
        }
    }

    #[test]
    fn every_event_fits_the_dataset_and_would_be_taken() {
        let dataset = sample_dataset();
        assert_eq!((dataset.measures.len(), dataset.dimensions.len(), dataset.sample), (5, 3, true));
        let mut ids = HashSet::new();
        let mut before = Timestamp::UNIX_EPOCH;
        for event in sample_events(tenant(3), now()) {
            assert!(ids.insert(event.id) && event.at >= before && event.at <= now());
            before = event.at;
            assert!(event.measures.iter().all(|(n, _)| dataset.measure(n).is_some()));
            assert!(event.dimensions.iter().all(|(n, _)| dataset.dimension(n).is_some()));
            let input = EventInput {
                id: event.id.to_string(),
                dataset: event.dataset.clone(),
                at: event.at.to_string(),
                measures: Members(event.measures.iter().map(|(n, v)| (n.clone(), Some(*v))).collect()),
                dimensions: Members(
                    event.dimensions.iter().map(|(n, v)| (n.clone(), Some(v.clone()))).collect(),
                ),
            };
            assert_eq!(input.check(now()), Ok(event));
        }
    }
}
