//! From asking for a tenant until it can be used, and the bare SQL that this needs at least. One tenant at a time.

use std::time::Instant;

use insula_model::Tier;
use insula_store::MigrationSet;
use tokio_postgres::Client;

use crate::figures::{Figure, Samples};
use crate::place::Place;
use crate::{Options, Result};

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(&Options { data: None, ..options.clone() }).await?;
    let (each, many) = if options.quick { (20, 100) } else { (200, 1000) };
    let mut figures = Vec::new();
    // First, while the installation is empty.
    figures.push(flat(&place, many).await?);
    for (tier, most) in [(Tier::Pooled, 0.060), (Tier::Schema, 0.300), (Tier::Database, 1.0)] {
        for sample in [true, false] {
            let count = if sample { each } else { each / 4 };
            figures.push(tier_of(&place, tier, sample, count, sample.then_some(most)).await?);
        }
    }
    place.stop().await?;
    Ok(figures)
}

async fn until_usable(place: &Place, slug: &str, tier: Tier, sample: bool) -> Result<std::time::Duration> {
    let begun = Instant::now();
    let operation = place.ask(slug, tier, sample).await?;
    place.ended(operation).await?;
    Ok(begun.elapsed())
}

async fn tier_of(place: &Place, tier: Tier, sample: bool, count: u64, most: Option<f64>) -> Result<Figure> {
    let bare = place.bare(&place.names.shared).await?;
    let (mut floor, mut ours) = (Samples::default(), Samples::default());
    for n in 0..count {
        let slug = format!("{tier}-{}{n:04}", if sample { "s" } else { "e" });
        ours.push(until_usable(place, &slug, tier, sample).await?);
        // The database's check of its walls is ours, too.
        place.check_walls(&bare, false).await?;
        let begun = Instant::now();
        by_hand(place, &bare, tier, &slug.replace('-', "_")).await?;
        floor.push(begun.elapsed());
        place.check_walls(&bare, true).await?;
    }
    let control = place.bare(&place.control.database).await?;
    eprintln!("  {tier}: {}", phases(&control, tier).await?);
    let what = format!("{tier}, {}: {count} tenants", if sample { "with sample data" } else { "empty" });
    let figure = Figure::new(what, &ours).by_hand(&floor).ratio(ours.p50() / floor.p50());
    Ok(match most {
        Some(most) => figure.bar(format!("p95 ≤ {}", crate::figures::time(most)), ours.p95() <= most),
        None => figure,
    })
}

/// Where the time went, by the journal: the median of each step, and of what the engine does between two of them.
async fn phases(bare: &Client, tier: Tier) -> Result<String> {
    let rows = bare
        .query(
            "WITH moments AS ( \
                 SELECT s.step, s.started_at, s.ended_at, o.created_at AS asked, o.started_at AS leased, o.ended_at AS over, \
                        lead(s.started_at) OVER (PARTITION BY o.id ORDER BY s.step) AS next \
                   FROM control.operation_steps s JOIN control.operations o ON o.id = s.operation_id \
                   JOIN control.placements p ON p.tenant_id = o.tenant_id \
                  WHERE o.kind = 'tenant.provision' AND p.tier = $1) \
             SELECT step, \
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM ended_at - started_at)), \
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM coalesce(next, over) - ended_at)), \
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM leased - asked)) \
               FROM moments GROUP BY step ORDER BY step",
            &[&tier.as_str()],
        )
        .await?;
    let mut said = String::new();
    for row in &rows {
        let (step, took, between): (i32, f64, f64) = (row.get(0), row.get(1), row.get(2));
        if step == 0 {
            said = format!("waits {:.1}", row.get::<_, f64>(3));
        }
        said.push_str(&format!(" · {step}: {took:.1} + {between:.1}"));
    }
    Ok(said + " ms")
}

/// What has to be there at least, in the fewest statements: rows; a role, a schema and its tables; a role and a database.
async fn by_hand(place: &Place, bare: &Client, tier: Tier, name: &str) -> Result<()> {
    let template = &place.names.template;
    match tier {
        Tier::Pooled => {
            let id = place.platform().world().uuid();
            bare.batch_execute(&format!(
                "BEGIN; INSERT INTO tenancy VALUES ('{id}', 1, true); \
                 INSERT INTO settings (tenant_id, name, time_zone, locale, week_start, branding) \
                     VALUES ('{id}', 'x', 'UTC', 'en', 'monday', '{{}}'); \
                 INSERT INTO members VALUES ('{id}', '{id}', '{id}', 'x', 'x', 'owner', now()); \
                 INSERT INTO dashboards VALUES ('{id}', '{id}', 'x', NULL, true, false, '{{}}', 1, now(), now()); \
                 INSERT INTO audit_heads VALUES ('{id}', 0, ''); COMMIT;"
            ))
            .await?;
        }
        Tier::Schema => {
            let tables: String = MigrationSet::tenant().migrations.into_iter().map(|m| m.sql).collect();
            bare.batch_execute(&format!(
                "BEGIN; SET LOCAL client_min_messages = warning; \
                 CREATE ROLE by_hand_{name} NOLOGIN; CREATE SCHEMA by_hand_{name}; \
                 SET LOCAL search_path = by_hand_{name}, pg_temp; \
                 SET LOCAL insula.target_role = 'by_hand_{name}'; {tables} COMMIT;"
            ))
            .await?;
        }
        Tier::Database => {
            bare.batch_execute(&format!("CREATE ROLE by_hand_{name} NOLOGIN")).await?;
            bare.batch_execute(&format!("CREATE DATABASE by_hand_{name} TEMPLATE {template}")).await?;
        }
    }
    Ok(())
}

/// The first and the last of many: does it get slower the more there are?
async fn flat(place: &Place, many: usize) -> Result<Figure> {
    let mut all = Samples::default();
    // What is done once only (connections, prepared statements) is no tenant's.
    for (n, tier) in [Tier::Pooled, Tier::Schema].iter().cycle().take(8).enumerate() {
        until_usable(place, &format!("warm-{n}"), *tier, false).await?;
    }
    for n in 0..many {
        let tier = if n % 2 == 0 { Tier::Pooled } else { Tier::Schema };
        all.push(until_usable(place, &format!("many-{n:04}"), tier, false).await?);
    }
    // The mean of a middle: pooled and schema tenants alternate, and one pause of the machine is not to decide.
    let (first, last) = (all.part(0..20), all.part(many - 20..many));
    let middle = |s: &Samples| (s.at(0.25) + s.at(0.75)) / 2.0;
    let ratio = middle(&last) / middle(&first);
    Ok(Figure::new(format!("pooled and schema in turns, {many} tenants: last 20 against first 20"), &last)
        .by_hand(format!("first: {first}"))
        .ratio(ratio)
        .bar("≤ 1.3 ×", ratio <= 1.3))
}
