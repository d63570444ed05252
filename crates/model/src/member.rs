//! Members of a tenant and invitations to become one, as they go over the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{InvitationId, MemberId};
use crate::policy::Role;

/// A person's membership of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The address that the person signs in with.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What they may do here.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// When they were last here, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// Whether that is who asks.
    #[serde(default)]
    pub you: bool,
}

/// A change to a member.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberUpdate {
    /// The new role, not above one's own.
    pub role: Role,
}

/// An invitation that waits to be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// The role that they will have.
    pub role: Role,
    /// Who invited them: an e-mail address.
    pub invited_by: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
}

/// Whom to invite.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationInput {
    /// The address that the invitation goes to.
    pub email: String,
    /// The role, not above one's own.
    pub role: Role,
}

/// An invitation that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationCreated {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// Where mail is not sent: the link to hand over by other means. Shown once, also not in the replay of an
    /// idempotent request.
    pub link: Option<String>,
}

/// An invitation as whoever holds its link sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationView {
    /// Who is invited.
    pub email: String,
    /// Where to.
    pub tenant_name: String,
    /// As what.
    pub role: Role,
    /// Whether that address has a password already: then it is asked for instead of a new one.
    pub has_account: bool,
}

/// Accepting an invitation.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAccept {
    /// The person's name; for somebody who has an account, the account's name stays.
    #[serde(default)]
    pub name: Option<String>,
    /// A new password, or the one of the account.
    pub password: String,
}

impl std::fmt::Debug for InvitationAccept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationAccept").field("name", &self.name).finish_non_exhaustive()
    }
}
