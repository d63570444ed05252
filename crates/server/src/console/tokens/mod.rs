//! `/tokens`: an operator's own tokens for programs.

mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::operator_token_list, create::operator_token_create))
        .routes(routes!(delete::operator_token_delete))
}
