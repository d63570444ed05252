//! From an [`Error`] to a reply: the only place that knows status codes.
//!
//! A handler that fails answers with a [`Refusal`]: an empty response that carries the error. The edge, which
//! knows the request id, writes the body (RFC 9457) and logs the private half, once. What must always hold: no
//! word of the private half is in a reply. Tested in `tests/it/problems.rs`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use insula_model::problem::{self, Kind};
use insula_model::{Error, FieldError, RequestId, TenantId};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The status of each family of problems.
pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated | Kind::Unadmitted => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Gone => StatusCode::GONE,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::MatchRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Misdirected => StatusCode::MISDIRECTED_REQUEST,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Slow => StatusCode::REQUEST_TIMEOUT,
        Kind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Full => StatusCode::INSUFFICIENT_STORAGE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What went wrong, for programs and people (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Body<'a> {
    /// A page about this kind of problem, at the same host.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems/tenant.slug_taken")]
    page: String,
    /// The kind in a few words.
    #[schema(value_type = String)]
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and what to do.
    #[schema(value_type = String)]
    detail: &'a str,
    /// The stable code of the kind.
    #[schema(value_type = String, example = "tenant.slug_taken")]
    code: &'a str,
    /// The request id: the log names it.
    #[schema(value_type = String)]
    instance: String,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(value_type = Vec<FieldError>)]
    errors: &'a [FieldError],
    /// The version that is there now, where another one was to be changed. The reply has it as `ETag`, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

impl<'a> Body<'a> {
    /// The public half of an error.
    pub(crate) fn of(error: &'a Error, request: RequestId) -> Self {
        Self {
            page: format!("/docs/problems/{}", error.code()),
            title: error.problem().title,
            status: status(error.kind()).as_u16(),
            detail: error.detail(),
            code: error.code(),
            instance: request.to_string(),
            errors: error.fields(),
            version: error.present(),
        }
    }
}

/// A handler's "no".
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What an unfinished response carries to the edge.
#[derive(Clone)]
pub(crate) struct Refused(pub(crate) Error);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind()).into_response();
        response.extensions_mut().insert(Refused(self.0));
        response
    }
}

/// The error that a response stands for which some layer of ours did not make: the router's 404 and 405, a
/// library's rejection. `None` if the response is not a refusal.
pub(crate) fn of_status(status: StatusCode) -> Option<Error> {
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => no_such_page(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(problem::METHOD, "The `Allow` header lists the methods of this path.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(problem::TOO_LARGE, "Send a smaller body."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::new(problem::UNSUPPORTED_TYPE, "Send JSON."),
        other if other.is_client_error() => {
            Error::new(problem::JSON, "The request is not well formed.").context(other)
        }
        other => Error::internal(format!("a layer answered {other}")),
    })
}

/// Nothing is at this path: the same words for everybody.
pub(crate) fn no_such_page() -> Error {
    Error::new(problem::NOT_FOUND, "There is nothing at this path. The reference is at /docs.")
}

/// Writes the problem.
pub(crate) fn render(error: &Error, request: RequestId) -> Response {
    let body = serde_json::to_vec(&Body::of(error, request)).unwrap_or_default();
    let mut response = (status(error.kind()), body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    add_hints(&mut response, error);
    response
}

/// The headers that belong to a problem, whatever its body looks like.
pub(crate) fn add_hints(response: &mut Response, error: &Error) {
    let headers = response.headers_mut();
    if let Some(wait) = error.wait() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    if let Some(Ok(tag)) = error.present().map(|version| HeaderValue::from_str(&format!("\"{version}\""))) {
        headers.insert(header::ETAG, tag);
    }
    if error.kind() == Kind::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"api\""));
    }
}

/// Puts the private half into the log.
pub(crate) fn log(error: &Error, request: RequestId, tenant: Option<TenantId>) {
    let tenant = tenant.map(|id| id.to_string()).unwrap_or_default();
    let (code, private) = (error.code(), error.for_log().join("; "));
    match error.kind() {
        Kind::Internal => tracing::error!(%request, tenant, code, private, "{}", error.detail()),
        Kind::Unavailable | Kind::Full | Kind::Timeout => {
            tracing::warn!(%request, tenant, code, private, "{}", error.detail());
        }
        _ if private.is_empty() => {}
        _ => tracing::info!(%request, tenant, code, private, "{}", error.detail()),
    }
}
