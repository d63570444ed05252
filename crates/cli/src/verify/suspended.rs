//! A tenant that is suspended: nothing of it opens any more with anything, and all of it does afterwards. The last of
//! the attacks: it closes the attacker's own tenant.

use std::time::{Duration, Instant};

use insula_model::{Error, Result, problem};
use serde_json::json;

use super::door::{Ask, By};
use super::routes::tenant;
use super::tries::{Tries, Want};

/// How long closing and opening may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Tries<'_> {
    pub(super) async fn while_suspended(&mut self) -> Result<()> {
        self.operate("suspend", 403).await?;
        let (cookie, key, path_cookie) =
            (self.me.cookie.clone(), self.me.key.clone(), self.me.path_cookie.clone());
        let closed = Want::Problem(403, "tenant.suspended");
        for route in tenant() {
            let at = route.path(|table| self.cast.attacker.canary.shared_id(table), &self.me.slug);
            let below = format!("{}{at}", self.me.path);
            let host = self.me.host.clone();
            for (what, host, at, by) in [
                ("session", host.as_str(), &at, By::Cookie(&cookie)),
                ("key", &host, &at, By::Bearer(&key)),
                ("session, in path style", self.base, &below, By::Cookie(&path_cookie)),
            ] {
                let mut ask = Ask::new(&route.method, host, at, by).with("if-match", "\"1\"");
                ask.body = route.body();
                let name = format!("{}: suspended, by {what}", route.id);
                self.attack(109, name, &ask, closed).await?;
            }
        }
        // Elsewhere its credentials are worth as little as before.
        let victim = self.victim.host.clone();
        for by in [By::Cookie(&cookie), By::Bearer(&key)] {
            let ask = Ask::get(&victim, "/api/v1/settings", by);
            self.attack(109, "suspended, at the victim's address", &ask, Want::Refused(&[401, 403])).await?;
        }
        self.operate("resume", 200).await
    }

    /// Has an operator suspend or resume the attacker, and waits until the server says so.
    async fn operate(&self, what: &str, status: u16) -> Result<()> {
        let path = format!("/api/v1/tenants/{}/{what}", self.me.slug);
        let ask = Ask::new("POST", self.console, &path, By::Bearer(self.operator));
        let asked = self.door.send(&ask.json(json!({ "reason": "insula verify isolation" }))).await?;
        if asked.status != 202 {
            return Err(Error::internal(format!("{what}: {} {}", asked.status, asked.text)));
        }
        let begun = Instant::now();
        loop {
            let ask = Ask::get(&self.me.host, "/api/v1/settings", By::Bearer(&self.me.key));
            if self.door.send(&ask).await?.status == status {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                let detail = format!("A throw-away tenant could not be closed and opened again: {what}.");
                return Err(Error::new(problem::TIMEOUT, detail));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
