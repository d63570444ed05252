//! A metrics event as it comes in, and as it is stored.
//!
//! What must always hold: an [`Event`] came through [`EventInput::check`] (or from the sample generator, which is
//! tested to pass it), so that store can copy it into its columns without another look. The same id is the same
//! event, for ever: [`event_uuid`] is a pure function of the text.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dataset::{DIMENSION_SLOTS, MEASURE_SLOTS, NAME_RULE, is_name};

/// Characters of an event's id.
pub const MAX_ID_CHARS: usize = 128;
/// Characters of a dimension's value.
pub const MAX_TEXT_CHARS: usize = 256;
/// Bytes of all the dimensions of an event together, so that they fit into one row of a covering index.
pub const MAX_TEXT_BYTES: usize = 2_000;
/// How far an event's time may be ahead of ours: clocks differ, and time zones are mistaken.
pub const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// The greatest magnitude of a measure: sums of squares of a thousand million such values are still finite.
pub const MAX_MEASURE: f64 = 1e100;

/// The members of a JSON object in their order, so that a name that stands twice is seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Members<V>(pub Vec<(String, V)>);

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V: Serialize> Serialize for Members<V> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Object<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Object<V> {
            type Value = Members<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<V>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        d.deserialize_map(Object(std::marker::PhantomData))
    }
}

/// An event as it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event)]
pub struct EventInput {
    /// Any text that is the same when the event is sent again: 1 to 128 characters, no control characters.
    #[schema(min_length = 1, max_length = 128)]
    pub id: String,
    /// The dataset, by name; it is made when it is not there.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub dataset: String,
    /// When it happened: RFC 3339 with an offset, from 1970 on, at most 24 hours ahead.
    #[schema(format = DateTime)]
    pub at: String,
    /// Numbers by name, up to 8.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Option<f64>>)]
    pub measures: Members<Option<f64>>,
    /// Texts by name, up to 12; each has 256 characters at most, all of them 2,000 bytes.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>)]
    pub dimensions: Members<Option<String>>,
}

/// An event that is fit to be stored. Names with `null` are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The id in PostgreSQL.
    pub id: Uuid,
    /// The dataset, by name.
    pub dataset: String,
    /// When it happened, to the microsecond.
    pub at: Timestamp,
    /// Finite numbers by unique name, 8 at most.
    pub measures: Vec<(String, f64)>,
    /// Texts by unique name, 12 at most.
    pub dimensions: Vec<(String, String)>,
}

/// Why one event of a batch is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventProblem {
    /// `event.json`, `event.id`, `event.dataset`, `event.at`, `event.measure`, `event.dimension`; and `dataset.full`.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

fn wrong<T>(code: &str, detail: impl Into<String>) -> Result<T, EventProblem> {
    Err(EventProblem { code: code.to_owned(), detail: detail.into() })
}

/// The uuid of an event's id: the text itself if it is a hyphenated uuid, else version 8 from its SHA-256.
#[must_use]
pub fn event_uuid(id: &str) -> Uuid {
    if id.len() == 36
        && let Ok(uuid) = Uuid::try_parse(id)
    {
        return uuid;
    }
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Sha256::digest(id.as_bytes())[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Whether a number is fit to be stored.
#[must_use]
pub fn is_measure(value: f64) -> bool {
    value.is_finite() && value.abs() <= MAX_MEASURE
}

/// `PostgreSQL` keeps microseconds.
pub(crate) fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

impl EventInput {
    /// One line of NDJSON, or one member of a batch.
    ///
    /// # Errors
    /// `event.json`: it is not the JSON of an event; the detail says where.
    pub fn from_json(text: &str) -> Result<Self, EventProblem> {
        serde_json::from_str(text).or_else(|e| wrong("event.json", format!("Not an event: {e}.")))
    }

    /// Makes sure that it can be stored.
    ///
    /// # Errors
    /// The first thing that is wrong, as `event.…`.
    pub fn check(self, now: Timestamp) -> Result<Event, EventProblem> {
        let id_chars = self.id.chars().count();
        if id_chars == 0 || id_chars > MAX_ID_CHARS || self.id.chars().any(char::is_control) {
            return wrong("event.id", "An id has 1 to 128 characters and no control characters.");
        }
        if !is_name(&self.dataset) {
            return wrong("event.dataset", format!("{} is not a name. {NAME_RULE}", shown(&self.dataset)));
        }
        Ok(Event {
            id: event_uuid(&self.id),
            at: check_at(&self.at, now)?,
            measures: check_measures(self.measures)?,
            dimensions: check_dimensions(self.dimensions)?,
            dataset: self.dataset,
        })
    }
}

fn check_at(text: &str, now: Timestamp) -> Result<Timestamp, EventProblem> {
    let Ok(at) = text.parse::<Timestamp>() else {
        return wrong("event.at", format!("{} is not an instant such as 2026-01-31T17:00:00Z.", shown(text)));
    };
    if at < Timestamp::UNIX_EPOCH {
        return wrong("event.at", format!("{at} is before 1970."));
    }
    if at.duration_since(now) > MAX_AHEAD {
        return wrong("event.at", format!("{at} is more than 24 hours ahead; it is {now} here."));
    }
    Ok(to_micros(at))
}

fn check_measures(members: Members<Option<f64>>) -> Result<Vec<(String, f64)>, EventProblem> {
    let code = "event.measure";
    if members.0.len() > MEASURE_SLOTS {
        return wrong(code, "An event has 8 measures at most.");
    }
    check_names(&members, code)?;
    let kept: Vec<_> = members.0.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    match kept.iter().find(|(_, value)| !is_measure(*value)) {
        Some((name, _)) => wrong(code, format!("{name} is not a finite number of at most 1e100.")),
        None => Ok(kept),
    }
}

fn check_dimensions(members: Members<Option<String>>) -> Result<Vec<(String, String)>, EventProblem> {
    let code = "event.dimension";
    if members.0.len() > DIMENSION_SLOTS {
        return wrong(code, "An event has 12 dimensions at most.");
    }
    check_names(&members, code)?;
    let kept: Vec<_> = members.0.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    for (name, value) in &kept {
        if value.len() > MAX_TEXT_CHARS && value.chars().count() > MAX_TEXT_CHARS {
            return wrong(code, format!("{name} has more than 256 characters."));
        }
        if value.contains('\0') {
            return wrong(code, format!("{name} contains a NUL character."));
        }
    }
    if kept.iter().map(|(_, value)| value.len()).sum::<usize>() > MAX_TEXT_BYTES {
        return wrong(code, "The dimensions of an event have 2,000 bytes altogether at most.");
    }
    Ok(kept)
}

fn check_names<V>(members: &Members<V>, code: &str) -> Result<(), EventProblem> {
    for (i, (name, _)) in members.0.iter().enumerate() {
        if !is_name(name) {
            return wrong(code, format!("{} is not a name. {NAME_RULE}", shown(name)));
        }
        if members.0[..i].iter().any(|(other, _)| other == name) {
            return wrong(code, format!("{name} stands twice."));
        }
    }
    Ok(())
}

/// Somebody's text inside a sentence: quoted, and not longer than a glance.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: &str = "2026-01-31T12:00:00Z";

    fn check(json: &str) -> Result<Event, String> {
        EventInput::from_json(json).and_then(|e| e.check(NOW.parse().unwrap())).map_err(|p| p.code)
    }

    fn event(at: &str, rest: &str) -> String {
        format!(r#"{{"id":"e1","dataset":"flights","at":"{at}"{rest}}}"#)
    }

    #[test]
    fn a_good_event_is_taken() {
        let rest = r#","measures":{"distance":12.5,"none":null},"dimensions":{"origin":"EWR","tail":null}"#;
        let taken = check(&event("2026-01-31T17:00:00.123456789+05:45", rest)).unwrap();
        assert_eq!(taken.at.to_string(), "2026-01-31T11:15:00.123456Z");
        assert_eq!(taken.measures, [("distance".to_owned(), 12.5)]);
        assert_eq!(taken.dimensions, [("origin".to_owned(), "EWR".to_owned())]);
        assert_eq!(taken.id, event_uuid("e1"));
    }

    #[test]
    fn every_fault_has_its_code() {
        let long = "x".repeat(257);
        let heavy = format!(r#":"{}""#, "x".repeat(223));
        let nine: Vec<String> = (0..9).map(|i| format!("\"m{i}\":1")).collect();
        for (json, code) in [
            ("{}".to_owned(), "event.json"),
            ("[]".to_owned(), "event.json"),
            (event(NOW, r#","tenant":"x""#), "event.json"),
            (event(NOW, r#","measures":{"a":"1"}"#), "event.json"),
            (event(NOW, r#","measures":{"a":1e999}"#), "event.json"),
            (event(NOW, r#","measures":{"a":1e101}"#), "event.measure"),
            (event(NOW, r#","measures":{"a":1,"a":2}"#), "event.measure"),
            (event(NOW, r#","measures":{"A":1}"#), "event.measure"),
            (event(NOW, &format!(r#","measures":{{{}}}"#, nine.join(","))), "event.measure"),
            (event(NOW, r#","dimensions":{"a":"x\u0000"}"#), "event.dimension"),
            (event(NOW, &format!(r#","dimensions":{{"a":"{long}"}}"#)), "event.dimension"),
            (
                event(NOW, &format!(r#","dimensions":{{{}}}"#, nine.join(",").replace(":1", &heavy))),
                "event.dimension",
            ),
            (event("yesterday", ""), "event.at"),
            (event("2026-01-31", ""), "event.at"),
            (event("2026-01-31T12:00:00", ""), "event.at"),
            (event("1969-12-31T23:59:59Z", ""), "event.at"),
            (event("2026-02-01T12:00:01Z", ""), "event.at"),
            (event("9999-01-01T00:00:00Z", ""), "event.at"),
            (event(NOW, "").replace("e1", ""), "event.id"),
            (event(NOW, "").replace("e1", "a\\u0000b"), "event.id"),
            (event(NOW, "").replace("e1", &"é".repeat(129)), "event.id"),
            (event(NOW, "").replace("flights", "Flights"), "event.dataset"),
        ] {
            assert_eq!(check(&json).unwrap_err(), code, "{json}");
        }
        assert!(check(&event("2026-02-01T12:00:00Z", "")).is_ok());
        assert!(check(&event(NOW, "").replace("e1", &"é".repeat(128))).is_ok());
    }

    #[test]
    fn ids_become_uuids_for_ever() {
        assert_eq!(event_uuid("e1").to_string(), "8b5cc4df-7eec-8d32-a781-4eca4af047ae");
        let uuid = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
        assert_eq!(event_uuid(uuid).to_string(), uuid);
        assert_eq!(event_uuid(&uuid.to_uppercase()).to_string(), uuid);
        assert_eq!(event_uuid("e2").get_version_num(), 8);
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_fit_to_be_stored(id: String, dataset in "[a-z_]{0,3}", name in "[a-zA-Z]{1,2}", value: f64, text: String) {
            let input = EventInput {
                id,
                dataset,
                at: NOW.into(),
                measures: Members(vec![(name.clone(), Some(value))]),
                dimensions: Members(vec![(name, Some(text))]),
            };
            if let Ok(event) = input.check(NOW.parse().unwrap()) {
                prop_assert!(is_name(&event.dataset) && is_name(&event.measures[0].0));
                prop_assert!(event.measures[0].1.is_finite());
                prop_assert!(!event.dimensions[0].1.contains('\0'));
            }
        }
    }
}
