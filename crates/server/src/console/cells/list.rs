//! `GET /cells`.

use axum::extract::State;
use insula_model::Page;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};
use crate::wire::Cell;

/// All cells with what they bear.
#[utoipa::path(
    get, path = "/cells", tag = "cells", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<Cell>))
)]
pub(super) async fn cell_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<Paging>,
) -> Answer<Page<Cell>> {
    query.one_page()?;
    let cells = app.platform().cell_list(&operator.ctx).await?;
    let total = u64::try_from(cells.len()).ok();
    Ok(shown(Page { items: cells.into_iter().map(Cell::from).collect(), next_cursor: None, total }))
}
