//! `GET /operations`.

use axum::extract::State;
use insula_model::{Error, Page};
use insula_store::{OperationFilter, OperationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};
use crate::wire::{Operation, operation_page};

/// Which operations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OperationQuery {
    /// `queued`, `running`, `unwinding`, `succeeded`, `failed`, `cancelled` or `stuck`.
    status: Option<String>,
    /// `tenant.provision`, `tenant.suspend`, …
    kind: Option<String>,
    /// Of this tenant, by id or slug.
    tenant: Option<String>,
    /// How many: 1 to 200, 50 unless given.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Operations, the newest first.
#[utoipa::path(
    get, path = "/operations", tag = "operations", params(OperationQuery),
    responses((status = 200, description = "A page.", body = Page<Operation>))
)]
pub(super) async fn operation_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<OperationQuery>,
) -> Answer<Page<Operation>> {
    let op = &operator.ctx;
    let pager =
        app.cursors().of("operations", &operator.scope(), &(&query.status, &query.kind, &query.tenant))?;
    let known = |text: &String| {
        OperationStatus::parse(text).ok_or_else(|| {
            let detail =
                "The statuses are queued, running, unwinding, succeeded, failed, cancelled and stuck.";
            Error::invalid("/status", "unknown", detail)
        })
    };
    let tenant = match &query.tenant {
        Some(selector) => Some(app.platform().tenant_view(op, selector).await?.0.id),
        None => None,
    };
    let filter = OperationFilter {
        status: query.status.as_ref().map(known).transpose()?,
        kind: query.kind,
        tenant,
        ..OperationFilter::default()
    };
    let query = Paging { limit: query.limit, cursor: query.cursor };
    Ok(shown(operation_page(&app, op, &pager, filter, &query).await?))
}
