//! Who may do what. The two tables below *are* the policy: one line per action, checked by
//! `Tenant::authorize` and `OpCtx::authorize_operator` in `store`; the tenants' is written out as a matrix in
//! `snapshots/`, so that a change of policy is a readable diff.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;

mod sealed {
    pub trait Sealed {}
}

/// A member's role in one tenant; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Makes and changes dashboards and data.
    Editor,
    /// Also members, API keys, branding.
    Admin,
    /// Also other owners.
    Owner,
}

impl Role {
    /// From low to high.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Owner];

    /// As in the API and in PostgreSQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Error;
    /// # Errors
    /// `input.invalid` with the roles there are.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| {
            Error::invalid(
                "/role",
                "unknown",
                format!("{text:?} is no role. Roles: viewer, editor, admin, owner."),
            )
        })
    }
}

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OperatorRole {
    /// Looks, and helps tenants with a reason.
    Support,
    /// Everything.
    Admin,
}

impl OperatorRole {
    /// From low to high.
    pub const ALL: [Self; 2] = [Self::Support, Self::Admin];

    /// As in the API and in PostgreSQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for OperatorRole {
    type Err = Error;
    /// # Errors
    /// `input.invalid` with the roles there are.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|r| r.as_str() == text).ok_or_else(|| {
            Error::invalid(
                "/role",
                "unknown",
                format!("{text:?} is no operator role. Roles: support, admin."),
            )
        })
    }
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Send events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Ask questions, read datasets: those that every member may see.
    #[serde(rename = "data:read")]
    DataRead,
    /// Change datasets, remove sample data; datasets are seen as admins see them.
    #[serde(rename = "data:write")]
    DataWrite,
    /// Read dashboards and their data.
    #[serde(rename = "dashboards:read")]
    DashboardsRead,
    /// Make and change dashboards.
    #[serde(rename = "dashboards:write")]
    DashboardsWrite,
    /// List members and invitations.
    #[serde(rename = "members:read")]
    MembersRead,
    /// Change settings and branding.
    #[serde(rename = "settings:write")]
    SettingsWrite,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Make and revoke tokens for embedded dashboards.
    #[serde(rename = "embeds:mint")]
    EmbedsMint,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::EventsWrite,
        Self::DataRead,
        Self::DataWrite,
        Self::DashboardsRead,
        Self::DashboardsWrite,
        Self::MembersRead,
        Self::SettingsWrite,
        Self::AuditRead,
        Self::EmbedsMint,
    ];

    /// As in the API and in PostgreSQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::DataRead => "data:read",
            Self::DataWrite => "data:write",
            Self::DashboardsRead => "dashboards:read",
            Self::DashboardsWrite => "dashboards:write",
            Self::MembersRead => "members:read",
            Self::SettingsWrite => "settings:write",
            Self::AuditRead => "audit:read",
            Self::EmbedsMint => "embeds:mint",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = Error;
    /// # Errors
    /// `input.invalid` with the scopes there are.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|s| s.as_str()).collect();
            Error::invalid(
                "/scopes",
                "unknown",
                format!("{text:?} is no scope. Scopes: {}.", known.join(", ")),
            )
        })
    }
}

/// By what right somebody acts in one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// A member with a role.
    Member(Role),
    /// An API key with scopes.
    Key(Vec<Scope>),
    /// An operator who said why.
    Support(OperatorRole),
    /// A job or an operation's step, on behalf of whoever caused it.
    System,
    /// An embed token or a public link: what it shows, and nothing else.
    Embed,
}

impl Authority {
    /// As which role somebody sees datasets, of which each says from which role on it is seen.
    #[must_use]
    pub fn sight(&self) -> Role {
        match self {
            Self::Member(role) => *role,
            // It may change every dataset and delete it with its events. An admin made it, so no more than an admin.
            Self::Key(scopes) if scopes.contains(&Scope::DataWrite) => Role::Admin,
            // Nobody knows who looks through them, except that somebody does whom no role was given here.
            Self::Key(_) | Self::Support(_) | Self::Embed => Role::Viewer,
            Self::System => Role::Owner,
        }
    }
}

/// Whether a transaction may write.
pub trait Mode: sealed::Sealed + Send + Sync + 'static {
    /// As in `BEGIN …`.
    const WRITES: bool;
}

/// A transaction that only reads.
#[derive(Debug)]
pub enum Read {}
/// A transaction that may write.
#[derive(Debug)]
pub enum Write {}
impl sealed::Sealed for Read {}
impl sealed::Sealed for Write {}
impl Mode for Read {
    const WRITES: bool = false;
}
impl Mode for Write {
    const WRITES: bool = true;
}

/// One line of the tenants' table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `noun.verb`, as in the audit log.
    pub name: &'static str,
    /// Whether it writes.
    pub writes: bool,
    /// The least role of a member; `None`: not for members, whatever their role.
    pub role: Option<Role>,
    /// The scope that a key needs; `None`: not with a key.
    pub scope: Option<Scope>,
    /// The least role of an operator with a reason; `None`: not for operators.
    pub support: Option<OperatorRole>,
    /// Whether jobs and operations may.
    pub system: bool,
    /// Whether an embed token or a public link may.
    pub embed: bool,
    /// Whether each use is a row in the tenant's audit log. Operators' uses always are.
    pub audited: bool,
}

impl Rule {
    /// The decision.
    #[must_use]
    pub fn allows(&self, authority: &Authority) -> bool {
        match authority {
            Authority::Member(role) => self.role.is_some_and(|least| *role >= least),
            Authority::Key(scopes) => self.scope.is_some_and(|needed| scopes.contains(&needed)),
            Authority::Support(role) => self.support.is_some_and(|least| *role >= least),
            Authority::System => self.system,
            Authority::Embed => self.embed,
        }
    }
}

/// An action inside a tenant. Sealed: the table below is complete.
pub trait Action: sealed::Sealed + Send + Sync + 'static {
    /// Whether its transaction writes.
    type Mode: Mode;
    /// Its line of the table.
    const RULE: Rule;
}

/// One line of the operators' table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorRule {
    /// `noun.verb`, as in the audit log.
    pub name: &'static str,
    /// The least operator role.
    pub role: OperatorRole,
}

/// An action on the control plane. Sealed like [`Action`].
pub trait OperatorAction: sealed::Sealed + Send + Sync + 'static {
    /// Its line of the table.
    const RULE: OperatorRule;
}

/// The words of the table's column "least role of a member".
#[allow(non_upper_case_globals, reason = "they read like the roles that they are")]
mod least {
    use super::Role;
    pub(super) const Viewer: Option<Role> = Some(Role::Viewer);
    pub(super) const Editor: Option<Role> = Some(Role::Editor);
    pub(super) const Admin: Option<Role> = Some(Role::Admin);
    pub(super) const Nobody: Option<Role> = None;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $mode:ident, $role:ident, key $scope:expr, support $support:expr, system $system:literal, embed $embed:literal, audited $audited:literal;)*) => {
        /// The actions inside a tenant, as types.
        pub mod action {
            use super::{least, sealed, Action, OperatorRole, Rule, Scope};
            use Scope::{AuditRead, DashboardsRead, DashboardsWrite, DataRead, DataWrite, EmbedsMint, EventsWrite, MembersRead, SettingsWrite};
            use OperatorRole::{Admin, Support};
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub enum $name {}
                impl sealed::Sealed for $name {}
                impl Action for $name {
                    type Mode = super::$mode;
                    const RULE: Rule = Rule {
                        name: $text,
                        writes: <super::$mode as super::Mode>::WRITES,
                        role: least::$role,
                        scope: $scope,
                        support: $support,
                        system: $system,
                        embed: $embed,
                        audited: $audited,
                    };
                }
            )*
            /// Every rule, in the order of the table.
            pub const ALL: &[Rule] = &[$(<$name as Action>::RULE),*];
        }
    };
}

actions! {
    /// See the tenant's name, branding and settings.
    SettingsView = "settings.view", Read, Viewer, key Some(DashboardsRead), support Some(Support), system true, embed false, audited false;
    /// Change name, time zone, branding, logo.
    SettingsUpdate = "settings.update", Write, Admin, key Some(SettingsWrite), support Some(Admin), system true, embed false, audited true;
    /// List members and invitations.
    MemberList = "member.list", Read, Admin, key Some(MembersRead), support Some(Support), system true, embed false, audited false;
    /// Invite somebody.
    MemberInvite = "member.invite", Write, Admin, key None, support Some(Admin), system true, embed false, audited true;
    /// Become a member by an invitation.
    MemberJoin = "member.join", Write, Nobody, key None, support None, system true, embed false, audited true;
    /// Change a member's role.
    MemberUpdate = "member.update", Write, Admin, key None, support None, system false, embed false, audited true;
    /// Remove a member or withdraw an invitation.
    MemberDelete = "member.delete", Write, Admin, key None, support None, system false, embed false, audited true;
    /// List API keys (never their secrets).
    ApiKeyList = "api_key.list", Read, Admin, key None, support Some(Support), system true, embed false, audited false;
    /// Make an API key.
    ApiKeyCreate = "api_key.create", Write, Admin, key None, support Some(Admin), system false, embed false, audited true;
    /// Revoke an API key.
    ApiKeyDelete = "api_key.delete", Write, Admin, key None, support Some(Admin), system false, embed false, audited true;
    /// Send events.
    EventIngest = "event.ingest", Write, Editor, key Some(EventsWrite), support None, system true, embed false, audited false;
    /// List and view datasets.
    DatasetView = "dataset.view", Read, Viewer, key Some(DataRead), support Some(Support), system true, embed false, audited false;
    /// Declare or change a dataset.
    DatasetUpdate = "dataset.update", Write, Editor, key Some(DataWrite), support None, system true, embed false, audited true;
    /// Delete a dataset with its events.
    DatasetDelete = "dataset.delete", Write, Admin, key Some(DataWrite), support None, system true, embed false, audited true;
    /// Ask a question.
    QuestionAsk = "question.ask", Read, Viewer, key Some(DataRead), support Some(Support), system true, embed false, audited false;
    /// List and view dashboards with their data.
    DashboardView = "dashboard.view", Read, Viewer, key Some(DashboardsRead), support Some(Support), system true, embed false, audited false;
    /// Make a dashboard.
    DashboardCreate = "dashboard.create", Write, Editor, key Some(DashboardsWrite), support None, system true, embed false, audited true;
    /// Change a dashboard.
    DashboardUpdate = "dashboard.update", Write, Editor, key Some(DashboardsWrite), support None, system true, embed false, audited true;
    /// Show an older version of a dashboard again.
    DashboardRestore = "dashboard.restore", Write, Editor, key Some(DashboardsWrite), support None, system true, embed false, audited true;
    /// Take back a workspace's changes to a dashboard that the operator publishes.
    DashboardReset = "dashboard.reset", Write, Editor, key Some(DashboardsWrite), support None, system true, embed false, audited true;
    /// Delete a dashboard.
    DashboardDelete = "dashboard.delete", Write, Editor, key Some(DashboardsWrite), support None, system true, embed false, audited true;
    /// Mark a dashboard as one's own favourite.
    FavouriteCreate = "favourite.create", Write, Viewer, key None, support None, system false, embed false, audited false;
    /// Take the mark away again.
    FavouriteDelete = "favourite.delete", Write, Viewer, key None, support None, system false, embed false, audited false;
    /// Read and verify the audit log.
    AuditView = "audit.view", Read, Admin, key Some(AuditRead), support Some(Support), system true, embed false, audited false;
    /// Remove the sample data with one click.
    SampleDelete = "sample.delete", Write, Editor, key Some(DataWrite), support None, system true, embed false, audited true;
    /// Change one's own password.
    IdentityUpdate = "identity.update", Write, Viewer, key None, support None, system false, embed false, audited true;
    /// Note when a member or an API key was last here.
    CredentialUse = "credential.use", Write, Nobody, key None, support None, system true, embed false, audited false;
    /// Remove what has expired: replies kept for repeated requests, invitations.
    TenantTidy = "tenant.tidy", Write, Nobody, key None, support None, system true, embed false, audited false;
    /// Sign in or out (recorded in the tenant's audit log).
    SessionRecord = "session.record", Write, Nobody, key None, support None, system true, embed false, audited true;
    /// Put in place what a new tenant begins with.
    TenantSeed = "tenant.seed", Write, Nobody, key None, support None, system true, embed false, audited true;
    /// Record in the tenant's log what an operator did to it from outside.
    TenantRecord = "tenant.record", Write, Nobody, key None, support None, system true, embed false, audited true;
    /// Sum up a dataset's events by day.
    RollupUpdate = "rollup.update", Write, Nobody, key None, support None, system true, embed false, audited false;
    /// Carry the outbox over to the jobs.
    OutboxRelay = "outbox.relay", Write, Nobody, key None, support None, system true, embed false, audited false;
    /// See what an embed token or a public link shows: the one thing that an embed may do, and that nobody else may.
    EmbedView = "embed.view", Read, Nobody, key None, support None, system false, embed true, audited false;
    /// Look up whether an embed token or a public link is valid.
    EmbedAdmit = "embed.admit", Read, Nobody, key None, support None, system true, embed false, audited false;
    /// Count loads, viewers and time of embeds.
    EmbedCount = "embed.count", Write, Nobody, key None, support None, system true, embed false, audited false;
    /// Make an embed token.
    EmbedMint = "embed.mint", Write, Editor, key Some(EmbedsMint), support None, system false, embed false, audited false;
    /// See which origins may frame dashboards.
    EmbeddingView = "embedding.view", Read, Editor, key Some(SettingsWrite), support Some(Support), system true, embed false, audited false;
    /// Change which origins may frame dashboards.
    EmbeddingUpdate = "embedding.update", Write, Admin, key Some(SettingsWrite), support None, system false, embed false, audited true;
    /// List the keys that embed tokens are signed with (never their private halves).
    EmbedKeyList = "embed_key.list", Read, Admin, key Some(SettingsWrite), support Some(Support), system false, embed false, audited false;
    /// Rotate the key that embed tokens are signed with.
    EmbedKeyCreate = "embed_key.create", Write, Admin, key Some(SettingsWrite), support None, system false, embed false, audited true;
    /// End a key at once, and all tokens that were signed with it.
    EmbedKeyDelete = "embed_key.delete", Write, Admin, key Some(SettingsWrite), support None, system false, embed false, audited true;
    /// Revoke embed tokens.
    EmbedRevocationCreate = "embed_revocation.create", Write, Editor, key Some(EmbedsMint), support None, system false, embed false, audited true;
    /// See how much embeds are used.
    EmbedUsageView = "embed_usage.view", Read, Editor, key Some(EmbedsMint), support Some(Support), system false, embed false, audited false;
    /// List public links (never their secrets).
    PublicLinkList = "public_link.list", Read, Editor, key None, support Some(Support), system false, embed false, audited false;
    /// Make a public link.
    PublicLinkCreate = "public_link.create", Write, Editor, key None, support None, system false, embed false, audited true;
    /// Withdraw a public link.
    PublicLinkDelete = "public_link.delete", Write, Editor, key None, support None, system false, embed false, audited true;
}

macro_rules! operator_actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $role:ident;)*) => {
        /// The actions of operators, as types.
        pub mod operator_action {
            use super::{sealed, OperatorAction, OperatorRole, OperatorRule};
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub enum $name {}
                impl sealed::Sealed for $name {}
                impl OperatorAction for $name {
                    const RULE: OperatorRule = OperatorRule { name: $text, role: OperatorRole::$role };
                }
            )*
            /// Every rule, in the order of the table.
            pub const ALL: &[OperatorRule] = &[$(<$name as OperatorAction>::RULE),*];
        }
    };
}

operator_actions! {
    /// List and view tenants, their placements and operations.
    TenantList = "tenant.list", Support;
    /// Provision a tenant.
    TenantCreate = "tenant.create", Admin;
    /// Change a tenant's name or plan.
    TenantUpdate = "tenant.update", Admin;
    /// Suspend a tenant.
    TenantSuspend = "tenant.suspend", Admin;
    /// Resume a tenant.
    TenantResume = "tenant.resume", Admin;
    /// Delete a tenant.
    TenantDelete = "tenant.delete", Admin;
    /// List, view and follow operations.
    OperationView = "operation.view", Support;
    /// Cancel or retry an operation.
    OperationControl = "operation.control", Admin;
    /// List cells.
    CellList = "cell.list", Support;
    /// Add a cell.
    CellCreate = "cell.create", Admin;
    /// Read the mails that were kept.
    MailView = "mail.view", Admin;
    /// List and view templates.
    TemplateView = "template.view", Support;
    /// Publish a template, or a new version of one.
    TemplatePublish = "template.publish", Admin;
    /// Withdraw a template.
    TemplateWithdraw = "template.withdraw", Admin;
    /// See the state of the installation.
    StatusView = "status.view", Support;
    /// List one's own tokens.
    OperatorTokenList = "operator_token.list", Support;
    /// Make a token for a program of one's own.
    OperatorTokenCreate = "operator_token.create", Support;
    /// Revoke one of one's own tokens.
    OperatorTokenDelete = "operator_token.delete", Support;
    /// List and make operators.
    OperatorManage = "operator.manage", Admin;
    /// Attack the installation with throw-away tenants, to see that its walls stand.
    IsolationVerify = "isolation.verify", Admin;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_product_does_by_itself_is_nobody_else_s() {
        let own: Vec<_> = action::ALL.iter().filter(|r| !r.allows(&Authority::Member(Role::Owner))).collect();
        let names: Vec<_> = own.iter().map(|r| r.name).collect();
        assert!(names.contains(&"session.record") && names.contains(&"tenant.seed"), "{names:?}");
        for rule in own {
            let somebody = rule.allows(&Authority::System) || rule.allows(&Authority::Embed);
            assert!(somebody, "nobody may {}", rule.name);
            assert!(!rule.allows(&Authority::Key(Scope::ALL.to_vec())), "a key may {}", rule.name);
            assert!(!rule.allows(&Authority::Support(OperatorRole::Admin)), "an operator may {}", rule.name);
        }
    }

    #[test]
    fn an_embed_may_see_what_it_shows_and_nothing_else() {
        let may: Vec<_> =
            action::ALL.iter().filter(|r| r.allows(&Authority::Embed)).map(|r| r.name).collect();
        assert_eq!(may, ["embed.view"]);
        let rule = <action::EmbedView as Action>::RULE;
        assert!(
            !rule.writes && !rule.allows(&Authority::System) && !rule.allows(&Authority::Member(Role::Owner))
        );
    }

    #[test]
    fn whose_role_is_not_known_sees_what_everybody_sees() {
        for role in Role::ALL {
            assert_eq!(Authority::Member(role).sight(), role);
        }
        let all_but = |scope| Scope::ALL.into_iter().filter(|s| *s != scope).collect();
        assert_eq!(Authority::Key(all_but(Scope::DataWrite)).sight(), Role::Viewer);
        assert_eq!(Authority::Key(Scope::ALL.to_vec()).sight(), Role::Admin, "no more than who makes keys");
        assert_eq!(Authority::Support(OperatorRole::Admin).sight(), Role::Viewer);
        assert_eq!(Authority::Embed.sight(), Role::Viewer);
    }

    #[test]
    fn the_policy_is_this_matrix() {
        let mut matrix = String::new();
        for rule in action::ALL {
            let mut line = format!("{:<24}", rule.name);
            for (word, may) in [
                ("viewer", rule.allows(&Authority::Member(Role::Viewer))),
                ("editor", rule.allows(&Authority::Member(Role::Editor))),
                ("admin", rule.allows(&Authority::Member(Role::Admin))),
                ("owner", rule.allows(&Authority::Member(Role::Owner))),
                ("support", rule.allows(&Authority::Support(OperatorRole::Support))),
                ("operator", rule.allows(&Authority::Support(OperatorRole::Admin))),
                ("system", rule.allows(&Authority::System)),
                ("embed", rule.allows(&Authority::Embed)),
            ] {
                line.push_str(&format!("{:<9}", if may { word } else { "-" }));
            }
            line.push_str(&format!("{:<17}", rule.scope.map_or("-", Scope::as_str)));
            line.push_str(if rule.audited { "audited" } else { "-" });
            matrix.push_str(&line);
            matrix.push('\n');
        }
        insta::assert_snapshot!(matrix);
    }

    #[test]
    fn a_higher_role_may_what_a_lower_one_may() {
        for rule in action::ALL {
            let allowed = Role::ALL.map(|role| rule.allows(&Authority::Member(role)));
            assert!(allowed.is_sorted(), "{}: {allowed:?}", rule.name);
        }
    }
}
