//! `GET /dashboards`.

use axum::extract::State;
use insula_model::{Dashboard, Page};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};

/// All dashboards, without their configurations: the favourites of the member who asks, the one that opens first, the others by
/// name.
#[utoipa::path(
    get, path = "/dashboards", tag = "dashboards", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<Dashboard>))
)]
pub(super) async fn dashboard_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<Dashboard>> {
    query.one_page()?;
    Ok(shown(app.platform().dashboard_list(&caller.tenant()?).await?))
}
