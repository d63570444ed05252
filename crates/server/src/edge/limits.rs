//! How many headers a request may have. (The connection's own limits are a little wider: `serve/connection.rs`.)

use axum::http::HeaderMap;
use insula_model::{Error, Result, problem};

/// Headers at most.
pub(crate) const MOST: usize = 100;
/// Bytes of all of them at most.
pub(crate) const BYTES: usize = 32 * 1024;

/// Checks number and size.
///
/// # Errors
/// `input.headers`.
pub(super) fn headers(headers: &HeaderMap) -> Result<()> {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() > MOST || bytes > BYTES {
        let detail = format!("A request has {MOST} headers and {} KB of them at most.", BYTES / 1024);
        return Err(Error::new(problem::HEADERS, detail));
    }
    Ok(())
}
