//! Events in: through the use case, and over HTTP as JSON; beside it a bare `COPY` of the same rows into the same table
//! with the same indexes, a transaction for each batch, without the triggers that mark days to be summed up. One sender,
//! and several.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use insula_model::dice::Dice;
use insula_model::event_batch::EventBatchBody;
use insula_model::{EventBatch, EventInput, Tier, event_uuid};
use insula_server::{Options as Serving, Server};
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Client;

use crate::actors::Actor;
use crate::events;
use crate::figures::{Figure, Samples};
use crate::http::Http;
use crate::place::Place;
use crate::rows::copy;
use crate::{Options, Result};

/// Events in a batch: as many as the API takes.
const BATCH: usize = 10_000;

/// Somebody who sends: as a tenant, over HTTP, and as a superuser without walls.
struct Sender {
    place: Arc<Place>,
    actor: Actor,
    /// Whose rows the `COPY` writes.
    other: Actor,
    bare: Client,
    http: Http,
}

/// What a way of sending took for one batch of each sender.
#[derive(Default)]
struct Ways {
    copy: Samples,
    product: Samples,
    http: Samples,
}

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Arc::new(Place::start(&Options { data: None, ..options.clone() }).await?);
    let running = Server::start(place.platform().clone(), Serving::at(([127, 0, 0, 1], 0).into())).await?;
    let mut figures = Vec::new();
    for senders in [1, 4] {
        figures.extend(several(&place, running.addr, senders, if options.quick { 3 } else { 24 }).await?);
    }
    running.stop().await;
    Arc::try_unwrap(place).map_err(|_| "a sender is left over")?.stop().await?;
    Ok(figures)
}

async fn several(place: &Arc<Place>, server: SocketAddr, count: usize, turns: usize) -> Result<Vec<Figure>> {
    let mut senders = Vec::new();
    for n in 0..count {
        senders.push(Sender {
            place: Arc::clone(place),
            actor: place.actor(&format!("sender-{count}-{n}"), Tier::Pooled).await?,
            other: place.actor(&format!("other-{count}-{n}"), Tier::Pooled).await?,
            bare: without_triggers(place).await?,
            http: Http::connect(server).await?,
        });
    }
    let mut ways = Ways::default();
    for turn in 0..turns + 2 {
        // The sender's tenant gets each turn's events twice, by two ways, so the second time under other ids.
        let times = [
            way(&mut senders, turn, 0).await?,
            way(&mut senders, turn, 1).await?,
            way(&mut senders, turn, 2).await?,
        ];
        // The first two make the dataset and warm what can be warmed.
        if turn >= 2 {
            ways.copy.push(times[0]);
            ways.product.push(times[1]);
            ways.http.push(times[2]);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "few")]
    let rate = |samples: &Samples| format!("{:.0} rows/s", (count * BATCH) as f64 / samples.p50());
    let figure = |what: &str, ours: &Samples| {
        let ratio = ways.copy.p50() / ours.p50();
        Figure::new(format!("{count} sending: {what} against a bare COPY"), rate(ours))
            .by_hand(rate(&ways.copy))
            .ratio(ratio)
            .bar("≥ 0.5 ×", ratio >= 0.5)
    };
    Ok(vec![figure("in the process", &ways.product), figure("JSON over HTTP", &ways.http)])
}

/// A bare connection on which rows are written and nothing else happens.
async fn without_triggers(place: &Place) -> Result<Client> {
    let client = place.bare(&place.names.shared).await?;
    client.batch_execute("SET session_replication_role = replica").await?;
    Ok(client)
}

/// All senders send one batch at once, by one way; how long until the last is through.
async fn way(senders: &mut [Sender], turn: usize, way: usize) -> Result<Duration> {
    let now = senders.first().ok_or("nobody sends")?.place.platform().world().now();
    let batches: Vec<Vec<EventInput>> =
        (0..senders.len()).map(|sender| batch(turn, way, sender, now)).collect::<Result<_>>()?;
    // What a client would send is made before; reading it is the server's.
    let bodies: Vec<Vec<u8>> = if way == 2 {
        batches
            .iter()
            .map(|b| serde_json::to_vec(&EventBatchBody { events: b.clone() }))
            .collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    let begun = Instant::now();
    match way {
        0 => try_join_all(senders.iter().zip(&batches).map(|(s, b)| by_copy(s, b))).await.map(drop)?,
        1 => try_join_all(senders.iter().zip(batches).map(|(s, b)| by_use_case(s, b))).await.map(drop)?,
        _ => try_join_all(senders.iter_mut().zip(&bodies).map(|(s, b)| by_http(s, b))).await.map(drop)?,
    }
    Ok(begun.elapsed())
}

fn batch(turn: usize, way: usize, sender: usize, now: Timestamp) -> Result<Vec<EventInput>> {
    let mut dice = Dice::new((turn * 100 + sender) as u64);
    (0..BATCH)
        .map(|n| {
            let at = now - SignedDuration::from_secs(i64::try_from(turn * BATCH + n)?);
            Ok(events::input(&format!("{turn}-{way}-{sender}-{n}"), at, &mut dice))
        })
        .collect()
}

/// Binary rows, made from the same events while they are sent.
async fn by_copy(sender: &Sender, events: &[EventInput]) -> Result<()> {
    let sql = "COPY events (tenant_id, dataset, at, id, m1, m2, m3, d1, d2, d3) FROM STDIN (FORMAT binary)";
    let mut left = events.iter();
    let copied = copy(&sender.bare, sql, |out| {
        let Some(event) = left.next() else { return false };
        out.row(10);
        out.uuid(sender.other.record.id.uuid());
        out.int4(1);
        out.timestamptz(event.at.parse().unwrap_or_default());
        out.uuid(event_uuid(&event.id));
        event.measures.0.iter().for_each(|(_, value)| out.float8(value.unwrap_or_default()));
        event.dimensions.0.iter().for_each(|(_, value)| out.text(value.as_deref().unwrap_or_default()));
        true
    })
    .await?;
    if copied == BATCH as u64 { Ok(()) } else { Err("a COPY that left rows out".into()) }
}

async fn by_use_case(sender: &Sender, events: Vec<EventInput>) -> Result<()> {
    let op = sender.actor.op(&sender.place).await?;
    let tenant = sender.place.platform().store().tenant(&op, sender.actor.record.clone())?;
    let batch = EventBatch { events: events.into_iter().map(Ok).collect() };
    let receipt = sender.place.platform().event_ingest(&tenant, batch).await?;
    if receipt.accepted == BATCH as u64 { Ok(()) } else { Err(format!("{receipt:?}").into()) }
}

async fn by_http(sender: &mut Sender, body: &[u8]) -> Result<()> {
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {}\r\n",
        sender.actor.key,
        sender.place.platform().world().uuid()
    );
    let reply = sender.http.ask("POST /api/v1/events", &sender.actor.host(), &headers, body).await?;
    let said = String::from_utf8_lossy(&reply.body).into_owned();
    if reply.status == 200 && said.contains("\"accepted\":10000") { Ok(()) } else { Err(said.into()) }
}
