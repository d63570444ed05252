//! Who is acting, by what right, under which request.

use std::sync::{Arc, Mutex, PoisonError};

use insula_model::policy::{OperatorAction, OperatorRole};
use insula_model::{
    ApiKeyId, Authority, EmbedGrant, Error, IdentityId, MemberId, OperatorId, RequestId, Result, Role,
    TenantId, problem,
};
use serde::{Deserialize, Serialize};

use super::OperatorPermit;

/// What kind of actor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person in a tenant.
    Member,
    /// A tenant's API key.
    ApiKey,
    /// Somebody who runs the installation.
    Operator,
    /// The product itself, in nobody's name.
    System,
    /// An embed token or a public link.
    Embed,
}

impl ActorKind {
    /// As in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::ApiKey => "api_key",
            Self::Operator => "operator",
            Self::System => "system",
            Self::Embed => "embed",
        }
    }
}

/// Who is acting, as it is written down: in audit rows and in operations, which act in that name later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// The id with its prefix.
    pub id: String,
    /// A name for people: an e-mail, the key's name.
    pub name: String,
}

impl Actor {
    /// The product itself.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self { kind: ActorKind::System, id: "system".to_owned(), name: name.to_owned() }
    }
}

/// The caller's `Idempotency-Key` with a fingerprint of the request that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 8 to 128 visible ASCII characters.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub fingerprint: [u8; 32],
}

/// How far an actor reaches.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    /// A signed-in member of one tenant.
    Member { tenant: TenantId, identity: IdentityId, member: MemberId, authority: Authority },
    /// An API key of one tenant.
    Key { tenant: TenantId, key: ApiKeyId, authority: Authority },
    /// An operator; inside tenants only with a reason.
    Operator { operator: OperatorId, role: OperatorRole },
    /// A job, a step of an operation, or a moment of signing in: one tenant, and only the actions named.
    System { tenant: TenantId, only: &'static [&'static str] },
    /// An embed token or a public link: the one dashboard that it grants.
    Embed { tenant: TenantId, grant: Arc<EmbedGrant> },
}

impl Reach {
    /// As which role it sees datasets.
    pub(crate) fn sight(&self) -> Role {
        match self {
            Self::Member { authority, .. } | Self::Key { authority, .. } => authority.sight(),
            Self::Operator { role, .. } => Authority::Support(*role).sight(),
            Self::System { .. } => Authority::System.sight(),
            Self::Embed { .. } => Authority::Embed.sight(),
        }
    }
}

/// Who is acting. Made by `Store::…` when a credential was checked or a lease was taken, never otherwise:
///
/// ```compile_fail
/// // refused: private
/// fn anybody(actor: insula_store::Actor) -> insula_store::OpCtx { insula_store::OpCtx { actor } }
/// ```
/// and it is not handed on by copying:
/// ```compile_fail
/// // refused: mismatched types
/// fn keep(ctx: &insula_store::OpCtx) -> insula_store::OpCtx { ctx.clone() }
/// ```
#[derive(Debug)]
pub struct OpCtx {
    pub(crate) actor: Actor,
    pub(crate) request: RequestId,
    pub(crate) reach: Reach,
    pub(crate) reason: Option<String>,
    pub(crate) idempotency: Option<IdempotencyKey>,
    /// What an operator has looked at in this request, as far as the tenants' logs have it.
    looked: Mutex<Vec<(TenantId, &'static str)>>,
}

impl OpCtx {
    pub(crate) fn new(actor: Actor, request: RequestId, reach: Reach) -> Self {
        Self { actor, request, reach, reason: None, idempotency: None, looked: Mutex::default() }
    }

    /// Whether this is an operator who looks at this for the first time in this request: then it is to be noted.
    pub(crate) fn must_note(&self, tenant: TenantId, action: &'static str) -> bool {
        let looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(self.reach, Reach::Operator { .. }) && !looked.contains(&(tenant, action))
    }

    /// The tenant's log says now that an operator looked.
    pub(crate) fn noted(&self, tenant: TenantId, action: &'static str) {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner).push((tenant, action));
    }

    /// Who acts, as it is written down.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// The tenant that this actor belongs to; none for operators.
    #[must_use]
    pub fn home(&self) -> Option<TenantId> {
        match &self.reach {
            Reach::Member { tenant, .. }
            | Reach::Key { tenant, .. }
            | Reach::System { tenant, .. }
            | Reach::Embed { tenant, .. } => Some(*tenant),
            Reach::Operator { .. } => None,
        }
    }

    /// The member that acts.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        match &self.reach {
            Reach::Member { member, .. } => Some(*member),
            _ => None,
        }
    }

    /// The identity that acts.
    #[must_use]
    pub fn identity(&self) -> Option<IdentityId> {
        match &self.reach {
            Reach::Member { identity, .. } => Some(*identity),
            _ => None,
        }
    }

    /// The API key that acts.
    #[must_use]
    pub fn api_key(&self) -> Option<ApiKeyId> {
        match &self.reach {
            Reach::Key { key, .. } => Some(*key),
            _ => None,
        }
    }

    /// The operator that acts.
    #[must_use]
    pub fn operator(&self) -> Option<(OperatorId, OperatorRole)> {
        match &self.reach {
            Reach::Operator { operator, role } => Some((*operator, *role)),
            _ => None,
        }
    }

    /// As which role this actor sees datasets.
    pub(crate) fn sight(&self) -> Role {
        self.reach.sight()
    }

    /// By what right this actor acts in its tenant.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        match &self.reach {
            Reach::Member { authority, .. } | Reach::Key { authority, .. } => Some(authority),
            _ => None,
        }
    }

    /// The `Idempotency-Key` of the request.
    #[must_use]
    pub fn idempotency(&self) -> Option<&IdempotencyKey> {
        self.idempotency.as_ref()
    }

    /// Why an operator looks into a tenant.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Says why an operator looks into a tenant. Goes into the tenant's audit log with each use.
    ///
    /// # Errors
    /// `support.reason` when it is shorter than 8 or longer than 500 characters.
    pub fn with_reason(mut self, reason: &str) -> Result<Self> {
        let reason = reason.trim();
        if !(8..=500).contains(&reason.chars().count()) {
            return Err(
                Error::new(problem::REASON_REQUIRED, "Give a reason of 8 to 500 characters.").at("/reason")
            );
        }
        self.reason = Some(reason.to_owned());
        Ok(self)
    }

    /// Makes what this request does happen once, however often it is sent.
    #[must_use]
    pub fn with_idempotency(mut self, key: Option<IdempotencyKey>) -> Self {
        self.idempotency = key;
        self
    }

    /// Proof that this actor is an operator who may do `A`.
    ///
    /// # Errors
    /// `not_found` for everybody who is not an operator: the operators' realm is not visible to them.
    /// `auth.forbidden` for an operator without the role.
    pub fn authorize_operator<A: OperatorAction>(&self) -> Result<OperatorPermit<'_, A>> {
        match self.reach {
            Reach::Operator { role, .. } if role >= A::RULE.role => Ok(OperatorPermit::new(self)),
            Reach::Operator { .. } => Err(Error::new(
                problem::FORBIDDEN,
                format!("Your operator role does not include {}.", A::RULE.name),
            )),
            _ => Err(Error::not_found("operator", "access")),
        }
    }
}
