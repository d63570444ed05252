//! `POST /tables`.

use axum::extract::State;
use insula_model::{Table, TableInput};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Makes a table without rows.
#[utoipa::path(
    post, path = "/tables", tag = "tables", request_body = TableInput,
    responses((status = 201, description = "Made.", body = Table,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn table_create(
    State(app): State<App>,
    Posted(caller, Json(input)): Posted<Caller, Json<TableInput>>,
) -> Answer<Table> {
    let table = app.platform().table_create(&caller.tenant()?, &input).await?;
    let version = table.version;
    Ok(created(table).at(version))
}
