//! The realm of one tenant: its API, its pictures, its app. The tree below is the tree of addresses under
//! `/api/v1`; an endpoint is a file.

mod api_keys;
mod audit;
mod dashboards;
mod datasets;
mod embed;
mod embed_keys;
mod embed_revocations;
mod embed_tokens;
mod embed_usage;
mod embedding;
mod events;
mod invitation;
mod invitations;
mod members;
mod password;
mod public_links;
mod questions;
mod sample_data;
mod session;
mod settings;
mod tables;

use axum::Router;
use axum::middleware::from_fn;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::routes::Routes;
use crate::{docs, notes, openapi, site};

const ABOUT: &str = "What a workspace offers to its members and to programs. Send an API key as `Authorization: \
    Bearer isk_…`; browsers that are signed in send their session cookie.\n\nA key or session of one workspace is \
    worth nothing at the address of another. Things of other workspaces look like things that do not exist.\n\nWhat is \
    tagged `embed` takes an embed token or the secret of a public link as bearer token, and no other credential; they are \
    worth nothing elsewhere.";

/// The endpoints and their description.
pub(crate) fn api() -> OpenApiRouter<App> {
    let all = OpenApiRouter::new()
        .merge(session::api())
        .merge(password::api())
        .merge(invitation::api())
        .merge(settings::api())
        .merge(members::api())
        .merge(invitations::api())
        .merge(api_keys::api())
        .merge(events::api())
        .merge(datasets::api())
        .merge(tables::api())
        .merge(sample_data::api())
        .merge(questions::api())
        .merge(dashboards::api())
        .merge(embedding::api())
        .merge(embed_tokens::api())
        .merge(embed_revocations::api())
        .merge(embed_keys::api())
        .merge(embed_usage::api())
        .merge(public_links::api())
        .merge(embed::api())
        .merge(audit::api());
    openapi::api("Workspace API", ABOUT, "__Host-insula", all)
}

/// What the API's description does not list.
fn pages(description: &OpenApi) -> Routes {
    openapi::document(description)
        .and(docs::reference(description))
        .and(site::files())
        .and(site::pictures())
        .and(site::embeds())
}

/// The paths at a tenant's address that the API's description does not list. Every other path is a page of the app.
#[must_use]
pub fn tenant_pages() -> Vec<&'static str> {
    pages(&openapi::openapi_tenant()).paths().to_vec()
}

/// Everything at a tenant's address.
pub(crate) fn router(app: &App) -> Router {
    let (api, description) = api().split_for_parts();
    Router::from(pages(&description))
        .merge(api)
        .fallback(site::app)
        .layer(from_fn(notes::route))
        .with_state(app.clone())
}
