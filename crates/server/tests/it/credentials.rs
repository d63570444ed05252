//! Credentials: one at a time, of this realm, of this tenant, and only while they last.

use insula_model::Tier;
use insula_testkit::until;
use serde_json::json;

use crate::house::{CONSOLE, House, PASSWORD, get};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_is_as_closed_as_it_can_be() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let body = json!({ "email": "owner@acme.test", "password": PASSWORD });
    let reply = house.ask(&acme.host(), "POST", "/api/v1/session").json(&body).send().await.expect(200);
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("__Host-insula=ise_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert!(!cookie.to_lowercase().contains("domain"));
    assert!(!reply.text().contains("ise_"), "the token is in the body");
    let wrong = json!({ "email": "owner@acme.test", "password": "not the password" });
    let nobody = json!({ "email": "nobody@acme.test", "password": "not the password" });
    let ask = async |body| house.ask(&acme.host(), "POST", "/api/v1/session").json(body).send().await;
    let (wrong, nobody) = (ask(&wrong).await.refused(401, "auth.credentials"), ask(&nobody).await);
    assert_eq!(wrong.seen(), nobody.seen());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_it() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let (cookie, other) = (house.owner(&acme).await, house.owner(&acme).await);
    get(&house, &acme, &cookie, "/session").await.expect(200);
    let out =
        house.ask(&acme.host(), "DELETE", "/api/v1/session").signed_in(&cookie).send().await.expect(204);
    assert!(
        out.header("set-cookie").is_some_and(|c| c.starts_with("__Host-insula=;") && c.contains("Max-Age=0"))
    );
    until("the session has ended", async || get(&house, &acme, &cookie, "/session").await.status == 401)
        .await;
    get(&house, &acme, &cookie, "/session").await.refused(401, "auth.ended");
    get(&house, &acme, &other, "/session").await.expect(200);
    // Once more changes nothing.
    house.ask(&acme.host(), "DELETE", "/api/v1/session").signed_in(&cookie).send().await.expect(204);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_credential_at_a_time() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let (cookie, key) = (house.owner(&acme).await, house.full_key(&acme).await);
    let ask = || house.ask(&acme.host(), "GET", "/api/v1/dashboards");
    ask().bearer(&key).send().await.expect(200);
    ask().bearer(&key).bearer(&key).send().await.refused(400, "auth.several");
    ask().bearer(&key).signed_in(&cookie).send().await.refused(400, "auth.several");
    ask().with("cookie", &cookie).with("cookie", &cookie).send().await.refused(400, "auth.several");
    ask().with("cookie", &format!("{cookie}; {cookie}")).send().await.refused(400, "auth.several");
    for header in ["Basic b3duZXI6cHc=", "Bearer", "Bearer ", "Bearer a b", "isk_x", "Bearer é"] {
        ask().with("authorization", header).send().await.refused(401, "auth.ended");
    }
    ask()
        .with("cookie", "insula=ise_x; __Host-insula_operator=iop_x")
        .send()
        .await
        .refused(401, "auth.required");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_opens_its_own_place_only() {
    let house = House::open().await;
    let (acme, globex) =
        (house.tenant("acme", Tier::Schema).await, house.tenant("globex", Tier::Schema).await);
    let (cookie, key) = (house.owner(&globex).await, house.full_key(&globex).await);
    get(&house, &acme, &cookie, "/session").await.refused(403, "tenant.not_yours");
    get(&house, &acme, &cookie, "/dashboards").await.refused(403, "tenant.not_yours");
    let stranger = house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&key).send().await;
    stranger.refused(403, "tenant.not_yours");
    let operator = house.platform.operator_token().to_owned();
    for token in [key.as_str(), "isk_x", "iop_x"] {
        house.ask(CONSOLE, "GET", "/api/v1/tenants").bearer(token).send().await.refused(401, "auth.ended");
    }
    house
        .ask(&acme.host(), "GET", "/api/v1/session")
        .bearer(&operator)
        .send()
        .await
        .refused(401, "auth.ended");
    // The same token under the other realm's cookie name.
    let moved = cookie.replace("__Host-insula=", "__Host-insula_operator=");
    house.ask(CONSOLE, "GET", "/api/v1/tenants").signed_in(&moved).send().await.refused(401, "auth.ended");
    // Signing out there does not end it here.
    house.ask(&acme.host(), "DELETE", "/api/v1/session").signed_in(&cookie).send().await;
    get(&house, &globex, &cookie, "/session").await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_and_a_lowered_role_count_within_a_second() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let (id, secret) = house.key(&acme, &["dashboards:read"]).await;
    let ask = async || house.ask(&acme.host(), "GET", "/api/v1/dashboards").bearer(&secret).send().await;
    ask().await.expect(200);
    house
        .ask(&acme.host(), "GET", "/api/v1/members")
        .bearer(&secret)
        .send()
        .await
        .refused(403, "auth.forbidden");
    house
        .ask(&acme.host(), "DELETE", &format!("/api/v1/api-keys/{id}"))
        .signed_in(&owner)
        .send()
        .await
        .expect(204);
    let begun = std::time::Instant::now();
    until("the key is refused", async || ask().await.status == 401).await;
    assert!(begun.elapsed().as_millis() < 1500);
    ask().await.refused(401, "auth.ended");
    let editor = house.member(&acme, "editor").await;
    let members = get(&house, &acme, &owner, "/members").await.expect(200).json();
    let them =
        members["items"].as_array().and_then(|m| m.iter().find(|m| m["role"] == "editor")).expect("them");
    let path = format!("/api/v1/members/{}", them["id"].as_str().expect("an id"));
    let lower = house.ask(&acme.host(), "PATCH", &path).signed_in(&owner).json(&json!({ "role": "viewer" }));
    lower.send().await.expect(200);
    until("the role is lower", async || {
        get(&house, &acme, &editor, "/session").await.json()["member"]["role"] == "viewer"
    })
    .await;
    house.close().await;
}
