//! `insula up`: what it leaves in its folder, and that it gets along with every kind of end.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, http, processes_of, signal, text};

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).permissions().mode() & 0o777
}

#[tokio::test]
async fn the_demo_from_the_first_start_to_a_hard_end() {
    let folder = Folder::new("demo");
    let first = folder.up(&["--demo"]);
    let up = first.json.clone();

    // What scripts need is there, and nobody else can read it.
    for name in ["up.json", "secrets.json", "control.json"] {
        assert_eq!(mode(&folder.data().join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&folder.data()) & 0o066, 0, "nobody else lists or changes the folder");
    assert_eq!(mode(&folder.path.join("config/insula/profile.json")), 0o600);
    let tenants = up["tenants"].as_array().expect("tenants").clone();
    let slugs: Vec<(&str, &str)> = tenants.iter().map(|t| (text(t, "/slug"), text(t, "/tier"))).collect();
    assert_eq!(slugs, [("acme", "pooled"), ("globex", "schema"), ("initech", "database")]);
    assert_eq!(up["pids"]["insula"], json!(first.pid()));
    assert!(up["pids"]["postgres"].as_i64().is_some_and(|pid| pid > 1));
    assert!(text(&up, "/database_url").starts_with("postgresql://postgres:"));
    assert_eq!(text(&up, "/version"), env!("CARGO_PKG_VERSION"));

    // The page says it to a person.
    for part in [
        text(&up, "/console_url"),
        text(&up, "/operator/password"),
        "owner@acme.test",
        "tenant create umbrella",
    ] {
        first.says(part);
    }

    // Everything that is printed works.
    let http = http();
    for tenant in &tenants {
        let (url, key) = (text(tenant, "/url"), text(tenant, "/api_key"));
        let sign_in = json!({ "email": tenant["owner"]["email"], "password": tenant["owner"]["password"] });
        let session =
            http.post(format!("{url}/api/v1/session")).json(&sign_in).send().await.expect("an answer");
        assert_eq!(session.status(), 200, "{sign_in}");
        let get = async |path: &str| -> Value {
            let answer =
                http.get(format!("{url}/api/v1{path}")).bearer_auth(key).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{path}");
            answer.json().await.expect("a document")
        };
        let flights = get("/datasets/flights").await;
        assert_eq!(flights["events"], json!(2500));
        let names: Vec<Value> =
            get("/dashboards").await["items"].as_array().unwrap().iter().map(|d| d["name"].clone()).collect();
        assert_eq!(names, [json!("Overview"), json!("Flights"), json!("Punctuality")]);
        assert_ne!(get("/settings").await["branding"]["accent"], json!("#2563eb"), "a look of its own");
    }
    let operator = json!({ "email": up["operator"]["email"], "password": up["operator"]["password"] });
    let console = text(&up, "/console_url");
    let session =
        http.post(format!("{console}/api/v1/session")).json(&operator).send().await.expect("an answer");
    assert_eq!(session.status(), 200);
    let key = folder.run(&["key", "demo", "acme"]);
    assert_eq!((key.code, key.out.trim()), (0, text(&tenants[0], "/api_key")));

    // A second one in the same folder is refused, and harms nothing.
    let second = folder.run(&["up", "--port", "0", "--demo"]);
    assert_eq!(second.code, 1, "{second:?}");
    assert!(second.err.contains("data.in_use"), "{second:?}");
    assert!(folder.data().join("up.json").exists());

    // Ctrl-C leaves nothing running.
    assert!(first.stop(Signal::INT) < Duration::from_secs(30));
    assert_eq!(processes_of(&folder.path), [] as [i32; 0]);
    assert!(!folder.data().join("up.json").exists());

    // The second start finds everything, with the same passwords and keys.
    let second = folder.up(&["--demo"]);
    let same = |json: &Value| {
        let mut json = json["tenants"].clone();
        for tenant in json.as_array_mut().expect("tenants") {
            tenant["url"] = Value::Null;
        }
        json
    };
    assert_eq!(same(&second.json), same(&up));
    assert_eq!(second.json["operator"], up["operator"]);
    assert!(second.took < Duration::from_secs(30), "{:?}", second.took);
    assert!(second.said().contains("acme found"), "{}", second.said());

    // Killed in the middle of something: the next start says what it found, and finishes it.
    let asked = folder.json(&[
        "tenant",
        "create",
        "umbrella",
        "--tier",
        "database",
        "--owner",
        "o@umbrella.test",
        "--no-wait",
    ]);
    assert_eq!(text(&asked, "/tenant/status"), "provisioning");
    second.kill();
    assert!(!processes_of(&folder.path).is_empty(), "PostgreSQL lives on, and is adopted");
    let third = folder.up(&["--demo"]);
    let found = third.said();
    assert!(
        found.contains("was still running") && found.contains("tenant.provision of umbrella: finished"),
        "{found}"
    );
    assert_eq!(text(&folder.json(&["tenant", "show", "umbrella"]), "/tenant/status"), "active");

    // The private PostgreSQL dies: it is started again, and the API answers again.
    let postgres = i32::try_from(third.json["pids"]["postgres"].as_i64().unwrap()).unwrap();
    signal(postgres, Signal::KILL);
    let end = std::time::Instant::now() + Duration::from_secs(60);
    while folder.run(&["tenant", "list"]).code != 0 || !third.said().contains("runs again") {
        assert!(std::time::Instant::now() < end, "{}", third.said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    third.stop(Signal::TERM);
    assert_eq!(processes_of(&folder.path), [] as [i32; 0]);
}

#[test]
fn a_first_start_without_anybody_to_ask() {
    let folder = Folder::new("first");
    let up = folder.up(&["--operator-email", "Me@Example.test", "--tenant", "first"]);
    assert_eq!(text(&up.json, "/operator/email"), "me@example.test");
    up.says(text(&up.json, "/operator/password"));
    assert_eq!(text(&up.json, "/tenants/0/slug"), "first");
    let config = folder.json(&["config"]);
    assert_eq!(config["workers.lease_seconds"]["origin"], json!("INSULA_WORKERS_LEASE_SECONDS"));

    // The page's token works with curl.
    let token = folder.run(&["key", "operator"]);
    assert_eq!(token.out.trim(), text(&up.json, "/operator/token"));

    // A port that is taken is said before anything is started.
    let port = up.json["port"].to_string();
    let other = folder.run(&["up", "--data", "other", "--port", &port]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.err.contains("is taken") && other.err.contains("--port"), "{other:?}");
    assert!(!folder.path.join("other/postgres").exists());
    up.stop(Signal::HUP);
    assert_eq!(processes_of(&folder.path), [] as [i32; 0]);

    // Nobody is there to talk to any more.
    let gone = folder.run(&["tenant", "list"]);
    assert_eq!(gone.code, 4, "{gone:?}");
    assert!(gone.err.contains("insula up"), "{gone:?}");
}

#[test]
fn a_start_that_cannot_be_says_why_and_what_to_do() {
    let folder = Folder::new("cannot");
    std::fs::write(folder.path.join("file"), "").unwrap();
    let nowhere = "postgres://me:hush@127.0.0.1:1/postgres";
    for (args, code, parts) in [
        (&["--data", "file"][..], 1, ["file cannot be used", "--data", "data.directory"]),
        (&["--database-url", nowhere], 1, ["me at 127.0.0.1:1", "--database-url", "database.down"]),
        (
            &["--database-url", "nowhere"],
            2,
            ["postgres://user@host/database", "database URL", "settings.invalid"],
        ),
        (&["--sideways"], 2, ["--sideways", "--help", "usage"]),
    ] {
        let ran = folder.run(&[&["up", "--port", "0"], args].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        for part in parts {
            assert!(ran.err.contains(part), "{part}: {ran:?}");
        }
        assert!(!ran.err.contains("hush"), "{ran:?}");
    }
}

#[test]
fn a_wrong_setting_is_named() {
    let folder = Folder::new("settings");
    std::fs::write(folder.path.join("insula.toml"), "[server]\nprot = 80\n").unwrap();
    let ran = folder.run(&["up"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("insula.toml") && ran.err.contains("Did you mean server.port?"), "{ran:?}");
    std::fs::write(folder.path.join("insula.toml"), "[database]\nurl = 'postgres://u:hush@h/d'\n").unwrap();
    let shown = folder.run(&["config"]);
    assert!(shown.out.contains("database.url") && !shown.out.contains("hush"), "{shown:?}");
    let port = folder.command(&["up", "--port", "http"]).output().expect("the binary");
    let err = String::from_utf8_lossy(&port.stderr).into_owned();
    assert!(err.contains("server.port") && err.contains("--port") && err.contains("0 to 65535"), "{err}");
}
