//! The host decides, and nothing else does.

use insula_model::Result;

use super::door::{Ask, By};
use super::tries::{Tries, Want};

impl Tries<'_> {
    /// Headers that other programs believe, hosts that are spelled oddly, hosts of nobody.
    pub(super) async fn host_games(&mut self) -> Result<()> {
        let (me, key) = (self.me.host.clone(), self.me.key.clone());
        let (cookie, path_cookie) = (self.me.cookie.clone(), self.me.path_cookie.clone());
        let victim = self.victim.host.clone();
        let id = self.cast.victim.record.id.to_string();
        let address = format!("{}/api/v1/settings", self.victim.path);
        for (name, value) in [
            ("x-forwarded-host", victim.as_str()),
            ("x-host", &victim),
            ("x-original-host", &victim),
            ("forwarded", &format!("host={victim}")),
            ("x-forwarded-server", &victim),
            ("x-tenant", &self.victim.slug.clone()),
            ("x-tenant-id", &id),
            ("x-insula-tenant", &id),
            ("x-scope-orgid", &id),
            ("x-original-url", &address),
            ("x-rewrite-url", &address),
            ("x-forwarded-prefix", &self.victim.path.clone()),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-user", &self.victim.email.clone()),
        ] {
            let ask = Ask::get(&me, "/api/v1/settings", By::Bearer(&key)).with(name, value);
            self.attack(103, format!("{name} names the victim"), &ask, Want::Given).await?;
            let page = Ask::get(&me, "/", By::Nobody).with("accept", "text/html").with(name, value);
            self.attack(125, format!("{name} names the victim, on a page"), &page, Want::Given).await?;
        }
        let not_yours = Want::Refused(&[400, 403, 421]);
        for (what, host) in [
            ("in capitals", victim.to_uppercase()),
            ("with a dot at the end", format!("{victim}.")),
            ("after the attacker's", format!("{me},{victim}")),
            ("behind a person", format!("{me}@{victim}")),
            ("with a label before it", format!("x.{victim}")),
            ("with a label after it", format!("{victim}.evil.test")),
        ] {
            for (with, by) in [("key", By::Bearer(&key)), ("session", By::Cookie(&cookie))] {
                let ask = Ask::get(&host, "/api/v1/settings", by);
                self.attack(101, format!("the victim's host {what}, by {with}"), &ask, not_yours).await?;
            }
        }
        let twice = Ask::get(&me, "/api/v1/settings", By::Bearer(&key)).with("host", &victim);
        self.attack(101, "two hosts", &twice, Want::Refused(&[400])).await?;
        for host in [format!("verify-nobody.{}", self.base), "evil.test".to_owned(), "127.0.0.1".to_owned()] {
            for (with, by) in [("key", By::Bearer(&key)), ("session", By::Cookie(&cookie))] {
                for path in ["/api/v1/settings", "/"] {
                    let ask = Ask::get(&host, path, by);
                    let name = format!("{path} at {host}, which is nobody's, by {with}");
                    self.attack(103, name, &ask, Want::Problem(421, "host.unknown")).await?;
                }
            }
        }
        // Path style: only at the domain itself, and in one spelling.
        let (mine, theirs) = (self.me.path.clone(), self.victim.path.clone());
        for (host, path) in [
            (me.as_str(), format!("{theirs}/api/v1/settings")),
            (self.console, format!("{theirs}/api/v1/settings")),
            (self.base, format!("{mine}%2f..%2f{}/api/v1/settings", self.victim.slug)),
            (self.base, format!("{mine}//t/{}/api/v1/settings", self.victim.slug)),
            (self.base, format!("{mine};{theirs}/api/v1/settings")),
            (self.base, format!("{mine}{theirs}/api/v1/settings")),
            (self.base, format!("{theirs}%00/api/v1/settings")),
            (self.base, format!("/T/{}/api/v1/settings", self.victim.slug)),
        ] {
            for by in [By::Bearer(&key), By::Cookie(&cookie), By::Cookie(&path_cookie)] {
                let ask = Ask::get(host, &path, by);
                let name = format!("{path} at {host}");
                self.attack(112, name, &ask, Want::Refused(&[400, 401, 403, 404])).await?;
            }
        }
        Ok(())
    }
}
