//! How actors without a credential of their own come to be: steps of operations and jobs, which act in the name of
//! whoever caused them, and the moments of signing in, in one tenant, for the actions that they name. There is no
//! ambient root. (Actors with a credential come from `Store::session_context`, `Store::api_key_context` and
//! `Store::operator_context`.)

use insula_model::policy::operator_action::TenantList;
use insula_model::{MemberId, RequestId, Result, TenantId, TenantRecord};

use super::tenant::open_for_people;
use super::{Actor, ActorKind, OpCtx, OperatorPermit, Reach};
use crate::control::{LeasedJob, LeasedOperation};

impl OpCtx {
    /// A step of an operation, in the name of who asked for it.
    ///
    /// # Errors
    /// `internal` for an operation without a tenant.
    pub fn of_operation(op: &LeasedOperation, only: &'static [&'static str]) -> Result<Self> {
        let tenant =
            op.tenant.ok_or_else(|| insula_model::Error::internal("an operation without a tenant"))?;
        let request = RequestId::from_uuid(op.id.uuid());
        Ok(Self::new(op.actor.clone(), request, Reach::System { tenant, only }))
    }

    /// A job, in the product's own name. `None` for a job of the platform.
    #[must_use]
    pub fn of_job(job: &LeasedJob, only: &'static [&'static str]) -> Option<Self> {
        let request = RequestId::from_uuid(job.id.uuid());
        job.tenant.map(|tenant| Self::new(Actor::system(&job.kind), request, Reach::System { tenant, only }))
    }

    /// The relay that carries a tenant's outbox over to the jobs; it can do nothing else.
    #[must_use]
    pub fn of_relay(tenant: TenantId, request: RequestId) -> Self {
        Self::new(Actor::system("outbox"), request, Reach::System { tenant, only: &["outbox.relay"] })
    }

    /// Summing up a tenant's events by day, and nothing else.
    #[must_use]
    pub fn of_rollup(tenant: TenantId, request: RequestId) -> Self {
        Self::new(Actor::system("rollup"), request, Reach::System { tenant, only: &["rollup.update"] })
    }

    /// Somebody who comes to a tenant's address: sees its looks, and can do nothing else.
    #[must_use]
    pub fn of_visitor(tenant: TenantId, request: RequestId) -> Self {
        Self::new(
            Actor::system("visitor"),
            request,
            Reach::System { tenant, only: &["settings.view", "embedding.view"] },
        )
    }

    /// Counting how much a tenant has, for an operator who may know of it: figures only, nothing that is in it. Unlike
    /// looking into a tenant it needs no reason and leaves no row in the tenant's log.
    #[must_use]
    pub fn of_counting(permit: &OperatorPermit<'_, TenantList>, tenant: TenantId) -> Self {
        let request = permit.op.request;
        Self::new(Actor::system("usage"), request, Reach::System { tenant, only: &["dataset.view"] })
    }

    /// The reconciler that keeps the heads of the audit chains; it can do nothing else.
    #[must_use]
    pub fn of_anchoring(tenant: TenantId, request: RequestId) -> Self {
        Self::new(Actor::system("audit anchors"), request, Reach::System { tenant, only: &["audit.view"] })
    }

    /// Somebody of whom nothing is known yet and who shows a password, an invitation or a credential: what it
    /// belongs to can be looked up, nothing can be changed.
    ///
    /// # Errors
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`: a closed tenant lets nobody in.
    pub fn of_stranger(record: &TenantRecord, request: RequestId) -> Result<Self> {
        open_for_people(record)?;
        let only = &["member.list", "api_key.list"];
        Ok(Self::new(Actor::system("sign-in"), request, Reach::System { tenant: record.id, only }))
    }

    /// The moment in which somebody signs in or out, after the password or token was checked. It can be recorded,
    /// in the member's name; nothing else.
    ///
    /// # Errors
    /// As [`OpCtx::of_stranger`].
    pub fn of_sign_in(
        record: &TenantRecord,
        member: MemberId,
        email: &str,
        request: RequestId,
    ) -> Result<Self> {
        open_for_people(record)?;
        let only = &["session.record"];
        Ok(Self::new(person(member, email), request, Reach::System { tenant: record.id, only }))
    }

    /// The moment in which somebody accepts an invitation: they can become a member and be signed in.
    ///
    /// # Errors
    /// As [`OpCtx::of_stranger`].
    pub fn of_newcomer(
        record: &TenantRecord,
        member: MemberId,
        email: &str,
        request: RequestId,
    ) -> Result<Self> {
        open_for_people(record)?;
        let only = &["member.join", "session.record"];
        Ok(Self::new(person(member, email), request, Reach::System { tenant: record.id, only }))
    }

    /// Somebody who shows an embed token or the secret of a public link: whether it is valid can be looked up.
    ///
    /// # Errors
    /// As [`OpCtx::of_stranger`].
    pub(crate) fn of_embedding(record: &TenantRecord, request: RequestId) -> Result<Self> {
        open_for_people(record)?;
        let only = &["embed.admit"];
        Ok(Self::new(Actor::system("embedding"), request, Reach::System { tenant: record.id, only }))
    }

    /// Counting how much a tenant's embeds are used; it can do nothing else.
    #[must_use]
    pub fn of_embed_counting(tenant: TenantId, request: RequestId) -> Self {
        Self::new(Actor::system("embed usage"), request, Reach::System { tenant, only: &["embed.count"] })
    }

    /// Noting when a member or a key was last here.
    ///
    /// # Errors
    /// As [`OpCtx::of_stranger`].
    pub(crate) fn of_noting(record: &TenantRecord, request: RequestId) -> Result<Self> {
        open_for_people(record)?;
        let only = &["credential.use"];
        Ok(Self::new(Actor::system("last seen"), request, Reach::System { tenant: record.id, only }))
    }

    /// The reconciler that removes what has expired; it can do nothing else.
    #[must_use]
    pub fn of_tidying(tenant: TenantId, request: RequestId) -> Self {
        Self::new(Actor::system("tidy"), request, Reach::System { tenant, only: &["tenant.tidy"] })
    }
}

fn person(member: MemberId, email: &str) -> Actor {
    Actor { kind: ActorKind::Member, id: member.to_string(), name: email.to_owned() }
}
