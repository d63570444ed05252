//! What a tenant says about itself: its name, its time, its looks.
//!
//! What must always hold for stored [`TenantSettings`] ([`SettingsPatch::apply`]): the time zone is known to the
//! compiled-in database, colours are `#rrggbb` (they are written into style sheets as they are), texts are fit to
//! be shown.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::dataset::refuse;
use crate::error::{Error, FieldError, Result};
use crate::period::{WeekStart, time_zone};
use crate::problem;
use crate::tenant::display_name;

/// The looks of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Branding {
    /// What the product is called here; the tenant's name otherwise.
    #[serde(default)]
    pub product_name: Option<String>,
    /// The colour of buttons, links and charts, `#2563eb`.
    #[schema(pattern = "^#[0-9a-f]{6}$")]
    pub accent: String,
    /// The same for dark mode, when the other does not suit it.
    #[serde(default)]
    #[schema(pattern = "^#[0-9a-f]{6}$")]
    pub accent_dark: Option<String>,
    /// The roundness of corners in pixels, 0 to 24.
    #[schema(maximum = 24)]
    pub radius: u8,
    /// Where the logo is, below the tenant's address; changes with the picture.
    #[serde(default)]
    pub logo_url: Option<String>,
    /// Where the favicon is, below the tenant's address; changes with the picture.
    #[serde(default)]
    pub favicon_url: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            product_name: None,
            accent: "#2563eb".to_owned(),
            accent_dark: None,
            radius: 8,
            logo_url: None,
            favicon_url: None,
        }
    }
}

/// A tenant's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantSettings {
    /// The name that members see, 1 to 80 characters.
    pub name: String,
    /// The time zone of its days, `Europe/Berlin`.
    pub time_zone: String,
    /// How numbers and dates are written, `en`, `de-CH`.
    pub locale: String,
    /// The first day of its weeks.
    pub week_start: WeekStart,
    /// Its looks.
    pub branding: Branding,
    /// Rises with every change.
    pub version: i64,
}

impl TenantSettings {
    /// What a new tenant begins with.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            time_zone: "UTC".to_owned(),
            locale: "en".to_owned(),
            week_start: WeekStart::Monday,
            branding: Branding::default(),
            version: 1,
        }
    }
}

/// A member that was given, even if as `null`.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// Changes to the looks; what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
pub struct BrandingPatch {
    /// What the product is called here.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub product_name: Option<Option<String>>,
    /// `#2563eb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// The accent of dark mode.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub accent_dark: Option<Option<String>>,
    /// 0 to 24 pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius: Option<u8>,
}

/// Changes to the settings; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The name that members see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `en`, `de-CH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The first day of its weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
    /// Its looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branding: Option<BrandingPatch>,
}

/// A colour as it is stored: `#` and six hexadecimal digits in lower case.
fn colour(text: &str, pointer: &str) -> Result<String> {
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    digits.map(|d| format!("#{}", d.to_ascii_lowercase())).ok_or_else(|| {
        Error::invalid(pointer, "colour", "A colour is # and six hexadecimal digits, such as #2563eb.")
    })
}

/// A language, perhaps with a country: `en`, `de-CH`, `zh-Hant-TW`.
fn locale(text: &str, pointer: &str) -> Result<String> {
    let mut parts = text.split('-');
    let language =
        parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    let rest = parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if language && rest && text.len() <= 20 {
        Ok(text.to_owned())
    } else {
        Err(Error::invalid(pointer, "locale", "A locale is a language, perhaps with a country: en, de-CH."))
    }
}

impl SettingsPatch {
    /// Applies the changes. Either all of them are applied, or nothing. The version stays.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong.
    pub fn apply(&self, settings: &mut TenantSettings) -> Result<()> {
        let mut next = settings.clone();
        let mut wrong: Vec<FieldError> = Vec::new();
        let mut set = |slot: &mut String, checked: Option<Result<String>>| match checked {
            Some(Ok(text)) => *slot = text,
            Some(Err(error)) => wrong.extend(error.fields().iter().cloned()),
            None => {}
        };
        set(&mut next.name, self.name.as_deref().map(|t| display_name(t, "/name")));
        let zone = |t: &str| time_zone(t, "/time_zone").map(|zone| zone.iana_name().unwrap_or(t).to_owned());
        set(&mut next.time_zone, self.time_zone.as_deref().map(zone));
        set(&mut next.locale, self.locale.as_deref().map(|t| locale(t, "/locale")));
        next.week_start = self.week_start.unwrap_or(next.week_start);
        if let Some(patch) = &self.branding {
            let looks = &mut next.branding;
            set(&mut looks.accent, patch.accent.as_deref().map(|t| colour(t, "/branding/accent")));
            let mut maybe = |slot: &mut Option<String>,
                             text: &Option<Option<String>>,
                             check: fn(&str) -> Result<String>| {
                match text {
                    None => {}
                    Some(None) => *slot = None,
                    Some(Some(text)) => {
                        let mut value = String::new();
                        set(&mut value, Some(check(text)));
                        *slot = Some(value);
                    }
                }
            };
            maybe(&mut looks.product_name, &patch.product_name, |t| {
                display_name(t, "/branding/product_name")
            });
            maybe(&mut looks.accent_dark, &patch.accent_dark, |t| colour(t, "/branding/accent_dark"));
            looks.radius = patch.radius.unwrap_or(looks.radius);
            if looks.radius > 24 {
                wrong.push(FieldError::new("/branding/radius", "range", "Corners are 0 to 24 pixels round."));
            }
        }
        refuse(wrong, problem::INVALID)?;
        *settings = next;
        Ok(())
    }

    /// The names of what would change, for the audit log.
    #[must_use]
    pub fn named(&self) -> Vec<&'static str> {
        let branding = self.branding.clone().unwrap_or_default();
        [
            ("name", self.name.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("locale", self.locale.is_some()),
            ("week_start", self.week_start.is_some()),
            ("branding.product_name", branding.product_name.is_some()),
            ("branding.accent", branding.accent.is_some()),
            ("branding.accent_dark", branding.accent_dark.is_some()),
            ("branding.radius", branding.radius.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(text: &str) -> SettingsPatch {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn absent_stays_and_null_takes_away() {
        let mut settings = TenantSettings::new("Acme");
        let all = patch(
            r##"{"name":"Acme Air","time_zone":"America/New_York","locale":"en-US","week_start":"sunday",
                "branding":{"product_name":"Skyboard","accent":"#FF8800","accent_dark":"#ffaa33","radius":0}}"##,
        );
        all.apply(&mut settings).unwrap();
        assert_eq!((settings.name.as_str(), settings.branding.accent.as_str()), ("Acme Air", "#ff8800"));
        assert_eq!(all.named().len(), 8);
        let before = settings.clone();
        patch(r#"{"branding":{"accent_dark":null}}"#).apply(&mut settings).unwrap();
        assert_eq!(settings.branding.accent_dark, None);
        assert_eq!(settings.branding.product_name, before.branding.product_name);
        patch("{}").apply(&mut settings).unwrap();
        assert_eq!(
            serde_json::to_string(&patch(r#"{"branding":{"accent_dark":null}}"#)).unwrap(),
            r#"{"branding":{"accent_dark":null}}"#
        );
    }

    #[test]
    fn everything_wrong_is_named_and_nothing_applied() {
        let mut settings = TenantSettings::new("Acme");
        let before = settings.clone();
        let wrong = patch(
            r##"{"name":" ","time_zone":"Mars/Olympus","locale":"EN us",
                "branding":{"product_name":"","accent":"red","accent_dark":"#12345","radius":25}}"##,
        );
        let error = wrong.apply(&mut settings).unwrap_err();
        let pointers: Vec<_> = error.fields().iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/name",
                "/time_zone",
                "/locale",
                "/branding/accent",
                "/branding/product_name",
                "/branding/accent_dark",
                "/branding/radius"
            ]
        );
        assert_eq!(settings, before);
    }

    #[test]
    fn unknown_and_read_only_fields_are_refused() {
        for text in [
            r#"{"tenant_id":"x"}"#,
            r#"{"version":9}"#,
            r#"{"branding":{"logo_url":"http://evil.test"}}"#,
            r#"{"name":null,"name":"x"}"#,
        ] {
            assert!(serde_json::from_str::<SettingsPatch>(text).is_err(), "{text}");
        }
        for style in ["#fff;}body{display:none", "url(http://x)", "#ffffff ", "rgb(0,0,0)"] {
            assert!(colour(style, "/x").is_err(), "{style}");
        }
    }
}
