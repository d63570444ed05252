//! Dashboards in other products' pages, from a terminal.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Folder, http, text};

/// What whoever shows a token is answered: the status, and what is said.
fn shown(url: &str, token: &str) -> (u16, Value) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let answer =
            http().get(format!("{url}/api/v1/embed")).bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    })
}

/// Waits until something is so.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_dashboard_is_embedded_and_ended() {
    let folder = Folder::new("embeds");
    let up = folder.up(&["--demo"]);
    let tenants = up.json["tenants"].as_array().expect("tenants").clone();
    let acme = tenants.iter().find(|t| t["slug"] == "acme").expect("acme");
    let url = text(acme, "/url");
    let embed = |args: &[&str]| folder.run(&[&["embed"], args].concat());
    let embed_json = |args: &[&str]| folder.json(&[&["embed"], args].concat());

    // The token is all of standard output, so that a script can take it; it shows what it was made for.
    let made = embed(&["token", "acme", "--dashboard", "Overview", "--viewer", "user-42", "--ttl", "2m"]);
    assert!(
        made.code == 0 && made.err.contains("emb_") && made.err.contains("/embed/dashboards/dsh_"),
        "{made:?}"
    );
    let token = made.out.trim();
    assert_eq!((token.split('.').count(), made.out.lines().count()), (3, 1), "{made:?}");
    let (status, view) = shown(url, token);
    assert_eq!((status, text(&view, "/dashboard/name")), (200, "Overview"), "{view}");
    let widget = text(&view, "/dashboard/config/widgets/0/id");

    // By id, one widget alone, with what is locked, for one origin.
    let listed = embed_json(&["origins", "add", "acme", "https://app.example", "http://app.localhost:3000"]);
    assert!(
        listed["origins"].as_array().expect("origins").contains(&json!("https://app.example")),
        "{listed}"
    );
    let again = embed_json(&["origins", "add", "acme", "https://app.example"]);
    assert_eq!(again, listed, "what is there already changes nothing");
    let id = text(&view, "/dashboard/id");
    let alone = embed_json(&[
        "token",
        "acme",
        "--dashboard",
        id,
        "--widget",
        widget,
        "--origin",
        "https://app.example",
    ]);
    let (_, view) = shown(url, text(&alone, "/token"));
    assert_eq!(
        (&view["origins"], view["dashboard"]["config"]["widgets"].as_array().map(Vec::len)),
        (&json!(["https://app.example"]), Some(1))
    );
    let flights = folder.json(&["dashboard", "list", "acme"]);
    let flights = flights["items"]
        .as_array()
        .expect("dashboards")
        .iter()
        .find(|d| text(d, "/name") != "Overview")
        .expect("another");
    let locked =
        embed_json(&["token", "acme", "--dashboard", text(flights, "/name"), "--filter", "origin=JFK,EWR"]);
    assert_eq!(shown(url, text(&locked, "/token")).1["locked"], json!(["origin"]));
    let html = embed(&["token", "acme", "--html"]).out;
    assert!(
        html.contains(&format!("src=\"{url}/embed/insula.js\"")) && html.contains("<insula-dashboard "),
        "{html}"
    );

    // What is wrong is said, before or by the API.
    for (args, code, said) in [
        (&["token", "acme", "--dashboard", "Nothing"][..], 2, "no dashboard"),
        (&["token", "acme", "--filter", "origin"], 2, "carrier=AA"),
        (&["token", "acme", "--ttl", "1h"], 2, "60s to 10m"),
        (&["token", "acme", "--filter", "nothing=1"], 3, "No dataset of this dashboard"),
        (&["token", "acme", "--origin", "https://elsewhere.example"], 3, "not on the workspace's list"),
        (&["origins", "add", "acme", "app.example/path"], 3, "begins with https://"),
        (&["revoke", "acme"], 2, "--viewer"),
        (&["revoke", "acme", "--all", "--viewer", "a"], 2, "cannot be used with"),
    ] {
        let ran = embed(args);
        assert!(ran.code == code && ran.err.contains(said), "{args:?}: {ran:?}");
    }

    // It ends; what was made for others goes on.
    embed_json(&["revoke", "acme", "--viewer", "user-42"]);
    until("the viewer's token ends", || shown(url, token).1["code"] == "embed.revoked");
    assert_eq!(shown(url, text(&alone, "/token")).0, 200);
    embed_json(&["revoke", "acme", "--id", text(&alone, "/id")]);
    until("the token ends", || shown(url, text(&alone, "/token")).0 == 401);
    embed_json(&["revoke", "acme", "--dashboard", text(flights, "/name")]);
    until("the dashboard's tokens end", || shown(url, text(&locked, "/token")).0 == 401);

    // Keys rotate without a gap, and end at once.
    let last = text(&embed_json(&["token", "acme"]), "/token").to_owned();
    let before = embed_json(&["keys", "list", "acme"]);
    embed_json(&["keys", "rotate", "acme"]);
    assert_eq!(shown(url, &last).0, 200);
    assert_eq!(embed_json(&["keys", "list", "acme"])["items"].as_array().map(Vec::len), Some(2));
    embed_json(&["keys", "delete", "acme", text(&before, "/items/0/id")]);
    until("the key's tokens end", || shown(url, &last).0 == 401);
    let left = embed_json(&["origins", "remove", "acme", "https://app.example", "http://app.localhost:3000"]);
    assert!(!left["origins"].to_string().contains("app.example"), "{left}");

    // What was looked at is counted, and shown by the dashboards' names.
    until("the loads are counted", || {
        let usage = embed_json(&["usage", "acme"]);
        usage["items"].as_array().is_some_and(|days| days.iter().any(|d| d["loads"].as_i64() > Some(0)))
    });
    assert!(embed(&["usage", "acme"]).out.contains("Overview"));
    assert_eq!(
        embed_json(&["usage", "acme", "--from", "2020-01-01", "--to", "2020-02-01"])["items"],
        json!([])
    );

    // With a key of the tenant's own, at its address, without an operator; one that may only mint needs ids.
    let key =
        folder.json(&["key", "create", "acme", "--scope", "embeds:mint", "--reason", "a key that mints"]);
    let own = |args: &[&str]| {
        let mut command = folder.command(args);
        command.env("INSULA_KEY", text(&key, "/secret")).output().expect("the binary").status.code()
    };
    assert_eq!(own(&["embed", "token", url, "--dashboard", id]), Some(0));
    assert_eq!(own(&["embed", "token", url, "--dashboard", "Overview"]), Some(3));
    assert_eq!(own(&["embed", "usage", url]), Some(0));
    assert_eq!(own(&["embed", "origins", "list", url]), Some(3));
}
