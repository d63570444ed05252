//! A tenant's pictures. They are read by everybody who can reach the tenant's address.

use insula_model::brand_image::media_type;
use insula_model::policy::action::SettingsUpdate;
use insula_model::{BrandImage, BrandImageKind, Error, Mode, Result, Write};
use serde_json::json;

use crate::{Permit, TenantTx};

/// A picture as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: &'static str,
    /// The file.
    pub content: Vec<u8>,
    /// The version of the settings that it came with.
    pub version: i64,
}

/// The pictures of a transaction's tenant.
pub struct BrandImages<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The pictures.
    pub fn brand_images(&mut self) -> BrandImages<'_, 'op, M> {
        BrandImages(self)
    }
}

impl<M: Mode> BrandImages<'_, '_, M> {
    /// The picture of a kind.
    ///
    /// # Errors
    /// `not_found`; `database.down`.
    pub async fn view(&mut self, kind: BrandImageKind) -> Result<StoredImage> {
        let row = self
            .0
            .row("SELECT media_type, content, version FROM brand_images WHERE kind = $1", &[&kind.as_str()])
            .await?
            .ok_or_else(|| Error::not_found("picture", kind))?;
        let media_type =
            media_type(row.get(0)).ok_or_else(|| Error::internal("a stored picture of no kind"))?;
        Ok(StoredImage { media_type, content: row.get(1), version: row.get(2) })
    }
}

impl BrandImages<'_, '_, Write> {
    /// Puts a picture in the place of the one that was there; gives the new version of the settings.
    ///
    /// # Errors
    /// `version.stale` when a version is expected and is not the present one.
    pub async fn put(
        &mut self,
        permit: &Permit<'_, SettingsUpdate>,
        kind: BrandImageKind,
        image: &BrandImage,
        expected: Option<i64>,
    ) -> Result<i64> {
        let version = self.0.settings().touch(expected).await?;
        self.0
            .execute(
                "INSERT INTO brand_images (tenant_id, kind, media_type, content, version) \
                 VALUES (wall.tenant(), $1, $2, $3, $4) ON CONFLICT (tenant_id, kind) DO UPDATE \
                 SET media_type = excluded.media_type, content = excluded.content, version = excluded.version",
                &[&kind.as_str(), &image.media_type, &image.content, &version],
            )
            .await?;
        let (width, height, bytes) = (image.width, image.height, image.content.len());
        let detail = json!({ "type": image.media_type, "width": width, "height": height, "bytes": bytes });
        self.0.used(permit, kind, &detail)?;
        Ok(version)
    }

    /// Takes a picture away; gives the new version of the settings.
    ///
    /// # Errors
    /// `not_found`; `version.stale` when a version is expected and is not the present one.
    pub async fn delete(
        &mut self,
        permit: &Permit<'_, SettingsUpdate>,
        kind: BrandImageKind,
        expected: Option<i64>,
    ) -> Result<i64> {
        let version = self.0.settings().touch(expected).await?;
        let gone = self.0.execute("DELETE FROM brand_images WHERE kind = $1", &[&kind.as_str()]).await?;
        if gone == 0 {
            return Err(Error::not_found("picture", kind));
        }
        self.0.used(permit, kind, &json!({ "deleted": true }))?;
        Ok(version)
    }
}
