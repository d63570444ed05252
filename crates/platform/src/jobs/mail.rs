//! Sending a mail, or keeping it for operators to read where no SMTP is configured.

use insula_model::{Error, MailId, Result, problem};
use insula_store::{LeasedJob, MailState, NewMail};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::Platform;
use crate::settings::Mailing;

pub(super) const KIND: &str = "mail";

/// A mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailPayload {
    /// The recipient's address.
    pub to: String,
    /// The subject: one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl MailPayload {
    /// The job's kind.
    pub const KIND: &'static str = KIND;
}

impl Platform {
    pub(super) async fn mail_send(&self, job: &LeasedJob) -> Result<()> {
        let mail: MailPayload = serde_json::from_value(job.payload.clone())
            .map_err(|e| Error::new(problem::INVALID, "The job's payload is not a mail.").context(e))?;
        let record = |state| NewMail {
            id: MailId::from_uuid(job.id.uuid()),
            tenant: job.tenant,
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            body: mail.text.clone(),
            state,
        };
        let Mailing::Smtp { url, from } = &self.settings().mailing else {
            return self.store().mail_record(&record(MailState::Kept)).await;
        };
        let address = |text: &str| -> Result<Mailbox> {
            text.parse()
                .map_err(|e| Error::new(problem::INVALID, "That is not an address for a mail.").context(e))
        };
        let message = Message::builder()
            .message_id(Some(format!("<{}@insula>", job.id)))
            .from(address(from)?)
            .to(address(&mail.to)?)
            .subject(mail.subject.replace(['\r', '\n'], " "))
            .body(mail.text.clone())
            .map_err(|e| Error::new(problem::INVALID, "The mail cannot be written.").context(e))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| Error::new(problem::SETTINGS, "The SMTP address is not valid.").context(e))?
            .build();
        match transport.send(message).await {
            Ok(_) => self.store().mail_record(&record(MailState::Sent)).await,
            Err(error) if error.is_permanent() => {
                self.store().mail_record(&record(MailState::Failed)).await?;
                Err(Error::new(problem::INVALID, "The mail server refuses this mail.").context(error))
            }
            Err(error) => {
                self.store().mail_record(&record(MailState::Queued)).await?;
                Err(Error::internal(error))
            }
        }
    }
}
