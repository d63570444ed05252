//! `POST /templates`.

use axum::extract::State;
use insula_model::{Template, TemplateInput};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, created};
use crate::request::{Json, Posted};

/// Publishes a dashboard to all tenants, to those of a plan, or to some.
#[utoipa::path(
    post, path = "/templates", tag = "templates", request_body = TemplateInput,
    responses((status = 201, description = "Published.", body = Template,
               headers(("ETag" = String, description = "For `If-Match`."))))
)]
pub(super) async fn template_create(
    State(app): State<App>,
    Posted(operator, Json(input)): Posted<Operator, Json<TemplateInput>>,
) -> Answer<Template> {
    let template = app.platform().template_create(&operator.ctx, &input).await?;
    let version = template.version;
    Ok(created(template).at(version))
}
