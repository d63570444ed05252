//! `/templates/{id}/versions`: what was published when, by whom.

pub(super) mod list;
pub(super) mod view;
