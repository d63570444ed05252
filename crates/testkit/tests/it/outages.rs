//! PostgreSQL goes away under load and comes back: the platform says so while it lasts, goes on by itself, and nothing
//! is half-done.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use insula_model::{DashboardConfig, DashboardInput, Error, Last, Range, RequestId, Tier, problem};
use insula_platform::verify::Cast;
use insula_testkit::{Arena, PrivateServer, TestOptions, TestPlatform, TestTenant, until};

/// What those who worked all the time were told.
#[derive(Default)]
struct Told {
    stop: AtomicBool,
    done: AtomicUsize,
    refused: AtomicUsize,
    wrong: std::sync::Mutex<Vec<String>>,
}

/// What was made in one tenant.
#[derive(Default)]
struct Book {
    /// Names that were acknowledged, and names of which it is not known.
    acknowledged: std::sync::Mutex<HashSet<String>>,
    unknown: std::sync::Mutex<HashSet<String>>,
}

/// Makes dashboards and looks at them, again and again, as the attacker of a cast.
async fn work(t: &TestPlatform, cast: &Cast, told: &Told, book: &Book, worker: usize) {
    let player = &cast.attacker;
    let mut n = 0;
    while !told.stop.load(Ordering::SeqCst) {
        n += 1;
        let name = format!("w{worker}-{n}");
        match once(t, cast, &name).await {
            Ok(()) => {
                book.acknowledged.lock().unwrap().insert(name);
                told.done.fetch_add(1, Ordering::SeqCst);
            }
            Err(error) => {
                told.refused.fetch_add(1, Ordering::SeqCst);
                if error.is(problem::UNKNOWN_OUTCOME) {
                    book.unknown.lock().unwrap().insert(name);
                } else if !error.is(problem::DATABASE_DOWN) || error.wait().is_none() {
                    told.wrong.lock().unwrap().push(format!("{}: {error:?}", player.record.slug));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn once(t: &TestPlatform, cast: &Cast, name: &str) -> Result<(), Error> {
    let player = &cast.attacker;
    let record = t.store().tenant_of_id(player.record.id).await?.expect("the tenant");
    let request = RequestId::from_uuid(t.platform.world().uuid());
    let op = t.platform.api_key_context(&player.key, &record, request).await?;
    let tenant = t.store().tenant(&op, record)?;
    let config = DashboardConfig::empty(Range::Last(Last::All));
    let input = DashboardInput { name: name.to_owned(), description: None, config, note: None };
    let made = t.platform.dashboard_create(&tenant, &input).await?;
    // From here on the name is there; what fails now is not about it.
    if let Ok(seen) = t.platform.dashboard_view(&tenant, made.id).await {
        assert_eq!(seen.name, name);
    }
    Ok(())
}

/// What was acknowledged is there, and what is there has its row in the log.
async fn nothing_half_done(t: &TestPlatform, cast: &Cast, book: &Book) {
    let tenant = TestTenant { record: cast.attacker.record.clone() };
    let root = tenant.superuser(t).await;
    let id = tenant.id().uuid();
    let rows = root
        .query("SELECT name FROM dashboards WHERE tenant_id = $1 AND name ~ '^w[0-9]+-'", &[&id])
        .await
        .unwrap();
    let there: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(there.len(), rows.len(), "something was done twice");
    let (acknowledged, unknown) =
        (book.acknowledged.lock().unwrap().clone(), book.unknown.lock().unwrap().clone());
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let strays: Vec<_> =
        there.iter().filter(|n| !acknowledged.contains(*n) && !unknown.contains(*n)).collect();
    assert!(strays.is_empty(), "refused and done nevertheless: {strays:?}");
    let logged: i64 = root
        .query_one("SELECT count(*) FROM audit WHERE tenant_id = $1 AND action = 'dashboard.create'", &[&id])
        .await
        .unwrap()
        .get(0);
    assert_eq!(usize::try_from(logged).unwrap(), there.len(), "actions and their rows in the log");
}

async fn through_an_outage(
    tiers: &[Tier],
    outage: impl AsyncFnOnce(&mut PrivateServer, &TestPlatform, &[Arena<'_>], &Told),
) {
    let mut server = PrivateServer::start().await;
    let options = TestOptions { server: Some(server.url().to_owned()), ..TestOptions::default() };
    let t = TestPlatform::start_with(options).await;
    let mut arenas = Vec::new();
    for tier in tiers {
        arenas.push(Arena::new(&t, *tier).await);
    }
    let told = Told::default();
    let books: Vec<Book> = arenas.iter().map(|_| Book::default()).collect();
    let workers = arenas.iter().zip(&books).flat_map(|(arena, book)| {
        let (t, told) = (&t, &told);
        (0..2).map(move |m| work(t, &arena.cast, told, book, m))
    });
    let load = futures_util::future::join_all(workers);
    let story = async {
        until("work is under way", || async { told.done.load(Ordering::SeqCst) > 20 }).await;
        outage(&mut server, &t, &arenas, &told).await;
        let (before, begun) = (told.done.load(Ordering::SeqCst), Instant::now());
        until("work goes on by itself", || async { told.done.load(Ordering::SeqCst) > before + 20 }).await;
        println!(
            "{:?} until it went on; {} refused meanwhile",
            begun.elapsed(),
            told.refused.load(Ordering::SeqCst)
        );
        told.stop.store(true, Ordering::SeqCst);
    };
    futures_util::future::join(load, story).await;
    assert_eq!(*told.wrong.lock().unwrap(), [] as [String; 0]);
    for (arena, book) in arenas.iter().zip(&books) {
        nothing_half_done(&t, &arena.cast, book).await;
        let key = t
            .platform
            .api_key_context(
                &arena.cast.attacker.key,
                arena.a(),
                RequestId::from_uuid(t.platform.world().uuid()),
            )
            .await
            .unwrap();
        let tenant = t.store().tenant(&key, arena.a().clone()).unwrap();
        assert!(t.platform.audit_verify(&tenant).await.unwrap().ok);
        arena.assert_unchanged().await;
    }
    // New tenants come to be as before.
    t.tenant("afterwards", Tier::Schema).await;
    t.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_and_started_again_is_used_again() {
    through_an_outage(Tier::ALL, async |server, _, _, told| {
        server.stop().await;
        let refused = told.refused.load(Ordering::SeqCst);
        until("everybody is told", || async { told.refused.load(Ordering::SeqCst) > refused + 12 }).await;
        server.start_again().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_is_killed_takes_everybody_down_for_a_moment_only() {
    through_an_outage(&[Tier::Pooled, Tier::Schema], async |server, t, _, told| {
        for _ in 0..2 {
            let refused = told.refused.load(Ordering::SeqCst);
            until("a backend to kill", || async {
                server.kill_backend(&t.databases.names.shared).await.is_some()
            })
            .await;
            until("somebody notices", || async { told.refused.load(Ordering::SeqCst) > refused }).await;
            let done = told.done.load(Ordering::SeqCst);
            until("work goes on", || async { told.done.load(Ordering::SeqCst) > done }).await;
        }
    })
    .await;
}
