//! A dashboard of eight widgets over HTTP, asked for by 32 clients at once: with another range each time, so that nobody
//! has the answer, and again when nothing has changed. Beside it the same statements by hand, by as many clients.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use insula_insight::{Context, Source, compile_dashboard};
use insula_model::dice::Dice;
use insula_model::{DashboardConfig, DashboardInput, Range, WeekStart};
use insula_server::{Options as Serving, Server};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::bare::{Bare, filtered};
use crate::events::{self, Loaded};
use crate::figures::{Figure, Samples, time};
use crate::http::Http;
use crate::place::Place;
use crate::{Options, Result};

const CLIENTS: u64 = 32;
/// Over how many days a dashboard looks; and as many before, to compare with.
pub(crate) const DAYS: i64 = 30;

/// What the clients share.
pub(crate) struct Ground {
    pub(crate) place: Place,
    pub(crate) loaded: Loaded,
    pub(crate) server: SocketAddr,
    /// Of each tenant: where its dashboard is, or the token that shows it.
    pub(crate) paths: Vec<String>,
}

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(options).await?;
    let loaded = events::load(&place, options).await?;
    events::sum_up(&place, &loaded).await?;
    let paths = dashboards(&place, &loaded).await?;
    let running = Server::start(place.platform().clone(), Serving::at(([127, 0, 0, 1], 0).into())).await?;
    let ground = Arc::new(Ground { place, loaded, server: running.addr, paths });
    let turn = Duration::from_secs(if options.quick { 2 } else { 6 });
    let (mut hand, mut uncached, mut unchanged) = Default::default();
    let mut seconds = 0.0;
    // In turns; the first is for connections and prepared statements.
    for round in 0..4 {
        let (a, b, c) = (
            many(&ground, turn, round, by_hand).await?,
            many(&ground, turn, round, over_http).await?,
            many(&ground, turn / 2, round, known_already).await?,
        );
        if round > 0 {
            (hand, uncached, unchanged) = (join(hand, a), join(uncached, b), join(unchanged, c));
            seconds += turn.as_secs_f64();
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "few")]
    let rate = |n: usize, seconds: f64| format!("{:.0} /s", n as f64 / seconds);
    let figures = vec![
        Figure::new("8 widgets over HTTP, 32 clients, every answer new", &uncached)
            .by_hand(&hand)
            .ratio(uncached.p95() / hand.p95())
            .bar("p95 ≤ 150 ms", uncached.p95() <= 0.15),
        Figure::new("  dashboards in a second", rate(uncached.len(), seconds))
            .by_hand(rate(hand.len(), seconds)),
        Figure::new("  nothing changed (304)", &unchanged).bar("p95 ≤ 10 ms", unchanged.p95() <= 0.01),
        Figure::new("  replies in a second", rate(unchanged.len(), seconds / 2.0)),
    ];
    running.stop().await;
    let ground = Arc::try_unwrap(ground).map_err(|_| "a client is left over")?;
    ground.place.stop().await?;
    Ok(figures)
}

fn join(mut all: Samples, more: Samples) -> Samples {
    all.extend(more);
    all
}

/// One dashboard for each tenant.
async fn dashboards(place: &Place, loaded: &Loaded) -> Result<Vec<String>> {
    let input = DashboardInput {
        name: "Load".to_owned(),
        description: None,
        config: events::dashboard()?,
        note: None,
    };
    let mut paths = Vec::new();
    for actor in &loaded.actors {
        let op = actor.op(place).await?;
        let tenant = place.platform().store().tenant(&op, actor.record.clone())?;
        let id = place.platform().dashboard_create(&tenant, &input).await?.id;
        paths.push(format!("/api/v1/dashboards/{id}/data"));
    }
    Ok(paths)
}

/// The tenant and the moment from which turn `n` of a client looks.
pub(crate) fn moment(ground: &Ground, seed: u64) -> Result<(usize, Timestamp)> {
    let mut dice = Dice::new(seed);
    let tenant = usize::try_from(dice.below(ground.loaded.actors.len() as u64))?;
    let hours = i64::try_from(dice.below(24 * 600))?;
    let begin = ground.loaded.until - SignedDuration::from_hours(hours + 24 * DAYS);
    // Some second, so that no two are the same.
    Ok((tenant, begin - SignedDuration::from_secs(i64::try_from(dice.below(3600))?)))
}

/// All clients, for a while.
pub(crate) async fn many<F, C>(ground: &Arc<Ground>, turn: Duration, round: u64, client: F) -> Result<Samples>
where
    F: Fn(Arc<Ground>, Instant, u64) -> C,
    C: Future<Output = Result<Samples>> + Send + 'static,
{
    let until = Instant::now() + turn;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| tokio::spawn(client(Arc::clone(ground), until, (round * CLIENTS + n) << 32)))
        .collect();
    let mut all = Samples::default();
    for client in clients {
        all.extend(client.await??);
    }
    eprintln!("  round {round}: {} in {}: {all}", all.len(), time(turn.as_secs_f64()));
    Ok(all)
}

async fn by_hand(ground: Arc<Ground>, until: Instant, seed: u64) -> Result<Samples> {
    statements(ground, until, seed, events::dashboard()?).await
}

/// What a dashboard asks, on a bare connection, for another tenant and range each time.
pub(crate) async fn statements(
    ground: Arc<Ground>,
    until: Instant,
    seed: u64,
    config: DashboardConfig,
) -> Result<Samples> {
    let mut bare = Bare::connect(&ground.place).await?;
    let mut samples = Samples::default();
    for n in seed.. {
        let (tenant, from) = moment(&ground, n)?;
        let context = Context {
            now: ground.loaded.until,
            time_zone: TimeZone::UTC,
            week_start: WeekStart::Monday,
            range: Range::from_parts(
                Some(&from.to_string()),
                Some(&(from + SignedDuration::from_hours(24 * DAYS)).to_string()),
                None,
            )?,
            compare: None,
            filters: Vec::new(),
            locked: Vec::new(),
        };
        let sources = [Source::new(&ground.loaded.definition, 1)];
        let plan = compile_dashboard(&config, &sources, &context)?;
        let begun = Instant::now();
        for statement in &plan.statements {
            bare.query(&filtered(statement), statement, &ground.loaded.actors[tenant].record.id.uuid())
                .await?;
        }
        samples.push(begun.elapsed());
        if Instant::now() > until {
            break;
        }
    }
    Ok(samples)
}

async fn over_http(ground: Arc<Ground>, until: Instant, seed: u64) -> Result<Samples> {
    let mut http = Http::connect(ground.server).await?;
    let mut samples = Samples::default();
    for n in seed.. {
        let (tenant, from) = moment(&ground, n)?;
        let to = from + SignedDuration::from_hours(24 * DAYS);
        let (actor, path) = (&ground.loaded.actors[tenant], &ground.paths[tenant]);
        let line = format!("GET {path}?from={from}&to={to}");
        let key = format!("Authorization: Bearer {}\r\n", actor.key);
        let begun = Instant::now();
        let reply = http.ask(&line, &actor.host(), &key, b"").await?;
        samples.push(begun.elapsed());
        if reply.status != 200 || reply.body.windows(9).any(|w| w == b"\"problem\"") {
            return Err(String::from_utf8_lossy(&reply.body).into_owned().into());
        }
        if Instant::now() > until {
            break;
        }
    }
    Ok(samples)
}

async fn known_already(ground: Arc<Ground>, until: Instant, seed: u64) -> Result<Samples> {
    let mut http = Http::connect(ground.server).await?;
    let tenant = usize::try_from((seed >> 32) % ground.paths.len() as u64)?;
    let (actor, line) = (&ground.loaded.actors[tenant], format!("GET {}", ground.paths[tenant]));
    let key = format!("Authorization: Bearer {}\r\n", actor.key);
    let etag = http.ask(&line, &actor.host(), &key, b"").await?.etag.ok_or("a dashboard without an ETag")?;
    let headers = format!("{key}If-None-Match: {etag}\r\n");
    let mut samples = Samples::default();
    while Instant::now() < until {
        let begun = Instant::now();
        let reply = http.ask(&line, &actor.host(), &headers, b"").await?;
        samples.push(begun.elapsed());
        if reply.status != 304 {
            return Err(format!("{} where nothing has changed", reply.status).into());
        }
    }
    Ok(samples)
}
