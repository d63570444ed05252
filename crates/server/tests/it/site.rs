//! The app's page and files.

use insula_model::Tier;
use serde_json::{Value, json};

use crate::house::{BUILT, CONSOLE, House};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_knows_where_it_is() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let evil = "</script><script>alert(1)</script>";
    let settings =
        house.ask(&acme.host(), "GET", "/api/v1/settings").signed_in(&owner).send().await.expect(200);
    let tag = settings.header("etag").expect("a version").to_owned();
    let patch = json!({ "name": evil, "branding": { "accent": "#aa0000", "product_name": "A & B <i>" } });
    let patched =
        house.ask(&acme.host(), "PATCH", "/api/v1/settings").signed_in(&owner).with("if-match", &tag);
    patched.json(&patch).send().await.expect(200);
    for (host, path, base) in [
        (acme.host(), "/", ""),
        (acme.host(), "/dashboards/dsh_x", ""),
        (acme.host(), "/api-keys", ""),
        ("localhost".to_owned(), "/t/acme/settings", "/t/acme"),
        (CONSOLE.to_owned(), "/tenants", ""),
    ] {
        let page = house.ask(&host, "GET", path).with("accept", "text/html").send().await.expect(200);
        let policy = page.header("content-security-policy").expect("a policy").to_owned();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let text = page.text();
        let boot = text.split("id=\"boot\">").nth(1).and_then(|t| t.split("</script>").next()).expect(BUILT);
        let boot: Value = serde_json::from_str(boot).expect("JSON");
        assert_eq!(boot["base"], base);
        assert!(!text.contains("<script>alert"), "it left its place");
        let tag = page.header("etag").expect("a tag").to_owned();
        let again = house.ask(&host, "GET", path).with("accept", "text/html").with("if-none-match", &tag);
        let again = again.send().await.expect(304);
        assert_eq!(
            again.header("content-security-policy"),
            Some(policy.as_str()),
            "a cached page fits its policy"
        );
        if host == CONSOLE {
            assert_eq!((&boot["realm"], &boot["tenant"]), (&json!("console"), &Value::Null));
        } else {
            assert_eq!((&boot["realm"], &boot["tenant"]["name"]), (&json!("tenant"), &json!(evil)));
            assert!(
                text.contains("<link rel=\"icon\" href=\"data:image/svg+xml,"),
                "a place without an icon gets one"
            );
            assert!(text.contains("<title>A &amp; B &lt;i&gt;</title>") && text.contains("--brand:#aa0000"));
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_is_not_one() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    for path in [
        "/favicon.ico",
        "/robots.txt",
        "/assets/nothing.js",
        "/assets/../index.html",
        "/assets/x.map",
        "/api",
        "/api/v1/session.css",
        "/dashboards/1.png",
    ] {
        let reply = house.ask(&acme.host(), "GET", path).with("accept", "*/*").send().await;
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
        assert!(reply.header("cache-control").is_some_and(|c| c.contains("no-store")), "{path}");
    }
    house.ask(&acme.host(), "POST", "/settings").json(&json!({})).send().await.expect(404);
    let json_only =
        house.ask(&acme.host(), "GET", "/settings").with("accept", "application/json").send().await;
    json_only.refused(404, "not_found");
    house.ask("localhost", "GET", "/").send().await.expect(200);
    house.ask("localhost", "GET", "/anything").send().await.refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_packed_and_kept_for_ever() {
    let house = House::open().await;
    let page = house.ask(CONSOLE, "GET", "/").with("accept", "text/html").send().await.expect(200).text();
    let file = page.split("src=\"").nth(1).and_then(|t| t.split('"').next()).expect(BUILT);
    for host in [CONSOLE, "localhost"] {
        let plain = house.ask(host, "GET", file).send().await.expect(200);
        assert_eq!(plain.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(plain.header("vary"), Some("accept-encoding"));
        assert_eq!(plain.header("content-encoding"), None);
        let packed =
            house.ask(host, "GET", file).with("accept-encoding", "gzip, br").send().await.expect(200);
        if packed.header("content-encoding").is_some() {
            assert_eq!(packed.header("content-encoding"), Some("br"));
            assert_ne!(packed.header("etag"), plain.header("etag"));
        }
        house.ask(host, "GET", &format!("{file}.br")).send().await.refused(404, "not_found");
    }
    house.ask(CONSOLE, "GET", "/index.html").send().await.refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_comes_back() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let names = [
        "x-forwarded-host",
        "x-forwarded-scheme",
        "x-original-url",
        "x-http-method-override",
        "referer",
        "origin",
        "user-agent",
        "accept-language",
        "x-request-id",
        "traceparent",
        "cookie",
        "if-match",
        "range",
        "via",
        "forwarded",
        "x-real-ip",
        "cf-connecting-ip",
        "true-client-ip",
        "x-wap-profile",
        "dnt",
        "te",
        "warning",
        "x-forwarded-prefix",
    ];
    for path in ["/", "/api/v1/session", "/assets/app.js", "/docs", "/brand/logo", "/no/page"] {
        let ask = house.ask(&acme.host(), "GET", path).with("accept", "text/html, canary-7");
        let ask = names.iter().fold(ask, |ask, name| ask.with(name, "canary-7.evil.test"));
        let reply = ask.send().await;
        let headers = reply.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect::<String>();
        assert!(!headers.contains("canary-7") && !reply.text().contains("canary-7"), "{path}: {headers}");
    }
    house.close().await;
}
