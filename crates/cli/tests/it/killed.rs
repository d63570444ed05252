//! Server and worker processes are killed (`kill -9`) while they work, again and again: what was acknowledged is there,
//! once; what was begun ends; nothing is left over.

use std::collections::HashSet;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, http, signal, text};

/// A node beside the one that keeps PostgreSQL, and where it answers.
struct Node {
    child: Child,
    out: std::path::PathBuf,
}

impl Node {
    fn start(folder: &Folder, name: &str, args: &[&str]) -> Self {
        let out = folder.path.join(format!("{name}.txt"));
        let mut command = folder.command(args);
        command.args(["--data", ".insula", "--json"]);
        let file = std::fs::File::create(&out).expect("a file");
        let child = command.stdout(file).stderr(Stdio::null()).spawn().expect("a node");
        Self { child, out }
    }

    async fn ready(&self) -> Value {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let said = std::fs::read(&self.out).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(said) = said {
                return said;
            }
            assert!(Instant::now() < end, "the node does not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn kill(mut self) {
        signal(i32::try_from(self.child.id()).expect("a pid"), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// One event that can be told from all others.
fn event(n: usize) -> Value {
    json!({ "id": format!("killed {n}"), "dataset": "killed", "at": "2013-01-01T10:00:00Z",
            "measures": { "n": 1.0 }, "dimensions": { "tens": format!("{}", n / 10) } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_and_what_was_begun_ends() {
    const ROUNDS: usize = 4;
    let folder = Folder::new("killed");
    let up = folder.up(&["--demo"]);
    let (acme, token) = (up.json["tenants"][0].clone(), text(&up.json, "/operator/token").to_owned());
    let console = format!("{}/api/v1", text(&up.json, "/console_url"));
    let http = http();
    let mut sent = 0;
    let mut acknowledged: HashSet<usize> = HashSet::new();
    let mut unknown: HashSet<usize> = HashSet::new();
    for round in 0..ROUNDS {
        let server = Node::start(&folder, "serve", &["serve", "--port", "0"]);
        let worker = Node::start(&folder, "worker", &["worker"]);
        let address = server.ready().await;
        worker.ready().await;
        let port = text(&address, "/console_url").rsplit(':').next().expect("a port").to_owned();
        let events = format!("http://acme.localhost:{port}/api/v1/events");
        for tier in ["schema", "database"] {
            let body = json!({ "slug": format!("killed-{round}-{tier}"), "name": "Killed", "tier": tier,
                               "owner": { "email": "owner@killed.test" }, "sample_data": true });
            let answer = http.post(format!("{console}/tenants")).bearer_auth(&token).json(&body).send().await;
            assert_eq!(answer.expect("an answer").status(), 202);
        }
        let until = Instant::now() + Duration::from_millis(150 + 170 * u64::try_from(round).unwrap());
        let killing = async move {
            tokio::time::sleep(until.saturating_duration_since(Instant::now())).await;
            server.kill();
            worker.kill();
        };
        let sending = async {
            loop {
                let numbers: Vec<usize> = (sent..sent + 20).collect();
                sent += 20;
                let batch: Vec<Value> = numbers.iter().copied().map(event).collect();
                let key = text(&acme, "/api_key");
                let body = json!({ "events": batch });
                let answer = http.post(&events).bearer_auth(key).json(&body).send().await;
                match answer {
                    Ok(answer) => {
                        assert_eq!(answer.status(), 200);
                        acknowledged.extend(numbers);
                    }
                    Err(_) => {
                        unknown.extend(numbers);
                        return;
                    }
                }
            }
        };
        futures_util::join!(killing, sending);
    }
    assert!(acknowledged.len() >= 20 && unknown.len() == ROUNDS * 20, "{} acknowledged", acknowledged.len());

    // What is not known is sent again, to the node that was never killed: each is there once.
    let url = format!("{}/api/v1", text(&acme, "/url"));
    let key = text(&acme, "/api_key");
    let ask = async |path: &str, body: Value| -> Value {
        let answer = http.post(format!("{url}{path}")).bearer_auth(key).json(&body).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("a document")
    };
    let again: Vec<Value> = unknown.iter().copied().map(event).collect();
    let receipt = ask("/events", json!({ "events": again })).await;
    let number = |name: &str| receipt[name].as_u64().unwrap_or_default();
    assert_eq!(number("accepted") + number("duplicates"), again.len() as u64, "{receipt}");
    let question = json!({ "question": { "dataset": "killed", "measures": [{ "agg": "count" }],
                                         "range": { "last": "all" } } });
    let answer = ask("/questions/ask", question).await;
    assert_eq!(answer["data"][0][0].as_f64(), Some((acknowledged.len() + unknown.len()) as f64), "{answer}");

    // What was begun ends: another worker takes it over.
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let list = http.get(format!("{console}/tenants?q=killed-&limit=50")).bearer_auth(&token).send().await;
        let list: Value = list.expect("an answer").json().await.expect("a document");
        let tenants = list["items"].as_array().expect("tenants");
        if tenants.len() == ROUNDS * 2 && tenants.iter().all(|tenant| tenant["status"] == "active") {
            break;
        }
        assert!(Instant::now() < end, "an operation does not end: {list}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let verdicts = folder.json(&["audit", "verify", "--all"]);
    let verdicts = verdicts.as_array().expect("verdicts");
    assert!(verdicts.len() >= ROUNDS * 2 && verdicts.iter().all(|v| v["ok"] == json!(true)), "{verdicts:?}");
    up.stop(Signal::INT);
}
