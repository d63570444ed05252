//! `PUT /templates/{id}`.

use axum::extract::State;
use insula_model::{Template, TemplateId, TemplateInput};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Id, Json, Sent, Version};

/// Publishes a new version of a template. What tenants changed of it stays.
#[utoipa::path(
    put, path = "/templates/{id}", tag = "templates", request_body = TemplateInput,
    params(
        ("id" = TemplateId, Path, description = "The template."),
        ("If-Match" = String, Header, description = "The `ETag` that was read."),
    ),
    responses((status = 200, description = "The template as it is now.", body = Template,
               headers(("ETag" = String, description = "For the next `If-Match`."))))
)]
pub(super) async fn template_update(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<TemplateId>,
    Version(version): Version,
    Sent(Json(input)): Sent<Json<TemplateInput>>,
) -> Answer<Template> {
    let template = app.platform().template_update(&operator.ctx, id, version, &input).await?;
    let version = template.version;
    Ok(shown(template).at(version))
}
