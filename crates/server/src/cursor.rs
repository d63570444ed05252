//! Cursors of lists: the position after the last item, sealed (AES-256-GCM-SIV) together with the list, its
//! filters, the tenant and the person. What must always hold: a cursor opens for exactly what it was made for,
//! and tells its bearer nothing. Tested below and in `tests/it/cursors.rs`.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use insula_model::{Entropy, Error, Page, Result, problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Seals and opens cursors. Every node has the same key, from the control database.
pub(crate) struct Cursors {
    key: LessSafeKey,
    entropy: Arc<dyn Entropy>,
}

impl Cursors {
    /// From the installation's secret.
    ///
    /// # Errors
    /// `internal`, which does not happen with a key of 32 bytes.
    pub(crate) fn new(secret: &str, entropy: Arc<dyn Entropy>) -> Result<Self> {
        let key = Sha256::new().chain_update("insula.cursor.1").chain_update(secret).finalize();
        let key = UnboundKey::new(&AES_256_GCM_SIV, &key).map_err(Error::internal)?;
        Ok(Self { key: LessSafeKey::new(key), entropy })
    }

    /// The cursors of one list, for one caller, with one set of filters.
    ///
    /// # Errors
    /// `internal` when the filters are not JSON.
    pub(crate) fn of(&self, list: &str, caller: &str, filters: &impl Serialize) -> Result<Pager<'_>> {
        let bound = serde_json::to_vec(&(list, caller, filters)).map_err(Error::internal)?;
        Ok(Pager { cursors: self, bound })
    }
}

/// The cursors of one list.
pub(crate) struct Pager<'a> {
    cursors: &'a Cursors,
    bound: Vec<u8>,
}

impl Pager<'_> {
    /// The position that a cursor stands for.
    ///
    /// # Errors
    /// `page.cursor` for every other cursor than one that was made for this list.
    pub(crate) fn open<P: DeserializeOwned>(&self, cursor: Option<&str>) -> Result<Option<P>> {
        let Some(cursor) = cursor else { return Ok(None) };
        let wrong =
            || Error::new(problem::CURSOR, "This cursor was not made for this list. Start again without it.");
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut text = text.to_vec();
        let plain =
            self.cursors.key.open_in_place(nonce, Aad::from(&self.bound), &mut text).map_err(|_| wrong())?;
        serde_json::from_slice(plain).map(Some).map_err(|_| wrong())
    }

    /// The cursor of a position.
    ///
    /// # Errors
    /// `internal`.
    pub(crate) fn seal(&self, position: &impl Serialize) -> Result<String> {
        let mut nonce = [0u8; NONCE_LEN];
        self.cursors.entropy.fill(&mut nonce);
        let mut text = serde_json::to_vec(position).map_err(Error::internal)?;
        self.cursors
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&self.bound), &mut text)
            .map_err(Error::internal)?;
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&text);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// A page whose cursor is still a plain position.
    ///
    /// # Errors
    /// `internal`.
    pub(crate) fn sealed<T>(&self, page: Page<T>) -> Result<Page<T>> {
        self.page(page.items, page.next_cursor, page.total)
    }

    /// A page, with the cursor of the next one if there is one.
    ///
    /// # Errors
    /// `internal`.
    pub(crate) fn page<T, P: Serialize>(
        &self,
        items: Vec<T>,
        next: Option<P>,
        total: Option<u64>,
    ) -> Result<Page<T>> {
        let next_cursor = next.map(|position| self.seal(&position)).transpose()?;
        Ok(Page { items, next_cursor, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_cursor_opens_for_what_it_was_made_for_only() {
        let cursors = Cursors::new("secret", Arc::new(Counting)).unwrap();
        let pager = cursors.of("tenants", "opr_1", &("active", 1)).unwrap();
        let cursor = pager.seal(&("acme", 5)).unwrap();
        assert_eq!(pager.open::<(String, i64)>(Some(&cursor)).unwrap(), Some(("acme".to_owned(), 5)));
        assert_eq!(pager.open::<(String, i64)>(None).unwrap(), None);
        for (list, caller, filter) in
            [("mails", "opr_1", "active"), ("tenants", "opr_2", "active"), ("tenants", "opr_1", "deleted")]
        {
            let other = cursors.of(list, caller, &(filter, 1)).unwrap();
            assert!(other.open::<(String, i64)>(Some(&cursor)).unwrap_err().is(problem::CURSOR));
        }
        let other = Cursors::new("another", Arc::new(Counting)).unwrap();
        let other = other.of("tenants", "opr_1", &("active", 1)).unwrap();
        assert!(other.open::<(String, i64)>(Some(&cursor)).is_err());
        for i in 0..cursor.len() {
            let mut edited = cursor.clone().into_bytes();
            edited[i] = if edited[i] == b'A' { b'B' } else { b'A' };
            let edited = String::from_utf8(edited).unwrap();
            assert!(pager.open::<(String, i64)>(Some(&edited)).is_err(), "byte {i}");
        }
        for text in ["", "x", "!!", "AAAA", "AAAAAAAAAAAAAAAAAAAA"] {
            assert!(pager.open::<(String, i64)>(Some(text)).is_err(), "{text}");
        }
    }
}
