//! A batch of events: JSON, or one event a line.

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use insula_model::event_batch::MAX_BATCH_BYTES;
use insula_model::{Error, EventBatch, Result, problem};

use super::Content;
use super::json::{check_depth, is_json};

/// A batch of events.
pub(crate) struct Batch(pub(crate) EventBatch);

impl Content for Batch {
    const LIMIT: usize = MAX_BATCH_BYTES;

    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        if is_json(headers) {
            check_depth(bytes)?;
            return EventBatch::from_json(bytes).map(Self);
        }
        let text = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-ndjson") {
            check_depth(bytes)?;
            return EventBatch::from_ndjson(bytes).map(Self);
        }
        let detail =
            "Send `Content-Type: application/json`, or `application/x-ndjson` with one event a line.";
        Err(Error::new(problem::UNSUPPORTED_TYPE, detail))
    }
}
