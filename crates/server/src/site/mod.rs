//! The web app: its files, the one page that they are loaded by, the tenants' pictures, and the pages that are
//! shown when the app is not.

mod brand;
mod embed;
mod files;
mod icon;
mod index;
mod looks;
pub(crate) mod pages;

use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::routes::Routes;

pub(crate) use embed::Framable;
pub(crate) use files::Site;
pub(crate) use looks::Looks;

/// The app's files, the same in every realm.
pub(crate) fn files() -> Routes {
    Routes::new().at("/assets/{*file}", get(files::serve))
}

/// The tenant's pictures.
pub(crate) fn pictures() -> Routes {
    Routes::new().at("/brand/logo", get(brand::logo)).at("/brand/favicon", get(brand::favicon))
}

/// The pages that other pages frame, the page of a public link, and the element that frames.
pub(crate) fn embeds() -> Routes {
    Routes::new()
        .at("/embed/dashboards/{id}", get(embed::dashboard))
        .at("/embed/dashboards/{id}/widgets/{widget}", get(embed::widget))
        .at("/embed/insula.js", get(files::element))
        .at("/shared/{id}", get(embed::shared))
}

pub(crate) use index::serve as app;

/// An inline style as a policy allows it: by its hash, which is the same whenever the page is, so that a cached
/// page and a fresh policy fit together.
fn style_source(css: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(css)))
}
