//! `/operations`: long changes.

mod cancel;
mod events;
mod list;
mod retry;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::operation_list))
        .routes(routes!(view::operation_view))
        .routes(routes!(events::operation_events))
        .routes(routes!(cancel::operation_cancel))
        .routes(routes!(retry::operation_retry))
}
