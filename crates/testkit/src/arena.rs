//! An attacker, a victim and a bystander of one tier, everything in them marked: for tests that attack.

use std::sync::Arc;

use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{TenantRecord, Tier};
use insula_platform::verify::Cast;
use insula_store::{Loot, OpCtx};

use crate::TestPlatform;

/// The tenants of an attack, with what their attacker can do.
pub struct Arena<'t> {
    /// The platform.
    pub t: &'t TestPlatform,
    /// The operator in whose name attacks run.
    pub op: OpCtx,
    /// The tenants.
    pub cast: Cast,
}

impl<'t> Arena<'t> {
    /// Makes the tenants and plants what nobody else may find.
    pub async fn new(t: &'t TestPlatform, tier: Tier) -> Self {
        let op = t.operator().await.with_reason("an attack is tested").expect("a reason");
        let cast = t.platform.verification_cast(&op, tier).await.expect("tenants to attack");
        Self { t, op, cast }
    }

    /// The attacker's tenant.
    #[must_use]
    pub fn a(&self) -> &Arc<TenantRecord> {
        &self.cast.attacker.record
    }

    /// The victim's.
    #[must_use]
    pub fn b(&self) -> &Arc<TenantRecord> {
        &self.cast.victim.record
    }

    /// Runs an attack in the attacker's reading scope. Nothing of anybody else's may be in what it gets.
    pub async fn reads(&self, sql: &str) -> Loot {
        self.attack(sql, false).await
    }

    /// Runs an attack in the attacker's writing scope, which is rolled back.
    pub async fn writes(&self, sql: &str) -> Loot {
        self.attack(sql, true).await
    }

    async fn attack(&self, sql: &str, writes: bool) -> Loot {
        let loot = self.of(self.a(), sql, writes).await;
        if let Some(leak) = self.cast.foreign(&loot.text()) {
            panic!("{leak} by {sql}");
        }
        loot
    }

    /// Runs a statement in the scope of any of the tenants; looks at nothing.
    pub async fn of(&self, tenant: &Arc<TenantRecord>, sql: &str, writes: bool) -> Loot {
        let permit = self.op.authorize_operator::<IsolationVerify>().expect("the right to attack");
        let loot = self.t.store().attack_for_verification(&permit, tenant, sql, writes).await;
        loot.unwrap_or_else(|e| panic!("{sql}: {e:?}"))
    }

    /// Fails if anything of the victim's or the bystander's has changed.
    pub async fn assert_unchanged(&self) {
        let changed = self.t.platform.verification_changes(&self.op, &self.cast).await.expect("sums");
        assert!(changed.is_empty(), "{changed:#?}");
    }
}
