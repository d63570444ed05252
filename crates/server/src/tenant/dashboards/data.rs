//! `GET /dashboards/{id}/data`.

use axum::extract::State;
use axum::response::Response;
use insula_model::{Compare, DashboardData, DashboardId, Range};
use insula_platform::{DashboardReply, DashboardRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Caller;
use crate::problem::Refusal;
use crate::reply::{ready_json, unchanged};
use crate::request::{Id, IfNoneMatch, Query};

/// What is to be shown instead of what the dashboard says.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DataQuery {
    /// The first moment: a local date or an instant.
    from: Option<String>,
    /// The first moment after.
    to: Option<String>,
    /// `24h`, `30d`, `8w`, `12m`, `3y`, `today`, `mtd`, `ytd` or `all`, instead of `from` and `to`.
    last: Option<String>,
    /// What it is compared with.
    compare: Option<Compare>,
}

/// What a dashboard shows: the answers to all its questions.
///
/// A widget that cannot be answered has a problem in its place and holds up no other.
#[utoipa::path(
    get, path = "/dashboards/{id}/data", tag = "dashboards",
    params(
        ("id" = DashboardId, Path, description = "The dashboard."),
        DataQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is there already."),
    ),
    responses(
        (status = 200, description = "The answers.", body = DashboardData,
         headers(("ETag" = String, description = "Changes when anything that is shown does."))),
        (status = 304, description = "Nothing has changed."),
    )
)]
pub(super) async fn dashboard_data(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
    IfNoneMatch(known): IfNoneMatch,
    Query(query): Query<DataQuery>,
) -> Result<Response, Refusal> {
    let DataQuery { from, to, last, compare } = query;
    let range = Range::from_parts(from.as_deref(), to.as_deref(), last.as_deref())?;
    let request = DashboardRequest { range, compare, known: known.as_deref() };
    let tenant = caller.tenant()?;
    Ok(match Box::pin(app.platform().dashboard_data(&tenant, id, &request)).await? {
        DashboardReply::Unchanged { etag } => unchanged(&etag)?,
        DashboardReply::Data { etag, json } => ready_json(&etag, &json)?,
    })
}
