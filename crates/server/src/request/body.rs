//! Bodies: bounded, of a known type, read after the caller is known. A `POST` is read as a whole together with its
//! `Idempotency-Key`, so that no handler can forget the key. Tested in `tests/it/bodies.rs` and `idempotency.rs`.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use insula_model::{Error, Result, problem};
use insula_store::IdempotencyKey;

use super::idempotency;
use crate::app::App;
use crate::problem::Refusal;

/// Something that a body may be.
pub(crate) trait Content: Sized {
    /// Bytes at most.
    const LIMIT: usize = 1024 * 1024;

    /// Understands the bytes.
    ///
    /// # Errors
    /// `input.content_type`, `input.json`, `input.invalid`, …
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self>;
}

/// Who may be behind a request: a credential that was checked, or nobody.
pub(crate) trait Behind: FromRequestParts<App, Rejection = Refusal> + Send {
    /// Makes what the request does happen once.
    #[must_use]
    fn once(self, key: Option<IdempotencyKey>) -> Self;
}

/// The body of a `PUT` or `PATCH`.
pub(crate) struct Sent<B>(pub(crate) B);

impl<B: Content> FromRequest<App> for Sent<B> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let bytes = collect(app, &parts.headers, body, B::LIMIT).await?;
        Ok(Self(B::read(&parts.headers, &bytes)?))
    }
}

/// A `POST`: who sent it and what. The caller's credential is checked before the body is read.
pub(crate) struct Posted<C, B>(pub(crate) C, pub(crate) B);

impl<C: Behind, B: Content> FromRequest<App> for Posted<C, B> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let caller = C::from_request_parts(&mut parts, app).await?;
        let key = idempotency::key(&parts.headers)?;
        let bytes = collect(app, &parts.headers, body, B::LIMIT).await?;
        let key = key.map(|key| IdempotencyKey {
            key,
            fingerprint: idempotency::fingerprint(&parts.method, &parts.uri, &bytes),
        });
        let content = B::read(&parts.headers, &bytes)?;
        Ok(Self(caller.once(key), content))
    }
}

/// No body, or an empty JSON object.
pub(crate) struct Nothing;

impl Content for Nothing {
    const LIMIT: usize = 1024;

    fn read(_: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        if bytes.is_empty() || bytes.trim_ascii() == b"{}" {
            return Ok(Self);
        }
        Err(Error::new(problem::INVALID, "This request takes no body."))
    }
}

/// Reads a body up to a limit.
async fn collect(app: &App, headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes> {
    let plain = headers.get_all(header::CONTENT_ENCODING).iter().all(|e| e.as_bytes() == b"identity");
    if !plain {
        return Err(Error::new(problem::UNSUPPORTED_TYPE, "Send the body without a Content-Encoding."));
    }
    let too_large = || {
        let most =
            if limit < 1024 * 1024 { format!("{} KB", limit / 1024) } else { format!("{} MB", limit >> 20) };
        Error::new(problem::TOO_LARGE, format!("The body may have {most} here."))
    };
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|l| l.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let patience = app.options().patience.body;
    match tokio::time::timeout(patience, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Error::new(problem::SLOW, "The body broke off.").context(error)),
        Err(_) => {
            let detail = format!("The body did not arrive within {} seconds.", patience.as_secs());
            Err(Error::new(problem::SLOW, detail))
        }
    }
}
