//! From an embed token or the secret of a public link to who acts: the one way in which an embed becomes an actor. What
//! was found is believed for less than a second, and forgotten at once where a change is announced.
//!
//! What must always hold: a credential of one tenant opens no other; the signature is checked before anything else that
//! a token says counts; nothing is kept of a credential that was refused. Tested in `platform/tests/it/embeds.rs`.

use std::sync::Arc;

use insula_model::embed::{MAX_TTL, SKEW, not_a_token};
use insula_model::policy::action::EmbedAdmit;
use insula_model::{
    DashboardId, EmbedClaims, EmbedGrant, Error, PublicLinkId, RequestId, Result, TenantId, TenantRecord,
    problem, public_link,
};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;

use super::{scope, token};
use crate::admissions::BELIEVED;
use crate::control::digest;
use crate::scope::{Actor, ActorKind, Reach, open_for_people};
use crate::{Announcement, OpCtx, Permit, Store};

/// What was found for a token or link.
#[derive(Debug)]
struct Admission {
    tenant: TenantId,
    grant: Arc<EmbedGrant>,
    found_at: Timestamp,
}

/// What was found for tokens and links not long ago.
pub(crate) struct EmbedAdmissions(Cache<(TenantId, [u8; 32]), Arc<Admission>>);

impl EmbedAdmissions {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(50_000)
                .time_to_live(BELIEVED)
                .support_invalidation_closures()
                .build(),
        )
    }

    /// Forgets what an announcement concerns.
    pub(crate) fn heard(&self, announcement: Announcement) {
        match announcement {
            Announcement::Content(tenant) | Announcement::Tenant(tenant) => {
                if self.0.invalidate_entries_if(move |key, _| key.0 == tenant).is_err() {
                    self.0.invalidate_all();
                }
            }
            Announcement::Missed => self.0.invalidate_all(),
            Announcement::Session(_) | Announcement::Operation(_) | Announcement::Jobs => {}
        }
    }
}

/// Why a token or link was refused; and of which dashboard, where the tenant itself had signed that.
#[derive(Debug, Clone)]
pub struct EmbedRefusal {
    /// Why.
    pub error: Error,
    /// What it would have shown.
    pub dashboard: Option<DashboardId>,
}

impl From<Error> for EmbedRefusal {
    fn from(error: Error) -> Self {
        Self { error, dashboard: None }
    }
}

/// What is known of the things that a token depends on.
pub(crate) struct EmbedStanding {
    /// The public half of the key that it names.
    pub(crate) public_key: Vec<u8>,
    pub(crate) revoked: bool,
    pub(crate) minter: bool,
    pub(crate) dashboard: bool,
}

impl Store {
    /// Who acts, by an embed token or the secret of a public link: the only way to become an embed.
    ///
    /// # Errors
    /// `embed.signature`, `embed.tenant`, `embed.audience`, `embed.not_yet`, `embed.expired`, `embed.revoked`;
    /// `auth.ended` for what is another kind of credential; `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn embed_context(
        &self,
        text: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<OpCtx, EmbedRefusal> {
        open_for_people(record)?;
        let key = (record.id, digest(text));
        let EmbedAdmissions(found) = &self.inner.admissions.embeds;
        let now = self.inner.world.now();
        let fresh = |a: &Admission| {
            a.tenant == record.id
                && now < a.found_at + BELIEVED
                && a.grant.expires_at.is_none_or(|until| until > now)
        };
        for _ in 0..2 {
            let looking = async {
                let found_at = self.inner.world.now();
                let grant = Arc::new(self.find_embed(text, record, request).await?);
                Ok::<_, EmbedRefusal>(Arc::new(Admission { tenant: record.id, grant, found_at }))
            };
            let admission =
                found.try_get_with(key, Box::pin(looking)).await.map_err(|refusal| (*refusal).clone())?;
            if fresh(&admission) {
                let grant = Arc::clone(&admission.grant);
                let name = grant.viewer.clone().unwrap_or_else(|| "embed".to_owned());
                let actor = Actor { kind: ActorKind::Embed, id: grant.id.clone(), name };
                return Ok(OpCtx::new(actor, request, Reach::Embed { tenant: record.id, grant }));
            }
            found.invalidate(&key).await;
        }
        Err(Error::internal("an embed's admission that is old at once").into())
    }

    async fn find_embed(
        &self,
        text: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<EmbedGrant, EmbedRefusal> {
        let op = OpCtx::of_embedding(record, request)?;
        let permit = self.tenant(&op, Arc::clone(record))?.authorize::<EmbedAdmit>()?;
        if text.starts_with(public_link::PREFIX) {
            let link = public_link::parse(text).ok_or_else(withdrawn)?;
            return self.find_link(&permit, link, text).await;
        }
        self.find_token(&permit, text, record).await
    }

    async fn find_token(
        &self,
        permit: &Permit<'_, EmbedAdmit>,
        text: &str,
        record: &TenantRecord,
    ) -> Result<EmbedGrant, EmbedRefusal> {
        let unverified = token::parse(text)?;
        if unverified.said().tenant != record.id {
            return Err(Error::new(problem::EMBED_TENANT, "This token was made by another workspace.").into());
        }
        let now = self.inner.world.now();
        let mut tx = self.glance(permit).await?;
        let standing = tx.embed_keys().standing(unverified.key, unverified.said(), now).await?;
        let standing = standing.ok_or_else(not_a_token)?;
        let claims = unverified.verified(&standing.public_key)?;
        let dashboard = Some(claims.dashboard);
        standing.check(&claims, now).map_err(|error| EmbedRefusal { error, dashboard })?;
        Ok(claims.grant())
    }

    async fn find_link(
        &self,
        permit: &Permit<'_, EmbedAdmit>,
        link: PublicLinkId,
        text: &str,
    ) -> Result<EmbedGrant, EmbedRefusal> {
        let now = self.inner.world.now();
        let mut tx = self.glance(permit).await?;
        let (link, dashboard_is_there) =
            tx.public_links().of_text(link, text).await?.ok_or_else(withdrawn)?;
        let dashboard = Some(link.dashboard);
        if link.expires_at.is_some_and(|end| end <= now) {
            let error = Error::new(problem::EMBED_EXPIRED, "This link has ended. Ask for a new one.");
            return Err(EmbedRefusal { error, dashboard });
        }
        if !dashboard_is_there {
            return Err(EmbedRefusal { error: scope::gone(), dashboard });
        }
        Ok(EmbedGrant {
            id: link.id.to_string(),
            dashboard: link.dashboard,
            widget: None,
            filters: link.filters,
            origins: Vec::new(),
            viewer: None,
            expires_at: link.expires_at,
        })
    }
}

impl EmbedStanding {
    /// That a token that the tenant signed counts now.
    fn check(&self, claims: &EmbedClaims, now: Timestamp) -> Result<()> {
        claims.check(now)?;
        if self.revoked {
            return Err(Error::new(problem::EMBED_REVOKED, "This embed was revoked."));
        }
        if !self.minter {
            return Err(Error::new(problem::EMBED_REVOKED, "Whoever made this token may no longer do so."));
        }
        if !self.dashboard {
            return Err(scope::gone());
        }
        Ok(())
    }
}

/// The refusal of a link that opens nothing: the same whether it was withdrawn, never made or is somebody else's.
fn withdrawn() -> Error {
    Error::new(problem::EMBED_REVOKED, "This link was withdrawn, or never was one.")
}

/// How long a key that was replaced has to verify: until the last token that it signed has ended on every node's clock.
pub(crate) const VERIFIES: SignedDuration = SignedDuration::from_secs(MAX_TTL + 2 * SKEW);
