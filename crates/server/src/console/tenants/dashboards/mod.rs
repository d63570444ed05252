//! `/tenants/{tenant}/dashboards`: what a tenant has, for an operator who publishes one of it. Each look is in the tenant's log.

pub(super) mod list;
pub(super) mod view;

use serde::Deserialize;
use utoipa::IntoParams;

/// Why an operator looks into a tenant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LookQuery {
    /// Why you look: 8 to 500 characters. The tenant's audit log has it.
    reason: Option<String>,
}

impl LookQuery {
    fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or("Looking for a dashboard to publish")
    }
}
