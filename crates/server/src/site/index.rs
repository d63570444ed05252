//! The one page of the app. The server writes into it what the first paint needs: title, icon, the brand's
//! colours, and which realm this is. Tested below and in `tests/it/site.rs`.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use insula_model::{Branding, Error, TenantSettings};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{icon, pages, style_source};
use crate::app::App;
use crate::problem::{Refusal, no_such_page};
use crate::visit::{Realm, Visit};

/// Where title, icon and style go.
const HEAD: &str = "<!--insula:head-->";
/// Where the boot data goes.
const BOOT: &str = "<!--insula:boot-->";

/// What the app is told before it asks for anything.
#[derive(Serialize)]
struct Boot<'a> {
    realm: &'static str,
    base: &'a str,
    tenant: Option<BootTenant<'a>>,
    branding: Option<Branding>,
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
    let looks = match &visit.realm {
        Realm::Tenant(record) => Some(app.platform().brand(record, visit.request).await?),
        Realm::Console | Realm::Base => None,
    };
    let Some(template) = app.site().index() else { return Ok(pages::not_built()) };
    let (html, style) = fill(&template, &visit, looks.as_deref())?;
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
fn fill(template: &str, visit: &Visit, looks: Option<&TenantSettings>) -> Result<(String, String), Error> {
    let branding = looks.map(|l| at_base(&l.branding, &visit.base));
    let boot = Boot {
        realm: visit.realm.name(),
        base: &visit.base,
        tenant: visit.tenant().map(|record| BootTenant {
            slug: record.slug.as_str(),
            name: looks.map_or(record.name.as_str(), |l| &l.name),
        }),
        branding: branding.clone(),
        version: env!("CARGO_PKG_VERSION"),
    };
    filled(template, looks.map(|l| l.name.as_str()), branding.as_ref(), &boot)
}

/// A template with title, icon, style and boot data; and the style in it.
pub(super) fn filled(
    template: &str,
    name: Option<&str>,
    branding: Option<&Branding>,
    boot: &impl Serialize,
) -> Result<(String, String), Error> {
    let product = branding.and_then(|b| b.product_name.as_deref());
    let title = product.or(name).unwrap_or("Insula");
    let style = branding.map(style).unwrap_or_default();
    let icon = branding.and_then(|b| b.favicon_url.as_deref());
    let drawn = || icon::drawn(branding.and_then(|b| colour(&b.accent)).as_deref(), title);
    let icon = icon.map_or_else(drawn, str::to_owned);
    let (title, icon) = (pages::escape(title), pages::escape(&icon));
    let head = format!("<title>{title}</title><link rel=\"icon\" href=\"{icon}\"><style>{style}</style>");
    let json = in_script(&serde_json::to_string(boot).map_err(Error::internal)?);
    let boot = format!("<script type=\"application/json\" id=\"boot\">{json}</script>");
    // The markers stand in our own template; what is put in has none of its own, because `<` is escaped.
    Ok((template.replacen(HEAD, &head, 1).replacen(BOOT, &boot, 1), style))
}

/// The looks, with addresses as they are under `base`.
pub(super) fn at_base(branding: &Branding, base: &str) -> Branding {
    let place = |url: &Option<String>| url.as_ref().map(|url| format!("{base}{url}"));
    Branding {
        logo_url: place(&branding.logo_url),
        favicon_url: place(&branding.favicon_url),
        ..branding.clone()
    }
}

/// The brand's variables. Only what is exactly a colour or a number is written; the rest is as if it were not set.
fn style(branding: &Branding) -> String {
    let mut css = String::from(":root{");
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            css.push_str(&format!("--{name}:{value};"));
        }
    };
    set("brand", colour(&branding.accent));
    set("brand-dark", branding.accent_dark.as_deref().and_then(colour));
    set("brand-radius", Some(format!("{}px", branding.radius)));
    css.push('}');
    css
}

/// `#rrggbb`, and nothing else.
fn colour(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let ok = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    ok.then(|| format!("#{}", digits.to_ascii_lowercase()))
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
    fn only_colours_are_colours() {
        assert_eq!(colour("#2563EB").as_deref(), Some("#2563eb"));
        for text in ["red", "#fff", "#2563eb;}", "#2563eg", "2563eb", "url(//evil)", "#2563eb/**/", ""] {
            assert_eq!(colour(text), None, "{text}");
        }
        let evil = Branding { accent: "red;}body{display:none".into(), ..Branding::default() };
        assert_eq!(style(&evil), ":root{--brand-radius:8px;}");
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
