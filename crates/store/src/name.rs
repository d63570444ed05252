//! Names of PostgreSQL objects. A name is made of `[a-z0-9_]`, at most 40 bytes, and anything else is refused
//! rather than quoted: so a name can stand in a statement as it is, and two names never become one at
//! PostgreSQL's limit of 63 bytes.

use std::fmt;

use insula_model::{Error, Result};

/// A name that can stand in SQL as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Name {
    /// # Errors
    /// `internal` when it is not such a name: names never come from users.
    pub(crate) fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let ok = !text.is_empty()
            && text.len() <= 40
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if ok {
            Ok(Self(text))
        } else {
            Err(Error::internal(format!("{text:?} is not a name for PostgreSQL")))
        }
    }

    /// The name.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "a\"; DROP SCHEMA public CASCADE; --",
            "$user",
            "A",
            "1a",
            "a-b",
            "ä",
            &"a".repeat(41),
            "a b",
        ] {
            assert!(Name::new(bad).is_err(), "{bad:?}");
        }
        for good in ["tenant", "t_0190", &"a".repeat(40), "pg_temp"] {
            assert!(Name::new(good).is_ok(), "{good:?}");
        }
    }
}
