//! The descriptions of the APIs: complete, consistent, committed, served.

use std::collections::BTreeSet;
use std::path::Path;

use insula_model::Tier;
use serde_json::Value;

use crate::house::{CONSOLE, House};

pub(crate) fn both() -> [(&'static str, Value); 2] {
    let value = |api| serde_json::to_value(api).expect("JSON");
    [
        ("tenant", value(insula_server::openapi_tenant())),
        ("operator", value(insula_server::openapi_operator())),
    ]
}

/// Every operation: path, method, itself.
pub(crate) fn operations(api: &Value) -> Vec<(String, String, Value)> {
    let paths = api["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("an item");
            item.iter().map(move |(method, op)| (path.clone(), method.clone(), op.clone()))
        })
        .collect()
}

#[test]
fn the_committed_files_are_up_to_date() {
    for (realm, api) in both() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../openapi/{realm}.json"));
        let committed = std::fs::read_to_string(&file).expect("the committed description");
        let committed: Value = serde_json::from_str(&committed).expect("JSON");
        assert_eq!(
            committed, api,
            "openapi/{realm}.json is stale: run `cargo xtask gen` and look at the difference"
        );
    }
}

#[test]
fn every_operation_is_described_alike() {
    for (realm, api) in both() {
        assert_eq!(api["openapi"], "3.1.0");
        let mut ids = BTreeSet::new();
        for (path, method, op) in operations(&api) {
            let at = format!("{realm}: {method} {path}");
            assert!(path.starts_with("/api/v1/"), "{at}");
            let id = op["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{at}: {id} stands twice");
            assert!(op["summary"].as_str().is_some_and(|s| !s.is_empty()), "{at}: no summary");
            assert!(op["tags"][0].is_string(), "{at}: no tag");
            assert!(
                op["responses"]["default"]["content"]["application/problem+json"].is_object(),
                "{at}: no problem"
            );
            let named = |name: &str| {
                op["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == name))
            };
            assert_eq!(named("Idempotency-Key"), method == "post", "{at}: the idempotency key");
            for parameter in path.split('{').skip(1).filter_map(|p| p.split('}').next()) {
                assert!(named(parameter), "{at}: {parameter} is not described");
            }
        }
        let text = api.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|t| t.split('"').next()) {
            assert!(api["components"]["schemas"][name].is_object(), "{realm}: {name} is not there");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn description_and_reference_are_served() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let [(_, tenant), (_, operator)] = both();
    for (host, api) in [(acme.host(), tenant), (CONSOLE.to_owned(), operator)] {
        let served = house.ask(&host, "GET", "/api/v1/openapi.json").send().await.expect(200);
        assert_eq!(served.json(), api);
        let tag = served.header("etag").expect("a tag").to_owned();
        let again = house.ask(&host, "GET", "/api/v1/openapi.json").with("if-none-match", &tag).send().await;
        assert!(again.expect(304).body.is_empty());
        let page = house.ask(&host, "GET", "/docs").with("accept", "text/html").send().await.expect(200);
        for (_, _, op) in operations(&api) {
            let id = op["operationId"].as_str().expect("an id");
            assert!(page.text().contains(&format!("id=\"{id}\"")), "{id} is not in the reference");
        }
        assert!(
            !page.text().contains("<script") && !page.text().contains("http://"),
            "the page stands alone"
        );
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("style-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let style = house.ask(&host, "GET", "/docs/style.css").send().await.expect(200);
        assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    }
    house.close().await;
}
