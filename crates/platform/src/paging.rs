//! Cursors of lists that are ordered by id. A cursor is the id of the last item seen: it is looked up within the
//! caller's own tenant, so somebody else's cursor shows nothing of theirs.

use std::str::FromStr;

use insula_model::page::MAX_LIMIT;
use insula_model::{Error, Page, Result, problem};

/// Where a page begins and how many items it has at most.
pub(crate) struct Paging<Id> {
    pub(crate) after: Option<Id>,
    pub(crate) limit: u32,
}

impl<Id: FromStr + ToString> Paging<Id> {
    pub(crate) fn new(cursor: Option<&str>, limit: u32) -> Result<Self> {
        let after = cursor
            .map(|text| {
                text.parse().map_err(|_| {
                    Error::new(problem::CURSOR, "That is not a cursor of this list. Begin without one.")
                })
            })
            .transpose()?;
        Ok(Self { after, limit: limit.clamp(1, MAX_LIMIT) })
    }

    /// How many rows to ask for: one more than a page has, to see whether there is another page.
    pub(crate) fn fetch(&self) -> u32 {
        self.limit + 1
    }

    /// The page of what was fetched.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, total: Option<u64>, id: impl Fn(&T) -> Id) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(|item| id(item).to_string()) } else { None };
        Page { items, next_cursor, total }
    }
}
