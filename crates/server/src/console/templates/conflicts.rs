//! `GET /templates/{id}/conflicts`.

use axum::extract::State;
use insula_model::{Page, TemplateConflicts, TemplateId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::{Id, Query, limit};

/// Which part of the list, and why.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConflictQuery {
    /// Why you look into these tenants: 8 to 500 characters. Their audit logs have it.
    reason: Option<String>,
    /// How many tenants are looked into: 1 to 200, 50 unless given.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Tenants that changed a template, and where that does not go together with its present version. A page may have fewer
/// items than were looked into.
#[utoipa::path(
    get, path = "/templates/{id}/conflicts", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template."), ConflictQuery),
    responses((status = 200, description = "A page.", body = Page<TemplateConflicts>))
)]
pub(super) async fn template_conflict_list(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<TemplateId>,
    Query(query): Query<ConflictQuery>,
) -> Answer<Page<TemplateConflicts>> {
    let limit = limit(query.limit)?;
    let reason = query.reason.as_deref().unwrap_or("Looking for conflicts with a template");
    let op = operator.ctx.with_reason(reason)?;
    Ok(shown(app.platform().template_conflict_list(&op, id, query.cursor.as_deref(), limit).await?))
}
