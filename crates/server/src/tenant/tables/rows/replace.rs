//! `PUT /tables/{id}/rows`.

use axum::extract::State;
use insula_model::table_rows::TableRowsBody;
use insula_model::{TableChanged, TableId};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Rows, Sent};

/// Puts rows in the place of all that a table has: all of them, or none.
///
/// Up to 100,000 and 16 MB. The first line of CSV names the columns; those that the table does not have are made. Where a row is
/// wrong, the reply names it and nothing has changed.
#[utoipa::path(
    put, path = "/tables/{id}/rows", tag = "tables",
    params(("id" = TableId, Path, description = "The table.")),
    request_body(content(
        (TableRowsBody = "application/json"),
        (String = "text/csv"),
    ), description = "Rows as JSON, or CSV with a first line of names."),
    responses((status = 200, description = "What has changed.", body = TableChanged))
)]
pub(super) async fn table_row_replace(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TableId>,
    Sent(Rows(batch)): Sent<Rows>,
) -> Answer<TableChanged> {
    Ok(shown(app.platform().table_row_replace(&caller.tenant()?, id, batch).await?))
}
