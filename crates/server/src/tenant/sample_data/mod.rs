//! `/sample-data`: what a new workspace begins with.

mod delete;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(delete::sample_delete))
}
