//! Changes are taken from this host's own pages only.

use insula_model::Tier;
use serde_json::json;

use crate::house::{CONSOLE, House, PASSWORD, dashboard};

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_alone_changes_nothing() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let cookie = house.owner(&acme).await;
    let post = || {
        house.ask(&acme.host(), "POST", "/api/v1/dashboards").with("cookie", &cookie).json(&dashboard("mine"))
    };
    post().send().await.refused(403, "auth.cross_site");
    for (name, value) in [
        ("origin", "http://evil.test"),
        ("origin", "http://globex.localhost"),
        ("origin", "http://acme.localhost:9"),
        ("origin", "https://acme.localhost"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("referer", "http://acme.localhost/"),
    ] {
        post().with(name, value).send().await.refused(403, "auth.cross_site");
    }
    let both = post().with("origin", "http://acme.localhost").with("sec-fetch-site", "cross-site");
    both.send().await.refused(403, "auth.cross_site");
    post().with("origin", "http://acme.localhost").send().await.expect(201);
    post().with("sec-fetch-site", "same-origin").send().await.expect(201);
    let list = house.ask(&acme.host(), "GET", "/api/v1/dashboards").with("cookie", &cookie);
    let list = list.with("sec-fetch-site", "cross-site").send().await.expect(200).json();
    assert_eq!(
        list["items"].as_array().map(Vec::len),
        Some(3),
        "the first one and the two that were allowed"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_from_elsewhere() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let body = json!({ "email": "owner@acme.test", "password": PASSWORD });
    for host in [acme.host().as_str(), CONSOLE] {
        let ask = house.ask(host, "POST", "/api/v1/session").with("origin", "http://evil.test").json(&body);
        ask.send().await.refused(403, "auth.cross_site");
    }
    let reply =
        house.ask(&acme.host(), "GET", "/api/v1/dashboards").with("origin", "http://evil.test").send().await;
    assert!(!reply.headers.iter().any(|(n, _)| n.starts_with("access-control-")), "{:?}", reply.headers);
    house.close().await;
}
