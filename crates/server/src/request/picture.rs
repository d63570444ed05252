//! A picture as it is. What kind it is, its bytes say.

use axum::http::HeaderMap;
use bytes::Bytes;
use insula_model::Result;
use insula_model::brand_image::MAX_IMAGE_BYTES;

use super::Content;

/// The bytes of a picture.
pub(crate) struct Picture(pub(crate) Bytes);

impl Content for Picture {
    const LIMIT: usize = MAX_IMAGE_BYTES;

    fn read(_: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        Ok(Self(bytes.clone()))
    }
}
