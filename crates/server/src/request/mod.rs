//! What handlers ask for: the parts of a request, read strictly. Every rejection is a [`crate::problem::Refusal`].

mod batch;
mod body;
mod id;
mod idempotency;
mod json;
mod matching;
mod picture;
mod query;
mod rows;

pub(crate) use batch::Batch;
pub(crate) use body::{Behind, Content, Nothing, Posted, Sent};
pub(crate) use id::{Id, Inside, Numbered, Text};
pub(crate) use json::{Json, MaybeJson, json_in_query};
pub(crate) use matching::{IfNoneMatch, MaybeVersion, Version};
pub(crate) use picture::Picture;
pub(crate) use query::{Paging, Query, limit};
pub(crate) use rows::Rows;
