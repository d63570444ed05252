//! The web app: its files, the one page that they are loaded by, the tenants' pictures, and the pages that are
//! shown when the app is not.

mod brand;
mod embed;
mod files;
mod icon;
mod index;
pub(crate) mod pages;

use axum::Router;
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::app::App;

pub(crate) use embed::Framable;
pub(crate) use files::Site;

/// The app's files, the same in every realm.
pub(crate) fn files() -> Router<App> {
    Router::new().route("/assets/{*file}", get(files::serve))
}

/// The tenant's pictures.
pub(crate) fn pictures() -> Router<App> {
    Router::new().route("/brand/logo", get(brand::logo)).route("/brand/favicon", get(brand::favicon))
}

/// The pages that other pages frame, the page of a public link, and the element that frames.
pub(crate) fn embeds() -> Router<App> {
    Router::new()
        .route("/embed/dashboards/{id}", get(embed::dashboard))
        .route("/embed/dashboards/{id}/widgets/{widget}", get(embed::widget))
        .route("/embed/insula.js", get(files::element))
        .route("/shared/{id}", get(embed::shared))
}

pub(crate) use index::serve as app;

/// An inline style as a policy allows it: by its hash, which is the same whenever the page is, so that a cached
/// page and a fresh policy fit together.
fn style_source(css: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(css)))
}
