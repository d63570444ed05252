//! Flights of one carrier that left New York in 2013 (see `demo/README.md`), and dashboards of them.

use bytes::Bytes;
use insula_model::problem;
use reqwest::Method;
use serde_json::{Value, json};

use super::Demo;
use crate::client::Api;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::import::rows::Rows;
use crate::import::{Wanted, WantedTime};

/// What shows them: the second with formulas, filters and the less common widgets.
const DASHBOARDS: [(&str, &str); 2] = [
    ("Flights", include_str!("../../../demo/flights-dashboard.json")),
    ("Punctuality", include_str!("../../../demo/punctuality-dashboard.json")),
];

/// Brings them in. Doing it again changes nothing: rows have the same ids every time.
pub(super) async fn load(cx: &Context, api: &Api, demo: &Demo) -> Result<(), Failure> {
    declare(api).await?;
    let wrong =
        |why: String| Failure::new(Exit::Failed, "internal", "The demo's flights cannot be read", why);
    let prefix = format!("flights-{}", demo.carrier.to_lowercase());
    let rows = Rows::open(demo.flights.as_bytes(), &wanted(), b',', &prefix, cx.world.now());
    let mut rows = rows.map_err(wrong)?;
    let mut lines = String::new();
    while let Some(row) = rows.next().map_err(|e| wrong(e.to_string()))? {
        let row = row.map_err(|rejected| wrong(rejected.reason))?;
        lines.push_str(&serde_json::to_string(&row.event).map_err(|e| wrong(e.to_string()))?);
        lines.push('\n');
    }
    api.post_lines("/events", Bytes::from(lines)).await?;
    let there = api.all("/dashboards", &[], 200).await?;
    for (name, config) in DASHBOARDS {
        let config: Value = serde_json::from_str(config).map_err(|e| wrong(e.to_string()))?;
        if !there.items.iter().any(|d| d.get("name").and_then(Value::as_str) == Some(name)) {
            let description = format!("{} flights out of New York in 2013, a part of them", demo.carrier);
            let dashboard = json!({ "name": name, "description": description, "config": config });
            api.post("/dashboards", &dashboard).await?;
        }
    }
    Ok(())
}

fn wanted() -> Wanted {
    let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    Wanted {
        dataset: "flights".to_owned(),
        tenant: None,
        time: WantedTime::Parts(list(&["year", "month", "day", "hour", "minute"])),
        time_zone: "America/New_York".to_owned(),
        measures: list(&["dep_delay", "arr_delay", "air_time", "distance"]),
        dimensions: list(&["origin", "dest"]),
        missing: list(&["NA"]),
    }
}

/// Labels and units, and the time zone in which a flight's day is a day.
async fn declare(api: &Api) -> Result<(), Failure> {
    let there = match api.get("/datasets/flights", &[]).await {
        Ok(reply) => reply.version,
        Err(failure) if failure.is(problem::NOT_FOUND) => None,
        Err(failure) => return Err(failure),
    };
    let put = json!({
        "label": "Flights", "time_zone": "America/New_York",
        "measures": [
            { "name": "dep_delay", "label": "Departure delay", "unit": "min" },
            { "name": "arr_delay", "label": "Arrival delay", "unit": "min" },
            { "name": "air_time", "label": "Time in the air", "unit": "min" },
            { "name": "distance", "label": "Distance", "unit": "mi", "format": "integer" },
        ],
        "dimensions": [
            { "name": "origin", "label": "From" },
            { "name": "dest", "label": "To" },
        ],
    });
    api.change(Method::PUT, "/datasets/flights", there.as_deref(), &put).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::DEMOS;
    use super::*;
    use crate::world;
    use insula_model::DashboardConfig;

    #[test]
    fn every_row_of_the_demo_is_an_event() {
        for demo in &DEMOS {
            let mut rows =
                Rows::open(demo.flights.as_bytes(), &wanted(), b',', "x", world::system().now()).unwrap();
            let mut count = 0;
            while let Some(row) = rows.next().unwrap() {
                row.unwrap();
                count += 1;
            }
            assert_eq!(count, 2_500, "{}", demo.slug);
        }
    }

    #[test]
    fn the_dashboards_are_such_as_the_api_takes() {
        for (name, text) in DASHBOARDS {
            let config: DashboardConfig = serde_json::from_str(text).unwrap();
            config.check().unwrap_or_else(|e| panic!("{name}: {:?}", e.fields()));
        }
    }
}
