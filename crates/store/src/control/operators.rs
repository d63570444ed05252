//! Operators and their sign-ins: a realm of their own, apart from the tenants' people.

use insula_model::policy::operator_action::OperatorManage;
use insula_model::{Error, OperatorId, OperatorRole, RequestId, Result, problem};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::Store;
use crate::scope::{Actor, ActorKind, ControlEntry, OpCtx, OperatorPermit, Reach};

/// An operator with what is needed to check a password.
#[derive(Debug, Clone)]
pub struct OperatorRecord {
    /// The id.
    pub id: OperatorId,
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: OperatorRole,
    /// The password's hash, as a PHC string.
    pub password_hash: String,
}

/// What kind of sign-in it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorSessionKind {
    /// A browser's cookie.
    Browser,
    /// A token for the CLI.
    Token,
}

impl Store {
    /// Makes the first operator, or sets the password of the one with this e-mail, whose sessions and tokens end: only whoever holds the control
    /// database's password can call it (`insula up`, `insula operator reset`).
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_install(&self, operator: &OperatorRecord) -> Result<OperatorId> {
        let mut tx = self.control().await?;
        // Whoever signed in with the password of before, or was given a token then, is signed out.
        tx.execute(
            "DELETE FROM operator_sessions s USING operators o WHERE o.id = s.operator_id AND o.email = $1 \
                AND o.password_hash <> $2",
            &[&operator.email, &operator.password_hash],
        )
        .await?;
        let row = tx
            .row(
                "INSERT INTO operators (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash RETURNING id",
                &[
                    &operator.id.uuid(),
                    &operator.email,
                    &operator.name,
                    &operator.role.as_str(),
                    &operator.password_hash,
                    &self.inner.world.now(),
                ],
            )
            .await?
            .ok_or_else(|| Error::internal("an operator was not written"))?;
        let id = OperatorId::from_uuid(row.get(0));
        tx.commit_with(&ControlEntry {
            action: "operator.install",
            actor: &Actor::system("install"),
            subject: id.to_string(),
            request: String::new(),
            detail: String::new(),
        })
        .await?;
        Ok(id)
    }

    /// Adds an operator.
    ///
    /// # Errors
    /// `member.exists` when there is one with this e-mail.
    pub async fn operator_create(
        &self,
        permit: &OperatorPermit<'_, OperatorManage>,
        operator: &OperatorRecord,
    ) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO operators (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                &operator.id.uuid(),
                &operator.email,
                &operator.name,
                &operator.role.as_str(),
                &operator.password_hash,
                &self.inner.world.now(),
            ],
        )
        .await?;
        tx.commit_with(&ControlEntry {
            action: "operator.create",
            actor: permit.op.actor(),
            subject: operator.id.to_string(),
            request: permit.op.request().to_string(),
            detail: serde_json::json!({ "role": operator.role }).to_string(),
        })
        .await
    }

    /// The operator with an e-mail, to check a password against.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_of_email(&self, email: &str) -> Result<Option<OperatorRecord>> {
        let mut tx = self.control().await?;
        let row = tx
            .row("SELECT id, email, name, role, password_hash FROM operators WHERE email = $1", &[&email])
            .await?;
        row.map(|row| {
            Ok(OperatorRecord {
                id: OperatorId::from_uuid(row.get(0)),
                email: row.get(1),
                name: row.get(2),
                role: row.get::<_, &str>(3).parse()?,
                password_hash: row.get(4),
            })
        })
        .transpose()
    }

    /// Signs an operator in whose password was checked. Only the token's hash is kept.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_session_create(
        &self,
        operator: &OperatorRecord,
        kind: OperatorSessionKind,
        expires_at: Timestamp,
    ) -> Result<String> {
        let now = self.inner.world.now();
        let token = format!("iop_{}", self.inner.world.secret());
        let (kind, name) = match kind {
            OperatorSessionKind::Browser => ("browser", None),
            OperatorSessionKind::Token => ("token", Some("insula up")),
        };
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO operator_sessions (token_hash, id, operator_id, kind, name, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
            &[
                &Sha256::digest(token.as_bytes()).to_vec(),
                &self.inner.world.uuid(),
                &operator.id.uuid(),
                &kind,
                &name,
                &now,
                &expires_at,
            ],
        )
        .await?;
        tx.commit_with(&ControlEntry {
            action: "operator.sign_in",
            actor: &actor(operator.id, &operator.email),
            subject: kind.to_owned(),
            request: String::new(),
            detail: String::new(),
        })
        .await?;
        Ok(token)
    }

    /// Who acts, by an operator's token: the only way to become an operator.
    ///
    /// # Errors
    /// `auth.ended` when the token is unknown or has expired.
    pub async fn operator_context(&self, token: &str, request: RequestId) -> Result<(OpCtx, OperatorRecord)> {
        let (hash, now) = (Sha256::digest(token.as_bytes()).to_vec(), self.inner.world.now());
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT o.id, o.email, o.name, o.role, s.seen_at FROM operator_sessions s \
                   JOIN operators o ON o.id = s.operator_id WHERE s.token_hash = $1 AND s.expires_at > $2",
                &[&hash, &now],
            )
            .await?
            .ok_or_else(|| Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again."))?;
        if now.duration_since(row.get(4)) >= SignedDuration::from_mins(1) {
            let seen = "UPDATE operator_sessions SET seen_at = greatest(seen_at, $2) WHERE token_hash = $1";
            tx.execute(seen, &[&hash, &now]).await?;
            tx.commit().await?;
        }
        let operator = OperatorRecord {
            id: OperatorId::from_uuid(row.get(0)),
            email: row.get(1),
            name: row.get(2),
            role: row.get::<_, &str>(3).parse()?,
            password_hash: String::new(),
        };
        let reach = Reach::Operator { operator: operator.id, role: operator.role };
        Ok((OpCtx::new(actor(operator.id, &operator.email), request, reach), operator))
    }

    /// Ends an operator's sign-in.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn operator_session_delete(&self, token: &str) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "DELETE FROM operator_sessions WHERE token_hash = $1",
            &[&Sha256::digest(token.as_bytes()).to_vec()],
        )
        .await?;
        tx.commit().await
    }
}

fn actor(id: OperatorId, email: &str) -> Actor {
    Actor { kind: ActorKind::Operator, id: id.to_string(), name: email.to_owned() }
}
