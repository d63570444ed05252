//! One tenant's life over HTTP, in every tier: from being asked for to what its people do with it.

use insula_testkit::{TestOptions, TestPlatform, each_tier};
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, get};

/// A picture of one pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf,
    0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae,
    0x42, 0x60, 0x82,
];

async fn whole_life(tier: insula_model::Tier) {
    let house = House::open_with(TestOptions::default(), |_| {}).await;
    let taken = house.console("GET", "/tenants/check-slug?slug=acme").send().await.expect(200).json();
    assert_eq!(taken["available"], true);
    let body = json!({ "slug": "acme", "name": "Acme Air", "tier": tier.as_str(), "sample_data": true,
                       "owner": { "email": "owner@acme.test", "name": "Olga", "password": PASSWORD } });
    let made = house.console("POST", "/tenants").json(&body).send().await.expect(202).json();
    assert_eq!(made["tenant"]["slug"], "acme");
    let operation = made["operation"]["id"].as_str().expect("an id").to_owned();
    let done = house.platform.ended(operation.parse().expect("an operation")).await;
    assert_eq!(done.status.as_str(), "succeeded", "{:?}", done.error);
    let shown = house.console("GET", &format!("/operations/{operation}")).send().await.expect(200).json();
    assert_eq!((&shown["progress"], &shown["tenant"]["slug"]), (&json!(1.0), &json!("acme")));
    assert!(shown["steps"].as_array().is_some_and(|s| s.iter().all(|s| s["status"] == "done")), "{shown}");
    let viewed = house.console("GET", "/tenants/acme").send().await.expect(200);
    assert_eq!(viewed.json()["placement"]["tier"], tier.as_str());
    let tag = viewed.header("etag").expect("a version").to_owned();
    let patch = || house.console("PATCH", "/tenants/acme").json(&json!({ "plan": "growth" }));
    patch().send().await.refused(428, "version.required");
    patch().with("if-match", "\"99\"").send().await.refused(412, "version.stale");
    let patched = patch().with("if-match", &tag).send().await.expect(200).json();
    assert_eq!(patched["plan"], "growth");
    patch().with("if-match", &tag).send().await.refused(412, "version.stale");

    let id = made["tenant"]["id"].as_str().expect("an id").parse().expect("a tenant");
    let acme = house.platform.known_tenant(id).await;
    let owner = house.owner(&acme).await;
    let me = get(&house, &acme, &owner, "/session").await.expect(200).json();
    assert_eq!((&me["member"]["name"], &me["tenant"]["sample_data"]), (&json!("Olga"), &json!(true)));
    let ask = |method: &str, path: &str| {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).signed_in(&owner)
    };

    // The first dashboard, with numbers in it, and nothing again if nothing changed.
    let list = ask("GET", "/dashboards").send().await.expect(200).json();
    let first = list["items"].as_array().and_then(|l| l.iter().find(|d| d["default"] == true)).expect("one");
    let path = format!("/dashboards/{}", first["id"].as_str().expect("an id"));
    let data = ask("GET", &format!("{path}/data?last=90d")).send().await.expect(200);
    let widgets = data.json()["widgets"].as_array().cloned().expect("widgets");
    assert!(!widgets.is_empty() && widgets.iter().all(|w| w["problem"].is_null()), "{}", data.text());
    let tag = data.header("etag").expect("a tag").to_owned();
    let same =
        ask("GET", &format!("{path}/data?last=90d")).with("if-none-match", &tag).send().await.expect(304);
    assert!(same.body.is_empty());
    ask("GET", &format!("{path}/data?last=90x")).send().await.refused(422, "input.invalid");

    // Changing it, knowing what one changes.
    let dashboard = ask("GET", &path).send().await.expect(200);
    let version = dashboard.header("etag").expect("a version").to_owned();
    let put = json!({ "name": "Mine", "description": null, "config": dashboard.json()["config"] });
    ask("PUT", &path).json(&put).send().await.refused(428, "version.required");
    ask("PUT", &path).with("if-match", "*").json(&put).send().await.refused(412, "version.stale");
    ask("PUT", &path).with("if-match", &version).json(&put).send().await.expect(200);
    ask("PUT", &path).with("if-match", &version).json(&put).send().await.refused(412, "version.stale");

    // Events in, an answer out.
    let event = |id: &str, n: f64| {
        json!({ "id": id, "dataset": "flights", "at": "2026-01-15T12:00:00Z", "measures": { "distance": n },
                "dimensions": { "origin": "EWR" } })
    };
    let batch = json!({ "events": [event("a", 1.5), event("b", 2.0), { "id": "", "dataset": "flights" }] });
    let receipt = ask("POST", "/events").json(&batch).send().await.expect(200).json();
    assert_eq!((&receipt["accepted"], &receipt["rejected"][0]["index"]), (&json!(2), &json!(2)));
    let wrong = json!({ "events": [{ "id": "x" }] });
    ask("POST", "/events").json(&wrong).send().await.refused(422, "events.none_accepted");
    let question = json!({ "question": { "dataset": "flights", "measures": [{ "agg": "sum", "measure": "distance" }] },
                           "range": { "from": "2026-01-01", "to": "2026-02-01" } });
    let answer = ask("POST", "/questions/ask").json(&question).send().await.expect(200).json();
    assert_eq!(answer["data"][0][0], 3.5, "{answer}");
    let declared = json!({ "label": "Flights" });
    ask("PUT", "/datasets/flights").json(&declared).send().await.refused(428, "version.required");
    let there = ask("GET", "/datasets/flights").send().await.expect(200);
    let tag = there.header("etag").expect("a version").to_owned();
    ask("PUT", "/datasets/flights").with("if-match", &tag).json(&declared).send().await.expect(200);
    ask("PUT", "/datasets/orders").json(&json!({})).send().await.expect(201);

    settings(&house, &acme, &owner).await;

    let gone = ask("DELETE", "/sample-data").send().await.expect(200).json();
    assert!(gone["events"].as_u64().is_some_and(|n| n > 0), "{gone}");
    assert_eq!(ask("DELETE", "/datasets/flights").send().await.expect(200).json()["events"], 2);
    let usage = house.console("GET", "/tenants/acme/usage").send().await.expect(200).json();
    assert_eq!((&usage["datasets"], &usage["members"]), (&json!(1), &json!(1)), "{usage}");
    assert!(usage["schema_version"].as_i64().is_some_and(|v| v > 0), "{usage}");

    let log = ask("GET", "/audit?limit=200").send().await.expect(200).json();
    let did = |action: &str| log["items"].as_array().is_some_and(|l| l.iter().any(|e| e["action"] == action));
    for action in ["dashboard.update", "settings.update", "sample.delete", "dataset.delete"] {
        assert!(did(action), "{action} is not in {log}");
    }
    let verdict = ask("GET", "/audit/verify").send().await.expect(200).json();
    assert_eq!(verdict["ok"], true, "{verdict}");
    let theirs = house.console("GET", "/tenants/acme/audit?limit=200").send().await.expect(200).json();
    let (look, before) = (&theirs["items"][0], &theirs["items"][1]);
    assert_eq!(before["seq"], log["items"][0]["seq"], "counting left no row");
    assert_eq!((&look["action"], &look["actor"]["kind"]), (&json!("audit.view"), &json!("operator")));
    assert!(look["reason"].is_string(), "{look}");
    house.close().await;
}

async fn settings(house: &House, acme: &insula_testkit::TestTenant, owner: &str) {
    let ask = |method: &str, path: &str| house.ask(&acme.host(), method, path).signed_in(owner);
    let seen = ask("GET", "/api/v1/settings").send().await.expect(200);
    let tag = seen.header("etag").expect("a version").to_owned();
    let red = json!({ "branding": { "accent": "#aa0000" } });
    ask("PATCH", "/api/v1/settings").json(&red).send().await.refused(428, "version.required");
    let changed = ask("PATCH", "/api/v1/settings").with("if-match", &tag).json(&red).send().await.expect(200);
    assert_eq!(changed.json()["branding"]["accent"], "#aa0000");
    for accent in ["red", "#aa0000;}", "url(javascript:alert(1))", "#aaa"] {
        let tag = changed.header("etag").expect("a version").to_owned();
        let sly = json!({ "branding": { "accent": accent } });
        let reply = ask("PATCH", "/api/v1/settings").with("if-match", &tag).json(&sly).send().await;
        assert_eq!(reply.status, 422, "{accent}");
    }
    ask("GET", "/brand/logo").send().await.refused(404, "not_found");
    let put = |bytes: &[u8]| ask("PUT", "/api/v1/settings/logo").bytes("image/png", bytes);
    put(b"<svg onload=alert(1)>").send().await.refused(422, "branding.logo");
    put(&vec![0; 300 * 1024]).send().await.refused(413, "input.too_large");
    let with_logo: Value = put(PIXEL).send().await.expect(200).json();
    let url = with_logo["branding"]["logo_url"].as_str().expect("an address").to_owned();
    let logo = house.ask(&acme.host(), "GET", &url).send().await.expect(200);
    assert_eq!(logo.header("content-type"), Some("image/png"));
    assert_eq!(logo.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(logo.header("x-content-type-options"), Some("nosniff"));
    let tag = logo.header("etag").expect("a tag").to_owned();
    house.ask(&acme.host(), "GET", &url).with("if-none-match", &tag).send().await.expect(304);
    ask("DELETE", "/api/v1/settings/logo").send().await.expect(200);
    house.ask(&acme.host(), "GET", &url).send().await.refused(404, "not_found");
}

each_tier!(life, async |_: &TestPlatform, tier| whole_life(tier).await);

#[tokio::test(flavor = "multi_thread")]
async fn cells_mails_and_numbers() {
    let house = House::open().await;
    house.tenant("acme", insula_model::Tier::Pooled).await;
    let cells = house.console("GET", "/cells").send().await.expect(200).json();
    assert_eq!((&cells["items"][0]["name"], &cells["items"][0]["pooled"]), (&json!("local"), &json!(1)));
    let same = json!({ "name": "again", "region": "local", "dsn": insula_testkit::superuser_url() });
    house.console("POST", "/cells").json(&same).send().await.refused(422, "cell.unusable");
    let nonsense = json!({ "name": "again", "region": "local", "dsn": "http://169.254.169.254/" });
    house.console("POST", "/cells").json(&nonsense).send().await.refused(422, "input.invalid");
    let status = house.console("GET", "/status").send().await.expect(200).json();
    assert_eq!(
        (&status["tenants"]["by_status"]["active"], &status["operations"]["stuck"]),
        (&json!(1), &json!(0))
    );
    house.console("GET", "/mails").send().await.expect(200);
    let session = house.console("GET", "/session").send().await.expect(200).json();
    assert_eq!(session["installation"]["tenants"], 1);
    house
        .console("GET", "/operations?kind=tenant.provision&tenant=acme&status=succeeded")
        .send()
        .await
        .expect(200);
    house.console("GET", "/operations?status=nonsense").send().await.refused(422, "input.invalid");
    house.console("GET", "/operations?tenant=nobody").send().await.refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_publish_what_a_tenant_has_and_the_tenant_hears_of_it() {
    let house = House::open().await;
    let acme = house.tenant("acme", insula_model::Tier::Schema).await;
    let key = house.full_key(&acme).await;
    let empty =
        json!({ "name": "Ours", "config": { "range": { "last": "30d" }, "widgets": [], "layout": [] } });
    let made = house.ask(&acme.host(), "POST", "/api/v1/dashboards").bearer(&key).json(&empty).send().await;
    let id = made.expect(201).json()["id"].as_str().expect("an id").to_owned();

    let why = "reason=For%20everybody";
    let all =
        house.console("GET", &format!("/tenants/acme/dashboards?{why}")).send().await.expect(200).json();
    let names: Vec<_> = all["items"].as_array().expect("items").iter().map(|d| &d["name"]).collect();
    assert!(names.contains(&&json!("Ours")), "{all}");
    let one = format!("/tenants/acme/dashboards/{id}");
    let seen = house.console("GET", &format!("{one}?{why}")).send().await.expect(200).json();
    assert_eq!((&seen["name"], &seen["config"]["range"]["last"]), (&json!("Ours"), &json!("30d")));
    house.console("GET", &format!("{one}?reason=short")).send().await.refused(422, "support.reason");
    let nowhere = house.console("GET", &format!("/tenants/nobody/dashboards/{id}?{why}")).send().await;
    nowhere.refused(404, "not_found");
    let nothing = house.console("GET", &format!("/tenants/acme/dashboards/nothing?{why}")).send().await;
    nothing.refused(404, "not_found");
    let log = house.ask(&acme.host(), "GET", "/api/v1/audit").bearer(&key).send().await.expect(200).json();
    let looks: Vec<_> = log["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|e| e["action"] == "dashboard.view" && e["reason"] == "For everybody")
        .collect();
    assert_eq!(looks.len(), 2, "{log}");

    // Published, changed and published again: each version is there.
    let template = json!({ "name": "For all", "config": seen["config"], "target": { "to": "all" } });
    let made = house.console("POST", "/templates").json(&template).send().await.expect(201).json();
    let path = format!("/templates/{}", made["id"].as_str().expect("an id"));
    let again = house.console("PUT", &path).with("if-match", "\"1\"").json(&template).send().await;
    again.expect(200);
    let first = house.console("GET", &format!("{path}/versions?limit=1")).send().await.expect(200).json();
    assert_eq!(
        (&first["items"][0]["version"], first["items"].as_array().map(Vec::len)),
        (&json!(2), Some(1))
    );
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let rest = house.console("GET", &format!("{path}/versions?limit=1&cursor={cursor}")).send().await;
    assert_eq!(rest.expect(200).json()["items"][0]["version"], 1);
    let one = house.console("GET", &format!("{path}/versions/1")).send().await.expect(200).json();
    assert_eq!(one["config"], seen["config"]);
    house.console("GET", &format!("{path}/versions/3")).send().await.refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_tenants_that_are_closed() {
    let house = House::open().await;
    house.tenant("acme", insula_model::Tier::Schema).await;
    for (verb, body) in [("suspend", json!({})), ("delete", json!({ "confirm": "acme" }))] {
        let asked =
            house.console("POST", &format!("/tenants/acme/{verb}")).json(&body).send().await.expect(202);
        let id = asked.json()["id"].as_str().expect("an id").parse().expect("an operation");
        assert_eq!(house.platform.ended(id).await.status.as_str(), "succeeded");
        house.console("GET", "/tenants/acme/usage").send().await.expect(200);
        let short = house.console("GET", "/tenants/acme/audit?reason=short").send().await;
        short.refused(422, "support.reason");
        let log = house.console("GET", "/tenants/acme/audit?reason=They%20asked%20us%20to").send().await;
        assert!(log.expect(200).json()["items"][0]["reason"].is_string());
        let page = house.console("GET", "/tenants/acme").send().await.expect(200).json();
        assert_ne!(page["status"], "active");
        let changes = house.console("GET", "/tenants/acme/operations").send().await.expect(200).json();
        assert_eq!(changes["items"][0]["kind"], format!("tenant.{verb}"));
        let again = house.console("POST", &format!("/tenants/acme/{verb}")).json(&body).send().await;
        again.refused(409, "tenant.status");
    }
    house.close().await;
}
