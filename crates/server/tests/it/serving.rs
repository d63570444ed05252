//! Connections: how many, how they end, and HTTP/2 on them.

use std::time::{Duration, Instant};

use axum::body::Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use insula_testkit::TestOptions;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{CONSOLE, House};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: console.localhost\r\n\r\n";

/// Sends a request on a connection that stays open, and reads the answer's first byte.
async fn answered(stream: &mut TcpStream) {
    stream.write_all(HEALTH).await.expect("sent");
    let mut byte = [0u8; 1];
    stream.read_exact(&mut byte).await.expect("an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_so_many_connections_and_no_more() {
    let house = House::open_with(TestOptions::default(), |options| options.connections = 2).await;
    let connect = async || TcpStream::connect(house.addr).await.expect("a connection");
    let (mut one, mut two, mut three) = (connect().await, connect().await, connect().await);
    answered(&mut one).await;
    answered(&mut two).await;
    three.write_all(HEALTH).await.expect("sent");
    let mut byte = [0u8; 1];
    let waited = tokio::time::timeout(Duration::from_millis(300), three.read_exact(&mut byte)).await;
    assert!(waited.is_err(), "the third one is answered while two are open");
    drop(one);
    three.read_exact(&mut byte).await.expect("an answer now");
    drop((two, three));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_nobody_who_only_listens() {
    let house = House::open_with(TestOptions { workers: false, ..TestOptions::default() }, |_| {}).await;
    let body = json!({ "slug": "acme", "owner": { "email": "owner@acme.test" }, "sample_data": false });
    let made = house.console("POST", "/tenants").json(&body).send().await.expect(202).json();
    let path = format!("/api/v1/operations/{}/events", made["operation"]["id"].as_str().expect("an id"));
    let mut follower = TcpStream::connect(house.addr).await.expect("a connection");
    let ask = house.ask(CONSOLE, "GET", &path).bearer(house.platform.operator_token());
    follower.write_all(&ask.wire()).await.expect("sent");
    follower.read_exact(&mut [0u8; 1]).await.expect("an answer");
    let mut idle = TcpStream::connect(house.addr).await.expect("a connection");
    answered(&mut idle).await;
    let begun = Instant::now();
    house.close().await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_http2_the_authority_is_the_host() {
    let house = House::open().await;
    let stream = TcpStream::connect(house.addr).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("HTTP/2");
    house.platform.store().tasks().spawn(async move {
        let _ = connection.await;
    });
    let mut ask = async |uri: &str, host: Option<&str>| {
        let mut request = hyper::Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(Body::empty()).expect("a request");
        sender.send_request(request).await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask("http://console.localhost/healthz", None).await, 200);
    assert_eq!(ask("http://console.localhost/healthz", Some("acme.localhost")).await, 400);
    assert_eq!(ask("http://nobody.localhost/healthz", None).await, 421);
    house.close().await;
}
