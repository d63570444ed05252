//! `DELETE /tables/{id}`.

use axum::extract::State;
use insula_model::TableId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::Id;

/// What went with a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableDeleted {
    /// How many rows.
    rows: u64,
}

/// Deletes a table with its rows, unless something is looked up in it.
#[utoipa::path(
    delete, path = "/tables/{id}", tag = "tables",
    params(("id" = TableId, Path, description = "The table.")),
    responses((status = 200, description = "Deleted.", body = TableDeleted))
)]
pub(super) async fn table_delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TableId>,
) -> Answer<TableDeleted> {
    let rows = app.platform().table_delete(&caller.tenant()?, id).await?;
    Ok(shown(TableDeleted { rows }))
}
