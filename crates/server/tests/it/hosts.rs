//! Where a request goes is decided by its host alone, exactly.

use insula_model::Tier;
use insula_server::Network;
use insula_testkit::TestOptions;
use serde_json::json;

use crate::client::{Ask, raw};
use crate::house::{CONSOLE, House, PASSWORD, get};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_told_nothing() {
    let house = House::open().await;
    for host in
        ["nobody.localhost", "evil.test", "acme.localhost.evil.test", "127.0.0.1", "console.localhost."]
    {
        for path in ["/", "/api/v1/session", "/assets/app.js", "/docs"] {
            let reply = house.ask(host, "GET", path).send().await.refused(421, "host.unknown");
            assert!(!reply.text().contains(host), "the host is repeated: {}", reply.text());
        }
        let page = house.ask(host, "GET", "/").with("accept", "text/html").send().await.expect(421);
        assert!(page.text().contains("<h1>") && !page.text().contains(host));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_said_once_and_well() {
    let house = House::open().await;
    let send = async |text: &str| raw(house.addr, text.as_bytes()).await;
    let twice =
        "GET / HTTP/1.1\r\nhost: console.localhost\r\nhost: acme.localhost\r\nconnection: close\r\n\r\n";
    send(twice).await.refused(400, "input.path");
    let contrary =
        "GET http://acme.localhost/ HTTP/1.1\r\nhost: console.localhost\r\nconnection: close\r\n\r\n";
    send(contrary).await.refused(400, "input.path");
    let agreeing = "GET http://console.localhost/healthz HTTP/1.1\r\nhost: console.localhost\r\nconnection: close\r\n\r\n";
    send(agreeing).await.expect(200);
    send("GET / HTTP/1.0\r\n\r\n").await.refused(421, "host.unknown");
    for bad in ["console.localhost:", "console.localhost:99999", "user@console.localhost", "a b", ""] {
        let text = format!("GET /healthz HTTP/1.1\r\nhost: {bad}\r\nconnection: close\r\n\r\n");
        let reply = send(&text).await;
        assert!(matches!(reply.status, 400 | 421), "{bad:?}: {}", reply.status);
    }
    house.ask("CONSOLE.localhost:8080", "GET", "/healthz").send().await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_header_selects_a_tenant() {
    let house = House::open().await;
    let (acme, globex) =
        (house.tenant("acme", Tier::Pooled).await, house.tenant("globex", Tier::Pooled).await);
    let key = house.full_key(&acme).await;
    let mut ask = house.ask(&acme.host(), "GET", "/api/v1/settings").bearer(&key);
    for name in [
        "x-forwarded-host",
        "x-host",
        "forwarded",
        "x-tenant",
        "x-tenant-id",
        "x-original-url",
        "x-rewrite-url",
    ] {
        ask = ask.with(name, &globex.host());
    }
    assert_eq!(ask.send().await.expect(200).json()["name"], "acme");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_realm_has_its_own_api_only() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let token = house.platform.operator_token().to_owned();
    for path in ["/tenants", "/operations", "/cells", "/mails", "/status"] {
        let path = format!("/api/v1{path}");
        house.ask(&acme.host(), "GET", &path).bearer(&token).send().await.refused(404, "not_found");
        house.ask("localhost", "GET", &path).bearer(&token).send().await.refused(404, "not_found");
        house.ask(CONSOLE, "GET", &path).bearer(&token).send().await.expect(200);
    }
    let key = house.full_key(&acme).await;
    for path in ["/settings", "/members", "/dashboards", "/datasets", "/audit"] {
        let path = format!("/api/v1{path}");
        house.ask(CONSOLE, "GET", &path).bearer(&key).send().await.refused(404, "not_found");
        house.ask(&acme.host(), "GET", &path).bearer(&key).send().await.expect(200);
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        house
            .ask(&acme.host(), "GET", path)
            .with("accept", "text/plain")
            .send()
            .await
            .refused(404, "not_found");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn path_style_is_the_same_place() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let home = house.ask("localhost", "GET", "/t/acme").send().await.expect(308);
    assert_eq!(home.header("location"), Some("/t/acme/"));
    let sign_in = house
        .ask("localhost", "POST", "/t/acme/api/v1/session")
        .json(&json!({ "email": "owner@acme.test", "password": PASSWORD }))
        .send()
        .await
        .expect(200);
    let cookie = sign_in.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("insula_t=") && cookie.contains("; Path=/t/acme;"), "{cookie}");
    let me =
        house.ask("localhost", "GET", "/t/acme/api/v1/session").signed_in(&sign_in.cookie()).send().await;
    assert_eq!(me.expect(200).json()["tenant"]["id"], acme.id().to_string());
    let other = house.ask("localhost", "GET", "/t/nobody/api/v1/session").send().await.expect(404);
    let odd = house.ask("localhost", "GET", "/t/x--y/api/v1/session").send().await.expect(404);
    assert_eq!(other.seen(), odd.seen());
    house.ask("localhost", "GET", "/api/v1/session").send().await.refused(404, "not_found");
    let globex = house.tenant("globex", Tier::Pooled).await;
    let reply =
        house.ask("localhost", "GET", "/t/globex/api/v1/session").signed_in(&sign_in.cookie()).send().await;
    reply.refused(403, "tenant.not_yours");
    drop(globex);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_home_says_so_and_nothing_else() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let (cookie, key) = (house.owner(&acme).await, house.full_key(&acme).await);
    let operate = async |path: &str, body: serde_json::Value| {
        let asked =
            house.console("POST", &format!("/tenants/acme/{path}")).json(&body).send().await.expect(202);
        let id = asked.json()["id"].as_str().expect("an id").parse().expect("an operation");
        house.platform.ended(id).await
    };
    operate("suspend", json!({ "reason": "unpaid" })).await;
    let closed = async |status: u16, code: &str| {
        insula_testkit::until("the home is closed", async || {
            house.ask(&acme.host(), "GET", "/").send().await.status == status
        })
        .await;
        get(&house, &acme, &cookie, "/session").await.refused(status, code);
        house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&key).send().await.refused(status, code);
        house.ask("localhost", "GET", "/t/acme/").send().await.refused(status, code);
        let page =
            house.ask(&acme.host(), "GET", "/").with("accept", "text/html").send().await.expect(status);
        assert!(page.header("content-type").is_some_and(|t| t.starts_with("text/html")));
        assert!(page.header("content-security-policy").is_some_and(|p| p.contains("default-src 'none'")));
    };
    closed(403, "tenant.suspended").await;
    operate("resume", json!({})).await;
    insula_testkit::until("the home is open", async || {
        house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&key).send().await.status == 200
    })
    .await;
    operate("delete", json!({ "confirm": "acme" })).await;
    closed(410, "tenant.gone").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_is_being_set_up_asks_to_wait() {
    let house = House::open_with(TestOptions { workers: false, ..TestOptions::default() }, |_| {}).await;
    house.platform.ask_for_tenant("acme", Tier::Pooled, |_| {}).await;
    let reply = house.ask("localhost", "GET", "/t/acme/").send().await.refused(503, "tenant.not_ready");
    assert_eq!(reply.header("retry-after"), Some("1"));
    let page = house.ask("localhost", "GET", "/t/acme/").with("accept", "text/html").send().await.expect(503);
    assert!(page.text().contains("http-equiv=\"refresh\""));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_believed_only_if_it_is_ours() {
    let secure = |reply: &crate::client::Reply| reply.header("strict-transport-security").is_some();
    let house = House::open().await;
    let ask =
        |house: &House| Ask::new(house.addr, CONSOLE, "GET", "/healthz").with("x-forwarded-proto", "https");
    assert!(!secure(&ask(&house).send().await.expect(200)));
    house.close().await;
    let trusted: Network = "127.0.0.0/8".parse().expect("a network");
    let house = House::open_with(TestOptions::default(), |o| o.trusted_proxies = vec![trusted]).await;
    assert!(secure(&ask(&house).send().await.expect(200)));
    house.close().await;
}
