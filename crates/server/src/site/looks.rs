//! What the first bytes of every page of a tenant say of whose it is: title, icon, colours, and what other programs show
//! where somebody shares its address. The app's page, the pages that others frame and the pages that only refuse have it
//! alike.
//!
//! What must always hold: nothing but the tenant's name, colours and pictures is in it; texts are escaped, and colours are
//! colours; addresses of pictures are the tenant's own, not what the request says of itself; the platform's name is at the
//! console only. Tested below and in `tests/it/{site,white_label}.rs`.

use std::fmt::Write;

use insula_model::colour::{ink, plain};
use insula_model::html::escape;
use insula_model::{Branding, RequestId, TenantSettings};

use super::icon;
use crate::app::App;
use crate::visit::Visit;

/// What the platform calls itself, to those who run it.
pub(crate) const PRODUCT: &str = "Insula";

/// What a page is called that shows no brand.
const NOBODYS: &str = "Dashboards";

/// A tenant's looks, as pages at its address show them.
#[derive(Debug, Clone)]
pub(crate) struct Looks {
    /// What the place is called.
    pub(super) called: String,
    /// The tenant's own name.
    pub(super) name: String,
    /// With addresses of pictures below the page's base.
    pub(super) branding: Branding,
    /// What stands before every path.
    pub(super) base: String,
    /// The picture of a preview: a whole address.
    picture: Option<String>,
}

/// Whose a page is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of<'a> {
    /// A tenant's.
    Tenant(&'a Looks),
    /// The operators'.
    Console,
    /// Nobody's: it says of nobody whose it is.
    Nobody,
}

impl Looks {
    /// `home` is the tenant's own address, `base` what stands before the paths of this request.
    pub(super) fn of(settings: &TenantSettings, base: &str, home: &str) -> Self {
        let looks = &settings.branding;
        let below = |url: &Option<String>, at: &str| url.as_ref().map(|url| format!("{at}{url}"));
        Self {
            called: looks.product_name.as_ref().unwrap_or(&settings.name).clone(),
            name: settings.name.clone(),
            base: base.to_owned(),
            picture: below(&looks.logo_url, home).or_else(|| below(&looks.favicon_url, home)),
            branding: Branding {
                logo_url: below(&looks.logo_url, base),
                favicon_url: below(&looks.favicon_url, base),
                ..looks.clone()
            },
        }
    }

    /// Those of the tenant that is visited; none at the console and at the base domain.
    ///
    /// # Errors
    /// `database.down`.
    pub(crate) async fn here(
        app: &App,
        visit: &Visit,
        request: RequestId,
    ) -> insula_model::Result<Option<Self>> {
        let Some(record) = visit.tenant() else { return Ok(None) };
        let settings = app.platform().brand(record, request).await?;
        let home = app.platform().settings().tenant_url(&record.slug);
        Ok(Some(Self::of(&settings, &visit.base, &home)))
    }

    fn accent(&self) -> Option<String> {
        plain(&self.branding.accent)
    }

    fn accent_dark(&self) -> Option<String> {
        self.branding.accent_dark.as_deref().and_then(plain)
    }
}

impl Of<'_> {
    /// What the place is called.
    pub(super) fn called(&self) -> &str {
        match self {
            Self::Tenant(looks) => &looks.called,
            Self::Console => PRODUCT,
            Self::Nobody => NOBODYS,
        }
    }

    /// Title, icon and what previews show, and the style that has to stand behind it.
    pub(super) fn head(&self, title: &str) -> String {
        let mut head = format!("<title>{}</title>", escape(title));
        let icon = match self {
            Self::Tenant(looks) => looks.branding.favicon_url.clone(),
            Self::Console => None,
            // No letter and no colour of anybody, and none asked for either.
            Self::Nobody => Some("data:,".to_owned()),
        };
        let accent = match self {
            Self::Tenant(looks) => looks.accent(),
            _ => None,
        };
        let icon = icon.unwrap_or_else(|| icon::drawn(accent.as_deref(), self.called()));
        let _ = write!(head, "<link rel=\"icon\" href=\"{}\">", escape(&icon));
        if let Self::Tenant(looks) = self {
            head.push_str(&looks.preview());
        }
        head
    }

    /// The brand's variables. Only what is exactly a colour or a number is written; the rest is as if it were not set.
    pub(super) fn style(&self) -> String {
        let Self::Tenant(looks) = self else { return String::new() };
        let mut css = String::from(":root{");
        for (name, value) in [("brand", looks.accent()), ("brand-dark", looks.accent_dark())] {
            if let Some(value) = value {
                let _ = write!(css, "--{name}:{value};");
            }
        }
        let _ = write!(css, "--brand-radius:{}px;}}", looks.branding.radius);
        css
    }
}

impl Looks {
    /// What a browser's own surfaces and other programs show: the brand, and nothing that is in the tenant, because who
    /// asks for it is not signed in.
    fn preview(&self) -> String {
        let mut tags = String::new();
        let mut meta = |kind: &str, name: &str, value: &str, more: &str| {
            let _ = write!(tags, "<meta {kind}=\"{name}\" content=\"{}\"{more}>", escape(value));
        };
        meta("name", "application-name", &self.called, "");
        let light = self.accent();
        for (scheme, colour) in [("light", light.clone()), ("dark", self.accent_dark().or(light))] {
            if let Some(colour) = colour {
                meta("name", "theme-color", &colour, &format!(" media=\"(prefers-color-scheme: {scheme})\""));
            }
        }
        meta("property", "og:type", "website", "");
        meta("property", "og:site_name", &self.called, "");
        meta("property", "og:title", &self.called, "");
        if let Some(picture) = &self.picture {
            meta("property", "og:image", picture, "");
        }
        tags
    }

    /// The mark of the place at the top of a page: the logo, or its first letter on its colour.
    pub(super) fn mark(&self) -> String {
        let name = escape(&self.called);
        match &self.branding.logo_url {
            Some(logo) => format!("<img src=\"{}\" alt=\"\">{name}", escape(logo)),
            None => format!("<b aria-hidden=\"true\">{}</b>{name}", icon::letter(&self.called)),
        }
    }

    /// The ink that is read on the accent, for each scheme.
    pub(super) fn inks(&self) -> [&'static str; 2] {
        let light = self.accent().unwrap_or_default();
        let dark = self.accent_dark().unwrap_or_else(|| light.clone());
        [ink(&light), ink(&dark)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(branding: Branding) -> TenantSettings {
        TenantSettings { branding, ..TenantSettings::new("Acme \"Air\" <x>") }
    }

    #[test]
    fn a_page_says_in_its_head_whose_it_is() {
        let branding = Branding {
            product_name: Some("Sky & Sea".into()),
            accent_dark: Some("#ffaa33".into()),
            logo_url: Some("/brand/logo?v=3".into()),
            favicon_url: Some("/brand/favicon?v=2".into()),
            ..Branding::default()
        };
        let looks = Looks::of(&settings(branding), "/t/acme", "https://acme.example");
        let head = Of::Tenant(&looks).head("Members");
        for part in [
            "<title>Members</title>",
            "<link rel=\"icon\" href=\"/t/acme/brand/favicon?v=2\">",
            "<meta name=\"application-name\" content=\"Sky &amp; Sea\">",
            "<meta name=\"theme-color\" content=\"#2563eb\" media=\"(prefers-color-scheme: light)\">",
            "<meta name=\"theme-color\" content=\"#ffaa33\" media=\"(prefers-color-scheme: dark)\">",
            "<meta property=\"og:site_name\" content=\"Sky &amp; Sea\">",
            "<meta property=\"og:title\" content=\"Sky &amp; Sea\">",
            "<meta property=\"og:image\" content=\"https://acme.example/brand/logo?v=3\">",
        ] {
            assert!(head.contains(part), "{part} is not in {head}");
        }
        assert_eq!(
            Of::Tenant(&looks).style(),
            ":root{--brand:#2563eb;--brand-dark:#ffaa33;--brand-radius:8px;}"
        );
    }

    #[test]
    fn a_brand_cannot_leave_its_place() {
        let evil = Branding { accent: "red;}body{display:none".into(), ..Branding::default() };
        let looks = Looks::of(&settings(evil), "", "https://acme.example");
        let (head, style) = (Of::Tenant(&looks).head("a</title><b>"), Of::Tenant(&looks).style());
        assert_eq!(style, ":root{--brand-radius:8px;}");
        assert!(!head.contains("<b>") && !head.contains("<x>") && !head.contains("theme-color"), "{head}");
        assert!(!looks.mark().contains("<x>"), "{}", looks.mark());
    }

    #[test]
    fn the_platform_is_named_at_the_console_only() {
        let plain = Looks::of(&TenantSettings::new(""), "", "https://acme.example");
        for of in [Of::Tenant(&plain), Of::Nobody] {
            let page = format!("{}{}{}", of.head(of.called()), of.style(), of.called());
            assert!(!page.to_lowercase().contains("insula"), "{page}");
        }
        assert!(Of::Console.head(Of::Console.called()).contains("<title>Insula</title>"));
        assert!(!Of::Nobody.head("x").contains("meta"), "nobody's page shows nobody's brand");
    }
}
