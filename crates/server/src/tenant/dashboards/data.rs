//! `GET /dashboards/{id}/data`.

use axum::extract::State;
use axum::response::Response;
use insula_model::{DashboardData, DashboardId};
use insula_platform::DashboardReply;

use super::DataQuery;
use crate::app::App;
use crate::credential::Caller;
use crate::problem::Refusal;
use crate::reply::{ready_json, unchanged};
use crate::request::{Id, IfNoneMatch, Query};

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
    let (asked, tenant) = (query.read()?, caller.tenant()?);
    let request = asked.request(known.as_deref());
    Ok(match Box::pin(app.platform().dashboard_data(&tenant, id, &request)).await? {
        DashboardReply::Unchanged { etag } => unchanged(&etag)?,
        DashboardReply::Data { etag, json } => ready_json(&etag, &json)?,
    })
}
