//! Typed ids. In PostgreSQL an id is a `uuid` (version 7: ordered by time); on the wire it is a prefix and
//! 26 characters of Crockford base 32, `tnt_01jd…`. A prefix that does not fit is refused, so that an id of one
//! kind can never be taken for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Crockford's base 32 alphabet, lower case (no `i`, `l`, `o`, `u`).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    /// The prefix that was expected, without the underscore.
    pub expected: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id of the form {}_ and 26 letters and digits", self.expected)
    }
}

impl std::error::Error for IdError {}

/// 26 base-32 characters of a uuid, most significant first.
#[must_use]
pub fn encode(uuid: Uuid) -> String {
    let value = uuid.as_u128();
    (0..26u32)
        .rev()
        .map(|i| char::from(ALPHABET[usize::try_from((value >> (i * 5)) & 31).unwrap_or_default()]))
        .collect()
}

/// The uuid of 26 base-32 characters, or `None` if they are not one. Lower case only: one id has one spelling.
#[must_use]
pub fn decode(text: &str) -> Option<Uuid> {
    let bytes = text.as_bytes();
    if bytes.len() != 26 || bytes[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for b in bytes {
        let digit = ALPHABET.iter().position(|a| a == b)?;
        value = (value << 5) | digit as u128;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix on the wire, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id of a uuid that is known to be of this kind (a database row, a generator).
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }

            /// The uuid, as PostgreSQL stores it.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(IdError { expected: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{26}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// One isolated customer. Never changes; the slug may.
    TenantId = "tnt";
    /// Somebody who can sign in to tenants, once for all of them.
    IdentityId = "idn";
    /// An identity's membership of one tenant.
    MemberId = "mbr";
    /// An invitation to become a member.
    InvitationId = "inv";
    /// A tenant's API key.
    ApiKeyId = "key";
    /// Somebody who runs the installation.
    OperatorId = "opr";
    /// A token that an operator made for a program.
    OperatorTokenId = "tok";
    /// A signed-in browser or CLI.
    SessionId = "ses";
    /// One long change.
    OperationId = "op";
    /// One piece of background work.
    JobId = "job";
    /// One dashboard of a tenant.
    DashboardId = "dsh";
    /// A dashboard that the operator publishes to many tenants.
    TemplateId = "tpl";
    /// One dataset of a tenant.
    DatasetId = "dst";
    /// One table of a tenant.
    TableId = "tbl";
    /// One HTTP request or one run of a job.
    RequestId = "req";
    /// One mail, sent or kept.
    MailId = "mal";
    /// A token for an embedded dashboard.
    EmbedTokenId = "emb";
    /// A key that a tenant's embed tokens are signed with.
    EmbedKeyId = "emk";
    /// A revocation of embed tokens.
    EmbedRevocationId = "emr";
    /// A public link to a dashboard.
    PublicLinkId = "plk";
}

impl TenantId {
    /// The name that this tenant's schema, role and database are made of: `t_` and the id's 26 characters. It comes
    /// from the id alone, so it is opaque, at most 40 bytes with a prefix, and never collides at PostgreSQL's
    /// 63-byte limit.
    #[must_use]
    pub fn object_name(self) -> String {
        format!("t_{}", encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_survives_the_wire(raw: u128) {
            let id = TenantId::from_uuid(Uuid::from_u128(raw));
            prop_assert_eq!(id.to_string().parse::<TenantId>(), Ok(id));
            prop_assert!(id.object_name().len() <= 40);
        }

        #[test]
        fn two_ids_never_share_an_object_name(a: u128, b: u128) {
            let name = |raw| TenantId::from_uuid(Uuid::from_u128(raw)).object_name();
            prop_assert_eq!(a == b, name(a) == name(b));
        }
    }

    #[test]
    fn only_one_spelling_is_an_id() {
        let id = TenantId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let text = id.to_string();
        for wrong in [
            text.to_uppercase(),
            text.replace("tnt_", "dsh_"),
            format!("{text}0"),
            text.replace("tnt_0", "tnt_8"),
            format!(" {text}"),
            id.uuid().to_string(),
        ] {
            assert!(wrong.parse::<TenantId>().is_err(), "{wrong}");
        }
    }
}
