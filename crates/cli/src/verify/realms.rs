//! Tenants and operators are two realms: a credential of one opens nothing of the other, and neither is there at the
//! other's addresses.

use insula_model::Result;

use super::door::{Ask, By};
use super::routes::{operator, tenant};
use super::tries::{Tries, Want};

impl Tries<'_> {
    pub(super) async fn across_the_realms(&mut self) -> Result<()> {
        let (cookie, key) = (self.me.cookie.clone(), self.me.key.clone());
        let token = cookie.split_once('=').map_or("", |(_, token)| token);
        let renamed = format!("__Host-insula_operator={token}; insula_operator={token}");
        let shared = |table: &str| self.cast.victim.canary.shared_id(table);
        let tenants: Vec<(String, String)> =
            tenant().iter().map(|r| (r.method.clone(), r.path(shared, ""))).collect();
        // With the real token only what reads: if this wall were down, the rest would do what it says.
        let console = self.console;
        for route in operator().into_iter().filter(|r| !r.public && !r.leaves()) {
            let path = route.path(shared, &self.victim.slug);
            for (what, by) in [
                ("a tenant's key", By::Bearer(&key)),
                ("a tenant's session", By::Cookie(&cookie)),
                ("a tenant's session as an operator's", By::Cookie(&renamed)),
            ] {
                let mut ask = Ask::new(&route.method, console, &path, by).with("if-match", "\"1\"");
                ask.body = route.body();
                let name = format!("{}: {what} at the console", route.id);
                self.attack(178, name, &ask, Want::Refused(&[401])).await?;
            }
            let both = tenants.contains(&(route.method.clone(), path.clone()));
            for host in [self.me.host.clone(), self.base.to_owned()] {
                let by = if route.reads() { By::Bearer(self.operator) } else { By::Bearer(&key) };
                let mut ask = Ask::new(&route.method, &host, &path, by);
                ask.body = route.body();
                let name = format!("{}: of the console, at {host}", route.id);
                let want = if both { Want::Refused(&[401, 404]) } else { Want::Refused(&[404, 405]) };
                self.attack(178, name, &ask, want).await?;
            }
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            let ask = Ask::get(&self.me.host, path, By::Bearer(&key)).with("accept", "text/plain");
            self.attack(140, format!("{path} at a tenant's host"), &ask, Want::Refused(&[404])).await?;
        }
        Ok(())
    }
}
