//! What an invitation tells, and where it leads: the tenant's own address, whoever asks under which name.

use insula_model::Tier;
use insula_testkit::{TestPlatform, each_tier};
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, get};

async fn invited(house: &House, host: &str, cookie: &str, email: &str, headers: &[(&str, &str)]) -> Value {
    let body = json!({ "email": email, "role": "viewer" });
    let mut ask = house.ask(host, "POST", "/api/v1/invitations").signed_in(cookie).json(&body);
    for (name, value) in headers {
        ask = ask.with(name, value);
    }
    ask.send().await.expect(201).json()
}

// Attack 103: links are built from the tenant's own address, not from what the request says of itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_tenants_own_address() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let evil = [
        ("x-forwarded-host", "evil.test"),
        ("x-host", "evil.test"),
        ("forwarded", "host=evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "9"),
        ("referer", "http://evil.test/"),
    ];
    let plain = invited(&house, &acme.host(), &owner, "a@x.test", &[]).await;
    let sly = invited(&house, &acme.host(), &owner, "b@x.test", &evil).await;
    for made in [plain, sly] {
        let link = made["link"].as_str().expect("a link");
        assert!(link.starts_with("http://acme.localhost:8080/invitation/"), "{link}");
    }
    let mails = house.console("GET", "/mails").send().await.expect(200).text();
    assert!(!mails.contains("evil.test"), "{mails}");
    house.close().await;
}

// Attack 97: whether an address is known somewhere else shows in nothing.
each_tier!(known_and_unknown_addresses_look_the_same, async |_: &TestPlatform, tier: Tier| {
    let house = House::open().await;
    let (acme, globex) = (house.tenant("acme", tier).await, house.tenant("globex", tier).await);
    let owner = house.owner(&acme).await;
    let seen = async |email: &str| {
        let mut reply = invited(&house, &acme.host(), &owner, email, &[]).await;
        for differs in ["id", "link", "email", "created_at", "expires_at"] {
            reply.as_object_mut().expect("an object").remove(differs);
        }
        reply
    };
    let known = seen(&format!("owner@{}.test", globex.slug())).await;
    assert_eq!(known, seen("nobody@nowhere.test").await);
    let members = get(&house, &acme, &owner, "/members").await.expect(200).text();
    assert!(!members.contains("globex"), "{members}");
    house.close().await;
});

// Attack 200: the log of who did what has nothing in it that opens anything.
#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_has_no_secret() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let (_, key) = house.key(&acme, &["dashboards:read"]).await;
    let link = invited(&house, &acme.host(), &owner, "new@x.test", &[]).await;
    let token = link["link"].as_str().and_then(|l| l.rsplit('/').next()).expect("a token").to_owned();
    let change = json!({ "current": PASSWORD, "new": "canary-umbrella-forty" });
    let changed = house.ask(&acme.host(), "PUT", "/api/v1/password").signed_in(&owner).json(&change);
    let owner_now = changed.send().await.expect(200).cookie();
    let log = get(&house, &acme, &owner_now, "/audit?limit=200").await.expect(200).text();
    let rows = "SELECT coalesce(string_agg(a::text, ' '), '') FROM tenant.audit a";
    let raw: String = house.platform.superuser().await.query_one(rows, &[]).await.expect("rows").get(0);
    let control = "SELECT coalesce(string_agg(a::text, ' '), '') FROM control.control_audit a";
    let control: String =
        house.platform.control_superuser().await.query_one(control, &[]).await.expect("rows").get(0);
    assert!(log.contains("api_key.create") && raw.contains("api_key.create"), "{log}");
    let secret = key.rsplit('_').next().expect("a secret");
    let (before, now) =
        (owner.split_once('=').expect("a cookie").1, owner_now.split_once('=').expect("a cookie").1);
    for secret in
        [secret, &token, before, now, PASSWORD, "canary-umbrella", "$argon2", house.platform.operator_token()]
    {
        for (name, text) in [("the reply", &log), ("the table", &raw), ("the operators' log", &control)] {
            assert!(!text.contains(secret), "{secret:?} is in {name}");
        }
    }
    house.close().await;
}
