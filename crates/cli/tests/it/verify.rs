//! `insula verify isolation`: a whole installation has no leak and keeps nothing of it; walls that are missing are found.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use insula_testkit::{Client, superuser_at, until};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Folder, Ran, Up, signal, text};

const SHARED: &str = "insula_cell";
const TEMPLATE: &str = "insula_template";

async fn database(up: &Up<'_>, name: &str) -> Client {
    superuser_at(text(&up.json, "/database_url"), name).await
}

/// Ends a connection and waits until the server has noticed.
async fn gone(up: &Up<'_>, client: Client, name: &str) {
    drop(client);
    let postgres = database(up, "postgres").await;
    let there = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'postgres'";
    until("the connection is gone", async || {
        postgres.query_one(there, &[&name]).await.is_ok_and(|row| row.get::<_, i64>(0) == 0)
    })
    .await;
}

/// How much there is of everything that a tenant consists of: rows of the catalogue, roles, databases, schemas.
async fn everything(up: &Up<'_>) -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for (name, counted) in [
        (
            "insula_control",
            vec![
                "tenants",
                "placements",
                "domains",
                "identities",
                "identity_tenants",
                "sessions",
                "slug_holds",
                "jobs",
                "mails",
                "outbox_hints",
            ],
        ),
        (SHARED, vec![]),
    ] {
        let client = database(up, name).await;
        let mut count = async |what: String, sql: &str| {
            let rows: i64 = client.query_one(sql, &[]).await.expect("a count").get(0);
            all.insert(format!("{name}: {what}"), rows);
        };
        for table in counted {
            count(table.to_owned(), &format!("SELECT count(*) FROM control.{table}")).await;
        }
        for catalogue in ["pg_database", "pg_roles", "pg_namespace", "pg_class", "pg_proc"] {
            count(catalogue.to_owned(), &format!("SELECT count(*) FROM {catalogue}")).await;
        }
    }
    let shared = database(up, SHARED).await;
    let tables =
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind = 'r'";
    for row in shared.query(tables, &[]).await.expect("tables") {
        let table: String = row.get(0);
        let rows =
            shared.query_one(&format!("SELECT count(*) FROM tenant.{table}"), &[]).await.expect("rows");
        all.insert(format!("tenant.{table}"), rows.get(0));
    }
    all
}

fn verify(folder: &Folder, args: &[&str]) -> (Ran, Value) {
    let mut all = vec!["verify", "isolation", "--json"];
    all.extend(args);
    let ran = folder.run(&all);
    let document = serde_json::from_str(&ran.out).unwrap_or(Value::Null);
    (ran, document)
}

/// The cases in which a wall did not hold.
fn bad(report: &Value) -> String {
    let results = report["results"].as_array().into_iter().flatten();
    let bad = results.filter(|r| r["verdict"] != "held");
    bad.map(|r| format!("{} {} {}: {} {}\n", r["verdict"], r["tier"], r["surface"], r["name"], r["what"]))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_walls_hold_and_nothing_is_left_behind() {
    let folder = Folder::new("walls-whole");
    let up = folder.up(&["--tenant", "first"]);
    let before = everything(&up).await;

    let (ran, report) = verify(&folder, &[]);
    assert_eq!(ran.code, 0, "{}\n{}", bad(&report), ran.err);
    assert_eq!((&report["ok"], &report["leaks"], &report["breaches"]), (&json!(true), &json!(0), &json!(0)));
    assert_eq!(report["left_behind"], json!([]));
    let tiers = report["tiers"].as_array().expect("tiers");
    assert_eq!(tiers.len(), 3);
    for tier in tiers {
        let surfaces = tier["surfaces"].as_array().expect("surfaces");
        let names: Vec<&str> = surfaces.iter().map(|s| text(s, "/surface")).collect();
        assert_eq!(names, ["statement", "use case", "http", "data"]);
        let http = &surfaces[2]["cases"];
        assert!(http.as_u64().is_some_and(|n| n > 500), "{http} cases over HTTP");
    }
    assert_eq!(everything(&up).await, before, "something is left");
    println!("{} cases in {} s", report["cases"], report["seconds"]);

    // For people: a table and one line that says how it ended.
    let people = folder.run(&["verify", "isolation", "--tier", "pooled"]);
    assert_eq!(people.code, 0, "{people:?}");
    assert!(people.out.contains("every wall held") && people.out.contains("0 leaks"), "{people:?}");

    // Ended in the middle: everything is removed all the same.
    let mut command = folder.command(&["verify", "isolation", "--json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary");
    let control = database(&up, "insula_control").await;
    let begun = Instant::now();
    let made = "SELECT count(*) FROM control.tenants WHERE slug LIKE 'verify-%'";
    while control.query_one(made, &[]).await.expect("a count").get::<_, i64>(0) < 5 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no tenants are made");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    signal(i32::try_from(child.id()).expect("a pid"), Signal::INT);
    let ended =
        tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("a thread").expect("its end");
    let report: Value = serde_json::from_slice(&ended.stdout).expect("a document");
    assert_eq!((ended.status.code(), &report["stopped"]), (Some(5), &json!(true)), "{report}");
    assert_eq!(everything(&up).await, before, "something is left");

    // What cannot be tried proves nothing, and says so by another code than a leak.
    let stranger =
        folder.command(&["verify", "isolation"]).env("INSULA_TOKEN", "iop_wrong").output().unwrap();
    assert_eq!(stranger.status.code(), Some(3));
    assert_eq!(folder.run(&["verify", "isolation", "--tier", "shared"]).code, 2);
    assert_eq!(folder.run(&["verify", "isolation", "--reason", "short"]).code, 1);
    up.stop(Signal::INT);
    assert_eq!(folder.run(&["verify", "isolation"]).code, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn walls_that_are_missing_are_found() {
    let folder = Folder::new("walls-missing");
    let up = folder.up(&["--tenant", "first"]);
    let off = "ALTER EVENT TRIGGER wall_check DISABLE; ALTER EVENT TRIGGER wall_check_dropped DISABLE;";
    let on =
        "ALTER EVENT TRIGGER wall_check ENABLE ALWAYS; ALTER EVENT TRIGGER wall_check_dropped ENABLE ALWAYS;";
    for (what, tiers, take_down, put_up, leaks, case) in [
        (
            "row security off",
            "pooled,database",
            "ALTER TABLE tenant.events DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenant.events ENABLE ROW LEVEL SECURITY",
            true,
            "events: everything",
        ),
        (
            "row security that the owner is free of",
            "pooled,database",
            "ALTER TABLE tenant.members NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE tenant.members FORCE ROW LEVEL SECURITY",
            false,
            "row security is on, for the owner too",
        ),
        (
            "both policies say yes to everything",
            "pooled",
            "ALTER POLICY tenant_guard ON tenant.dashboards USING (true) WITH CHECK (true); \
             ALTER POLICY tenant_rows ON tenant.dashboards USING (true) WITH CHECK (true)",
            "ALTER POLICY tenant_guard ON tenant.dashboards USING (tenant_id = (SELECT wall.tenant())) WITH CHECK (tenant_id = (SELECT wall.tenant())); \
             ALTER POLICY tenant_rows ON tenant.dashboards USING (tenant_id = (SELECT wall.tenant())) WITH CHECK (tenant_id = (SELECT wall.tenant()))",
            true,
            "dashboard_list: one's own",
        ),
        (
            "a table without a wall",
            "pooled",
            "CREATE TABLE tenant.notes (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id)); \
             ALTER TABLE tenant.notes OWNER TO insula_owner; GRANT SELECT, INSERT ON tenant.notes TO insula_tenant",
            "DROP TABLE tenant.notes",
            true,
            "notes: everything",
        ),
        (
            "a key that tells of others",
            "pooled",
            "CREATE UNIQUE INDEX probe ON tenant.members (id, tenant_id)",
            "DROP INDEX tenant.probe",
            false,
            "each key and unique index begins with the tenant",
        ),
        (
            "the right to empty a table",
            "pooled",
            "GRANT TRUNCATE ON tenant.audit TO insula_tenant",
            "REVOKE TRUNCATE ON tenant.audit FROM insula_tenant",
            false,
            "no right to empty",
        ),
    ] {
        let change = async |sql: &str| {
            // Nobody stays connected: a template that somebody looks at is not copied.
            for name in [SHARED, TEMPLATE].into_iter().take(tiers.split(',').count()) {
                let client = database(&up, name).await;
                let done = client.batch_execute(&format!("{off} {sql}; {on}")).await;
                done.unwrap_or_else(|e| panic!("{what} in {name}: {e:?}"));
                gone(&up, client, name).await;
            }
        };
        change(take_down).await;
        let (ran, report) = verify(&folder, &["--tier", tiers]);
        change(put_up).await;
        assert_eq!(ran.code, 6, "{what} was not found: {ran:?}");
        assert_eq!(report["leaks"] != json!(0), leaks, "{what}: {}", bad(&report));
        assert!(bad(&report).contains(case), "{what}: {case} did not find it: {}", bad(&report));
        assert_eq!(report["left_behind"], json!([]), "{what}");
        for tier in tiers.split(',') {
            let found = report["results"].as_array().expect("results").iter();
            let found = found.filter(|r| r["tier"] == tier && r["verdict"] != "held").count();
            assert!(found > 0, "{what} was not found in {tier}: {}", bad(&report));
        }
    }
    let (ran, report) = verify(&folder, &["--tier", "pooled"]);
    assert_eq!(ran.code, 0, "the walls are up again: {}", bad(&report));
    up.stop(Signal::INT);
}
