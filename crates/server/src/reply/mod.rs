//! What handlers answer with.

mod etag;
mod json;

pub(crate) use etag::not_modified;
pub(crate) use json::{Answer, accepted, created, json_lines, nothing, ready_json, shown, unchanged};
