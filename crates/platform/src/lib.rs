//! What the product does: use cases per noun, durable operations, jobs, reconcilers. No HTTP and no SQL.
//!
//! What must always hold: every use case begins with `authorize`; nothing here knows status codes or statements.

mod api_keys;
mod audits;
mod buckets;
mod cache;
mod credentials;
mod dashboard_data;
mod dashboard_plans;
mod dashboard_stream;
mod dashboards;
mod datasets;
mod embed_keys;
mod embed_limits;
mod embed_revocations;
mod embed_tokens;
mod embed_usage;
mod embedding;
mod embeds;
mod events;
mod faults;
mod favourites;
mod installation;
mod invitations;
pub mod jobs;
mod mails;
mod members;
mod once;
pub mod operations;
mod operator_tokens;
mod operators;
mod owners;
mod paging;
mod passwords;
mod public_links;
mod questions;
mod queue;
mod reconcilers;
mod rows;
mod samples;
mod seed;
mod sessions;
mod settings;
mod tables;
mod templates;
mod tenants;
pub mod verify;
mod workspace;

use std::sync::Arc;
use std::time::Duration;

use insula_insight::Rows;
use insula_model::{TenantSettings, World};
use insula_store::{DashboardState, Store};

use crate::cache::{Bound, TenantCache};
use crate::dashboard_plans::Planned;
use crate::embed_limits::EmbedBuckets;
use crate::embed_usage::EmbedCounts;
use crate::passwords::Passwords;
use crate::queue::Queue;

pub use api_keys::api_key_tenant;
pub use cache::CacheFigures;
pub use credentials::{Arrival, FAILURES_PER_ADDRESS, FAILURES_PER_EMAIL};
pub use dashboard_data::{DashboardReply, DashboardRequest};
pub use dashboard_stream::{DashboardOpen, DashboardOpening};
pub use faults::Faults;
pub use installation::{CellRequest, SlugCheck};
pub use operators::OperatorSignedIn;
pub use owners::OwnerInstalled;
pub use questions::{QuestionRequest, RowsRequest};
pub use sessions::SignedIn;
pub use settings::{EmbedLimits, Mailing, QuestionLimits, Settings};
pub use tenants::{DeleteTenantInput, OperationView, OwnerRequest, StepView, TenantRequest};
pub use workspace::Seed;

/// The product. Clones are one.
#[derive(Clone, Debug)]
pub struct Platform {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    settings: Settings,
    faults: Faults,
    looks: TenantCache<TenantSettings>,
    answers: TenantCache<Vec<u8>>,
    states: TenantCache<DashboardState>,
    plans: TenantCache<Planned>,
    framing: TenantCache<Vec<String>>,
    embed_counts: EmbedCounts,
    embed_buckets: EmbedBuckets,
    rows: TenantCache<Rows>,
    queue: Queue,
    passwords: Passwords,
}

impl Platform {
    /// The product on top of an open store.
    #[must_use]
    pub fn new(store: Store, settings: Settings, faults: Faults) -> Self {
        // Less than a second with the time that reading takes, so that a change shows everywhere within one.
        let each = Bound { total: 16 << 20, each: 1 << 20 };
        let looks = TenantCache::new(each, Duration::from_millis(900));
        let framing = TenantCache::new(Bound { total: 4 << 20, each: 64 << 10 }, Duration::from_millis(900));
        let (bound, kept) = (settings.questions.bound(), Duration::from_mins(10));
        let (answers, rows) = (TenantCache::new(bound, kept), TenantCache::new(bound, kept));
        let (states, plans) = (TenantCache::new(each, kept), TenantCache::new(each, Duration::from_mins(1)));
        let queue = Queue::new(settings.questions, store.sizes(), store.tasks().clone());
        let (passwords, embed_counts) = (Passwords::new(), EmbedCounts::default());
        let embed_buckets = EmbedBuckets::new(settings.embeds);
        let inner = Inner {
            store,
            settings,
            faults,
            looks,
            answers,
            states,
            plans,
            framing,
            embed_counts,
            embed_buckets,
            rows,
            queue,
            passwords,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Starts what works in the background on this node until the process ends: operations, jobs, reconcilers.
    pub fn run_workers(&self) {
        self.run_operations(2);
        self.run_jobs(2);
        self.run_reconcilers();
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Time and randomness.
    #[must_use]
    pub fn world(&self) -> &World {
        self.inner.store.world()
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    pub(crate) fn looks(&self) -> &TenantCache<TenantSettings> {
        &self.inner.looks
    }

    pub(crate) fn states(&self) -> &TenantCache<DashboardState> {
        &self.inner.states
    }

    pub(crate) fn plans(&self) -> &TenantCache<Planned> {
        &self.inner.plans
    }

    pub(crate) fn answers(&self) -> &TenantCache<Vec<u8>> {
        &self.inner.answers
    }

    pub(crate) fn framing(&self) -> &TenantCache<Vec<String>> {
        &self.inner.framing
    }

    pub(crate) fn embed_counts(&self) -> &EmbedCounts {
        &self.inner.embed_counts
    }

    pub(crate) fn embed_buckets(&self) -> &EmbedBuckets {
        &self.inner.embed_buckets
    }

    /// How often something that is kept in memory was found to belong to another tenant than who asked; it was
    /// dropped then. Must stay 0.
    #[must_use]
    pub fn cache_mixed(&self) -> u64 {
        self.inner.looks.mixed()
            + self.inner.answers.mixed()
            + self.inner.states.mixed()
            + self.inner.plans.mixed()
            + self.inner.rows.mixed()
            + self.inner.framing.mixed()
    }

    /// What the caches did and hold.
    #[must_use]
    pub fn cache_figures(&self) -> [CacheFigures; 6] {
        let Inner { looks, answers, states, plans, rows, framing, .. } = &*self.inner;
        [
            looks.figures("looks"),
            answers.figures("dashboards"),
            states.figures("dashboard_states"),
            plans.figures("dashboard_plans"),
            rows.figures("rows"),
            framing.figures("framing"),
        ]
    }

    /// How many questions are under way on this node, and how many wait.
    #[must_use]
    pub fn question_counts(&self) -> (u32, usize) {
        self.inner.queue.counts()
    }

    /// Takes what is no longer good out of memory. Says how much that was.
    pub(crate) fn caches_tidy(&self) -> usize {
        self.inner.looks.tidy()
            + self.inner.answers.tidy()
            + self.inner.states.tidy()
            + self.inner.plans.tidy()
            + self.inner.rows.tidy()
            + self.inner.framing.tidy()
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    /// What the operator configured.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send<T: Send>(_: T) {}

    /// Use cases are awaited by tasks that move between threads. Compiled, never called.
    #[expect(dead_code, reason = "it is enough that it compiles")]
    fn use_cases_can_move_between_threads(
        platform: &Platform,
        record: &Arc<insula_model::TenantRecord>,
        tenant: &insula_store::Tenant<'_>,
        op: &insula_store::OpCtx,
        from: &Arrival<'_>,
    ) {
        let session = insula_model::SessionInput { email: String::new(), password: String::new() };
        let accept = insula_model::InvitationAccept { name: None, password: String::new() };
        let invite = insula_model::InvitationInput { email: String::new(), role: insula_model::Role::Viewer };
        let key = insula_model::ApiKeyInput { name: String::new(), scopes: vec![], expires_at: None };
        let password = insula_model::PasswordUpdate { current: String::new(), new: String::new() };
        send(platform.session_create(record, &session, from));
        send(platform.session_context("", record, from.request));
        send(platform.session_view(tenant));
        send(platform.session_delete("", record, from.request));
        send(platform.password_update(tenant, &password, from));
        send(platform.member_list(tenant, None, 1));
        send(platform.invitation_create(tenant, &invite));
        send(platform.invitation_accept(record, "", &accept, from));
        send(platform.api_key_create(tenant, &key));
        send(platform.owner_install(op, record, "", None, None));
        send(platform.operator_session_create(&session, insula_store::OperatorSessionKind::Token, from));
    }
}
