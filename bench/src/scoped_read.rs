//! Reading as a tenant (a connection from the pool, the transaction, its role and tenant, row security) and the same
//! SQL with a hand-written filter on a bare connection of a superuser, in turns.

use std::time::Instant;

use insula_insight::{ColumnType, Context, Cost, Param, Source, Statement, compile};
use insula_model::dice::Dice;
use insula_model::policy::action::QuestionAsk;
use insula_model::{Agg, Aggregate, GrainChoice, Last, Question, Range, WeekStart};
use jiff::tz::TimeZone;

use crate::bare::{Bare, filtered};
use crate::events::{self, Loaded};
use crate::figures::{Figure, Samples};
use crate::place::Place;
use crate::{Options, Result};

type Ask = Box<dyn Fn(&Loaded, u64) -> Result<(usize, Statement)> + Send + Sync>;

/// A question that is asked of many tenants in turn.
struct Case {
    what: &'static str,
    /// The most that reading it as a tenant may cost.
    most: f64,
    /// The statement for turn `n`, with the tenant that it is for.
    ask: Ask,
    turns: u64,
}

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let place = Place::start(options).await?;
    let loaded = events::load(&place, options).await?;
    let mut figures = Vec::new();
    for case in cases(options) {
        figures.push(one(&place, &loaded, &case).await?);
    }
    place.stop().await?;
    Ok(figures)
}

fn cases(options: &Options) -> Vec<Case> {
    let turns = |n: u64| if options.quick { n / 20 } else { n };
    let asked = |question: fn() -> Question| {
        move |loaded: &Loaded, n: u64| {
            let tenant = usize::try_from(n * 37 % loaded.actors.len() as u64)?;
            let context = Context {
                now: loaded.until,
                time_zone: TimeZone::UTC,
                week_start: WeekStart::Monday,
                range: None,
                compare: None,
                filters: Vec::new(),
                locked: Vec::new(),
            };
            Ok((tenant, compile(&question(), Source::new(&loaded.definition, 1), &context)?.statement))
        }
    };
    vec![
        Case {
            what: "point read: one event by its id",
            most: 1.5,
            ask: Box::new(point),
            turns: turns(20_000),
        },
        Case {
            what: "90 days, by day and channel",
            most: 1.05,
            ask: Box::new(asked(|| Question {
                by: vec!["channel".to_owned()],
                ..over(Last::Days(90), Some(GrainChoice::Day))
            })),
            turns: turns(1000),
        },
        Case {
            what: "a year, by day",
            most: 1.05,
            ask: Box::new(asked(|| over(Last::Days(365), Some(GrainChoice::Day)))),
            turns: turns(400),
        },
        Case {
            what: "a year, ten best countries",
            most: 1.05,
            ask: Box::new(asked(|| Question {
                by: vec!["country".to_owned()],
                limit: Some(10),
                ..over(Last::Days(365), None)
            })),
            turns: turns(400),
        },
    ]
}

fn over(last: Last, grain: Option<GrainChoice>) -> Question {
    let measures = vec![Aggregate::of(Agg::Sum, "revenue"), Aggregate::count()];
    Question { range: Some(Range::Last(last)), grain, ..Question::new("sales", measures) }
}

fn point(loaded: &Loaded, n: u64) -> Result<(usize, Statement)> {
    let n = Dice::new(n).below(loaded.rows);
    let statement = Statement {
        sql: "SELECT m1, d1 FROM events WHERE id = $1::text::uuid".to_owned(),
        params: vec![Param::Text(events::id(n).to_string())],
        columns: vec![ColumnType::Float8, ColumnType::Text],
        datasets: vec![1],
        cost: Cost { days: 0, rows: 1, scans: 1 },
    };
    Ok((events::owner(n, loaded.actors.len() as u64), statement))
}

async fn one(place: &Place, loaded: &Loaded, case: &Case) -> Result<Figure> {
    let store = place.platform().store();
    let mut bare = Bare::connect(place).await?;
    let (mut by_hand, mut ours) = (Samples::default(), Samples::default());
    let warm = case.turns / 10;
    for n in 0..warm + case.turns {
        let (tenant, statement) = (case.ask)(loaded, n)?;
        let actor = &loaded.actors[tenant];
        let op = actor.op(place).await?;
        let permit = store.tenant(&op, actor.record.clone())?.authorize::<QuestionAsk>()?;
        let statements = [statement];
        let as_tenant = async || {
            let begun = Instant::now();
            let mut tx = store.glance(&permit).await?;
            let rows = tx.questions().run(&statements).await?;
            let rows = rows.into_iter().next().ok_or("no result")??;
            drop(tx);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((rows.len(), begun.elapsed()))
        };
        let filtered = filtered(&statements[0]);
        let mut by_filter = async || {
            let begun = Instant::now();
            let rows = bare.query(&filtered, &statements[0], &actor.record.id.uuid()).await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((rows, begun.elapsed()))
        };
        // Once before, so that the pages are warm for both; then in turns, each of them first every other time.
        by_filter().await?;
        let (a, b) = if n % 2 == 0 {
            let a = by_filter().await?;
            (a, as_tenant().await?)
        } else {
            let b = as_tenant().await?;
            (by_filter().await?, b)
        };
        if a.0 != b.0 || a.0 == 0 {
            return Err(format!("{}: {} rows by hand, {} as the tenant", case.what, a.0, b.0).into());
        }
        if n >= warm {
            by_hand.push(a.1);
            ours.push(b.1);
        }
    }
    Ok(Figure::compared(case.what, &by_hand, &ours, Some(case.most)))
}
