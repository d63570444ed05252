//! The tenant, where it lives and how it is walled.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::ids::TenantId;
use crate::problem;
use crate::slug::Slug;

// `tt`, not `literal`: what describes the API reads the names in `rename`, and sees nothing in a literal that a macro
// has wrapped.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// As in the API and in PostgreSQL.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
            /// From the text of the API or of PostgreSQL.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.as_str() == text) }
        }
        // By hand: the derived one does not see the words that a macro gives to `rename`.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc, "\n"),*).trim()))
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.as_str()) }
        }
    };
}
pub(crate) use words;

words! {
    /// How a tenant's data is walled.
    Tier {
        /// Shared tables, row-level security.
        Pooled = "pooled",
        /// An own PostgreSQL schema, and row-level security.
        Schema = "schema",
        /// An own PostgreSQL database, and row-level security.
        Database = "database",
    }
}

impl std::str::FromStr for Tier {
    type Err = Error;
    /// # Errors
    /// `tenant.tier_unknown` with the tiers there are.
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text).ok_or_else(|| {
            Error::new(
                problem::TIER_UNKNOWN,
                format!("{text:?} is not a tier. The tiers are pooled, schema and database."),
            )
            .at("/tier")
        })
    }
}

words! {
    /// Where a tenant is in its life.
    TenantStatus {
        /// Not usable yet.
        Provisioning = "provisioning",
        /// In use.
        Active = "active",
        /// Closed by an operator; nothing deleted.
        Suspended = "suspended",
        /// Deleted softly; can be brought back until its quarantine ends.
        Deleted = "deleted",
        /// Being removed for good.
        Erasing = "erasing",
    }
}

words! {
    /// A named set of limits with a default tier.
    Plan {
        /// Small and pooled.
        Free = "free",
        /// An own schema.
        Growth = "growth",
        /// An own database.
        Enterprise = "enterprise",
    }
}

impl Plan {
    /// The tier that a tenant of this plan gets unless somebody says otherwise.
    #[must_use]
    pub const fn default_tier(self) -> Tier {
        match self {
            Self::Free => Tier::Pooled,
            Self::Growth => Tier::Schema,
            Self::Enterprise => Tier::Database,
        }
    }
}

/// Where a tenant lives now.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Placement {
    /// The cell, by name.
    pub cell: String,
    /// The wall.
    pub tier: Tier,
    /// The PostgreSQL database in that cell.
    pub database: String,
    /// The schema in that database.
    pub schema: String,
    /// The PostgreSQL role that a scope takes on.
    pub role: String,
    /// Rises with every move; writes are refused where it does not fit.
    pub epoch: i64,
}

/// A tenant as the control plane knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantRecord {
    /// The id, for ever.
    pub id: TenantId,
    /// The name in addresses.
    pub slug: Slug,
    /// The display name.
    pub name: String,
    /// Where it is in its life.
    pub status: TenantStatus,
    /// Its plan.
    pub plan: Plan,
    /// Where its data is.
    pub placement: Placement,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub status_at: Timestamp,
    /// When a deleted tenant will be removed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purge_at: Option<Timestamp>,
}

/// Checks a display name: 1 to 80 characters, no control or bidirectional characters, no blanks at the ends.
///
/// # Errors
/// `input.invalid` at `pointer`.
pub fn display_name(text: &str, pointer: &str) -> Result<String> {
    let bad = |why: &str| Err(Error::invalid(pointer, "invalid", why));
    let count = text.chars().count();
    if count == 0 || count > 80 {
        return bad("A name has 1 to 80 characters.");
    }
    if text.trim() != text {
        return bad("A name neither begins nor ends with a blank.");
    }
    if text.chars().any(is_hidden) {
        return bad("A name has no invisible or control characters.");
    }
    Ok(text.to_owned())
}

/// Whether a character cannot be seen, or changes how those beside it are shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Checks and normalises an e-mail address: one `@`, no blanks or control characters, at most 254 characters,
/// lower case.
///
/// # Errors
/// `input.invalid` at `pointer`.
pub fn email(text: &str, pointer: &str) -> Result<String> {
    let ok = text.len() <= 254
        && text.is_ascii()
        && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '\\'))
        && matches!(text.split_once('@'), Some((local, domain))
            if !local.is_empty() && local.len() <= 64 && !domain.contains('@') && domain.len() >= 3
                && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.'));
    if ok {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Error::invalid(pointer, "email", "That is not an e-mail address."))
    }
}
