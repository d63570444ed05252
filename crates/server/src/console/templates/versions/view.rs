//! `GET /templates/{id}/versions/{version}`.

use axum::extract::State;
use insula_model::{TemplateId, TemplateVersion};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Numbered;

/// One version of a template with what it showed.
#[utoipa::path(
    get, path = "/templates/{id}/versions/{version}", tag = "templates",
    params(
        ("id" = TemplateId, Path, description = "The template."),
        ("version" = i64, Path, description = "The version's number."),
    ),
    responses((status = 200, description = "The version.", body = TemplateVersion))
)]
pub(in crate::console::templates) async fn template_version_view(
    State(app): State<App>,
    operator: Operator,
    Numbered(id, number): Numbered<TemplateId>,
) -> Answer<TemplateVersion> {
    Ok(shown(app.platform().template_version_view(&operator.ctx, id, number).await?))
}
