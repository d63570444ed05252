//! The page that other products' pages frame, and the page of a public link: one light page, branded in its first bytes
//! like the app's. It needs no credential and holds nothing secret: what it shows, it asks the API for, with the token that
//! the page around it gives, or with what stands behind the `#` of a link.
//!
//! What must always hold: who may frame it is exactly the tenant's list; no other page of ours may be framed; it sets no
//! cookie; one that shows nothing that exists is the same page; at a suspended tenant's address it is nobody's. Tested below
//! and in `tests/it/embed_pages.rs`.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use insula_model::{Branding, DashboardId, Error, PublicLinkId, embed_origin, problem};
use serde::Serialize;

use super::looks::{Looks, Of};
use super::{index, pages};
use crate::app::App;
use crate::problem::{Refusal, no_such_page};
use crate::visit::{Realm, Visit};

/// Marks an answer that says itself, in its policy, who may frame it. The edge forbids framing for every other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framable;

/// What the embed's page is told before it asks for anything.
#[derive(Serialize)]
struct Boot<'a> {
    realm: &'static str,
    base: &'a str,
    /// What its address names; `null` for a public link, whose secret says it.
    dashboard: Option<DashboardId>,
    widget: Option<&'a str>,
    link: Option<PublicLinkId>,
    tenant: BootTenant<'a>,
    /// `null` where nothing is told of whose it is.
    branding: Option<&'a Branding>,
    /// Why there is nothing to show, whoever asks.
    closed: Option<Closed>,
    /// The origins that may frame it, and from which a token is believed.
    origins: &'a [String],
    version: &'static str,
}

/// A refusal that holds for everybody.
#[derive(Serialize)]
struct Closed {
    code: &'static str,
    title: &'static str,
    status: u16,
}

#[derive(Serialize)]
struct BootTenant<'a> {
    name: &'a str,
}

/// What an address names.
#[derive(Debug, Default, Clone, Copy)]
struct Named<'a> {
    dashboard: Option<DashboardId>,
    widget: Option<&'a str>,
    link: Option<PublicLinkId>,
}

pub(super) async fn dashboard(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let named = Named { dashboard: Some(id.parse().map_err(|_| no_such_page())?), ..Named::default() };
    serve(&app, &visit, named).await
}

pub(super) async fn widget(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    Path((id, widget)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    if !(1..=40).contains(&widget.len()) || !widget.bytes().all(plain) {
        return Err(no_such_page().into());
    }
    let dashboard = Some(id.parse().map_err(|_| no_such_page())?);
    serve(&app, &visit, Named { dashboard, widget: Some(&widget), link: None }).await
}

pub(super) async fn shared(
    State(app): State<App>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let named = Named { link: Some(id.parse().map_err(|_| no_such_page())?), ..Named::default() };
    serve(&app, &visit, named).await
}

async fn serve(app: &App, visit: &Visit, named: Named<'_>) -> Result<Response, Refusal> {
    // Who looks at a suspended tenant's frame is told so by the page; a frame that could not be shown would tell nobody
    // anything.
    let (record, looks) = match &visit.realm {
        Realm::Tenant(record) => (record, Looks::here(app, visit, visit.request).await?),
        Realm::Suspended(record) => (record, None),
        Realm::Console | Realm::Base => return Err(no_such_page().into()),
    };
    let origins = app.platform().embedding_origins(record, visit.request).await?;
    match app.site().embed() {
        Some(template) => Ok(page(&template, visit, named, looks.as_ref(), &origins)?),
        None => Ok(pages::not_built()),
    }
}

fn page(
    template: &str,
    visit: &Visit,
    named: Named<'_>,
    looks: Option<&Looks>,
    origins: &[String],
) -> Result<Response, Error> {
    let Named { dashboard, widget, link } = named;
    let boot = Boot {
        realm: "embed",
        base: &visit.base,
        dashboard,
        widget,
        link,
        tenant: BootTenant { name: looks.map_or("", |l| &l.name) },
        branding: looks.map(|l| &l.branding),
        closed: matches!(visit.realm, Realm::Suspended(_)).then_some(Closed {
            code: problem::TENANT_SUSPENDED.code,
            title: problem::TENANT_SUSPENDED.title,
            status: crate::problem::status(problem::TENANT_SUSPENDED.kind).as_u16(),
        }),
        origins,
        version: env!("CARGO_PKG_VERSION"),
    };
    let (html, style) = index::filled(template, looks.map_or(Of::Nobody, Of::Tenant), &boot)?;
    let policy = index::policy(&style, &ancestors(origins));
    let tag = index::tag(&html);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, policy), (header::ETAG, tag)] {
        headers.insert(name, HeaderValue::from_str(&value).map_err(Error::internal)?);
    }
    response.extensions_mut().insert(Framable);
    Ok(response)
}

/// Who may frame it, as a policy says it. Only what is exactly an origin is written.
fn ancestors(origins: &[String]) -> String {
    let exact: Vec<&str> =
        origins.iter().filter(|o| embed_origin::check(o, "").is_ok()).map(String::as_str).collect();
    if exact.is_empty() { "'none'".to_owned() } else { exact.join(" ") }
}

#[cfg(test)]
mod tests {
    use insula_model::TenantSettings;
    use serde_json::Value;

    use super::*;
    use crate::visit::{Notes, Realm};

    const TEMPLATE: &str = "<!doctype html><head><!--insula:head--></head><body><!--insula:boot--></body>";

    fn visit(base: &str) -> Visit {
        Visit {
            request: "req_00000000000000000000000001".parse().unwrap(),
            realm: Realm::Base,
            client: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
            secure: false,
            host: "acme.localhost".into(),
            origin: "http://acme.localhost".into(),
            base: base.into(),
            notes: Notes::default(),
        }
    }

    async fn made(base: &str, named: Named<'_>, origins: &[&str]) -> (Response, Value, String) {
        let looks = TenantSettings::new("</script><script>alert(1)</script>");
        let looks = Looks::of(&looks, base, "http://acme.localhost");
        made_with(base, named, Some(&looks), origins).await
    }

    async fn made_with(
        base: &str,
        named: Named<'_>,
        looks: Option<&Looks>,
        origins: &[&str],
    ) -> (Response, Value, String) {
        let origins: Vec<String> = origins.iter().map(|o| (*o).to_owned()).collect();
        let (parts, body) = page(TEMPLATE, &visit(base), named, looks, &origins).unwrap().into_parts();
        let bytes = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        let boot = html.split("id=\"boot\">").nth(1).and_then(|t| t.split("</script>").next()).unwrap();
        let boot = serde_json::from_str(boot).unwrap();
        (Response::from_parts(parts, axum::body::Body::empty()), boot, html)
    }

    #[tokio::test]
    async fn it_is_framed_by_the_list_and_nobody_else() {
        let named = Named {
            dashboard: "dsh_00000000000000000000000007".parse().ok(),
            widget: Some("w1"),
            link: None,
        };
        let (page, boot, html) =
            made("/t/acme", named, &["https://app.example", "http://localhost:5173"]).await;
        let said = |name: &str| page.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let policy = said("content-security-policy");
        assert!(policy.ends_with("frame-ancestors https://app.example http://localhost:5173"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(said("referrer-policy"), "no-referrer");
        assert_eq!(said("cache-control"), "private, no-cache");
        assert!(!page.headers().contains_key("set-cookie"));
        assert!(page.extensions().get::<Framable>().is_some());
        assert_eq!(boot["realm"], "embed");
        assert_eq!(boot["base"], "/t/acme");
        assert_eq!(boot["dashboard"], "dsh_00000000000000000000000007");
        assert_eq!((&boot["widget"], &boot["link"]), (&Value::from("w1"), &Value::Null));
        assert_eq!(boot["origins"][1], "http://localhost:5173");
        assert!(!html.contains("<script>alert"), "it left its place");
    }

    #[tokio::test]
    async fn nobodys_page_is_framed_like_the_others_and_says_nothing() {
        let (page, boot, html) = made_with("", Named::default(), None, &["https://app.example"]).await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("frame-ancestors https://app.example"), "{policy}");
        assert_eq!((&boot["branding"], &boot["tenant"]["name"]), (&Value::Null, &Value::from("")));
        assert!(html.contains("<title>Dashboards</title>") && !html.contains("og:"), "{html}");
    }

    #[tokio::test]
    async fn what_is_no_origin_is_not_written() {
        let odd = ["https://a.example; script-src *", "*", "https://*.example", "'self'"];
        let (page, ..) = made("", Named::default(), &odd).await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    }
}
