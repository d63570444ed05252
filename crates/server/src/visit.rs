//! One request as the edge understood it: where it went, from where it came, under which id. In the request's
//! extensions; handlers ask it and never look at `Host` or `X-Forwarded-…` themselves.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use insula_model::{RequestId, TenantId, TenantRecord};

/// Which of the worlds a host name belongs to. Each has a router of its own, so that what belongs to one
/// is not there in another.
#[derive(Debug, Clone)]
pub(crate) enum Realm {
    /// One tenant's home.
    Tenant(Arc<TenantRecord>),
    /// The home of a tenant that is suspended.
    Suspended(Arc<TenantRecord>),
    /// The operators' console.
    Console,
    /// The base domain itself: neutral.
    Base,
}

impl Realm {
    /// A bounded word for metrics and logs.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Tenant(_) | Self::Suspended(_) => "tenant",
            Self::Console => "console",
            Self::Base => "base",
        }
    }
}

/// One request as the edge understood it.
#[derive(Debug)]
pub(crate) struct Visit {
    /// Made here; none is accepted from outside.
    pub(crate) request: RequestId,
    /// Where it went.
    pub(crate) realm: Realm,
    /// Who sent it: the peer, or what a trusted proxy says.
    pub(crate) client: IpAddr,
    /// Whether the browser speaks TLS, to us or to a trusted proxy.
    pub(crate) secure: bool,
    /// The host in lower case, without port.
    pub(crate) host: String,
    /// The origin of this host's own pages.
    pub(crate) origin: String,
    /// What stands before every path: nothing, or `/t/acme`.
    pub(crate) base: String,
    /// What the inner layers learn, for the log.
    pub(crate) notes: Notes,
}

/// What the inner layers learn about a request, for the log and the metrics.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The route's template.
    pub(crate) route: OnceLock<String>,
    /// The actor's id.
    pub(crate) actor: OnceLock<String>,
}

impl Visit {
    /// The tenant that the address means, if it is open.
    pub(crate) fn tenant(&self) -> Option<&Arc<TenantRecord>> {
        match &self.realm {
            Realm::Tenant(record) => Some(record),
            Realm::Suspended(_) | Realm::Console | Realm::Base => None,
        }
    }

    /// The id of the tenant that the address means, open or not, for the log.
    pub(crate) fn tenant_id(&self) -> Option<TenantId> {
        match &self.realm {
            Realm::Tenant(record) | Realm::Suspended(record) => Some(record.id),
            Realm::Console | Realm::Base => None,
        }
    }

    /// Whether browsers take a `Secure` cookie from us: over TLS, and from `localhost` and its subdomains, which
    /// they trust without.
    pub(crate) fn keeps_secure_cookies(&self) -> bool {
        self.secure || self.host == "localhost" || self.host.ends_with(".localhost")
    }
}
