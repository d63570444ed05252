//! Small pages of one piece, for people whom the app cannot help: an unknown address, a closed workspace, an app
//! that is not built. They show nothing that the request brought along.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use insula_model::problem::TENANT_NOT_READY;
use insula_model::{Error, RequestId};

use super::style_source;
use crate::problem;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:light-dark(#fafafa,#18181b);color:light-dark(#27272a,#e4e4e7)}\
main{max-width:30rem;padding:2rem}\
h1{font-size:1.25rem;font-weight:600;margin:0 0 .5rem}\
p{margin:0 0 .75rem;color:light-dark(#52525b,#a1a1aa)}\
code{font:13px/1.4 ui-monospace,monospace}\
small{color:light-dark(#71717a,#a1a1aa)}";

/// A problem, for a person.
pub(crate) fn problem(error: &Error, request: RequestId) -> Response {
    let entry = error.problem();
    let more = if entry.help == error.detail() { "" } else { entry.help };
    let body = format!(
        "<h1>{}</h1><p>{}</p><p>{}</p><small>{} · {request}</small>",
        escape(entry.title),
        escape(error.detail()),
        escape(more),
        error.code()
    );
    // A workspace that is being set up is there in a moment.
    let head = if error.is(TENANT_NOT_READY) { "<meta http-equiv=\"refresh\" content=\"1\">" } else { "" };
    let mut response = page(problem::status(error.kind()), entry.title, head, &body);
    problem::add_hints(&mut response, error);
    response
}

/// The base domain's own page.
pub(crate) fn neutral() -> Response {
    let body = "<h1>Insula</h1><p>Every workspace has an address of its own. Go to yours.</p>";
    page(StatusCode::OK, "Insula", "", body)
}

/// Instead of the app, in a binary that was made without it.
pub(crate) fn not_built() -> Response {
    let body = "<h1>The web app is not built</h1>\
        <p>This binary was made without it; the API works. Build it with <code>cargo xtask up</code>, or with \
        <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, and make the binary again.</p>";
    page(StatusCode::OK, "The web app is not built", "", body)
}

fn page(status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{head}\
         <title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escape(title)
    );
    let mut response = (status, Html(html)).into_response();
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        style_source(STYLE)
    );
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Text that can stand between tags and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
