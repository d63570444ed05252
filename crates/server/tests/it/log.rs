//! The log says what happened to which request, and nothing that opens anything.

use std::io::Write;
use std::sync::{Arc, Mutex};

use insula_model::Tier;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::house::{CONSOLE, House, PASSWORD, get};

/// Where the log goes.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the paper").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// On one thread, so that everything the server does writes on this test's paper.
#[tokio::test]
async fn no_secret_is_in_it() {
    let paper = Paper::default();
    let writer = paper.clone();
    let filter = "info,insula_server=trace,insula_platform=trace,insula_store=trace,insula=trace";
    let _writing = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish()
        .set_default();
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let (_, key) = house.key(&acme, &["dashboards:read", "events:write"]).await;
    house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&key).send().await.expect(200);
    let invite = json!({ "email": "new@acme.test", "role": "viewer" });
    let invited = house.ask(&acme.host(), "POST", "/api/v1/invitations").signed_in(&owner).json(&invite);
    let link = invited.send().await.expect(201).json()["link"].as_str().expect("a link").to_owned();
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let path = format!("/api/v1/invitation/{token}");
    house.ask(&acme.host(), "GET", &path).send().await.expect(200);
    house.ask(&acme.host(), "GET", &format!("/invitation/{token}?secret=canary-query")).send().await;
    let weak = json!({ "name": "N", "password": "canary-pw" });
    house.ask(&acme.host(), "POST", &path).json(&weak).send().await.refused(422, "auth.password_weak");
    let wrong = json!({ "email": "owner@acme.test", "password": "canary-wrong-password" });
    house.ask(&acme.host(), "POST", "/api/v1/session").json(&wrong).send().await.expect(401);
    let dsn = json!({ "name": "b", "region": "b", "dsn": "postgres://root:canary-dsn@127.0.0.1:1/x" });
    house.console("POST", "/cells").json(&dsn).send().await.refused(422, "cell.unusable");
    let event = json!({ "events": [{ "id": "canary-event", "dataset": "a", "at": "never" }] });
    house.ask(&acme.host(), "POST", "/api/v1/events").bearer(&key).json(&event).send().await.expect(422);
    get(&house, &acme, &owner, "/settings").await.expect(200);
    let minting = house.full_key(&acme).await;
    let first = get(&house, &acme, &owner, "/dashboards").await.expect(200).json()["items"][0]["id"].clone();
    let mint = house.ask(&acme.host(), "POST", "/api/v1/embed-tokens").bearer(&minting);
    let minted =
        mint.json(&json!({ "dashboard": first, "viewer": "canary-viewer" })).send().await.expect(201).json();
    let embed = minted["token"].as_str().expect("a token").to_owned();
    let shared = json!({ "dashboard": first, "name": "lobby" });
    let shared = house.ask(&acme.host(), "POST", "/api/v1/public-links").signed_in(&owner).json(&shared);
    let shared = shared.send().await.expect(201).json()["url"].as_str().expect("an address").to_owned();
    let link_secret = shared.rsplit('_').next().expect("a secret").to_owned();
    for path in ["/api/v1/embed", "/api/v1/embed/data"] {
        house.ask(&acme.host(), "GET", path).bearer(&embed).send().await.expect(200);
        house.ask(&acme.host(), "GET", path).bearer(&format!("{embed}x")).send().await.expect(401);
        let link = shared.split_once('#').expect("a secret").1;
        house.ask(&acme.host(), "GET", path).bearer(link).send().await.expect(200);
    }
    house.ask(CONSOLE, "GET", "/api/v1/tenants").bearer("iop_canary").send().await.expect(401);
    let operator = house.platform.operator_token().to_owned();
    house.close().await;

    let log = String::from_utf8_lossy(&paper.0.lock().expect("the paper")).into_owned();
    let line =
        log.lines().find(|l| l.contains("route=\"/api/v1/invitation/{token}\"")).expect("a line a request");
    for part in ["req_", &acme.id().to_string(), "status=200", "ms=", "realm=\"tenant\""] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    let session = owner.split_once('=').expect("a cookie").1;
    let secret = key.rsplit('_').next().expect("a secret");
    let signature = embed.rsplit('.').next().expect("a signature");
    let claims = embed.split('.').nth(1).expect("claims");
    for secret in [
        session,
        secret,
        &token,
        signature,
        claims,
        &link_secret,
        &operator,
        PASSWORD,
        "canary",
        "ise_",
        "Bearer",
    ] {
        let found = log.lines().find(|l| l.contains(secret));
        assert!(found.is_none(), "{secret:?} is in the log: {}", found.unwrap_or_default());
    }
}
