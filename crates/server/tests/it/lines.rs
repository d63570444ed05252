//! A dashboard that is sent widget by widget.

use insula_model::Tier;
use insula_testkit::until;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Ask, Reply};
use crate::house::House;

const LINES: &str = "application/x-ndjson";

/// A dashboard with a number, a course, a bar and a widget that cannot be answered.
fn flights() -> Value {
    let count = json!([{ "agg": "count" }]);
    let widget = |id: &str, kind: &str, question: Value| json!({ "id": id, "title": id, "kind": kind, "question": question });
    let place = |id: &str, y: u8| json!({ "widget": id, "x": 0, "y": y, "w": 6, "h": 2 });
    json!({ "name": "Flights", "config": {
        "range": { "from": "2013-01-01", "to": "2014-01-01" },
        "widgets": [
            widget("number", "kpi", json!({ "dataset": "flights", "measures": count })),
            widget("course", "time_series", json!({ "dataset": "flights", "measures": count, "grain": "month" })),
            widget("origins", "bar", json!({ "dataset": "flights", "measures": count, "by": ["origin"] })),
            widget("nothing", "bar", json!({ "dataset": "absent", "measures": count, "by": ["origin"] })),
        ],
        "layout": [place("number", 0), place("course", 2), place("origins", 4), place("nothing", 6)]
    }})
}

fn lines(reply: &Reply) -> Vec<Value> {
    reply.text().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_say_what_the_whole_says() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let key = house.full_key(&acme).await;
    let ask = |method: &str, path: &str| -> Ask {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).bearer(&key)
    };
    let event = |n: u32| {
        let origin = if n.is_multiple_of(2) { "EWR" } else { "JFK" };
        json!({ "id": n.to_string(), "dataset": "flights", "at": format!("2013-{:02}-03T10:00:00Z", 1 + n % 12),
                "dimensions": { "origin": origin } })
    };
    let batch = json!({ "events": (0..40).map(event).collect::<Vec<_>>() });
    ask("POST", "/events").json(&batch).send().await.expect(200);
    let made = ask("POST", "/dashboards").json(&flights()).send().await.expect(201).json();
    let path = format!("/dashboards/{}/data", made["id"].as_str().expect("an id"));

    let streamed = ask("GET", &path).with("accept", LINES).send().await.expect(200);
    assert_eq!(streamed.header("content-type"), Some(LINES));
    let tag = streamed.header("etag").expect("a tag").to_owned();
    let mut lines = lines(&streamed);
    let whole = ask("GET", &path).with("accept", "application/json").send().await.expect(200);
    assert_eq!((whole.header("etag"), whole.header("vary")), (Some(tag.as_str()), Some("accept")));
    let mut whole = whole.json();

    assert_eq!(lines.pop(), Some(json!({ "done": true })));
    let mut head = lines.remove(0);
    assert_eq!(head.as_object_mut().expect("a head").remove("etag"), Some(json!(tag.trim_matches('"'))));
    let mut widgets = whole.as_object_mut().expect("data").remove("widgets").expect("widgets");
    assert_eq!(head, whole);
    let by_id = |list: &mut Vec<Value>| list.sort_by_key(|w| w["id"].to_string());
    let mut widgets = std::mem::take(widgets.as_array_mut().expect("a list"));
    // What needs no statement is there first.
    assert_eq!(lines[0]["id"], "nothing");
    by_id(&mut widgets);
    by_id(&mut lines);
    assert_eq!(lines, widgets);

    let known = ask("GET", &path).with("accept", LINES).with("if-none-match", &tag).send().await.expect(304);
    assert!(known.body.is_empty());
    let absent = "/dashboards/dsh_01hzzzzzzzzzzzzzzzzzzzzzzz/data";
    ask("GET", absent).with("accept", LINES).send().await.refused(404, "not_found");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_ends_the_work() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Schema).await;
    let key = house.full_key(&acme).await;
    let ask = |method: &str, path: &str| -> Ask {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).bearer(&key)
    };
    let event = json!({ "id": "1", "dataset": "flights", "at": "2013-01-03T10:00:00Z", "dimensions": { "origin": "EWR" } });
    ask("POST", "/events").json(&json!({ "events": [event] })).send().await.expect(200);
    let made = ask("POST", "/dashboards").json(&flights()).send().await.expect(201).json();
    let path = format!("/dashboards/{}/data", made["id"].as_str().expect("an id"));
    let held = acme.superuser(&house.platform).await;
    held.batch_execute("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE").await.expect("held");

    let mut stream = TcpStream::connect(house.addr).await.expect("a connection");
    stream.write_all(&ask("GET", &path).with("accept", LINES).wire()).await.expect("sent");
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains("\"nothing\"") {
        assert_ne!(
            stream.read_buf(&mut heard).await.expect("read"),
            0,
            "it ended: {}",
            String::from_utf8_lossy(&heard)
        );
    }
    let platform = &house.platform.platform;
    until("a statement is under way", async || platform.question_counts().0 == 1).await;
    drop(stream);
    until("nothing is under way or waits", async || platform.question_counts() == (0, 0)).await;
    let stuck = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    until("PostgreSQL has given it up", async || {
        held.query_one(stuck, &[]).await.expect("a look").get::<_, i64>(0) == 0
    })
    .await;
    held.batch_execute("COMMIT").await.expect("let go");
    house.close().await;
}
