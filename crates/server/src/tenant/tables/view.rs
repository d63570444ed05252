//! `GET /tables/{id}`.

use axum::extract::State;
use insula_model::{Table, TableId};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Id;

/// One table with its columns, without its rows.
#[utoipa::path(
    get, path = "/tables/{id}", tag = "tables",
    params(("id" = TableId, Path, description = "The table.")),
    responses((status = 200, description = "The table.", body = Table,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn table_view(State(app): State<App>, caller: Caller, Id(id): Id<TableId>) -> Answer<Table> {
    let table = app.platform().table_view(&caller.tenant()?, id).await?;
    let version = table.version;
    Ok(shown(table).at(version))
}
