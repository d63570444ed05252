//! What happens to every answer on its way out.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use insula_model::{Error, RequestId};
use tracing::Span;
use tracing::field::Empty;

use super::is_refusal;
use crate::metrics;
use crate::problem::{self, Refused};
use crate::reply::not_modified;
use crate::site::{Framable, Looks, pages};
use crate::visit::Visit;

/// The header with the request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What answers depend on, taken before the request goes to its handler.
pub(super) struct Shape {
    method: Method,
    has: Option<HeaderValue>,
    /// A person with a browser looks at a page, rather than a program at the API.
    page: bool,
}

impl Shape {
    pub(super) fn of(parts: &Parts) -> Self {
        let accept = parts.headers.get(header::ACCEPT).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let path = parts.uri.path();
        let api = path.starts_with("/api/") || (path.starts_with("/t/") && path.contains("/api/"));
        Self {
            method: parts.method.clone(),
            has: parts.headers.get(header::IF_NONE_MATCH).cloned(),
            page: !api && accept.contains("text/html"),
        }
    }

    /// Whether an answer is going to be a page that refuses.
    pub(super) fn is_page_of(&self, response: &Response) -> bool {
        self.page && is_refusal(response.status())
    }
}

/// Completes an answer and says so in the log.
pub(super) fn finish(
    shape: &Shape,
    id: RequestId,
    visit: Option<&Visit>,
    looks: Option<&Looks>,
    mut response: Response,
    took: Duration,
) -> Response {
    if is_refusal(response.status()) {
        response = refused(shape, id, visit, looks, response);
    }
    let mut response = not_modified(&shape.method, shape.has.as_ref(), response);
    // An answer that may be framed says so itself; by its address alone none can.
    let framable = response.extensions().get::<Framable>().is_some();
    careful(response.headers_mut(), visit.is_some_and(|v| v.secure), framable);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    record(shape, id, visit, &response, took);
    response
}

fn refused(
    shape: &Shape,
    id: RequestId,
    visit: Option<&Visit>,
    looks: Option<&Looks>,
    mut response: Response,
) -> Response {
    let ours = response.extensions_mut().remove::<Refused>().map(|Refused(error)| error);
    let Some(error) = ours.or_else(|| problem::of_status(response.status())) else { return response };
    problem::log(&error, id, visit.and_then(Visit::tenant_id));
    let mut made = render(shape, &error, id, looks);
    // The router knows which methods a path has.
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        made.headers_mut().insert(header::ALLOW, allow);
    }
    made
}

fn render(shape: &Shape, error: &Error, id: RequestId, looks: Option<&Looks>) -> Response {
    if shape.page { pages::problem(error, id, looks) } else { problem::render(error, id) }
}

/// What browsers are told about every answer, unless a handler said otherwise.
fn careful(headers: &mut HeaderMap, secure: bool, framable: bool) {
    let always: [(HeaderName, &str); 7] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        // Nothing is kept by anybody in between unless the route says so.
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    for (name, value) in always {
        let said = framable && name == header::X_FRAME_OPTIONS;
        if !said && !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// What is traced of a request. Nothing, unless somebody collects traces: lines of the log do not need it.
pub(super) fn span(id: RequestId) -> Span {
    tracing::debug_span!(
        target: "insula::span",
        "request",
        otel.name = Empty,
        otel.kind = "server",
        request = %id,
        realm = Empty,
        tenant = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
    )
}

/// One line in the log and one observation. The route's template, never the path: paths hold tokens.
fn record(shape: &Shape, id: RequestId, visit: Option<&Visit>, response: &Response, took: Duration) {
    let realm = visit.map_or("none", |v| v.realm.name());
    let route = visit.and_then(|v| v.notes.route.get()).map_or("-", String::as_str);
    let actor = visit.and_then(|v| v.notes.actor.get()).map_or("-", String::as_str);
    let tenant = visit.and_then(Visit::tenant_id).map_or_else(|| "-".to_owned(), |t| t.to_string());
    let status = response.status().as_u16();
    let method = metrics::method(&shape.method);
    metrics::request(realm, route, method, status, took);
    let span = Span::current();
    span.record("otel.name", format!("{method} {route}"));
    span.record("realm", realm).record("tenant", &tenant);
    span.record("http.request.method", method).record("http.route", route);
    span.record("http.response.status_code", status);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "insula::request", request = %id, realm, tenant, actor, method, route, status, ms, "request");
}
