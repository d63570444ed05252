//! `GET /tenants/{tenant}/operations`.

use axum::extract::State;
use insula_model::Page;
use insula_store::OperationFilter;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query, Text};
use crate::wire::{Operation, operation_page};

/// What changed a tenant, the newest first.
#[utoipa::path(
    get, path = "/tenants/{tenant}/operations", tag = "tenants",
    params(("tenant" = String, Path, description = "Its id or its slug."), Paging),
    responses((status = 200, description = "A page.", body = Page<Operation>))
)]
pub(super) async fn tenant_operation_list(
    State(app): State<App>,
    operator: Operator,
    Text(selector): Text,
    Query(query): Query<Paging>,
) -> Answer<Page<Operation>> {
    let (record, _) = app.platform().tenant_view(&operator.ctx, &selector).await?;
    let filter = OperationFilter { tenant: Some(record.id), ..OperationFilter::default() };
    let pager = app.cursors().of("tenant operations", &operator.scope(), &record.id)?;
    Ok(shown(operation_page(&app, &operator.ctx, &pager, filter, &query).await?))
}
