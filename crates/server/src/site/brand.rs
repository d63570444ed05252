//! The tenants' pictures. Read from their bytes when they were uploaded, and served so that no browser can take
//! them for anything else.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use insula_model::{BrandImageKind, Error};

use crate::app::App;
use crate::problem::{Refusal, no_such_page};
use crate::visit::Visit;

pub(super) async fn logo(State(app): State<App>, visit: Extension<Arc<Visit>>) -> Result<Response, Refusal> {
    picture(&app, &visit, BrandImageKind::Logo).await
}

pub(super) async fn favicon(
    State(app): State<App>,
    visit: Extension<Arc<Visit>>,
) -> Result<Response, Refusal> {
    picture(&app, &visit, BrandImageKind::Favicon).await
}

async fn picture(app: &App, visit: &Visit, kind: BrandImageKind) -> Result<Response, Refusal> {
    let record = visit.tenant().ok_or_else(no_such_page)?;
    let image = app.platform().brand_image_view(record, kind, visit.request).await?;
    let tag = format!("\"{}\"", image.version);
    let mut response = image.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(image.media_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    // The address changes with the picture, but the picture may be taken away under the same one.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    Ok(response)
}
