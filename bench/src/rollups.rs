//! Questions about a month and more where sums of days are kept, and the same question to the events: the SQL that the
//! product writes where none are kept (which `scoped-read` holds against SQL by hand), with a hand-written filter on a
//! bare connection of a superuser, in turns. A large tenant, and one of ordinary size.

use std::time::Instant;

use insula_insight::{Context, Rolled, Source, Statement, compile};
use insula_model::policy::action::QuestionAsk;
use insula_model::{Agg, Aggregate, Filter, GrainChoice, Last, Question, Range, Tier, WeekStart};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::actors::Actor;
use crate::bare::{Bare, filtered};
use crate::events;
use crate::figures::{Figure, Samples};
use crate::place::Place;
use crate::{Options, Result};

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(&Options { data: None, ..options.clone() }).await?;
    let (large, small) = if options.quick { (200_000, 20_000) } else { (2_000_000, 50_000) };
    let until = place.platform().world().now();
    let mut actors = Vec::new();
    for (slug, rows) in [("large", large), ("ordinary", small)] {
        actors.push((place.actor(slug, Tier::Pooled).await?, rows));
    }
    events::fill_each(&place, &actors, until).await?;
    let mut figures = Vec::new();
    for (actor, rows) in &actors {
        let begun = Instant::now();
        while !place.platform().rollup_update(actor.record.id, 1).await? {}
        let rolled = rolled(&place, actor).await?;
        let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(*rows)?);
        figures
            .push(Figure::new(format!("{rows} events: to sum all of them up"), format!("{each:.2} µs each")));
        for (what, question) in questions() {
            figures.push(
                one(&place, actor, &rolled, &format!("{rows} events: {what}"), &question, until, options)
                    .await?,
            );
        }
    }
    place.stop().await?;
    Ok(figures)
}

/// What was found to be worth keeping.
async fn rolled(place: &Place, actor: &Actor) -> Result<Rolled> {
    let client = place.bare(&place.names.shared).await?;
    let sql = "SELECT rolled::text FROM datasets WHERE tenant_id = $1";
    let text: String = client.query_one(sql, &[&actor.record.id.uuid()]).await?.get(0);
    Ok(serde_json::from_str(&text)?)
}

fn questions() -> Vec<(&'static str, Question)> {
    let over = |days, grain: Option<GrainChoice>| Question {
        range: Some(Range::Last(Last::Days(days))),
        grain,
        ..Question::new("sales", vec![Aggregate::of(Agg::Sum, "revenue"), Aggregate::count()])
    };
    let day = Some(GrainChoice::Day);
    let search = Filter::In { dimension: "channel".to_owned(), values: vec![Some("Search".to_owned())] };
    vec![
        ("30 days, by day", over(30, day)),
        ("90 days, by day", over(90, day)),
        ("90 days, by day and channel", Question { by: vec!["channel".to_owned()], ..over(90, day) }),
        (
            "90 days of one channel, by week",
            Question { filters: vec![search], ..over(90, Some(GrainChoice::Week)) },
        ),
        ("a year, by day", over(365, day)),
        (
            "a year, ten best countries",
            Question { by: vec!["country".to_owned()], limit: Some(10), ..over(365, None) },
        ),
    ]
}

async fn one(
    place: &Place,
    actor: &Actor,
    rolled: &Rolled,
    what: &str,
    question: &Question,
    until: Timestamp,
    options: &Options,
) -> Result<Figure> {
    let store = place.platform().store();
    let mut bare = Bare::connect(place).await?;
    let (mut by_hand, mut ours) = (Samples::default(), Samples::default());
    let (warm, turns) = if options.quick { (2, 10) } else { (5, 60) };
    let definition = events::definition()?;
    for n in 0..warm + turns {
        // Each from another moment on, so that nothing is the same twice.
        let context = Context {
            now: until - SignedDuration::from_secs(n),
            time_zone: TimeZone::UTC,
            week_start: WeekStart::Monday,
            range: None,
            compare: None,
            filters: Vec::new(),
            locked: Vec::new(),
        };
        let source = Source::new(&definition, 1);
        let plain = compile(question, source, &context)?.statement;
        let summed = compile(question, Source { rolled: Some(rolled), ..source }, &context)?.statement;
        let op = actor.op(place).await?;
        let permit = store.tenant(&op, actor.record.clone())?.authorize::<QuestionAsk>()?;
        let begun = Instant::now();
        let found = bare.query(&filtered(&plain), &plain, &actor.record.id.uuid()).await?;
        let hand = begun.elapsed();
        let statements: [Statement; 1] = [summed];
        let begun = Instant::now();
        let mut tx = store.glance(&permit).await?;
        let rows = tx.questions().run(&statements).await?.pop().ok_or("no result")??;
        drop(tx);
        let took = begun.elapsed();
        if rows.len() != found || found == 0 {
            return Err(format!("{what}: {found} rows by hand, {} of sums", rows.len()).into());
        }
        if n >= warm {
            by_hand.push(hand);
            ours.push(took);
        }
    }
    let ratio = by_hand.p50() / ours.p50();
    Ok(Figure::new(what, &ours).by_hand(&by_hand).ratio(ratio).bar("≥ 20 ×", ratio >= 20.0))
}
