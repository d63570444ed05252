//! `/invitations`: who is invited. Accepting one is under `/invitation/{token}`.

mod create;
mod delete;
mod list;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::invitation_list, create::invitation_create))
        .routes(routes!(delete::invitation_delete))
}
