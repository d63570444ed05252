//! `/session`: signing in and out, and who is signed in.

mod create;
mod delete;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(
        create::operator_session_create,
        view::operator_session_view,
        delete::operator_session_delete
    ))
}
