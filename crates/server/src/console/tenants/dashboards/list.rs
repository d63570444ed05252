//! `GET /tenants/{tenant}/dashboards`.

use std::sync::Arc;

use axum::extract::State;
use insula_model::{Dashboard, Page};

use super::LookQuery;
use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Query, Text};

/// All dashboards of a tenant, without what they show: at most 200, on one page.
#[utoipa::path(
    get, path = "/tenants/{tenant}/dashboards", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug."), LookQuery),
    responses((status = 200, description = "All of them.", body = Page<Dashboard>))
)]
pub(in crate::console) async fn tenant_dashboard_list(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
    Query(query): Query<LookQuery>,
) -> Answer<Page<Dashboard>> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let ctx = operator.ctx.with_reason(query.reason())?;
    let tenant = app.platform().store().tenant(&ctx, Arc::new(record))?;
    Ok(shown(app.platform().dashboard_list(&tenant).await?))
}
