//! People of the tests: tenants with owners who can sign in, members of any role.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use insula_model::{
    Invitation, InvitationAccept, InvitationCreated, InvitationInput, Member, MemberId, RequestId, Result,
    Role, SessionInput, Tier,
};
use insula_platform::{Arrival, Platform, SignedIn};
use insula_store::{OpCtx, Tenant};
use insula_testkit::{Client, TestPlatform, TestTenant};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn request(t: &TestPlatform) -> RequestId {
    RequestId::from_uuid(t.platform.world().uuid())
}

pub(crate) fn from(t: &TestPlatform) -> Arrival<'static> {
    Arrival { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), request: request(t), replaces: None }
}

pub(crate) fn credentials(email: &str, password: &str) -> SessionInput {
    SessionInput { email: email.to_owned(), password: password.to_owned() }
}

/// A tenant whose owner, `owner@{slug}.test`, has the password of the tests.
pub(crate) async fn home(t: &TestPlatform, slug: &str, tier: Tier) -> TestTenant {
    let hash = t.platform.owner_password(&owner_of(slug), PASSWORD, &[]).await.expect("a password");
    t.tenant_with(slug, tier, |r| r.owner.password_hash = Some(hash)).await
}

pub(crate) fn owner_of(slug: &str) -> String {
    format!("owner@{slug}.test")
}

/// The code of the problem that somebody was refused with.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.expect_err("it is refused").code()
}

/// Somebody who is signed in to a tenant.
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) id: MemberId,
    pub(crate) op: OpCtx,
    home: TestTenant,
}

impl Person {
    /// Signs in with the password of the tests.
    pub(crate) async fn sign_in(t: &TestPlatform, home: &TestTenant, email: &str) -> Self {
        let input = credentials(email, PASSWORD);
        let signed_in = t.platform.session_create(&home.record, &input, &from(t)).await.expect("a sign-in");
        Self::with(t, home, signed_in).await
    }

    /// The owner of a [`home`].
    pub(crate) async fn owner(t: &TestPlatform, home: &TestTenant) -> Self {
        Self::sign_in(t, home, &owner_of(home.slug())).await
    }

    async fn with(t: &TestPlatform, home: &TestTenant, signed_in: SignedIn) -> Self {
        let op = t
            .platform
            .session_context(&signed_in.token, &home.record, request(t))
            .await
            .expect("the session is valid");
        Self { token: signed_in.token, id: signed_in.session.member.id, op, home: home.clone() }
    }

    /// The tenant as this person sees it.
    pub(crate) fn tenant(&self, t: &TestPlatform) -> Tenant<'_> {
        t.store().tenant(&self.op, Arc::clone(&self.home.record)).expect("their tenant")
    }

    /// This person in a new request on any node.
    pub(crate) async fn again(&self, platform: &Platform) -> Result<OpCtx> {
        let request = RequestId::from_uuid(platform.world().uuid());
        platform.session_context(&self.token, &self.home.record, request).await
    }

    /// Invites somebody.
    pub(crate) async fn invite(
        &self,
        t: &TestPlatform,
        email: &str,
        role: Role,
    ) -> Result<InvitationCreated> {
        let input = InvitationInput { email: email.to_owned(), role };
        t.platform.invitation_create(&self.tenant(t), &input).await
    }

    /// Invites somebody, who accepts.
    pub(crate) async fn bring(&self, t: &TestPlatform, email: &str, role: Role) -> Person {
        let made = self.invite(t, email, role).await.expect("an invitation");
        let signed_in = accept(t, &self.home, &token_of(&made), PASSWORD).await.expect("accepted");
        Self::with(t, &self.home, signed_in).await
    }

    /// All members, as this person sees them.
    pub(crate) async fn members(&self, t: &TestPlatform) -> Vec<Member> {
        t.platform.member_list(&self.tenant(t), None, 200).await.expect("the members").items
    }

    /// All invitations, as this person sees them.
    pub(crate) async fn invitations(&self, t: &TestPlatform) -> Vec<Invitation> {
        t.platform.invitation_list(&self.tenant(t), None, 200).await.expect("the invitations").items
    }
}

/// The token in an invitation's link.
pub(crate) fn token_of(made: &InvitationCreated) -> String {
    token_in(made.link.as_deref().expect("a link"))
}

pub(crate) fn token_in(link: &str) -> String {
    link.rsplit('/').next().expect("a token").to_owned()
}

pub(crate) async fn accept(
    t: &TestPlatform,
    home: &TestTenant,
    token: &str,
    password: &str,
) -> Result<SignedIn> {
    let input = InvitationAccept { name: Some("Somebody".to_owned()), password: password.to_owned() };
    t.platform.invitation_accept(&home.record, token, &input, &from(t)).await
}

/// The audit actions of a tenant, the oldest first, with who did them.
pub(crate) async fn audit(t: &TestPlatform, home: &TestTenant) -> Vec<(String, String, String)> {
    home.superuser(t)
        .await
        .query(
            "SELECT action, actor_name, detail FROM audit WHERE tenant_id = $1 ORDER BY seq",
            &[&home.id().uuid()],
        )
        .await
        .expect("the log")
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

/// How often a text occurs in the rows of a table: what was to be secret must not stand there.
pub(crate) async fn occurrences(client: &Client, table: &str, text: &str) -> i64 {
    client
        .query_one(
            &format!("SELECT count(*) FROM {table} x WHERE strpos(to_jsonb(x)::text, $1) > 0"),
            &[&text],
        )
        .await
        .expect("a look")
        .get(0)
}
