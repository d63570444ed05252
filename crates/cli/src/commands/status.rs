//! `insula status`

use serde_json::Value;

use super::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::table::facts;

pub(crate) async fn run(cx: &Context) -> Result<Exit, Failure> {
    let api = cx.api()?;
    let status = api.get("/status", &[]).await?.body;
    cx.out.result(&status, |style| {
        let at = |path: &str| status.pointer(path).map(words).unwrap_or_default();
        let mut text = facts(
            style,
            &[
                ("console", api.base().to_owned()),
                ("version", at("/version")),
                ("nodes", at("/nodes")),
                ("PostgreSQL", at("/postgres/version")),
                ("tenants", at("/tenants/by_status")),
                ("tiers", at("/tenants/by_tier")),
                ("operations", at("/operations")),
                ("jobs", at("/jobs")),
            ],
        );
        let alarms = status["alarms"].as_array().map(Vec::as_slice).unwrap_or_default();
        for alarm in alarms {
            let word = |at: &str| alarm[at].as_str().unwrap_or_default();
            let what = format!("{}: {}", word("subject"), word("detail"));
            text.push_str(&format!("\n{} {what}", style.red("✗")));
        }
        text
    });
    Ok(Exit::Done)
}

/// `{"active":3,"suspended":0}` as `3 active`.
fn words(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::Number(n) => format!("{n} {name}"),
                Value::String(text) => format!("{name} {text}"),
                Value::Object(_) => format!("{name}: {}", words(value)),
                other => format!("{name} {}", words(other)),
            })
            .collect::<Vec<_>>()
            .join(", "),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
