//! Attack 107: a name that was somebody's and becomes somebody else's. What opened the first tenant opens nothing of the
//! second.

use insula_model::Tier;
use insula_testkit::{TestPlatform, each_tier};
use jiff::SignedDuration;
use serde_json::json;

use crate::house::{House, get};

each_tier!(
    a_name_that_was_somebodys_opens_nothing_of_its_next_owner,
    async |_: &TestPlatform, tier: Tier| {
        let house = House::open().await;
        let acme = house.tenant("acme", tier).await;
        let (cookie, key) = (house.owner(&acme).await, house.full_key(&acme).await);
        let body = json!({ "email": "late@acme.test", "role": "admin" });
        let invited = house.ask(&acme.host(), "POST", "/api/v1/invitations").signed_in(&cookie).json(&body);
        let link = invited.send().await.expect(201).json()["link"].as_str().expect("a link").to_owned();
        let token = link.rsplit('/').next().expect("a token").to_owned();

        let erase =
            house.console("POST", "/tenants/acme/delete").json(&json!({ "confirm": "acme", "now": true }));
        let id = erase.send().await.expect(202).json()["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an operation");
        assert_eq!(house.platform.ended(id).await.status.as_str(), "succeeded");
        // It is kept for a while, so that old links lead nowhere.
        let again = json!({ "slug": "acme", "owner": { "email": "o@other.test" }, "sample_data": false });
        let taken = house.console("POST", "/tenants").json(&again).send().await.expect(409);
        assert_eq!(taken.code(), "tenant.slug_taken");

        house.platform.clock.advance(SignedDuration::from_hours(24 * 200));
        let next = house.tenant("acme", tier).await;
        assert_ne!(next.id(), acme.id());
        insula_testkit::until("the new home is known", async || {
            house.ask(&next.host(), "GET", "/api/v1/session").send().await.status == 401
        })
        .await;
        for path in ["/session", "/settings", "/dashboards", "/members"] {
            let old = get(&house, &next, &cookie, path).await;
            assert!(matches!(old.status, 401 | 403), "{path}: {} {}", old.status, old.text());
            let old = house.ask(&next.host(), "GET", &format!("/api/v1{path}")).bearer(&key).send().await;
            assert!(matches!(old.status, 401 | 403), "{path}: {} {}", old.status, old.text());
        }
        let old = house.ask(&next.host(), "GET", &format!("/api/v1/invitation/{token}")).send().await;
        assert!(old.status >= 400, "{} {}", old.status, old.text());
        house.close().await;
    }
);
