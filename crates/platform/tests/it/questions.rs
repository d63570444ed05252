//! Questions to a real PostgreSQL, held against what was worked out without it.

use std::collections::BTreeMap;

use insula_insight::{Context, Source, compile, compile_dashboard, reference};
use insula_model::policy::action::{EventIngest, QuestionAsk};
use insula_model::{
    Agg, Aggregate, Answer, Chart, CohortOptions, ColumnKind, Compare, Content, DashboardConfig,
    DatasetDefinition, Event, FunnelOptions, GaugeOptions, GrainChoice, HeatmapOptions, MapOptions, Picture,
    PieOptions, PivotOptions, Place, Question, Tier, WeekStart, Widget, default_dashboard, period,
};
use insula_platform::{QuestionRequest, RowsRequest};
use insula_store::{Insertion, StoredDataset};
use insula_testkit::{TestPlatform, each_tier};
use jiff::Timestamp;
use serde_json::json;

use crate::data::{Flight, flight, flights, ingest, ingest_flights};
use crate::people::{Person, home, refused};
use crate::tables::Tables;

/// How many random questions are asked in each tier.
const RANDOM: u64 = 150;

fn request(question: serde_json::Value) -> QuestionRequest {
    let question = serde_json::from_value(question).expect("a question");
    QuestionRequest::new(question)
}

fn texts(answer: &Answer, name: &str, kind: ColumnKind) -> Vec<Option<String>> {
    answer.values(name, kind).and_then(|v| v.texts()).expect("texts").to_vec()
}

fn numbers(answer: &Answer, name: &str) -> Vec<Option<f64>> {
    answer.values(name, ColumnKind::Measure).and_then(|v| v.numbers()).expect("numbers").to_vec()
}

each_tier!(sums_by_origin_and_month_are_those_of_the_input, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let (mine, theirs) = (flights(1, 6_000), flights(2, 2_000));
    ingest_flights(t, &a, &mine).await;
    ingest_flights(t, &b, &theirs).await;
    let mut sums = BTreeMap::new();
    for Flight { month, origin, distance, dep_delay, .. } in &mine {
        let key = (format!("2013-{month:02}-01"), origin.map(str::to_owned));
        let sum = sums.entry(key).or_insert((0.0, 0.0, 0_u32, 0_u32));
        sum.0 += distance;
        sum.2 += 1;
        if let Some(delay) = dep_delay {
            sum.1 += delay;
            sum.3 += 1;
        }
    }
    let question = request(json!({
        "dataset": "flights", "grain": "month", "by": ["origin"], "range": { "from": "2013-01-01", "to": "2014-01-01" },
        "measures": [{ "agg": "sum", "measure": "distance" }, { "agg": "count" }, { "agg": "avg", "measure": "dep_delay" }]
    }));
    let answer = t.platform.question_ask(&a.tenant(t), &question).await.expect("an answer");
    assert_eq!(answer.rows(), 12 * 4);
    let (months, origins) =
        (texts(&answer, "time", ColumnKind::Time), texts(&answer, "origin", ColumnKind::Dimension));
    let (distance, count, delay) =
        (numbers(&answer, "sum_distance"), numbers(&answer, "count"), numbers(&answer, "avg_dep_delay"));
    for row in 0..answer.rows() {
        let key = (months[row].clone().expect("a month"), origins[row].clone());
        let (sum, delays, flights, delayed) = sums.remove(&key).expect("a sum");
        assert_eq!((distance[row], count[row]), (Some(sum), Some(f64::from(flights))), "{key:?}");
        let found = delay[row].expect("a mean");
        assert!((found - delays / f64::from(delayed)).abs() < 1e-9, "{key:?}: {found}");
    }
    assert!(sums.is_empty());
});

/// A dataset as it is stored.
pub(crate) async fn stored(t: &TestPlatform, who: &Person, name: &str) -> StoredDataset {
    let permit = who.tenant(t).authorize::<QuestionAsk>().expect("a permit");
    t.store().begin(&permit).await.expect("a transaction").datasets().view(name).await.expect("the dataset")
}

/// The answer of PostgreSQL to a question in surroundings of the test's choice.
pub(crate) async fn asked(
    t: &TestPlatform,
    who: &Person,
    question: &Question,
    dataset: &StoredDataset,
    context: &Context,
) -> insula_model::Result<Answer> {
    let compiled = compile(question, dataset.source(), context)?;
    let permit = who.tenant(t).authorize::<QuestionAsk>()?;
    let mut tx = t.store().begin(&permit).await?;
    let rows = tx.questions().run(std::slice::from_ref(&compiled.statement)).await?.remove(0)?;
    compiled.shape.answer(&rows)
}

/// Asks a question, and holds what comes back against the reference: how many rows, if it can be answered.
pub(crate) async fn compared(
    t: &TestPlatform,
    who: &Person,
    seed: u64,
    question: &Question,
    dataset: &StoredDataset,
    context: &Context,
    all: &[Event],
) -> Option<usize> {
    let expected = reference::answer(question, &dataset.dataset.definition, context, all);
    match (expected, asked(t, who, question, dataset, context).await) {
        (Ok(expected), Ok(found)) => {
            if let Err(why) = reference::same(&expected, &found) {
                panic!("seed {seed}, {}\n{why}", serde_json::to_string(question).expect("JSON"));
            }
            Some(found.rows())
        }
        (Err(expected), Err(found)) => {
            assert_eq!(expected.code(), found.code());
            None
        }
        (expected, found) => panic!("seed {seed}: {expected:?} and {found:?}"),
    }
}

/// Stores events without asking the clock whether they may be.
pub(crate) async fn put_in(t: &TestPlatform, who: &Person, events: &[Event]) {
    let permit = who.tenant(t).authorize::<EventIngest>().expect("a permit");
    let mut tx = t.store().begin(&permit).await.expect("a transaction");
    tx.events().ingest(&permit, events, Insertion::Hopeful, t.platform.world()).await.expect("events");
    tx.commit().await.expect("committed");
}

/// An event with all names in the order of the reference, whatever the first of the others have.
pub(crate) fn names(id: u64, at: Timestamp) -> Event {
    let put = reference::dataset();
    Event {
        measures: put.measures.iter().map(|m| (m.name.clone(), 0.0)).collect(),
        dimensions: put.dimensions.iter().map(|d| (d.name.clone(), String::new())).collect(),
        dataset: put.name,
        id: uuid::Uuid::from_u128(u128::from(id)),
        at,
    }
}

each_tier!(random_questions_are_answered_as_the_reference_does, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let tables = Tables::make(t, &owner).await;
    let (mut answers, mut rows) = (0, 0);
    for seed in 0..RANDOM / 10 {
        let looking_up = seed % 3 != 0;
        let new = if looking_up { reference::Dice::looking_up } else { reference::Dice::new };
        let mut dice = new(seed * 1_000 + tier as u64);
        let context = dice.context();
        let events = dice.events(context.now);
        if seed > 0 {
            t.platform.dataset_delete(&owner.tenant(t), "flights").await.expect("deleted");
        }
        let mut all = vec![names(seed, "1971-01-01T00:00:00Z".parse().expect("a moment"))];
        all.extend(events);
        put_in(t, &owner, &all).await;
        if looking_up {
            tables.fill(t, &owner, &mut dice).await;
            tables.look_up(t, &owner).await;
        }
        let dataset = stored(t, &owner, "flights").await;
        let all = tables.seen(t, &owner, &dataset, &all).await;
        for _ in 0..10 {
            let question = dice.question(context.now);
            let found = compared(t, &owner, seed, &question, &dataset, &context, &all).await;
            (answers, rows) = (answers + usize::from(found.is_some()), rows + found.unwrap_or_default());
        }
    }
    assert!(answers > 75 && rows > 100, "{answers} answers with {rows} rows say too little");
});

/// The question that a chart's answer is the answer to.
fn plain(chart: &Chart, compare: Option<Compare>) -> (Question, Option<Question>) {
    let question = chart.question.clone();
    let alone = || Question { compare: Some(Compare::None), ..question.clone() };
    match &chart.picture {
        Picture::Kpi(options) => {
            let course = Question { grain: Some(GrainChoice::Auto), ..alone() };
            (Question { grain: None, ..question }, options.sparkline.then_some(course))
        }
        Picture::Gauge(_) => (Question { grain: None, ..alone() }, None),
        Picture::TimeSeries(_) => {
            let grain = question.grain.or(Some(GrainChoice::Auto));
            (Question { grain, compare: question.compare.or(compare), ..question }, None)
        }
        picture if picture.compares() => (question, None),
        _ => (alone(), None),
    }
}

/// The default dashboard, and below it one of each of the other pictures.
fn every_picture(definition: &DatasetDefinition) -> DashboardConfig {
    let mut config = default_dashboard(definition);
    let measure = |m: usize| Aggregate::of(Agg::Sum, &definition.measures[m].name);
    let ask = |by: &[usize]| Question {
        by: by.iter().map(|d| definition.dimensions[*d].name.clone()).collect(),
        ..Question::new(&definition.name, vec![measure(0)])
    };
    let over_time = Question { grain: Some(GrainChoice::Month), ..ask(&[0]) };
    let steps = Question { measures: vec![Aggregate::count().into(), measure(0).into()], ..ask(&[]) };
    let pictures = [
        (ask(&[0]), Picture::Pie(PieOptions::default())),
        (ask(&[0, 1]), Picture::Pivot(PivotOptions::default())),
        (over_time, Picture::Heatmap(HeatmapOptions::default())),
        (steps, Picture::Funnel(FunnelOptions::default())),
        (ask(&[0, 1]), Picture::Cohort(CohortOptions::default())),
        (ask(&[]), Picture::Gauge(GaugeOptions::default())),
        (ask(&[1]), Picture::Map(MapOptions::default())),
    ];
    for (y, (question, picture)) in (100..).zip(pictures) {
        let id = format!("more{y}");
        config.layout.push(Place { widget: id.clone(), x: 0, y, w: 12, h: 1 });
        config.widgets.push(Widget::chart(id, "More", question, picture));
    }
    config.check().expect("a valid dashboard");
    config
}

each_tier!(a_whole_dashboard_says_what_its_questions_say, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let now = "2026-11-21T08:17:33Z".parse().expect("a moment");
    let mut dice = reference::Dice::new(7);
    let events: Vec<Event> = (0..6).flat_map(|_| dice.events(now)).collect();
    put_in(t, &owner, &events).await;
    let dataset = stored(t, &owner, "flights").await;
    let definition = &dataset.dataset.definition;
    let config = every_picture(definition);
    for (zone, compare) in [("America/New_York", None), ("Asia/Kathmandu", Some(Compare::PreviousPeriod))] {
        let context = Context {
            now,
            time_zone: period::time_zone(zone, "").expect("a zone"),
            week_start: WeekStart::Sunday,
            range: Some(config.range),
            compare,
            filters: Vec::new(),
            locked: Vec::new(),
        };
        let source = Source::new(definition, dataset.number);
        let plan = compile_dashboard(&config, &[source], &context).expect("a plan");
        let permit = owner.tenant(t).authorize::<QuestionAsk>().expect("a permit");
        let mut tx = t.store().begin(&permit).await.expect("a transaction");
        let results = tx.questions().run(&plan.statements).await.expect("results");
        assert!(plan.statements.len() < config.widgets.len());
        let context = Context { compare: compare.or(config.compare), ..context };
        for (widget, shown) in config.widgets.iter().zip(plan.assemble(&results)) {
            let Content::Chart(chart) = &widget.content else { panic!("{}: a text", widget.id) };
            let (value, series) = plain(chart, context.compare);
            let expected = reference::answer(&value, definition, &context, &events).expect("an answer");
            let found = shown.value.unwrap_or_else(|| panic!("{}: {:?}", widget.id, shown.problem));
            reference::same(&expected, &found).unwrap_or_else(|why| panic!("{}: {why}", widget.id));
            assert_eq!(shown.series.is_some(), series.is_some());
            if let (Some(series), Some(found)) = (series, shown.series) {
                let expected = reference::answer(&series, definition, &context, &events).expect("an answer");
                reference::same(&expected, &found).unwrap_or_else(|why| panic!("{}: {why}", widget.id));
            }
        }
    }
});

each_tier!(no_kind_of_question_reads_the_whole_table, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let client = acme.superuser(t).await;
    // 200,000 events: with others in one table of which ours are a fiftieth, or 16 years of ours alone.
    let others = if tier == Tier::Pooled { 50 } else { 1 };
    client
        .execute(
            "INSERT INTO events (tenant_id, dataset, at, id, m1, m2, m3, d1, d2, d3) \
             SELECT CASE n % $2 WHEN 0 THEN $1 ELSE uuid_in(md5((n % $2)::text)::cstring) END, 1, \
                    '2012-01-01Z'::timestamptz + n * interval '42 minutes', gen_random_uuid(), n, n, n, \
                    'o' || n % 3, 'd' || n % 100, 'c' || n % 16 FROM generate_series(0::int8, 199999) n",
            &[&acme.id().uuid(), &i64::from(others)],
        )
        .await
        .expect("events");
    // And 200,000 rows of tables, of which a hundredth are those that are asked.
    client
        .execute(
            "INSERT INTO table_rows (tenant_id, number, key, a1, a2, a3, m1, m2, m3, at) \
             SELECT CASE n % $2 WHEN 0 THEN $1 ELSE uuid_in(md5((n % $2)::text)::cstring) END, n / 2000 + 1, 'c' || n, \
                    'name ' || n, 'alliance ' || n % 3, 'o' || n % 3, n, n, n, \
                    '2012-01-01Z'::timestamptz + n % 2000 * interval '2 days' FROM generate_series(0::int8, 199999) n",
            &[&acme.id().uuid(), &i64::from(others)],
        )
        .await
        .expect("rows of tables");
    client.batch_execute("VACUUM ANALYZE events, table_rows").await.expect("statistics");
    let context = Context {
        now: "2026-11-21T08:17:33Z".parse().expect("a moment"),
        time_zone: period::time_zone("Europe/Berlin", "").expect("a zone"),
        week_start: WeekStart::Monday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    };
    let role = &acme.record.placement.role;
    let (dataset, looking_up) = (reference::dataset(), reference::lookup_dataset());
    let kinds = reference::kinds().into_iter().map(|(kind, question)| (kind, question, &dataset));
    let lookups = reference::lookup_kinds().into_iter().map(|(kind, question)| (kind, question, &looking_up));
    let over_table = reference::table_dataset(5, &reference::table_sources());
    let of_table = reference::kinds().into_iter().chain(reference::table_kinds());
    let of_table = of_table.map(|(kind, question)| (kind, question, &over_table));
    for (kind, question, dataset) in kinds.chain(lookups).chain(of_table) {
        let compiled = compile(&question, Source::new(dataset, 1), &context).expect("a statement");
        let plan = crate::plans::explain(&client, &acme.id(), role, &compiled.statement).await;
        assert!(plan.contains("InitPlan"), "{kind}: row-level security is not in the plan\n{plan}");
        let seq = |line: &str| line.contains("Seq Scan on events") || line.contains("Seq Scan on table_rows");
        let whole = plan.lines().any(seq);
        assert!(!whole, "{kind}\n{}\n{plan}", compiled.statement.sql);
    }
});

#[tokio::test]
async fn no_formula_makes_postgresql_fail() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let extremes = [1e100, -1e100, 1e-300, -1e-300, 5e-324, 0.0, -0.0, 0.5, -3.0];
    let put = reference::dataset();
    let event = |(i, values): (usize, [f64; 3])| Event {
        measures: put.measures.iter().map(|m| m.name.clone()).zip(values).collect(),
        dimensions: vec![("origin".to_owned(), format!("o{}", i % 7))],
        dataset: put.name.clone(),
        id: uuid::Uuid::from_u128(i as u128),
        at: "2026-11-20T01:00:00Z".parse().expect("a moment"),
    };
    let triples = extremes.iter().flat_map(|a| extremes.iter().map(move |b| [*a, *b, a / 2.0]));
    let events: Vec<Event> = triples.enumerate().map(event).collect();
    put_in(t, &owner, &events).await;
    let dataset = stored(t, &owner, "flights").await;
    let context = Context {
        now: "2026-11-21T08:17:33Z".parse().expect("a moment"),
        time_zone: period::time_zone("Europe/Berlin", "").expect("a zone"),
        week_start: WeekStart::Monday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    };
    for formula in [
        "sum(distance * dep_delay)",
        "sum(distance * dep_delay * fare * distance * dep_delay)",
        "sum(distance / dep_delay / fare / distance)",
        "max(distance * 1e99 * 1e99) + min(distance * 1e-79 * 1e-79 * 1e-79 * 1e-79 * 1e-79)",
        "avg(power(distance, 3)) + max(power(distance * dep_delay, -3)) + min(power(fare, -0.5))",
        "sum(sqrt(distance)) + sum(ln(dep_delay)) + sum(ln(distance * dep_delay))",
        "sum(round(distance, 10)) + sum(round(distance / dep_delay, 10))",
        "sum(distance) * sum(dep_delay) * sum(fare) * sum(distance)",
        "fare / distance / dep_delay / fare / (distance - distance) / 1e-80 / 1e-80 / 1e-80 / 1e-80 / 1e-80",
        "power(sum(distance) - sum(fare), 3) + ln(min(fare)) + sqrt(min(distance)) + round(sum(distance), 10)",
        "avg((distance - dep_delay) * (distance + fare)) / nullif(avg(fare), 0)",
        "sum(least(distance, dep_delay) * greatest(distance, fare)) filter (where distance / dep_delay > 1e90)",
    ] {
        for by in [json!([]), json!(["origin"])] {
            let question =
                json!({ "dataset": "flights", "by": by, "measures": [{ "formula": formula, "as": "f" }] });
            let question: Question = serde_json::from_value(question).expect("a question");
            let answer = asked(t, &owner, &question, &dataset, &context).await;
            let answer = answer.unwrap_or_else(|error| panic!("{formula}: {error:?}"));
            assert!(numbers(&answer, "f").iter().flatten().all(|v| v.is_finite()), "{formula}");
        }
    }
}

each_tier!(calculated_measures_are_declared_and_asked_for, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let tenant = owner.tenant(t);
    let declare = async |formula: &str| {
        let put = json!({ "measures": [{ "name": "distance" }, { "name": "mean", "formula": formula, "unit": "mi" }] });
        let put = serde_json::from_value(put).expect("a declaration");
        t.platform.dataset_update(&tenant, "flights", &put, None).await
    };
    let wrong = declare("distanse / count()").await.expect_err("it is refused");
    let field = &wrong.fields()[0];
    assert_eq!((field.pointer.as_str(), field.at), ("/measures/1/formula", Some(0)));
    assert_eq!(refused(t.platform.dataset_view(&tenant, "flights").await), "not_found");

    declare("distance / nullif(count(), 0)").await.expect("declared");
    let sent = [flight("1", "2013-01-01T10:00:00Z", 4.0), flight("2", "2013-01-02T10:00:00Z", 5.0)];
    ingest(t, &owner, &sent).await.expect("taken");
    let ask = async |formula: &str| {
        let range = json!({ "from": "2013-01-01", "to": "2013-02-01" });
        let question =
            json!({ "dataset": "flights", "range": range, "measures": [{ "formula": formula, "as": "f" }] });
        t.platform.question_ask(&tenant, &request(question)).await
    };
    let answer = ask("mean").await.expect("an answer");
    assert_eq!((numbers(&answer, "f"), answer.columns[0].unit.as_deref()), (vec![Some(4.5)], Some("mi")));
    assert_eq!(numbers(&ask("mean * 2 + 1").await.expect("an answer"), "f"), [Some(10.0)]);
    let wrong = ask("mean * distanse").await.expect_err("it is refused");
    let field = &wrong.fields()[0];
    assert_eq!((field.pointer.as_str(), field.at), ("/question/measures/0/formula", Some(7)));
});

each_tier!(what_is_wrong_with_a_question_is_said, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    ingest(t, &a, &[flight("1", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    let secret = json!({ "id": "1", "dataset": "secret", "at": "2013-01-01T10:00:00Z", "dimensions": { "note": "CNRY-B" } });
    ingest(t, &b, &[secret]).await.expect("taken");
    let ask = async |question: serde_json::Value| {
        t.platform.question_ask(&a.tenant(t), &request(question)).await.expect_err("it is refused")
    };
    let count = json!([{ "agg": "count" }]);
    let theirs = ask(json!({ "dataset": "secret", "measures": count })).await;
    let nobodys = ask(json!({ "dataset": "absent", "measures": count })).await;
    assert_eq!(theirs.detail().replace("secret", "absent"), nobodys.detail());
    assert_eq!(theirs.fields()[0].pointer, "/question/dataset");
    let wrong = ask(json!({ "dataset": "flights", "measures": [{ "agg": "sum", "measure": "distanse" }], "by": ["note"] })).await;
    let pointers: Vec<_> = wrong.fields().iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(
        (wrong.code(), pointers),
        ("question.invalid", vec!["/question/measures/0/measure", "/question/by/0"])
    );
    let zone = QuestionRequest {
        time_zone: Some("Mars/Olympus".to_owned()),
        ..request(json!({ "dataset": "flights", "measures": count }))
    };
    assert_eq!(refused(t.platform.question_ask(&a.tenant(t), &zone).await), "input.invalid");
});

each_tier!(the_rows_behind_a_question_are_all_of_them_and_nobody_elses, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    ingest_flights(t, &a, &flights(1, 900)).await;
    ingest_flights(t, &b, &flights(2, 300)).await;
    let asked = QuestionRequest {
        filters: vec![
            serde_json::from_value(json!({ "dimension": "origin", "op": "in", "values": ["JFK"] }))
                .expect("a filter"),
        ],
        ..request(json!({
            "dataset": "flights", "measures": [{ "agg": "count" }, { "agg": "sum", "measure": "distance" }],
            "range": { "from": "2013-01-01", "to": "2014-01-01" }, "compare": "previous_period"
        }))
    };
    let answer = t.platform.question_ask(&a.tenant(t), &asked).await.expect("an answer");
    let (count, distance) = (numbers(&answer, "count")[0], numbers(&answer, "sum_distance")[0]);

    let (mut times, mut sum, mut cursor, mut pages) = (Vec::new(), 0.0, None, 0);
    loop {
        let page = RowsRequest { asked: asked.clone(), limit: Some(60), cursor };
        let page = t.platform.question_rows(&a.tenant(t), &page).await.expect("a page");
        let column = |name: &str| &page.data[page.columns.iter().position(|c| c.name == name).expect(name)];
        times.extend(column("time").texts().expect("times").iter().flatten().cloned());
        assert!(column("origin").texts().expect("texts").iter().all(|o| o.as_deref() == Some("JFK")));
        sum += column("distance").numbers().expect("numbers").iter().flatten().sum::<f64>();
        pages += 1;
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 2, "{pages} pages");
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let found = times.len() as f64;
    assert_eq!((Some(found), Some(sum)), (count, distance));
    let moments: Vec<jiff::Timestamp> = times.iter().map(|t| t.parse().expect("a moment")).collect();
    assert!(moments.is_sorted_by(|a, b| a >= b), "the latest first");

    // Another tenant's cursor shows nothing of theirs, and what makes no sense is refused.
    let page = |limit, cursor: Option<&str>| RowsRequest {
        asked: asked.clone(),
        limit,
        cursor: cursor.map(str::to_owned),
    };
    let mine = t.platform.question_rows(&a.tenant(t), &page(Some(1), None)).await.expect("a page");
    let theirs = page(Some(1_000), mine.next_cursor.as_deref());
    let theirs = t.platform.question_rows(&b.tenant(t), &theirs).await.expect("a page");
    assert!(theirs.data[0].len() <= 300 && theirs.next_cursor.is_none());
    let all = t.platform.question_rows(&a.tenant(t), &page(None, Some("x"))).await;
    assert_eq!(refused(all), "page.cursor");
    assert_eq!(refused(t.platform.question_rows(&a.tenant(t), &page(Some(0), None)).await), "input.invalid");
    let mut unknown = page(None, None);
    unknown.asked.filters = vec![
        serde_json::from_value(json!({ "dimension": "planet", "op": "in", "values": ["x"] }))
            .expect("a filter"),
    ];
    assert_eq!(refused(t.platform.question_rows(&a.tenant(t), &unknown).await), "input.invalid");
});
