//! A widget: a question with a picture, and how the picture is drawn. On the wire a widget is tagged by its
//! `kind`, and its `options` are those of that kind.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::FieldError;
use crate::question::Question;
use crate::tenant::{display_name, words};

words! {
    /// The pictures there are.
    WidgetKind {
        /// One number with a comparison and a sparkline.
        Kpi = "kpi",
        /// Lines over time.
        TimeSeries = "time_series",
        /// Bars of a dimension.
        Bar = "bar",
        /// Rows and columns.
        Table = "table",
    }
}

words! {
    /// How a time series is drawn.
    SeriesStyle {
        /// Lines.
        Line = "line",
        /// Filled lines.
        Area = "area",
        /// Bars.
        Bars = "bars",
    }
}

/// How a KPI is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KpiOptions {
    /// With a small line of its course.
    pub sparkline: bool,
    /// Less is better: a fall is shown as good.
    pub down_is_good: bool,
}

impl Default for KpiOptions {
    fn default() -> Self {
        Self { sparkline: true, down_is_good: false }
    }
}

/// How a time series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimeSeriesOptions {
    /// Lines, areas or bars.
    pub style: SeriesStyle,
    /// One upon the other.
    pub stacked: bool,
}

impl Default for TimeSeriesOptions {
    fn default() -> Self {
        Self { style: SeriesStyle::Line, stacked: false }
    }
}

/// How bars are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BarOptions {
    /// From left to right, with room for long names.
    pub horizontal: bool,
}

impl Default for BarOptions {
    fn default() -> Self {
        Self { horizontal: true }
    }
}

/// How a table is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TableOptions {
    /// With small bars behind the numbers.
    pub bars: bool,
}

/// The picture of a widget and how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// One number.
    Kpi(KpiOptions),
    /// Lines over time.
    TimeSeries(TimeSeriesOptions),
    /// Bars.
    Bar(BarOptions),
    /// Rows and columns.
    Table(TableOptions),
}

impl Picture {
    /// Which of the pictures.
    #[must_use]
    pub const fn kind(self) -> WidgetKind {
        match self {
            Self::Kpi(_) => WidgetKind::Kpi,
            Self::TimeSeries(_) => WidgetKind::TimeSeries,
            Self::Bar(_) => WidgetKind::Bar,
            Self::Table(_) => WidgetKind::Table,
        }
    }
}

/// A question with a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WidgetText", into = "WidgetText")]
pub struct Widget {
    /// Its name inside the dashboard: 1 to 40 of a to z, 0 to 9, `_` and `-`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it asks.
    pub question: Question,
    /// How it shows the answer.
    pub picture: Picture,
}

/// A question with a picture, as it is written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Widget)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum WidgetText {
    /// One number (a question without `by`, with one measure) with its comparison and course.
    Kpi {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: KpiOptions,
    },
    /// Lines over time; `by` at most one dimension. Without a grain it is `auto`.
    TimeSeries {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: TimeSeriesOptions,
    },
    /// Bars, `by` one dimension.
    Bar {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: BarOptions,
    },
    /// Rows and columns; any question.
    Table {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: TableOptions,
    },
}

impl From<WidgetText> for Widget {
    fn from(text: WidgetText) -> Self {
        let (id, title, question, picture) = match text {
            WidgetText::Kpi { id, title, question, options } => (id, title, question, Picture::Kpi(options)),
            WidgetText::TimeSeries { id, title, question, options } => {
                (id, title, question, Picture::TimeSeries(options))
            }
            WidgetText::Bar { id, title, question, options } => (id, title, question, Picture::Bar(options)),
            WidgetText::Table { id, title, question, options } => {
                (id, title, question, Picture::Table(options))
            }
        };
        Self { id, title, question, picture }
    }
}

impl From<Widget> for WidgetText {
    fn from(Widget { id, title, question, picture }: Widget) -> Self {
        match picture {
            Picture::Kpi(options) => Self::Kpi { id, title, question, options },
            Picture::TimeSeries(options) => Self::TimeSeries { id, title, question, options },
            Picture::Bar(options) => Self::Bar { id, title, question, options },
            Picture::Table(options) => Self::Table { id, title, question, options },
        }
    }
}

impl utoipa::PartialSchema for Widget {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        WidgetText::schema()
    }
}

impl ToSchema for Widget {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        WidgetText::schemas(schemas);
    }
}

impl Widget {
    /// Everything that is wrong with it whatever the dataset is; pointers begin with `at`.
    pub(crate) fn problems(&self, at: &str) -> Vec<FieldError> {
        let mut fields = Vec::new();
        let id_ok = (1..=40).contains(&self.id.len())
            && self
                .id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
        if !id_ok {
            fields.push(field(
                format!("{at}/id"),
                "invalid",
                "An id has 1 to 40 of a to z, 0 to 9, _ and -.",
            ));
        }
        if let Err(error) = display_name(&self.title, &format!("{at}/title")) {
            fields.extend(error.fields().iter().cloned());
        }
        let question = format!("{at}/question");
        fields.extend(self.question.check(&question));
        let (by, grain) = (self.question.by.len(), self.question.grain.is_some());
        let misfit = match self.picture.kind() {
            WidgetKind::Kpi if by > 0 => Some(("/by", "A KPI is one number: it groups by nothing.")),
            WidgetKind::Kpi if self.question.measures.len() > 1 => {
                Some(("/measures", "A KPI has one measure."))
            }
            WidgetKind::TimeSeries if by > 1 => {
                Some(("/by", "A time series groups by one dimension at most."))
            }
            WidgetKind::Bar if by != 1 => Some(("/by", "Bars need one dimension in `by`.")),
            WidgetKind::Bar if grain => Some(("/grain", "Bars have no time buckets; use a time series.")),
            _ => None,
        };
        if let Some((place, detail)) = misfit {
            fields.push(field(format!("{question}{place}"), "picture", detail));
        }
        fields
    }
}

/// A field that is wrong.
pub(crate) fn field(pointer: String, code: &str, detail: &str) -> FieldError {
    FieldError::new(pointer, code, detail)
}
