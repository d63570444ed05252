//! `GET /dashboards/{id}/versions`.

use axum::extract::State;
use insula_model::{DashboardId, DashboardVersion, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Paging, Query, limit};
use crate::wire::next;

/// What a dashboard was before, the newest first, without what it showed. The last 100 are kept.
#[utoipa::path(
    get, path = "/dashboards/{id}/versions", tag = "dashboards",
    params(("id" = DashboardId, Path, description = "The dashboard."), Paging),
    responses((status = 200, description = "A page.", body = Page<DashboardVersion>))
)]
pub(in crate::tenant::dashboards) async fn dashboard_version_list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DashboardId>,
    Query(query): Query<Paging>,
) -> Answer<Page<DashboardVersion>> {
    let pager = app.cursors().of("dashboard versions", &caller.scope(), &id)?;
    let limit = limit(query.limit)?;
    let before: Option<i64> = pager.open(query.cursor.as_deref())?;
    let tenant = caller.tenant()?;
    let mut versions = app.platform().dashboard_version_list(&tenant, id, before, limit + 1).await?;
    let position = next(&mut versions, limit, |version| version.version);
    Ok(shown(pager.page(versions, position, None)?))
}
