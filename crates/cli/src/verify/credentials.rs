//! Credentials where they do not belong: the attacker's at the victim's address, the victim's at the attacker's, and
//! changes that come from somebody else's pages.

use insula_model::Result;
use serde_json::json;

use super::door::{Ask, By};
use super::routes::tenant;
use super::tries::{Tries, Want};

const NOT_YOURS: Want<'_> = Want::Problem(403, "tenant.not_yours");

impl Tries<'_> {
    /// Every operation at the victim's address, with the attacker's cookie and key, by host and in path style.
    pub(super) async fn at_the_victims_address(&mut self) -> Result<()> {
        let (host, path) = (self.victim.host.clone(), self.victim.path.clone());
        let (cookie, path_cookie) = (self.me.cookie.clone(), self.me.path_cookie.clone());
        let key = self.me.key.clone();
        for route in tenant().into_iter().filter(|r| !r.public && !r.leaves()) {
            let at = route.path(|table| self.cast.victim.canary.shared_id(table), &self.victim.slug);
            for (what, host, at, by) in [
                ("session", host.as_str(), at.clone(), By::Cookie(&cookie)),
                ("key", &host, at.clone(), By::Bearer(&key)),
                ("session, in path style", self.base, format!("{path}{at}"), By::Cookie(&path_cookie)),
                ("key, in path style", self.base, format!("{path}{at}"), By::Bearer(&key)),
            ] {
                let mut ask = Ask::new(&route.method, host, &at, by).with("if-match", "\"1\"");
                ask.body = route.body();
                let corpus = if what.starts_with("key") { 92 } else { 101 };
                let name = format!("{}: the attacker's {what} at the victim's address", route.id);
                self.attack(corpus, name, &ask, NOT_YOURS).await?;
            }
        }
        // Signing out there ends nothing here.
        self.door.send(&Ask::new("DELETE", &host, "/api/v1/session", By::Cookie(&cookie))).await?;
        let ask = Ask::get(&self.me.host, "/api/v1/session", By::Cookie(&cookie));
        self.attack(101, "after signing out at the victim's address", &ask, Want::Given).await?;
        // Neither under the other name of the cookie, nor both at once.
        let renamed = Ask::get(&host, "/api/v1/settings", By::Cookie(&path_cookie));
        self.attack(101, "a session under another cookie's name", &renamed, Want::Refused(&[401, 403]))
            .await?;
        let both = Ask::get(&host, "/api/v1/settings", By::Cookie(&cookie));
        let both = both.with("authorization", &format!("Bearer {key}"));
        self.attack(92, "session and key at once", &both, Want::Refused(&[400, 401, 403])).await?;
        let body = json!({ "email": self.me.email, "password": self.me.password });
        let ask = Ask::new("POST", &host, "/api/v1/session", By::Nobody).json(body);
        let seen =
            self.attack(175, "signing in at the victim's address", &ask, Want::Refused(&[401, 403])).await?;
        let wrong = seen.header("set-cookie").map(|_| "a session was given".to_owned());
        self.note(175, "no session from there", seen.all(), wrong);
        Ok(())
    }

    /// What the victim would open, at the attacker's address.
    pub(super) async fn with_others_credentials(&mut self) -> Result<()> {
        let (key, cookie) = (self.victim.key.clone(), self.victim.cookie.clone());
        for path in ["/api/v1/settings", "/api/v1/members", "/api/v1/dashboards", "/api/v1/session"] {
            let ask = Ask::get(&self.me.host, path, By::Bearer(&key));
            self.attack(92, format!("{path}: the victim's key here"), &ask, NOT_YOURS).await?;
            let ask = Ask::get(&self.me.host, path, By::Cookie(&cookie));
            self.attack(101, format!("{path}: the victim's session here"), &ask, NOT_YOURS).await?;
        }
        Ok(())
    }

    /// Changes with the attacker's cookie that no page of the attacker's host asked for.
    pub(super) async fn asked_by_foreign_pages(&mut self) -> Result<()> {
        let foreign = Want::Problem(403, "auth.cross_site");
        for route in tenant().into_iter().filter(|r| !r.public && !r.reads()) {
            let at = route.path(|table| self.cast.attacker.canary.shared_id(table), &self.me.slug);
            let mut ask = Ask::new(&route.method, &self.me.host, &at, By::Nobody).with("if-match", "\"1\"");
            ask = ask.with("cookie", &self.me.cookie);
            ask.body = route.body();
            self.attack(205, format!("{}: a cookie alone", route.id), &ask, foreign).await?;
            let ask = ask.with("origin", &self.door.origin(&self.victim.host));
            self.attack(205, format!("{}: from the victim's page", route.id), &ask, foreign).await?;
        }
        Ok(())
    }
}
