//! Endpoints before anybody is signed in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use insula_model::{Error, Result, TenantRecord};
use insula_platform::Arrival;
use insula_store::IdempotencyKey;

use super::Cookie;
use crate::app::App;
use crate::problem::Refusal;
use crate::request::Behind;
use crate::visit::Visit;

/// Whoever it is.
pub(crate) struct Nobody {
    /// The request.
    pub(crate) visit: Arc<Visit>,
    /// The session that the browser had until now, valid or not: a new one takes its place.
    replaces: Option<String>,
}

impl FromRequestParts<App> for Nobody {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let visit = visit(parts)?;
        let replaces = Cookie::of(&visit).read(&parts.headers).ok().flatten();
        Ok(Self { visit, replaces })
    }
}

impl Nobody {
    /// The tenant that the address means.
    pub(crate) fn record(&self) -> Result<&Arc<TenantRecord>> {
        record(&self.visit)
    }

    /// Where a sign-in comes from.
    pub(crate) fn arrival(&self) -> Arrival<'_> {
        let visit = &self.visit;
        Arrival { address: visit.client, request: visit.request, replaces: self.replaces.as_deref() }
    }
}

impl Behind for Nobody {
    /// Nothing that somebody unknown does is kept under a key: there is nobody to keep it for.
    fn once(self, _: Option<IdempotencyKey>) -> Self {
        self
    }
}

/// What the edge knows about the request.
pub(super) fn visit(parts: &Parts) -> Result<Arc<Visit>> {
    parts.extensions.get::<Arc<Visit>>().cloned().ok_or_else(|| Error::internal("a request past the edge"))
}

/// The tenant that the address means. In this realm there is one.
pub(super) fn record(visit: &Visit) -> Result<&Arc<TenantRecord>> {
    visit.tenant().ok_or_else(|| Error::internal("no tenant in this realm"))
}
