//! The control database, one file per noun.

mod alarms;
mod anchors;
mod attempts;
pub(crate) mod cells;
mod identities;
mod installation;
mod jobs;
mod lifecycle;
mod mails;
mod operation_views;
mod operations;
mod operator_requests;
mod operator_tokens;
mod operators;
mod orphans;
mod sessions;
mod templates;
mod tenants;

pub use alarms::{Alarm, AlarmKind};
pub use anchors::Anchored;
pub use attempts::{AttemptLimit, Counted};
pub use cells::CellSummary;
pub use identities::IdentityRecord;
pub use installation::{InstallationStatus, JobCounts, OperationCounts, PostgresStatus, TenantCounts};
pub use jobs::{JobEnd, LeasedJob, NewJob};
pub use mails::{Mail, MailState, NewMail};
pub use operation_views::{OperationFilter, OperationRow, StepRow};
pub use operations::{LeasedOperation, NewOperation, OperationStatus, Phase, StepStatus};
pub use operators::{OperatorRecord, OperatorSessionKind};
pub(crate) use sessions::digest;
pub use sessions::{NewSession, SESSION_IDLE, SESSION_MAX};
pub use tenants::{NewTenant, TenantFilter, TenantPage, TenantSort};
