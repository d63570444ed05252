//! The embed's surface over HTTP: its own credentials open it and nothing else; what is locked stays locked.

use insula_model::Tier;
use insula_platform::EmbedLimits;
use insula_testkit::{TestOptions, TestTenant, until};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::client::{Ask, Reply};
use crate::description::{both, operations};
use crate::house::{CONSOLE, House};

/// A tenant with flights, a dashboard of two widgets over them and one over something else.
pub(crate) struct Stage {
    pub(crate) house: House,
    pub(crate) acme: TestTenant,
    pub(crate) owner: String,
    pub(crate) key: String,
    pub(crate) dashboard: String,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_in(House::open().await).await
    }

    async fn set_in(house: House) -> Self {
        let acme = house.tenant("acme", Tier::Pooled).await;
        let (owner, key) = (house.owner(&acme).await, house.full_key(&acme).await);
        let event = |id: &str, dataset: &str, origin: &str, n: u32| {
            json!({ "id": id, "dataset": dataset, "at": "2026-01-01T00:00:00Z", "measures": { "n": n },
                    "dimensions": if dataset == "flights" { json!({ "origin": origin, "dest": "LAX" }) } else { json!({}) } })
        };
        let events = json!({ "events": [event("1", "flights", "EWR", 5), event("2", "flights", "JFK", 86_753),
                                        event("3", "other", "", 918_273)] });
        let send = house.ask(&acme.host(), "POST", "/api/v1/events").bearer(&key).json(&events);
        send.send().await.expect(200);
        let mut stage = Self { house, acme, owner, key, dashboard: String::new() };
        stage.dashboard = stage.dashboard(json!({})).await;
        stage
    }

    /// A dashboard, with what its configuration says besides.
    pub(crate) async fn dashboard(&self, more: Value) -> String {
        let widget = |id: &str, dataset: &str| {
            json!({ "id": id, "title": id, "kind": "table", "question": { "dataset": dataset,
                    "measures": [{ "agg": "sum", "measure": "n" }] } })
        };
        let place = |id: &str, y: u16| json!({ "widget": id, "x": 0, "y": y, "w": 3, "h": 2 });
        let mut config = json!({ "range": { "last": "all" },
            "widgets": [widget("w1", "flights"), widget("w2", "flights"), widget("w3", "other")],
            "layout": [place("w1", 0), place("w2", 2), place("w3", 4)] });
        for (name, value) in more.as_object().into_iter().flatten() {
            config[name] = value.clone();
        }
        let made =
            self.post("/dashboards", &json!({ "name": "Flights", "config": config })).await.expect(201);
        made.json()["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        let ask = self.house.ask(&self.acme.host(), "POST", &format!("/api/v1{path}")).signed_in(&self.owner);
        ask.json(body).send().await
    }

    pub(crate) async fn mint(&self, more: Value) -> Reply {
        let mut body = json!({ "dashboard": self.dashboard });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.house
            .ask(&self.acme.host(), "POST", "/api/v1/embed-tokens")
            .bearer(&self.key)
            .json(&body)
            .send()
            .await
    }

    pub(crate) async fn token(&self, more: Value) -> String {
        self.mint(more).await.expect(201).json()["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn ask(&self, token: &str, path: &str) -> Ask {
        self.house.ask(&self.acme.host(), "GET", &format!("/api/v1/embed{path}")).bearer(token)
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.ask(token, path).send().await
    }

    pub(crate) async fn origins(&self, origins: &[&str]) -> Reply {
        let path = "/api/v1/embedding";
        let now =
            self.house.ask(&self.acme.host(), "GET", path).signed_in(&self.owner).send().await.expect(200);
        let tag = now.header("etag").expect("a version").to_owned();
        let put =
            self.house.ask(&self.acme.host(), "PUT", path).signed_in(&self.owner).with("if-match", &tag);
        put.json(&json!({ "origins": origins })).send().await
    }
}

pub(crate) fn locked(dimension: &str, value: &str) -> Value {
    json!([{ "op": "in", "dimension": dimension, "values": [value] }])
}

fn query(filters: &Value) -> String {
    let text: String = filters.to_string().bytes().map(|b| format!("%{b:02X}")).collect();
    format!("/data?filters={text}")
}

/// The sum that a widget shows, or the code of its problem.
fn shown(reply: &Reply, widget: &str) -> Value {
    let data = reply.json();
    let widgets = data["widgets"].as_array().expect("widgets");
    let Some(found) = widgets.iter().find(|w| w["id"] == widget) else { return Value::Null };
    match &found["problem"]["code"] {
        Value::Null => found["value"]["data"][0][0].clone(),
        code => code.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_shows_its_dashboard_with_what_it_locks() {
    let stage = Stage::set().await;
    let token = stage.token(json!({ "filters": locked("origin", "EWR"), "viewer": "user-42" })).await;
    let view = stage.get(&token, "").await.expect(200);
    assert_eq!(view.header("cache-control"), Some("private, no-store"));
    assert_eq!(view.header("set-cookie"), None);
    let view = view.json();
    assert_eq!(view["dashboard"]["id"], stage.dashboard.as_str());
    assert_eq!(view["locked"], json!(["origin"]));
    assert_eq!(view["tenant"]["time_zone"], "UTC");
    assert!(view["now"].is_string() && view["expires_at"].is_string());

    let data = stage.get(&token, "/data").await.expect(200);
    assert_eq!(data.header("cache-control"), Some("private, no-cache"));
    assert_eq!(shown(&data, "w1"), json!(5), "{}", data.text());
    assert_eq!(shown(&data, "w3"), "embed.locked", "what cannot be limited is not shown");
    assert!(!data.text().contains("918273") && !data.text().contains("86753"), "{}", data.text());
    let tag = data.header("etag").expect("a tag").to_owned();
    let again = stage.ask(&token, "/data").with("if-none-match", &tag).send().await.expect(304);
    assert!(again.body.is_empty());

    // A viewer's own filters are beside the locked ones, never instead of them.
    let dest = stage.get(&token, &query(&locked("dest", "LAX"))).await.expect(200);
    assert_eq!(shown(&dest, "w1"), json!(5));
    assert_ne!(dest.header("etag"), Some(tag.as_str()));
    for spelling in [
        locked("origin", "JFK"),
        json!([{ "op": "not_in", "dimension": "origin", "values": ["EWR"] }]),
        json!([{ "op": "contains", "dimension": "origin", "value": "J" }]),
        json!([{ "op": "starts_with", "dimension": "origin", "value": "J" }]),
        json!([{ "op": "in", "dimension": "dest", "values": ["LAX"] }, { "op": "in", "dimension": "origin", "values": ["JFK"] }]),
    ] {
        stage.get(&token, &query(&spelling)).await.refused(400, "embed.locked");
    }
    for spelling in
        [locked("Origin", "JFK"), locked("origin ", "JFK"), locked("d1", "JFK"), locked("ORIGIN", "JFK")]
    {
        stage.get(&token, &query(&spelling)).await.refused(422, "input.invalid");
    }
    for odd in ["/data?filters=[", "/data?filters=%7B%7D", "/data?Filters=[]", "/data?filters=[]&filters=[]"]
    {
        let reply = stage.get(&token, odd).await;
        assert!(matches!(reply.status, 400 | 422), "{odd}: {}", reply.text());
    }
    for odd in ["/data?dashboard=dsh_1", "/data?tenant=globex", "/data?token=x"] {
        stage.get(&token, odd).await.refused(422, "input.invalid");
    }

    // Without a lock, everything; with a widget, that one.
    let all = stage.token(json!({})).await;
    assert_eq!(shown(&stage.get(&all, "/data").await.expect(200), "w1"), json!(86_758));
    let one = stage.token(json!({ "widget": "w3" })).await;
    let data = stage.get(&one, "/data").await.expect(200);
    assert_eq!((shown(&data, "w3"), shown(&data, "w1")), (json!(918_273), Value::Null));
    let view = stage.get(&one, "").await.expect(200).json();
    assert_eq!(view["dashboard"]["config"]["widgets"].as_array().map(Vec::len), Some(1));

    // Members and keys filter alike.
    let path = format!("/api/v1/dashboards/{}{}", stage.dashboard, query(&locked("origin", "JFK")));
    let filtered =
        stage.house.ask(&stage.acme.host(), "GET", &path).bearer(&stage.key).send().await.expect(200);
    assert_eq!((shown(&filtered, "w1"), shown(&filtered, "w3")), (json!(86_753), json!(918_273)));
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_embed_and_nothing_else() {
    let stage = Stage::set().await;
    let globex = stage.house.tenant("globex", Tier::Schema).await;
    let token = stage.token(json!({})).await;
    let made = stage
        .post("/public-links", &json!({ "dashboard": stage.dashboard, "name": "lobby" }))
        .await
        .expect(201);
    let url = made.json()["url"].as_str().expect("an address").to_owned();
    let link = url.split_once('#').expect("a secret").1.to_owned();
    stage.get(&link, "").await.expect(200);
    let [(_, api), (_, operator)] = both();
    for credential in [&token, &link] {
        for (path, method, op) in operations(&api) {
            let open = |r: &Value| *r == json!({}) || r.get("embed").is_some();
            if op["security"].as_array().is_some_and(|s| s.iter().any(open)) || path.ends_with("/session") {
                continue;
            }
            let kinds = [
                ("members", "mbr"),
                ("invitations", "inv"),
                ("api-keys", "key"),
                ("embed-keys", "emk"),
                ("public-links", "plk"),
                ("tables", "tbl"),
            ];
            let kind = kinds
                .iter()
                .find(|(noun, _)| path.contains(&format!("/{noun}/")))
                .map_or("dsh", |(_, kind)| kind);
            let id = format!("{kind}_01hzzzzzzzzzzzzzzzzzzzzzzz");
            let path = path.replace("{id}", &id).replace("{name}", "flights");
            let ask =
                stage.house.ask(&stage.acme.host(), &method.to_uppercase(), &path).with("if-match", "\"1\"");
            ask.bearer(credential).json(&json!({})).send().await.refused(401, "auth.ended");
        }
        for (path, method, op) in operations(&operator) {
            if op["security"].as_array().is_some_and(|s| s.iter().any(|r| *r == json!({})))
                || path.ends_with("/session")
            {
                continue;
            }
            let id = if path.contains("/tokens/") { "tok" } else { "op" };
            let path =
                path.replace("{id}", &format!("{id}_01hzzzzzzzzzzzzzzzzzzzzzzz")).replace("{tenant}", "acme");
            let ask = stage.house.ask(CONSOLE, &method.to_uppercase(), &path).bearer(credential);
            ask.json(&json!({})).send().await.refused(401, "auth.ended");
        }
    }
    // Another workspace's address: the same answer whatever is there.
    let there = |credential: &str| stage.house.ask(&globex.host(), "GET", "/api/v1/embed").bearer(credential);
    there(&token).send().await.refused(403, "embed.tenant");
    there(&link).send().await.refused(401, "embed.revoked");
    let path_style =
        stage.house.ask("localhost", "GET", "/t/globex/api/v1/embed").bearer(&token).send().await;
    path_style.refused(403, "embed.tenant");
    stage.house.ask("localhost", "GET", "/t/acme/api/v1/embed").bearer(&token).send().await.expect(200);
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_credential_opens_the_embed() {
    let stage = Stage::set().await;
    let ask = |path: &str| stage.house.ask(&stage.acme.host(), "GET", &format!("/api/v1/embed{path}"));
    let token = stage.token(json!({})).await;
    for path in ["", "/data"] {
        let nobody = ask(path).send().await.refused(401, "auth.required");
        assert!(nobody.header("www-authenticate").is_some());
        ask(path).signed_in(&stage.owner).send().await.refused(401, "auth.required");
        let session = stage.owner.split_once('=').expect("a value").1;
        for other in [stage.key.as_str(), session, stage.house.platform.operator_token(), "x"] {
            ask(path).bearer(other).send().await.refused(401, "auth.ended");
        }
        ask(path).bearer(&token).bearer(&token).send().await.refused(400, "auth.several");
        // A cookie beside it is not looked at.
        ask(path).bearer(&token).signed_in(&stage.owner).send().await.expect(200);
        let by_query = ask(&format!("{path}?token={token}")).send().await;
        assert!(matches!(by_query.status, 401 | 422), "{}", by_query.text());
        // Another page, or one without an origin, does not ask.
        for (name, value) in [
            ("origin", "null"),
            ("origin", "https://app.example"),
            ("origin", "http://globex.localhost"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            ask(path).bearer(&token).with(name, value).send().await.refused(403, "embed.origin");
        }
        let own = ask(path).bearer(&token).with("sec-fetch-site", "same-origin").send().await.expect(200);
        assert!(!own.headers.iter().any(|(n, _)| n.starts_with("access-control-")), "{:?}", own.headers);
    }
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_gets_one_answer() {
    let stage = Stage::set().await;
    let token = stage.token(json!({ "filters": locked("origin", "EWR") })).await;
    let parts: Vec<&str> = token.split('.').collect();
    let other = stage.token(json!({})).await;
    let others: Vec<&str> = other.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiaW5zdWxhLWVtYmVkK2p3dCJ9";
    let mut seen = Vec::new();
    for text in [
        format!("{}.{}.{}", parts[0], others[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.", none, parts[1]),
        format!("{}.{}.{}", none, parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
        format!("{token}."),
        "a.b.c".to_owned(),
        format!("{}.{}", "a".repeat(2_000), "b".repeat(2_500)),
    ] {
        let reply = stage.get(&text, "").await.refused(401, "embed.signature");
        assert_eq!(reply.header("www-authenticate"), None);
        seen.push(reply.seen());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn minting_says_what_is_wrong() {
    let stage = Stage::set().await;
    stage.origins(&["https://app.example", "http://localhost:5173"]).await.expect(200);
    let made =
        stage.mint(json!({ "widget": "w1", "origins": ["https://app.example"], "ttl_seconds": 60 })).await;
    let made = made.expect(201).json();
    let url = made["url"].as_str().expect("an address");
    assert_eq!(url, format!("http://acme.localhost:8080/embed/dashboards/{}/widgets/w1", stage.dashboard));
    assert!(made["id"].as_str().is_some_and(|id| id.starts_with("emb_")));
    let view = stage.get(made["token"].as_str().expect("a token"), "").await.expect(200).json();
    assert_eq!(view["origins"], json!(["https://app.example"]));
    for (more, pointer) in [
        (json!({ "widget": "w9" }), "/widget"),
        (json!({ "viewer": "" }), "/viewer"),
        (json!({ "viewer": "x".repeat(129) }), "/viewer"),
        (json!({ "ttl_seconds": 59 }), "/ttl_seconds"),
        (json!({ "ttl_seconds": 601 }), "/ttl_seconds"),
        (json!({ "filters": locked("nothing", "x") }), "/filters/0"),
        (json!({ "filters": [{ "op": "in", "dimension": "origin", "values": [] }] }), "/filters/0/values"),
        (json!({ "origins": [] }), "/origins"),
        (json!({ "origins": ["https://evil.example"] }), "/origins/0"),
        (json!({ "origins": ["https://APP.example"] }), "/origins/0"),
        (json!({ "tenant": "globex" }), "/tenant"),
    ] {
        let reply = stage.mint(more.clone()).await.refused(422, "input.invalid");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{more}: {}", reply.text());
    }
    let nobodys = json!({ "dashboard": "dsh_01hzzzzzzzzzzzzzzzzzzzzzzz" });
    stage.mint(nobodys).await.refused(404, "not_found");
    let long: Vec<Value> = (0..20)
        .map(|n| {
            json!({ "op": "in", "dimension": "origin",
        "values": (0..50).map(|v| format!("{n} {v} {}", "x".repeat(40))).collect::<Vec<_>>() })
        })
        .collect();
    stage.mint(json!({ "filters": long })).await.refused(422, "input.invalid");
    // A key without the scope, and a viewer, do not.
    let (_, weak) = stage.house.key(&stage.acme, &["dashboards:read", "dashboards:write"]).await;
    let body = json!({ "dashboard": stage.dashboard });
    let ask = |weak: &str| stage.house.ask(&stage.acme.host(), "POST", "/api/v1/embed-tokens").bearer(weak);
    ask(&weak).json(&body).send().await.refused(403, "auth.forbidden");

    // The same request sent again is the same token, and nothing keeps it.
    let again = || ask(&stage.key).with("idempotency-key", "a-page-view-1").json(&body);
    let (one, two) = (again().send().await.expect(201).json(), again().send().await.expect(201).json());
    assert_eq!(one, two);

    // What the dashboard requires is locked by values, or there is no token.
    let strict = stage.dashboard(json!({ "embed": { "required": ["origin"] } })).await;
    stage.mint(json!({ "dashboard": strict })).await.refused(403, "embed.row_filter");
    let loose = json!([{ "op": "not_in", "dimension": "origin", "values": ["x"] }]);
    stage.mint(json!({ "dashboard": strict, "filters": loose })).await.refused(403, "embed.row_filter");
    let good = stage.token(json!({ "dashboard": strict, "filters": locked("origin", "EWR") })).await;
    stage.get(&good, "/data").await.expect(200);
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requirement_that_comes_later_counts_too() {
    let stage = Stage::set().await;
    let token = stage.token(json!({})).await;
    stage.get(&token, "/data").await.expect(200);
    let path = format!("/api/v1/dashboards/{}", stage.dashboard);
    let ask = |method: &str| stage.house.ask(&stage.acme.host(), method, &path).signed_in(&stage.owner);
    let there = ask("GET").send().await.expect(200).json();
    let mut config = there["config"].clone();
    config["embed"] = json!({ "required": ["origin"] });
    ask("PUT")
        .with("if-match", "\"1\"")
        .json(&json!({ "name": "F", "config": config }))
        .send()
        .await
        .expect(200);
    stage.get(&token, "/data").await.refused(403, "embed.row_filter");
    stage.get(&token, "").await.refused(403, "embed.row_filter");
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_link_shows_its_dashboard_until_it_is_withdrawn() {
    let stage = Stage::set().await;
    let body = json!({ "dashboard": stage.dashboard, "name": "lobby", "filters": locked("origin", "JFK") });
    let made = stage.post("/public-links", &body).await.expect(201).json();
    let (id, url) = (made["id"].as_str().expect("an id"), made["url"].as_str().expect("an address"));
    let (page, secret) = url.split_once('#').expect("a secret");
    assert_eq!(page, format!("http://acme.localhost:8080/shared/{id}"));
    let data = stage.get(secret, "/data").await.expect(200);
    assert_eq!((shown(&data, "w1"), shown(&data, "w3")), (json!(86_753), json!("embed.locked")));
    stage.get(secret, &query(&locked("origin", "EWR"))).await.refused(400, "embed.locked");
    let list = stage
        .house
        .ask(&stage.acme.host(), "GET", "/api/v1/public-links")
        .signed_in(&stage.owner)
        .send()
        .await;
    let list = list.expect(200);
    assert!(
        list.text().contains("lobby") && !list.text().contains(secret.rsplit('_').next().expect("a secret"))
    );
    let mut wrong = Vec::new();
    for text in [
        format!("{}0", &secret[..secret.len() - 1]),
        format!("{}1", &secret[..secret.len() - 1]),
        format!("ipl_01hzzzzzzzzzzzzzzzzzzzzzzz_{}", "0".repeat(52)),
        "ipl_x".to_owned(),
    ] {
        if text != secret {
            wrong.push(stage.get(&text, "").await.refused(401, "embed.revoked").seen());
        }
    }
    let path = format!("/api/v1/public-links/{id}");
    let delete = || stage.house.ask(&stage.acme.host(), "DELETE", &path).signed_in(&stage.owner);
    delete().send().await.expect(204);
    until("the link opens nothing", async || stage.get(secret, "").await.status == 401).await;
    wrong.push(stage.get(secret, "").await.refused(401, "embed.revoked").seen());
    wrong.dedup();
    assert_eq!(wrong.len(), 1, "withdrawn, wrong and never made look the same: {wrong:?}");
    delete().send().await.refused(404, "not_found");
    let past = json!({ "dashboard": stage.dashboard, "name": "x", "expires_at": "2020-01-01T00:00:00Z" });
    stage.post("/public-links", &past).await.refused(422, "input.invalid");
    stage.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_often_is_told_with_the_moment_to_come_again() {
    let embeds = EmbedLimits { mint_rate: 1, mint_burst: 2, refusal_rate: 1, refusal_burst: 2 };
    let options = TestOptions { embeds, ..TestOptions::default() };
    let stage = Stage::set_in(House::open_with(options, |_| {}).await).await;
    let token = stage.token(json!({})).await;
    let told = |reply: Reply| {
        let late = reply.status == 429;
        if late {
            assert_eq!(reply.header("retry-after"), Some("1"), "{}", reply.text());
            reply.refused(429, "limit.rate");
        }
        late
    };
    // Time goes on, and one comes back each second: on a slow machine it takes more than three.
    let (mut mints, mut looks) = (0, 0);
    while !told(stage.mint(json!({})).await) {
        mints += 1;
    }
    while !told(stage.get("a.b.c", "").await) {
        looks += 1;
    }
    assert!((1..100).contains(&mints) && (2..100).contains(&looks), "{mints} {looks}");
    stage.house.platform.clock.advance(SignedDuration::from_secs(1));
    stage.get(&token, "").await.expect(200);
    stage.house.close().await;
}
