//! `PUT /tables/{id}`.

use axum::extract::State;
use insula_model::{Table, TableId, TableInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Json, Sent, Version};

/// Changes what is said of a table. A column that is not listed is gone, with its values.
#[utoipa::path(
    put, path = "/tables/{id}", tag = "tables", request_body = TableInput,
    params(
        ("id" = TableId, Path, description = "The table."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The table as it is now.", body = Table,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn table_update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TableId>,
    Version(version): Version,
    Sent(Json(input)): Sent<Json<TableInput>>,
) -> Answer<Table> {
    let table = app.platform().table_update(&caller.tenant()?, id, Some(version), &input).await?;
    let version = table.version;
    Ok(shown(table).at(version))
}
