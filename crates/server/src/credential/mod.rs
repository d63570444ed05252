//! Who sends a request: a session cookie of this realm, or a bearer token; not both, and each once.
//!
//! What must always hold: a cookie proves nothing about a change unless the change comes from this host's own
//! pages; a credential of one realm is worth nothing in another. Tested in `tests/it/ratchet.rs`,
//! `credentials.rs` and `cross_site.rs`.

mod caller;
mod cookie;
mod embed;
mod leaving;
mod nobody;
mod operator;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use insula_model::{Error, Result, problem};

pub(crate) use caller::Caller;
pub(crate) use cookie::Cookie;
pub(crate) use embed::Embed;
pub(crate) use leaving::{Leaving, signed_in, signed_out};
pub(crate) use nobody::Nobody;
pub(crate) use operator::Operator;

use crate::edge::origin::{self, Source};
use crate::visit::Visit;

/// Bytes of a token at most.
const LONGEST: usize = 256;

/// A credential as it was presented.
pub(crate) enum Presented {
    /// The realm's session cookie.
    Cookie(String),
    /// `Authorization: Bearer …`.
    Bearer(String),
}

/// The credential of a request.
///
/// # Errors
/// `auth.required` without one; `auth.several`; `auth.cross_site` for a change with a cookie that is not said to
/// come from this host's own pages.
pub(crate) fn presented(parts: &Parts, visit: &Visit, cookie: &Cookie) -> Result<Presented> {
    let session = cookie.read(&parts.headers)?;
    let bearer = bearer(&parts.headers)?;
    match (session, bearer) {
        (Some(_), Some(_)) => Err(several()),
        (None, Some(token)) => Ok(Presented::Bearer(token)),
        (Some(token), None) => {
            let own = origin::source(&parts.headers, &visit.origin) == Source::Own;
            if origin::changes(&parts.method) && !own {
                return Err(origin::refused());
            }
            Ok(Presented::Cookie(token))
        }
        (None, None) => {
            Err(Error::new(problem::UNAUTHENTICATED, "Sign in, or send an API key as a bearer token."))
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>> {
    let mut said = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = said.next() else { return Ok(None) };
    if said.next().is_some() {
        return Err(several());
    }
    let token = first
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && is_token(token))
        .map(|(_, token)| token.to_owned());
    // Another scheme is no credential of ours: the same answer as for one that is not valid.
    token.map(Some).ok_or_else(ended)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn several() -> Error {
    Error::new(problem::SEVERAL_CREDENTIALS, "Send one credential: a session cookie or one bearer token.")
}

/// What every credential gets that is not, or no longer, valid here.
pub(crate) fn ended() -> Error {
    Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again.")
}
