//! The same request with the same key takes effect once.

use insula_model::Tier;
use serde_json::json;

use crate::house::{House, dashboard, get};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_once() {
    let house = House::open().await;
    let body = json!({ "slug": "acme", "owner": { "email": "owner@acme.test" }, "sample_data": false });
    let ask = |body: &serde_json::Value| {
        house.console("POST", "/tenants").with("idempotency-key", "key-0001").json(body)
    };
    let (first, second) = tokio::join!(ask(&body).send(), ask(&body).send());
    let ids: Vec<String> =
        [first, second].into_iter().map(|r| r.expect(202).json()["operation"]["id"].to_string()).collect();
    assert_eq!(ids[0], ids[1]);
    let third = ask(&body).send().await.expect(202).json();
    assert_eq!(third["operation"]["id"].to_string(), ids[0]);
    let mut other = body.clone();
    other["slug"] = json!("globex");
    ask(&other).send().await.refused(409, "idempotency.reused");
    house.console("POST", "/tenants").json(&body).send().await.refused(409, "tenant.slug_taken");
    let all = house.console("GET", "/tenants").send().await.expect(200).json();
    assert_eq!(all["total"], 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tenant_makes_is_made_once() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let post = async |path: &str, key: &str, body: &serde_json::Value| {
        let ask = house.ask(&acme.host(), "POST", &format!("/api/v1{path}")).signed_in(&owner);
        ask.with("idempotency-key", key).json(body).send().await
    };
    let (made, again) = (
        post("/dashboards", "key-0001", &dashboard("one")).await.expect(201).json(),
        post("/dashboards", "key-0001", &dashboard("one")).await.expect(201).json(),
    );
    assert_eq!(made["id"], again["id"]);
    post("/dashboards", "key-0001", &dashboard("two")).await.refused(409, "idempotency.reused");
    let list = get(&house, &acme, &owner, "/dashboards").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "the first one and this one");
    let key = json!({ "name": "a key", "scopes": ["data:read"] });
    let (made, again) = (
        post("/api-keys", "key-0002", &key).await.expect(201).json(),
        post("/api-keys", "key-0002", &key).await.expect(201).json(),
    );
    assert_eq!(made["id"], again["id"]);
    assert!(made["secret"].is_string() && again["secret"].is_null(), "a secret is shown once");
    let who = json!({ "email": "new@acme.test", "role": "viewer" });
    let (made, again) = (
        post("/invitations", "key-0003", &who).await.expect(201).json(),
        post("/invitations", "key-0003", &who).await.expect(201).json(),
    );
    assert_eq!(made["id"], again["id"]);
    house.close().await;
}
