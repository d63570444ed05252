//! A widget: what it shows and under which heading. Most ask a question and draw the answer; a text asks nothing.
//! On the wire a widget is tagged by its `kind`, and its `options` are those of that kind.
//!
//! What must always hold: only what has a question has a picture of an answer ([`Content`]), so that nobody has to
//! ask whether a chart lacks its question; every option has a default, and one that nobody knows is refused.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::dashboard_picture::{
    BarOptions, CohortOptions, ColourRule, FunnelOptions, GaugeOptions, HeatmapOptions, KpiOptions,
    MapOptions, MarkdownOptions, Picture, PieOptions, PivotOptions, RuleOp, SeriesStyle, TableOptions,
    Threshold, TimeSeriesOptions, Tone,
};
use crate::error::FieldError;
use crate::question::Question;
use crate::tenant::{display_name, words};

words! {
    /// The kinds of widgets there are.
    WidgetKind {
        /// One number with a comparison and a sparkline.
        Kpi = "kpi",
        /// Lines over time.
        TimeSeries = "time_series",
        /// Bars of a dimension.
        Bar = "bar",
        /// Rows and columns.
        Table = "table",
        /// Shares of a whole.
        Pie = "pie",
        /// One dimension down, another across.
        Pivot = "pivot",
        /// Cells that are darker where there is more.
        Heatmap = "heatmap",
        /// Steps, and how many come from one to the next.
        Funnel = "funnel",
        /// Groups that began together, and how many of each are left.
        Cohort = "cohort",
        /// One number on a scale.
        Gauge = "gauge",
        /// Countries of the world.
        Map = "map",
        /// A text.
        Markdown = "markdown",
    }
}

/// What a widget shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The answer to a question.
    Chart(Chart),
    /// A text; nothing is asked.
    Text(MarkdownOptions),
}

/// A question with a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What is asked.
    pub question: Question,
    /// How the answer is shown.
    pub picture: Picture,
}

/// Something that a dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WidgetText", into = "WidgetText")]
pub struct Widget {
    /// Its name inside the dashboard: 1 to 40 of a to z, 0 to 9, `_` and `-`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it shows.
    pub content: Content,
}

/// Something that a dashboard shows, as it is written.
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
    /// Bars, `by` one dimension; or two, and the second is stacked.
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
    /// Shares of a whole, `by` one dimension, of one measure.
    Pie {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: PieOptions,
    },
    /// `by` two dimensions, or one with a grain: the first goes down, the other (or time) across.
    Pivot {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: PivotOptions,
    },
    /// As a pivot, with colours for numbers.
    Heatmap {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: HeatmapOptions,
    },
    /// Several measures without `by`, in their order; or one measure `by` one dimension, with `steps`.
    Funnel {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: FunnelOptions,
    },
    /// `by` two dimensions: the cohort, and how long after its beginning.
    Cohort {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: CohortOptions,
    },
    /// One number (a question without `by`, with one measure) on a scale.
    Gauge {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: GaugeOptions,
    },
    /// Countries, `by` one dimension that has their ISO codes (`CH` or `CHE`), of one measure.
    Map {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// What it asks.
        question: Question,
        /// How it is drawn.
        #[serde(default)]
        options: MapOptions,
    },
    /// A text. It asks nothing.
    Markdown {
        /// Its name inside the dashboard.
        id: String,
        /// Its heading.
        title: String,
        /// The text.
        options: MarkdownOptions,
    },
}

/// Writes out, once, which written kind is which picture.
macro_rules! charts {
    ($($kind:ident),+ $(,)?) => {
        impl From<WidgetText> for Widget {
            fn from(text: WidgetText) -> Self {
                let (id, title, content) = match text {
                    $(WidgetText::$kind { id, title, question, options } => {
                        (id, title, Content::Chart(Chart { question, picture: Picture::$kind(options) }))
                    })+
                    WidgetText::Markdown { id, title, options } => (id, title, Content::Text(options)),
                };
                Self { id, title, content }
            }
        }

        impl From<Widget> for WidgetText {
            fn from(Widget { id, title, content }: Widget) -> Self {
                match content {
                    $(Content::Chart(Chart { question, picture: Picture::$kind(options) }) => {
                        Self::$kind { id, title, question, options }
                    })+
                    Content::Text(options) => Self::Markdown { id, title, options },
                }
            }
        }

        impl Widget {
            /// Of which kind it is.
            #[must_use]
            pub const fn kind(&self) -> WidgetKind {
                match &self.content {
                    $(Content::Chart(Chart { picture: Picture::$kind(_), .. }) => WidgetKind::$kind,)+
                    Content::Text(_) => WidgetKind::Markdown,
                }
            }
        }
    };
}

charts!(Kpi, TimeSeries, Bar, Table, Pie, Pivot, Heatmap, Funnel, Cohort, Gauge, Map);

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
    /// One that asks a question.
    #[must_use]
    pub fn chart(
        id: impl Into<String>,
        title: impl Into<String>,
        question: Question,
        picture: Picture,
    ) -> Self {
        Self { id: id.into(), title: title.into(), content: Content::Chart(Chart { question, picture }) }
    }

    /// What it asks, if it asks anything.
    #[must_use]
    pub const fn question(&self) -> Option<&Question> {
        match &self.content {
            Content::Chart(chart) => Some(&chart.question),
            Content::Text(_) => None,
        }
    }

    /// What it asks, to be changed.
    pub const fn question_mut(&mut self) -> Option<&mut Question> {
        match &mut self.content {
            Content::Chart(chart) => Some(&mut chart.question),
            Content::Text(_) => None,
        }
    }

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
        let options = match &self.content {
            Content::Chart(Chart { question, picture }) => {
                let place = format!("{at}/question");
                fields.extend(question.check(&place));
                if let Some((pointer, detail)) = picture.misfit(question) {
                    fields.push(field(format!("{place}{pointer}"), "picture", detail));
                }
                picture.problems(question)
            }
            Content::Text(text) => text.problems(),
        };
        fields.extend(
            options
                .into_iter()
                .map(|(pointer, detail)| field(format!("{at}/options{pointer}"), "invalid", detail)),
        );
        fields
    }
}

/// A field that is wrong.
pub(crate) fn field(pointer: String, code: &str, detail: &str) -> FieldError {
    FieldError::new(pointer, code, detail)
}
