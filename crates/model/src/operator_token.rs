//! Tokens that an operator makes for programs, as they go over the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::OperatorTokenId;

/// How many tokens an operator has at most.
pub const MAX_OPERATOR_TOKENS: usize = 50;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorToken {
    /// Its id.
    pub id: OperatorTokenId,
    /// What it is for.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Until when it can be used.
    pub expires_at: Timestamp,
    /// Whether it is the one of this request.
    #[serde(default)]
    pub current: bool,
}

/// A token to make.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorTokenInput {
    /// What it is for: 1 to 80 characters.
    pub name: String,
    /// Until when it can be used: a year from now at most, 90 days if absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorTokenCreated {
    /// The token.
    #[serde(flatten)]
    pub token: OperatorToken,
    /// The text to send as `Authorization: Bearer`. Shown this once: only its hash is kept.
    pub secret: Option<String>,
    /// Why there is no secret: the reply to a request that was sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl std::fmt::Debug for OperatorTokenCreated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorTokenCreated").field("token", &self.token).finish_non_exhaustive()
    }
}
