//! Operators: a realm of their own, with its own sign-ins. Tested in `tests/it/operators.rs`.

use std::time::Duration;

use insula_model::policy::operator_action::{OperatorManage, TenantList};
use insula_model::tenant::{display_name, email};
use insula_model::{
    Error, Installation, Operator, OperatorId, OperatorRole, OperatorSession, RequestId, Result,
    SessionInput, policy, problem,
};
use insula_store::{OpCtx, OperatorRecord, OperatorSessionKind, TenantFilter};
use jiff::Timestamp;

use crate::credentials::Realm;
use crate::{Arrival, Platform, passwords};

/// How long a browser's sign-in lasts.
const BROWSER: Duration = Duration::from_hours(12);
/// How long a token for the CLI lasts.
const TOKEN: Duration = Duration::from_hours(90 * 24);

/// An operator's sign-in that was just made.
pub struct OperatorSignedIn {
    /// What the browser or the CLI keeps.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who is signed in.
    pub session: OperatorSession,
}

impl std::fmt::Debug for OperatorSignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorSignedIn").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Platform {
    /// Makes the first operator, or gives the one with this e-mail a new password. For whoever holds the control
    /// database (`insula up`, `insula operator reset`), not for requests.
    ///
    /// # Errors
    /// `input.invalid`, `auth.password_weak`.
    pub async fn operator_install(
        &self,
        address: &str,
        name: &str,
        role: OperatorRole,
        password: &str,
    ) -> Result<OperatorId> {
        let record = self.new_operator(address, name, role, password).await?;
        self.store().operator_install(&record).await
    }

    /// Adds an operator.
    ///
    /// # Errors
    /// `auth.forbidden`, `input.invalid`, `auth.password_weak`, `member.exists`.
    pub async fn operator_create(
        &self,
        op: &OpCtx,
        address: &str,
        name: &str,
        role: OperatorRole,
        password: &str,
    ) -> Result<Operator> {
        let permit = op.authorize_operator::<OperatorManage>()?;
        let record = self.new_operator(address, name, role, password).await?;
        self.store().operator_create(&permit, &record).await?;
        Ok(operator(record))
    }

    /// Signs an operator in. `from.replaces` ends.
    ///
    /// # Errors
    /// `auth.credentials`, `limit.rate`.
    pub async fn operator_session_create(
        &self,
        input: &SessionInput,
        kind: OperatorSessionKind,
        from: &Arrival<'_>,
    ) -> Result<OperatorSignedIn> {
        let (address, password) = (input.email.as_str(), input.password.as_str());
        let record = self
            .check_credentials(Realm::Operators, (address, password), from.address, async |email| {
                let found = self.store().operator_of_email(email).await?;
                Ok(found.map(|record| {
                    let hash = record.password_hash.clone();
                    (record, Some(hash))
                }))
            })
            .await?;
        if let Some(old) = from.replaces {
            self.store().operator_session_delete(old).await?;
        }
        let lasts = match kind {
            OperatorSessionKind::Browser => BROWSER,
            OperatorSessionKind::Token => TOKEN,
        };
        let expires_at = self.world().now() + lasts;
        let token = self.store().operator_session_create(&record, kind, expires_at).await?;
        let (op, record) = self.store().operator_context(&token, from.request).await?;
        Ok(OperatorSignedIn { token, expires_at, session: self.operator_session(&op, record).await? })
    }

    /// Who acts, by an operator's token.
    ///
    /// # Errors
    /// `auth.ended`.
    pub async fn operator_context(&self, token: &str, request: RequestId) -> Result<OpCtx> {
        Ok(self.store().operator_context(token, request).await?.0)
    }

    /// The operator who is signed in.
    ///
    /// # Errors
    /// `not_found` for anybody else.
    pub async fn operator_session_view(&self, op: &OpCtx) -> Result<OperatorSession> {
        let _ = op.authorize_operator::<TenantList>()?;
        let record = self.store().operator_of_email(&op.actor().name).await?;
        let record = record
            .ok_or_else(|| Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again."))?;
        self.operator_session(op, record).await
    }

    /// Signs an operator out. Says nothing about a token that was none.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_session_delete(&self, token: &str) -> Result<()> {
        self.store().operator_session_delete(token).await
    }

    async fn operator_session(&self, op: &OpCtx, record: OperatorRecord) -> Result<OperatorSession> {
        let permit = op.authorize_operator::<TenantList>()?;
        let tenants = self.store().tenant_list(&permit, &TenantFilter::default()).await?.total;
        let can = policy::operator_action::ALL.iter().filter(|rule| rule.role <= record.role);
        Ok(OperatorSession {
            can: can.map(|rule| rule.name.to_owned()).collect(),
            operator: operator(record),
            installation: Installation {
                base_domain: self.settings().base_domain.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                tenants: u64::try_from(tenants).unwrap_or_default(),
            },
        })
    }

    async fn new_operator(
        &self,
        address: &str,
        name: &str,
        role: OperatorRole,
        password: &str,
    ) -> Result<OperatorRecord> {
        let (address, name) = (email(address, "/email")?, display_name(name, "/name")?);
        passwords::check_strength(password, "/password", &address, &[])?;
        Ok(OperatorRecord {
            id: OperatorId::from_uuid(self.world().uuid()),
            email: address,
            name,
            role,
            password_hash: self.passwords().hash(self.world(), password).await?,
        })
    }
}

fn operator(record: OperatorRecord) -> Operator {
    Operator { id: record.id, email: record.email, name: record.name, role: record.role }
}
