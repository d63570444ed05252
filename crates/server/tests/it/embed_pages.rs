//! The pages that others frame, and how long each kind of file and page may be kept.

use serde_json::Value;

use crate::embeds::Stage;
use crate::house::{BUILT, CONSOLE, House};

/// What the page was told.
fn boot(text: &str) -> Value {
    let json = text.split("id=\"boot\">").nth(1).and_then(|t| t.split("</script>").next()).expect(BUILT);
    serde_json::from_str(json).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_framed_by_the_workspaces_own_list() {
    let stage = Stage::set().await;
    let widget = format!("/embed/dashboards/{}/widgets/w1", stage.dashboard);
    let nobodys = "/embed/dashboards/dsh_01hzzzzzzzzzzzzzzzzzzzzzzz".to_owned();
    let shared = "/shared/plk_01hzzzzzzzzzzzzzzzzzzzzzzz".to_owned();
    for list in [&[][..], &["https://app.example", "http://localhost:5173"]] {
        stage.origins(list).await.expect(200);
        let wanted = if list.is_empty() { "'none'".to_owned() } else { list.join(" ") };
        for path in [&widget, &nobodys, &shared, &format!("/t/acme{widget}")] {
            let host = if path.starts_with("/t/") { "localhost".to_owned() } else { stage.acme.host() };
            let ask = stage.house.ask(&host, "GET", path).with("accept", "text/html").signed_in(&stage.owner);
            let page = ask.send().await.expect(200);
            assert_eq!(page.header("set-cookie"), None, "{path}");
            let boot = boot(&page.text());
            let policy = page.header("content-security-policy").expect("a policy");
            assert!(policy.ends_with(&format!("frame-ancestors {wanted}")), "{path}: {policy}");
            assert_eq!(page.header("x-frame-options"), None, "{path}");
            assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(page.header("cache-control"), Some("private, no-cache"), "{path}");
            assert_eq!(boot["origins"].as_array().map(Vec::len), Some(list.len()));
            assert_eq!(boot["closed"], Value::Null, "{path}");
            let tag = page.header("etag").expect("a tag").to_owned();
            let again =
                stage.house.ask(&host, "GET", path).with("accept", "text/html").with("if-none-match", &tag);
            let again = again.send().await.expect(304);
            assert_eq!(
                again.header("content-security-policy"),
                Some(policy),
                "a cached page fits its policy"
            );
            assert_eq!(again.header("x-frame-options"), None, "{path}");
        }
    }
    for path in [
        "/embed/dashboards/x",
        "/embed/dashboards/mbr_01hzzzzzzzzzzzzzzzzzzzzzzz",
        "/shared/x",
        "/shared/dsh_1",
    ] {
        let reply = stage.house.ask(&stage.acme.host(), "GET", path).send().await.refused(404, "not_found");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
    }
    let odd = format!("/embed/dashboards/{}/widgets/W%20x", stage.dashboard);
    stage.house.ask(&stage.acme.host(), "GET", &odd).send().await.refused(404, "not_found");
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_may_be_framed() {
    let stage = Stage::set().await;
    stage.origins(&["https://app.example"]).await.expect(200);
    let (acme, token) = (stage.acme.host(), stage.token(serde_json::json!({})).await);
    for (host, path) in [
        (acme.as_str(), "/"),
        (&acme, "/dashboards/embed"),
        (&acme, "/embed"),
        (&acme, "/embedded/dashboards/x"),
        (&acme, "/api/v1/embed"),
        (&acme, "/docs"),
        (&acme, "/brand/logo"),
        (CONSOLE, "/embed/dashboards/dsh_01hzzzzzzzzzzzzzzzzzzzzzzz"),
        ("localhost", "/embed/dashboards/dsh_01hzzzzzzzzzzzzzzzzzzzzzzz"),
    ] {
        let page = stage.house.ask(host, "GET", path).with("accept", "text/html").bearer(&token).send().await;
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{host}{path}");
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(!policy.contains("app.example"), "{host}{path}: {policy}");
    }
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_workspaces_frame_is_nobodys_and_says_why() {
    let stage = Stage::set().await;
    let (house, acme) = (&stage.house, stage.acme.host());
    let token = stage.token(serde_json::json!({})).await;
    stage.origins(&["https://app.example"]).await.expect(200);
    let body = serde_json::json!({ "reason": "unpaid" });
    let asked = house.console("POST", "/tenants/acme/suspend").json(&body).send().await.expect(202);
    house
        .platform
        .ended(asked.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an operation"))
        .await;
    insula_testkit::until("the home is closed", async || {
        house.ask(&acme, "GET", "/").send().await.status == 403
    })
    .await;
    let frame = format!("/embed/dashboards/{}", stage.dashboard);
    let link = "/shared/plk_01hzzzzzzzzzzzzzzzzzzzzzzz".to_owned();
    for (host, path) in [
        (acme.as_str(), frame.clone()),
        (&acme, format!("{frame}/widgets/w1")),
        ("localhost", format!("/t/acme{frame}")),
        (&acme, link),
    ] {
        let page = house.ask(host, "GET", &path).with("accept", "text/html").send().await.expect(200);
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.ends_with("frame-ancestors https://app.example"), "{path}: {policy}");
        assert_eq!(page.header("x-frame-options"), None, "{path}");
        let (text, boot) = (page.text(), boot(&page.text()));
        assert_eq!((&boot["branding"], &boot["tenant"]["name"]), (&Value::Null, &Value::from("")), "{path}");
        assert_eq!(boot["closed"]["code"], "tenant.suspended", "{path}");
        assert!(
            !text.contains("og:") && !text.contains("--brand") && text.contains("<title>Dashboards</title>")
        );
        // The files that it is made of are there, and only those.
        let file = text.split("src=\"").nth(1).and_then(|t| t.split('"').next()).expect(BUILT);
        house.ask(host, "GET", file).send().await.expect(200);
    }
    // What the page asks for is refused with the cause, whatever is shown; so is everything else.
    stage.get(&token, "").await.refused(403, "tenant.suspended");
    stage.get(&token, "/data").await.refused(403, "tenant.suspended");
    house.ask(&acme, "GET", "/embed/insula.js").send().await.expect(200);
    for path in [
        "/",
        "/brand/logo",
        "/docs",
        "/api/v1/openapi.json",
        "/api/v1/settings",
        "/sign-in",
        "/embed",
        "/shared",
    ] {
        let refused = house.ask(&acme, "GET", path).signed_in(&stage.owner).send().await;
        let refused = refused.refused(403, "tenant.suspended");
        assert_eq!(refused.header("x-frame-options"), Some("DENY"), "{path}");
    }
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_origins_are_on_the_list() {
    let stage = Stage::set().await;
    for odd in [
        "*",
        "https://*.example",
        "https://app.example/",
        "http://app.example",
        "null",
        "https://a.example;x",
    ] {
        let reply = stage.origins(&["https://app.example", odd]).await.refused(422, "input.invalid");
        assert_eq!(reply.json()["errors"][0]["pointer"], "/origins/1", "{odd}");
    }
    let many: Vec<String> = (0..51).map(|n| format!("https://a{n}.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    stage.origins(&many).await.refused(422, "input.invalid");
    let put = stage.house.ask(&stage.acme.host(), "PUT", "/api/v1/embedding").signed_in(&stage.owner);
    let list = serde_json::json!({ "origins": [] });
    put.clone().json(&list).send().await.refused(428, "version.required");
    put.with("if-match", "\"7\"").json(&list).send().await.refused(412, "version.stale");
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_element_is_for_every_page() {
    let house = House::open().await;
    let acme = house.tenant("acme", insula_model::Tier::Pooled).await;
    let element =
        house.ask(&acme.host(), "GET", "/embed/insula.js").with("origin", "https://app.example").send().await;
    assert_eq!(element.header("set-cookie"), None);
    assert_eq!(element.status, 200, "{BUILT}");
    assert_eq!(element.header("cache-control"), Some("public, max-age=300, stale-while-revalidate=86400"));
    assert_eq!(element.header("access-control-allow-origin"), Some("*"));
    assert_eq!(element.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert!(element.header("etag").is_some());
    house.close().await;
}
