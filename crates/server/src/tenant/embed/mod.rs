//! `/embed`: what an embed token or a public link shows. No other credential counts here, and these count nowhere else.

mod data;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(view::embed_view)).routes(routes!(data::embed_data))
}
