//! The edge: what happens to every request before and after a handler.
//!
//! Before: an id, one spelling of the address, the host and the realm that it belongs to, who sent it, and whether
//! a change comes from a foreign page. After: problems get their bodies, answers that the caller has become 304,
//! every answer gets the headers that browsers need to be careful, and there is one line in the log.
//!
//! What must always hold: a handler runs in exactly one realm; nothing answers without a request id; no panic and
//! no library's own words reach a caller. Tested in `tests/it/{hosts,paths,problems,cross_site}.rs`.

mod finish;
mod host;
pub(crate) mod limits;
pub(crate) mod origin;
mod path;
mod proxy;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::FutureExt;
use insula_model::{Error, RequestId, Result, TenantRecord, TenantStatus, problem};
use tower::Service;
use tracing::Instrument;

use crate::app::App;
use crate::problem::Refusal;
use crate::site::Looks;
use crate::visit::{Notes, Realm, Visit};

pub use proxy::Network;

/// How long a page that refuses waits for the looks of the tenant whose it is.
const LOOKS_PATIENCE: Duration = Duration::from_millis(500);

/// The worlds, behind one door.
pub(crate) struct Edge {
    app: App,
    tenant: Router,
    suspended: Router,
    console: Router,
    base: Router,
}

impl Edge {
    /// Builds the routers.
    pub(crate) fn new(app: App) -> Self {
        Self {
            tenant: crate::tenant::router(&app),
            suspended: crate::suspended::router(&app),
            console: crate::console::router(&app),
            base: crate::base::router(&app),
            app,
        }
    }

    /// Answers a request that came from `peer`, over TLS or not.
    pub(crate) async fn answer(&self, request: Request, peer: IpAddr, tls: bool) -> Response {
        let id = RequestId::from_uuid(self.app.platform().world().uuid());
        self.answer_as(id, request, peer, tls).instrument(finish::span(id)).await
    }

    async fn answer_as(&self, id: RequestId, request: Request, peer: IpAddr, tls: bool) -> Response {
        let begun = Instant::now();
        let (mut parts, body) = request.into_parts();
        let shape = finish::Shape::of(&parts);
        let (visit, response) = match self.admit(&mut parts, id, peer, tls).await {
            Ok(Admitted::To(visit)) => {
                let response = self.route(&visit, parts, body).await;
                (Some(visit), response)
            }
            Ok(Admitted::Elsewhere(response)) => (None, response),
            Err(error) => (None, Refusal(error).into_response()),
        };
        let looks = match &visit {
            Some(visit) if shape.is_page_of(&response) => self.looks(visit).await,
            _ => None,
        };
        finish::finish(&shape, id, visit.as_deref(), looks.as_ref(), response, begun.elapsed())
    }

    /// The looks for a page that refuses. Where they cannot be read, it is nobody's.
    async fn looks(&self, visit: &Visit) -> Option<Looks> {
        let read = Looks::here(&self.app, visit, visit.request);
        tokio::time::timeout(LOOKS_PATIENCE, read).await.ok()?.ok()?
    }

    /// Understands where a request goes, and refuses what has no business here.
    async fn admit(&self, parts: &mut Parts, id: RequestId, peer: IpAddr, tls: bool) -> Result<Admitted> {
        let platform = self.app.platform();
        limits::headers(&parts.headers)?;
        path::check(parts.uri.path(), parts.uri.query())?;
        let named = host::named(parts)?;
        let (realm, base) = host::realm(platform, &named.host, parts.uri.path()).await?;
        let realm = match realm {
            Realm::Tenant(record) => open(record)?,
            elsewhere => elsewhere,
        };
        if !base.is_empty() {
            if parts.uri.path() == base {
                let home = Redirect::permanent(&format!("{base}/")).into_response();
                return Ok(Admitted::Elsewhere(home));
            }
            parts.uri = without_base(&parts.uri, &base)?;
        }
        let trusted = &self.app.options().trusted_proxies;
        let (client, secure) = proxy::client(&parts.headers, peer, tls, trusted);
        let scheme = if secure { "https" } else { "http" };
        let origin = format!("{scheme}://{}", named.authority);
        origin::check(&parts.method, &parts.headers, &origin)?;
        Ok(Admitted::To(Arc::new(Visit {
            request: id,
            realm,
            client,
            secure,
            host: named.host,
            origin,
            base,
            notes: Notes::default(),
        })))
    }

    /// Runs the handler of the realm, bounded in time, and survives its panic.
    async fn route(&self, visit: &Arc<Visit>, mut parts: Parts, body: Body) -> Response {
        let mut router = match visit.realm {
            Realm::Tenant(_) => self.tenant.clone(),
            Realm::Suspended(_) => self.suspended.clone(),
            Realm::Console => self.console.clone(),
            Realm::Base => self.base.clone(),
        };
        // Handlers have no use for it, and none may come to rely on it.
        parts.headers.remove(header::HOST);
        parts.extensions.insert(Arc::clone(visit));
        let answer = router.call(Request::from_parts(parts, body));
        let answer = answer.map(|answer| match answer {
            Ok(response) => response,
            Err(never) => match never {},
        });
        guarded(answer, self.app.options().patience.answer).await
    }
}

/// An answer in time, whatever becomes of whoever works on it.
async fn guarded(answer: impl Future<Output = Response>, patience: Duration) -> Response {
    match AssertUnwindSafe(tokio::time::timeout(patience, answer)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            let detail = format!("It took longer than {} seconds and was stopped.", patience.as_secs());
            Refusal(Error::new(problem::TIMEOUT, detail)).into_response()
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("of no text");
            Refusal(Error::internal(format!("a handler panicked: {text}"))).into_response()
        }
    }
}

enum Admitted {
    To(Arc<Visit>),
    Elsewhere(Response),
}

/// The path below `/t/acme`, as if it had a host of its own.
fn without_base(uri: &Uri, base: &str) -> Result<Uri> {
    let rest = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let rest = rest.strip_prefix(base).unwrap_or(rest);
    rest.parse().map_err(|_| Error::new(problem::PATH, "A path begins with a slash."))
}

/// What of a tenant's home is open. The same refusals as in `store`, for those who show no credential.
fn open(record: Arc<TenantRecord>) -> Result<Realm> {
    match record.status {
        TenantStatus::Active => Ok(Realm::Tenant(record)),
        TenantStatus::Suspended => Ok(Realm::Suspended(record)),
        TenantStatus::Provisioning => Err(Error::new(
            problem::TENANT_NOT_READY,
            "This workspace is being set up. Try again in a moment.",
        )
        .retry_after(Duration::from_secs(1))),
        TenantStatus::Deleted | TenantStatus::Erasing => {
            Err(Error::new(problem::TENANT_GONE, "This workspace was deleted."))
        }
    }
}

/// Whether a status is one that only we give, with a body of our own.
pub(crate) fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Refused;

    async fn refusal(answer: impl Future<Output = Response>) -> Error {
        let mut response = guarded(answer, Duration::from_secs(3)).await;
        response.extensions_mut().remove::<Refused>().expect("a refusal").0
    }

    #[tokio::test]
    async fn a_panic_is_our_fault_and_stays_inside() {
        let error = refusal(async { panic!("the secret of {}", "acme") }).await;
        assert!(error.is(problem::INTERNAL) && !error.detail().contains("acme"), "{}", error.detail());
        assert!(error.for_log()[0].contains("the secret of acme"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_stopped() {
        assert!(refusal(std::future::pending()).await.is(problem::TIMEOUT));
    }
}
