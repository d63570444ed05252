//! `GET /embed`.

use axum::extract::State;
use insula_model::EmbedView;

use crate::app::App;
use crate::credential::Embed;
use crate::reply::{Answer, shown};

/// What is embedded: the dashboard, or the one widget of it, with the looks around it. Counts as one load.
#[utoipa::path(
    get, path = "/embed", tag = "embed", security(("embed" = [])),
    responses((status = 200, description = "What the token or link shows.", body = EmbedView))
)]
pub(super) async fn embed_view(State(app): State<App>, embed: Embed) -> Answer<EmbedView> {
    Ok(shown(app.platform().embed_view(&embed.tenant()?).await?))
}
