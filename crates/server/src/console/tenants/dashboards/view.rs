//! `GET /tenants/{tenant}/dashboards/{id}`.

use std::sync::Arc;

use axum::extract::State;
use insula_model::{Dashboard, DashboardId};

use super::LookQuery;
use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Inside, Query};

/// One dashboard of a tenant, as it is configured; none of the tenant's data.
#[utoipa::path(
    get, path = "/tenants/{tenant}/dashboards/{id}", tag = "tenants",
    params(
        ("tenant" = String, Path, description = "Its id or its slug."),
        ("id" = DashboardId, Path, description = "The dashboard."),
        LookQuery,
    ),
    responses((status = 200, description = "The dashboard.", body = Dashboard))
)]
pub(in crate::console) async fn tenant_dashboard_view(
    State(app): State<App>,
    operator: Operator,
    Inside(selector, id): Inside<DashboardId>,
    Query(query): Query<LookQuery>,
) -> Answer<Dashboard> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let ctx = operator.ctx.with_reason(query.reason())?;
    let tenant = app.platform().store().tenant(&ctx, Arc::new(record))?;
    Ok(shown(app.platform().dashboard_view(&tenant, id).await?))
}
