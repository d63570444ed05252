//! Compact JWS with Ed25519, and nothing else. There is no table of algorithms: a header that names another one, or
//! says anything beyond algorithm, type and key, is not one of ours.
//!
//! What must always hold: nothing of a token's claims is believed before its signature was checked with a key of the
//! tenant, except whose and which key it says it is, to look for that key; a token has one spelling. Tested below and in
//! `platform/tests/it/embeds.rs`.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use insula_model::embed::{MAX_TOKEN_BYTES, not_a_token};
use insula_model::{EmbedClaims, EmbedKeyId, Error, Result};
use serde::{Deserialize, Serialize};

use super::EmbedSigner;

const ALGORITHM: &str = "EdDSA";
const TYPE: &str = "insula-embed+jwt";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: EmbedKeyId,
}

/// A token whose signature was not checked yet.
pub(super) struct Unverified<'t> {
    pub(super) key: EmbedKeyId,
    claims: EmbedClaims,
    signed: &'t str,
    signature: Vec<u8>,
}

/// Reads the shape of a token.
///
/// # Errors
/// `embed.signature` for everything that is not exactly one of ours.
pub(super) fn parse(text: &str) -> Result<Unverified<'_>> {
    let shape = || -> Option<Unverified<'_>> {
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
        if header.alg != ALGORITHM || header.typ != TYPE {
            return None;
        }
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        Some(Unverified { key: header.kid, claims, signed, signature: decode(signature)? })
    };
    shape().ok_or_else(not_a_token)
}

impl Unverified<'_> {
    /// What it says, to find out whether it may say so.
    pub(super) fn said(&self) -> &EmbedClaims {
        &self.claims
    }

    /// What it says, now that the signature is right.
    ///
    /// # Errors
    /// `embed.signature`.
    pub(super) fn verified(self, public_key: &[u8]) -> Result<EmbedClaims> {
        UnparsedPublicKey::new(&ED25519, public_key)
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| not_a_token())?;
        Ok(self.claims)
    }
}

impl EmbedSigner {
    /// The token that says this.
    ///
    /// # Errors
    /// `input.invalid` when it would be longer than a token may be.
    pub fn sign(&self, claims: &EmbedClaims) -> Result<String> {
        let header = Header { alg: ALGORITHM.to_owned(), typ: TYPE.to_owned(), kid: self.id() };
        let header = serde_json::to_vec(&header).map_err(Error::internal)?;
        let claims = serde_json::to_vec(claims).map_err(Error::internal)?;
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let token = format!("{signed}.{}", encode(&self.signature(signed.as_bytes())));
        if token.len() > MAX_TOKEN_BYTES {
            let detail = "A token has 4 KB at most. Lock fewer values, or name fewer origins.";
            return Err(Error::invalid("/filters", "too_long", detail));
        }
        Ok(token)
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
