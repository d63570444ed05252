//! Every refusal is a problem, and no problem tells what it should not.

use insula_model::{Tier, problem};

use crate::house::{CONSOLE, House};

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_has_all_its_parts() {
    let house = House::open().await;
    let reply = house.ask(CONSOLE, "GET", "/api/v1/nothing").with("x-request-id", "req_mine").send().await;
    let body = reply.clone().refused(404, "not_found").json();
    assert_eq!(body["type"], "/docs/problems/not_found");
    assert_eq!(body["status"], 404);
    let id = body["instance"].as_str().expect("an id");
    assert!(id.starts_with("req_") && id != "req_mine" && id.len() == 30, "{id}");
    assert_eq!(reply.header("x-request-id"), Some(id));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let nobody = house.ask(CONSOLE, "GET", "/api/v1/tenants").send().await.refused(401, "auth.required");
    assert!(nobody.header("www-authenticate").is_some_and(|w| w.starts_with("Bearer")));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_has_its_page_in_every_realm() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    for host in [CONSOLE, "localhost", acme.host().as_str()] {
        let list = house.ask(host, "GET", "/docs/problems").send().await.expect(200).text();
        for entry in problem::ALL {
            assert!(list.contains(entry.code));
        }
        house.ask(host, "GET", "/docs/problems/nonsense").send().await.refused(404, "not_found");
    }
    for entry in problem::ALL {
        let page =
            house.ask(CONSOLE, "GET", &format!("/docs/problems/{}", entry.code)).send().await.expect(200);
        assert!(page.text().contains(entry.code));
        assert!(!page.text().contains("<script"));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_inside_stays_inside() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Database).await;
    let key = house.full_key(&acme).await;
    // The tenant's database goes away under the server.
    let root = house.platform.superuser_in("postgres").await;
    let database = &acme.record.placement.database;
    root.batch_execute(&format!("DROP DATABASE {database} WITH (FORCE)")).await.expect("dropped");
    let reply = once_missed(&house, &acme.host(), &key).await;
    assert!(reply.status >= 500, "{}", reply.text());
    let text = reply.text().to_lowercase();
    for word in
        [database.as_str(), "insula_app", "postgres", "select", "does not exist", "fatal", "terminating"]
    {
        assert!(!text.contains(&word.to_lowercase()), "{word:?} is in {text}");
    }
    house.close().await;
}

/// The credential is believed for a moment; then the database is asked.
async fn once_missed(house: &House, host: &str, key: &str) -> crate::client::Reply {
    insula_testkit::until("the database is missed", async || {
        house.ask(host, "GET", "/api/v1/settings").bearer(key).send().await.status >= 500
    })
    .await;
    house.ask(host, "GET", "/api/v1/settings").bearer(key).send().await
}
