//! The dashboard that a dataset gets when nobody has made one: four KPIs, a course over time, bars, a table, and
//! filters, as far as the dataset has measures and dimensions for them. Provisioning and the CSV import begin with it.

use crate::dashboard::{
    BarOptions, DashboardConfig, DashboardFilter, KpiOptions, Picture, Place, SeriesStyle, TableOptions,
    TimeSeriesOptions, Widget,
};
use crate::dataset::{DatasetDefinition, Dimension, Format, Measure};
use crate::period::{Compare, GrainChoice, Last, Range};
use crate::question::{Agg, Aggregate, Question, Sort, SortBy};

/// Words in the names of measures whose sum says little.
const AVERAGED: [&str; 9] =
    ["delay", "time", "rate", "ratio", "latency", "duration", "score", "price", "age"];
/// Words in the names of measures of which less is better.
const UNWANTED: [&str; 8] = ["delay", "error", "churn", "refund", "latency", "response", "cost", "cancel"];

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|part| words.iter().any(|word| part == *word || part.strip_suffix('s') == Some(word)))
}

/// The aggregate that says most about a measure.
fn natural(measure: &Measure) -> Aggregate {
    let averaged =
        matches!(measure.format, Format::Percent | Format::Duration) || has_word(&measure.name, &AVERAGED);
    Aggregate::of(if averaged { Agg::Avg } else { Agg::Sum }, &measure.name)
}

struct Draft {
    config: DashboardConfig,
}

impl Draft {
    fn add(&mut self, title: &str, question: Question, picture: Picture, (x, y, w, h): (u16, u16, u16, u16)) {
        let id = format!("w{}", self.config.widgets.len() + 1);
        let short: String = title.chars().take(80).collect();
        let title = short.trim().to_owned();
        self.config.layout.push(Place { widget: id.clone(), x, y, w, h });
        self.config.widgets.push(Widget::chart(id, title, question, picture));
    }
}

/// The dashboard of a dataset: the last 30 days, compared with the 30 before.
#[must_use]
pub fn default_dashboard(dataset: &DatasetDefinition) -> DashboardConfig {
    let ask = |measures: Vec<Aggregate>| Question::new(&dataset.name, measures);
    let filter = |d: &Dimension| DashboardFilter { dimension: d.name.clone(), label: None };
    let events = || (format!("{} in all", dataset.label), Aggregate::count());
    let mut draft = Draft {
        config: DashboardConfig {
            compare: Some(Compare::PreviousPeriod),
            filters: dataset.dimensions.iter().take(3).map(filter).collect(),
            ..DashboardConfig::empty(Range::Last(Last::Days(30)))
        },
    };

    let mut numbers: Vec<(String, Aggregate)> = dataset
        .measures
        .iter()
        .map(|m| {
            let aggregate = natural(m);
            let title =
                if aggregate.agg == Agg::Avg { format!("{}, average", m.label) } else { m.label.clone() };
            (title, aggregate)
        })
        .collect();
    numbers.truncate(4);
    let wanted = [Some(events())].into_iter().flatten().chain(
        dataset.dimensions.iter().map(|d| (format!("{}, different", d.label), Aggregate::distinct(&d.name))),
    );
    numbers.extend(wanted.take(4_usize.saturating_sub(numbers.len())));

    let width = 12 / u16::try_from(numbers.len().max(1)).unwrap_or(12);
    for (x, (title, aggregate)) in (0..).step_by(usize::from(width)).zip(&numbers) {
        let down_is_good = aggregate.measure.as_deref().is_some_and(|name| has_word(name, &UNWANTED));
        let picture = Picture::Kpi(KpiOptions { down_is_good, ..KpiOptions::default() });
        draft.add(title, ask(vec![aggregate.clone()]), picture, (x, 0, width, 2));
    }

    let (title, main) = numbers.first().cloned().unwrap_or_else(events);
    let over_time = Question { grain: Some(GrainChoice::Auto), ..ask(vec![main.clone()]) };
    let area =
        Picture::TimeSeries(TimeSeriesOptions { style: SeriesStyle::Area, ..TimeSeriesOptions::default() });
    let Some(first) = dataset.dimensions.first() else {
        draft.add(&title, over_time, area, (0, 2, 12, 4));
        return draft.config;
    };
    draft.add(&title, over_time, area, (0, 2, 8, 4));

    let greatest = |question: Question, limit| Question {
        compare: Some(Compare::None),
        sort: Some(Sort { by: SortBy::Measure, index: 0, descending: true }),
        limit: Some(limit),
        ..question
    };
    let bar = greatest(Question { by: vec![first.name.clone()], ..ask(vec![main]) }, 8);
    draft.add(&format!("{title} by {}", first.label), bar, Picture::Bar(BarOptions::default()), (8, 2, 4, 4));

    let by: Vec<String> = dataset.dimensions.iter().skip(1).take(2).map(|d| d.name.clone()).collect();
    let by = if by.is_empty() { vec![first.name.clone()] } else { by };
    let labels: Vec<_> =
        by.iter().filter_map(|name| dataset.dimension(name)).map(|d| d.label.as_str()).collect();
    let table =
        greatest(Question { by: by.clone(), ..ask(numbers.into_iter().map(|(_, a)| a).collect()) }, 10);
    draft.add(
        &labels.join(" and "),
        table,
        Picture::Table(TableOptions { bars: true, ..TableOptions::default() }),
        (0, 6, 12, 4),
    );
    draft.config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_sample::sample_dataset;
    use proptest::prelude::*;

    #[test]
    fn the_sample_gets_seven_widgets() {
        let config = default_dashboard(&sample_dataset());
        config.check().unwrap();
        let titles: Vec<_> = config.widgets.iter().map(|w| w.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "Revenue",
                "Orders",
                "Sign-ups",
                "Response time, average",
                "Revenue",
                "Revenue by Channel",
                "Country and Plan"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_dataset_gets_a_valid_one(measures in prop::collection::btree_set("[a-z_]{1,9}", 0..9),
                                        dimensions in prop::collection::btree_set("[a-z][a-z_]{0,39}", 0..13)) {
            let mut dataset = DatasetDefinition::new("x").unwrap();
            let measures: Vec<_> = measures.iter().filter(|m| crate::dataset::is_name(m)).map(String::as_str).collect();
            dataset.learn(measures, dimensions.iter().map(String::as_str)).unwrap();
            let config = default_dashboard(&dataset);
            prop_assert_eq!(config.check().map_err(|e| format!("{:?}", e.fields())), Ok(()));
            prop_assert!(config.widgets.len() >= 2);
        }
    }
}
