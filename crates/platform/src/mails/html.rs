//! The HTML of a mail: one column that every mail program can draw, in the tenant's colours, light and dark. Tables and
//! styles on the elements, because that is what they understand; what they leave out of the rest is not missed.

use std::fmt::Write;

use insula_model::colour::{ink, plain};
use insula_model::html::escape;

use super::{Letter, LetterAction, MailLooks};

/// By which the HTML names the logo that comes with it.
pub(super) const LOGO: &str = "logo";

/// The colour of a mail that is nobody's.
const PLAIN: &str = "#3f3f46";

const FONT: &str = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// A whole page.
pub(super) fn page(subject: &str, letter: &Letter, looks: Option<&MailLooks>) -> String {
    let brand = looks.map(|l| &l.settings.branding);
    let accent = brand.and_then(|b| plain(&b.accent)).unwrap_or_else(|| PLAIN.to_owned());
    let dark = brand.and_then(|b| plain(b.accent_dark.as_deref()?)).unwrap_or_else(|| accent.clone());
    let radius = brand.map_or(8, |b| b.radius);
    let LetterAction { label, url } = &letter.action;
    let (label, url) = (escape(label), escape(url));
    let mut body = looks.map(mark).unwrap_or_default();
    let _ = write!(
        body,
        "<h1 class=\"ink\" style=\"margin:0 0 12px;font:600 20px/1.3 {FONT};color:#18181b\">{}</h1>",
        escape(&letter.heading)
    );
    for paragraph in &letter.paragraphs {
        let _ = write!(
            body,
            "<p class=\"ink\" style=\"margin:0 0 16px;font:400 15px/1.55 {FONT};color:#3f3f46\">{}</p>",
            escape(paragraph)
        );
    }
    let corner = radius.min(12);
    let _ = write!(
        body,
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:8px 0 24px\"><tr>\
         <td class=\"do\" bgcolor=\"{accent}\" style=\"border-radius:{corner}px;background:{accent}\">\
         <a class=\"do\" href=\"{url}\" style=\"display:inline-block;padding:11px 20px;border-radius:{corner}px;\
         font:600 15px/1.3 {FONT};color:{};text-decoration:none\">{label}</a></td></tr></table>\
         <p class=\"quiet\" style=\"margin:0 0 12px;font:400 13px/1.5 {FONT};color:#52525b\">{}</p>\
         <p class=\"quiet\" style=\"margin:0;font:400 13px/1.5 {FONT};color:#52525b\">\
         If the button does not work, open this address:<br>\
         <a class=\"quiet\" href=\"{url}\" style=\"color:#52525b;word-break:break-all\">{url}</a></p>",
        ink(&accent),
        escape(&letter.note),
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{title}</title><style>:root{{color-scheme:light dark}}@media (prefers-color-scheme:dark){{\
         .ground{{background:#18181b!important}}.card{{background:#222225!important;border-color:#3f3f46!important;\
         border-top-color:{dark}!important}}.ink{{color:#f4f4f5!important}}.quiet{{color:#a1a1aa!important}}\
         td.do{{background:{dark}!important}}a.do{{color:{dark_ink}!important}}\
         .logo{{background:#ffffff!important;padding:4px 6px!important}}}}</style></head>\
         <body class=\"ground\" style=\"margin:0;padding:0;background:#f4f4f5\">\
         <table class=\"ground\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"background:#f4f4f5\"><tr><td align=\"center\" style=\"padding:32px 12px\">\
         <table class=\"card\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"max-width:520px;text-align:left;background:#ffffff;border:1px solid #e4e4e7;border-top:4px solid {accent};\
         border-radius:{card}px\"><tr><td style=\"padding:28px 28px 32px\">{body}</td></tr></table></td></tr></table></body></html>",
        title = escape(subject),
        dark_ink = ink(&dark),
        card = radius.min(16),
    )
}

/// The mark of the place: its logo, if it has one, and its name.
fn mark(looks: &MailLooks) -> String {
    let name = escape(looks.called());
    let logo = looks.logo.as_ref().map_or_else(String::new, |_| {
        format!(
            "<td style=\"padding:0 12px 0 0\"><img class=\"logo\" src=\"cid:{LOGO}\" alt=\"\" height=\"32\" \
             style=\"display:block;height:32px;max-width:160px;border:0;border-radius:4px\"></td>"
        )
    });
    format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:0 0 24px\"><tr>{logo}\
         <td class=\"ink\" style=\"font:600 16px/1.3 {FONT};color:#18181b\">{name}</td></tr></table>"
    )
}

#[cfg(test)]
mod tests {
    use insula_model::{Branding, TenantSettings};

    use super::*;

    fn letter() -> Letter {
        Letter {
            heading: "Welcome <b>".into(),
            paragraphs: vec!["You & me.".into()],
            action: LetterAction { label: "Go".into(), url: "https://acme.example/x?a=1&b=\"2\"".into() },
            note: "Bye.".into(),
        }
    }

    #[test]
    fn a_mail_is_in_the_tenants_colours_and_stands_alone() {
        let branding = Branding {
            accent: "#ffe14d".into(),
            accent_dark: Some("#123456".into()),
            radius: 24,
            ..Branding::default()
        };
        let settings = TenantSettings { branding, ..TenantSettings::new("Acme & Air") };
        let html = page("Hello <x>", &letter(), Some(&MailLooks { settings, logo: None }));
        for part in [
            "border-top:4px solid #ffe14d",
            "color:#000000;text-decoration:none",
            "td.do{background:#123456!important}a.do{color:#ffffff!important}",
            "Acme &amp; Air</td>",
            "Welcome &lt;b&gt;",
            "href=\"https://acme.example/x?a=1&amp;b=&quot;2&quot;\"",
            "<title>Hello &lt;x&gt;</title>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        for fetched in ["<img", "<script", "<link", "@import", "url("] {
            assert!(!html.contains(fetched), "{fetched} is in {html}");
        }
    }

    #[test]
    fn what_is_no_colour_is_not_written() {
        let branding = Branding { accent: "red;}".into(), ..Branding::default() };
        let settings = TenantSettings { branding, ..TenantSettings::new("Acme") };
        let html = page("s", &letter(), Some(&MailLooks { settings, logo: None }));
        assert!(!html.contains("red;") && html.contains(PLAIN), "{html}");
    }
}
