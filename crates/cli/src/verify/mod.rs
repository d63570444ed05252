//! HTTP, attacked: real requests against the running installation, with what a throw-away tenant's owner has, aimed at
//! another throw-away tenant. One file for each way to attack.
//!
//! What must always hold: whatever is sent with the attacker's or the operator's credentials could do harm to throw-away
//! tenants only; every operation of the API is tried. Tested with the real binary in `tests/it/verify.rs`.

mod answers;
mod credentials;
mod door;
mod hosts;
mod ids;
mod person;
mod realms;
mod routes;
mod suspended;
mod tries;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::Result;
use insula_platform::verify::{Cast, Catch, Surface};

use self::door::Door;
use self::person::{CookieNames, Person};
use self::tries::Tries;

/// The API of a running installation.
pub(crate) struct Http {
    door: Door,
    console: String,
    base: String,
    operator: String,
}

impl Http {
    /// At the console's address, with an operator's token; tenants live under `base`.
    pub(crate) fn new(address: &str, base: &str, operator: &str) -> Result<Self> {
        let host = address.split("://").nth(1).unwrap_or(address);
        let host = host.split(['/', ':']).next().unwrap_or(host);
        Ok(Self {
            door: Door::new(address)?,
            console: host.to_owned(),
            base: base.to_owned(),
            operator: operator.to_owned(),
        })
    }

    async fn tried(&self, cast: &Cast) -> Result<Vec<Catch>> {
        let names = CookieNames::learn(&self.door, &self.base, &cast.attacker).await?;
        let mut tries = Tries {
            door: &self.door,
            cast,
            base: &self.base,
            operator: &self.operator,
            console: &self.console,
            me: Person::of(&cast.attacker, &self.base, &names),
            victim: Person::of(&cast.victim, &self.base, &names),
            found: Vec::new(),
        };
        tries.what_is_ones_own().await?;
        tries.at_the_victims_address().await?;
        tries.with_others_credentials().await?;
        tries.host_games().await?;
        tries.asked_by_foreign_pages().await?;
        tries.ids_of_others().await?;
        tries.fields_that_are_not_ours().await?;
        tries.cursors_and_tags().await?;
        tries.across_the_realms().await?;
        tries.while_suspended().await?;
        Ok(tries.found)
    }
}

impl Surface for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn attack<'a>(&'a self, cast: &'a Cast) -> BoxFuture<'a, Result<Vec<Catch>>> {
        self.tried(cast).boxed()
    }
}
