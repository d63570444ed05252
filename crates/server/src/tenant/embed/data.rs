//! `GET /embed/data`.

use axum::extract::State;
use axum::response::Response;
use insula_model::DashboardData;
use insula_platform::DashboardReply;

use crate::app::App;
use crate::credential::Embed;
use crate::problem::Refusal;
use crate::reply::{ready_json, unchanged};
use crate::request::{IfNoneMatch, Query};
use crate::tenant::dashboards::DataQuery;

/// The answers to the questions of what is embedded.
///
/// What the token or link locks holds in each of them: a widget whose dataset lacks it has a problem in its place.
#[utoipa::path(
    get, path = "/embed/data", tag = "embed", security(("embed" = [])),
    params(
        DataQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that is there already."),
    ),
    responses(
        (status = 200, description = "The answers.", body = DashboardData,
         headers(("ETag" = String, description = "Changes when anything that is shown does."))),
        (status = 304, description = "Nothing has changed."),
    )
)]
pub(super) async fn embed_data(
    State(app): State<App>,
    embed: Embed,
    IfNoneMatch(known): IfNoneMatch,
    Query(query): Query<DataQuery>,
) -> Result<Response, Refusal> {
    let (asked, tenant) = (query.read()?, embed.tenant()?);
    Ok(match Box::pin(app.platform().embed_data(&tenant, &asked.request(known.as_deref()))).await? {
        DashboardReply::Unchanged { etag } => unchanged(&etag)?,
        DashboardReply::Data { etag, json } => ready_json(&etag, &json)?,
    })
}
