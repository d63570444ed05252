//! `GET /tenants/check-slug`.

use axum::extract::State;
use insula_platform::SlugCheck;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::credential::Operator;
use crate::reply::{Answer, shown};
use crate::request::Query;

/// Which slug.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlugQuery {
    /// The slug.
    slug: String,
}

/// Whether a slug can be had.
#[derive(Serialize, ToSchema)]
#[schema(as = SlugCheck)]
pub(crate) struct Checked {
    /// Whether it can.
    available: bool,
    /// Why not.
    reason: Option<String>,
    /// Another one that reads alike and is free.
    suggestion: Option<String>,
}

/// Whether a slug can be had, and why not.
#[utoipa::path(
    get, path = "/tenants/check-slug", tag = "tenants", params(SlugQuery),
    responses((status = 200, description = "Whether it can.", body = Checked))
)]
pub(super) async fn slug_check(
    State(app): State<App>,
    operator: Operator,
    Query(query): Query<SlugQuery>,
) -> Answer<Checked> {
    let SlugCheck { available, reason, suggestion } =
        app.platform().slug_check(&operator.ctx, &query.slug).await?;
    Ok(shown(Checked { available, reason, suggestion }))
}
