//! Signing in and out at the level of cookies.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use insula_model::{Result, TenantRecord};
use serde::Serialize;

use super::nobody::{record, visit};
use super::{Cookie, Presented, presented};
use crate::app::App;
use crate::problem::Refusal;
use crate::reply::shown;
use crate::visit::Visit;

/// Somebody who signs out: the credential is not checked, because also one that has ended is left.
pub(crate) struct Leaving {
    /// The request.
    pub(crate) visit: Arc<Visit>,
    /// The token that is to end.
    pub(crate) token: String,
}

impl FromRequestParts<App> for Leaving {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let visit = visit(parts)?;
        let (Presented::Cookie(token) | Presented::Bearer(token)) =
            presented(parts, &visit, &Cookie::of(&visit))?;
        Ok(Self { visit, token })
    }
}

impl Leaving {
    /// The tenant that the address means.
    pub(crate) fn record(&self) -> Result<&Arc<TenantRecord>> {
        record(&self.visit)
    }
}

/// The answer to a sign-in: sets the cookie.
pub(crate) fn signed_in<T: Serialize>(visit: &Visit, token: &str, session: T) -> Result<Response, Refusal> {
    let cookie = Cookie::of(visit).set(token)?;
    let mut response = shown(session).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The answer to a sign-out: takes the cookie away.
pub(crate) fn signed_out(visit: &Visit) -> Result<Response, Refusal> {
    let cookie = Cookie::of(visit).clear()?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}
