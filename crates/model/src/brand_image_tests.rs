//! Tests of [`super`]: which pictures are accepted.

use super::*;
use proptest::prelude::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(kind);
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(&[0; 4]);
    bytes
}

fn a_png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    [PNG.to_vec(), chunk(b"IHDR", &header), extra.to_vec(), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")]
        .concat()
}

fn a_jpeg(width: u16, height: u16, extra: &[u8]) -> Vec<u8> {
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    let frame = [0xff, 0xc0, 0, 11, 8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd9];
    [&[0xff, 0xd8][..], &[0xff, 0xe0, 0, 4, 1, 1], extra, &frame, &scan].concat()
}

fn a_webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
        body.resize(body.len() + data.len() % 2, 0);
    }
    [b"RIFF".to_vec(), u32::try_from(body.len()).unwrap().to_le_bytes().to_vec(), body].concat()
}

/// 300 by 200, lossless.
const VP8L: [u8; 6] = [0x2f, 0x2b, 0xc1, 0x31, 0x00, 0x99];

fn read(bytes: &[u8]) -> Result<(&'static str, u32, u32)> {
    BrandImage::read(bytes).map(|i| (i.media_type, i.width, i.height))
}

#[test]
fn sizes_are_read_from_the_header() {
    assert_eq!(read(&a_png(300, 200, b"")).unwrap(), ("image/png", 300, 200));
    assert_eq!(read(&a_jpeg(300, 200, b"")).unwrap(), ("image/jpeg", 300, 200));
    assert_eq!(read(&a_webp(&[(b"VP8L", &VP8L)])).unwrap(), ("image/webp", 300, 200));
    let lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, 0x2c, 0x01, 0xc8, 0x00, 0];
    assert_eq!(read(&a_webp(&[(b"VP8 ", &lossy)])).unwrap(), ("image/webp", 300, 200));
    let extended = [0x2c, 0, 0, 0, 0x2b, 0x01, 0x00, 0xc7, 0x00, 0x00];
    let image =
        BrandImage::read(&a_webp(&[(b"VP8X", &extended), (b"ICCP", b"bomb"), (b"VP8L", &VP8L)])).unwrap();
    assert_eq!((image.width, image.height), (300, 200));
    assert_eq!(image.content[20], 0, "the flags of what was left out are gone");
}

#[test]
fn what_is_no_picture_or_too_large_is_refused() {
    for bytes in [
        b"".to_vec(),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(),
        b"GIF89a\x01\x00\x01\x00".to_vec(),
        b"<html>".to_vec(),
        PNG.to_vec(),
        a_png(0, 5, b""),
        a_png(2001, 5, b""),
        a_png(50_000, 50_000, b""),
        a_jpeg(2001, 1, b""),
        a_png(10, 10, &vec![0; MAX_IMAGE_BYTES]),
        a_webp(&[(b"EXIF", b"x")]),
    ] {
        assert_eq!(BrandImage::read(&bytes).unwrap_err().code(), "branding.logo");
    }
}

#[test]
fn what_is_not_picture_is_left_out() {
    let script = b"<script>alert(1)</script>";
    let mut png =
        a_png(10, 10, &[chunk(b"tEXt", script), chunk(b"iCCP", script), chunk(b"eXIf", script)].concat());
    png.extend_from_slice(script);
    assert_eq!(BrandImage::read(&png).unwrap().content, a_png(10, 10, b""));

    let comment = [&[0xff, 0xfe, 0, 27][..], script].concat();
    let exif = [&[0xff, 0xe1, 0, 27][..], script].concat();
    let mut jpeg = a_jpeg(10, 10, &[comment, exif].concat());
    jpeg.extend_from_slice(script);
    assert_eq!(BrandImage::read(&jpeg).unwrap().content, a_jpeg(10, 10, b""));

    let mut webp = a_webp(&[(b"XMP ", script), (b"VP8L", &VP8L)]);
    webp.extend_from_slice(script);
    assert_eq!(BrandImage::read(&webp).unwrap().content, a_webp(&[(b"VP8L", &VP8L)]));
}

proptest! {
    #[test]
    fn no_bytes_are_a_crash(kind in 0usize..3, cut in 0usize..400, noise in prop::collection::vec((0usize..200, any::<u8>()), 0..6)) {
        let mut bytes = match kind {
            0 => a_png(10, 10, &chunk(b"tEXt", b"x")),
            1 => a_jpeg(10, 10, b""),
            _ => a_webp(&[(b"VP8L", &VP8L), (b"EXIF", b"x")]),
        };
        for (at, byte) in noise {
            if let Some(slot) = bytes.get_mut(at) {
                *slot = byte;
            }
        }
        bytes.truncate(cut);
        if let Ok(image) = BrandImage::read(&bytes) {
            prop_assert!(image.width <= MAX_IMAGE_SIDE && image.height <= MAX_IMAGE_SIDE);
            // Reading what was kept changes nothing.
            prop_assert_eq!(BrandImage::read(&image.content).unwrap(), image);
        }
    }
}
