//! Bodies are bounded, of a known type, and read strictly.

use std::time::{Duration, Instant};

use insula_model::Tier;
use insula_testkit::{TestOptions, TestTenant};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{Ask, raw};
use crate::house::{House, dashboard};

async fn post(house: &House, tenant: &TestTenant, cookie: &str, path: &str) -> Ask {
    house.ask(&tenant.host(), "POST", &format!("/api/v1{path}")).signed_in(cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_a_limit() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let large = json!({ "name": "x".repeat(1 << 20), "config": {} });
    let reply = post(&house, &acme, &owner, "/dashboards").await.json(&large).send().await;
    reply.refused(413, "input.too_large");
    // Said to be large: refused before any of it is read.
    let said = post(&house, &acme, &owner, "/dashboards").await.with("content-length", "52428800");
    said.with("content-type", "application/json").send().await.refused(413, "input.too_large");
    // Not said at all.
    let ask = post(&house, &acme, &owner, "/dashboards").await.with("transfer-encoding", "chunked");
    let mut bytes = ask.with("content-type", "application/json").wire();
    for _ in 0..20 {
        bytes.extend_from_slice(b"10000\r\n");
        bytes.extend_from_slice(&vec![b' '; 0x10000]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    raw(house.addr, &bytes).await.refused(413, "input.too_large");
    let nothing = house.console("POST", "/operations/op_01hzzzzzzzzzzzzzzzzzzzzzzz/cancel");
    nothing.json(&json!({ "a": 1 })).send().await.refused(422, "input.invalid");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_may_be_larger_and_come_line_by_line() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let key = house.full_key(&acme).await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let ask = house.ask(&acme.host(), "POST", "/api/v1/events").bearer(&key).bytes(kind, &body);
        async move { ask.send().await }
    };
    let line = |n: usize| {
        json!({ "id": format!("e{n}"), "dataset": "flights", "at": "2026-01-01T00:00:00Z",
                "measures": { "distance": 1.5 }, "dimensions": { "note": "x".repeat(200) } })
        .to_string()
    };
    let lines: Vec<String> = (0..6_000).map(line).collect();
    let body = lines.join("\n").into_bytes();
    assert!(body.len() > 1 << 20);
    let reply = send("application/x-ndjson", body).await.expect(200).json();
    assert_eq!(reply["accepted"], 6_000);
    let again = format!("{{\"events\":[{},{}]}}", line(1), line(7_000));
    let reply = send("application/json; charset=utf-8", again.into_bytes()).await.expect(200).json();
    assert_eq!((&reply["accepted"], &reply["duplicates"]), (&json!(1), &json!(1)));
    send("text/csv", b"id,at".to_vec()).await.refused(415, "input.content_type");
    send("application/x-ndjson", vec![b' '; 17 << 20]).await.refused(413, "input.too_large");
    let deep = format!("{{\"events\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    send("application/json", deep.into_bytes()).await.refused(400, "input.too_deep");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_read_strictly() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let send = async |kind: &str, body: &[u8]| {
        post(&house, &acme, &owner, "/dashboards").await.bytes(kind, body).send().await
    };
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
    ] {
        send(kind, b"{}").await.refused(415, "input.content_type");
    }
    send("application/json; charset=utf-16", b"{}").await.refused(415, "input.content_type");
    for body in [&b"{"[..], b"", b"{\"name\":\"\xff\"}", b"nul", b"'a'"] {
        send("application/json", body).await.refused(400, "input.json");
    }
    let with = |name: &str, value: Value| {
        let mut body = dashboard("mine");
        body[name] = value;
        body.to_string().into_bytes()
    };
    for name in ["tenant_id", "owner_id", "id", "version", "is_admin", "__proto__"] {
        let reply = send("application/json", &with(name, json!("tnt_b"))).await.refused(422, "input.invalid");
        assert_eq!(reply.json()["errors"][0]["pointer"], format!("/{name}"));
        assert_eq!(reply.json()["errors"][0]["code"], "unknown");
    }
    let reply = send("application/json", &with("name", json!(["a"]))).await.refused(422, "input.invalid");
    assert_eq!(reply.json()["errors"][0]["pointer"], "/name");
    let text = "{\"name\":\"a\",\"name\":\"b\",\"config\":{\"range\":{\"last\":\"30d\"},\"widgets\":[],\"layout\":[]}}";
    send("application/json", text.as_bytes()).await.refused(422, "input.invalid");
    let nul = with("name", json!("a\u{0}b"));
    send("application/json", &nul).await.refused(422, "input.invalid");
    let packed = post(&house, &acme, &owner, "/dashboards").await.with("content-encoding", "gzip");
    packed.bytes("application/json", &[0x1f, 0x8b, 8, 0]).send().await.refused(415, "input.content_type");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_bounded() {
    let house = House::open().await;
    let many = (0..110).fold(house.console("GET", "/tenants"), |ask, n| ask.with(&format!("x-{n}"), "y"));
    many.send().await.refused(431, "input.headers");
    let large = house.console("GET", "/tenants").with("x-large", &"y".repeat(33 * 1024));
    large.send().await.refused(431, "input.headers");
    let far_too_many =
        (0..10_000).fold(house.console("GET", "/tenants"), |ask, n| ask.with(&format!("x-{n}"), "y"));
    assert_eq!(far_too_many.send().await.status, 431);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_dawdles_is_let_go() {
    let house = House::open_with(TestOptions::default(), |options| {
        options.patience.headers = Duration::from_millis(300);
        options.patience.body = Duration::from_millis(300);
        options.patience.still = Duration::from_secs(5);
    })
    .await;
    let begun = Instant::now();
    // Headers that never end: the connection is closed.
    let mut slow = TcpStream::connect(house.addr).await.expect("a connection");
    slow.write_all(b"GET / HTTP/1.1\r\nhost: console.localhost\r\n").await.expect("sent");
    let mut rest = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut slow, &mut rest).await;
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    // A body that never ends.
    let ask = house.ask("console.localhost", "POST", "/api/v1/session").with("content-length", "100");
    ask.with("content-type", "application/json").send().await.refused(408, "input.slow");
    assert!(begun.elapsed() < Duration::from_secs(5));
    house.close().await;
}
