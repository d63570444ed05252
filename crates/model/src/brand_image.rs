//! A tenant's pictures: what may be one is decided by its bytes, never by its name or what the sender calls it.
//!
//! What must always hold for a [`BrandImage`]: it is a PNG, JPEG or WebP of at most 256 KB and 2,000 pixels a
//! side, and holds picture data only: whatever else such a file can carry (comments, EXIF, colour profiles,
//! something appended) was left out. SVG is refused: it can hold script.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::problem;
use crate::tenant::words;

/// Bytes of one picture.
pub const MAX_IMAGE_BYTES: usize = 256 * 1024;
/// Pixels a side.
pub const MAX_IMAGE_SIDE: u32 = 2_000;

words! {
    /// What a picture is for.
    BrandImageKind {
        /// Beside the name.
        Logo = "logo",
        /// In the browser's tab.
        Favicon = "favicon",
    }
}

/// A picture that is fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandImage {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The file.
    pub content: Vec<u8>,
}

fn refused<T>(why: &str) -> Result<T> {
    Err(Error::new(problem::LOGO, why))
}

/// The media type of what was stored by [`BrandImage::read`]; `None` for anything else.
#[must_use]
pub fn media_type(text: &str) -> Option<&'static str> {
    ["image/png", "image/jpeg", "image/webp"].into_iter().find(|known| *known == text)
}

impl BrandImage {
    /// The picture in these bytes, without anything that is not picture.
    ///
    /// # Errors
    /// `branding.logo` with what is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_IMAGE_BYTES {
            return refused("The picture has more than 256 KB.");
        }
        let image = if bytes.starts_with(PNG) {
            png(bytes)
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            jpeg(bytes)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            webp(bytes)
        } else {
            return refused("That is not a PNG, JPEG or WebP.");
        };
        let Some(image) = image else { return refused("The picture is damaged.") };
        let fits = |side: u32| (1..=MAX_IMAGE_SIDE).contains(&side);
        if !fits(image.width) || !fits(image.height) {
            return refused("The picture has more than 2,000 pixels a side.");
        }
        Ok(image)
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    let b = bytes.get(at..at + 3)?;
    Some(u32::from_le_bytes([b[0], b[1], b[2], 0]))
}

fn length(value: u32) -> Option<usize> {
    usize::try_from(value).ok()
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Keeps the chunks that make the picture, up to `IEND`.
fn png(bytes: &[u8]) -> Option<BrandImage> {
    let (width, height) = (be32(bytes, 16)?, be32(bytes, 20)?);
    if bytes.get(8..16)? != b"\0\0\0\x0dIHDR" {
        return None;
    }
    let mut content = PNG.to_vec();
    let (mut at, mut data) = (PNG.len(), false);
    loop {
        let end = at.checked_add(12)?.checked_add(length(be32(bytes, at)?)?)?;
        let chunk = bytes.get(at..end)?;
        let kind = chunk.get(4..8)?;
        if matches!(kind, b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"gAMA" | b"sRGB") {
            content.extend_from_slice(chunk);
        }
        data |= kind == b"IDAT";
        if kind == b"IEND" {
            return data.then_some(BrandImage { media_type: "image/png", width, height, content });
        }
        at = end;
    }
}

/// Keeps the segments that make the picture, and nothing behind its end.
fn jpeg(bytes: &[u8]) -> Option<BrandImage> {
    let mut content = vec![0xff, 0xd8];
    let (mut at, mut size) = (2, None);
    loop {
        let (0xff, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?) else { return None };
        if marker == 0xff {
            at += 1;
            continue;
        }
        let end = at.checked_add(2)?.checked_add(length(be16(bytes, at + 2)?)?)?;
        let segment = bytes.get(at..end)?;
        if segment.len() < 4 {
            return None;
        }
        let frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if frame {
            size = Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
        }
        // Tables, frames, scans, restart intervals, JFIF and Adobe's colour transform.
        if frame || matches!(marker, 0xc4 | 0xcc | 0xda | 0xdb | 0xdd | 0xe0 | 0xee) {
            content.extend_from_slice(segment);
        }
        at = end;
        if marker == 0xda {
            let (width, height) = size?;
            // The rest is compressed data, in which a marker is never 0xff 0xd9 but at the end.
            let rest = bytes.get(at..)?;
            let end = rest.windows(2).position(|pair| pair == [0xff, 0xd9])?;
            content.extend_from_slice(&rest[..end + 2]);
            return Some(BrandImage { media_type: "image/jpeg", width, height, content });
        }
    }
}

/// Keeps the chunks that make the picture, and no more of them than the file says.
fn webp(bytes: &[u8]) -> Option<BrandImage> {
    let mut chunks = Vec::new();
    let (mut at, mut size, mut data) = (12, None, false);
    while let Some(kind) = bytes.get(at..at + 4) {
        let body = at + 8;
        let long = u32::from_le_bytes(bytes.get(at + 4..body)?.try_into().ok()?);
        let end = body.checked_add(length(long)?)?.checked_add(length(long & 1)?)?;
        let chunk = bytes.get(at..end)?;
        match kind {
            b"VP8X" => size = Some((le24(bytes, body + 4)? + 1, le24(bytes, body + 7)? + 1)),
            b"VP8L" if size.is_none() => {
                let bits = u32::from_le_bytes(bytes.get(body + 1..body + 5)?.try_into().ok()?);
                size = Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1));
            }
            b"VP8 " if size.is_none() => {
                if bytes.get(body + 3..body + 6)? != [0x9d, 0x01, 0x2a] {
                    return None;
                }
                let side = |at: usize| Some(le24(bytes, at)? & 0x3fff);
                size = Some((side(body + 6)?, side(body + 8)?));
            }
            _ => {}
        }
        data |= matches!(kind, b"VP8 " | b"VP8L" | b"ANMF");
        if matches!(kind, b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF") {
            let from = chunks.len();
            chunks.extend_from_slice(chunk);
            if kind == b"VP8X" {
                // No longer with a colour profile, EXIF and XMP.
                *chunks.get_mut(from + 8)? &= !(0x20 | 0x08 | 0x04);
            }
        }
        at = end;
        if at >= length(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?))?.checked_add(8)? {
            break;
        }
    }
    let (width, height) = size.filter(|_| data)?;
    let mut content = b"RIFF".to_vec();
    content.extend_from_slice(&u32::try_from(chunks.len() + 4).ok()?.to_le_bytes());
    content.extend_from_slice(b"WEBP");
    content.extend_from_slice(&chunks);
    Some(BrandImage { media_type: "image/webp", width, height, content })
}

#[cfg(test)]
#[path = "brand_image_tests.rs"]
mod tests;
