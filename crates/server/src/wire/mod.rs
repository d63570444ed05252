//! What the API shows, where that is not the very shape that the product has.

mod audit;
mod cell;
mod mail;
mod operation;
mod tenant;

pub(crate) use audit::{AuditEntry, audit_page};
pub(crate) use cell::Cell;
pub(crate) use mail::Mail;
pub(crate) use operation::{Operation, operation_page};
pub(crate) use tenant::Tenant;

/// Cuts a list that was asked for one longer than a page to the page, and gives the position of its last item if
/// there is more.
pub(crate) fn next<T, P>(items: &mut Vec<T>, limit: u32, position: impl Fn(&T) -> P) -> Option<P> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if items.len() <= limit {
        return None;
    }
    items.truncate(limit);
    items.last().map(position)
}
