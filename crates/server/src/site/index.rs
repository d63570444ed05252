//! The one page of the app. The server writes into it what the first paint needs: the looks ([`super::looks`]), and which
//! realm this is. Tested below and in `tests/it/site.rs`.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use insula_model::{Branding, Error};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::looks::{Looks, Of, PRODUCT};
use super::{pages, style_source};
use crate::app::App;
use crate::problem::{Refusal, no_such_page};
use crate::visit::Visit;

/// Where title, icon and style go.
const HEAD: &str = "<!--insula:head-->";
/// Where the mark goes that is painted first.
const FIRST: &str = "<!--insula:first-->";
/// Where the boot data goes.
const BOOT: &str = "<!--insula:boot-->";

/// What the app is told before it asks for anything.
#[derive(Serialize)]
struct Boot<'a> {
    realm: &'static str,
    base: &'a str,
    tenant: Option<BootTenant<'a>>,
    branding: Option<Branding>,
    /// What the console is called. At a tenant's address the app has no name but the tenant's.
    product: Option<&'static str>,
    version: &'static str,
}

#[derive(Serialize)]
struct BootTenant<'a> {
    slug: &'a str,
    name: &'a str,
}

/// Every address that is nothing else is a page of the app.
pub(crate) async fn serve(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if !is_page(&method, &uri, &headers) {
        return Err(no_such_page().into());
    }
    let _ = visit.notes.route.set("app".to_owned());
    let looks = Looks::here(&app, &visit, visit.request).await?;
    let Some(template) = app.site().index() else { return Ok(pages::not_built()) };
    let (html, style) = fill(&template, &visit, looks.as_ref())?;
    let html = html.replacen(FIRST, &first(uri.path(), looks.as_ref()), 1);
    let mut response = Html(html.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    for (name, value) in
        [(header::CONTENT_SECURITY_POLICY, policy(&style, "'none'")), (header::ETAG, tag(&html))]
    {
        headers.insert(name, HeaderValue::from_str(&value).map_err(Error::internal)?);
    }
    Ok(response)
}

/// Whether somebody with a browser looks at a page: files have a dot, and the API is not one in any spelling.
fn is_page(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let path = uri.path();
    let looks = accepted.contains("text/html") || path == "/";
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let first = path[1..].split('/').next().unwrap_or_default();
    let api = first.eq_ignore_ascii_case("api");
    looks && reads && !api && !path.contains('.')
}

/// The page, and the style in it.
fn fill(template: &str, visit: &Visit, looks: Option<&Looks>) -> Result<(String, String), Error> {
    let boot = Boot {
        realm: visit.realm.name(),
        base: &visit.base,
        tenant: visit.tenant().map(|record| BootTenant {
            slug: record.slug.as_str(),
            name: looks.map_or(record.name.as_str(), |l| &l.name),
        }),
        branding: looks.map(|l| l.branding.clone()),
        product: looks.is_none().then_some(PRODUCT),
        version: env!("CARGO_PKG_VERSION"),
    };
    filled(template, looks.map_or(Of::Console, Of::Tenant), &boot)
}

/// What is painted before any script has run: the mark of the place, where the app has it afterwards. Pages for which
/// nobody needs to sign in have it elsewhere.
fn first(path: &str, looks: Option<&Looks>) -> String {
    let door = path.ends_with("/sign-in") || path.contains("/invitation/");
    let class = if door { "first door" } else { "first" };
    let mark = looks.map_or_else(|| format!("<i></i>{PRODUCT}"), Looks::mark);
    format!("<p class=\"{class}\" aria-hidden=\"true\">{mark}</p>")
}

/// A template with head, style and boot data; and the style in it.
pub(super) fn filled(template: &str, of: Of<'_>, boot: &impl Serialize) -> Result<(String, String), Error> {
    let style = of.style();
    let head = format!("{}<style>{style}</style>", of.head(of.called()));
    let json = in_script(&serde_json::to_string(boot).map_err(Error::internal)?);
    let boot = format!("<script type=\"application/json\" id=\"boot\">{json}</script>");
    // The markers stand in our own template; what is put in has none of its own, because `<` is escaped.
    Ok((template.replacen(HEAD, &head, 1).replacen(BOOT, &boot, 1), style))
}

/// JSON that can stand inside a `<script>`.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// What the page may load, and who may frame it.
pub(super) fn policy(style: &str, ancestors: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' {}; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}",
        style_source(style)
    )
}

pub(super) fn tag(html: &str) -> String {
    let hash: String = Sha256::digest(html)[..12].iter().map(|b| format!("{b:02x}")).collect();
    format!("\"{hash}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_painted_first_where_it_stands_afterwards() {
        let console = first("/tenants", None);
        assert_eq!(console, "<p class=\"first\" aria-hidden=\"true\"><i></i>Insula</p>");
        for path in ["/sign-in", "/t/acme/sign-in", "/invitation/secret"] {
            assert!(first(path, None).starts_with("<p class=\"first door\""), "{path}");
        }
        let settings = insula_model::TenantSettings::new("Acme <Air>");
        let acme = first("/", Some(&Looks::of(&settings, "", "https://acme.example")));
        assert!(acme.contains("Acme &lt;Air&gt;") && !acme.contains(PRODUCT), "{acme}");
    }

    #[test]
    fn boot_data_cannot_leave_its_script() {
        let json = serde_json::to_string("</script><script>alert(1)</script><!--\u{2028}&amp;").unwrap();
        let text = in_script(&json);
        assert!(
            !text.contains('<') && !text.contains('>') && !text.contains('&') && !text.contains('\u{2028}')
        );
        let back: String = serde_json::from_str(&text).unwrap();
        assert!(back.starts_with("</script>"));
    }
}
