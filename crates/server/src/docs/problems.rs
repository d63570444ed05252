//! A page for each problem.

use axum::extract::Path;
use axum::response::Response;
use insula_model::problem::{self, Problem};

use super::{frame, page};
use crate::problem::{Refusal, no_such_page, status};

pub(super) async fn list() -> Response {
    let rows: String = problem::ALL
        .iter()
        .map(|p| {
            format!(
                "<tr><td><a href=\"problems/{code}\"><code>{code}</code></a></td><td>{}</td><td>{}</td></tr>",
                status(p.kind).as_u16(),
                html(p.title),
                code = p.code
            )
        })
        .collect();
    let body = format!(
        "<h1>Problems</h1><p>Every refusal has a stable code. Programs decide by the code, people read the detail.</p>\
         <table><thead><tr><th>code</th><th>status</th><th>title</th></tr></thead><tbody>{rows}</tbody></table>"
    );
    page(frame("Problems", "../", &body))
}

pub(super) async fn view(Path(code): Path<String>) -> Result<Response, Refusal> {
    let entry: &Problem = problem::ALL.iter().find(|p| p.code == code).ok_or_else(no_such_page)?;
    let body = format!(
        "<p><a href=\"../problems\">Problems</a></p><h1>{}</h1><p class=\"quiet\"><code>{}</code> · HTTP {}</p><p>{}</p>",
        html(entry.title),
        entry.code,
        status(entry.kind),
        html(entry.help)
    );
    Ok(page(frame(&html(entry.title), "../../", &body)))
}

/// Our own texts, with what stands in backticks as code and what stands between double asterisks stronger.
pub(super) fn html(text: &str) -> String {
    let escaped = insula_model::html::escape(text);
    between(&escaped, "`", &|code| format!("<code>{code}</code>"), &|plain| {
        between(plain, "**", &|strong| format!("<strong>{strong}</strong>"), &str::to_owned)
    })
}

fn between(
    text: &str,
    mark: &str,
    inside: &dyn Fn(&str) -> String,
    outside: &dyn Fn(&str) -> String,
) -> String {
    let parts = text.split(mark).enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { inside(part) } else { outside(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn texts_become_pages() {
        assert_eq!(html("**A** `b` <c>"), "<strong>A</strong> <code>b</code> &lt;c&gt;");
        assert_eq!(html("`**`"), "<code>**</code>");
    }
}
