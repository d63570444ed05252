//! A tenant's slug: its name in addresses. 3 to 40 characters of `[a-z0-9-]`, no hyphen at an end, no two in a
//! row (which also refuses every `xn--` name), not one of the reserved words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::Error;
use crate::problem;

/// Names that would be mistaken for the platform's own hosts, sorted.
const RESERVED: &[&str] = &[
    "account",
    "accounts",
    "acme-challenge",
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "console",
    "control",
    "dashboard",
    "dns",
    "docs",
    "email",
    "embed",
    "ftp",
    "git",
    "health",
    "healthz",
    "help",
    "host",
    "hostmaster",
    "imap",
    "info",
    "insula",
    "internal",
    "local",
    "localhost",
    "login",
    "mail",
    "metrics",
    "mta-sts",
    "news",
    "null",
    "oauth",
    "openapi",
    "operator",
    "operators",
    "partner",
    "platform",
    "pop",
    "postmaster",
    "public",
    "readyz",
    "root",
    "sales",
    "security",
    "signin",
    "signup",
    "smtp",
    "ssl",
    "sso",
    "staging",
    "static",
    "status",
    "support",
    "system",
    "tenant",
    "tenants",
    "undefined",
    "webhook",
    "webhooks",
    "webmaster",
    "wpad",
    "www",
];

/// A valid slug.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[a-z0-9](?:-?[a-z0-9]){2,39}$", example = "acme")]
pub struct Slug(String);

/// What the slugs of throw-away tenants begin with. Only the verification of the walls makes such tenants.
const THROWAWAY: &str = "verify-";

impl Slug {
    /// Whether it names a tenant that the verification of the walls made and will remove. Nobody else can have such
    /// a slug, and what may be done to such a tenant may be done to no other.
    #[must_use]
    pub fn is_throwaway(&self) -> bool {
        self.0.starts_with(THROWAWAY)
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Another slug that reads alike, for when this one is taken: `acme-2`, `acme-3`, …
    #[must_use]
    pub fn alternative(&self, n: u32) -> Self {
        let tail = format!("-{n}");
        let keep = self.0.len().min(40 - tail.len());
        Self(format!("{}{tail}", self.0[..keep].trim_end_matches('-')))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = Error;

    /// # Errors
    /// `tenant.slug_invalid` with what is wrong; `tenant.slug_reserved` for a word of the platform.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Err(Error::new(problem::TENANT_SLUG_INVALID, why).at("/slug"));
        if text.chars().count() < 3 || text.chars().count() > 40 {
            return wrong("A slug has 3 to 40 characters.");
        }
        if let Some(c) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            return wrong(&format!(
                "A slug is made of the letters a to z, digits and hyphens; {c:?} is none of them."
            ));
        }
        if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return wrong("A slug neither begins nor ends with a hyphen, nor has two in a row.");
        }
        if RESERVED.binary_search(&text).is_ok() {
            return Err(Error::new(
                problem::TENANT_SLUG_RESERVED,
                format!("{text:?} is kept for the platform's own addresses. Choose another slug."),
            )
            .at("/slug"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|e: Error| serde::de::Error::custom(e.detail()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_and_are_slugs_otherwise() {
        assert!(RESERVED.is_sorted(), "binary search needs order");
    }

    #[test]
    fn limits_and_tricks() {
        let longest = "a".repeat(40);
        for good in ["abc", "a1b", "acme", "acme-air", "123", longest.as_str()] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        let long = "a".repeat(41);
        for bad in [
            "",
            "a",
            "ab",
            &long,
            "-ab",
            "ab-",
            "a--b",
            "xn--80ak6aa92e",
            "Acme",
            "аcme",
            "acme\u{200d}",
            "ａｃｍｅ",
            "ac me",
            "acme\n",
            "acme.",
            "a/b",
            "a\0b",
            "🙂🙂🙂",
            "www",
            "api",
            "admin",
            "mail",
            "static",
        ] {
            assert!(bad.parse::<Slug>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_alternative_is_a_slug() {
        for text in ["acme", &"a".repeat(40), "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t"] {
            let slug: Slug = text.parse().expect("a slug");
            for n in [2, 17, 999] {
                let other = slug.alternative(n);
                assert!(other.as_str().parse::<Slug>().is_ok(), "{other}");
            }
        }
    }
}
