//! `/questions`: asked once, without a dashboard.

mod ask;
mod rows;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask::question_ask)).routes(routes!(rows::question_rows))
}
