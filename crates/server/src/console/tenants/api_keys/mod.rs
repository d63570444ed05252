//! `/tenants/{tenant}/api-keys`.

pub(super) mod create;
