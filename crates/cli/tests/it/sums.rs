//! What dashboards and questions show of imported flights is what the file says, added up here without any of our code.
//!
//! The file is the demo's part of the flights of 2013, or the one that `INSULA_TEST_FLIGHTS` names: `cargo xtask data
//! --check` does that with the whole year.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, http, text};

const MEASURES: [&str; 4] = ["dep_delay", "arr_delay", "air_time", "distance"];

/// Carrier, origin and month.
type Group = (String, String, String);
/// How many flights, and the sum of each measure where any flight has it.
type Sums = (u64, [Option<f64>; 4]);

/// All carriers of the demo in one file.
fn demo(folder: &Folder) -> PathBuf {
    let path = folder.path.join("flights.csv");
    let mut all = String::new();
    for carrier in ["ua", "dl", "b6"] {
        let part = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("demo/flights-{carrier}.csv"));
        let part = std::fs::read_to_string(part).unwrap();
        all.push_str(if all.is_empty() { &part } else { part.split_once('\n').unwrap().1 });
    }
    std::fs::write(&path, all).unwrap();
    path
}

fn added_up(path: &Path) -> BTreeMap<Group, Sums> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let place = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let (carrier, origin, month) = (place("carrier"), place("origin"), place("month"));
    let measures = MEASURES.map(place);
    let mut sums: BTreeMap<Group, Sums> = BTreeMap::new();
    for fields in lines {
        let month = format!("2013-{:0>2}", fields[month]);
        let group = (fields[carrier].to_lowercase(), fields[origin].to_owned(), month);
        let (count, sums) = sums.entry(group).or_default();
        *count += 1;
        for (sum, place) in sums.iter_mut().zip(measures) {
            if let Ok(value) = fields[place].parse::<f64>() {
                *sum = Some(sum.unwrap_or_default() + value);
            }
        }
    }
    sums
}

/// What an answer says of one carrier. Months without a flight are drawn as nothing.
fn said(carrier: &str, answer: &Value) -> Vec<(Group, Sums)> {
    assert_eq!(answer["truncated"], json!(false), "{carrier}");
    let column = |name: &str| -> Vec<Value> {
        let columns = answer["columns"].as_array().expect("columns");
        let place = columns.iter().position(|c| c["name"] == json!(name));
        answer["data"][place.unwrap_or_else(|| panic!("no column {name}"))].as_array().unwrap().clone()
    };
    let (time, origin, count) = (column("time"), column("origin"), column("count"));
    let sums = MEASURES.map(|measure| column(&format!("sum_{measure}")));
    (0..time.len())
        .filter(|row| count[*row] != json!(0))
        .map(|row| {
            let month = time[row].as_str().unwrap()[..7].to_owned();
            let group = (carrier.to_owned(), origin[row].as_str().unwrap().to_owned(), month);
            let sums = [0, 1, 2, 3].map(|measure: usize| sums[measure][row].as_f64());
            (group, (count[row].as_u64().unwrap(), sums))
        })
        .collect()
}

#[tokio::test]
async fn what_is_shown_is_what_the_file_says() {
    let folder = Folder::new("sums");
    let file = match std::env::var_os("INSULA_TEST_FLIGHTS") {
        Some(whole) => {
            let path = folder.path.join("flights.csv");
            std::fs::copy(whole, &path).unwrap();
            path
        }
        None => demo(&folder),
    };
    let expected = added_up(&file);
    let up = folder.up(&[]);
    let begun = std::time::Instant::now();
    let report = folder.json(&[
        "import",
        "csv",
        "flights.csv",
        "--dataset",
        "flights",
        "--tenant-column",
        "carrier",
        "--create-tenants",
        "--prefix",
        "nyc-",
        "--time-columns",
        "year,month,day,hour,minute",
        "--time-zone",
        "America/New_York",
        "--measure",
        "dep_delay,arr_delay,air_time,distance",
        "--dimension",
        "origin,dest",
    ]);
    let rows: u64 = expected.values().map(|(count, _)| count).sum();
    assert_eq!((&report["rows"], &report["stored"]), (&json!(rows), &json!(rows)));
    println!("{rows} rows in {:?}", begun.elapsed());

    let state = std::fs::read(folder.path.join("flights.csv.insula.json")).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    let port = up.json["port"].as_u64().unwrap();
    let (mut asked, mut shown) = (BTreeMap::new(), BTreeMap::new());
    for tenant in report["tenants"].as_array().unwrap() {
        let (slug, carrier) = (text(tenant, "/slug"), text(tenant, "/value").to_lowercase());
        let key = state["tenants"][slug]["key"].as_str().unwrap();
        let send = async |request: reqwest::RequestBuilder| -> Value {
            let request = request.header("Host", format!("{slug}.localhost:{port}")).bearer_auth(key);
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success(), "{slug}: {answer:?}");
            answer.json().await.expect("a document")
        };
        let api = format!("http://127.0.0.1:{port}/api/v1");
        let mut measures = vec![json!({ "agg": "count" })];
        measures.extend(MEASURES.map(|measure| json!({ "agg": "sum", "measure": measure })));
        let mut question = json!({
            "dataset": "flights", "measures": measures, "by": ["origin"], "grain": "month" });
        let dashboard = json!({ "name": "Months", "config": {
            "range": { "from": "2013-01-01", "to": "2014-01-01" },
            "widgets": [{ "id": "w1", "kind": "table", "title": "Months", "question": question }],
            "layout": [{ "widget": "w1", "x": 0, "y": 0, "w": 12, "h": 4 }] } });
        let made = send(http().post(format!("{api}/dashboards")).json(&dashboard)).await;
        let data = send(http().get(format!("{api}/dashboards/{}/data", text(&made, "/id")))).await;
        shown.extend(said(&carrier, &data["widgets"][0]["value"]));

        question["range"] = json!({ "from": "2013-01-01", "to": "2014-01-01" });
        let ask = json!({ "question": question });
        asked.extend(said(&carrier, &send(http().post(format!("{api}/questions/ask")).json(&ask)).await));
    }
    assert_eq!(shown, expected, "the dashboards show something else");
    assert_eq!(asked, expected, "questions are answered with something else");
    up.stop(Signal::INT);
}
