//! A column for every one of 1,000 schema tenants, and the same DDL in bare batches on a bare connection; and a run that
//! finds nothing to do.

use std::time::{Duration, Instant};

use insula_store::{Migration, MigrationSet, Sizes, Store, Tasks};
use tokio_postgres::Client;

use crate::figures::{Figure, Samples, time};
use crate::place::{Place, world};
use crate::{Options, Result};

/// How many targets share a transaction in the bare batches.
const BATCH: usize = 50;

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(options).await?;
    let tenants = if options.quick { 100 } else { 1000 };
    place.schema_tenants(tenants).await?;
    let bare = place.bare(&place.names.shared).await?;
    let schemas: Vec<String> = bare
        .query(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, 't_') ORDER BY nspname",
            &[],
        )
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect();
    let (mut by_hand, mut ours, mut nothing) = (Samples::default(), Samples::default(), Samples::default());
    let mut set = MigrationSet::tenant();
    let kept = set.latest();
    for round in 0..5 {
        place.check_walls(&bare, false).await?;
        by_hand.push(in_batches(&bare, &schemas, round).await?);
        place.check_walls(&bare, true).await?;
        set.migrations.push(Migration {
            version: set.latest() + 1,
            name: format!("rehearsal_{round}"),
            sql: format!("ALTER TABLE events ADD COLUMN rehearsed_{round} text;"),
        });
        // The next release.
        let (spec, sizes, tasks) = (place.control.clone(), Sizes::default(), Tasks::default());
        let store = Store::open_with_migrations(spec, sizes, set.clone(), world(), tasks.clone()).await?;
        let begun = Instant::now();
        let report = store.migrate_all(|_, _| {}).await?;
        ours.push(begun.elapsed());
        if report.changed() != schemas.len() as u64 + 2 || !report.failed.is_empty() {
            return Err(format!("not every tenant got its column: {report:?}").into());
        }
        let begun = Instant::now();
        let report = store.migrate_all(|_, _| {}).await?;
        nothing.push(begun.elapsed());
        if report.changed() != 0 {
            return Err("there was something to do where nothing was".into());
        }
        tasks.stop();
        store.close();
    }
    forget(&place, kept).await?;
    place.stop().await?;
    let ratio = ours.p50() / by_hand.p50();
    Ok(vec![
        Figure::new(format!("a column for {tenants} schema tenants, against bare batches of {BATCH}"), &ours)
            .by_hand(&by_hand)
            .ratio(ratio)
            .bar("≤ 3 ×", ratio <= 3.0),
        Figure::new(format!("nothing to do for {tenants}"), time(nothing.at(1.0)))
            .bar("≤ 1 s", nothing.at(1.0) <= 1.0),
    ])
}

/// The least: no book, no check of the walls, nothing but the statement.
async fn in_batches(bare: &Client, schemas: &[String], round: usize) -> Result<Duration> {
    let begun = Instant::now();
    for batch in schemas.chunks(BATCH) {
        let statements: String = batch
            .iter()
            .map(|s| format!("ALTER TABLE {s}.events ADD COLUMN by_hand_{round} text;"))
            .collect();
        bare.batch_execute(&format!("BEGIN; {statements} COMMIT;")).await?;
    }
    Ok(begun.elapsed())
}

/// What an installation that is kept must not remember: migrations that no binary has.
async fn forget(place: &Place, kept: i32) -> Result<()> {
    for database in [&place.names.shared, &place.names.template] {
        place
            .bare(database)
            .await?
            .execute(
                "DELETE FROM book.migrations WHERE version > $1 AND NOT starts_with(target, '+')",
                &[&kept],
            )
            .await?;
    }
    Ok(())
}
