//! `insula import csv`: every row is somewhere, exactly once, however often it is sent and wherever it was stopped.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, http, signal, text};

const ROWS: u64 = 2_000;

/// Two thousand rows of three carriers; every hundredth is wrong in one of several ways.
fn file() -> (String, u64) {
    let mut text = String::from("year,month,day,hour,carrier,origin,delay\n");
    let mut bad = 0;
    for row in 1..=ROWS {
        let (month, day, hour) = (row % 12 + 1, row % 28 + 1, row % 24);
        let carrier = ["UA", "DL", "9E"][usize::try_from(row % 3).unwrap()];
        let delay = if row % 7 == 0 { "NA".to_owned() } else { (row % 50).to_string() };
        let good = format!("2013,{month},{day},{hour},{carrier},JFK,{delay}");
        let line = match (row % 100, row / 100 % 4) {
            (0, 0) => format!("2013,{month},31st,{hour},{carrier},JFK,1"),
            (0, 1) => format!("2013,{month},{day},{hour},{carrier},JFK,late"),
            (0, 2) => format!("2013,{month},{day},{hour},,JFK,1"),
            (0, _) => format!("2013,{month},{day}"),
            _ => good,
        };
        bad += u64::from(row % 100 == 0);
        let _ = writeln!(text, "{line}");
    }
    (text, bad)
}

const ARGS: &[&str] = &[
    "import",
    "csv",
    "flights.csv",
    "--dataset",
    "flights",
    "--tenant-column",
    "carrier",
    "--prefix",
    "nyc-",
    "--time-columns",
    "year,month,day,hour",
    "--time-zone",
    "America/New_York",
    "--measure",
    "delay",
    "--dimension",
    "origin",
    "--json",
];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    ARGS.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn every_row_is_somewhere_exactly_once() {
    let folder = Folder::new("import");
    let (text_of_file, bad) = file();
    std::fs::write(folder.path.join("flights.csv"), &text_of_file).unwrap();
    let up = folder.up(&[]);

    // Nothing is made that was not asked for, and nothing is sent in halves.
    let refused = folder.run(ARGS);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.out.contains("--create-tenants"), "{refused:?}");
    assert_eq!(folder.json(&["tenant", "list"])["items"], json!([]));

    let first = folder.run(&with(&["--create-tenants", "--tier", "schema"]));
    assert_eq!(first.code, 5, "a part was kept aside: {first:?}");
    let report: Value = serde_json::from_str(&first.out).expect("a document");
    assert_eq!((&report["rows"], &report["rejected"]), (&json!(ROWS), &json!(bad)));
    assert_eq!((&report["accepted"], &report["stored"]), (&json!(ROWS - bad), &json!(ROWS - bad)));
    let aside = std::fs::read_to_string(folder.path.join("flights.rejected.csv")).unwrap();
    assert_eq!(aside.lines().count() as u64, bad + 1);
    for part in ["row.time", "row.measure", "row.tenant", "row.width", "late", "insula_reason,year,month"] {
        assert!(aside.contains(part), "{part}:\n{aside}");
    }

    // The database has what the file has, tenant by tenant.
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (_, line) in text_of_file.lines().enumerate().skip(1).filter(|(row, _)| row % 100 != 0) {
        let fields: Vec<&str> = line.split(',').collect();
        let entry = expected.entry(format!("nyc-{}", fields[4].to_lowercase())).or_default();
        entry.0 += 1;
        entry.1 += fields[6].parse::<u64>().unwrap_or_default();
    }
    let state: Value =
        serde_json::from_slice(&std::fs::read(folder.path.join("flights.csv.insula.json")).unwrap()).unwrap();
    for tenant in report["tenants"].as_array().unwrap() {
        let slug = text(tenant, "/slug");
        let (count, sum) = expected[slug];
        assert_eq!(tenant["stored"], json!(count), "{slug}");
        let question = json!({ "question": {
            "dataset": "flights", "measures": [{ "agg": "count" }, { "agg": "sum", "measure": "delay" }],
            "range": { "from": "2013-01-01", "to": "2014-01-01" } } });
        let port = up.json["port"].as_u64().unwrap();
        let answer = http()
            .post(format!("http://127.0.0.1:{port}/api/v1/questions/ask"))
            .header("Host", format!("{slug}.localhost:{port}"))
            .bearer_auth(state["tenants"][slug]["key"].as_str().unwrap())
            .json(&question)
            .send()
            .await
            .expect("an answer");
        let answer: Value = answer.json().await.expect("a document");
        assert_eq!(answer["data"], json!([[count], [sum]]), "{slug}: {answer}");
    }

    // Sent again, nothing changes and nothing is counted twice.
    let again = folder.run(ARGS);
    let report: Value = serde_json::from_str(&again.out).expect("a document");
    assert_eq!((again.code, &report["accepted"], &report["duplicates"]), (5, &json!(0), &json!(ROWS - bad)));
    assert_eq!(std::fs::read_to_string(folder.path.join("flights.rejected.csv")).unwrap(), aside);

    // Wrong columns are said with the right ones.
    let wrong = folder.run(&with(&["--measure", "dep_delay"]));
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.out.contains("dep_delay") && wrong.out.contains("origin"), "{wrong:?}");
    up.stop(Signal::INT);
}

#[test]
fn stopped_anywhere_it_goes_on_there() {
    let folder = Folder::new("resume");
    let rows: u64 = 100_000;
    let mut text_of_file = String::from("at,tenant,n\n");
    for row in 0..rows {
        let _ = writeln!(
            text_of_file,
            "{},{},{row}",
            1_600_000_000 + row,
            // One that has a single row does not hold the others back.
            if row == 7 { "rare" } else { ["north", "south"][usize::try_from(row % 2).unwrap()] }
        );
    }
    std::fs::write(folder.path.join("rows.csv"), &text_of_file).unwrap();
    let up = folder.up(&[]);
    let args = [
        "import",
        "csv",
        "rows.csv",
        "--dataset",
        "rows",
        "--tenant-column",
        "tenant",
        "--time-column",
        "at",
        "--measure",
        "n",
        "--create-tenants",
        "--json",
    ];
    let state = folder.path.join("rows.csv.insula.json");
    let sent = || -> u64 {
        let state: Option<Value> = std::fs::read(&state).ok().and_then(|b| serde_json::from_slice(&b).ok());
        state.and_then(|s| s["sent"].as_u64()).unwrap_or_default()
    };

    // Killed as soon as something is done and the whole is not.
    let mut child = folder
        .command(&args)
        .stdout(std::fs::File::create(folder.path.join("killed.txt")).unwrap())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(120);
    while sent() == 0 && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "nothing is sent");
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(i32::try_from(child.id()).unwrap(), Signal::KILL);
    child.wait().unwrap();
    let before = sent();
    let said = std::fs::read_to_string(folder.path.join("killed.txt")).unwrap();
    assert!(before > 0, "nothing was done before it was stopped: {said}");

    let report = folder.run(&args);
    assert_eq!(report.code, 0, "{report:?}");
    let report: Value = serde_json::from_str(&report.out).expect("a document");
    assert_eq!(
        (&report["rows"], &report["stored"], &report["rejected"]),
        (&json!(rows), &json!(rows), &json!(0))
    );
    if before < rows {
        assert_eq!(report["sent_before"], json!(before), "what was done is not sent again");
    }
    for (slug, expected) in [("north", rows / 2), ("south", rows / 2 - 1), ("rare", 1)] {
        let usage = folder.json(&["tenant", "show", slug]);
        assert_eq!(text(&usage, "/tenant/status"), "active");
        let stored = report["tenants"].as_array().unwrap().iter().find(|t| t["slug"] == json!(slug)).unwrap();
        assert_eq!(stored["stored"], json!(expected));
    }
    up.stop(Signal::INT);
}
