//! Events and dashboards of the tests.

use insula_model::dice::Dice;
use insula_model::{
    DashboardConfig, DashboardData, DashboardId, DashboardInput, EventBatch, EventInput, EventReceipt,
    Result, event::Members,
};
use insula_platform::{DashboardReply, DashboardRequest};
use insula_testkit::TestPlatform;
use serde_json::{Value, json};

use crate::people::Person;

/// A batch of events as a client writes them.
pub(crate) fn batch(events: &[Value]) -> EventBatch {
    EventBatch::from_json(json!({ "events": events }).to_string().as_bytes()).expect("a batch")
}

/// Sends events.
pub(crate) async fn ingest(t: &TestPlatform, who: &Person, events: &[Value]) -> Result<EventReceipt> {
    t.platform.event_ingest(&who.tenant(t), batch(events)).await
}

/// What a batch of so many new events is answered with.
pub(crate) fn accepted(count: usize) -> EventReceipt {
    EventReceipt { accepted: count as u64, ..EventReceipt::default() }
}

/// An event of the dataset `flights` with one measure.
pub(crate) fn flight(id: &str, at: &str, distance: f64) -> Value {
    json!({ "id": id, "dataset": "flights", "at": at, "measures": { "distance": distance },
            "dimensions": { "origin": "EWR" } })
}

/// One flight, as it was thrown.
#[derive(Debug, Clone)]
pub(crate) struct Flight {
    pub(crate) month: u8,
    pub(crate) origin: Option<&'static str>,
    pub(crate) distance: f64,
    pub(crate) dep_delay: Option<f64>,
    pub(crate) event: EventInput,
}

/// Flights of the year 2013, the same for the same seed. Some have no delay, some no origin.
pub(crate) fn flights(seed: u64, count: usize) -> Vec<Flight> {
    let mut dice = Dice::new(seed);
    let mut below = move |end: u64| u32::try_from(dice.below(end)).expect("a small number");
    let flight = |n: usize| {
        let (month, day) = (1 + below(12), 1 + below(28));
        let (hour, minute) = (below(24), below(60));
        let origin = [Some("EWR"), Some("JFK"), Some("LGA"), None][below(4) as usize];
        let distance = f64::from(80 + below(2_500));
        let dep_delay = (below(10) > 0).then(|| f64::from(below(400)) - 30.0);
        let text = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let event = EventInput {
            id: format!("flight {seed} {n}"),
            dataset: "flights".to_owned(),
            at: format!("2013-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"),
            measures: Members(vec![
                ("distance".to_owned(), Some(distance)),
                ("dep_delay".to_owned(), dep_delay),
            ]),
            dimensions: Members(vec![text("origin", origin), text("dest", Some(["ATL", "BOS"][n % 2]))]),
        };
        Flight { month: u8::try_from(month).expect("a month"), origin, distance, dep_delay, event }
    };
    (0..count).map(flight).collect()
}

/// Sends flights in batches.
pub(crate) async fn ingest_flights(t: &TestPlatform, who: &Person, flights: &[Flight]) {
    for part in flights.chunks(2_000) {
        let events = part.iter().map(|f| Ok(f.event.clone())).collect();
        let receipt = t.platform.event_ingest(&who.tenant(t), EventBatch { events }).await;
        assert_eq!(receipt.expect("the flights are taken"), accepted(part.len()));
    }
}

/// A dashboard of one KPI, one series and one bar over `flights`.
pub(crate) fn overview() -> DashboardInput {
    let config: DashboardConfig = serde_json::from_value(json!({
        "range": { "from": "2013-01-01", "to": "2014-01-01" },
        "widgets": [
            { "id": "total", "title": "Distance", "kind": "kpi",
              "question": { "dataset": "flights", "measures": [{ "agg": "sum", "measure": "distance" }] } },
            { "id": "course", "title": "Flights", "kind": "time_series",
              "question": { "dataset": "flights", "measures": [{ "agg": "count" }], "grain": "month" } },
            { "id": "origins", "title": "Origins", "kind": "bar",
              "question": { "dataset": "flights", "measures": [{ "agg": "count" }], "by": ["origin"] } }
        ],
        "layout": [
            { "widget": "total", "x": 0, "y": 0, "w": 3, "h": 2 },
            { "widget": "course", "x": 3, "y": 0, "w": 6, "h": 2 },
            { "widget": "origins", "x": 9, "y": 0, "w": 3, "h": 2 }
        ]
    }))
    .expect("a configuration");
    DashboardInput { name: "Flights".to_owned(), description: None, config, note: None }
}

/// What a dashboard shows, and its `ETag`.
pub(crate) async fn shown(
    t: &TestPlatform,
    who: &Person,
    id: DashboardId,
    request: &DashboardRequest<'_>,
) -> (String, DashboardData) {
    match t.platform.dashboard_data(&who.tenant(t), id, request).await.expect("the dashboard") {
        DashboardReply::Data { etag, json } => (etag, serde_json::from_slice(&json).expect("its data")),
        DashboardReply::Unchanged { etag } => panic!("nothing was known, and yet it is unchanged: {etag}"),
    }
}

/// The single number of a widget.
pub(crate) fn number(data: &DashboardData, widget: &str) -> Option<f64> {
    let widget = data.widgets.iter().find(|w| w.id == widget).expect("the widget");
    let value = widget.value.as_ref().unwrap_or_else(|| panic!("no answer: {:?}", widget.problem));
    value.data.last().expect("a column").numbers().expect("numbers")[0]
}
