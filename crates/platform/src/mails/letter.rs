//! What a mail says, without its looks.

use serde::{Deserialize, Serialize};

/// What a mail says to a person: the same in plain text and in HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The first line of the HTML; the text has the subject.
    pub heading: String,
    /// What is said.
    pub paragraphs: Vec<String>,
    /// The one thing to do.
    pub action: LetterAction,
    /// What is said quietly at the end.
    pub note: String,
}

/// Something to do: a button, or in text an address on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterAction {
    /// `Accept the invitation`.
    pub label: String,
    /// A whole address.
    pub url: String,
}

impl Letter {
    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let LetterAction { label, url } = &self.action;
        format!("{}\n\n{label}:\n{url}\n\n{}\n", self.paragraphs.join("\n\n"), self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_on_a_line_of_its_own() {
        let letter = Letter {
            heading: "Hello".into(),
            paragraphs: vec!["One.".into(), "Two.".into()],
            action: LetterAction { label: "Go".into(), url: "https://acme.example/x".into() },
            note: "Bye.".into(),
        };
        assert_eq!(letter.text(), "One.\n\nTwo.\n\nGo:\nhttps://acme.example/x\n\nBye.\n");
    }
}
