//! `/tenants/{tenant}/audit`: a tenant's own log, looked at with a reason.

pub(super) mod list;
pub(super) mod verify;
