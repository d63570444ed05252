//! A dashboard: widgets, most of them a question with a picture, where they sit, and what people filter by.
//!
//! What must always hold for a stored [`DashboardConfig`] ([`DashboardConfig::check`]): ids are unique, every
//! widget lies in the layout once, inside twelve columns, over no other; each question fits its picture; the
//! whole is at most 256 KB. Whether a question's names exist is not checked here: a dataset may come and go.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::dashboard_version::check_note;
use crate::dashboard_widget::field;
pub use crate::dashboard_widget::{
    BarOptions, Chart, CohortOptions, ColourRule, Content, FunnelOptions, GaugeOptions, HeatmapOptions,
    KpiOptions, MapOptions, MarkdownOptions, Picture, PieOptions, PivotOptions, RuleOp, SeriesStyle,
    TableOptions, Threshold, TimeSeriesOptions, Tone, Widget, WidgetKind, WidgetText,
};
use crate::dataset::{is_name, refuse};
use crate::embed::EmbedRules;
use crate::error::{FieldError, Result};
use crate::ids::DashboardId;
use crate::period::{Compare, Range, Span};
use crate::problem;
use crate::template::DashboardTemplate;
use crate::tenant::display_name;

/// Columns of the grid.
pub const COLUMNS: u16 = 12;
/// Rows of the grid.
pub const MAX_GRID_ROWS: u16 = 1_000;
/// Widgets of one dashboard.
pub const MAX_WIDGETS: usize = 60;
/// Dimensions that a dashboard offers as filters.
pub const MAX_DASHBOARD_FILTERS: usize = 12;
/// Bytes of one configuration as JSON.
pub const MAX_CONFIG_BYTES: usize = 256 * 1024;

/// Where a widget sits in the grid of twelve columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The widget, by id.
    pub widget: String,
    /// The column of its left edge, 0 to 11.
    pub x: u16,
    /// The row of its upper edge.
    pub y: u16,
    /// Columns wide.
    pub w: u16,
    /// Rows high.
    pub h: u16,
}

impl Place {
    fn fits(&self) -> bool {
        self.w >= 1
            && self.h >= 1
            && self.x.checked_add(self.w).is_some_and(|right| right <= COLUMNS)
            && self.y.checked_add(self.h).is_some_and(|bottom| bottom <= MAX_GRID_ROWS)
    }

    /// For places that fit.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

/// A dimension that people filter the whole dashboard by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardFilter {
    /// The dimension, by name.
    pub dimension: String,
    /// What it is called on this dashboard; the dataset's label otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What a dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardConfig {
    /// The range of every widget that has none of its own.
    pub range: Range,
    /// The comparison of every widget that says nothing about it.
    #[serde(default)]
    pub compare: Option<Compare>,
    /// Up to 12 dimensions that people filter by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<DashboardFilter>,
    /// Up to 60.
    pub widgets: Vec<Widget>,
    /// A place for each widget.
    pub layout: Vec<Place>,
    /// What embedding it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embed: Option<EmbedRules>,
}

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dashboard {
    /// The id.
    pub id: DashboardId,
    /// The name for people.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is the one that opens first.
    pub default: bool,
    /// Whether it is a favourite of the member who asks. Only lists say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub favourite: bool,
    /// Rises with every change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it has of a template, where the operator publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<DashboardTemplate>,
    /// What it shows; lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<DashboardConfig>,
}

/// What a `POST` or `PUT` says about a dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardInput {
    /// The name for people, 1 to 80 characters.
    pub name: String,
    /// What it is for, up to 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// What it shows.
    pub config: DashboardConfig,
    /// Why it is saved, up to 200 characters; kept with the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl DashboardInput {
    /// Checks name, description and configuration.
    ///
    /// # Errors
    /// `input.invalid` with a pointer for everything that is wrong.
    pub fn check(&self) -> Result<()> {
        let mut fields = self.config.problems();
        if let Err(error) = display_name(&self.name, "/name") {
            fields.extend(error.fields().iter().cloned());
        }
        let long = |text: &String| text.chars().count() > 500 || text.contains('\0');
        if self.description.as_ref().is_some_and(long) {
            fields.push(field("/description".into(), "invalid", "A description has 500 characters at most."));
        }
        if let Err(error) = check_note(self.note.as_deref()) {
            fields.extend(error.fields().iter().cloned());
        }
        refuse(fields, problem::INVALID)
    }
}

impl DashboardConfig {
    /// One without widgets.
    #[must_use]
    pub const fn empty(range: Range) -> Self {
        Self {
            range,
            compare: None,
            filters: Vec::new(),
            widgets: Vec::new(),
            layout: Vec::new(),
            embed: None,
        }
    }

    /// Checks everything that can be checked without the datasets.
    ///
    /// # Errors
    /// `input.invalid` with pointers under `/config`.
    pub fn check(&self) -> Result<()> {
        refuse(self.problems(), problem::INVALID)
    }

    fn problems(&self) -> Vec<FieldError> {
        let mut fields = self.filter_problems();
        if self.widgets.len() > MAX_WIDGETS {
            fields.push(field("/config/widgets".into(), "count", "A dashboard has 60 widgets at most."));
            return fields;
        }
        for (i, widget) in self.widgets.iter().enumerate() {
            let at = format!("/config/widgets/{i}");
            fields.extend(widget.problems(&at));
            if self.widgets[..i].iter().any(|w| w.id == widget.id) {
                fields.push(field(format!("{at}/id"), "duplicate", "Another widget has this id."));
            }
            let places = self.layout.iter().filter(|p| p.widget == widget.id).count();
            if places != 1 {
                fields.push(field(
                    "/config/layout".into(),
                    "count",
                    "Every widget has one place in the layout.",
                ));
            }
        }
        if self.layout.len() > MAX_WIDGETS {
            fields.push(field("/config/layout".into(), "count", "Every widget has one place in the layout."));
            return fields;
        }
        for (i, place) in self.layout.iter().enumerate() {
            let at = format!("/config/layout/{i}");
            if !self.widgets.iter().any(|w| w.id == place.widget) {
                fields.push(field(format!("{at}/widget"), "unknown", "There is no widget of this id."));
            }
            if !place.fits() {
                let detail = "A place lies inside 12 columns and 1,000 rows and is at least 1 wide and high.";
                fields.push(field(at, "outside", detail));
            } else if self.layout[..i].iter().any(|other| other.fits() && other.overlaps(place)) {
                fields.push(field(at, "overlap", "Two widgets lie on top of each other."));
            }
        }
        if let Some(rules) = &self.embed {
            fields.extend(rules.problems("/config/embed"));
        }
        if serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len()) > MAX_CONFIG_BYTES {
            fields.push(field(
                "/config".into(),
                "too_large",
                "A dashboard's configuration has 256 KB at most.",
            ));
        }
        fields
    }
}

impl DashboardConfig {
    fn filter_problems(&self) -> Vec<FieldError> {
        let mut fields = Vec::new();
        if self.filters.len() > MAX_DASHBOARD_FILTERS {
            fields.push(field("/config/filters".into(), "count", "A dashboard has 12 filters at most."));
            return fields;
        }
        for (i, filter) in self.filters.iter().enumerate() {
            let at = format!("/config/filters/{i}");
            if !is_name(&filter.dimension) {
                fields.push(field(
                    format!("{at}/dimension"),
                    "invalid",
                    "This is not the name of a dimension.",
                ));
            } else if self.filters[..i].iter().any(|other| other.dimension == filter.dimension) {
                fields.push(field(format!("{at}/dimension"), "duplicate", "This dimension stands twice."));
            }
            if let Some(Err(error)) = filter.label.as_deref().map(|l| display_name(l, &format!("{at}/label")))
            {
                fields.extend(error.fields().iter().cloned());
            }
        }
        fields
    }
}

/// Why a widget has no answer; the others have theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WidgetProblem {
    /// A code of the problem catalogue.
    pub code: String,
    /// A few words.
    pub title: String,
    /// A sentence.
    pub detail: String,
}

impl From<&crate::Error> for WidgetProblem {
    fn from(error: &crate::Error) -> Self {
        Self {
            code: error.code().to_owned(),
            title: error.problem().title.to_owned(),
            detail: error.detail().to_owned(),
        }
    }
}

/// What a widget shows: a `value` (and for a KPI with a sparkline its `series`), or a `problem`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WidgetData {
    /// The widget, by id.
    pub id: String,
    /// The answer; for a KPI one row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Answer>,
    /// The course of a KPI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Answer>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<WidgetProblem>,
}

/// What a dashboard shows, all widgets of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DashboardData {
    /// The dashboard.
    pub dashboard: DashboardId,
    /// Its version.
    pub version: i64,
    /// The dashboard's range as instants.
    pub range: Span,
    /// The period before, where the dashboard compares.
    pub previous: Option<Span>,
    /// The tenant's time zone.
    pub time_zone: String,
    /// Those that ask something, in the order of the configuration.
    pub widgets: Vec<WidgetData>,
}

/// The first line of a dashboard that is sent widget by widget; each of the others is a widget, the last one
/// `{"done":true}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DashboardHead {
    /// The dashboard.
    pub dashboard: DashboardId,
    /// Its version.
    pub version: i64,
    /// The dashboard's range as instants.
    pub range: Span,
    /// The period before, where the dashboard compares.
    pub previous: Option<Span>,
    /// The tenant's time zone.
    pub time_zone: String,
    /// For `If-None-Match`, without quotes.
    pub etag: String,
}

#[cfg(test)]
#[path = "dashboard_tests.rs"]
mod tests;
