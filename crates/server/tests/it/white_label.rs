//! Everything that a tenant's people, or strangers at its address, can be shown: the platform's own name is nowhere in it.
//! What is looked at comes from the routes, the API's description, the app's own list of pages, the files of the build and
//! the catalogue of problems, so that what is added is looked at too, or fails here until it can be.

use std::collections::BTreeSet;
use std::path::Path;

use insula_model::{Tier, problem};
use insula_testkit::{TestOptions, TestTenant, until};
use serde_json::{Value, json};

use crate::client::{Ask, Reply, raw};
use crate::description::both;
use crate::house::{BUILT, House, PASSWORD};
use crate::ratchet::{NOBODYS, things_of, tried};

const LOGO: &[u8] = include_bytes!("../../../cli/demo/logo-acme.png");

/// Names for programs that hold the platform's, as they stand in what is looked at, in lower case, and why. What people read
/// has none of them. One that is no longer found fails the test: the list only shrinks.
const FOR_PROGRAMS: &[(&str, &str)] = &[
    ("__host-insula", "the session's cookie"),
    ("insula-dashboard", "the element in other products' pages: part of what they wrote"),
    ("/embed/insula.js", "the address of its script: part of what they wrote"),
    ("@insula/embed", "the package for those who build such pages"),
    ("insula:embed", "the audience of embed tokens"),
    ("{insula:1,", "the mark of messages between a frame and the page around it"),
    ("?.insula!=1", "the same, where the element reads it"),
    (".insula!==1", "the same, where the frame reads it"),
    ("`insula:`+", "the element's events"),
    ("insula.scheme", "where a browser keeps whether somebody chose light or dark"),
    ("operator@insula.test", "the address that an operator has in these tests"),
];

/// Looks at everything, and remembers what it saw.
#[derive(Default)]
struct Reader {
    seen: BTreeSet<&'static str>,
    looked: usize,
    found: Vec<String>,
}

impl Reader {
    fn read(&mut self, what: &str, text: &str) {
        self.looked += 1;
        let mut text = text.to_lowercase();
        for (name, _) in FOR_PROGRAMS {
            if text.contains(name) {
                self.seen.insert(name);
                text = text.replace(name, "");
            }
        }
        let mut from = 0;
        while let Some(at) = text[from..].find("insula").map(|at| at + from) {
            let around: String =
                text.get(at.saturating_sub(60)..).unwrap_or(&text[at..]).chars().take(130).collect();
            self.found.push(format!("{what}: …{around}…"));
            from = at + 6;
        }
    }

    fn reply(&mut self, what: &str, reply: &Reply) {
        for (name, value) in &reply.headers {
            self.read(&format!("{what}, header {name}"), &format!("{name}: {value}"));
        }
        self.read(what, &reply.text());
    }

    /// Fails if anything names the platform.
    fn conclude(self, least: usize) {
        assert!(self.found.is_empty(), "the platform is named:\n{}", self.found.join("\n"));
        assert!(self.looked > least, "only {} texts were looked at", self.looked);
    }
}

/// A tenant that looks like nobody else.
async fn branded(house: &House, slug: &str, tier: Tier) -> (TestTenant, String) {
    let tenant = house.tenant(slug, tier).await;
    let owner = house.owner(&tenant).await;
    let asked = |method: &str, path: &str| {
        house.ask(&tenant.host(), method, &format!("/api/v1{path}")).signed_in(&owner)
    };
    for picture in ["logo", "favicon"] {
        asked("PUT", &format!("/settings/{picture}")).bytes("image/png", LOGO).send().await.expect(200);
    }
    let tag =
        asked("GET", "/settings").send().await.expect(200).header("etag").expect("a version").to_owned();
    let looks =
        json!({ "name": "Aero Nord", "branding": { "product_name": "Sky & Sea", "accent": "#aa0044" } });
    asked("PATCH", "/settings").with("if-match", &tag).json(&looks).send().await.expect(200);
    until("the looks are there", async || {
        page(house, &tenant.host(), "/").send().await.text().contains("<title>Sky &amp; Sea</title>")
    })
    .await;
    (tenant, owner)
}

fn page(house: &House, host: &str, path: &str) -> Ask {
    house.ask(host, "GET", path).with("accept", "text/html")
}

/// A file of the browser's side.
fn web(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web").join(path)
}

/// The addresses of the app's own pages, from the app.
fn pages_of_the_app() -> Vec<String> {
    let source = std::fs::read_to_string(web("app/paths.ts")).expect("the app's paths");
    let list =
        source.split("TENANT_PATTERNS = {").nth(1).and_then(|t| t.split('}').next()).expect("the list");
    let pages: Vec<String> = list.split('\'').skip(1).step_by(2).map(|p| p.replace([':'], "x-")).collect();
    assert!(pages.len() > 8 && pages.iter().all(|p| p.starts_with('/')), "{pages:?}");
    pages
}

/// Every file of the build.
fn files() -> Vec<String> {
    let files = std::fs::read_dir(web("dist/assets")).expect(BUILT);
    let names = files.map(|f| f.expect("a file").file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.filter(|n| !n.ends_with(".br") && !n.ends_with(".gz")).collect();
    assert!(names.len() > 50, "{BUILT}");
    names
}

/// The addresses that a path stands for. A path that is new here says so.
fn addresses(path: &str, things: &[(&str, String)]) -> Vec<String> {
    let thing =
        |noun: &str| things.iter().find(|(n, _)| *n == noun).map(|(_, id)| id.clone()).expect("a thing");
    match path {
        "/assets/{*file}" => files().iter().map(|f| format!("/assets/{f}")).collect(),
        "/docs/problems/{code}" => {
            problem::ALL.iter().map(|p| format!("/docs/problems/{}", p.code)).collect()
        }
        "/embed/dashboards/{id}" => vec![path.replace("{id}", &thing("dashboard"))],
        "/embed/dashboards/{id}/widgets/{widget}" => {
            vec![path.replace("{id}", &thing("dashboard")).replace("{widget}", "w1")]
        }
        "/shared/{id}" => vec![path.replace("{id}", &thing("public_link"))],
        plain if !plain.contains('{') => vec![plain.to_owned()],
        other => panic!("{other}: this test does not know what stands there: add it"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_people_are_never_told_whose_platform_it_is() {
    let house = House::open().await;
    let (acme, owner) = branded(&house, "acme", Tier::Pooled).await;
    let things = things_of(&house, &acme, &owner).await;
    let mut reader = Reader::default();

    for host in [acme.host(), "localhost".to_owned()] {
        let base = if host == "localhost" { "/t/acme" } else { "" };
        for path in insula_server::tenant_pages() {
            for at in addresses(path, &things) {
                let reply = page(&house, &host, &format!("{base}{at}")).send().await;
                assert_eq!(reply.status, 200, "{at}");
                reader.reply(&at, &reply);
            }
        }
        for at in pages_of_the_app() {
            let reply =
                page(&house, &host, &format!("{base}{at}")).signed_in(&owner).send().await.expect(200);
            reader.reply(&at, &reply);
        }
        for at in
            ["/no.such.page", "/embed/dashboards/x", "/shared/x", "/docs/problems/x", "/brand/nothing.png"]
        {
            let reply = page(&house, &host, &format!("{base}{at}")).send().await.expect(404);
            assert!(
                reply.text().contains("Sky &amp; Sea"),
                "{at} is not the tenant's page: {}",
                reply.text()
            );
            reader.reply(at, &reply);
        }
        let sign_in = json!({ "email": "owner@acme.test", "password": PASSWORD });
        let session = house.ask(&host, "POST", &format!("{base}/api/v1/session")).json(&sign_in);
        // In path style, and without TLS, the cookie has another name; it is no more read by people than this one.
        let session = session.send().await.expect(200);
        let cookies =
            session.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, v)| v.as_str());
        assert!(cookies.clone().all(|c| c.starts_with("__Host-insula=") || c.starts_with("insula_t=")));
        reader.read("signing in", &session.text());
    }

    // The API: as nobody, with something wrong, with what is there, and with what is not.
    let [(_, api), _] = both();
    for one in tried(&api) {
        let ask = |path: &str| one.ask(&house, &acme.host()).at(path);
        let named = things.iter().find(|(noun, _)| one.id.starts_with(noun)).map(|(_, id)| id);
        let nobodys = named.and_then(|id| id.split_once('_')).map(|(kind, _)| format!("{kind}_{NOBODYS}"));
        reader.reply(&one.id, &ask(&one.path).send().await);
        if one.id.ends_with("_delete") {
            continue;
        }
        reader.reply(&one.id, &ask(&one.path).signed_in(&owner).with("idempotency-key", "odd").send().await);
        reader.reply(&one.id, &ask(&one.path).signed_in(&owner).send().await);
        if let (Some(id), Some(nobodys)) = (named, nobodys) {
            let there = one.path.replace(&nobodys, id);
            reader.reply(&one.id, &ask(&there).signed_in(&owner).send().await);
        }
    }

    // What an embed is told, by a token and by a link that open something.
    let opened = async |path: &str, body: Value, secret: &str| {
        let made = house.ask(&acme.host(), "POST", &format!("/api/v1{path}")).signed_in(&owner).json(&body);
        let made = made.send().await.expect(201);
        let secret = made.json()[secret].as_str().expect("a secret").to_owned();
        (made, secret.rsplit('#').next().expect("what stands behind the address").to_owned())
    };
    let dashboard = &things.iter().find(|(noun, _)| *noun == "dashboard").expect("a dashboard").1;
    let (minted, token) = opened("/embed-tokens", json!({ "dashboard": dashboard }), "token").await;
    let (linked, link) = opened("/public-links", json!({ "dashboard": dashboard, "name": "a" }), "url").await;
    for (what, reply) in [("a token", minted), ("a link", linked)] {
        reader.reply(what, &reply);
    }
    for (path, secret) in [("", &token), ("/data", &token), ("", &link), ("/data", &link)] {
        let embed = house.ask(&acme.host(), "GET", &format!("/api/v1/embed{path}")).bearer(secret);
        reader.reply("an embed", &embed.send().await.expect(200));
    }

    // What was written to people; operators read it where nothing is sent.
    let mails = house.console("GET", "/mails").send().await.expect(200).json();
    let mails = mails["items"].as_array().expect("mails");
    assert!(!mails.is_empty(), "somebody was invited");
    for mail in mails {
        reader.read("a mail", &format!("{} {}", mail["subject"], mail["text"]));
    }

    let unused: Vec<_> = FOR_PROGRAMS.iter().filter(|(name, _)| !reader.seen.contains(name)).collect();
    assert!(unused.is_empty(), "nowhere any more: take them off the list: {unused:?}");
    reader.conclude(500);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_that_are_closed_name_nobody() {
    let house = House::open().await;
    let (acme, _) = branded(&house, "acme", Tier::Database).await;
    let mut reader = Reader::default();
    let mut nobodys = |what: &str, reply: &Reply, status: u16| {
        assert_eq!(reply.status, status, "{what}");
        assert!(reply.text().contains("<h1>"), "{what} is a page");
        assert!(!reply.text().contains("Sky") && !reply.text().contains("Aero"), "{what}: {}", reply.text());
        reader.reply(what, reply);
    };
    for (host, path, status) in [
        ("nobody.localhost", "/", 421),
        ("localhost", "/", 200),
        ("localhost", "/nothing", 404),
        ("localhost", "/t/nobody/", 404),
        (&acme.host(), "/a%2fb", 400),
    ] {
        nobodys(&format!("{host}{path}"), &page(&house, host, path).send().await, status);
    }
    let foreign =
        house.ask(&acme.host(), "POST", "/").with("accept", "text/html").with("origin", "https://evil.test");
    nobodys("a foreign change", &foreign.send().await, 403);

    // The tenant's place is gone under the server: nothing is known of its looks either.
    let root = house.platform.superuser_in("postgres").await;
    let database = &acme.record.placement.database;
    root.batch_execute(&format!("DROP DATABASE {database} WITH (FORCE)")).await.expect("dropped");
    until("the place is missed", async || page(&house, &acme.host(), "/").send().await.status >= 500).await;
    let broken = page(&house, &acme.host(), "/").send().await;
    nobodys("no database", &broken, broken.status);

    let (globex, _) = branded(&house, "globex", Tier::Pooled).await;
    for (what, body, status) in [
        ("suspend", json!({ "reason": "unpaid" }), 403),
        ("resume", json!({}), 200),
        ("delete", json!({ "confirm": "globex" }), 410),
    ] {
        let asked =
            house.console("POST", &format!("/tenants/globex/{what}")).json(&body).send().await.expect(202);
        let id = asked.json()["id"].as_str().expect("an id").parse().expect("an operation");
        house.platform.ended(id).await;
        until(what, async || page(&house, &globex.host(), "/").send().await.status == status).await;
        if status != 200 {
            nobodys(what, &page(&house, &globex.host(), "/").send().await, status);
        }
    }
    reader.conclude(50);
    house.close().await;

    let still = House::open_with(TestOptions { workers: false, ..TestOptions::default() }, |_| {}).await;
    still.platform.ask_for_tenant("initech", Tier::Pooled, |_| {}).await;
    let mut reader = Reader::default();
    reader.reply("being set up", &page(&still, "localhost", "/t/initech/").send().await.expect(503));
    let twice = "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\naccept: text/html\r\nconnection: close\r\n\r\n";
    reader.reply("two hosts", &raw(still.addr, twice.as_bytes()).await.expect(400));
    reader.conclude(10);
    still.close().await;
}

/// The value of a tag in a page's head.
fn tag(page: &str, name: &str) -> Option<String> {
    let head = page.split("</head>").next()?;
    let from = head.split(&format!("\"{name}\" content=\"")).nth(1)?;
    from.split('"').next().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_address_shows_the_brand_and_nothing_that_is_inside() {
    let house = House::open().await;
    let (acme, owner) = branded(&house, "acme", Tier::Pooled).await;
    let things = things_of(&house, &acme, &owner).await;
    let dashboard = &things.iter().find(|(noun, _)| *noun == "dashboard").expect("a dashboard").1;
    let link = &things.iter().find(|(noun, _)| *noun == "public_link").expect("a link").1;
    for (host, base) in [(acme.host(), ""), ("localhost".to_owned(), "/t/acme")] {
        for path in [
            "/".to_owned(),
            format!("/dashboards/{dashboard}"),
            "/invitation/x".to_owned(),
            format!("/embed/dashboards/{dashboard}"),
            format!("/shared/{link}"),
            "/no.such.page".to_owned(),
        ] {
            let sent = page(&house, &host, &format!("{base}{path}"))
                .with("x-forwarded-host", "evil.test")
                .send()
                .await;
            let text = sent.text();
            for (name, value) in [
                ("og:site_name", "Sky &amp; Sea"),
                ("og:title", "Sky &amp; Sea"),
                ("application-name", "Sky &amp; Sea"),
                ("theme-color", "#aa0044"),
            ] {
                assert_eq!(tag(&text, name).as_deref(), Some(value), "{path}: {name}");
            }
            let picture = tag(&text, "og:image").expect("a picture");
            assert!(picture.starts_with("http://acme.localhost:8080/brand/logo?"), "{path}: {picture}");
            let at = text.find("og:title").expect("a title");
            assert!(at < 4096, "{path}: previews read the first bytes only, and it stands at {at}");
            // The dashboard's name is in the workspace.
            assert!(!text.contains("theirs"), "{path}: {text}");
        }
    }
    let logo = page(&house, &acme.host(), "/brand/logo").send().await.expect(200);
    assert_eq!(logo.header("content-type"), Some("image/png"));
    let console: Value =
        Value::from(page(&house, crate::house::CONSOLE, "/").send().await.expect(200).text());
    assert!(!console.to_string().contains("og:title"), "the console is shared with nobody");
    house.close().await;
}
