//! `GET /templates/{id}/versions`.

use axum::extract::State;
use insula_model::{Page, TemplateId, TemplateVersion};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Id, Paging, Query, limit};
use crate::wire::next;

/// The versions of a template, the newest first, without what they showed. All are kept.
#[utoipa::path(
    get, path = "/templates/{id}/versions", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template."), Paging),
    responses((status = 200, description = "A page.", body = Page<TemplateVersion>))
)]
pub(in crate::console::templates) async fn template_version_list(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<TemplateId>,
    Query(query): Query<Paging>,
) -> Answer<Page<TemplateVersion>> {
    let pager = app.cursors().of("template versions", &operator.scope(), &id)?;
    let limit = limit(query.limit)?;
    let before: Option<i64> = pager.open(query.cursor.as_deref())?;
    let mut versions = app.platform().template_version_list(&operator.ctx, id, before, limit + 1).await?;
    let position = next(&mut versions, limit, |version| version.version);
    Ok(shown(pager.page(versions, position, None)?))
}
