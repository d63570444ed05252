//! The JSON Schema of a dashboard as it is written in a file or sent: for editors, and for programs that make dashboards.
//!
//! What must always hold: it never refuses what the server accepts, and it refuses everything that can be seen in one place
//! of the text (unknown fields, words that are none, numbers out of bounds). What two places say together (overlaps, a
//! widget without a place) only the server sees. Both are tested in `dashboard_schema_tests.rs`.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::dashboard::{COLUMNS, DashboardInput, MAX_GRID_ROWS, MAX_WIDGETS};
use crate::dashboard_version::MAX_NOTE_CHARS;
use crate::question::{MAX_BY, MAX_FILTERS, MAX_MEASURES, MAX_ROWS, MAX_VALUE_CHARS, MAX_VALUES};

/// Where it is published, at every address.
pub const DASHBOARD_SCHEMA_PATH: &str = "/docs/schemas/dashboard.json";

/// Where references of the API's description lead.
const COMPONENTS: &str = "#/components/schemas/";

#[derive(OpenApi)]
#[openapi(components(schemas(DashboardInput)))]
struct Shapes;

/// The schema, in JSON Schema's edition 2020-12.
#[must_use]
pub fn dashboard_schema() -> Value {
    let mut api = serde_json::to_value(Shapes::openapi()).unwrap_or_default();
    let mut shapes = api["components"]["schemas"].take();
    rewrite(&mut shapes);
    for (pointer, bounds) in bounds() {
        let shape = shapes.pointer_mut(pointer).and_then(Value::as_object_mut);
        if let (Some(shape), Value::Object(bounds)) = (shape, bounds) {
            shape.extend(bounds);
        }
    }
    alternatives(&mut shapes);
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A dashboard",
        "$ref": "#/$defs/DashboardInput",
    });
    root["$defs"] = shapes;
    root
}

/// References lead into `$defs`, and alternatives are closed: the server refuses fields that it does not know in them, too.
fn rewrite(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref")
                && let Some(name) = target.strip_prefix(COMPONENTS)
            {
                *target = format!("#/$defs/{name}");
            }
            for name in ["oneOf", "anyOf"] {
                let options = fields.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten();
                options.filter_map(Value::as_object_mut).for_each(close);
            }
            fields.values_mut().for_each(rewrite);
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        _ => {}
    }
}

fn close(option: &mut Map<String, Value>) {
    if option.contains_key("properties") {
        option.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

/// What the types do not say and the server checks: the same constants as there.
fn bounds() -> Vec<(&'static str, Value)> {
    let name = || json!({ "minLength": 1, "maxLength": 80 });
    vec![
        ("/DashboardInput/properties/name", name()),
        ("/DashboardInput/properties/description", json!({ "maxLength": 500 })),
        ("/DashboardInput/properties/note", json!({ "maxLength": MAX_NOTE_CHARS })),
        ("/DashboardConfig/properties/widgets", json!({ "maxItems": MAX_WIDGETS })),
        ("/DashboardConfig/properties/layout", json!({ "maxItems": MAX_WIDGETS })),
        ("/Place/properties/x", json!({ "maximum": COLUMNS - 1 })),
        ("/Place/properties/y", json!({ "maximum": MAX_GRID_ROWS - 1 })),
        ("/Place/properties/w", json!({ "minimum": 1, "maximum": COLUMNS })),
        ("/Place/properties/h", json!({ "minimum": 1, "maximum": MAX_GRID_ROWS })),
        ("/Question/properties/measures", json!({ "minItems": 1, "maxItems": MAX_MEASURES })),
        ("/Question/properties/by", json!({ "maxItems": MAX_BY, "uniqueItems": true })),
        ("/Question/properties/filters", json!({ "maxItems": MAX_FILTERS })),
        ("/Question/properties/limit", json!({ "minimum": 1, "maximum": MAX_ROWS })),
        ("/Aggregate/properties/as", json!({ "pattern": "^[a-z][a-z0-9_]{0,39}$" })),
        ("/Sort/properties/index", json!({ "maximum": 255 })),
        ("/Last", json!({ "pattern": "^([1-9][0-9]{0,3}[hdwmy]|today|mtd|ytd|all)$" })),
        ("/Edge", json!({ "pattern": "^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}([Tt ].+)?$" })),
        (
            "/Range",
            json!({ "oneOf": [
                { "required": ["last"], "properties": { "last": { "type": "string" }, "from": { "type": "null" }, "to": { "type": "null" } } },
                { "required": ["from", "to"],
                  "properties": { "from": { "type": "string" }, "to": { "type": "string" }, "last": { "type": "null" } } },
            ] }),
        ),
    ]
}

/// The same for every kind of widget and of filter, also for those that are new.
fn alternatives(shapes: &mut Value) {
    let options = |shapes: &mut Value, name: &str, bind: fn(&mut Map<String, Value>)| {
        let options = shapes[name]["oneOf"].as_array_mut().into_iter().flatten();
        options.filter_map(|o| o["properties"].as_object_mut()).for_each(bind);
    };
    options(shapes, "Widget", |fields| {
        bind(fields, "id", json!({ "pattern": "^[a-z0-9_-]{1,40}$" }));
        bind(fields, "title", json!({ "minLength": 1, "maxLength": 80 }));
    });
    options(shapes, "Filter", |fields| {
        let text = fields.get("value").is_some_and(|v| v["type"] == "string");
        if text {
            bind(fields, "value", json!({ "minLength": 1, "maxLength": MAX_VALUE_CHARS }));
        }
        bind(fields, "values", json!({ "minItems": 1, "maxItems": MAX_VALUES }));
        if let Some(values) = fields.get_mut("values").and_then(Value::as_object_mut) {
            bind(values, "items", json!({ "maxLength": MAX_VALUE_CHARS }));
        }
    });
}

fn bind(fields: &mut Map<String, Value>, name: &str, bounds: Value) {
    if let (Some(Value::Object(field)), Value::Object(bounds)) = (fields.get_mut(name), bounds) {
        field.extend(bounds);
    }
}

#[cfg(test)]
#[path = "dashboard_schema_tests.rs"]
mod tests;
