//! `PATCH /tenants/{tenant}`.

use axum::extract::State;
use insula_model::Plan;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Json, Sent, Text, Version};
use crate::wire::Tenant;

/// A change to a tenant; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantPatch {
    /// The display name in the catalogue.
    name: Option<String>,
    /// The plan.
    plan: Option<Plan>,
}

/// Changes a tenant's name or plan.
#[utoipa::path(
    patch, path = "/tenants/{tenant}", tag = "tenants", request_body = TenantPatch,
    params(
        ("tenant" = String, Path, description = "Its id or its slug."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The tenant as it is now.", body = Tenant,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn tenant_update(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
    Version(version): Version,
    Sent(Json(patch)): Sent<Json<TenantPatch>>,
) -> Answer<Tenant> {
    let (platform, op) = (app.platform(), &operator.ctx);
    let (record, _) = platform.tenant_view(op, &selector).await?;
    platform.tenant_update(op, record.id, version, patch.name.as_deref(), patch.plan).await?;
    let (record, version) = platform.tenant_view(op, &record.id.to_string()).await?;
    Ok(shown(Tenant::whole(&app, op, record).await?).at(version))
}
