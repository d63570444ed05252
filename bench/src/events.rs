//! Many events of many tenants, in the order in which they would have come in: everybody's mixed.

use std::borrow::Cow;

use insula_model::dice::Dice;
use insula_model::event::{EventInput, Members};
use insula_model::{Content, DashboardConfig, DatasetDefinition, DatasetPut, DimensionPut, Format};
use insula_model::{MeasurePut, Picture, Tier, Widget, default_dashboard};
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::actors::Actor;
use crate::place::Place;
use crate::rows::copy;
use crate::{Options, Result};

const CHANNELS: [&str; 6] = ["Direct", "Search", "Social", "Referral", "E-mail", "Partner"];
const COUNTRIES: usize = 40;
const PLANS: [&str; 4] = ["Free", "Starter", "Team", "Enterprise"];
/// Over how many days the events lie.
const DAYS: i64 = 750;

/// What was put in.
pub(crate) struct Loaded {
    pub(crate) actors: Vec<Actor>,
    pub(crate) definition: DatasetDefinition,
    pub(crate) rows: u64,
    /// The moment after the last event.
    pub(crate) until: Timestamp,
}

/// Three measures and three dimensions.
pub(crate) fn definition() -> Result<DatasetDefinition> {
    let measure = |name: &str, format| MeasurePut {
        name: name.to_owned(),
        format: Some(format),
        ..MeasurePut::default()
    };
    let dimension = |name: &str| DimensionPut { name: name.to_owned(), ..DimensionPut::default() };
    let put = DatasetPut {
        label: Some("Sales".to_owned()),
        measures: vec![
            measure("revenue", Format::Currency),
            measure("orders", Format::Integer),
            measure("response_time", Format::Duration),
        ],
        dimensions: vec![dimension("channel"), dimension("country"), dimension("plan")],
        ..DatasetPut::default()
    };
    let mut definition = DatasetDefinition::new("sales")?;
    put.apply(&mut definition)?;
    Ok(definition)
}

/// The dashboard that the product makes of it, with four numbers, a course, bars and a table; and bars of the plans.
pub(crate) fn dashboard() -> Result<DashboardConfig> {
    let mut config = default_dashboard(&definition()?);
    let bars = |widget: &Widget| matches!(&widget.content, Content::Chart(c) if matches!(c.picture, Picture::Bar(_)));
    let mut plans = config.widgets.iter().find(|w| bars(w)).cloned().ok_or("a dashboard without bars")?;
    "plans".clone_into(&mut plans.id);
    plans.question_mut().ok_or("bars without a question")?.by = vec!["plan".to_owned()];
    let below = config.layout.iter().map(|place| place.y + place.h).max().unwrap_or(0);
    config.layout.push(insula_model::Place { widget: plans.id.clone(), x: 0, y: below, w: 12, h: 4 });
    config.widgets.push(plans);
    config.check()?;
    Ok(config)
}

/// The id of event number `n`.
pub(crate) fn id(n: u64) -> Uuid {
    let mut dice = Dice::new(n);
    Uuid::from_u64_pair(dice.throw(), dice.throw())
}

/// Whose event number `n` is.
pub(crate) fn owner(n: u64, tenants: u64) -> usize {
    usize::try_from(Dice::new(!n).below(tenants)).unwrap_or_default()
}

/// What happened: revenue, orders, response time; channel, country, plan.
fn facts(dice: &mut Dice) -> ([f64; 3], [Cow<'static, str>; 3]) {
    let orders = (dice.unit() * 20.0).round();
    let revenue = (orders * dice.between(20.0, 200.0) * 100.0).round() / 100.0;
    let response = dice.between(0.05, 0.9);
    let channel = CHANNELS[dice.weighted([30.0, 25.0, 15.0, 15.0, 10.0, 5.0].into_iter())];
    let country = dice.below(COUNTRIES as u64 * COUNTRIES as u64).isqrt();
    let plan = PLANS[dice.weighted([40.0, 32.0, 20.0, 8.0].into_iter())];
    ([revenue, orders, response], [channel.into(), format!("Country {country}").into(), plan.into()])
}

/// An event as it is sent.
pub(crate) fn input(id: &str, at: Timestamp, dice: &mut Dice) -> EventInput {
    let (measures, dimensions) = facts(dice);
    let measures = ["revenue", "orders", "response_time"].into_iter().zip(measures);
    let dimensions = ["channel", "country", "plan"].into_iter().zip(dimensions);
    EventInput {
        id: id.to_owned(),
        dataset: "sales".to_owned(),
        at: at.to_string(),
        measures: Members(measures.map(|(name, value)| (name.to_owned(), Some(value))).collect()),
        dimensions: Members(
            dimensions.map(|(name, value)| (name.to_owned(), Some(value.into_owned()))).collect(),
        ),
    }
}

/// 10 million events of 200 tenants; with `--quick` a tenth of it.
pub(crate) async fn load(place: &Place, options: &Options) -> Result<Loaded> {
    let (tenants, rows) = if options.quick { (50, 500_000) } else { (200, 10_000_000) };
    let mut actors = Vec::new();
    for n in 0..tenants {
        actors.push(place.actor(&format!("load-{n:03}"), Tier::Pooled).await?);
    }
    let definition = definition()?;
    let client = place.bare(&place.names.shared).await?;
    let there: i64 = client
        .query_one("SELECT coalesce(sum(events), 0)::bigint FROM datasets WHERE name = 'sales'", &[])
        .await?
        .get(0);
    // The end of the events is part of what was put in.
    let until: Option<Timestamp> =
        client.query_one("SELECT max(updated_at) FROM datasets WHERE name = 'sales'", &[]).await?.get(0);
    if there == i64::try_from(rows)? {
        let until = until.ok_or("a dataset without a time")?;
        return Ok(Loaded { actors, definition, rows, until });
    }
    let until = place.platform().world().now();
    // Nobody has summed anything up: there is nothing to mark.
    client.batch_execute("SET session_replication_role = replica").await?;
    fill(&client, &actors, &definition, rows, until).await?;
    Ok(Loaded { actors, definition, rows, until })
}

/// Sums the events up, as the jobs do that the ingest asks for.
pub(crate) async fn sum_up(place: &Place, loaded: &Loaded) -> Result<()> {
    for actor in &loaded.actors {
        while !place.platform().rollup_update(actor.record.id, 1).await? {}
    }
    eprintln!("  summed up");
    Ok(())
}

/// So many events of each tenant, mixed, over the last two years.
pub(crate) async fn fill_each(place: &Place, actors: &[(Actor, u64)], until: Timestamp) -> Result<()> {
    let client = place.bare(&place.names.shared).await?;
    client.batch_execute("SET session_replication_role = replica").await?;
    let rows: u64 = actors.iter().map(|(_, rows)| rows).sum();
    let (begin, span) = (until - SignedDuration::from_hours(24 * DAYS), DAYS * 86_400_000_000);
    let step = span / i64::try_from(rows)?;
    let (mut n, mut at, mut dice) = (0, begin, Dice::new(7));
    let sql = "COPY events (tenant_id, dataset, at, id, m1, m2, m3, d1, d2, d3) FROM STDIN (FORMAT binary)";
    copy(&client, sql, |out| {
        if n == rows {
            return false;
        }
        // Each in proportion to how many it is to have.
        let mut place = dice.below(rows);
        let owner = actors.iter().find(|(_, rows)| {
            let found = place < *rows;
            place = place.saturating_sub(*rows);
            found
        });
        let owner = owner.map_or(uuid::Uuid::nil(), |(actor, _)| actor.record.id.uuid());
        out.row(10);
        out.uuid(owner);
        out.int4(1);
        out.timestamptz(at);
        out.uuid(id(n));
        let (measures, dimensions) = facts(&mut dice);
        measures.iter().for_each(|value| out.float8(*value));
        dimensions.iter().for_each(|value| out.text(value));
        n += 1;
        at += SignedDuration::from_micros(step);
        true
    })
    .await?;
    describe(&client, &definition()?, until).await
}

/// The events become datasets.
async fn describe(client: &Client, definition: &DatasetDefinition, until: Timestamp) -> Result<()> {
    client
        .execute(
            "INSERT INTO datasets (tenant_id, id, number, name, definition, data_version, events, updated_at) \
             SELECT tenant_id, gen_random_uuid(), 1, 'sales', $1, 1, count(*), $2 FROM events GROUP BY tenant_id",
            &[&tokio_postgres::types::Json(definition), &until],
        )
        .await?;
    for sql in [
        "UPDATE settings SET dataset_numbers = greatest(dataset_numbers, 1)",
        "VACUUM (ANALYZE) events",
        "VACUUM (ANALYZE) datasets",
        "CHECKPOINT",
    ] {
        client.batch_execute(sql).await?;
    }
    Ok(())
}

async fn fill(
    client: &Client,
    actors: &[Actor],
    definition: &DatasetDefinition,
    rows: u64,
    until: Timestamp,
) -> Result<()> {
    let indexes = client
        .query(
            "SELECT indexdef, indexrelid::regclass::text, coalesce(conname::text, ''), pg_get_constraintdef(c.oid) \
               FROM pg_indexes x JOIN pg_index i ON i.indexrelid = (quote_ident(schemaname) || '.' || quote_ident(indexname))::regclass \
               LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid \
              WHERE schemaname = 'tenant' AND tablename = 'events'",
            &[],
        )
        .await?;
    for index in &indexes {
        let (name, constraint): (String, String) = (index.get(1), index.get(2));
        client
            .batch_execute(&if constraint.is_empty() {
                format!("DROP INDEX {name}")
            } else {
                format!("ALTER TABLE events DROP CONSTRAINT {constraint}")
            })
            .await?;
    }
    let begin = until - SignedDuration::from_hours(24 * DAYS);
    let step = SignedDuration::from_hours(24 * DAYS).as_micros() / i128::from(rows);
    let step = SignedDuration::from_micros(i64::try_from(step)?);
    let tenants = actors.len() as u64;
    let (mut n, mut at, mut dice) = (0, begin, Dice::new(7));
    let sql = "COPY events (tenant_id, dataset, at, id, m1, m2, m3, d1, d2, d3) FROM STDIN (FORMAT binary)";
    copy(client, sql, |out| {
        if n == rows {
            return false;
        }
        out.row(10);
        out.uuid(actors[owner(n, tenants)].record.id.uuid());
        out.int4(1);
        out.timestamptz(at);
        out.uuid(id(n));
        let (measures, dimensions) = facts(&mut dice);
        measures.iter().for_each(|value| out.float8(*value));
        dimensions.iter().for_each(|value| out.text(value));
        n += 1;
        at += step;
        true
    })
    .await?;
    eprintln!("  {rows} events of {tenants} tenants are in; indexes");
    client.batch_execute("SET maintenance_work_mem = '1GB'").await?;
    for index in &indexes {
        let (sql, name): (String, String) = (index.get(0), index.get(2));
        client
            .batch_execute(&match index.get::<_, Option<String>>(3) {
                None => sql,
                Some(constraint) => format!("ALTER TABLE events ADD CONSTRAINT {name} {constraint}"),
            })
            .await?;
    }
    describe(client, definition, until).await
}
