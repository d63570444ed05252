//! The owner of a throw-away tenant with what they carry: a cookie as browsers send it, and a key.

use insula_model::{Error, Result};
use insula_platform::verify::Player;
use serde_json::json;

use super::door::{Ask, By, Door, Seen};

/// Somebody of a tenant.
pub(super) struct Person {
    pub(super) slug: String,
    /// The tenant's own host.
    pub(super) host: String,
    /// The tenant's place in path style, `/t/acme`.
    pub(super) path: String,
    /// `name=value`, as at the tenant's host.
    pub(super) cookie: String,
    /// The same session under the name that it has in path style.
    pub(super) path_cookie: String,
    pub(super) key: String,
    pub(super) email: String,
    pub(super) password: String,
}

impl Person {
    /// The owner of a tenant. Nobody signs in: that would be a row in the tenant's audit log.
    pub(super) fn of(player: &Player, base: &str, names: &CookieNames) -> Self {
        let slug = player.record.slug.as_str();
        let session = &player.owner.session;
        Self {
            slug: slug.to_owned(),
            host: format!("{slug}.{base}"),
            path: format!("/t/{slug}"),
            cookie: format!("{}={session}", names.host),
            path_cookie: format!("{}={session}", names.path),
            key: player.key.clone(),
            email: player.owner.email.clone(),
            password: player.owner.password.clone(),
        }
    }
}

/// What the session cookies are called here.
pub(super) struct CookieNames {
    host: String,
    path: String,
}

impl CookieNames {
    /// Learns them by signing in.
    pub(super) async fn learn(door: &Door, base: &str, player: &Player) -> Result<Self> {
        let slug = player.record.slug.as_str();
        let body = json!({ "email": player.owner.email, "password": player.owner.password });
        let at = async |host: &str, path: String| -> Result<String> {
            let seen = door.send(&Ask::new("POST", host, &path, By::Nobody).json(body.clone())).await?;
            cookie_name(&seen).ok_or_else(|| {
                Error::internal(format!(
                    "the server does not let a throw-away tenant's owner in at {host}{path} ({} {}): is it a server of \
                     this installation?",
                    seen.status,
                    seen.code()
                ))
            })
        };
        Ok(Self {
            host: at(&format!("{slug}.{base}"), "/api/v1/session".to_owned()).await?,
            path: at(base, format!("/t/{slug}/api/v1/session")).await?,
        })
    }
}

fn cookie_name(seen: &Seen) -> Option<String> {
    let set = seen.header("set-cookie").filter(|_| seen.status == 200)?;
    set.split_once('=').map(|(name, _)| name.to_owned())
}
