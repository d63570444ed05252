//! Mails: sent where SMTP is configured, else kept for operators to read.

use insula_model::policy::operator_action::MailView;
use insula_model::{MailId, Result, TenantId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::scope::OperatorPermit;

/// Where a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailState {
    /// No SMTP is configured: kept here.
    Kept,
    /// Waits to be sent.
    Queued,
    /// Handed to the SMTP server.
    Sent,
    /// Given up.
    Failed,
}

impl MailState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "kept" => Self::Kept,
            "sent" => Self::Sent,
            "failed" => Self::Failed,
            _ => Self::Queued,
        }
    }
}

/// A mail to write down.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Its id: the same id is written once.
    pub id: MailId,
    /// The tenant in whose name it is.
    pub tenant: Option<TenantId>,
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Kept or sent.
    pub state: MailState,
}

/// A mail as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// The tenant in whose name it is.
    pub tenant: Option<TenantId>,
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Where it is.
    pub state: MailState,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Store {
    /// Writes a mail down, or how it stands now.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn mail_record(&self, mail: &NewMail) -> Result<()> {
        let now = self.inner.world.now();
        let sent = matches!(mail.state, MailState::Sent).then_some(now);
        let mut tx = self.control().await?;
        tx.execute(
            "INSERT INTO mails (id, tenant_id, recipient, subject, body, state, created_at, sent_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, sent_at = excluded.sent_at",
            &[
                &mail.id.uuid(),
                &mail.tenant.map(TenantId::uuid),
                &mail.to,
                &mail.subject,
                &mail.body,
                &mail.state.as_str(),
                &now,
                &sent,
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Mails, the newest first.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn mail_list(
        &self,
        _: &OperatorPermit<'_, MailView>,
        after: Option<(Timestamp, MailId)>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        let (at, id) = (after.map(|a| a.0), after.map(|a| a.1.uuid()));
        let mut tx = self.control().await?;
        let rows = tx
            .rows(
                "SELECT id, tenant_id, recipient, subject, body, state, created_at FROM mails \
                  WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2) \
                  ORDER BY created_at DESC, id DESC LIMIT $3",
                &[&at, &id, &i64::from(limit)],
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| Mail {
                id: MailId::from_uuid(row.get(0)),
                tenant: row.get::<_, Option<uuid::Uuid>>(1).map(TenantId::from_uuid),
                to: row.get(2),
                subject: row.get(3),
                text: row.get(4),
                state: MailState::parse(row.get(5)),
                created_at: row.get(6),
            })
            .collect())
    }
}
