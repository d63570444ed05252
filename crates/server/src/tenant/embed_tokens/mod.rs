//! `/embed-tokens`: short-lived credentials for one dashboard in somebody else's page.

mod create;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create::embed_token_create))
}
