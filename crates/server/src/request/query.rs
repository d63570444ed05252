//! Queries of addresses, strictly: a parameter that is not known is refused rather than ignored.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use insula_model::page::{DEFAULT_LIMIT, MAX_LIMIT};
use insula_model::{Error, Result, problem};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::app::App;
use crate::problem::Refusal;

/// The query of an address.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        parse(parts.uri.query().unwrap_or_default()).map(Self).map_err(Refusal)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T> {
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let name = error.path().to_string();
        let pointer = if name == "." { String::new() } else { format!("/{name}") };
        let sentence: String = error.into_inner().to_string().chars().take(300).collect();
        Error::invalid(pointer, "query", format!("In the query: {sentence}."))
    })
}

/// Which part of a list is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many items: 1 to 200, 50 unless given.
    pub(crate) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// For a list that always fits on one page.
    ///
    /// # Errors
    /// `input.invalid` at `/limit`; `page.cursor`: no such list has a second page.
    pub(crate) fn one_page(&self) -> Result<()> {
        limit(self.limit)?;
        match self.cursor {
            Some(_) => {
                Err(Error::new(problem::CURSOR, "This list has one page. Ask for it without a cursor."))
            }
            None => Ok(()),
        }
    }
}

/// How many items a page is to have.
///
/// # Errors
/// `input.invalid` at `/limit`.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Error::invalid("/limit", "range", format!("A page has 1 to {MAX_LIMIT} items."))),
    }
}
