//! Signing in, and what somebody who is signed in sees of themselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{MemberId, OperatorId, TenantId};
use crate::policy::{OperatorRole, Role};
use crate::slug::Slug;
use crate::tenant::TenantStatus;

/// An e-mail and a password.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionInput {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A change of one's own password.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordUpdate {
    /// The password until now.
    pub current: String,
    /// The password from now on.
    pub new: String,
}

impl std::fmt::Debug for SessionInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionInput").field("email", &self.email).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PasswordUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordUpdate")
    }
}

/// Who is signed in to a tenant, and what they may do there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Who.
    pub member: SessionMember,
    /// Where.
    pub tenant: SessionTenant,
    /// The names of the actions that they may do, for a user interface to show.
    pub can: Vec<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionMember {
    /// The membership.
    pub id: MemberId,
    /// The person's name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// The role here.
    pub role: Role,
}

/// Where somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionTenant {
    /// The tenant.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its display name.
    pub name: String,
    /// Where it is in its life.
    pub status: TenantStatus,
    /// Its time zone, as in the IANA database.
    pub time_zone: String,
    /// Whether it still has sample data that can be removed.
    pub sample_data: bool,
}

/// An operator who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorSession {
    /// Who.
    pub operator: Operator,
    /// What they run.
    pub installation: Installation,
    /// The names of the actions that they may do.
    pub can: Vec<String>,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Operator {
    /// The id.
    pub id: OperatorId,
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: OperatorRole,
}

/// What an operator runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Installation {
    /// Tenants live under this domain.
    pub base_domain: String,
    /// The version of Insula.
    pub version: String,
    /// How many tenants there are.
    pub tenants: u64,
}
