//! The operators' realm. The tree below is the tree of addresses under `/api/v1`; an endpoint is a file. None of it
//! is at a tenant's address.

mod cells;
mod mails;
mod operations;
mod session;
mod status;
mod templates;
mod tenants;
mod tokens;

use axum::Router;
use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::{docs, health, notes, openapi, site};

const ABOUT: &str = "What the people who run Insula do: provision tenants, suspend, resume and delete them, follow \
    operations, look after cells.\n\nSend an operator's token as `Authorization: Bearer iop_…`; browsers that are \
    signed in send their session cookie.";

/// The endpoints and their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    let all = OpenApiRouter::new()
        .merge(session::api())
        .merge(tenants::api())
        .merge(templates::api())
        .merge(operations::api())
        .merge(cells::api())
        .merge(mails::api())
        .merge(status::api())
        .merge(tokens::api());
    openapi::api("Insula: operator API", ABOUT, "__Host-insula_operator", all)
}

/// Everything at the console's address.
pub(crate) fn router(app: &App) -> Router {
    let (api, description) = api().split_for_parts();
    let described = openapi::document(&description).and(docs::reference(&description));
    Router::from(described.and(health::router()).and(site::files()))
        .merge(api)
        .fallback(site::app)
        .layer(from_fn(notes::route))
        .with_state(app.clone())
}
