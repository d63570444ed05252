//! Public links to a dashboard, as they go over the wire, and the text that a link's secret is: `ipl_`, 26 characters
//! for the link, `_`, and a secret of 256 bits. It stands behind the `#` of the address, which browsers keep to
//! themselves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{self, DashboardId, PublicLinkId};
use crate::question::Filter;

/// How many public links a tenant has at most.
pub const MAX_PUBLIC_LINKS: usize = 200;

/// A public link, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicLink {
    /// Its id.
    pub id: PublicLinkId,
    /// The dashboard that it shows.
    pub dashboard: DashboardId,
    /// What it is for.
    pub name: String,
    /// Filters that always hold.
    pub filters: Vec<Filter>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Until when it can be used; until it is withdrawn if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A link to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicLinkInput {
    /// The dashboard that it is to show.
    pub dashboard: DashboardId,
    /// What it is for: 1 to 80 characters.
    pub name: String,
    /// Until when it can be used.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Filters that always hold.
    #[serde(default)]
    pub filters: Vec<Filter>,
}

/// A link that was just made.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicLinkCreated {
    /// The link.
    #[serde(flatten)]
    pub link: PublicLink,
    /// The whole address. Shown this once: only the hash of its secret is kept.
    pub url: Option<String>,
    /// Why there is no address: the reply to a request that was sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl std::fmt::Debug for PublicLinkCreated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicLinkCreated").field("link", &self.link).finish_non_exhaustive()
    }
}

/// How the text of every link's secret begins.
pub const PREFIX: &str = "ipl_";

/// The text of a link's secret.
#[must_use]
pub fn text(link: PublicLinkId, secret: &str) -> String {
    format!("{PREFIX}{}_{secret}", ids::encode(link.uuid()))
}

/// The link that a text names, if it has the shape of a link's secret. Says nothing about whether it is valid.
#[must_use]
pub fn parse(text: &str) -> Option<PublicLinkId> {
    let (named, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    if secret.len() != 52 || !secret.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    ids::decode(named).map(PublicLinkId::from_uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn a_secret_names_its_link(link: u128) {
            let link = PublicLinkId::from_uuid(Uuid::from_u128(link));
            prop_assert_eq!(parse(&text(link, &"0".repeat(52))), Some(link));
        }

        #[test]
        fn no_text_makes_it_fail(tail in ".{0,90}") {
            let _ = parse(&tail);
            let _ = parse(&format!("ipl_{tail}"));
        }
    }
}
