//! What a request says about what it wants to see of a dashboard: the same for members, keys and embeds.

use insula_model::{Compare, Filter, Range, Result};
use insula_platform::DashboardRequest;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::request::json_in_query;

/// What is to be shown instead of what the dashboard says.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DataQuery {
    /// The first moment: a local date or an instant.
    from: Option<String>,
    /// The first moment after.
    to: Option<String>,
    /// `24h`, `30d`, `8w`, `12m`, `3y`, `today`, `mtd`, `ytd` or `all`, instead of `from` and `to`.
    last: Option<String>,
    /// What it is compared with.
    compare: Option<Compare>,
    /// Filters as a JSON array, `[{"op":"in","dimension":"origin","values":["EWR"]}]`: 20 at most. Each holds for the
    /// widgets whose dataset has what it is about.
    filters: Option<String>,
}

/// The same, understood.
pub(crate) struct Asked {
    range: Option<Range>,
    compare: Option<Compare>,
    filters: Vec<Filter>,
}

impl DataQuery {
    /// Understands it.
    ///
    /// # Errors
    /// `input.invalid`, `input.json`, `input.too_deep`.
    pub(crate) fn read(self) -> Result<Asked> {
        let Self { from, to, last, compare, filters } = self;
        let range = Range::from_parts(from.as_deref(), to.as_deref(), last.as_deref())?;
        let filters = filters.as_deref().map(|text| json_in_query(text, "/filters")).transpose()?;
        Ok(Asked { range, compare, filters: filters.unwrap_or_default() })
    }
}

impl Asked {
    /// The request of somebody who has an answer already, or has none.
    pub(crate) fn request<'a>(&'a self, known: Option<&'a str>) -> DashboardRequest<'a> {
        DashboardRequest { range: self.range, compare: self.compare, known, filters: &self.filters }
    }
}
