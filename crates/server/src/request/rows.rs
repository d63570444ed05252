//! Rows of a table: JSON, or CSV.

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use insula_model::event_batch::MAX_BATCH_BYTES;
use insula_model::{Error, Result, TableBatch, problem};

use super::Content;
use super::json::{check_depth, is_json};

/// Rows of a table.
pub(crate) struct Rows(pub(crate) TableBatch);

impl Content for Rows {
    const LIMIT: usize = MAX_BATCH_BYTES;

    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        if is_json(headers) {
            check_depth(bytes)?;
            return TableBatch::from_json(bytes).map(Self);
        }
        let text = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/csv") {
            return TableBatch::from_csv(bytes).map(Self);
        }
        let detail = "Send `Content-Type: application/json`, or `text/csv` with a first line of names.";
        Err(Error::new(problem::UNSUPPORTED_TYPE, detail))
    }
}
