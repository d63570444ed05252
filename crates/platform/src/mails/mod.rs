//! Mails: what one says to a person, how it looks, and the message that leaves.
//!
//! What must always hold: a mail of a tenant shows that tenant's name, colours and logo and names the platform nowhere,
//! headers included; it says the same in plain text and in HTML; nothing in it is fetched from anywhere. Tested in the
//! files below and, with a mail server and another program's parser, in `server/tests/it/mails.rs`.

mod html;
mod letter;
mod message;

use insula_model::TenantSettings;
use insula_store::StoredImage;
use serde::{Deserialize, Serialize};

pub use letter::{Letter, LetterAction};
pub(crate) use message::{Envelope, message};

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
    /// What the HTML is made of; without it the text is all there is.
    #[serde(default)]
    pub letter: Option<Letter>,
}

impl MailPayload {
    /// The job's kind.
    pub const KIND: &'static str = "mail";

    /// A mail that says the same in text and in HTML.
    #[must_use]
    pub fn new(to: &str, subject: String, letter: Letter) -> Self {
        Self { to: to.to_owned(), subject, text: letter.text(), letter: Some(letter) }
    }
}

/// Whose a mail is: the tenant's looks when it leaves.
#[derive(Debug)]
pub(crate) struct MailLooks {
    pub(crate) settings: TenantSettings,
    pub(crate) logo: Option<StoredImage>,
}

impl MailLooks {
    /// What the place is called.
    fn called(&self) -> &str {
        self.settings.branding.product_name.as_ref().unwrap_or(&self.settings.name)
    }
}
