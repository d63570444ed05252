//! A server over a platform, with tenants and people in it.

use std::net::{Ipv4Addr, SocketAddr};

use insula_model::Tier;
use insula_server::{Options, Running, Server};
use insula_testkit::{TestOptions, TestPlatform, TestTenant};
use serde_json::{Value, json};

use crate::client::{Ask, Reply};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "tarp-velvet-nineteen";
/// The console's host.
pub(crate) const CONSOLE: &str = "console.localhost";

/// What a test of pages and files needs: without it there is nothing to look at, and saying so is not enough.
pub(crate) const BUILT: &str = "the web app is built: `cargo xtask test` does it, or `npm run build` in web";

/// A server over a platform.
pub(crate) struct House {
    pub(crate) platform: TestPlatform,
    pub(crate) addr: SocketAddr,
    running: Running,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(TestOptions::default(), |_| {}).await
    }

    pub(crate) async fn open_with(test: TestOptions, change: impl FnOnce(&mut Options)) -> Self {
        let platform = TestPlatform::start_with(test).await;
        let mut options = Options::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        change(&mut options);
        let running = Server::start(platform.platform.clone(), options).await.expect("a server");
        Self { platform, addr: running.addr, running }
    }

    pub(crate) fn running(&self) -> &Running {
        &self.running
    }

    pub(crate) async fn close(self) {
        assert!(self.running.stop().await, "requests were still under way");
        self.platform.stop().await;
    }

    /// A tenant whose owner has [`PASSWORD`].
    pub(crate) async fn tenant(&self, slug: &str, tier: Tier) -> TestTenant {
        let owner = format!("owner@{slug}.test");
        let hash = self.platform.platform.owner_password(&owner, PASSWORD, &[]).await.expect("a hash");
        self.platform.tenant_with(slug, tier, |request| request.owner.password_hash = Some(hash)).await
    }

    pub(crate) fn ask(&self, host: &str, method: &str, target: &str) -> Ask {
        Ask::new(self.addr, host, method, target)
    }

    /// A request to the operators' API with the operator's token.
    pub(crate) fn console(&self, method: &str, path: &str) -> Ask {
        self.ask(CONSOLE, method, &format!("/api/v1{path}")).bearer(self.platform.operator_token())
    }

    /// Signs in and gives the cookie.
    pub(crate) async fn sign_in(&self, tenant: &TestTenant, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        self.ask(&tenant.host(), "POST", "/api/v1/session").json(&body).send().await.expect(200).cookie()
    }

    /// The owner's cookie.
    pub(crate) async fn owner(&self, tenant: &TestTenant) -> String {
        self.sign_in(tenant, &format!("owner@{}.test", tenant.slug())).await
    }

    /// Somebody with a role, by invitation: the cookie.
    pub(crate) async fn member(&self, tenant: &TestTenant, role: &str) -> String {
        let owner = self.owner(tenant).await;
        let email = format!("{role}@{}.test", tenant.slug());
        let invited = self
            .ask(&tenant.host(), "POST", "/api/v1/invitations")
            .signed_in(&owner)
            .json(&json!({ "email": email, "role": role }))
            .send()
            .await
            .expect(201)
            .json();
        let token = invited["link"].as_str().and_then(|l| l.rsplit('/').next()).expect("a link").to_owned();
        self.ask(&tenant.host(), "POST", &format!("/api/v1/invitation/{token}"))
            .json(&json!({ "name": "Somebody", "password": PASSWORD }))
            .send()
            .await
            .expect(200)
            .cookie()
    }

    /// An API key with scopes: id and secret.
    pub(crate) async fn key(&self, tenant: &TestTenant, scopes: &[&str]) -> (String, String) {
        let body = json!({ "name": "a key", "scopes": scopes, "reason": "a test needs a key" });
        let made = self.console("POST", &format!("/tenants/{}/api-keys", tenant.slug())).json(&body);
        let made = made.send().await.expect(201).json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        (text("id"), text("secret"))
    }

    /// Every scope there is.
    pub(crate) async fn full_key(&self, tenant: &TestTenant) -> String {
        let all: Vec<&str> = insula_model::Scope::ALL.iter().map(|s| s.as_str()).collect();
        self.key(tenant, &all).await.1
    }
}

/// A dashboard that shows nothing.
pub(crate) fn dashboard(name: &str) -> Value {
    json!({ "name": name, "config": { "range": { "last": "30d" }, "widgets": [], "layout": [] } })
}

/// A member's `GET`.
pub(crate) async fn get(house: &House, tenant: &TestTenant, cookie: &str, path: &str) -> Reply {
    house.ask(&tenant.host(), "GET", &format!("/api/v1{path}")).signed_in(cookie).send().await
}
