//! `GET /templates`.

use axum::extract::State;
use insula_model::{Page, Template};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Paging, Query};

/// All templates that are published, without what they show.
#[utoipa::path(
    get, path = "/templates", tag = "templates", params(Paging),
    responses((status = 200, description = "All of them.", body = Page<Template>))
)]
pub(super) async fn template_list(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<Paging>,
) -> Answer<Page<Template>> {
    query.one_page()?;
    Ok(shown(app.platform().template_list(&operator.ctx).await?))
}
