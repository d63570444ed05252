//! Members of a tenant. Tested in `tests/it/members.rs`.

use insula_model::policy::action::{MemberDelete, MemberList, MemberUpdate};
use insula_model::{Authority, Member, MemberId, Page, Result, Role};
use insula_store::Tenant;

use crate::Platform;
use crate::paging::Paging;

impl Platform {
    /// Members in the order in which they joined.
    ///
    /// # Errors
    /// `auth.forbidden`, `page.cursor`.
    pub async fn member_list(
        &self,
        tenant: &Tenant<'_>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Member>> {
        let permit = tenant.authorize::<MemberList>()?;
        let paging = Paging::new(cursor, limit)?;
        let mut tx = self.store().begin(&permit).await?;
        let (members, total) = tx.members().list(paging.after, paging.fetch()).await?;
        Ok(paging.page(members, Some(total), |m| m.id))
    }

    /// Changes a member's role. Acts on every node within a second.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`, `member.role`, `member.last_owner`.
    pub async fn member_update(&self, tenant: &Tenant<'_>, id: MemberId, role: Role) -> Result<Member> {
        let permit = tenant.authorize::<MemberUpdate>()?;
        let mut tx = self.store().begin(&permit).await?;
        let member = tx.members().update_role(&permit, id, role).await?;
        tx.commit().await?;
        self.store().announce_content(tenant.id()).await;
        Ok(member)
    }

    /// Removes a member. Their sign-ins here end.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`, `member.role`, `member.last_owner`.
    pub async fn member_delete(&self, tenant: &Tenant<'_>, id: MemberId) -> Result<()> {
        let permit = tenant.authorize::<MemberDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        let removed = tx.members().delete(&permit, id).await?;
        tx.commit().await?;
        self.store().announce_content(tenant.id()).await;
        // Without a membership their sessions open nothing any more, whether or not this succeeds.
        if let Err(error) = self.store().identity_leave(&permit, removed.identity).await {
            tracing::warn!(?error, member = %id, "the sessions of a removed member could not be ended");
        }
        Ok(())
    }
}

/// The highest role that an actor gives, changes and removes.
pub(crate) fn reach(tenant: &Tenant<'_>) -> Role {
    match tenant.authority() {
        Authority::Member(role) => *role,
        Authority::Key(_) | Authority::Embed => Role::Viewer,
        // An operator with a reason can help a tenant that has lost its owners.
        Authority::Support(_) | Authority::System => Role::Owner,
    }
}
