//! Insula's pure values and rules. No IO, no async, no clock: everything here can be tested by calling it.
//!
//! What must always hold: ids of different kinds do not mix ([`ids`]); the policy is the table in [`policy`];
//! an [`Error`]'s private half has no way out except [`Error::for_log`].

pub mod answer;
pub mod api_key;
pub mod brand_image;
pub mod clock;
pub mod colour;
pub mod dashboard;
pub mod dashboard_merge;
pub mod dashboard_picture;
pub mod dashboard_schema;
pub mod dashboard_template;
pub mod dashboard_version;
pub mod dashboard_widget;
pub mod dataset;
mod dataset_builtin;
mod dataset_lookup;
mod dataset_put;
mod dataset_table;
pub mod dice;
pub mod embed;
pub mod embed_origin;
pub mod error;
pub mod event;
pub mod event_batch;
pub mod event_sample;
pub mod html;
pub mod ids;
pub mod member;
pub mod operator_token;
pub mod page;
pub mod period;
pub mod policy;
pub mod problem;
pub mod public_link;
pub mod question;
pub mod question_figure;
pub mod question_filter;
pub mod session;
pub mod settings;
pub mod slug;
pub mod table;
pub mod table_rows;
mod table_value;
pub mod template;
pub mod tenant;
pub mod written;

pub use answer::{Answer, Column, ColumnKind, EventRows, Values};
pub use api_key::{ApiKey, ApiKeyCreated, ApiKeyInput};
pub use brand_image::{BrandImage, BrandImageKind};
pub use clock::{Clock, Entropy, SystemClock, World};
pub use dashboard::{
    BarOptions, Chart, CohortOptions, ColourRule, Content, Dashboard, DashboardConfig, DashboardData,
    DashboardFilter, DashboardHead, DashboardInput, FunnelOptions, GaugeOptions, HeatmapOptions, KpiOptions,
    MapOptions, MarkdownOptions, Picture, PieOptions, PivotOptions, Place, RuleOp, SeriesStyle, TableOptions,
    Threshold, TimeSeriesOptions, Tone, Widget, WidgetData, WidgetKind, WidgetProblem,
};
pub use dashboard_merge::MergeConflict;
pub use dashboard_schema::dashboard_schema;
pub use dashboard_template::default_dashboard;
pub use dashboard_version::{DashboardRestore, DashboardVersion};
pub use dataset::{
    Calculated, Dataset, DatasetDefinition, DatasetSource, Dimension, Format, Lookup, Measure,
};
pub use dataset_put::{DatasetPut, DimensionPut, LookupPut, MAX_DESCRIPTION, MeasurePut};
pub use embed::{
    EmbedClaims, EmbedDashboard, EmbedGrant, EmbedKey, EmbedRevocation, EmbedRevocationInput, EmbedRules,
    EmbedTenant, EmbedTokenCreated, EmbedTokenInput, EmbedUsage, EmbedUsageDay, EmbedView, Embedding,
    EmbeddingInput,
};
pub use error::{Error, FieldError, Result};
pub use event::{Event, EventInput, EventProblem, event_uuid};
pub use event_batch::{EventBatch, EventReceipt, EventRejection};
pub use event_sample::{SAMPLE_DATASET, sample_dataset, sample_events};
pub use ids::{
    ApiKeyId, DashboardId, DatasetId, EmbedKeyId, EmbedRevocationId, EmbedTokenId, IdentityId, InvitationId,
    JobId, MailId, MemberId, OperationId, OperatorId, OperatorTokenId, PublicLinkId, RequestId, SessionId,
    TableId, TemplateId, TenantId,
};
pub use member::{
    Invitation, InvitationAccept, InvitationCreated, InvitationInput, InvitationView, Member, MemberUpdate,
};
pub use operator_token::{OperatorToken, OperatorTokenCreated, OperatorTokenInput};
pub use page::Page;
pub use period::{Compare, Edge, Grain, GrainChoice, Last, Range, Span, WeekStart};
pub use policy::{Action, Authority, Mode, OperatorAction, OperatorRole, Read, Role, Scope, Write};
pub use public_link::{PublicLink, PublicLinkCreated, PublicLinkInput};
pub use question::{Agg, Aggregate, Figure, Filter, Formula, Question, Show, Sort, SortBy};
pub use question_filter::check_filters;
pub use session::{
    Installation, Operator, OperatorSession, PasswordUpdate, Session, SessionInput, SessionMember,
    SessionTenant,
};
pub use settings::{Branding, BrandingPatch, SettingsPatch, TenantSettings};
pub use slug::Slug;
pub use table::{Table, TableColumn, TableColumnKind, TableDefinition, TableInput, TableKey, TableSource};
pub use table_rows::{TableBatch, TableChanged, TableRow, TableRowView};
pub use table_value::TableValue;
pub use template::{
    DashboardTemplate, Template, TemplateConflicts, TemplateInput, TemplateTarget, TemplateVersion,
};
pub use tenant::{Placement, Plan, TenantRecord, TenantStatus, Tier};
