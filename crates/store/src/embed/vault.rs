//! The keys of embed tokens: made here, and sealed before they are kept (AES-256-GCM-SIV). The key that seals them comes
//! from the installation's secret, which is in the control database; what is sealed is in the tenants' places. A copy of
//! one of the two is worth nothing.
//!
//! What must always hold: what was sealed for one tenant and key opens for that tenant and key only. Tested below.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use insula_model::{EmbedKeyId, Entropy, Error, Result, TenantId};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::Store;

/// Bytes of a private key.
pub(crate) const SEED: usize = 32;

/// The one key that signs a tenant's new tokens.
pub struct EmbedSigner {
    id: EmbedKeyId,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for EmbedSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EmbedSigner({})", self.id)
    }
}

impl EmbedSigner {
    pub(crate) fn of_seed(id: EmbedKeyId, seed: &[u8]) -> Result<Self> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| Error::internal("not a key's seed"))?;
        Ok(Self { id, pair })
    }

    /// Its id, the `kid` of the tokens.
    #[must_use]
    pub fn id(&self) -> EmbedKeyId {
        self.id
    }

    pub(crate) fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(super) fn signature(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

/// What seals private keys and salts viewers, once it was asked for.
#[derive(Default)]
pub(crate) struct EmbedVault(OnceCell<Secrets>);

pub(crate) struct Secrets {
    seal: LessSafeKey,
    salt: [u8; 32],
}

impl Secrets {
    fn of(installation: &str) -> Result<Self> {
        let unusable = || Error::internal("the installation's secret makes no key");
        let salt = Salt::new(HKDF_SHA256, b"insula.embed.1");
        let secret = salt.extract(installation.as_bytes());
        let derive = |purpose: &[u8]| -> Result<[u8; 32]> {
            let mut bytes = [0u8; 32];
            let info = [purpose];
            let derived = secret.expand(&info, HKDF_SHA256).map_err(|_| unusable())?;
            derived.fill(&mut bytes).map_err(|_| unusable())?;
            Ok(bytes)
        };
        let key = UnboundKey::new(&AES_256_GCM_SIV, &derive(b"keys")?).map_err(|_| unusable())?;
        Ok(Self { seal: LessSafeKey::new(key), salt: derive(b"viewers")? })
    }

    /// A private key as it is kept.
    pub(crate) fn seal(
        &self,
        tenant: TenantId,
        id: EmbedKeyId,
        seed: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut text = seed.to_vec();
        let bound = Aad::from(bound(tenant, id));
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut text)
            .map_err(|_| Error::internal("a key cannot be sealed"))?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// The signer that was sealed for this tenant under this id.
    pub(crate) fn open(&self, tenant: TenantId, id: EmbedKeyId, sealed: &[u8]) -> Result<EmbedSigner> {
        let unusable = || Error::internal("a sealed key does not open here");
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(unusable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unusable())?;
        let mut text = text.to_vec();
        let bound = Aad::from(bound(tenant, id));
        let seed = self.seal.open_in_place(nonce, bound, &mut text).map_err(|_| unusable())?;
        EmbedSigner::of_seed(id, seed)
    }

    /// A viewer as it is counted: the same in one tenant, another one in every other.
    fn viewer(&self, tenant: TenantId, viewer: &str) -> [u8; 16] {
        let hash = Sha256::new()
            .chain_update(self.salt)
            .chain_update(tenant.uuid().as_bytes())
            .chain_update(viewer)
            .finalize();
        let mut short = [0u8; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }
}

fn bound(tenant: TenantId, id: EmbedKeyId) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes[..16].copy_from_slice(tenant.uuid().as_bytes());
    bytes[16..].copy_from_slice(id.uuid().as_bytes());
    bytes
}

impl Store {
    pub(crate) async fn embed_secrets(&self) -> Result<&Secrets> {
        let read = async || Secrets::of(&self.cursor_secret().await?);
        self.inner.embed_vault.0.get_or_try_init(read).await
    }

    /// A viewer as it is counted. The name cannot be had back from it.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn embed_viewer(&self, tenant: TenantId, viewer: &str) -> Result<[u8; 16]> {
        Ok(self.embed_secrets().await?.viewer(tenant, viewer))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_key_opens_for_its_tenant_and_id_only() {
        let tenant = |n| TenantId::from_uuid(Uuid::from_u128(n));
        let key = |n| EmbedKeyId::from_uuid(Uuid::from_u128(n));
        let secrets = Secrets::of("secret").unwrap();
        let sealed = secrets.seal(tenant(1), key(1), &[9; SEED], &Sevens).unwrap();
        assert!(!sealed.windows(8).any(|w| w == [9; 8]), "it is sealed");
        let opened = secrets.open(tenant(1), key(1), &sealed).unwrap();
        assert_eq!(opened.public_key(), EmbedSigner::of_seed(key(1), &[9; SEED]).unwrap().public_key());
        assert!(secrets.open(tenant(2), key(1), &sealed).is_err());
        assert!(secrets.open(tenant(1), key(2), &sealed).is_err());
        assert!(Secrets::of("another").unwrap().open(tenant(1), key(1), &sealed).is_err());
        for text in [&[][..], &[1; 12], &sealed[1..]] {
            assert!(secrets.open(tenant(1), key(1), text).is_err());
        }
    }

    #[test]
    fn a_viewer_is_somebody_else_in_every_tenant() {
        let secrets = Secrets::of("secret").unwrap();
        let of =
            |tenant: u128, viewer: &str| secrets.viewer(TenantId::from_uuid(Uuid::from_u128(tenant)), viewer);
        assert_eq!(of(1, "ada"), of(1, "ada"));
        assert_ne!(of(1, "ada"), of(2, "ada"));
        assert_ne!(of(1, "ada"), of(1, "bob"));
    }
}
