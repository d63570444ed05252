//! API keys of a tenant, as they go over the wire, and the text that a key is:
//! `isk_`, 26 characters for the tenant, 26 for the key, `_`, and a secret of 256 bits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{self, ApiKeyId, TenantId};
use crate::policy::Scope;

/// How many API keys a tenant has at most.
pub const MAX_API_KEYS: usize = 50;

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// How the key begins: not secret, tells keys apart.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Until when it can be used; for ever if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A key to make.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyInput {
    /// What it is for: 1 to 80 characters.
    pub name: String,
    /// What it may do: at least one scope.
    pub scopes: Vec<Scope>,
    /// Until when it can be used.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyCreated {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// The whole text to send as `Authorization: Bearer`. Shown this once: only its hash is kept.
    pub secret: Option<String>,
    /// Why there is no secret: the reply to a request that was sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl std::fmt::Debug for ApiKeyCreated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKeyCreated").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The part of a key's text that is not secret: it names the tenant and the key.
#[must_use]
pub fn prefix(tenant: TenantId, key: ApiKeyId) -> String {
    format!("isk_{}{}", ids::encode(tenant.uuid()), ids::encode(key.uuid()))
}

/// The whole text of a key.
#[must_use]
pub fn text(tenant: TenantId, key: ApiKeyId, secret: &str) -> String {
    format!("{}_{secret}", prefix(tenant, key))
}

/// The tenant and the key that a text names, if it has the shape of a key. Says nothing about whether it is valid.
#[must_use]
pub fn parse(text: &str) -> Option<(TenantId, ApiKeyId)> {
    let (named, secret) = text.strip_prefix("isk_")?.split_once('_')?;
    if named.len() != 52 || secret.len() != 52 || !named.is_ascii() {
        return None;
    }
    let (tenant, key) = named.split_at(26);
    Some((TenantId::from_uuid(ids::decode(tenant)?), ApiKeyId::from_uuid(ids::decode(key)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn a_key_names_its_tenant(tenant: u128, key: u128) {
            let (tenant, key) = (TenantId::from_uuid(Uuid::from_u128(tenant)), ApiKeyId::from_uuid(Uuid::from_u128(key)));
            let whole = text(tenant, key, &"0".repeat(52));
            prop_assert_eq!(parse(&whole), Some((tenant, key)));
            prop_assert!(whole.starts_with(&prefix(tenant, key)));
        }

        #[test]
        fn no_text_makes_it_fail(any in ".{0,120}", tail in ".{0,110}") {
            let _ = parse(&any);
            let _ = parse(&format!("isk_{tail}"));
        }
    }
}
