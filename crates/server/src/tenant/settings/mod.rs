//! `/settings`: name, time, looks.

mod favicon;
mod logo;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(view::settings_view, update::settings_update))
        .merge(logo::api())
        .merge(favicon::api())
}
