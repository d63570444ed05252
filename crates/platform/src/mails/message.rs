//! The message that leaves: headers, and text and HTML as alternatives, the HTML together with the logo that it shows.

use insula_model::{Error, JobId, Result, problem};
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::html::{LOGO, page};
use super::{MailLooks, MailPayload};

/// What stands around a mail.
pub(crate) struct Envelope<'a> {
    /// The job that sends it: the message's id.
    pub(crate) id: JobId,
    /// Where the message's id is from: a host of the tenant's, or of the platform.
    pub(crate) host: &'a str,
    /// As it is configured: an address, perhaps with a name.
    pub(crate) from: &'a str,
    /// When it leaves.
    pub(crate) at: Timestamp,
    /// Whether it is in a tenant's name: then the name that is configured is not said.
    pub(crate) of_tenant: bool,
}

/// Writes a mail.
///
/// # Errors
/// `input.invalid` for an address that is none.
pub(crate) fn message(
    mail: &MailPayload,
    looks: Option<&MailLooks>,
    around: &Envelope<'_>,
) -> Result<Message> {
    let address = |text: &str| -> Result<Mailbox> {
        text.parse()
            .map_err(|e| Error::new(problem::INVALID, "That is not an address for a mail.").context(e))
    };
    let unwritable = |e| Error::new(problem::INVALID, "The mail cannot be written.").context(e);
    let mut from = address(around.from)?;
    if around.of_tenant {
        from.name = looks.map(|l| one_line(&l.settings.name));
    }
    let head = Message::builder()
        .message_id(Some(format!("<{}@{}>", around.id, around.host)))
        .date(around.at.into())
        .from(from)
        .to(address(&mail.to)?)
        .subject(one_line(&mail.subject));
    let text = SinglePart::plain(mail.text.clone());
    let Some(letter) = &mail.letter else { return head.singlepart(text).map_err(unwritable) };
    let html = SinglePart::html(page(&mail.subject, letter, looks));
    let both = MultiPart::alternative().singlepart(text);
    let both = match looks.and_then(|l| l.logo.as_ref()) {
        Some(logo) => {
            let kind = ContentType::parse(logo.media_type).map_err(Error::internal)?;
            let logo = Attachment::new_inline(LOGO.to_owned()).body(logo.content.clone(), kind);
            both.multipart(MultiPart::related().singlepart(html).singlepart(logo))
        }
        None => both.singlepart(html),
    };
    head.multipart(both).map_err(unwritable)
}

/// A header has one line.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use insula_model::TenantSettings;
    use insula_store::StoredImage;

    use super::*;
    use crate::mails::{Letter, LetterAction};

    fn written(name: &str, of_tenant: bool, logo: bool) -> String {
        let letter = Letter {
            heading: "Hello".into(),
            paragraphs: vec!["One.".into()],
            action: LetterAction { label: "Go".into(), url: "https://acme.example/x".into() },
            note: "Bye.".into(),
        };
        let mail = MailPayload::new("ada@acme.test", "Hello\r\nBcc: eve@evil.test".into(), letter);
        let logo = logo.then(|| StoredImage { media_type: "image/png", content: vec![1, 2, 3], version: 1 });
        let looks = MailLooks { settings: TenantSettings::new(name), logo };
        let around = Envelope {
            id: "job_00000000000000000000000007".parse().unwrap(),
            host: "acme.example",
            from: "Insula <post@mail.example>",
            at: Timestamp::UNIX_EPOCH,
            of_tenant,
        };
        let message = message(&mail, of_tenant.then_some(&looks), &around).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_tenants_mail_is_in_its_name() {
        let mail = written("Acme, \"Air\" <x@y.test>\r\nBcc: eve@evil.test", true, false);
        // What is not plain in a name is encoded, so that nothing in it is read as an address or a header.
        let encoded = "QWNtZSwgIkFpciIgPHhAeS50ZXN0PiAgQmNjOiBldmVAZXZpbC50ZXN0";
        assert!(mail.contains(&format!("From: =?utf-8?b?{encoded}?= <post@mail.example>\r\n")), "{mail}");
        assert!(mail.contains("Message-ID: <job_00000000000000000000000007@acme.example>\r\n"), "{mail}");
        assert!(mail.contains("Subject: Hello  Bcc: eve@evil.test\r\n"), "{mail}");
        assert!(mail.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"), "{mail}");
        assert!(!mail.to_lowercase().contains("insula"), "{mail}");
        assert!(written("Acme Air", true, false).contains("From: \"Acme Air\" <post@mail.example>\r\n"));
    }

    #[test]
    fn a_mail_of_the_platform_is_in_the_configured_name() {
        assert!(written("Acme", false, false).contains("From: Insula <post@mail.example>\r\n"));
    }

    #[test]
    fn the_logo_comes_along_and_only_if_there_is_one() {
        assert!(!written("Acme", true, false).contains("multipart/related"));
        let mail = written("Acme", true, true);
        assert!(
            mail.contains("Content-ID: <logo>\r\n") && mail.contains("Content-Type: image/png\r\n"),
            "{mail}"
        );
        assert!(mail.contains("multipart/alternative") && mail.contains("multipart/related"), "{mail}");
    }
}
