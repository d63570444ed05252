//! Sending a mail, or keeping it for operators to read where no SMTP is configured.

use insula_model::policy::action::SettingsView;
use insula_model::{BrandImageKind, Error, MailId, Result, problem};
use insula_store::{LeasedJob, MailState, NewMail, OpCtx};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::Platform;
use crate::mails::{Envelope, MailLooks, MailPayload, message};
use crate::settings::Mailing;

pub(super) const KIND: &str = MailPayload::KIND;

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
        let (host, looks) = self.mail_looks(job).await?;
        let (id, at, of_tenant) = (job.id, self.world().now(), job.tenant.is_some());
        let message = message(&mail, looks.as_ref(), &Envelope { id, host: &host, from, at, of_tenant })?;
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

    /// The host that a mail is from, and the looks that it has: those of the job's tenant, as they are now. One that is no
    /// longer there has none.
    async fn mail_looks(&self, job: &LeasedJob) -> Result<(String, Option<MailLooks>)> {
        let platforms = || (self.settings().base_domain.clone(), None);
        let (Some(tenant), Some(op)) = (job.tenant, OpCtx::of_job(job, &["settings.view"])) else {
            return Ok(platforms());
        };
        let Some(record) = self.store().tenant_of_id(tenant).await? else { return Ok(platforms()) };
        let host = self.settings().tenant_host(&record.slug);
        let permit = self.store().tenant(&op, record)?.authorize::<SettingsView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let settings = tx.settings().view().await?;
        let logo = match settings.branding.logo_url {
            Some(_) => Some(tx.brand_images().view(BrandImageKind::Logo).await?),
            None => None,
        };
        Ok((host, Some(MailLooks { settings, logo })))
    }
}
