//! The files of the web build, embedded in the binary. (A debug build reads them from `web/dist`.)
//! Tested in `tests/it/site.rs`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::app::App;
use crate::problem::{Refusal, no_such_page};

/// What `npm run build` made.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// How long a file whose name has its content's hash may be kept.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// How long the custom element may be kept: it has one name for ever.
const FOR_MINUTES: HeaderValue =
    HeaderValue::from_static("public, max-age=300, stale-while-revalidate=86400");

/// The web build.
pub(crate) struct Site(());

impl Site {
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// The page that loads the app; `None` if the web app is not built.
    #[expect(
        clippy::unused_self,
        reason = "the build is a property of the process, asked for through the app"
    )]
    pub(crate) fn index(&self) -> Option<String> {
        String::from_utf8(Dist::get("index.html")?.data.into_owned()).ok()
    }

    /// The page that loads an embed; `None` if the web app is not built.
    #[expect(clippy::unused_self, reason = "as above")]
    pub(crate) fn embed(&self) -> Option<String> {
        String::from_utf8(Dist::get("embed.html")?.data.into_owned()).ok()
    }
}

/// The custom element, which pages of other origins load: always under one name, so it is kept for minutes only.
pub(super) async fn element(headers: HeaderMap) -> Result<Response, Refusal> {
    let name = "element/insula.js";
    let media_type = media_type(name).ok_or_else(no_such_page)?;
    let (file, coding) = find(name, &headers).ok_or_else(no_such_page)?;
    Ok(for_everybody(response(file, media_type, coding)))
}

/// What pages of any origin may load.
fn for_everybody(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, FOR_MINUTES);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let everybody = HeaderValue::from_static("cross-origin");
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), everybody);
    response
}

/// One file below `/assets/`.
pub(super) async fn serve(
    State(_): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let name = format!("assets/{name}");
    let media_type = media_type(&name).ok_or_else(no_such_page)?;
    let (file, coding) = find(&name, &headers).ok_or_else(no_such_page)?;
    Ok(response(file, media_type, coding))
}

/// A file of the build, packed if the caller takes it so.
fn find(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let packed = ["br", "gzip"].into_iter().filter(|coding| accepts(accepted, coding)).find_map(|coding| {
        let suffix = if coding == "br" { "br" } else { "gz" };
        Some((Dist::get(&format!("{name}.{suffix}"))?, Some(coding)))
    });
    packed.or_else(|| Dist::get(name).map(|file| (file, None)))
}

fn response(file: EmbeddedFile, media_type: &'static str, coding: Option<&'static str>) -> Response {
    let tag: String = file.metadata.sha256_hash()[..12].iter().map(|b| format!("{b:02x}")).collect();
    let mut response = Body::from(file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// Whether an `Accept-Encoding` names a coding and does not refuse it.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = words.any(|w| w.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0));
        named && !refused
    })
}

/// What a build may hold. Anything else is not served.
fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "br"));
        assert!(!accepts("brotli", "br"));
    }

    #[test]
    fn the_element_is_for_every_page_and_sets_nothing() {
        let response = for_everybody(Body::from("x").into_response());
        let said = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
        assert_eq!(said("cache-control"), Some("public, max-age=300, stale-while-revalidate=86400"));
        assert_eq!(said("access-control-allow-origin"), Some("*"));
        assert_eq!(said("cross-origin-resource-policy"), Some("cross-origin"));
        assert_eq!((said("set-cookie"), said("access-control-allow-credentials")), (None, None));
    }

    #[test]
    fn packed_files_are_not_served_by_their_own_name() {
        assert_eq!(media_type("assets/app.js.br"), None);
        assert_eq!(media_type("assets/app.js.map"), None);
        assert!(media_type("assets/app-1a.js").is_some());
    }
}
