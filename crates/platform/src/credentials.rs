//! Checking an e-mail and a password, the same for members and operators.
//!
//! What must always hold: the reply and its time do not tell whether the e-mail is known; attempts are counted
//! before they are made. Tested in `tests/it/sessions.rs` and `tests/it/limits.rs`.

use std::net::IpAddr;

use insula_model::{Error, RequestId, Result, problem};
use insula_store::AttemptLimit;

use crate::Platform;

/// Failures for one e-mail in 15 minutes.
pub const FAILURES_PER_EMAIL: u32 = 10;
/// Failures from one network address in 15 minutes.
pub const FAILURES_PER_ADDRESS: u32 = 50;

/// Where a sign-in comes from.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The network address of whoever asks.
    pub address: IpAddr,
    /// The request.
    pub request: RequestId,
    /// The session that the browser had until now; a new one takes its place.
    pub replaces: Option<&'a str>,
}

/// Who can sign in where: kept apart, so that failures in one do not count in the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Realm {
    Tenants,
    Operators,
}

impl Platform {
    /// Checks an e-mail and a password. `find` gives who has that e-mail, with the hash of their password.
    pub(crate) async fn check_credentials<R>(
        &self,
        realm: Realm,
        (email, password): (&str, &str),
        address: IpAddr,
        find: impl AsyncFnOnce(&str) -> Result<Option<(R, Option<String>)>>,
    ) -> Result<R> {
        let (email_kind, address_kind) = match realm {
            Realm::Tenants => ("email", "address"),
            Realm::Operators => ("operator email", "operator address"),
        };
        // What cannot be an e-mail is nobody's, and is answered like an unknown one.
        let valid = insula_model::tenant::email(email, "/email").ok();
        let named = valid.clone().unwrap_or_else(|| email.to_lowercase());
        let counted = self
            .store()
            .attempt_count(&[
                AttemptLimit::of_text(email_kind, &named, FAILURES_PER_EMAIL),
                AttemptLimit::of_address(address_kind, address, FAILURES_PER_ADDRESS),
            ])
            .await?;
        let checked = async {
            let found = find(valid.as_deref().unwrap_or_default()).await?;
            let (who, hash) = found.map_or((None, None), |(who, hash)| (Some(who), hash));
            let fits = self.passwords().check(password, hash.as_deref()).await?;
            Ok(who.filter(|_| fits))
        };
        let checked = checked.await;
        if let Ok(None) = checked {
            return Err(Error::new(problem::CREDENTIALS, "That e-mail or password is not right."));
        }
        // Neither a success nor a fault of ours is a failure of theirs.
        self.store().attempt_forgive(counted).await?;
        checked?.ok_or_else(|| Error::internal("somebody who was there is not"))
    }
}
