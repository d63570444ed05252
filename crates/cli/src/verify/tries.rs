//! Attacks of one attacker over HTTP, one after the other, each written down.

use insula_model::Result;
use insula_platform::verify::{Cast, Catch};

use super::door::{Ask, Door, Seen};
use super::person::Person;

/// What must come of an attack, besides that nothing of anybody else is in the answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Want<'a> {
    /// It is the attacker's own: it is given.
    Given,
    /// It is refused with one of these, and with a problem.
    Refused(&'a [u16]),
    /// It is refused with just this.
    Problem(u16, &'a str),
}

/// Who attacks whom, through which door, and what came of it.
pub(super) struct Tries<'a> {
    pub(super) door: &'a Door,
    pub(super) cast: &'a Cast,
    /// Tenants live under it.
    pub(super) base: &'a str,
    /// The operator, for what only an operator can bring about.
    pub(super) operator: &'a str,
    pub(super) console: &'a str,
    pub(super) me: Person,
    pub(super) victim: Person,
    pub(super) found: Vec<Catch>,
}

impl Tries<'_> {
    /// Sends a request and writes down what came of it.
    pub(super) async fn attack(
        &mut self,
        corpus: u16,
        name: impl Into<String>,
        ask: &Ask,
        want: Want<'_>,
    ) -> Result<Seen> {
        let seen = self.door.send(ask).await?;
        let code = seen.code();
        let as_wanted = match want {
            Want::Given => (200..300).contains(&seen.status),
            Want::Refused(any) => any.contains(&seen.status) && !code.is_empty(),
            Want::Problem(status, wanted) => seen.status == status && code == wanted,
        };
        let wrong = (!as_wanted).then(|| {
            let (method, host, path) = (&ask.method, &ask.host, &ask.path);
            format!("{method} {path} at {host}: {want:?} was wanted, got {} {code}", seen.status)
        });
        self.note(corpus, name, seen.all(), wrong);
        Ok(seen)
    }

    /// Writes a case down.
    pub(super) fn note(
        &mut self,
        corpus: u16,
        name: impl Into<String>,
        received: String,
        wrong: Option<String>,
    ) {
        self.found.push(Catch { corpus, name: name.into(), received, wrong });
    }
}
