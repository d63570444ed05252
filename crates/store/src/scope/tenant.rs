//! A tenant that an actor may know of, and the proof that the actor may do something in it.

use std::marker::PhantomData;
use std::sync::Arc;

use insula_model::{Action, Authority, Error, Result, TenantId, TenantRecord, TenantStatus, problem};

use super::{OpCtx, Reach};

/// A tenant that `op`'s actor may at least know of. It comes from `Store::tenant` only:
///
/// ```compile_fail
/// // refused: private
/// fn any<'a>(op: &'a insula_store::OpCtx, record: std::sync::Arc<insula_model::TenantRecord>) -> insula_store::Tenant<'a> {
///     insula_store::Tenant::enter(op, record).unwrap()
/// }
/// ```
#[derive(Debug)]
pub struct Tenant<'op> {
    record: Arc<TenantRecord>,
    op: &'op OpCtx,
    authority: Authority,
    only: Option<&'static [&'static str]>,
}

impl<'op> Tenant<'op> {
    /// The one way in: compares the actor's reach with the tenant, and the tenant's status with the actor.
    pub(crate) fn enter(op: &'op OpCtx, record: Arc<TenantRecord>) -> Result<Self> {
        let (authority, only) = match &op.reach {
            Reach::Member { tenant, authority, .. } | Reach::Key { tenant, authority, .. }
                if *tenant == record.id =>
            {
                open_for_people(&record)?;
                (authority.clone(), None)
            }
            Reach::Member { .. } | Reach::Key { .. } => {
                return Err(Error::new(
                    problem::NOT_YOURS,
                    "You are signed in, but this place is somebody else's.",
                ));
            }
            Reach::Operator { role, .. } => {
                if op.reason.is_none() {
                    return Err(Error::new(
                        problem::REASON_REQUIRED,
                        "An operator who looks into a tenant says why. Give a reason of 8 to 500 characters.",
                    ));
                }
                (Authority::Support(*role), None)
            }
            Reach::Embed { tenant, .. } if *tenant == record.id => {
                open_for_people(&record)?;
                (Authority::Embed, None)
            }
            Reach::Embed { .. } => {
                return Err(Error::new(problem::EMBED_TENANT, "This embed is another workspace's."));
            }
            Reach::System { tenant, only } if *tenant == record.id => (Authority::System, Some(*only)),
            Reach::System { .. } => {
                return Err(Error::internal("a job or operation reached for another tenant"));
            }
        };
        Ok(Self { record, op, authority, only })
    }

    /// What the control plane knows of it.
    #[must_use]
    pub fn record(&self) -> &TenantRecord {
        &self.record
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> TenantId {
        self.record.id
    }

    /// By what right the actor is here.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Who acts.
    #[must_use]
    pub fn op(&self) -> &'op OpCtx {
        self.op
    }

    /// Proof that the actor may do `A` here.
    ///
    /// # Errors
    /// `auth.forbidden` when the policy's table says no.
    pub fn authorize<A: Action>(&self) -> Result<Permit<'op, A>> {
        let named = self.only.is_none_or(|only| only.contains(&A::RULE.name));
        if named && A::RULE.allows(&self.authority) {
            return Ok(Permit { record: Arc::clone(&self.record), op: self.op, action: PhantomData });
        }
        tracing::info!(action = A::RULE.name, actor = %self.op.actor.id, tenant = %self.record.id, "authz.denied");
        Err(Error::new(problem::FORBIDDEN, format!("You may not do this here ({}).", A::RULE.name)))
    }

    /// The names of the actions that the actor may do here, for a user interface to show.
    #[must_use]
    pub fn allowed(&self) -> Vec<&'static str> {
        insula_model::policy::action::ALL
            .iter()
            .filter(|r| r.allows(&self.authority))
            .map(|r| r.name)
            .collect()
    }
}

/// Whether people and API keys may come in, by the tenant's status.
pub(crate) fn open_for_people(record: &TenantRecord) -> Result<()> {
    match record.status {
        TenantStatus::Active => Ok(()),
        TenantStatus::Suspended => Err(Error::new(
            problem::TENANT_SUSPENDED,
            "This workspace is suspended. Its owner can ask the operator to resume it.",
        )),
        TenantStatus::Provisioning => Err(Error::new(
            problem::TENANT_NOT_READY,
            "This workspace is being set up. Try again in a moment.",
        )
        .retry_after(std::time::Duration::from_secs(1))),
        TenantStatus::Deleted | TenantStatus::Erasing => {
            Err(Error::new(problem::TENANT_GONE, "This workspace was deleted."))
        }
    }
}

/// Proof that an actor may do `A` in one tenant. It cannot be made from outside, copied or stored:
///
/// ```compile_fail
/// // refused: private
/// use insula_model::policy::action::DashboardView;
/// fn forged<'a>(op: &'a insula_store::OpCtx, record: std::sync::Arc<insula_model::TenantRecord>) -> insula_store::Permit<'a, DashboardView> {
///     insula_store::Permit { record, op, action: std::marker::PhantomData }
/// }
/// ```
/// ```compile_fail
/// // refused: mismatched types
/// use insula_model::policy::action::DashboardView;
/// fn twice(p: &insula_store::Permit<'_, DashboardView>) -> insula_store::Permit<'static, DashboardView> { p.clone() }
/// ```
/// ```compile_fail
/// // refused: Serialize
/// use insula_model::policy::action::DashboardView;
/// fn stored(p: &insula_store::Permit<'_, DashboardView>) -> String { serde_json::to_string(p).unwrap() }
/// ```
/// ```compile_fail
/// // refused: lifetime may not live long enough
/// use insula_model::policy::action::DashboardView;
/// fn outlive<'a>(tenant: insula_store::Tenant<'a>) -> insula_store::Permit<'static, DashboardView> {
///     tenant.authorize::<DashboardView>().unwrap()
/// }
/// ```
#[must_use]
#[derive(Debug)]
pub struct Permit<'op, A: Action> {
    pub(crate) record: Arc<TenantRecord>,
    pub(crate) op: &'op OpCtx,
    pub(super) action: PhantomData<fn() -> A>,
}

impl<A: Action> Permit<'_, A> {
    /// The tenant that it is for.
    #[must_use]
    pub fn tenant(&self) -> &TenantRecord {
        &self.record
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &super::Actor {
        &self.op.actor
    }
}
