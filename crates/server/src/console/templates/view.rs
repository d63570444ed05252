//! `GET /templates/{id}`.

use axum::extract::State;
use insula_model::{Template, TemplateId};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Id;

/// One template with what it shows.
#[utoipa::path(
    get, path = "/templates/{id}", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template.")),
    responses((status = 200, description = "The template.", body = Template,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn template_view(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<TemplateId>,
) -> Answer<Template> {
    let template = app.platform().template_view(&operator.ctx, id).await?;
    let version = template.version;
    Ok(shown(template).at(version))
}
