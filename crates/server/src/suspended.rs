//! What is left at the address of a suspended tenant: the page that other products frame, which says that there is nothing
//! to show for the moment, and what that page is made of. It shows no brand and names nobody; whoever builds the page
//! around it is told the cause as for other refusals. Everything else is refused. Tested in
//! `tests/it/{embed_pages,hosts}.rs` and, over every endpoint, by `insula verify isolation`.

use axum::Router;
use axum::middleware::from_fn;
use insula_model::{Error, problem};

use crate::app::App;
use crate::problem::Refusal;
use crate::{notes, site};

pub(crate) fn router(app: &App) -> Router {
    Router::from(site::files().and(site::embeds()))
        .fallback(async || Refusal(refused()))
        .layer(from_fn(notes::route))
        .with_state(app.clone())
}

/// The refusal. The same as in `store`, for those who show no credential.
fn refused() -> Error {
    Error::new(
        problem::TENANT_SUSPENDED,
        "This workspace is suspended. Its owner can ask the operator to resume it.",
    )
}
