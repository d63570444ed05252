//! Mails.

use insula_model::{MailId, TenantId};
use insula_store::Mail as Stored;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A mail that was sent or kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Mail {
    /// Its id.
    id: MailId,
    /// The tenant in whose name it is.
    tenant: Option<TenantId>,
    /// The recipient's address.
    to: String,
    /// The subject.
    subject: String,
    /// The text.
    text: String,
    /// `kept`, `queued`, `sent` or `failed`.
    #[schema(value_type = String)]
    state: insula_store::MailState,
    /// When it was written.
    created_at: Timestamp,
}

impl From<Stored> for Mail {
    fn from(mail: Stored) -> Self {
        let Stored { id, tenant, to, subject, text, state, created_at } = mail;
        Self { id, tenant, to, subject, text, state, created_at }
    }
}
