//! Colours of brands, `#rrggbb`, where no browser is there to reckon with them: in mails and in drawn icons.
//!
//! What must always hold: what is not exactly such a colour is none, so that it can stand in a style as it is; words on a
//! colour have a contrast of 4.5 : 1 at least.

/// `#rrggbb` in lower case, and nothing else.
#[must_use]
pub fn plain(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let ok = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    ok.then(|| format!("#{}", digits.to_ascii_lowercase()))
}

/// The ink that is read best on a colour: black or white. One of them always has a contrast of 4.5 : 1.
#[must_use]
pub fn ink(colour: &str) -> &'static str {
    let bright = luminance(colour);
    // (L + 0.05) / 0.05 for black, 1.05 / (L + 0.05) for white (WCAG 2.2, 1.4.3).
    if (bright + 0.05) * (bright + 0.05) > 1.05 * 0.05 { "#000000" } else { "#ffffff" }
}

/// How bright a colour is, 0 to 1 (WCAG 2.2, relative luminance).
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let byte =
            colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or_default();
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_colours() {
        assert_eq!(plain("#2563EB").as_deref(), Some("#2563eb"));
        for text in ["red", "#fff", "#2563eb;}", "#2563eg", "2563eb", "url(//evil)", "#2563eb/**/", ""] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn words_can_be_read_on_every_colour() {
        let contrast = |ink: &str, colour: &str| {
            let (a, b) = (luminance(ink) + 0.05, luminance(colour) + 0.05);
            if a > b { a / b } else { b / a }
        };
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colour = format!("#{red:02x}{green:02x}{blue:02x}");
                    assert!(contrast(ink(&colour), &colour) >= 4.5, "{colour}");
                }
            }
        }
        assert_eq!((ink("#2563eb"), ink("#ffe14d")), ("#ffffff", "#000000"));
    }
}
