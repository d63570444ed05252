//! Health and metrics.

use std::net::{Ipv4Addr, SocketAddr};

use insula_model::Tier;
use insula_testkit::TestOptions;

use crate::client::Ask;
use crate::house::{CONSOLE, House};

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_bounded_labels() {
    let house = House::open_with(TestOptions::default(), |options| {
        options.watch = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    })
    .await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let key = house.full_key(&acme).await;
    for _ in 0..3 {
        house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&key).send().await.expect(200);
    }
    house.ask(&acme.host(), "GET", "/api/v1/invitation/secret-of-a-link").send().await;
    house.ask(&acme.host(), "GET", "/no/such/page.txt").send().await;
    house.ask(&acme.host(), "BREW", "/api/v1/dashboards").send().await;
    let watch = house.running().watch.expect("a listener");
    let text = Ask::new(watch, "anything", "GET", "/metrics").send().await.expect(200).text();
    assert!(text.contains("insula_http_requests_total"));
    assert!(text.contains("route=\"/api/v1/dashboards\"") && text.contains("realm=\"tenant\""), "{text}");
    assert!(text.contains("insula_http_request_seconds_bucket"));
    assert!(text.contains("insula_alarms{kind=\"audit\"} 0"), "{text}");
    for line in [
        "insula_cache_lookups_total{cache=\"rows\",outcome=\"miss\"}",
        "insula_cache_lookups_total{cache=\"dashboards\",outcome=\"hit\"}",
        "insula_cache_bytes{cache=\"looks\"}",
        "insula_questions{state=\"waiting\"} 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for secret in [
        acme.id().to_string(),
        acme.host(),
        "secret-of-a-link".to_owned(),
        "no/such".to_owned(),
        "BREW".to_owned(),
    ] {
        assert!(!text.contains(&secret), "{secret} is in the metrics");
    }
    Ask::new(watch, "anything", "GET", "/healthz").send().await.expect(200);
    Ask::new(watch, "anything", "GET", "/readyz").send().await.expect(200);
    assert_eq!(Ask::new(watch, CONSOLE, "GET", "/api/v1/tenants").send().await.status, 404);
    house.ask(CONSOLE, "GET", "/metrics").send().await.expect(200);
    house.ask(CONSOLE, "GET", "/readyz").send().await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_it_lives_and_is_not_ready() {
    let house = House::open().await;
    house.ask(CONSOLE, "GET", "/readyz").send().await.expect(200);
    house.platform.store().close();
    insula_testkit::until("it is not ready", async || {
        house.ask(CONSOLE, "GET", "/readyz").send().await.status == 503
    })
    .await;
    let reply = house.ask(CONSOLE, "GET", "/readyz").send().await;
    assert_eq!(reply.code(), "database.down");
    assert!(!reply.text().contains("pool"), "{}", reply.text());
    house.ask(CONSOLE, "GET", "/healthz").send().await.expect(200);
    house.close().await;
}
