//! The base domain: neutral. Path style leads from here into the tenants' realm, at the edge.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::app::App;
use crate::{docs, notes, site};

pub(crate) fn router(app: &App) -> Router {
    Router::new()
        .route("/", get(async || site::pages::neutral()))
        .merge(site::files())
        .merge(docs::problem_pages())
        .layer(from_fn(notes::route))
        .with_state(app.clone())
}
