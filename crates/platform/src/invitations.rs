//! Inviting people to a tenant, and becoming a member by an invitation.
//!
//! What must always hold: an invitation is accepted once, also by two at once; whoever has an account joins with its
//! password only, so that a link that got into wrong hands opens nobody's account; the reply to an invitation does
//! not tell whether the e-mail has one. Tested in `tests/it/invitations.rs`.

use std::sync::Arc;
use std::time::Duration;

use insula_model::policy::action::{MemberDelete, MemberInvite, MemberJoin, MemberList, SessionRecord};
use insula_model::tenant::{display_name, email};
use insula_model::{
    Error, Invitation, InvitationAccept, InvitationCreated, InvitationId, InvitationInput, InvitationView,
    JobId, MemberId, Page, RequestId, Result, Role, TenantRecord, Write, problem,
};
use insula_store::{AttemptLimit, NewMember, OpCtx, OutboxItem, SessionEvent, Tenant, TenantTx};

use crate::mails::{Letter, LetterAction, MailPayload};
use crate::members::reach;
use crate::once::Once;
use crate::paging::Paging;
use crate::sessions::signed_in;
use crate::{Arrival, Mailing, Platform, SignedIn, passwords};

/// How long an invitation can be accepted.
const VALID: Duration = Duration::from_hours(7 * 24);
/// How many can wait in one tenant.
const MOST_WAITING: i64 = 200;
/// How many go to one address from one tenant in 15 minutes.
const PER_EMAIL: u32 = 5;
/// How many go out from one tenant in 15 minutes.
const PER_TENANT: u32 = 100;

impl Platform {
    /// Invitations that wait.
    ///
    /// # Errors
    /// `auth.forbidden`, `page.cursor`.
    pub async fn invitation_list(
        &self,
        tenant: &Tenant<'_>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Invitation>> {
        let permit = tenant.authorize::<MemberList>()?;
        let paging = Paging::new(cursor, limit)?;
        let now = self.world().now();
        let mut tx = self.store().begin(&permit).await?;
        let items = tx.invitations().list(paging.after, now, paging.fetch()).await?;
        Ok(paging.page(items, None, |i| i.id))
    }

    /// Invites somebody. An earlier invitation to the same e-mail is replaced.
    ///
    /// # Errors
    /// `auth.forbidden`, `input.invalid`, `member.role`, `member.exists`, `limit.reached`, `limit.rate`.
    pub async fn invitation_create(
        &self,
        tenant: &Tenant<'_>,
        input: &InvitationInput,
    ) -> Result<InvitationCreated> {
        let permit = tenant.authorize::<MemberInvite>()?;
        let (to, own) = (email(&input.email, "/email")?, reach(tenant));
        if input.role > own {
            return Err(
                Error::new(problem::MEMBER_ROLE, "You can invite people up to your own role.").at("/role")
            );
        }
        let token = self.invitation_token();
        let tx = self.store().begin(&permit).await?;
        let made = self
            .once(tx, async |tx| {
                if tx.members().has_email(&to).await? {
                    return Err(Error::new(
                        problem::MEMBER_EXISTS,
                        "That person is a member of this workspace already.",
                    )
                    .at("/email"));
                }
                let now = self.world().now();
                if tx.invitations().count(now).await? >= MOST_WAITING {
                    return Err(Error::new(
                        problem::LIMIT,
                        format!("At most {MOST_WAITING} invitations wait at once. Withdraw some first."),
                    ));
                }
                let id = tenant.id().to_string();
                let limits = [
                    AttemptLimit::of_text("invitation", &format!("{id} {to}"), PER_EMAIL),
                    AttemptLimit::of_text("invitations", &id, PER_TENANT),
                ];
                drop(self.store().attempt_count(&limits).await?);
                let new = self.invitation(&to, input.role, &tenant.op().actor().name);
                tx.invitations().create(&permit, &new, &token, own).await?;
                self.invitation_mail(tx, tenant.record(), &new, &token).await?;
                Ok(new)
            })
            .await?;
        let link = match (&made, &self.settings().mailing) {
            (Once::Now(_), Mailing::Kept) => Some(self.invitation_link(tenant.record(), &token)),
            _ => None,
        };
        Ok(InvitationCreated { invitation: made.reply(), link })
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`, `member.role`.
    pub async fn invitation_delete(&self, tenant: &Tenant<'_>, id: InvitationId) -> Result<()> {
        let permit = tenant.authorize::<MemberDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.invitations().delete(&permit, id, reach(tenant)).await?;
        tx.commit().await
    }

    /// What whoever holds the link sees of an invitation.
    ///
    /// # Errors
    /// `invitation.invalid`; `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn invitation_view(
        &self,
        record: &Arc<TenantRecord>,
        token: &str,
        request: RequestId,
    ) -> Result<InvitationView> {
        let (invitation, tenant_name) = self.invitation_of_token(record, token, request).await?;
        let has_account = self.store().identity_of_email(&invitation.email).await?.is_some();
        Ok(InvitationView { email: invitation.email, tenant_name, role: invitation.role, has_account })
    }

    /// Accepts an invitation: whoever has an account shows its password, anybody else chooses name and password.
    /// Signs in.
    ///
    /// # Errors
    /// `invitation.invalid`, `auth.credentials`, `auth.password_weak`, `input.invalid`, `member.exists`,
    /// `limit.rate`; `tenant.suspended`, `tenant.gone`, `tenant.not_ready`.
    pub async fn invitation_accept(
        &self,
        record: &Arc<TenantRecord>,
        token: &str,
        input: &InvitationAccept,
        from: &Arrival<'_>,
    ) -> Result<SignedIn> {
        let (invitation, place_name) = self.invitation_of_token(record, token, from.request).await?;
        let to = invitation.email;
        let account = if self.store().identity_of_email(&to).await?.is_some() {
            Account::Known(Box::new(self.check_identity(&to, &input.password, from).await?))
        } else {
            let name = display_name(input.name.as_deref().unwrap_or_default(), "/name")?;
            let names = [place_name.as_str(), record.slug.as_str()];
            passwords::check_strength(&input.password, "/password", &to, &names)?;
            Account::New { name, hash: self.passwords().hash(self.world(), &input.password).await? }
        };
        let member = MemberId::from_uuid(self.world().uuid());
        let op = OpCtx::of_newcomer(record, member, &to, from.request)?;
        let tenant = self.store().tenant(&op, Arc::clone(record))?;
        let (join, sign_in) = (tenant.authorize::<MemberJoin>()?, tenant.authorize::<SessionRecord>()?);
        let now = self.world().now();
        let mut tx = self.store().begin(&join).await?;
        let invitation = tx.invitations().accept(&join, token, now).await?;
        // From here on nobody else can accept it; what follows in the control database is worth something only if
        // this transaction commits, and can be done again if it does not.
        let identity = match account {
            Account::Known(identity) => *identity,
            Account::New { name, hash } => {
                let identity = self.store().identity_install(&join, &to, &name, &hash).await?;
                if identity.password_hash.as_deref() != Some(hash.as_str()) {
                    return Err(Error::new(
                        problem::CREDENTIALS,
                        "This e-mail got an account meanwhile. Accept the invitation with its password.",
                    ));
                }
                identity
            }
        };
        let new = NewMember {
            id: member,
            identity: identity.id,
            email: identity.email.clone(),
            name: identity.name.clone(),
            role: invitation.role,
        };
        tx.members().create(&join, &new, now).await?;
        self.store().identity_join(&join, identity.id).await?;
        let session = self.store().session_create(&sign_in, &identity, from.replaces).await?;
        tx.members().record_session(&sign_in, member, session.id, SessionEvent::SignIn, now).await?;
        let place = tx.members().place_of(member).await?;
        tx.commit().await?;
        Ok(signed_in(record, session, place))
    }

    async fn invitation_of_token(
        &self,
        record: &Arc<TenantRecord>,
        token: &str,
        request: RequestId,
    ) -> Result<(Invitation, String)> {
        let stranger = OpCtx::of_stranger(record, request)?;
        let permit = self.store().tenant(&stranger, Arc::clone(record))?.authorize::<MemberList>()?;
        let mut tx = self.store().begin(&permit).await?;
        let (invitation, name) = tx.invitations().of_token(token, self.world().now()).await?;
        Ok((invitation, if name.is_empty() { record.name.clone() } else { name }))
    }

    pub(crate) fn invitation_token(&self) -> String {
        format!("itk_{}", self.world().secret())
    }

    pub(crate) fn invitation_link(&self, record: &TenantRecord, token: &str) -> String {
        format!("{}/invitation/{token}", self.settings().tenant_url(&record.slug))
    }

    pub(crate) fn invitation(&self, to: &str, role: Role, invited_by: &str) -> Invitation {
        let now = self.world().now();
        Invitation {
            id: InvitationId::from_uuid(self.world().uuid()),
            email: to.to_owned(),
            role,
            invited_by: invited_by.to_owned(),
            created_at: now,
            expires_at: now + VALID,
        }
    }

    /// Writes the invitation's mail into the outbox of the transaction.
    pub(crate) async fn invitation_mail(
        &self,
        tx: &mut TenantTx<'_, Write>,
        record: &TenantRecord,
        invitation: &Invitation,
        token: &str,
    ) -> Result<()> {
        let letter = |name: &str| Letter {
            heading: format!("You are invited to {name}"),
            paragraphs: vec![format!(
                "{by} invites you to {name} as {role}.",
                by = invitation.invited_by,
                role = match invitation.role {
                    Role::Viewer => "a viewer",
                    Role::Editor => "an editor",
                    Role::Admin => "an admin",
                    Role::Owner => "an owner",
                }
            )],
            action: LetterAction {
                label: "Accept the invitation".to_owned(),
                url: self.invitation_link(record, token),
            },
            note: note(invitation),
        };
        self.letter_post(tx, record, &invitation.email, |name| format!("Your invitation to {name}"), letter)
            .await
    }

    /// Writes the mail that welcomes the first owner of a new tenant into the outbox of the transaction. It does not say
    /// who runs the platform: to its people the tenant is all there is.
    pub(crate) async fn welcome_mail(
        &self,
        tx: &mut TenantTx<'_, Write>,
        record: &TenantRecord,
        invitation: &Invitation,
        token: &str,
    ) -> Result<()> {
        let letter = |name: &str| Letter {
            heading: format!("Welcome to {name}"),
            paragraphs: vec![
                format!("{name} is set up, and you are its owner."),
                "Sign in with a password of your own, and it is yours: your people, your data, your colours."
                    .to_owned(),
            ],
            action: LetterAction {
                label: "Open your workspace".to_owned(),
                url: self.invitation_link(record, token),
            },
            note: note(invitation),
        };
        self.letter_post(tx, record, &invitation.email, |name| format!("Welcome to {name}"), letter).await
    }

    /// Puts a letter into the outbox; what it says is given the tenant's name.
    async fn letter_post(
        &self,
        tx: &mut TenantTx<'_, Write>,
        record: &TenantRecord,
        to: &str,
        subject: impl FnOnce(&str) -> String,
        letter: impl FnOnce(&str) -> Letter,
    ) -> Result<()> {
        let name = tx.invitations().place_name().await?;
        let name = if name.is_empty() { record.name.as_str() } else { name.as_str() };
        let mail = MailPayload::new(to, subject(name), letter(name));
        let item = OutboxItem {
            run_at: None,
            id: JobId::from_uuid(self.world().uuid()),
            kind: MailPayload::KIND.to_owned(),
            payload: serde_json::to_value(&mail).map_err(Error::internal)?,
        };
        tx.outbox().put(&item).await?;
        self.store().outbox_hint(record.id).await
    }
}

/// What stands below an invitation's link.
fn note(invitation: &Invitation) -> String {
    let until = invitation.expires_at.strftime("%-d %B %Y, %H:%M UTC");
    format!("The link works once and until {until}. If you did not expect this mail, ignore it.")
}

enum Account {
    Known(Box<insula_store::IdentityRecord>),
    New { name: String, hash: String },
}
