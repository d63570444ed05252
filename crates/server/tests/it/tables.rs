//! Tables over HTTP: rows in CSV and JSON, what is wrong with them line by line, pages of them, and an answer that has
//! looked something up.

use insula_model::Tier;
use serde_json::{Value, json};

use crate::client::Ask;
use crate::house::{House, get};

const AIRLINES: &[u8] = b"Code,Airline Name\nAA,American\nLH,Lufthansa\nBA,British\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_becomes_a_dimension() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let ask = |method: &str, path: &str| -> Ask {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).signed_in(&owner)
    };
    let table = json!({ "name": "airlines", "key": { "name": "code" } });
    let made = ask("POST", "/tables").json(&table).send().await.expect(201);
    assert_eq!(made.header("etag"), Some("\"1\""));
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    ask("POST", "/tables").json(&table).send().await.refused(409, "table.name");

    let rows = format!("/tables/{id}/rows");
    let done = ask("PUT", &rows).bytes("text/csv; charset=utf-8", AIRLINES).send().await.expect(200).json();
    assert_eq!(
        (&done["rows"], &done["columns"], &done["version"]),
        (&json!(3), &json!(["airline_name"]), &json!(2))
    );
    let wrong = ask("PUT", &rows).bytes("text/csv", b"code,airline_name\nAA,x\nAA,y\n").send().await;
    let wrong = wrong.refused(422, "input.invalid").json();
    assert_eq!(wrong["errors"][0]["pointer"], "/rows/1/code");
    assert!(wrong["errors"][0]["detail"].as_str().expect("a sentence").starts_with("Line 3: "), "{wrong}");
    ask("PUT", &rows).bytes("text/plain", AIRLINES).send().await.refused(415, "input.content_type");
    let change = json!({ "rows": [{ "code": "LH", "airline_name": "LH AG" }], "delete": ["BA"] });
    let once = |change: &Value| ask("POST", &rows).with("idempotency-key", "the-same-request").json(change);
    let done = once(&change).send().await.expect(200).json();
    assert_eq!((&done["changed"], &done["removed"]), (&json!(1), &json!(1)));
    assert_eq!(once(&change).send().await.expect(200).json(), done, "the same request takes effect once");

    // Page after page; a cursor is for this table only.
    let page = get(&house, &acme, &owner, &format!("{rows}?limit=1")).await.expect(200).json();
    assert_eq!(
        (&page["items"][0], &page["total"]),
        (&json!({ "code": "AA", "airline_name": "American" }), &json!(2))
    );
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    let page =
        get(&house, &acme, &owner, &format!("{rows}?limit=1&cursor={cursor}")).await.expect(200).json();
    assert_eq!((&page["items"][0]["code"], page.get("next_cursor")), (&json!("LH"), None));
    let other = ask("POST", "/tables")
        .json(&json!({ "name": "b", "key": { "name": "code" } }))
        .send()
        .await
        .expect(201);
    let other = format!("/tables/{}/rows?cursor={cursor}", other.json()["id"].as_str().expect("an id"));
    get(&house, &acme, &owner, &other).await.refused(400, "page.cursor");

    let event = |id: &str, carrier: &str| json!({ "id": id, "dataset": "flights", "at": "2026-01-01T00:00:00Z", "dimensions": { "carrier": carrier } });
    let events = json!({ "events": [event("1", "LH"), event("2", "LH"), event("3", "AA")] });
    ask("POST", "/events").json(&events).send().await.expect(200);
    let lookup = json!({ "by": "carrier", "table": "airlines", "column": "airline_name" });
    let put = json!({ "dimensions": [{ "name": "airline", "lookup": lookup }] });
    let changed =
        ask("PUT", "/datasets/flights").with("if-match", "\"1\"").json(&put).send().await.expect(200).json();
    assert_eq!(changed["dimensions"][0]["slot"], 13);
    let question = json!({ "question": { "dataset": "flights", "by": ["airline"], "measures": [{ "agg": "count" }],
                                         "range": { "from": "2026-01-01", "to": "2026-01-02" } } });
    let answer = ask("POST", "/questions/ask").json(&question).send().await.expect(200).json();
    assert_eq!(answer["data"], json!([["LH AG", "American"], [2, 1]]));
    ask("DELETE", &format!("/tables/{id}")).send().await.refused(409, "table.in_use");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_becomes_a_dataset() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let owner = house.owner(&acme).await;
    let ask = |method: &str, path: &str| -> Ask {
        house.ask(&acme.host(), method, &format!("/api/v1{path}")).signed_in(&owner)
    };
    let table = json!({ "name": "subscriptions", "key": { "name": "id" }, "columns": [
        { "name": "started_on", "kind": "time" }, { "name": "mrr", "kind": "number" }] });
    let made = ask("POST", "/tables").json(&table).send().await.expect(201).json();
    assert_eq!((&made["columns"][1]["kind"], &made["columns"][1]["slot"]), (&json!("number"), &json!(1)));
    let rows = format!("/tables/{}/rows", made["id"].as_str().expect("an id"));
    let csv = |text: &'static str| ask("PUT", &rows).bytes("text/csv", text.as_bytes());
    let wrong = csv("id,started_on,mrr\na,2026-01-31,1\nb,soon,2\nc,2026-01-31,EUR 3\n").send().await;
    let wrong = wrong.refused(422, "input.invalid").json();
    let pointers: Vec<_> = (0..2).map(|i| wrong["errors"][i]["pointer"].as_str().expect("one")).collect();
    assert_eq!(pointers, ["/rows/1/started_on", "/rows/2/mrr"]);
    csv("id,started_on,mrr,plan\na,2026-01-31,120.5,Pro\nb,2026-02-01,0,\n").send().await.expect(200);

    // What is shown can be sent again.
    let page = get(&house, &acme, &owner, &rows).await.expect(200).json();
    assert_eq!(
        page["items"][0],
        json!({ "id": "a", "started_on": "2026-01-31", "mrr": 120.5, "plan": "Pro" })
    );
    let same = ask("PUT", &rows).json(&json!({ "rows": page["items"] })).send().await.expect(200).json();
    assert_eq!((&same["rows"], &same["changed"], &same["added"]), (&json!(2), &json!(0), &json!(0)));
    let early = json!({ "name": "subscriptions", "key": { "name": "id" }, "columns": [
        { "name": "started_on" }, { "name": "mrr" }, { "name": "plan", "kind": "number" }] });
    let update = ask("PUT", rows.trim_end_matches("/rows")).with("if-match", "\"2\"");
    update.json(&early).send().await.refused(409, "table.not_empty");

    let source = json!({ "source": { "table": "subscriptions" } });
    let dataset = ask("PUT", "/datasets/subs").json(&source).send().await.expect(201).json();
    assert_eq!((&dataset["source"], &dataset["events"]), (&source["source"], &json!(2)));
    let question = json!({ "question": { "dataset": "subs", "by": ["plan"],
        "measures": [{ "agg": "sum", "measure": "mrr" }], "range": { "from": "2026-01-01", "to": "2026-03-01" } } });
    let answer = ask("POST", "/questions/ask").json(&question).send().await.expect(200).json();
    assert_eq!(answer["data"], json!([["Pro", null], [120.5, 0]]));
    let nowhere = json!({ "source": { "table": "plans" } });
    let refused = ask("PUT", "/datasets/other").json(&nowhere).send().await.refused(422, "input.invalid");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/source/table");
    house.close().await;
}
