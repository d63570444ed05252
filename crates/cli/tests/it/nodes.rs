//! Installations on a PostgreSQL that somebody else runs, and several nodes on one installation.

use std::sync::Arc;

use insula_model::{Entropy, SystemClock, World};
use insula_store::embedded::{Binaries, EmbeddedServer, Options, Tuning};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, processes_of, signal, text};

struct Urandom;

impl Entropy for Urandom {
    fn fill(&self, bytes: &mut [u8]) {
        use std::io::Read;
        std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(bytes)).expect("randomness");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_somebody_elses_server_with_several_nodes() {
    let folder = Folder::new("theirs");
    let dir = folder.path.join("server");
    let world = World { clock: Arc::new(SystemClock), entropy: Arc::new(Urandom) };
    let binaries = Binaries::find(None, &dir).expect("PostgreSQL");
    let options = Options { tuning: Tuning::Test, ..Options::new(&dir, binaries) };
    let server = EmbeddedServer::start(&world, &options).await.expect("a server");
    let url = server.tcp_dsn("postgres");

    // Nothing of ours is started or stopped there.
    let up = folder.up(&["--database-url", &url, "--tenant", "first"]);
    assert_eq!(up.json["pids"]["postgres"], Value::Null);
    assert_eq!(text(&up.json, "/database_url"), url);
    assert!(!folder.data().join("postgres").exists());

    // Other nodes: one that serves, one that works.
    let nodes: Vec<_> = [["serve", "--port", "0"].as_slice(), &["worker"]]
        .into_iter()
        .map(|args| {
            let out = std::fs::File::create(folder.path.join(format!("{}.txt", args[0]))).unwrap();
            let mut command = folder.command(args);
            command.args(["--data", ".insula", "--json"]).stdout(out).stderr(std::process::Stdio::null());
            command.spawn().expect("a node")
        })
        .collect();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let read = |name: &str| -> Option<Value> {
        serde_json::from_slice(&std::fs::read(folder.path.join(name)).ok()?).ok()
    };
    while read("serve.txt").is_none() || read("worker.txt").is_none() {
        assert!(std::time::Instant::now() < end, "the nodes do not start");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let other = read("serve.txt").expect("an address");
    let token = text(&up.json, "/operator/token");
    let list = folder
        .command(&["tenant", "list", "--json", "--url", text(&other, "/console_url")])
        .env("INSULA_TOKEN", token)
        .output()
        .expect("the binary");
    let list: Value = serde_json::from_slice(&list.stdout).expect("a document");
    assert_eq!(text(&list, "/items/0/slug"), "first");

    // Both nodes are at the newest version, and say so.
    let report = folder.json(&["migrate", "--status", "--data", ".insula"]);
    let databases = report["databases"].as_array().expect("databases");
    assert!(databases.len() >= 2 && databases.iter().all(|d| d["behind"] == json!(0)), "{report}");
    assert_eq!(folder.json(&["migrate", "--data", ".insula"])["failed"], json!([]));

    // A folder that knows nothing of it would lock the others out.
    let other = folder.run(&["up", "--port", "0", "--data", "other", "--database-url", &url]);
    assert_eq!(other.code, 1, "{other:?}");
    assert!(other.err.contains("insula_control") && other.err.contains("--take-over"), "{other:?}");

    // The operator's password is forgotten.
    let reset = folder.json(&["operator", "reset", "operator@insula.test", "--data", ".insula"]);
    assert!(text(&reset, "/password").len() > 12);

    for mut node in nodes {
        signal(i32::try_from(node.id()).unwrap(), Signal::TERM);
        assert!(node.wait().expect("the node").success());
    }
    up.stop(Signal::INT);
    assert!(!processes_of(&dir).is_empty(), "their server runs on");

    // The same folder without its server is a mistake, and so is a login that may do nothing.
    let lost = folder.run(&["up", "--port", "0"]);
    assert_eq!(lost.code, 1, "{lost:?}");
    assert!(lost.err.contains("--database-url"), "{lost:?}");
    let secrets: Value =
        serde_json::from_slice(&std::fs::read(folder.data().join("secrets.json")).unwrap()).unwrap();
    let weak = format!(
        "postgres://insula_app:{}@127.0.0.1:{}/postgres",
        text(&secrets, "/roles/app"),
        server.port()
    );
    let refused = folder.run(&["up", "--port", "0", "--data", "weak", "--database-url", &weak]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("CREATEROLE") && refused.err.contains("CREATEDB"),
        "all in one message: {refused:?}"
    );
    server.stop().await.expect("the server stops");
}
