//! Attack 28: somebody reads for long, a migration wants the table for itself, and everybody else's statements queue
//! behind the migration. It waits two seconds at most and lets them pass before it tries again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use insula_model::Tier;
use insula_store::{Migration, MigrationSet};
use insula_testkit::{Arena, TestOptions, TestPlatform, until};

/// The migration's patience and what a busy machine adds to it.
const AT_MOST: Duration = Duration::from_millis(4_500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_go_on_while_a_migration_waits_for_a_long_reader() {
    let t = TestPlatform::start().await;
    t.own_template().await;
    let arena = Arena::new(&t, Tier::Pooled).await;
    let schema = &arena.a().placement.schema;
    // The attacker holds the table for as long as it likes.
    let reader = t.superuser().await;
    let held = format!("BEGIN; SELECT count(*) FROM {schema}.dashboards");
    reader.batch_execute(&held).await.unwrap();

    let mut next = MigrationSet::tenant();
    let version = next.latest() + 1;
    let sql = "ALTER TABLE dashboards ADD COLUMN colour text".to_owned();
    next.migrations.push(Migration { version, name: "next".to_owned(), sql });
    let options = TestOptions { workers: false, migrations: next, ..TestOptions::default() };
    let (node, tasks) = t.another_node(options).await;
    let over = AtomicBool::new(false);
    let migration = async {
        let report = node.store().migrate_all(|_, _| {}).await.unwrap();
        over.store(true, Ordering::Relaxed);
        report
    };
    let watcher = t.superuser().await;
    let waiting = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted";
    // The victim asks all the while.
    let others = async {
        until("the migration waits", async || {
            watcher.query_one(waiting, &[]).await.is_ok_and(|row| row.get::<_, i64>(0) > 0)
        })
        .await;
        let (begun, mut slowest, mut asked) = (Instant::now(), Duration::ZERO, 0);
        while begun.elapsed() < Duration::from_secs(5) && !over.load(Ordering::Relaxed) {
            let at = Instant::now();
            let loot = arena.of(arena.b(), "SELECT name FROM dashboards", false).await;
            assert!(loot.refusal.is_none() && !loot.rows.is_empty(), "the victim was refused: {loot:?}");
            slowest = slowest.max(at.elapsed());
            asked += 1;
        }
        println!("{asked} times, the slowest took {slowest:?}");
        assert!(asked > 3, "the victim was served {asked} times");
        assert!(slowest < AT_MOST, "the victim waited {slowest:?} behind the migration");
        // The reader goes, and the migration is done: by the run that waited or by the next one.
        reader.batch_execute("ROLLBACK").await.unwrap();
    };
    let (first, ()) = tokio::join!(migration, others);
    if !first.failed.is_empty() {
        let again = node.store().migrate_all(|_, _| {}).await.unwrap();
        assert!(again.failed.is_empty(), "{:?}", again.failed);
    }
    let there = format!("SELECT colour FROM {schema}.dashboards LIMIT 1");
    assert!(watcher.query(&there, &[]).await.is_ok(), "the migration never came through");
    tasks.stop();
    node.store().close();
    t.stop().await;
}
