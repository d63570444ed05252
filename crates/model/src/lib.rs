//! Insula's pure values and rules. No IO, no async, no clock: everything here can be tested by calling it.
//!
//! What must always hold: ids of different kinds do not mix ([`ids`]); the policy is the table in [`policy`];
//! an [`Error`]'s private half has no way out except [`Error::for_log`].

pub mod answer;
pub mod api_key;
pub mod brand_image;
pub mod clock;
pub mod dashboard;
pub mod dashboard_picture;
pub mod dashboard_template;
pub mod dashboard_widget;
pub mod dataset;
pub mod dice;
pub mod error;
pub mod event;
pub mod event_batch;
pub mod event_sample;
pub mod ids;
pub mod member;
pub mod operator_token;
pub mod page;
pub mod period;
pub mod policy;
pub mod problem;
pub mod question;
pub mod question_filter;
pub mod session;
pub mod settings;
pub mod slug;
pub mod tenant;

pub use answer::{Answer, Column, ColumnKind, Values};
pub use api_key::{ApiKey, ApiKeyCreated, ApiKeyInput};
pub use brand_image::{BrandImage, BrandImageKind};
pub use clock::{Clock, Entropy, SystemClock, World};
pub use dashboard::{
    BarOptions, Chart, CohortOptions, ColourRule, Content, Dashboard, DashboardConfig, DashboardData,
    DashboardFilter, DashboardInput, FunnelOptions, GaugeOptions, HeatmapOptions, KpiOptions, MapOptions,
    MarkdownOptions, Picture, PieOptions, PivotOptions, Place, RuleOp, SeriesStyle, TableOptions, Threshold,
    TimeSeriesOptions, Tone, Widget, WidgetData, WidgetKind, WidgetProblem,
};
pub use dashboard_template::default_dashboard;
pub use dataset::{
    Dataset, DatasetDefinition, DatasetPut, Dimension, DimensionPut, Format, Measure, MeasurePut,
};
pub use error::{Error, FieldError, Result};
pub use event::{Event, EventInput, EventProblem, event_uuid};
pub use event_batch::{EventBatch, EventReceipt, EventRejection};
pub use event_sample::{SAMPLE_DATASET, sample_dataset, sample_events};
pub use ids::{
    ApiKeyId, DashboardId, DatasetId, IdentityId, InvitationId, JobId, MailId, MemberId, OperationId,
    OperatorId, OperatorTokenId, RequestId, SessionId, TenantId,
};
pub use member::{
    Invitation, InvitationAccept, InvitationCreated, InvitationInput, InvitationView, Member, MemberUpdate,
};
pub use operator_token::{OperatorToken, OperatorTokenCreated, OperatorTokenInput};
pub use page::Page;
pub use period::{Compare, Edge, Grain, GrainChoice, Last, Range, Span, WeekStart};
pub use policy::{Action, Authority, Mode, OperatorAction, OperatorRole, Read, Role, Scope, Write};
pub use question::{Agg, Aggregate, Filter, Question, Sort, SortBy};
pub use session::{
    Installation, Operator, OperatorSession, PasswordUpdate, Session, SessionInput, SessionMember,
    SessionTenant,
};
pub use settings::{Branding, BrandingPatch, SettingsPatch, TenantSettings};
pub use slug::Slug;
pub use tenant::{Placement, Plan, TenantRecord, TenantStatus, Tier};
