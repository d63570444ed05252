//! `GET /tenants/{tenant}/usage`.

use axum::extract::State;
use insula_store::TenantUsage;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Text;

/// How much a tenant has.
#[utoipa::path(
    get, path = "/tenants/{tenant}/usage", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug.")),
    responses((status = 200, description = "Counts, and an estimate of bytes.", body = TenantUsage))
)]
pub(super) async fn tenant_usage(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
) -> Answer<TenantUsage> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    Ok(shown(app.platform().tenant_usage(&operator.ctx, record).await?))
}
