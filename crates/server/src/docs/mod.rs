//! The reference: generated from the API's description and the catalogue of problems, served from here, without a
//! script and without anything from elsewhere.

mod problems;
mod reference;

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use insula_model::dashboard_schema::DASHBOARD_SCHEMA_PATH;
use utoipa::openapi::OpenApi;

use crate::routes::Routes;

const STYLE: &str = include_str!("style.css");

/// The pages of the problems: their addresses are the problems' types, so they are in every realm. So is what files look
/// like.
pub(crate) fn problem_pages() -> Routes {
    Routes::new()
        .at("/docs/problems", get(problems::list))
        .at("/docs/problems/{code}", get(problems::view))
        .at("/docs/style.css", get(style))
        .at(DASHBOARD_SCHEMA_PATH, get(dashboard_schema))
}

/// The reference of one realm's API.
pub(crate) fn reference(api: &OpenApi) -> Routes {
    let html = reference::page(api);
    problem_pages().at("/docs", get(async move || page(html)))
}

/// What a dashboard looks like, for editors of such files: from any page, because schemas are fetched from elsewhere.
async fn dashboard_schema() -> Response {
    let mut response = format!("{:#}\n", insula_model::dashboard_schema()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn style() -> Response {
    let mut response = STYLE.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// A page of the reference. Addresses in it are relative to `<base>`-less `/docs`, so that they hold in path style.
fn page(html: String) -> Response {
    let mut response = Html(html).into_response();
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

fn frame(title: &str, up: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{up}docs/style.css\"></head><body><main>{body}</main></body></html>"
    )
}
