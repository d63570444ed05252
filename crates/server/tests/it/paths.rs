//! One spelling for every address.

use insula_model::Tier;
use serde_json::json;

use crate::client::raw;
use crate::house::{House, dashboard, get};

#[tokio::test(flavor = "multi_thread")]
async fn second_spellings_are_refused_before_routing() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let key = house.full_key(&acme).await;
    for path in [
        "//api/v1/dashboards",
        "/api//v1/dashboards",
        "/api/v1/dashboards//",
        "/api/./v1/dashboards",
        "/api/v1/../v1/dashboards",
        "/api/v1/dashboards/..",
        "/api/%76%31/dashboards",
        "/api/v1/dashboards%2f",
        "/api/v1/dashboards/%2e%2e/datasets",
        "/api/v1/dashboards/..%2fdatasets",
        "/api/v1/dashboards;x=1",
        "/api/v1/dashboards/..;/datasets",
        "/api/v1/dashboards%3bx",
        "/api/v1\\dashboards",
        "/api/v1%5cdashboards",
        "/api/v1/dashboards%00",
        "/api/v1/dashboards%0d%0aset-cookie:%20a=b",
        "/api/v1/dashboards/%252e%252e",
        "/api/v1/dashboards?x=%00",
        "/api/v1/dashboards?x=%0a",
    ] {
        let reply = house.ask(&acme.host(), "GET", path).bearer(&key).send().await;
        // What even the parser refuses has no problem; it has no data either.
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        assert!(reply.body.is_empty() || reply.code() == "input.path", "{path}: {}", reply.text());
    }
    for path in ["/t/acme/../globex/api/v1/session", "/t/acme%2f..%2fglobex/", "/t/acme%00/", "/t/..;/acme/"]
    {
        house.ask("localhost", "GET", path).send().await.refused(400, "input.path");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn case_slashes_and_queries_are_exact() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let key = house.full_key(&acme).await;
    let ask = |method: &str, path: &str| house.ask(&acme.host(), method, path).bearer(&key);
    for path in [
        "/API/v1/dashboards",
        "/api/V1/dashboards",
        "/api/v1/Dashboards",
        "/api/v1/dashboards/",
        "/api/v2/dashboards",
    ] {
        ask("GET", path).send().await.refused(404, "not_found");
    }
    ask("GET", "/api/v1/audit?limit=1").send().await.expect(200);
    for query in ["?limit=0", "?limit=201", "?limit=x", "?limit=-1", "?limit=1&limit=2", "?nonsense=1"] {
        ask("GET", &format!("/api/v1/audit{query}")).send().await.refused(422, "input.invalid");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_method_is_the_one_of_the_request_line() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let made = house.ask(&acme.host(), "POST", "/api/v1/dashboards").signed_in(&owner);
    let made = made.json(&dashboard("mine")).send().await.expect(201).json();
    let path = format!("/dashboards/{}", made["id"].as_str().expect("an id"));
    let full = format!("/api/v1{path}");
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let sly = house.ask(&acme.host(), "GET", &full).signed_in(&owner).with(name, "DELETE");
        sly.send().await.expect(200);
        let sly =
            house.ask(&acme.host(), "POST", &full).signed_in(&owner).with(name, "DELETE").json(&json!({}));
        let refused = sly.send().await.refused(405, "method.not_allowed");
        let allowed = refused.header("allow").expect("the methods").to_owned();
        assert!(allowed.contains("GET") && allowed.contains("PUT") && !allowed.contains("POST"), "{allowed}");
    }
    house
        .ask(&acme.host(), "GET", &format!("{full}?_method=DELETE"))
        .signed_in(&owner)
        .send()
        .await
        .expect(200);
    for method in ["TRACE", "OPTIONS", "PROPFIND", "delete"] {
        let reply = house.ask(&acme.host(), method, &full).send().await;
        assert!(matches!(reply.status, 400 | 405), "{method}: {}", reply.status);
    }
    get(&house, &acme, &owner, &path).await.expect(200);
    let text =
        format!("CONNECT evil.test:443 HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", acme.host());
    let reply = raw(house.addr, text.as_bytes()).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    house.close().await;
}
