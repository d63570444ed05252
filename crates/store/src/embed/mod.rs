//! Embed tokens and public links: the keys that tokens are signed with, the tokens themselves, and how whoever shows
//! one becomes an actor that sees one dashboard and nothing else.

mod admission;
mod scope;
mod token;
mod vault;

pub use admission::EmbedRefusal;
pub(crate) use admission::{EmbedAdmissions, EmbedStanding, VERIFIES};
pub use scope::Embedded;
pub use vault::EmbedSigner;
pub(crate) use vault::{EmbedVault, SEED};
