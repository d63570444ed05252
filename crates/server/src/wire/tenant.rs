//! Tenants, as operators see them.

use insula_model::{Placement, Plan, Result, Slug, TenantId, TenantRecord, TenantStatus};
use insula_platform::OperationView;
use insula_store::{OpCtx, OperationFilter};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Operation;
use crate::app::App;

/// One isolated customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tenant {
    /// The id, for ever.
    id: TenantId,
    /// The name in addresses.
    slug: Slug,
    /// The display name.
    name: String,
    /// Where it is in its life.
    status: TenantStatus,
    /// Its plan.
    plan: Plan,
    /// Where its data is.
    placement: Placement,
    /// Its address.
    url: String,
    /// When it was made.
    created_at: Timestamp,
    /// When its status last changed.
    status_at: Timestamp,
    /// When a deleted tenant will be removed for good.
    purge_at: Option<Timestamp>,
    /// What changes it now.
    operation: Option<Operation>,
}

impl Tenant {
    /// A tenant with what changes it, if that is among `operations`.
    pub(crate) fn listed(app: &App, record: TenantRecord, operations: &[OperationView]) -> Self {
        let active = operations.iter().find(|o| o.tenant == Some(record.id) && !o.status.ended());
        Self {
            operation: active.cloned().map(Operation::from),
            url: app.platform().settings().tenant_url(&record.slug),
            id: record.id,
            slug: record.slug,
            name: record.name,
            status: record.status,
            plan: record.plan,
            placement: record.placement,
            created_at: record.created_at,
            status_at: record.status_at,
            purge_at: record.purge_at,
        }
    }

    /// A tenant with what changes it.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub(crate) async fn whole(app: &App, op: &OpCtx, record: TenantRecord) -> Result<Self> {
        let filter = OperationFilter { tenant: Some(record.id), limit: 1, ..OperationFilter::default() };
        let latest = app.platform().operation_list(op, &filter).await?;
        Ok(Self::listed(app, record, &latest))
    }
}
