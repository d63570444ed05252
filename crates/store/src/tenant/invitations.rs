//! Invitations to become a member: one for each e-mail, accepted once, for seven days. Of the link's token only the
//! SHA-256 is kept. Tested in `platform/tests/it/invitations.rs`.

use insula_model::policy::action::{MemberDelete, MemberJoin, TenantTidy};
use insula_model::{Action, Error, Invitation, InvitationId, Mode, Result, Role, Write, problem};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_postgres::Row;

use super::members::above;
use crate::{Permit, TenantTx};

/// The invitations of a transaction's tenant.
pub struct Invitations<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The invitations.
    pub fn invitations(&mut self) -> Invitations<'_, 'op, M> {
        Invitations(self)
    }
}

fn invitation(row: &Row) -> Result<Invitation> {
    Ok(Invitation {
        id: InvitationId::from_uuid(row.get(0)),
        email: row.get(1),
        role: row.get::<_, &str>(2).parse()?,
        invited_by: row.get(3),
        created_at: row.get(4),
        expires_at: row.get(5),
    })
}

fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

impl<M: Mode> Invitations<'_, '_, M> {
    /// Invitations that can be accepted, in the order in which they were made, after `after`.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(
        &mut self,
        after: Option<InvitationId>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Invitation>> {
        let rows = self
            .0
            .rows(
                "SELECT id, email, role, invited_by, created_at, expires_at FROM invitations \
                  WHERE expires_at > $2 AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $3",
                &[&after.map(InvitationId::uuid), &now, &i64::from(limit)],
            )
            .await?;
        rows.iter().map(invitation).collect()
    }

    /// How many can be accepted.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn count(&mut self, now: Timestamp) -> Result<i64> {
        let row = self.0.row("SELECT count(*) FROM invitations WHERE expires_at > $1", &[&now]).await?;
        Ok(row.map_or(0, |row| row.get(0)))
    }

    /// The invitation of a token, with the name of the place that it leads to.
    ///
    /// # Errors
    /// `invitation.invalid` when it cannot be accepted.
    pub async fn of_token(&mut self, token: &str, now: Timestamp) -> Result<(Invitation, String)> {
        let row = self
            .0
            .row(
                "SELECT i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at, \
                        coalesce((SELECT name FROM settings), '') \
                   FROM invitations i WHERE i.token_hash = $1 AND i.expires_at > $2",
                &[&digest(token), &now],
            )
            .await?
            .ok_or_else(no_longer)?;
        Ok((invitation(&row)?, row.get(6)))
    }

    /// The name of the place that invitations lead to; empty while it is being set up.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn place_name(&mut self) -> Result<String> {
        let row = self.0.row("SELECT name FROM settings", &[]).await?;
        Ok(row.map(|row| row.get(0)).unwrap_or_default())
    }
}

impl Invitations<'_, '_, Write> {
    /// Writes an invitation down. An earlier one to the same e-mail is replaced, its link is no longer valid.
    ///
    /// # Errors
    /// `member.role` when the one to replace gives a role above `own`.
    pub async fn create<A: Action<Mode = Write>>(
        &mut self,
        permit: &Permit<'_, A>,
        new: &Invitation,
        token: &str,
        own: Role,
    ) -> Result<()> {
        let written = self
            .0
            .row(
                "INSERT INTO invitations AS i (tenant_id, id, email, role, token_hash, invited_by, created_at, expires_at) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (tenant_id, email) DO UPDATE SET id = excluded.id, role = excluded.role, \
                    token_hash = excluded.token_hash, invited_by = excluded.invited_by, \
                    created_at = excluded.created_at, expires_at = excluded.expires_at \
                  WHERE i.role = ANY($8) OR i.expires_at <= $6 RETURNING 1",
                &[
                    &new.id.uuid(),
                    &new.email,
                    &new.role.as_str(),
                    &digest(token),
                    &new.invited_by,
                    &new.created_at,
                    &new.expires_at,
                    &up_to(own),
                ],
            )
            .await?;
        if written.is_none() {
            return Err(above());
        }
        self.0.used(permit, new.id, &json!({ "email": new.email, "role": new.role }))
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// `not_found`; `member.role` when it gives a role above `own`.
    pub async fn delete(
        &mut self,
        permit: &Permit<'_, MemberDelete>,
        id: InvitationId,
        own: Role,
    ) -> Result<()> {
        let row = self
            .0
            .row("SELECT role, email FROM invitations WHERE id = $1 FOR UPDATE", &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("invitation", id))?;
        if row.get::<_, &str>(0).parse::<Role>()? > own {
            return Err(above());
        }
        self.0.execute("DELETE FROM invitations WHERE id = $1", &[&id.uuid()]).await?;
        self.0.used(permit, id, &json!({ "email": row.get::<_, &str>(1), "withdrawn": true }))
    }

    /// Uses an invitation up. Of two who do it at once, one does.
    ///
    /// # Errors
    /// `invitation.invalid`.
    pub async fn accept(
        &mut self,
        _: &Permit<'_, MemberJoin>,
        token: &str,
        now: Timestamp,
    ) -> Result<Invitation> {
        let row = self
            .0
            .row(
                "DELETE FROM invitations WHERE token_hash = $1 AND expires_at > $2 \
                 RETURNING id, email, role, invited_by, created_at, expires_at",
                &[&digest(token), &now],
            )
            .await?
            .ok_or_else(no_longer)?;
        invitation(&row)
    }

    /// Removes what has expired.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>, now: Timestamp) -> Result<u64> {
        self.0.execute("DELETE FROM invitations WHERE expires_at <= $1", &[&now]).await
    }
}

fn up_to(own: Role) -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|r| *r <= own).map(Role::as_str).collect()
}

/// The refusal of a link that is not valid: the same whether it was used, withdrawn, expired or never made.
fn no_longer() -> Error {
    Error::new(
        problem::INVITATION_INVALID,
        "This invitation was used, withdrawn or has expired. Ask for a new one.",
    )
}
