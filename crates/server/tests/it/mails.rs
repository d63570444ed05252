//! Mails, as a mail server of somebody else's takes them and another program's parser reads them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use insula_model::Tier;
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier};
use serde_json::{Value, json};

use crate::house::{House, PASSWORD};
use crate::post_office::PostOffice;

const LOGO: &[u8] = include_bytes!("../../../cli/demo/logo-acme.png");

/// The link in a mail, which stands in its text and in its HTML alike.
fn link(mail: &Value) -> String {
    let text = mail["text"].as_str().expect("plain text");
    let link =
        text.lines().find(|line| line.contains("/invitation/")).expect("a line with the link").to_owned();
    assert!(mail["html"].as_str().expect("HTML").contains(&format!("href=\"{link}\"")), "{mail}");
    link
}

/// What holds for every mail of a tenant.
fn is_of(mail: &Value, host: &str, name: &str) {
    assert_eq!((&mail["from"]["name"], &mail["from"]["address"]), (&json!(name), &json!("post@mail.test")));
    assert_eq!(mail["envelope"]["from"], "post@mail.test");
    assert!(mail["message_id"].as_str().is_some_and(|id| id.ends_with(&format!("@{host}>"))), "{mail}");
    // One of both, text first: who can show the HTML does.
    let raw = mail["raw"].as_str().expect("the message");
    let (text, html) = (raw.find("Content-Type: text/plain"), raw.find("Content-Type: text/html"));
    assert!(raw.contains("Content-Type: multipart/alternative") && text < html && text.is_some(), "{raw}");
    for part in ["raw", "text", "html", "subject"] {
        let said = mail[part].as_str().expect("a text").to_lowercase();
        assert!(!said.contains("insula"), "the platform is named in the mail's {part}: {said}");
    }
    for fetched in ["<script", "<link", "@import", "url(", "src=\"http"] {
        assert!(!mail["html"].as_str().unwrap_or_default().contains(fetched), "{fetched} is in the HTML");
    }
}

/// Accepts an invitation and gives the cookie.
async fn accept(house: &House, tenant: &TestTenant, link: &str) -> String {
    let token = link.rsplit('/').next().expect("a token");
    let accept = house.ask(&tenant.host(), "POST", &format!("/api/v1/invitation/{token}"));
    accept.json(&json!({ "name": "Ada", "password": PASSWORD })).send().await.expect(200).cookie()
}

each_tier!(a_tenants_mails_are_in_its_name_and_its_looks, async |_: &TestPlatform, tier: Tier| {
    let office = PostOffice::open().await;
    let mailing = office.mailing();
    let house = House::open_with(TestOptions { mailing, ..TestOptions::default() }, |_| {}).await;
    let acme = house.platform.tenant_with("acme", tier, |r| r.name = Some("Acme Air".to_owned())).await;
    let welcome = office.mail_to("owner@acme.test").await;
    is_of(&welcome, &acme.host(), "Acme Air");
    assert_eq!(welcome["subject"], "Welcome to Acme Air");
    assert!(
        !welcome["raw"].as_str().expect("the message").contains("operator"),
        "who runs the platform is named"
    );
    let owner = accept(&house, &acme, &link(&welcome)).await;
    let asked = |method: &str, path: &str| {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).signed_in(&owner)
    };

    asked("PUT", "/settings/logo").bytes("image/png", LOGO).send().await.expect(200);
    let tag =
        asked("GET", "/settings").send().await.expect(200).header("etag").expect("a version").to_owned();
    let looks = json!({ "name": "Aero, \"Süd\" <x>", "branding": { "product_name": "Sky & Sea",
        "accent": "#ffe14d", "accent_dark": "#123456", "radius": 3 } });
    asked("PATCH", "/settings").with("if-match", &tag).json(&looks).send().await.expect(200);
    asked("POST", "/invitations")
        .json(&json!({ "email": "ada@x.test", "role": "editor" }))
        .send()
        .await
        .expect(201);
    let invited = office.mail_to("ada@x.test").await;
    is_of(&invited, &acme.host(), "Aero, \"Süd\" <x>");
    assert_eq!(invited["subject"], "Your invitation to Aero, \"Süd\" <x>");
    let html = invited["html"].as_str().expect("HTML");
    for part in [
        "#ffe14d",
        "#123456",
        "border-radius:3px",
        "Sky &amp; Sea</td>",
        "Aero, &quot;Süd&quot; &lt;x&gt;",
        "src=\"cid:logo\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let logo = &invited["pictures"][0];
    assert_eq!((&logo["cid"], &logo["contentType"]), (&json!("logo"), &json!("image/png")));
    assert_eq!(logo["related"], true, "a picture of the HTML, not an attachment");
    let sent = BASE64_STANDARD.decode(logo["content"].as_str().expect("base64")).expect("base64");
    assert!(sent.starts_with(b"\x89PNG") && !sent.is_empty());
    accept(&house, &acme, &link(&invited)).await;
    house.close().await;
});
