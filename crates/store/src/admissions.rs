//! From a credential of a tenant to who acts: the one way in which people and API keys become actors. What was
//! found is kept in memory for less than a second, so that a role that was lowered, a member who was removed and a
//! key that was revoked act within a second on every node, and sooner where the change is announced.
//!
//! What must always hold: a credential of one tenant opens no other; what is kept is found by tenant and credential
//! together, and carries its tenant; nothing is kept of a credential that was refused. Tested in
//! `platform/tests/it/{sessions,api_keys}.rs`.

use std::sync::Arc;
use std::time::Duration;

use insula_model::policy::action::{ApiKeyList, CredentialUse, MemberList};
use insula_model::{
    ApiKeyId, Authority, Error, IdentityId, MemberId, RequestId, Result, SessionId, TenantId, TenantRecord,
    api_key, problem,
};
use jiff::Timestamp;
use moka::future::Cache;
use uuid::Uuid;

use crate::control::digest;
use crate::embed::EmbedAdmissions;
use crate::scope::{Actor, ActorKind, Reach, open_for_people};
use crate::{Announcement, OpCtx, Store};

/// How long what was found may be believed: with the time that finding takes, less than a second.
pub(crate) const BELIEVED: Duration = Duration::from_millis(900);
/// How often "last seen" is written for one member or key.
const NOTED: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
enum Who {
    Member { session: SessionId, identity: IdentityId, member: MemberId },
    Key(ApiKeyId),
}

/// What somebody shows; of a session's token, the digest is enough.
#[derive(Clone, Copy)]
enum Credential<'a> {
    Session,
    Key { id: ApiKeyId, text: &'a str },
}

/// What was found for a credential.
#[derive(Debug)]
struct Admission {
    tenant: TenantId,
    who: Who,
    name: String,
    authority: Authority,
    found_at: Timestamp,
    until: Option<Timestamp>,
}

type Key = (TenantId, [u8; 32]);

/// What was found for credentials not long ago.
pub(crate) struct Admissions {
    found: Cache<Key, Arc<Admission>>,
    /// Where the admission of a session is kept.
    sessions: Cache<SessionId, Key>,
    /// When it was last noted that a session or key was used.
    noted: Cache<(TenantId, Uuid), Timestamp>,
    /// What was found for embed tokens and public links.
    pub(crate) embeds: EmbedAdmissions,
}

impl Admissions {
    pub(crate) fn new() -> Self {
        let kept = || Cache::builder().max_capacity(50_000).time_to_live(BELIEVED);
        Self {
            found: kept().support_invalidation_closures().build(),
            sessions: Cache::builder().max_capacity(50_000).time_to_live(BELIEVED).build(),
            noted: Cache::builder().max_capacity(50_000).time_to_live(NOTED).build(),
            embeds: EmbedAdmissions::new(),
        }
    }

    /// Forgets what an announcement concerns.
    pub(crate) async fn heard(&self, announcement: Announcement) {
        self.embeds.heard(announcement);
        match announcement {
            Announcement::Session(id) => {
                if let Some(key) = self.sessions.remove(&id).await {
                    self.found.invalidate(&key).await;
                }
            }
            Announcement::Content(tenant) | Announcement::Tenant(tenant) => {
                if self.found.invalidate_entries_if(move |key, _| key.0 == tenant).is_err() {
                    self.found.invalidate_all();
                }
            }
            Announcement::Missed => self.found.invalidate_all(),
            Announcement::Operation(_) | Announcement::Jobs | Announcement::Templates => {}
        }
    }

    /// Forgets the session of a token.
    pub(crate) async fn forget(&self, tenant: TenantId, digest: [u8; 32]) {
        self.found.invalidate(&(tenant, digest)).await;
    }
}

impl Admission {
    fn ctx(&self, request: RequestId) -> OpCtx {
        let (tenant, authority) = (self.tenant, self.authority.clone());
        let (kind, id, reach) = match self.who {
            Who::Member { identity, member, .. } => {
                (ActorKind::Member, member.to_string(), Reach::Member { tenant, identity, member, authority })
            }
            Who::Key(key) => (ActorKind::ApiKey, key.to_string(), Reach::Key { tenant, key, authority }),
        };
        OpCtx::new(Actor { kind, id, name: self.name.clone() }, request, reach)
    }
}

impl Store {
    /// Who acts, by the token of a session: the only way to become a member.
    ///
    /// # Errors
    /// `auth.ended` when it is no session or has ended, `tenant.not_yours` when it is one of another tenant;
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn session_context(
        &self,
        token: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<OpCtx> {
        open_for_people(record)?;
        let key = (record.id, digest(token));
        Ok(self.admission(key, Credential::Session, record, request).await?.ctx(request))
    }

    /// Who acts, by the text of an API key: the only way to become one.
    ///
    /// # Errors
    /// `auth.ended` when it is no key, was revoked or has expired, `tenant.not_yours` when it names another tenant;
    /// `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn api_key_context(
        &self,
        text: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<OpCtx> {
        open_for_people(record)?;
        let (tenant, id) = api_key::parse(text).ok_or_else(key_ended)?;
        if tenant != record.id {
            return Err(Error::new(problem::NOT_YOURS, "This API key belongs to another workspace."));
        }
        let key = (record.id, digest(text));
        Ok(self.admission(key, Credential::Key { id, text }, record, request).await?.ctx(request))
    }

    async fn find_session(
        &self,
        digest: &[u8; 32],
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<Admission> {
        let ended = || Error::new(problem::SESSION_ENDED, "This sign-in has ended. Sign in again.");
        let found_at = self.inner.world.now();
        let session = self.session_of_digest(digest).await?.ok_or_else(ended)?;
        if session.tenant != record.id {
            return Err(Error::new(
                problem::NOT_YOURS,
                "You are signed in, but this place is somebody else's.",
            ));
        }
        let stranger = OpCtx::of_stranger(record, request)?;
        let permit = self.tenant(&stranger, Arc::clone(record))?.authorize::<MemberList>()?;
        let mut tx = self.begin(&permit).await?;
        let member = tx.members().of_identity(session.identity).await?.ok_or_else(ended)?;
        Ok(Admission {
            tenant: record.id,
            who: Who::Member { session: session.id, identity: session.identity, member: member.id },
            name: member.email,
            authority: Authority::Member(member.role),
            found_at,
            until: Some(session.expires_at),
        })
    }

    async fn find_key(
        &self,
        id: ApiKeyId,
        text: &str,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<Admission> {
        let found_at = self.inner.world.now();
        let stranger = OpCtx::of_stranger(record, request)?;
        let permit = self.tenant(&stranger, Arc::clone(record))?.authorize::<ApiKeyList>()?;
        let mut tx = self.begin(&permit).await?;
        let key = tx.api_keys().of_text(id, text, found_at).await?.ok_or_else(key_ended)?;
        Ok(Admission {
            tenant: record.id,
            who: Who::Key(key.id),
            name: key.name,
            authority: Authority::Key(key.scopes),
            found_at,
            until: key.expires_at,
        })
    }

    /// What is kept for a credential, or what is found for it now. Of several requests that come at once, one looks.
    async fn admission(
        &self,
        key: Key,
        credential: Credential<'_>,
        record: &Arc<TenantRecord>,
        request: RequestId,
    ) -> Result<Arc<Admission>> {
        let admissions = &self.inner.admissions;
        let now = self.inner.world.now();
        let fresh = |a: &Admission| {
            a.tenant == key.0 && now < a.found_at + BELIEVED && a.until.is_none_or(|until| until > now)
        };
        for _ in 0..2 {
            let looking = async {
                let admission = Arc::new(match credential {
                    Credential::Session => self.find_session(&key.1, record, request).await?,
                    Credential::Key { id, text } => self.find_key(id, text, record, request).await?,
                });
                if let Who::Member { session, .. } = admission.who {
                    admissions.sessions.insert(session, key).await;
                }
                self.note_sometimes(&admission, record).await;
                Ok::<_, Error>(admission)
            };
            let found = admissions.found.try_get_with(key, Box::pin(looking)).await;
            let found = found.map_err(|error| (*error).clone())?;
            if fresh(&found) {
                return Ok(found);
            }
            admissions.found.invalidate(&key).await;
        }
        Err(Error::internal("an admission that is old at once"))
    }

    async fn note_sometimes(&self, admission: &Admission, record: &Arc<TenantRecord>) {
        let id = match admission.who {
            Who::Member { session, .. } => session.uuid(),
            Who::Key(key) => key.uuid(),
        };
        let (now, noted) = (self.inner.world.now(), &self.inner.admissions.noted);
        if noted.get(&(record.id, id)).await.is_some_and(|at| now < at + NOTED) {
            return;
        }
        noted.insert((record.id, id), now).await;
        let (store, who, record) = (self.clone(), admission.who.clone(), Arc::clone(record));
        // Beside the request: looking at something must not wait for a write, nor fail with it.
        self.inner.tasks.spawn(async move {
            if let Err(error) = store.note(&who, record).await {
                tracing::debug!(?error, "when a credential was last used could not be noted");
            }
        });
    }

    async fn note(&self, who: &Who, record: Arc<TenantRecord>) -> Result<()> {
        let now = self.inner.world.now();
        let op = OpCtx::of_noting(&record, RequestId::from_uuid(self.inner.world.uuid()))?;
        let permit = self.tenant(&op, record)?.authorize::<CredentialUse>()?;
        let mut tx = self.begin(&permit).await?;
        match who {
            Who::Member { session, member, .. } => {
                self.session_seen(*session).await?;
                tx.members().seen(&permit, *member, now).await?;
            }
            Who::Key(key) => tx.api_keys().seen(&permit, *key, now).await?,
        }
        tx.commit().await
    }
}

fn key_ended() -> Error {
    Error::new(problem::SESSION_ENDED, "This API key is not valid, or no longer.")
}
