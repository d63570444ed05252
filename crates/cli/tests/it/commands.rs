//! The client commands, once round a tenant's life.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, text};

#[test]
fn a_tenants_life_by_command() {
    let folder = Folder::new("life");
    let up = folder.up(&[]);

    // Made, with its steps on standard error and its home on standard output.
    let made = folder.run(&[
        "tenant",
        "create",
        "umbrella",
        "--name",
        "Umbrella Corp",
        "--tier",
        "schema",
        "--owner",
        "o@umbrella.test",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.out.contains("http://umbrella.localhost:"), "{made:?}");
    assert!(made.err.contains("✓ Record the tenant") && made.err.contains("✓ Open the doors"), "{made:?}");
    let other = folder.json(&[
        "tenant",
        "create",
        "soylent",
        "--plan",
        "enterprise",
        "--no-sample",
        "--owner",
        "o@soylent.test",
    ]);
    assert_eq!(text(&other, "/tenant/placement/tier"), "database");
    assert_eq!(text(&other, "/operation/status"), "succeeded");
    assert_eq!(other["operation"]["steps"].as_array().map(Vec::len), Some(7));

    // Refusals say what is wrong, with the code for scripts.
    let taken = folder.run(&["tenant", "create", "umbrella", "--owner", "o@umbrella.test"]);
    assert_eq!(taken.code, 3, "{taken:?}");
    assert!(
        taken.err.contains("umbrella-2")
            && taken.err.contains("tenant.slug_taken")
            && taken.err.contains("req_"),
        "{taken:?}"
    );
    let taken = folder.run(&["tenant", "create", "umbrella", "--owner", "o@umbrella.test", "--json"]);
    let document: Value = serde_json::from_str(&taken.out).expect("a document");
    assert_eq!(text(&document, "/error/code"), "tenant.slug_taken");
    let tier = folder.run(&["tenant", "create", "x-y-z", "--tier", "shared", "--owner", "o@x.test"]);
    assert_eq!(tier.code, 2, "{tier:?}");
    assert!(tier.err.contains("pooled, schema, database"), "{tier:?}");
    let tier =
        folder.run(&["tenant", "create", "x-y-z", "--tier", "shared", "--owner", "o@x.test", "--json"]);
    let document: Value = serde_json::from_str(&tier.out).expect("a document");
    assert_eq!((tier.code, text(&document, "/error/code")), (2, "usage"));
    let nobody =
        folder.command(&["tenant", "list"]).env("INSULA_TOKEN", "iop_wrong").output().expect("the binary");
    assert_eq!(nobody.status.code(), Some(3));

    // Listed, searched, shown.
    let slugs = |args: &[&str]| -> Vec<String> {
        let list = folder.json(args);
        list["items"].as_array().unwrap().iter().map(|t| text(t, "/slug").to_owned()).collect()
    };
    assert_eq!(slugs(&["tenant", "list"]), ["soylent", "umbrella"]);
    assert_eq!(slugs(&["tenant", "list", "--sort", "slug", "--descending"]), ["umbrella", "soylent"]);
    assert_eq!(slugs(&["tenant", "list", "--search", "corp"]), ["umbrella"]);
    assert_eq!(slugs(&["tenant", "list", "--tier", "pooled"]), [] as [&str; 0]);
    assert_eq!(folder.json(&["tenant", "list", "--limit", "1"])["truncated"], json!(true));
    let shown = folder.run(&["tenant", "show", "umbrella"]);
    assert!(shown.out.contains("Umbrella Corp") && shown.out.contains("schema"), "{shown:?}");
    assert_eq!(folder.run(&["tenant", "show", "nobody"]).code, 3);

    // The owner was invited; a key works; the log is whole.
    let mails = folder.json(&["mail", "list"]);
    assert!(
        mails["items"].as_array().unwrap().iter().any(|m| m["to"] == json!("o@umbrella.test")),
        "{mails}"
    );
    let key = folder.json(&[
        "key",
        "create",
        "umbrella",
        "--scope",
        "data:read,events:write",
        "--reason",
        "testing the commands",
    ]);
    assert!(text(&key, "/secret").starts_with("isk_"));
    assert_eq!(
        folder
            .run(&["key", "create", "umbrella", "--scope", "everything", "--reason", "testing the commands"])
            .code,
        2
    );
    let verdicts = folder.json(&["audit", "verify", "--all"]);
    assert_eq!(verdicts.as_array().map(Vec::len), Some(2));
    assert!(verdicts.as_array().unwrap().iter().all(|v| v["ok"] == json!(true)), "{verdicts}");
    let log = folder.json(&["audit", "list", "umbrella"]);
    assert!(log["items"].as_array().unwrap().iter().any(|e| e["action"] == json!("api_key.create")), "{log}");

    // Closed, opened, deleted softly, brought back, deleted for good.
    let status = || text(&folder.json(&["tenant", "show", "umbrella"]), "/tenant/status").to_owned();
    assert_eq!(folder.run(&["tenant", "suspend", "umbrella", "--reason", "not paid"]).code, 0);
    assert_eq!(status(), "suspended");
    let again = folder.run(&["tenant", "suspend", "umbrella"]);
    assert_eq!(again.code, 3, "{again:?}");
    assert!(again.err.contains("tenant.status"), "{again:?}");
    assert_eq!(folder.run(&["tenant", "resume", "umbrella"]).code, 0);
    assert_eq!(status(), "active");
    let unsure = folder.run(&["tenant", "delete", "umbrella"]);
    assert_eq!((unsure.code, status().as_str()), (2, "active"), "nobody confirmed it: {unsure:?}");
    assert_eq!(folder.run(&["tenant", "delete", "umbrella", "--yes"]).code, 0);
    assert_eq!(status(), "deleted");
    assert_eq!(folder.run(&["tenant", "resume", "umbrella"]).code, 0);
    assert_eq!(folder.run(&["tenant", "delete", "umbrella", "--now", "--yes"]).code, 0);
    assert_eq!(folder.run(&["tenant", "show", "umbrella"]).code, 3);
    assert_eq!(slugs(&["tenant", "list"]), ["soylent"]);

    // Operations are remembered; one that has ended can neither be cancelled nor tried again.
    let operations = folder.json(&["operation", "list", "--limit", "50"]);
    let kinds: Vec<&str> = operations["items"].as_array().unwrap().iter().map(|o| text(o, "/kind")).collect();
    assert!(kinds.contains(&"tenant.erase") && kinds.contains(&"tenant.provision"), "{kinds:?}");
    let id = text(&operations, "/items/0/id").to_owned();
    assert_eq!(folder.run(&["operation", "show", &id]).code, 0);
    assert_eq!(folder.run(&["operation", "watch", &id]).code, 0);
    assert_eq!(folder.run(&["operation", "cancel", &id]).code, 3);
    assert_eq!(folder.run(&["operation", "retry", &id]).code, 3);

    tokens(&folder);
    let cells = folder.json(&["cell", "list"]);
    assert_eq!(text(&cells, "/items/0/name"), "local");
    let status = folder.run(&["status"]);
    assert!(status.code == 0 && status.out.contains("1 active"), "{status:?}");
    assert!(!status.out.contains('\u{1b}'), "no colours where nobody looks");
    up.stop(Signal::INT);
}

/// A token for a program: shown once, works as its maker, is listed, and ends when it is revoked.
fn tokens(folder: &Folder) {
    let made = folder.json(&["operator", "token", "create", "nightly import", "--days", "30"]);
    let with_it = |args: &[&str]| {
        let output = folder.command(args).env("INSULA_TOKEN", text(&made, "/secret")).output();
        output.expect("the binary").status.code()
    };
    assert_eq!(with_it(&["tenant", "list"]), Some(0));
    let list = folder.json(&["operator", "token", "list"]);
    let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|t| text(t, "/name")).collect();
    assert_eq!(names, ["insula up", "nightly import"]);
    assert!(!list.to_string().contains(text(&made, "/secret")), "shown once");
    assert_eq!(folder.json(&["operator", "token", "delete", text(&made, "/id")])["revoked"], json!(true));
    assert_eq!(with_it(&["tenant", "list"]), Some(3));
    let twice = folder.run(&["operator", "token", "delete", text(&made, "/id")]);
    assert!(twice.code == 3 && twice.err.contains("not_found"), "{twice:?}");
}

#[test]
fn what_needs_no_server() {
    let folder = Folder::new("alone");
    let api: Value =
        serde_json::from_str(&folder.run(&["openapi", "--realm", "tenant"]).out).expect("a document");
    assert!(api["paths"]["/api/v1/events"].is_object());
    let help = folder.run(&["--help"]);
    assert!(help.out.contains("Exit codes:") && help.out.contains("insula up --demo"), "{help:?}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(folder.run(&["completions", shell]).out.contains("insula"), "{shell}");
    }
    let reference = folder.run(&["docs-cli"]).out;
    for part in ["`insula tenant create`", "--create-tenants", "`insula audit verify`"] {
        assert!(reference.contains(part), "{part}");
    }
    let settings = folder.run(&["docs-config"]).out;
    assert!(settings.contains("INSULA_SERVER_PORT") && settings.contains("Secret."), "{settings}");
    let alone = folder.run(&["tenant", "list"]);
    assert_eq!(alone.code, 4, "{alone:?}");
    let away = folder.run(&["tenant", "list", "--url", "http://127.0.0.1:1"]);
    assert_eq!(away.code, 4, "{away:?}");
}
