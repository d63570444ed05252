//! `DELETE /templates/{id}`.

use axum::extract::State;
use insula_model::TemplateId;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, nothing};
use crate::request::Id;

/// Withdraws a template: tenants no longer have it, except those that changed it; they keep theirs.
#[utoipa::path(
    delete, path = "/templates/{id}", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template.")),
    responses((status = 204, description = "Withdrawn."))
)]
pub(super) async fn template_withdraw(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<TemplateId>,
) -> Answer<()> {
    app.platform().template_withdraw(&operator.ctx, id).await?;
    Ok(nothing())
}
