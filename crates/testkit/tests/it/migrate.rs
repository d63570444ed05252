//! A newer binary comes: tenants' places are brought to its version, whatever happens meanwhile.

use std::time::{Duration, Instant};

use insula_model::{TenantId, Tier, problem};
use insula_platform::Platform;
use insula_store::{Migration, MigrationReport, MigrationSet, Tasks};
use insula_testkit::{Client, TestOptions, TestPlatform, TestTenant, until};
use jiff::SignedDuration;

/// The migrations of this binary and those of the next one.
fn newer(steps: &[&str]) -> MigrationSet {
    let mut set = MigrationSet::tenant();
    for sql in steps {
        let version = set.latest() + 1;
        set.migrations.push(Migration { version, name: format!("next_{version}"), sql: (*sql).to_owned() });
    }
    set
}

const COLUMN: &str = "ALTER TABLE dashboards ADD COLUMN colour text";

/// A node of the next release, that migrates when it is asked to.
async fn node(t: &TestPlatform, migrations: MigrationSet) -> (Platform, Tasks) {
    t.another_node(TestOptions { workers: false, migrations, ..TestOptions::default() }).await
}

/// Tenants in every tier, on a platform without workers of its own, and with a template of its own.
async fn populated() -> (TestPlatform, Vec<TestTenant>) {
    let t = TestPlatform::start().await;
    t.own_template().await;
    let mut tenants = Vec::new();
    for (slug, tier) in [
        ("pooled", Tier::Pooled),
        ("schema-1", Tier::Schema),
        ("schema-2", Tier::Schema),
        ("own", Tier::Database),
    ] {
        tenants.push(t.tenant(slug, tier).await);
    }
    (t, tenants)
}

async fn migrate(node: &Platform) -> MigrationReport {
    node.store().migrate_all(|_, _| {}).await.unwrap()
}

/// Whether the tenant's tables have the new column, and what the book says.
async fn state(t: &TestPlatform, tenant: &TestTenant) -> (bool, i32) {
    let root = tenant.superuser(t).await;
    let schema = &tenant.record.placement.schema;
    let column = "SELECT EXISTS (SELECT FROM information_schema.columns \
                   WHERE table_schema = $1 AND table_name = 'dashboards' AND column_name = 'colour')";
    let there: bool = root.query_one(column, &[schema]).await.unwrap().get(0);
    let book = "SELECT max(version) FROM book.migrations WHERE target = $1";
    (there, root.query_one(book, &[schema]).await.unwrap().get(0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tier_gets_it_and_once_more_costs_nothing() {
    let (t, tenants) = populated().await;
    let (next, tasks) = node(&t, newer(&[COLUMN])).await;
    let latest = newer(&[COLUMN]).latest();
    let before = next.store().migration_status().await.unwrap();
    // Template, shared, two schemas, one database.
    assert_eq!((before.targets(), before.databases.iter().map(|d| d.behind).sum::<u64>()), (5, 5));
    let report = migrate(&next).await;
    assert_eq!((report.changed(), report.failed.len(), report.latest), (5, 0, latest));
    for tenant in &tenants {
        assert_eq!(state(&t, tenant).await, (true, latest), "{}", tenant.slug());
    }
    let again = migrate(&next).await;
    assert_eq!((again.changed(), again.targets()), (0, 5));
    let after = next.store().migration_status().await.unwrap();
    assert!(after.databases.iter().all(|d| d.behind == 0), "{after:?}");
    // The former binary, which is still running somewhere, serves on, and what it makes comes along.
    assert!(t.store().ready().await.is_ok() && next.store().ready().await.is_ok());
    let late = t.tenant("late", Tier::Database).await;
    next.places_migrate().await.unwrap();
    assert!(state(&t, &late).await.0);
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_applied_never_changes() {
    let (t, tenants) = populated().await;
    let mut changed = newer(&[COLUMN]);
    changed.migrations[0].sql.push_str("\n-- one word more");
    let (other, tasks) = node(&t, changed).await;
    for error in [
        other.store().migrate_all(|_, _| {}).await.unwrap_err(),
        other.store().migration_status().await.unwrap_err(),
    ] {
        assert!(error.is(problem::SETTINGS), "{error:?}");
        assert!(error.detail().contains("another text"), "{error:?}");
    }
    for tenant in &tenants {
        assert!(!state(&t, tenant).await.0, "nothing was done");
    }
    // Nor does an older binary touch what a newer one has made.
    let (next, more) = node(&t, newer(&[COLUMN])).await;
    migrate(&next).await;
    let error = t.store().migrate_all(|_, _| {}).await.unwrap_err();
    assert!(error.is(problem::SETTINGS) && error.detail().contains("newer binary"), "{error:?}");
    tasks.stop();
    more.stop();
    t.stop().await;
}

/// Makes empty schemas of tenants, as many as a provisioning of each would take too long for.
async fn empty_schemas(t: &TestPlatform, count: u32) -> Vec<String> {
    let control = t.control_superuser().await;
    let shared = t.superuser().await;
    let mut schemas = Vec::new();
    for n in 0..count {
        let id = TenantId::from_uuid(t.platform.world().uuid());
        let schema = id.object_name();
        control
            .execute(
                "WITH made AS (INSERT INTO control.tenants (id, slug, name, status, plan, created_at, status_at) \
                     VALUES ($1, $2, $2, 'active', 'free', now(), now()) RETURNING id) \
                 INSERT INTO control.placements (tenant_id, cell, tier, database_name, schema_name, role_name) \
                 SELECT $1, 'local', 'schema', $3, $4, $4",
                &[&id.uuid(), &format!("many-{n}"), &t.databases.names.shared, &schema],
            )
            .await
            .unwrap();
        let make = format!(
            "CREATE ROLE {schema} NOLOGIN; GRANT {schema} TO insula_app; CREATE SCHEMA {schema} AUTHORIZATION insula_owner"
        );
        shared.batch_execute(&make).await.unwrap();
        schemas.push(schema);
    }
    schemas
}

/// How many schemas have the new column without their book knowing, or the other way round; and how many have it.
async fn torn(root: &Client, latest: i32) -> (i64, i64) {
    let sql = "SELECT count(*) FILTER (WHERE (c.attname IS NULL) <> (m.target IS NULL)), \
                      count(*) FILTER (WHERE c.attname IS NOT NULL) \
                 FROM pg_namespace n \
                 LEFT JOIN pg_class d ON d.relnamespace = n.oid AND d.relname = 'dashboards' \
                 LEFT JOIN pg_attribute c ON c.attrelid = d.oid AND c.attname = 'colour' \
                 LEFT JOIN book.migrations m ON m.target = n.nspname AND m.version = $1 WHERE n.nspname ~ '^t_'";
    let row = root.query_one(sql, &[&latest]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_schemas_cut_off_in_the_middle_go_on_where_they_stopped() {
    const MANY: u32 = 110;
    let t = TestPlatform::start_with(TestOptions { workers: false, ..TestOptions::default() }).await;
    t.own_template().await;
    empty_schemas(&t, MANY).await;
    let (now, first) = node(&t, MigrationSet::tenant()).await;
    assert_eq!(migrate(&now).await.changed(), u64::from(MANY));
    // Long enough for the cut to come in between on a machine that does other things, too.
    let slow = format!("{COLUMN}; SELECT pg_sleep(0.02)");
    let (next, tasks) = node(&t, newer(&[&slow])).await;
    let latest = newer(&[&slow]).latest();
    let root = t.superuser().await;
    // Twice the runner's connection is cut when part of it is done.
    let mut done_before = 0;
    for _ in 0..2 {
        let run = next.store().migrate_all(|_, _| {});
        let cut = async {
            until("part of it is done", async || torn(&root, latest).await.1 > done_before).await;
            let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                         WHERE datname = current_database() AND application_name = 'insula migrate'";
            root.query(kill, &[]).await.unwrap();
        };
        let (ended, ()) = futures_util::join!(run, cut);
        assert!(ended.is_err_and(|e| e.is(problem::DATABASE_DOWN)), "it was cut off");
        let (halves, done) = torn(&root, latest).await;
        assert_eq!(halves, 0, "a schema is at a version or not");
        assert!(done > done_before && done < i64::from(MANY), "{done} of {MANY} were done");
        done_before = done;
    }
    let report = migrate(&next).await;
    assert_eq!(report.failed, []);
    assert_eq!(torn(&root, latest).await, (0, i64::from(MANY)));
    // Nothing to do: no more than a look.
    let begun = Instant::now();
    assert_eq!(migrate(&next).await.changed(), 0);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?} for nothing", begun.elapsed());
    first.stop();
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_runners_one_does_the_work() {
    let (t, tenants) = populated().await;
    let (one, tasks) = node(&t, newer(&[COLUMN])).await;
    let (two, more) = node(&t, newer(&[COLUMN])).await;
    let (a, b) = futures_util::join!(migrate(&one), migrate(&two));
    assert_eq!((a.failed.len(), b.failed.len()), (0, 0));
    assert_eq!(a.changed() + b.changed(), 5, "each target was changed by one of them");
    for tenant in &tenants {
        assert!(state(&t, tenant).await.0);
    }
    tasks.stop();
    more.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_was_left_half_made_is_made_again() {
    let (t, tenants) = populated().await;
    let index = "-- insula:no-transaction\n\
                 CREATE INDEX CONCURRENTLY IF NOT EXISTS events_received ON events (tenant_id, received_at)";
    let (next, tasks) = node(&t, newer(&[index])).await;
    let root = tenants[1].superuser(&t).await;
    // As a runner leaves it that was killed in the middle.
    root.batch_execute(
        "CREATE INDEX events_received ON events (tenant_id, received_at); \
         UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'events_received'::regclass",
    )
    .await
    .unwrap();
    let report = migrate(&next).await;
    assert_eq!((report.changed(), report.failed.len()), (5, 0), "{report:?}");
    for tenant in &tenants {
        let root = tenant.superuser(&t).await;
        let valid =
            "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = 'events_received'::regclass";
        assert!(root.query_one(valid, &[]).await.unwrap().get::<_, bool>(0), "{}", tenant.slug());
    }
    tasks.stop();
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_background_one_that_fails_holds_up_no_other() {
    let (t, tenants) = populated().await;
    let op = t.operator().await;
    let (next, tasks) = node(&t, newer(&[COLUMN])).await;
    assert!(next.store().ready().await.is_err(), "what this binary serves lacks a migration");
    // Somebody was there by hand.
    let root = tenants[1].superuser(&t).await;
    root.batch_execute(COLUMN).await.unwrap();
    let changed = next.places_migrate().await.unwrap();
    assert_eq!(changed, 4, "template, shared, one schema, one database");
    assert!(next.store().ready().await.is_ok());
    for tenant in [&tenants[0], &tenants[2], &tenants[3]] {
        assert!(state(&t, tenant).await.0, "{}", tenant.slug());
    }
    let alarms = t.platform.status_view(&op).await.unwrap().alarms;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!((alarms[0].kind.as_str(), &alarms[0].subject), ("schema", &tenants[1].id().to_string()));
    assert!(!alarms[0].detail.contains("colour"), "PostgreSQL's words are for the log: {alarms:?}");
    let status = next.store().migration_status().await.unwrap();
    assert_eq!(status.databases.iter().map(|d| d.behind).sum::<u64>(), 1);
    assert_eq!(
        status.failed.iter().map(|f| &f.target).collect::<Vec<_>>(),
        [&tenants[1].record.placement.schema]
    );
    assert_eq!(next.places_migrate().await.unwrap(), 0, "it is left alone for a while");
    // Put right by a person, it comes along by itself.
    root.batch_execute("ALTER TABLE dashboards DROP COLUMN colour").await.unwrap();
    t.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(next.places_migrate().await.unwrap(), 1);
    assert_eq!(t.platform.status_view(&t.operator().await).await.unwrap().alarms, []);
    assert_eq!(next.store().migration_status().await.unwrap().failed, []);
    assert_eq!(next.places_migrate().await.unwrap(), 0);
    tasks.stop();
    t.stop().await;
}
