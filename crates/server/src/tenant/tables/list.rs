//! `GET /tables`.

use axum::extract::State;
use insula_model::{Page, Table};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};

/// All tables, by name.
#[utoipa::path(
    get, path = "/tables", tag = "tables", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<Table>))
)]
pub(super) async fn table_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Paging>,
) -> Answer<Page<Table>> {
    query.one_page()?;
    Ok(shown(app.platform().table_list(&caller.tenant()?).await?))
}
