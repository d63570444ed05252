//! `/dashboards/{id}/versions`: what a dashboard was before.

pub(super) mod list;
pub(super) mod view;
