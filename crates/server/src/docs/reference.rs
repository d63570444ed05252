//! The reference page of one realm's API, from its description.

use std::collections::BTreeMap;
use std::fmt::Write;

use insula_model::html::escape;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::frame;
use super::problems::html;

/// The whole page.
pub(super) fn page(api: &OpenApi) -> String {
    let api = serde_json::to_value(api).unwrap_or_default();
    let title = escape(text(&api["info"], "title"));
    let mut groups: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for operation in operations(&api) {
        groups.entry(operation.tag).or_default().push(operation);
    }
    let mut body = format!(
        "<h1>{title}</h1>{}<p>The same as data: <a href=\"api/v1/openapi.json\">openapi.json</a>. \
         Every refusal is one of these <a href=\"docs/problems\">problems</a>. \
         Dashboards as files: <a href=\"docs/schemas/dashboard.json\">JSON Schema</a>.</p><nav><ul>",
        paragraphs(text(&api["info"], "description"))
    );
    for operation in groups.values().flatten() {
        let _ = write!(body, "<li><a href=\"#{0}\"><code>{0}</code></a></li>", escape(operation.id));
    }
    body.push_str("</ul></nav>");
    for (tag, group) in &groups {
        let _ = write!(body, "<h2>{}</h2>", escape(tag));
        group.iter().for_each(|operation| operation.write(&mut body));
    }
    body.push_str("<h2>Shapes</h2>");
    for (name, schema) in api["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(body, "<h3 id=\"shape-{0}\"><code>{0}</code></h3>", escape(name));
        body.push_str(&paragraphs(text(schema, "description")));
        body.push_str(&fields(schema));
    }
    frame(&title, "", &body)
}

struct Operation<'a> {
    id: &'a str,
    tag: &'a str,
    method: &'a str,
    path: &'a str,
    value: &'a Value,
}

fn operations(api: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = api["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().filter(|(_, value)| value.is_object()).map(
            move |(method, value)| Operation {
                id: text(value, "operationId"),
                tag: value["tags"][0].as_str().unwrap_or("other"),
                method,
                path,
                value,
            },
        )
    })
}

impl Operation<'_> {
    fn write(&self, out: &mut String) {
        let _ = write!(
            out,
            "<h3 id=\"{id}\"><span class=\"method\">{method}</span> <code>{path}</code></h3>{summary}{more}",
            id = escape(self.id),
            method = self.method.to_uppercase(),
            path = escape(self.path),
            summary = paragraphs(text(self.value, "summary")),
            more = paragraphs(text(self.value, "description")),
        );
        let parameters = self.value["parameters"].as_array().into_iter().flatten();
        let rows: String = parameters
            .map(|p| {
                let need = if p["required"] == true { "required" } else { "" };
                row(&[&code(text(p, "name")), text(p, "in"), need, &html(text(p, "description"))])
            })
            .collect();
        if !rows.is_empty() {
            let _ =
                write!(out, "<table><tr><th>parameter</th><th>in</th><th></th><th></th></tr>{rows}</table>");
        }
        for (media, content) in self.value["requestBody"]["content"].as_object().into_iter().flatten() {
            let _ = write!(out, "<p>Body: {} {}</p>", code(media), shape(&content["schema"]));
        }
        let rows: String = self.value["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(status, _)| *status != "default")
            .map(|(status, response)| {
                let content = response["content"].as_object().into_iter().flatten().next();
                let shown = content.map(|(_, c)| shape(&c["schema"])).unwrap_or_default();
                row(&[&code(status), &shown, &html(text(response, "description"))])
            })
            .collect();
        let _ = write!(out, "<table>{rows}</table>");
    }
}

/// The fields of a schema, one a line; alternatives one after the other.
fn fields(schema: &Value) -> String {
    let mut out = String::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if let Some(name) = reference(part) {
            let _ = write!(out, "<p>All of {}, and:</p>", link(name));
        } else {
            out.push_str(&fields(part));
        }
    }
    for (i, part) in schema["oneOf"].as_array().into_iter().flatten().enumerate() {
        let _ = write!(
            out,
            "<p>{} {}</p>",
            if i == 0 { "Either" } else { "or" },
            html(text(part, "description"))
        );
        out.push_str(&fields(part));
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: String = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, field)| {
            let need = if required.contains(&name.as_str()) { "required" } else { "" };
            row(&[&code(name), &shape(field), need, &html(text(field, "description"))])
        })
        .collect();
    if !rows.is_empty() {
        let _ = write!(out, "<table>{rows}</table>");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|w| code(w.as_str().unwrap_or_default())).collect();
        let _ = write!(out, "<p>One of {}.</p>", words.join(", "));
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        let _ = write!(out, "<p>Text of the form {}.</p>", code(pattern));
    }
    out
}

/// A schema in a few words.
fn shape(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return link(name);
    }
    if let Some(options) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return options.iter().map(shape).collect::<Vec<_>>().join(" or ");
    }
    if let Some(value) = schema.get("const") {
        return code(&value.to_string());
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|w| code(w.as_str().unwrap_or_default())).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", shape(&schema["items"])),
        Value::String(kind) => escape(kind),
        Value::Array(kinds) => {
            let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(escape).collect();
            kinds.join(" or ")
        }
        _ => String::new(),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn link(name: &str) -> String {
    format!("<a href=\"#shape-{0}\"><code>{0}</code></a>", escape(name))
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|c| format!("<td>{c}</td>")).collect();
    format!("<tr>{cells}</tr>")
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").filter(|p| !p.trim().is_empty()).map(|p| format!("<p>{}</p>", html(p))).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
