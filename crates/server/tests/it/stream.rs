//! Following an operation.

use std::time::Duration;

use insula_testkit::TestOptions;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{CONSOLE, House};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_followed_to_its_end() {
    let house = House::open().await;
    let body = json!({ "slug": "acme", "owner": { "email": "owner@acme.test" }, "sample_data": false });
    let made = house.console("POST", "/tenants").json(&body).send().await.expect(202).json();
    let path = format!("/operations/{}/events", made["operation"]["id"].as_str().expect("an id"));
    let told = house.console("GET", &path).send().await.expect(200);
    assert_eq!(told.header("content-type"), Some("text/event-stream"));
    let text = told.text();
    let states: Vec<serde_json::Value> = text
        .lines()
        .filter_map(|l| l.strip_prefix("data: "))
        .map(|d| serde_json::from_str(d).expect("JSON"))
        .collect();
    assert!(text.starts_with("event: progress\n"), "{text}");
    let last = states.last().expect("an event");
    assert_eq!((&last["status"], &last["progress"]), (&json!("succeeded"), &json!(1.0)));
    assert!(states.windows(2).all(|w| w[0]["step"].as_u64() <= w[1]["step"].as_u64()), "steps go forward");
    // What has ended is told once.
    let again = house.console("GET", &path).send().await.expect(200).text();
    assert_eq!(again.matches("event: progress").count(), 1);
    house
        .console("GET", "/operations/op_01hzzzzzzzzzzzzzzzzzzzzzzz/events")
        .send()
        .await
        .refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_the_credential() {
    let house = House::open_with(TestOptions { workers: false, ..TestOptions::default() }, |_| {}).await;
    let body = json!({ "slug": "acme", "owner": { "email": "owner@acme.test" }, "sample_data": false });
    let made = house.console("POST", "/tenants").json(&body).send().await.expect(202).json();
    let path = format!("/api/v1/operations/{}/events", made["operation"]["id"].as_str().expect("an id"));
    let mut stream = TcpStream::connect(house.addr).await.expect("a connection");
    let ask = house.ask(CONSOLE, "GET", &path).bearer(house.platform.operator_token());
    stream.write_all(&ask.wire()).await.expect("sent");
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains("event: progress") {
        assert_ne!(stream.read_buf(&mut heard).await.expect("read"), 0, "it ended at once");
    }
    house.console("DELETE", "/session").send().await.expect(204);
    let rest = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut heard)).await;
    rest.expect("the stream ends within ten seconds").expect("read");
    house.close().await;
}
