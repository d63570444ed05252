//! A batch of events as it comes in, and what became of it.
//!
//! What must always hold: one event that is wrong spoils nothing but itself; the numbers of a receipt add up to
//! the events of the batch.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::event::{EventInput, EventProblem};
use crate::problem;

/// Events of one batch.
pub const MAX_EVENTS: usize = 10_000;
/// Bytes of one batch.
pub const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;

/// `{"events": […]}`, for the reference.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventBatchBody {
    /// 1 to 10,000 events.
    pub events: Vec<EventInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBody<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// A batch as it was sent: each event, or why it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct EventBatch {
    /// In the order in which they were sent.
    pub events: Vec<Result<EventInput, EventProblem>>,
}

impl EventBatch {
    /// From `{"events": […]}`.
    ///
    /// # Errors
    /// `input.json` when it is not such an object; `input.invalid` without events; `input.too_large`.
    pub fn from_json(body: &[u8]) -> Result<Self> {
        // Most batches are right: they are read once. The others are read again, event by event.
        if let Ok(whole) = serde_json::from_slice::<EventBatchBody>(body) {
            return Self::counted(whole.events.into_iter().map(Ok).collect());
        }
        let raw: RawBody<'_> = serde_json::from_slice(body)
            .map_err(|e| Error::new(problem::JSON, format!("Not a batch of events: {e}.")))?;
        Self::counted(raw.events.into_iter().map(|one| EventInput::from_json(one.get())).collect())
    }

    /// From NDJSON: one event a line; empty lines do not count.
    ///
    /// # Errors
    /// `input.json` when it is not UTF-8; `input.invalid` without events; `input.too_large`.
    pub fn from_ndjson(body: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(body)
            .map_err(|e| Error::new(problem::JSON, format!("Not UTF-8 after byte {}.", e.valid_up_to())))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self::counted(lines.take(MAX_EVENTS + 1).map(EventInput::from_json).collect())
    }

    fn counted(events: Vec<Result<EventInput, EventProblem>>) -> Result<Self> {
        if events.is_empty() {
            return Err(Error::invalid("/events", "count", "Send at least one event."));
        }
        if events.len() > MAX_EVENTS {
            return Err(Error::new(problem::TOO_LARGE, "A batch has 10,000 events at most."));
        }
        Ok(Self { events })
    }
}

/// An event that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventRejection {
    /// Its place in the batch, from 0; in NDJSON, empty lines do not count.
    pub index: usize,
    /// As in the list of event problems.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventReceipt {
    /// How many are new and stored.
    pub accepted: u64,
    /// How many were stored already, or stand twice in the batch.
    pub duplicates: u64,
    /// What was not taken, in the order of the batch.
    pub rejected: Vec<EventRejection>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"1","dataset":"d","at":"2026-01-01T00:00:00Z","measures":{"m":1}}"#;

    #[test]
    fn one_wrong_event_spoils_only_itself() {
        let body = format!(r#"{{"events":[{GOOD},{{"id":5}},{GOOD},[[1]],null,{{"__proto__":{{}}}}]}}"#);
        let batch = EventBatch::from_json(body.as_bytes()).unwrap();
        let good: Vec<_> = batch.events.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, false, true, false, false, false]);
        let batch = EventBatch::from_ndjson(format!("{GOOD}\n\n{{\n{GOOD}\r\n").as_bytes()).unwrap();
        assert_eq!(batch.events.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn what_is_no_batch_is_refused() {
        let many = format!(r#"{{"events":[{}]}}"#, vec![GOOD; MAX_EVENTS + 1].join(","));
        for (body, code) in [
            ("", "input.json"),
            ("[]", "input.json"),
            (r#"{"events":[]}"#, "input.invalid"),
            (r#"{"events":[],"tenant_id":"x"}"#, "input.json"),
            (r#"{"events":{}}"#, "input.json"),
            (many.as_str(), "input.too_large"),
        ] {
            assert_eq!(EventBatch::from_json(body.as_bytes()).unwrap_err().code(), code);
        }
        assert_eq!(EventBatch::from_ndjson(b"\n \n").unwrap_err().code(), "input.invalid");
        assert_eq!(EventBatch::from_ndjson(b"\xff").unwrap_err().code(), "input.json");
        let lines = vec![GOOD; MAX_EVENTS + 1].join("\n");
        assert_eq!(EventBatch::from_ndjson(lines.as_bytes()).unwrap_err().code(), "input.too_large");
    }

    #[test]
    fn deep_json_is_an_event_that_is_wrong_and_no_crash() {
        let deep = format!(r#"{{"events":[{}1{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
        match EventBatch::from_json(deep.as_bytes()) {
            Ok(batch) => assert!(batch.events[0].is_err()),
            Err(error) => assert!(error.is(problem::JSON)),
        }
    }
}
