//! `GET /tables/{id}/rows`.

use axum::extract::State;
use insula_model::{Page, TableId, TableRowView};

use crate::app::App;
use crate::credential::Caller;
use crate::reply::{Answer, shown};
use crate::request::{Id, Paging, Query, limit};
use crate::wire;

/// The rows of a table, in the order of their keys.
#[utoipa::path(
    get, path = "/tables/{id}/rows", tag = "tables",
    params(("id" = TableId, Path, description = "The table."), Paging),
    responses((status = 200, description = "A page.", body = Page<TableRowView>))
)]
pub(super) async fn table_row_list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<TableId>,
    Query(query): Query<Paging>,
) -> Answer<Page<TableRowView>> {
    let pager = app.cursors().of("table_rows", &caller.scope(), &id)?;
    let limit = limit(query.limit)?;
    let after: Option<String> = pager.open(query.cursor.as_deref())?;
    let tenant = caller.tenant()?;
    let (mut rows, total) = app.platform().table_row_list(&tenant, id, after.as_deref(), limit + 1).await?;
    let next = wire::next(&mut rows, limit, |(key, _)| key.clone());
    Ok(shown(pager.page(rows.into_iter().map(|(_, row)| row).collect(), next, Some(total))?))
}
