//! The base domain: neutral. Path style leads from here into the tenants' realm, at the edge.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::app::App;
use crate::routes::Routes;
use crate::{docs, notes, site};

pub(crate) fn router(app: &App) -> Router {
    let routes = Routes::new().at("/", get(async || site::pages::neutral()));
    Router::from(routes.and(site::files()).and(docs::problem_pages()))
        .layer(from_fn(notes::route))
        .with_state(app.clone())
}
