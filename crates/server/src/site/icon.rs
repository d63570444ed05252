//! The icon of a place that has none of its own: its first letter on its colour.

use std::fmt::Write;

use insula_model::colour::ink;

/// The colour of the platform itself.
const OWN: &str = "#3f5fa5";

/// A `data:` address of the drawing. `colour` is `#rrggbb`, checked by the caller.
pub(super) fn drawn(colour: Option<&str>, name: &str) -> String {
    let colour = colour.unwrap_or(OWN);
    let (letter, ink) = (letter(name), ink(colour));
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='{colour}'/>\
         <text x='16' y='22.5' font-family='system-ui,sans-serif' font-size='18' font-weight='600' text-anchor='middle' \
         fill='{ink}'>{letter}</text></svg>"
    );
    let mut url = String::from("data:image/svg+xml,");
    for byte in svg.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!*(),/:=".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// The letter of a name; nothing that could be more than a letter.
pub(super) fn letter(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_one_address() {
        for name in ["Acme Air", "<script>", "élan", "漢字", "---", ""] {
            let url = drawn(Some("#aa0000"), name);
            assert!(url.is_ascii() && !url.contains(['<', '>', '"', '\'', '&', '#', ' ']), "{url}");
        }
        assert!(drawn(Some("#ffffff"), "a").contains("%23000"));
        assert!(drawn(None, "a").contains("%23fff"));
    }
}
