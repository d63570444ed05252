//! A running platform for one test.

use std::sync::Arc;
use std::time::Duration;

use insula_model::{OperationId, OperatorId, OperatorRole, RequestId, TenantId, Tier, World};
use insula_platform::{
    EmbedLimits, Faults, Mailing, OperationView, OwnerRequest, Platform, QuestionLimits, Settings,
    TenantRequest,
};
use insula_store::{MigrationSet, OpCtx, OperatorRecord, OperatorSessionKind, Sizes, Store, Tasks};
use tokio_postgres::Client;

use crate::clock::{TestClock, TestEntropy};
use crate::proxy::Proxy;
use crate::server::{Databases, superuser, superuser_url};
use crate::tenant::TestTenant;

/// How a test wants its platform.
#[derive(Clone)]
pub struct TestOptions {
    /// Whether operations, jobs and reconcilers run.
    pub workers: bool,
    /// How many connections each pool may have.
    pub sizes: Sizes,
    /// Where it is to break.
    pub faults: Faults,
    /// How mail leaves.
    pub mailing: Mailing,
    /// What questions may cost.
    pub questions: QuestionLimits,
    /// How often tokens of embeds are made, and refused.
    pub embeds: EmbedLimits,
    /// The superuser's URL of another server than the tests' own.
    pub server: Option<String>,
    /// The migrations of tenants' tables that this node's binary has.
    pub migrations: MigrationSet,
}

impl Default for TestOptions {
    fn default() -> Self {
        Self {
            workers: true,
            sizes: Sizes { control: 4, pooled: 3, lanes: 2, lane: 2, database: 2, databases: 8, admin: 2 },
            faults: Faults::none(),
            mailing: Mailing::Kept,
            questions: QuestionLimits::default(),
            embeds: EmbedLimits::default(),
            server: None,
            migrations: MigrationSet::tenant(),
        }
    }
}

/// What tests configure.
#[must_use]
pub fn test_settings() -> Settings {
    Settings {
        base_domain: "localhost".to_owned(),
        scheme: "http".to_owned(),
        public_port: Some(8080),
        console_host: "console.localhost".to_owned(),
        default_cell: "local".to_owned(),
        mailing: Mailing::Kept,
        quarantine_days: 30,
        questions: QuestionLimits::default(),
        embeds: EmbedLimits::default(),
        worker_lease: Duration::from_millis(800),
    }
}

/// A running platform with databases of its own.
pub struct TestPlatform {
    /// The product.
    pub platform: Platform,
    /// Time that the test moves.
    pub clock: Arc<TestClock>,
    /// The databases.
    pub databases: Databases,
    operator_token: String,
    tasks: Tasks,
    stopped: bool,
}

impl TestPlatform {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_with(TestOptions::default()).await
    }

    /// Starts one with options.
    pub async fn start_with(options: TestOptions) -> Self {
        // Shown by the test runner for a test that fails.
        let _ = tracing_subscriber::fmt()
            .with_env_filter("warn,insula_store=debug,insula_platform=debug,insula_server=debug")
            .with_test_writer()
            .try_init();
        let clock = Arc::new(TestClock::default());
        let world = World { clock: clock.clone(), entropy: Arc::new(TestEntropy) };
        let tasks = Tasks::default();
        let url = options.server.clone().unwrap_or_else(superuser_url);
        let databases = Databases::clone_template(&url, &world, &tasks).await;
        let (platform, operator_token) = Self::open(&databases, &options, &world, &tasks).await;
        Self { platform, clock, databases, operator_token, tasks, stopped: false }
    }

    /// Another node on the same databases.
    pub async fn another_node(&self, options: TestOptions) -> (Platform, Tasks) {
        let tasks = Tasks::default();
        let world = World { clock: self.clock.clone(), entropy: Arc::new(TestEntropy) };
        let (platform, _) = Self::open(&self.databases, &options, &world, &tasks).await;
        (platform, tasks)
    }

    /// Another node, without workers, that speaks to the cell through a proxy: nothing but
    /// what the test asks of it passes the proxy.
    pub async fn another_node_through(&self, proxy: &Proxy, sizes: Sizes) -> (Platform, Tasks) {
        let control = self.control_superuser().await;
        let set = "UPDATE control.cells SET address = address || jsonb_build_object('port', $1::int4)";
        control.execute(set, &[&i32::from(proxy.port)]).await.expect("the way to the cell");
        let options = TestOptions { workers: false, sizes, ..TestOptions::default() };
        let node = self.another_node(options).await;
        let port = i32::from(self.databases.control.address.port);
        control.execute(set, &[&port]).await.expect("the way back");
        node
    }

    /// Another node, without workers, that speaks to the control database through a proxy.
    pub async fn another_node_controlled_through(&self, proxy: &Proxy) -> (Platform, Tasks) {
        let tasks = Tasks::default();
        let world = World { clock: self.clock.clone(), entropy: Arc::new(TestEntropy) };
        let mut databases = self.databases.clone();
        databases.control.address.port = proxy.port;
        let options = TestOptions { workers: false, ..TestOptions::default() };
        let (platform, _) = Self::open(&databases, &options, &world, &tasks).await;
        (platform, tasks)
    }

    async fn open(
        databases: &Databases,
        options: &TestOptions,
        world: &World,
        tasks: &Tasks,
    ) -> (Platform, String) {
        let (spec, migrations) = (databases.control.clone(), options.migrations.clone());
        let opened =
            Store::open_with_migrations(spec, options.sizes, migrations, world.clone(), tasks.clone());
        let store = opened.await.expect("a store");
        let (mailing, questions, embeds) = (options.mailing.clone(), options.questions, options.embeds);
        let settings = Settings { mailing, questions, embeds, ..test_settings() };
        let platform = Platform::new(store.clone(), settings, options.faults.clone());
        if options.workers {
            platform.run_workers();
        }
        let mut operator = OperatorRecord {
            id: OperatorId::from_uuid(world.uuid()),
            email: "operator@insula.test".to_owned(),
            name: "Operator".to_owned(),
            role: OperatorRole::Admin,
            password_hash: "unusable".to_owned(),
        };
        operator.id = store.operator_install(&operator).await.expect("an operator");
        let until = world.now() + Duration::from_secs(400 * 24 * 3600);
        let token = store
            .operator_session_create(&operator, OperatorSessionKind::Token, until)
            .await
            .expect("an operator's token");
        (platform, token)
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.platform.store()
    }

    /// The operator's token.
    #[must_use]
    pub fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// The operator, in a new request.
    pub async fn operator(&self) -> OpCtx {
        let request = RequestId::from_uuid(self.platform.world().uuid());
        self.store().operator_context(&self.operator_token, request).await.expect("the operator").0
    }

    /// Gives the cell a template database of its own, so that migrating it changes no other test.
    pub async fn own_template(&self) {
        let template = format!("{}template", self.databases.names.prefix);
        let root = superuser(&self.databases.url, "postgres").await;
        let from = &self.databases.names.template;
        for sql in [
            format!("CREATE DATABASE {template} TEMPLATE {from} OWNER insula_owner"),
            format!("REVOKE ALL ON DATABASE {template} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {template} TO insula_app, insula_admin"),
            format!("ALTER DATABASE {template} IS_TEMPLATE true"),
        ] {
            root.batch_execute(&sql).await.expect("a template");
        }
        self.control_superuser()
            .await
            .execute("UPDATE control.cells SET template_database = $1", &[&template])
            .await
            .expect("the cell");
    }

    /// A provisioned tenant without sample data.
    pub async fn tenant(&self, slug: &str, tier: Tier) -> TestTenant {
        self.tenant_with(slug, tier, |_| {}).await
    }

    /// A provisioned tenant, asked for as the test says.
    pub async fn tenant_with(
        &self,
        slug: &str,
        tier: Tier,
        change: impl FnOnce(&mut TenantRequest),
    ) -> TestTenant {
        let operation = self.ask_for_tenant(slug, tier, change).await;
        let done = self.ended(operation).await;
        assert_eq!(done.status.as_str(), "succeeded", "provisioning {slug}: {:?}", done.error);
        self.known_tenant(done.tenant.expect("a tenant")).await
    }

    /// A tenant that exists.
    pub async fn known_tenant(&self, id: TenantId) -> TestTenant {
        let record = self.store().tenant_of_id(id).await.expect("the catalogue").expect("the tenant");
        TestTenant { record }
    }

    /// Asks for a tenant and does not wait.
    pub async fn ask_for_tenant(
        &self,
        slug: &str,
        tier: Tier,
        change: impl FnOnce(&mut TenantRequest),
    ) -> OperationId {
        let mut request = TenantRequest {
            slug: slug.parse().expect("a slug"),
            name: None,
            plan: insula_model::Plan::Free,
            tier: Some(tier),
            cell: None,
            owner: OwnerRequest { email: format!("owner@{slug}.test"), name: None, password_hash: None },
            sample_data: false,
            time_zone: None,
        };
        change(&mut request);
        self.platform.tenant_create(&self.operator().await, request).await.expect("a tenant can be asked for")
    }

    /// Waits until an operation has ended, at most a minute.
    pub async fn ended(&self, id: OperationId) -> OperationView {
        let op = self.operator().await;
        let start = std::time::Instant::now();
        loop {
            let view = self.platform.operation_view(&op, id).await.expect("the operation");
            if view.status.ended() || view.status.as_str() == "stuck" {
                return view;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "an operation does not end: {view:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A connection that no wall holds back, to the shared data database.
    pub async fn superuser(&self) -> Client {
        superuser(&self.databases.url, &self.databases.names.shared).await
    }

    /// A connection that no wall holds back, to any database.
    pub async fn superuser_in(&self, database: &str) -> Client {
        superuser(&self.databases.url, database).await
    }

    /// A connection that no wall holds back, to the control database.
    pub async fn control_superuser(&self) -> Client {
        superuser(&self.databases.url, &self.databases.names.control).await
    }

    /// Stops it and drops its databases.
    pub async fn stop(mut self) {
        self.stopped = true;
        self.platform.store().close();
        self.tasks.stop();
        self.databases.drop_all().await;
    }
}

impl Drop for TestPlatform {
    fn drop(&mut self) {
        if self.stopped {
            return;
        }
        // A test that failed, or did not call `stop`: the databases go all the same.
        self.tasks.stop();
        let databases = self.databases.clone();
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(databases.drop_all());
        });
        let _ = dropped.join();
    }
}
