//! A noisy neighbour: tenants who ask for small dashboards over HTTP, first alone, then beside one tenant that has 64
//! costly questions under way all the time. Each answer is new, so that the cache is no help. The rounds take turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use insula_model::dice::Dice;
use insula_model::{DashboardInput, Tier};
use insula_server::{Options as Serving, Server};
use jiff::{SignedDuration, Timestamp};

use crate::actors::Actor;
use crate::events;
use crate::figures::{Figure, Samples};
use crate::http::Http;
use crate::place::Place;
use crate::{Options, Result};

/// The quiet ones: each has one client that asks, reads for a while and asks again.
const QUIET: usize = 8;
/// How many questions the noisy one keeps under way.
const NOISY: usize = 64;
/// How long a quiet client reads.
const READS: Duration = Duration::from_millis(60);

struct Ground {
    server: SocketAddr,
    until: Timestamp,
    quiet: Vec<(Actor, String)>,
    noisy: Actor,
}

/// What became of the noisy tenant's questions.
#[derive(Default)]
struct Noise {
    answered: AtomicUsize,
    refused: AtomicUsize,
    other: AtomicUsize,
}

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(options).await?;
    let (few, many) = if options.quick { (20_000, 300_000) } else { (50_000, 2_000_000) };
    let until = place.platform().world().now();
    let noisy = place.actor("noisy", Tier::Pooled).await?;
    let mut rows = vec![(noisy, many)];
    for n in 0..QUIET {
        rows.push((place.actor(&format!("quiet-{n}"), Tier::Pooled).await?, few));
    }
    events::fill_each(&place, &rows, until).await?;
    let mut actors = rows.into_iter().map(|(actor, _)| actor);
    let noisy = actors.next().ok_or("a noisy tenant")?;
    let mut quiet = Vec::new();
    for actor in actors {
        let input = DashboardInput {
            name: "Load".to_owned(),
            description: None,
            config: events::dashboard()?,
            note: None,
        };
        let op = actor.op(&place).await?;
        let tenant = place.platform().store().tenant(&op, actor.record.clone())?;
        let id = place.platform().dashboard_create(&tenant, &input).await?.id;
        quiet.push((actor, format!("/api/v1/dashboards/{id}/data")));
    }
    let running = Server::start(place.platform().clone(), Serving::at(([127, 0, 0, 1], 0).into())).await?;
    let ground = Arc::new(Ground { server: running.addr, until, quiet, noisy });
    let turn = Duration::from_secs(if options.quick { 3 } else { 8 });
    let (mut alone, mut beside) = (Samples::default(), Samples::default());
    let noise = Arc::new(Noise::default());
    for round in 0..4 {
        let a = quietly(&ground, turn, round * 2).await?;
        let until = Instant::now() + turn + Duration::from_secs(1);
        let loud: Vec<_> = (0..NOISY)
            .map(|n| {
                tokio::spawn(make_noise(
                    Arc::clone(&ground),
                    Arc::clone(&noise),
                    until,
                    (round << 8) + n as u64,
                ))
            })
            .collect();
        // Until all of it is there.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let b = quietly(&ground, turn, round * 2 + 1).await?;
        for one in loud {
            one.await??;
        }
        eprintln!("  round {round}: alone {a}, beside the noisy one {b}");
        // The first is for connections and prepared statements.
        if round > 0 {
            alone.extend(a);
            beside.extend(b);
        }
    }
    running.stop().await;
    place.stop().await?;
    let count = |n: &AtomicUsize| n.load(Ordering::Relaxed);
    let ratio = beside.p95() / alone.p95();
    Ok(vec![
        Figure::new(format!("{QUIET} quiet tenants' dashboards, alone"), &alone),
        Figure::new(format!("  beside {NOISY} costly questions of another"), &beside)
            .by_hand(&alone)
            .ratio(ratio)
            .bar("p95 ≤ 1.3 ×", ratio <= 1.3),
        Figure::new("  of the noisy one: answered", count(&noise.answered)),
        Figure::new("  of the noisy one: told to come back", count(&noise.refused))
            .bar("429, Retry-After", count(&noise.refused) > 0 && count(&noise.other) == 0),
    ])
}

/// All quiet clients, for a while. One that fails ends the benchmark.
async fn quietly(ground: &Arc<Ground>, turn: Duration, round: u64) -> Result<Samples> {
    let until = Instant::now() + turn;
    let clients: Vec<_> = (0..QUIET)
        .map(|n| tokio::spawn(quiet(Arc::clone(ground), until, n, (round << 32) + n as u64)))
        .collect();
    let mut all = Samples::default();
    for client in clients {
        all.extend(client.await??);
    }
    Ok(all)
}

async fn quiet(ground: Arc<Ground>, until: Instant, n: usize, seed: u64) -> Result<Samples> {
    let (actor, path) = &ground.quiet[n];
    let mut http = Http::connect(ground.server).await?;
    let key = format!("Authorization: Bearer {}\r\n", actor.key);
    let (mut dice, mut samples) = (Dice::new(seed), Samples::default());
    while Instant::now() < until {
        let seconds = i64::try_from(dice.below(600 * 86_400))?;
        let to = ground.until - SignedDuration::from_secs(seconds);
        let from = to - SignedDuration::from_hours(24 * 30);
        let begun = Instant::now();
        let reply = http.ask(&format!("GET {path}?from={from}&to={to}"), &actor.host(), &key, b"").await?;
        samples.push(begun.elapsed());
        if reply.status != 200 || reply.body.windows(9).any(|w| w == b"\"problem\"") {
            return Err(String::from_utf8_lossy(&reply.body).into_owned().into());
        }
        tokio::time::sleep(READS).await;
    }
    Ok(samples)
}

/// One of the noisy tenant's clients: a year by country and channel, each time another one. Told to come back, it comes
/// back when it was told to.
async fn make_noise(ground: Arc<Ground>, noise: Arc<Noise>, until: Instant, seed: u64) -> Result<()> {
    let mut http = Http::connect(ground.server).await?;
    let key = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", ground.noisy.key);
    let mut dice = Dice::new(seed);
    while Instant::now() < until {
        let seconds = i64::try_from(dice.below(300 * 86_400))?;
        let to = ground.until - SignedDuration::from_secs(seconds);
        let from = to - SignedDuration::from_hours(24 * 365);
        let body = format!(
            r#"{{"question":{{"dataset":"sales","measures":[{{"agg":"sum","measure":"revenue"}},{{"agg":"distinct","dimension":"country"}}],"by":["channel","plan"],"range":{{"from":"{from}","to":"{to}"}}}}}}"#
        );
        let reply =
            http.ask("POST /api/v1/questions/ask", &ground.noisy.host(), &key, body.as_bytes()).await?;
        let (counter, wait) = match reply.status {
            200 => (&noise.answered, Duration::ZERO),
            429 => (&noise.refused, Duration::from_secs(1)),
            _ => (&noise.other, Duration::from_secs(1)),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if !wait.is_zero() {
            tokio::time::sleep(wait.min(until.saturating_duration_since(Instant::now()))).await;
        }
    }
    Ok(())
}
