//! The pictures of an answer, how each is drawn, and which question fits which.
//!
//! What must always hold: numbers in options are finite, lists of them are short and ascending, and a misfit is
//! named at its place ([`Picture::misfit`], [`Picture::problems`]). Tested in `dashboard_tests.rs`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::question::Question;
use crate::tenant::words;

/// Slices of a pie.
const SLICES: std::ops::RangeInclusive<u8> = 2..=12;
/// Steps of a funnel.
const MAX_STEPS: usize = 20;
/// Marks on a gauge.
const MAX_THRESHOLDS: usize = 6;
/// Rules of a table.
const MAX_RULES: usize = 20;
/// Characters of a text.
pub const MAX_TEXT_CHARS: usize = 10_000;

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

words! {
    /// What a number means. It is never said by colour alone.
    Tone {
        /// As it should be.
        Good = "good",
        /// Worth a look.
        Warn = "warn",
        /// Not as it should be.
        Bad = "bad",
    }
}

words! {
    /// When a rule of a table holds.
    RuleOp {
        /// At least the value.
        Gte = "gte",
        /// Greater than the value.
        Gt = "gt",
        /// At most the value.
        Lte = "lte",
        /// Less than the value.
        Lt = "lt",
        /// Exactly the value.
        Eq = "eq",
    }
}

/// How a KPI is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KpiOptions {
    /// With a small line of its course.
    pub sparkline: bool,
    /// Less is better: a fall is shown as good.
    pub down_is_good: bool,
    /// What the number should reach (or stay below, where less is better).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

impl Default for KpiOptions {
    fn default() -> Self {
        Self { sparkline: true, down_is_good: false, target: None }
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
    /// Dragging over it chooses a range.
    pub brush: bool,
}

impl Default for TimeSeriesOptions {
    fn default() -> Self {
        Self { style: SeriesStyle::Line, stacked: false, brush: true }
    }
}

/// How bars are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BarOptions {
    /// From left to right, with room for long names.
    pub horizontal: bool,
    /// The values of the second dimension (or the measures) one upon the other.
    pub stacked: bool,
}

impl Default for BarOptions {
    fn default() -> Self {
        Self { horizontal: true, stacked: false }
    }
}

/// A colour for the numbers of a table that meet a condition. Of several that do, the first counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColourRule {
    /// Which of the question's measures, from 0.
    #[serde(default)]
    pub measure: u8,
    /// When it holds.
    pub op: RuleOp,
    /// The value.
    pub value: f64,
    /// What it means.
    pub tone: Tone,
}

/// How a table is drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TableOptions {
    /// With small bars behind the numbers.
    pub bars: bool,
    /// With a last row of sums, for measures that can be added.
    pub totals: bool,
    /// Up to 20 colours for numbers that meet a condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<ColourRule>,
}

/// How a pie is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PieOptions {
    /// A ring with the sum in its middle.
    pub donut: bool,
    /// The largest 2 to 12; the others are one slice together.
    pub slices: u8,
}

impl Default for PieOptions {
    fn default() -> Self {
        Self { donut: true, slices: 6 }
    }
}

/// How a pivot is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PivotOptions {
    /// With the sums of rows and columns, for measures that can be added.
    pub totals: bool,
}

impl Default for PivotOptions {
    fn default() -> Self {
        Self { totals: true }
    }
}

/// How a heatmap is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HeatmapOptions {
    /// With the numbers in the cells, where there is room.
    pub values: bool,
}

/// How a funnel is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FunnelOptions {
    /// The values of the dimension that are its 2 to 20 steps, in their order. Without a dimension the measures are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
}

/// How cohorts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CohortOptions {
    /// Shares of the first period in place of the numbers.
    pub shares: bool,
}

impl Default for CohortOptions {
    fn default() -> Self {
        Self { shares: true }
    }
}

/// Where a part of a gauge begins, and what it means to be there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// From this value on.
    pub at: f64,
    /// What it means.
    pub tone: Tone,
}

/// How a gauge is drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GaugeOptions {
    /// Where the scale begins.
    pub min: f64,
    /// Where it ends; a round number above value and target unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// What the number should reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Up to 6, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

/// How a map is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MapOptions {
    /// With the greatest beside it, where there is room.
    pub ranked: bool,
}

impl Default for MapOptions {
    fn default() -> Self {
        Self { ranked: true }
    }
}

/// A text in a small part of Markdown: headings, paragraphs, lists, emphasis, code and links to web pages. HTML in it
/// is text like any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkdownOptions {
    /// 1 to 10,000 characters.
    pub text: String,
}

/// How an answer is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// One number.
    Kpi(KpiOptions),
    /// Lines over time.
    TimeSeries(TimeSeriesOptions),
    /// Bars.
    Bar(BarOptions),
    /// Rows and columns.
    Table(TableOptions),
    /// Shares of a whole.
    Pie(PieOptions),
    /// One dimension down, another across.
    Pivot(PivotOptions),
    /// The same in colours.
    Heatmap(HeatmapOptions),
    /// Steps.
    Funnel(FunnelOptions),
    /// Groups that began together.
    Cohort(CohortOptions),
    /// One number on a scale.
    Gauge(GaugeOptions),
    /// Countries.
    Map(MapOptions),
}

/// Where something is wrong, and a sentence.
pub(crate) type Wrong = (String, &'static str);

impl Picture {
    /// Whether it shows the period before. Where it does not, nobody reads that period.
    #[must_use]
    pub const fn compares(&self) -> bool {
        matches!(self, Self::Kpi(_) | Self::TimeSeries(_) | Self::Bar(_) | Self::Table(_))
    }

    /// Why a question does not fit, and where: a pointer into the question.
    pub(crate) fn misfit(&self, question: &Question) -> Option<(&'static str, &'static str)> {
        let (by, measures, grain) = (question.by.len(), question.measures.len(), question.grain.is_some());
        let crossed = (by == 2 && !grain) || (by == 1 && grain);
        match self {
            Self::Kpi(_) if by > 0 => Some(("/by", "A KPI is one number: it groups by nothing.")),
            Self::Kpi(_) if measures > 1 => Some(("/measures", "A KPI has one measure.")),
            Self::TimeSeries(_) if by > 1 => Some(("/by", "A time series groups by one dimension at most.")),
            Self::Bar(_) if by == 0 || by > 2 => Some(("/by", "Bars need one dimension in `by`, or two.")),
            Self::Bar(_) if grain => Some(("/grain", "Bars have no time buckets; use a time series.")),
            Self::Bar(_) if by == 2 && measures > 1 => {
                Some(("/measures", "Bars of two dimensions have one measure."))
            }
            Self::Pie(_) if by != 1 => Some(("/by", "A pie needs one dimension in `by`.")),
            Self::Pie(_) if grain => Some(("/grain", "A pie has no time buckets.")),
            Self::Pie(_) if measures > 1 => Some(("/measures", "A pie has one measure.")),
            Self::Pivot(_) if !crossed => {
                Some(("/by", "A pivot needs two dimensions in `by`, or one and a grain."))
            }
            Self::Pivot(_) if measures > 1 => Some(("/measures", "A pivot has one measure.")),
            Self::Heatmap(_) if !crossed => {
                Some(("/by", "A heatmap needs two dimensions in `by`, or one and a grain."))
            }
            Self::Heatmap(_) if measures > 1 => Some(("/measures", "A heatmap has one measure.")),
            Self::Funnel(_) if grain => Some(("/grain", "A funnel has no time buckets.")),
            Self::Funnel(_) if by > 1 => Some(("/by", "A funnel groups by one dimension at most.")),
            Self::Funnel(_) if by == 0 && measures < 2 => {
                Some(("/measures", "A funnel has two measures or more, or one dimension with `steps`."))
            }
            Self::Funnel(_) if by == 1 && measures > 1 => {
                Some(("/measures", "A funnel along a dimension has one measure."))
            }
            Self::Cohort(_) if by != 2 => {
                Some(("/by", "Cohorts need two dimensions in `by`: the cohort and the period after it."))
            }
            Self::Cohort(_) if grain => Some(("/grain", "Cohorts have no time buckets.")),
            Self::Cohort(_) if measures > 1 => Some(("/measures", "Cohorts have one measure.")),
            Self::Gauge(_) if by > 0 => Some(("/by", "A gauge is one number: it groups by nothing.")),
            Self::Gauge(_) if measures > 1 => Some(("/measures", "A gauge has one measure.")),
            Self::Map(_) if by != 1 => {
                Some(("/by", "A map needs one dimension in `by`, with the codes of countries."))
            }
            Self::Map(_) if grain => Some(("/grain", "A map has no time buckets.")),
            Self::Map(_) if measures > 1 => Some(("/measures", "A map has one measure.")),
            _ => None,
        }
    }

    /// What is wrong with the options; pointers into them.
    pub(crate) fn problems(&self, question: &Question) -> Vec<Wrong> {
        match self {
            Self::Kpi(options) => finite("/target", options.target).into_iter().collect(),
            Self::Bar(options) if question.by.len() == 2 && !options.stacked => {
                vec![("/stacked".to_owned(), "Bars of two dimensions are stacked.")]
            }
            Self::Table(options) => options.problems(question.measures.len()),
            Self::Pie(options) if !SLICES.contains(&options.slices) => {
                vec![("/slices".to_owned(), "A pie has 2 to 12 slices.")]
            }
            Self::Funnel(options) => options.problems(question.by.len()),
            Self::Gauge(options) => options.problems(),
            _ => Vec::new(),
        }
    }
}

fn finite(pointer: &str, value: Option<f64>) -> Option<Wrong> {
    value.filter(|v| !v.is_finite()).map(|_| (pointer.to_owned(), "Give a finite number."))
}

impl TableOptions {
    fn problems(&self, measures: usize) -> Vec<Wrong> {
        if self.rules.len() > MAX_RULES {
            return vec![("/rules".to_owned(), "A table has 20 rules at most.")];
        }
        let rule = |(i, rule): (usize, &ColourRule)| {
            if usize::from(rule.measure) >= measures {
                Some((format!("/rules/{i}/measure"), "The question has no such measure."))
            } else {
                finite(&format!("/rules/{i}/value"), Some(rule.value))
            }
        };
        self.rules.iter().enumerate().filter_map(rule).collect()
    }
}

impl FunnelOptions {
    fn problems(&self, by: usize) -> Vec<Wrong> {
        let at = || "/steps".to_owned();
        if by == 0 {
            let idle = !self.steps.is_empty();
            return if idle { vec![(at(), "Steps are values of a dimension in `by`.")] } else { Vec::new() };
        }
        if self.steps.len() < 2 || self.steps.len() > MAX_STEPS {
            return vec![(at(), "A funnel along a dimension has 2 to 20 steps.")];
        }
        let step = |(i, step): (usize, &String)| {
            let detail = if step.is_empty() || step.chars().count() > 256 || step.contains('\0') {
                "A step has 1 to 256 characters."
            } else if self.steps[..i].contains(step) {
                "This step stands twice."
            } else {
                return None;
            };
            Some((format!("/steps/{i}"), detail))
        };
        self.steps.iter().enumerate().filter_map(step).collect()
    }
}

impl GaugeOptions {
    fn problems(&self) -> Vec<Wrong> {
        let mut wrong: Vec<Wrong> = [("/min", Some(self.min)), ("/max", self.max), ("/target", self.target)]
            .into_iter()
            .filter_map(|(pointer, value)| finite(pointer, value))
            .collect();
        if self.max.is_some_and(|max| max <= self.min) {
            wrong.push(("/max".to_owned(), "The scale ends above where it begins."));
        }
        if self.thresholds.len() > MAX_THRESHOLDS {
            wrong.push(("/thresholds".to_owned(), "A gauge has 6 thresholds at most."));
            return wrong;
        }
        for (i, threshold) in self.thresholds.iter().enumerate() {
            let place = format!("/thresholds/{i}/at");
            if let Some(found) = finite(&place, Some(threshold.at)) {
                wrong.push(found);
            } else if self.thresholds[..i].iter().any(|before| before.at >= threshold.at) {
                wrong.push((place, "Thresholds ascend."));
            }
        }
        wrong
    }
}

impl MarkdownOptions {
    pub(crate) fn problems(&self) -> Vec<Wrong> {
        let chars = self.text.chars().count();
        let detail = if self.text.trim().is_empty() || chars > MAX_TEXT_CHARS {
            "A text has 1 to 10,000 characters."
        } else if self.text.contains('\0') {
            "A text has no NUL character."
        } else {
            return Vec::new();
        };
        vec![("/text".to_owned(), detail)]
    }
}
