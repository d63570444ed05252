//! `/invitation/{token}`: for whoever holds the link. Managing invitations is under `/invitations`.

mod accept;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(view::invitation_view, accept::invitation_accept))
}
