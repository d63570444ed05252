//! Small pages of one piece, for people whom the app cannot help: an unknown address, a closed workspace, an app
//! that is not built. They show nothing that the request brought along. At an open tenant's address they are the tenant's,
//! in its looks; anywhere else they are nobody's, and name nobody. Tested in `tests/it/{hosts,white_label}.rs`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use insula_model::html::escape;
use insula_model::problem::{NOT_FOUND, TENANT_NOT_READY, TENANT_SUSPENDED, UNKNOWN_HOST};
use insula_model::{Error, RequestId};

use super::looks::{Looks, Of};
use super::style_source;
use crate::problem;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:light-dark(#fafafa,#18181b);color:light-dark(#27272a,#e4e4e7)}\
main{max-width:30rem;padding:2rem;overflow-wrap:anywhere}\
h1{font-size:1.25rem;font-weight:600;margin:0 0 .5rem}\
p{margin:0 0 .75rem;color:light-dark(#52525b,#a1a1aa)}\
code{font:13px/1.4 ui-monospace,monospace}\
small{color:light-dark(#71717a,#a1a1aa)}";

/// What a tenant's own pages have beside it. The accent itself carries no words but its own letter.
const BRANDED: &str = "\
:root{--accent:light-dark(var(--brand),var(--brand-dark,var(--brand)))}\
body{box-sizing:border-box;border-top:4px solid var(--accent)}\
.brand{display:flex;align-items:center;gap:.6rem;margin:0 0 2rem;font-weight:600;color:inherit}\
.brand img{height:32px;max-width:96px;object-fit:contain;border-radius:4px}\
.brand b{display:grid;place-items:center;flex:none;width:32px;height:32px;border-radius:min(var(--brand-radius),8px);\
background:var(--accent);color:var(--ink)}\
a{color:inherit;text-decoration-color:var(--accent);text-decoration-thickness:2px;text-underline-offset:4px}";

/// A problem, for a person.
pub(crate) fn problem(error: &Error, request: RequestId, looks: Option<&Looks>) -> Response {
    let entry = error.problem();
    let (detail, more) = match (error.detail(), entry.help) {
        // What programs are told is of no use to somebody who followed a link.
        _ if error.is(NOT_FOUND) => ("There is nothing at this address. See that it is spelled right.", ""),
        _ if error.is(UNKNOWN_HOST) => ("No workspace is here. See that the address is spelled right.", ""),
        _ if error.is(TENANT_SUSPENDED) => {
            ("Its owner can ask the operator to resume it. Nothing was deleted.", "")
        }
        (detail, help) if detail == help => (detail, ""),
        both => both,
    };
    let brand = looks.map_or_else(String::new, |l| format!("<p class=\"brand\">{}</p>", l.mark()));
    let home = looks.map_or_else(String::new, |l| {
        format!("<p><a href=\"{}/\">Go to the start page</a></p>", escape(&l.base))
    });
    let body = format!(
        "{brand}<h1>{}</h1><p>{}</p><p>{}</p>{home}<small>{} · {request}</small>",
        escape(entry.title),
        escape(detail),
        escape(more),
        error.code()
    );
    // A workspace that is being set up is there in a moment.
    let head = if error.is(TENANT_NOT_READY) { "<meta http-equiv=\"refresh\" content=\"1\">" } else { "" };
    let of = looks.map_or(Of::Nobody, Of::Tenant);
    let title = looks.map_or_else(|| entry.title.to_owned(), |l| format!("{} · {}", entry.title, l.called));
    let mut response = page(problem::status(error.kind()), of, &title, head, &body);
    problem::add_hints(&mut response, error);
    response
}

/// The base domain's own page.
pub(crate) fn neutral() -> Response {
    let body = "<h1>Workspaces</h1><p>Every workspace has an address of its own. Go to yours.</p>";
    page(StatusCode::OK, Of::Nobody, "Workspaces", "", body)
}

/// Instead of the app, in a binary that was made without it.
pub(crate) fn not_built() -> Response {
    let body = "<h1>The web app is not built</h1>\
        <p>This binary was made without it; the API works. Build it with <code>cargo xtask up</code>, or with \
        <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, and make the binary again.</p>";
    page(StatusCode::OK, Of::Nobody, "The web app is not built", "", body)
}

fn page(status: StatusCode, of: Of<'_>, title: &str, head: &str, body: &str) -> Response {
    let (style, pictures) = match of {
        Of::Tenant(looks) => {
            let [light, dark] = looks.inks();
            let ink = format!(":root{{--ink:light-dark({light},{dark})}}");
            (format!("{STYLE}{}{ink}{BRANDED}", of.style()), "'self' data:")
        }
        Of::Console | Of::Nobody => (STYLE.to_owned(), "data:"),
    };
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{head}{}\
         <style>{style}</style></head><body><main>{body}</main></body></html>",
        of.head(title)
    );
    let mut response = (status, Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; style-src {}; img-src {pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        style_source(&style)
    );
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
