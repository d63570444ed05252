//! Members of a tenant.
//!
//! What must always hold: a tenant that had an owner keeps one, also when two are removed at once (owners' rows are
//! locked, in one order, before any role changes or member goes); nobody changes or removes a role above their own,
//! which is read under that lock as well. Tested in `platform/tests/it/members.rs`.

use insula_model::policy::action::{
    CredentialUse, IdentityUpdate, MemberDelete, MemberUpdate, SessionRecord,
};
use insula_model::{
    Action, Authority, Error, IdentityId, Member, MemberId, Mode, Result, Role, SessionId, Write, problem,
};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::Row;

use crate::{Permit, TenantTx};

/// The members of a transaction's tenant.
pub struct Members<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The members.
    pub fn members(&mut self) -> Members<'_, 'op, M> {
        Members(self)
    }
}

/// What somebody who is signed in sees of themselves and the place.
#[derive(Debug, Clone)]
pub struct MemberPlace {
    /// Who.
    pub member: Member,
    /// The tenant's display name.
    pub tenant_name: String,
    /// The tenant's time zone.
    pub time_zone: String,
    /// Whether there is sample data.
    pub sample_data: bool,
}

/// Somebody who becomes a member.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The id.
    pub id: MemberId,
    /// Whose membership.
    pub identity: IdentityId,
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// What happened to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEvent {
    /// Somebody signed in.
    SignIn,
    /// Somebody signed out.
    SignOut,
}

impl SessionEvent {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
        }
    }
}

/// A member that was removed.
#[derive(Debug, Clone)]
pub struct RemovedMember {
    /// Whose membership it was.
    pub identity: IdentityId,
    /// The address.
    pub email: String,
}

fn member(row: &Row, you: Option<MemberId>) -> Result<Member> {
    let id = MemberId::from_uuid(row.get(0));
    Ok(Member {
        id,
        email: row.get(1),
        name: row.get(2),
        role: row.get::<_, &str>(3).parse()?,
        joined_at: row.get(4),
        last_seen_at: row.get(5),
        you: you == Some(id),
    })
}

impl<M: Mode> Members<'_, '_, M> {
    /// Members in the order in which they joined, after `after`, with the number of all.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, after: Option<MemberId>, limit: u32) -> Result<(Vec<Member>, u64)> {
        let you = self.0.op().member();
        let rows = self
            .0
            .rows(
                "SELECT m.id, m.email, m.name, m.role, m.joined_at, m.last_seen_at, (SELECT count(*) FROM members) \
                   FROM members m WHERE $1::uuid IS NULL OR m.id > $1 ORDER BY m.id LIMIT $2",
                &[&after.map(MemberId::uuid), &i64::from(limit)],
            )
            .await?;
        let total = rows.first().map_or(0, |row| row.get::<_, i64>(6));
        let members = rows.iter().map(|row| member(row, you)).collect::<Result<_>>()?;
        Ok((members, u64::try_from(total).unwrap_or_default()))
    }

    /// The member that an identity is here.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn of_identity(&mut self, identity: IdentityId) -> Result<Option<Member>> {
        let row = self
            .0
            .row(
                "SELECT id, email, name, role, joined_at, last_seen_at FROM members WHERE identity_id = $1",
                &[&identity.uuid()],
            )
            .await?;
        row.as_ref().map(|row| member(row, None)).transpose()
    }

    /// Whether somebody with this e-mail is a member.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn has_email(&mut self, email: &str) -> Result<bool> {
        Ok(self.0.row("SELECT 1 FROM members WHERE email = $1", &[&email]).await?.is_some())
    }

    /// A member with what is shown of the place to somebody who is signed in.
    ///
    /// # Errors
    /// `not_found` when the member is gone.
    pub async fn place_of(&mut self, id: MemberId) -> Result<MemberPlace> {
        let row = self
            .0
            .row(
                "SELECT m.id, m.email, m.name, m.role, m.joined_at, m.last_seen_at, s.name, s.time_zone, \
                        EXISTS (SELECT FROM datasets WHERE sample) \
                   FROM members m LEFT JOIN settings s ON s.tenant_id = m.tenant_id WHERE m.id = $1",
                &[&id.uuid()],
            )
            .await?
            .ok_or_else(|| Error::not_found("member", id))?;
        Ok(MemberPlace {
            member: member(&row, Some(id))?,
            tenant_name: row.get::<_, Option<String>>(6).unwrap_or_default(),
            time_zone: row.get::<_, Option<String>>(7).unwrap_or_else(|| "UTC".to_owned()),
            sample_data: row.get(8),
        })
    }
}

impl Members<'_, '_, Write> {
    /// Adds a member.
    ///
    /// # Errors
    /// `member.exists`.
    pub async fn create<A: Action<Mode = Write>>(
        &mut self,
        permit: &Permit<'_, A>,
        new: &NewMember,
        joined_at: Timestamp,
    ) -> Result<Member> {
        self.0
            .execute(
                "INSERT INTO members (tenant_id, id, identity_id, email, name, role, joined_at) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5, $6)",
                &[
                    &new.id.uuid(),
                    &new.identity.uuid(),
                    &new.email,
                    &new.name,
                    &new.role.as_str(),
                    &joined_at,
                ],
            )
            .await?;
        self.0.used(permit, new.id, &json!({ "email": new.email, "role": new.role }))?;
        Ok(Member {
            id: new.id,
            email: new.email.clone(),
            name: new.name.clone(),
            role: new.role,
            joined_at,
            last_seen_at: None,
            you: false,
        })
    }

    /// Changes a member's role.
    ///
    /// # Errors
    /// `not_found`, `member.role` for roles above the actor's, `member.last_owner`.
    pub async fn update_role(
        &mut self,
        permit: &Permit<'_, MemberUpdate>,
        id: MemberId,
        role: Role,
    ) -> Result<Member> {
        let before = self.lock(id, Some(role)).await?;
        if before.role == Role::Owner && role != Role::Owner {
            self.owner_stays(id).await?;
        }
        self.0.execute("UPDATE members SET role = $2 WHERE id = $1", &[&id.uuid(), &role.as_str()]).await?;
        self.0.used(permit, id, &json!({ "from": before.role, "to": role }))?;
        Ok(Member { role, ..before })
    }

    /// Removes a member. The caller ends the person's sign-ins after the commit (`Store::identity_leave`).
    ///
    /// # Errors
    /// `not_found`, `member.role` for a role above the actor's, `member.last_owner`.
    pub async fn delete(&mut self, permit: &Permit<'_, MemberDelete>, id: MemberId) -> Result<RemovedMember> {
        let before = self.lock(id, None).await?;
        if before.role == Role::Owner {
            self.owner_stays(id).await?;
        }
        let row = self
            .0
            .row("DELETE FROM members WHERE id = $1 RETURNING identity_id", &[&id.uuid()])
            .await?
            .ok_or_else(|| Error::not_found("member", id))?;
        self.0.execute("DELETE FROM favourites WHERE member_id = $1", &[&id.uuid()]).await?;
        self.0.used(permit, id, &json!({ "email": before.email, "role": before.role }))?;
        Ok(RemovedMember { identity: IdentityId::from_uuid(row.get(0)), email: before.email })
    }

    /// Notes that a member was here just now.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn seen(
        &mut self,
        permit: &Permit<'_, CredentialUse>,
        id: MemberId,
        now: Timestamp,
    ) -> Result<()> {
        self.0
            .execute(
                "UPDATE members SET last_seen_at = $2 WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2)",
                &[&id.uuid(), &now],
            )
            .await?;
        self.0.used(permit, id, &serde_json::Value::Null)
    }

    /// Records that a member signed in or out. The caller makes or ends the session itself.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn record_session(
        &mut self,
        permit: &Permit<'_, SessionRecord>,
        id: MemberId,
        session: SessionId,
        what: SessionEvent,
        now: Timestamp,
    ) -> Result<()> {
        self.0.execute("UPDATE members SET last_seen_at = $2 WHERE id = $1", &[&id.uuid(), &now]).await?;
        self.0.used(permit, session, &json!({ "event": what.as_str() }))
    }

    /// Records that the acting member changed their password. The caller changes it.
    ///
    /// # Errors
    /// `internal` for a permit of another tenant.
    pub fn record_password(&mut self, permit: &Permit<'_, IdentityUpdate>, id: IdentityId) -> Result<()> {
        self.0.used(permit, id, &json!({ "changed": "password" }))
    }

    /// Locks the owners, the actor and the member in question, and compares their roles as they are now.
    async fn lock(&mut self, id: MemberId, wanted: Option<Role>) -> Result<Member> {
        let actor = self.0.op().member();
        let rows = self
            .0
            .rows(
                "SELECT id, email, name, role, joined_at, last_seen_at FROM members \
                  WHERE role = 'owner' OR id = $1 OR id = $2 ORDER BY id FOR UPDATE",
                &[&id.uuid(), &actor.map(MemberId::uuid)],
            )
            .await?;
        let rows = rows.iter().map(|row| member(row, actor)).collect::<Result<Vec<_>>>()?;
        let found = rows.iter().find(|m| m.id == id).ok_or_else(|| Error::not_found("member", id))?;
        let own = match actor {
            Some(actor) => rows
                .iter()
                .find(|m| m.id == actor)
                .map(|m| m.role)
                .ok_or_else(|| Error::new(problem::FORBIDDEN, "You are no longer a member here."))?,
            None => Role::Owner,
        };
        if found.role > own || wanted.is_some_and(|role| role > own) {
            return Err(above());
        }
        // What the policy's table demands of a member, once more with the role as it is now.
        if !MemberUpdate::RULE.allows(&Authority::Member(own)) {
            return Err(Error::new(
                problem::FORBIDDEN,
                "Your role was changed. You may not do this any more.",
            ));
        }
        Ok(found.clone())
    }

    async fn owner_stays(&mut self, leaving: MemberId) -> Result<()> {
        let other = self
            .0
            .row("SELECT 1 FROM members WHERE role = 'owner' AND id <> $1 LIMIT 1", &[&leaving.uuid()])
            .await?;
        if other.is_some() {
            return Ok(());
        }
        Err(Error::new(
            problem::MEMBER_LAST_OWNER,
            "This is the only owner. Make somebody else an owner first.",
        ))
    }
}

/// The refusal of a role above the actor's own.
pub(crate) fn above() -> Error {
    Error::new(problem::MEMBER_ROLE, "You can give, change and remove roles up to your own.")
}
