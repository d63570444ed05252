//! One chart over HTTP with an embed token, asked for by 32 clients at once: with another range each time, so that nobody
//! has the answer, and the same again. Beside it the chart's statement by hand, prepared, by as many clients. The charts are
//! those that other products were measured with: one number, and a line of 30 days.
//!
//! The bars are those of two products that were measured apart on this kind of machine, also with two cores, 32 clients and
//! 10 million rows of 200 tenants: Apache Superset 6.1 (guest token, row security): 23 charts a second, 37 from its cache;
//! Cube 0.31: 792 numbers or 558 lines a second, 2,100 from its cache.

use std::sync::Arc;
use std::time::{Duration, Instant};

use insula_model::embed::MAX_TTL;
use insula_model::{Content, DashboardConfig, DashboardInput, EmbedTokenInput, KpiOptions, Picture};
use insula_server::{Options as Serving, Server};
use jiff::SignedDuration;

use crate::dashboard::{DAYS, Ground, many, moment, statements};
use crate::events::{self, Loaded};
use crate::figures::{Figure, Samples};
use crate::http::Http;
use crate::place::Place;
use crate::{Options, Result};

/// A chart, and how many of it in a second are three times as many as Cube's.
struct Chart {
    name: &'static str,
    config: fn() -> Result<DashboardConfig>,
    bar: f64,
}

const CHARTS: [Chart; 2] = [
    Chart { name: "one number of 30 days", config: number, bar: 2_376.0 },
    Chart { name: "a line of 30 days", config: line, bar: 2_300.0 },
];

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let mut place = Place::start(options).await?;
    let mut loaded = events::load(&place, options).await?;
    events::sum_up(&place, &loaded).await?;
    let mut figures = Vec::new();
    for chart in CHARTS {
        let paths = tokens(&place, &loaded, &chart).await?;
        let running =
            Server::start(place.platform().clone(), Serving::at(([127, 0, 0, 1], 0).into())).await?;
        let ground = Arc::new(Ground { place, loaded, server: running.addr, paths });
        figures.extend(measure(&ground, &chart, options).await?);
        running.stop().await;
        let ground = Arc::try_unwrap(ground).map_err(|_| "a client is left over")?;
        (place, loaded) = (ground.place, ground.loaded);
    }
    place.stop().await?;
    Ok(figures)
}

async fn measure(ground: &Arc<Ground>, chart: &Chart, options: &Options) -> Result<Vec<Figure>> {
    let turn = Duration::from_secs(if options.quick { 2 } else { 6 });
    let (mut hand, mut fresh, mut kept) = (Samples::default(), Samples::default(), Samples::default());
    let mut seconds = 0.0;
    eprintln!("  {}", chart.name);
    // In turns; the first is for connections and prepared statements.
    for round in 0..4 {
        let config = chart.config;
        let by_hand = |ground, until, seed| async move { statements(ground, until, seed, config()?).await };
        let (a, b, c) = (
            many(ground, turn, round, by_hand).await?,
            many(ground, turn, round, anew).await?,
            many(ground, turn, round, again).await?,
        );
        if round > 0 {
            hand.extend(a);
            fresh.extend(b);
            kept.extend(c);
            seconds += turn.as_secs_f64();
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "few")]
    let rate = |samples: &Samples| samples.len() as f64 / seconds;
    let per_second = |rate: f64| format!("{rate:.0} /s");
    let ratio = rate(&fresh) / rate(&hand);
    Ok(vec![
        Figure::new(format!("{}, 32 clients, every answer new", chart.name), &fresh)
            .by_hand(&hand)
            .bar("p95 ≤ 60 ms", fresh.p95() <= 0.06),
        Figure::new("  in a second, against the bare statement", per_second(rate(&fresh)))
            .by_hand(per_second(rate(&hand)))
            .ratio(ratio)
            .bar("≥ 0.35 ×", ratio >= 0.35),
        Figure::new("  the same: 100 × Superset, 3 × Cube", per_second(rate(&fresh)))
            .bar(format!("≥ {:.0} /s", chart.bar), rate(&fresh) >= chart.bar),
        Figure::new("  the same chart again", &kept).bar("p95 ≤ 15 ms", kept.p95() <= 0.015),
        Figure::new("  in a second: 400 × Superset, 6 × Cube", per_second(rate(&kept)))
            .bar("≥ 14,800 /s", rate(&kept) >= 14_800.0),
    ])
}

/// For each tenant a token to see the chart.
async fn tokens(place: &Place, loaded: &Loaded, chart: &Chart) -> Result<Vec<String>> {
    let mut tokens = Vec::new();
    let input = DashboardInput {
        name: chart.name.to_owned(),
        description: None,
        config: (chart.config)()?,
        note: None,
    };
    for actor in &loaded.actors {
        let op = actor.op(place).await?;
        let tenant = place.platform().store().tenant(&op, Arc::clone(&actor.record))?;
        let dashboard = place.platform().dashboard_create(&tenant, &input).await?.id;
        let token = EmbedTokenInput {
            dashboard,
            widget: None,
            viewer: None,
            filters: Vec::new(),
            origins: None,
            ttl_seconds: Some(MAX_TTL),
        };
        tokens.push(place.platform().embed_token_create(&tenant, &token).await?.token);
    }
    Ok(tokens)
}

/// A number, without anything beside it.
fn number() -> Result<DashboardConfig> {
    only(|picture| match picture {
        Picture::Kpi(_) => Some(Picture::Kpi(KpiOptions { sparkline: false, ..KpiOptions::default() })),
        _ => None,
    })
}

/// The course of the dashboard, without the period before.
fn line() -> Result<DashboardConfig> {
    only(|picture| Some(picture).filter(|picture| matches!(picture, Picture::TimeSeries(_))))
}

/// The first widget whose picture is wanted.
fn only(wanted: fn(Picture) -> Option<Picture>) -> Result<DashboardConfig> {
    let mut config = events::dashboard()?;
    config.compare = None;
    let found = std::mem::take(&mut config.widgets).into_iter().find_map(|mut widget| {
        let Content::Chart(chart) = &mut widget.content else { return None };
        chart.picture = wanted(chart.picture.clone())?;
        Some(widget)
    });
    let widget = found.ok_or("a dashboard without that picture")?;
    config.layout.retain(|place| place.widget == widget.id);
    config.widgets.push(widget);
    Ok(config)
}

async fn anew(ground: Arc<Ground>, until: Instant, seed: u64) -> Result<Samples> {
    let mut http = Http::connect(ground.server).await?;
    let mut samples = Samples::default();
    for n in seed.. {
        let (tenant, from) = moment(&ground, n)?;
        let to = from + SignedDuration::from_hours(24 * DAYS);
        samples.push(ask(&mut http, &ground, tenant, &format!("?from={from}&to={to}")).await?);
        if Instant::now() > until {
            break;
        }
    }
    Ok(samples)
}

async fn again(ground: Arc<Ground>, until: Instant, seed: u64) -> Result<Samples> {
    let mut http = Http::connect(ground.server).await?;
    let tenant = usize::try_from((seed >> 32) % ground.paths.len() as u64)?;
    let mut samples = Samples::default();
    while Instant::now() < until {
        samples.push(ask(&mut http, &ground, tenant, "").await?);
    }
    Ok(samples)
}

async fn ask(http: &mut Http, ground: &Ground, tenant: usize, query: &str) -> Result<Duration> {
    let headers = format!("Authorization: Bearer {}\r\n", ground.paths[tenant]);
    let (line, host) = (format!("GET /api/v1/embed/data{query}"), ground.loaded.actors[tenant].host());
    let begun = Instant::now();
    let reply = http.ask(&line, &host, &headers, b"").await?;
    let took = begun.elapsed();
    if reply.status != 200 || reply.body.windows(9).any(|w| w == b"\"problem\"") {
        return Err(String::from_utf8_lossy(&reply.body).into_owned().into());
    }
    Ok(took)
}
