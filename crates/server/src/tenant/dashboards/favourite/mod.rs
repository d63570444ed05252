//! `/dashboards/{id}/favourite`: what the one who asks has marked.

pub(super) mod create;
pub(super) mod delete;
