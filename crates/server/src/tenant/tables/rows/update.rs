//! `POST /tables/{id}/rows`.

use axum::extract::State;
use insula_model::table_rows::TableChangesBody;
use insula_model::{TableChanged, TableId};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Posted, Rows};

/// Puts some rows into a table, each as a whole in the place of the one with its key, and removes some: all of that, or nothing.
#[utoipa::path(
    post, path = "/tables/{id}/rows", tag = "tables",
    params(("id" = TableId, Path, description = "The table.")),
    request_body(content(
        (TableChangesBody = "application/json"),
        (String = "text/csv"),
    ), description = "Rows and keys as JSON, or rows as CSV with a first line of names."),
    responses((status = 200, description = "What has changed.", body = TableChanged))
)]
pub(super) async fn table_row_update(
    State(app): State<App>,
    Id(id): Id<TableId>,
    Posted(caller, Rows(batch)): Posted<Caller, Rows>,
) -> Answer<TableChanged> {
    Ok(shown(app.platform().table_row_update(&caller.tenant()?, id, batch).await?))
}
