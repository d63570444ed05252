//! The dataset of what was brought in, and a first dashboard of it: of the same kind that a new tenant gets, over the time
//! of the data.

use insula_model::{
    Dashboard, DashboardInput, Dataset, DatasetPut, DimensionPut, Edge, MeasurePut, Range, default_dashboard,
    problem,
};
use jiff::civil::Date;
use reqwest::Method;

use super::columns::Columns;
use crate::client::{Api, read};
use crate::failure::Failure;

/// Declares the dataset, where it is new: its days are days in the file's time zone, and its columns are in the order of
/// the command.
pub(super) async fn declare(api: &Api, columns: &Columns, time_zone: &str) -> Result<(), Failure> {
    let path = format!("/datasets/{}", columns.dataset);
    match api.get(&path, &[]).await {
        Err(failure) if failure.is(problem::NOT_FOUND) => {}
        other => return other.map(drop),
    }
    let names = |list: &[(String, usize)]| list.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let measure = |name| MeasurePut { name, ..MeasurePut::default() };
    let put = DatasetPut {
        time_zone: Some(time_zone.to_owned()),
        measures: names(&columns.measures).into_iter().map(measure).collect(),
        dimensions: names(&columns.dimensions)
            .into_iter()
            .map(|name| DimensionPut { name, ..DimensionPut::default() })
            .collect(),
        ..DatasetPut::default()
    };
    match api.change(Method::PUT, &path, None, &put).await {
        // Somebody was quicker.
        Err(failure) if failure.is(problem::MATCH_REQUIRED) => Ok(()),
        other => other.map(drop),
    }
}

/// Makes the dashboard of a dataset, unless there is one of that name. A default dashboard that is still empty becomes it,
/// so that it is what opens first.
pub(super) async fn ensure(api: &Api, dataset: &str, from: Date, to: Date) -> Result<(), Failure> {
    let dataset: Dataset = api.get(&format!("/datasets/{dataset}"), &[]).await?.read()?;
    let name = dataset.definition.label.clone();
    let there = api.all("/dashboards", &[], 1000).await?;
    let there: Vec<Dashboard> = there.items.iter().map(read).collect::<Result<_, _>>()?;
    if there.iter().any(|d| d.name == name) {
        return Ok(());
    }
    let mut config = default_dashboard(&dataset.definition);
    config.range = Range::Between { from: Edge::Date(from), to: Edge::Date(to) };
    config.compare = None;
    let input = DashboardInput { name, description: None, config, note: None };
    if let Some(first) = there.iter().find(|d| d.default) {
        let path = format!("/dashboards/{}", first.id);
        let reply = api.get(&path, &[]).await?;
        let empty = reply.read::<Dashboard>()?.config.is_some_and(|c| c.widgets.is_empty());
        if empty {
            return api.change(Method::PUT, &path, reply.version.as_deref(), &input).await.map(drop);
        }
    }
    api.post("/dashboards", &input).await.map(drop)
}
