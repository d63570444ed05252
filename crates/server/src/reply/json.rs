//! JSON answers with their status, version and place.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::Stream;
use insula_model::Error;
use serde::Serialize;

use crate::problem::Refusal;

/// What a handler with a JSON answer gives back.
pub(crate) type Answer<T> = Result<Reply<T>, Refusal>;

/// A JSON answer.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    status: StatusCode,
    value: Option<T>,
    version: Option<String>,
}

/// Here it is.
pub(crate) fn shown<T>(value: T) -> Reply<T> {
    Reply { status: StatusCode::OK, value: Some(value), version: None }
}

/// It was made.
pub(crate) fn created<T>(value: T) -> Reply<T> {
    Reply { status: StatusCode::CREATED, value: Some(value), version: None }
}

/// It will be done; the answer says where to look.
pub(crate) fn accepted<T>(value: T) -> Reply<T> {
    Reply { status: StatusCode::ACCEPTED, value: Some(value), version: None }
}

/// Done, and there is nothing to say.
pub(crate) fn nothing() -> Reply<()> {
    Reply { status: StatusCode::NO_CONTENT, value: None, version: None }
}

impl<T> Reply<T> {
    /// With the version that a later `If-Match` names.
    pub(crate) fn at(mut self, version: impl std::fmt::Display) -> Self {
        self.version = Some(format!("\"{version}\""));
        self
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let Some(value) = self.value else { return self.status.into_response() };
        let bytes = match serde_json::to_vec(&value) {
            Ok(bytes) => bytes,
            Err(error) => return Refusal(Error::internal(error)).into_response(),
        };
        let mut response = (self.status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(Ok(tag)) = self.version.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// JSON that is ready to be sent, with its tag.
pub(crate) fn ready_json(tag: &str, json: &Arc<Vec<u8>>) -> Result<Response, Refusal> {
    let mut response = Body::from(Bytes::from_owner(Kept(Arc::clone(json)))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    revalidated(&mut response, tag)?;
    Ok(response)
}

/// Lines of JSON that are sent as they come, with the tag of all of them together.
pub(crate) fn json_lines(
    tag: &str,
    lines: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static,
) -> Result<Response, Refusal> {
    let mut response = Body::from_stream(lines).into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    // A proxy that gathers an answer before it hands it on would make streaming pointless.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    revalidated(&mut response, tag)?;
    Ok(response)
}

/// The caller has it.
pub(crate) fn unchanged(tag: &str) -> Result<Response, Refusal> {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    revalidated(&mut response, tag)?;
    Ok(response)
}

fn revalidated(response: &mut Response, tag: &str) -> Result<(), Refusal> {
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).map_err(Error::internal)?;
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(())
}

/// Bytes that others hold too: sent without a copy.
struct Kept(Arc<Vec<u8>>);

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
