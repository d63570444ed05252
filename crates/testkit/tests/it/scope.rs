//! Scopes: what a statement may see inside of one, outside of one, and after one; what happens when a wall is missing.

use std::sync::Arc;

use insula_model::policy::action::{DatasetView, SettingsUpdate, SettingsView};
use insula_model::{RequestId, SettingsPatch, TenantRecord, Tier, problem};
use insula_store::{OpCtx, Sizes};
use insula_testkit::{Arena, Client, TestOptions, TestPlatform, TestTenant, each_tier};

fn refused(result: Result<Vec<tokio_postgres::SimpleQueryMessage>, tokio_postgres::Error>) -> Option<String> {
    result.err().and_then(|e| e.as_db_error().map(|db| db.code().code().to_owned()))
}

fn request(t: &TestPlatform) -> RequestId {
    RequestId::from_uuid(t.platform.world().uuid())
}

// The statements of a scope's beginning, by hand.
async fn enter(client: &Client, tenant: &TenantRecord) {
    let (role, schema) = (&tenant.placement.role, &tenant.placement.schema);
    let sql = format!(
        "SELECT set_config('insula.tenant', '{}', true), set_config('search_path', '{schema}, pg_temp', true), \
                set_config('role', '{role}', true)",
        tenant.id.uuid()
    );
    client.simple_query(&sql).await.expect("a scope by hand");
}

async fn rows(client: &Client, sql: &str) -> usize {
    client.query(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e:?}")).len()
}

// Attacks 1 and 2: a statement that forgot its scope is refused, not answered with nothing.
each_tier!(outside_of_a_scope_statements_are_refused, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let app = acme.app(t).await;
    let (schema, role) = (&acme.record.placement.schema, &acme.record.placement.role);
    let tables = acme.superuser(t).await.query("SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'", &[]).await.unwrap();
    assert!(tables.len() >= 13);
    let setting = format!("SELECT set_config('insula.tenant', '{}', true)", acme.id().uuid());
    for table in tables {
        let table: String = table.get(0);
        let look = format!("SELECT count(*) FROM {schema}.{table}");
        assert_eq!(
            refused(app.simple_query(&look).await).as_deref(),
            Some("42501"),
            "{table} without a scope"
        );
        // The setting alone opens nothing: the role is what has rights.
        let both = app.simple_query(&format!("BEGIN; {setting}; {look}")).await;
        assert_eq!(refused(both).as_deref(), Some("42501"), "{table} with the setting only");
        app.simple_query("ROLLBACK").await.unwrap();
        // And the role alone sees nothing, but that takes somebody who means to.
        app.simple_query(&format!("BEGIN; SET LOCAL ROLE {role}")).await.unwrap();
        assert_eq!(app.query_one(&look, &[]).await.unwrap().get::<_, i64>(0), 0, "{table} without a tenant");
        app.simple_query("ROLLBACK").await.unwrap();
    }
    // After a scope the setting is empty, not unset, and that is nobody too.
    app.simple_query("BEGIN").await.unwrap();
    enter(&app, &acme.record).await;
    assert_eq!(rows(&app, "SELECT * FROM tenancy").await, 1);
    app.simple_query("COMMIT").await.unwrap();
    let left = app
        .query_one("SELECT current_setting('insula.tenant', true), current_user::text", &[])
        .await
        .unwrap();
    assert_eq!((left.get(0), left.get(1)), (Some(""), "insula_app"));
    app.simple_query(&format!("BEGIN; SET LOCAL ROLE {role}")).await.unwrap();
    assert_eq!(rows(&app, &format!("SELECT * FROM {schema}.tenancy")).await, 0);
    app.simple_query("ROLLBACK").await.unwrap();
});

// Attack 5: what goes with a savepoint is gone.
each_tier!(a_context_goes_with_its_savepoint, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let app = acme.app(t).await;
    app.simple_query("BEGIN; SAVEPOINT s").await.unwrap();
    enter(&app, &acme.record).await;
    assert_eq!(rows(&app, "SELECT * FROM tenancy").await, 1);
    app.simple_query("ROLLBACK TO s").await.unwrap();
    let look = format!("SELECT count(*) FROM {}.tenancy", acme.record.placement.schema);
    assert_eq!(refused(app.simple_query(&look).await).as_deref(), Some("42501"));
});

// Attack 4: one tenant in one transaction. There is no call that changes it; a permit of another tenant is refused.
each_tier!(a_transaction_has_one_tenant, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (t.tenant("acme", tier).await, t.tenant("globex", tier).await);
    let operator = t.operator().await.with_reason("a mistake is tested").unwrap();
    let store = t.store();
    let of = |tenant: &TestTenant| {
        store.tenant(&operator, tenant.record.clone()).unwrap().authorize::<SettingsUpdate>().unwrap()
    };
    let (acmes, globexs) = (of(&acme), of(&globex));
    let mut tx = store.begin(&acmes).await.unwrap();
    let wrong = tx.settings().update(&globexs, Some(1), &SettingsPatch::default()).await.unwrap_err();
    assert!(wrong.is(problem::INTERNAL), "{wrong:?}");
    assert!(tx.note(&globexs, "x", &serde_json::Value::Null).unwrap_err().is(problem::INTERNAL));
    drop(tx);
    let audit = |tenant: &TestTenant| {
        let tenant = tenant.clone();
        async move {
            rows(&tenant.superuser(t).await, "SELECT * FROM audit WHERE action = 'settings.update'").await
        }
    };
    assert_eq!((audit(&acme).await, audit(&globex).await), (0, 0));
});

// Attack 7: a statement that was prepared, and its plan made, for one tenant gives another one its own rows.
each_tier!(a_plan_that_was_made_for_another_tenant_is_safe, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let (a, b) = (arena.a().clone(), arena.b().clone());
    let app = TestTenant { record: a.clone() }.app(t).await;
    if a.placement.database == b.placement.database {
        app.simple_query("SET plan_cache_mode = force_generic_plan").await.unwrap();
        let ids = async |of: &TenantRecord, statement: Option<&tokio_postgres::Statement>| {
            app.simple_query("BEGIN").await.unwrap();
            enter(&app, of).await;
            let statement = match statement {
                Some(statement) => statement.clone(),
                None => app.prepare("SELECT tenant_id, d1 FROM events WHERE dataset = $1").await.unwrap(),
            };
            let rows = app.query(&statement, &[&1000i32]).await.unwrap();
            app.simple_query("COMMIT").await.unwrap();
            let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.get(0)).collect();
            (ids, statement)
        };
        let (of_b, statement) = ids(&b, None).await;
        assert_eq!(of_b, [b.id.uuid(); 3]);
        let (of_a, statement) = ids(&a, Some(&statement)).await;
        assert_eq!(of_a, [a.id.uuid(); 3]);
        assert_eq!(ids(&b, Some(&statement)).await.0, [b.id.uuid(); 3]);
    }
});

// The same through the pools, with one connection for everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_serves_many_tenants_and_mixes_none() {
    let sizes = Sizes { control: 3, pooled: 1, lanes: 1, lane: 1, database: 1, databases: 4, admin: 2 };
    let t = TestPlatform::start_with(TestOptions { sizes, ..TestOptions::default() }).await;
    for tier in Tier::ALL {
        let arena = Arena::new(&t, *tier).await;
        for round in 0..8 {
            for player in arena.cast.players() {
                let op = OpCtx::of_visitor(player.record.id, request(&t));
                let tenant = t.store().tenant(&op, player.record.clone()).unwrap();
                let permit = tenant.authorize::<SettingsView>().unwrap();
                let mut tx = t.store().begin(&permit).await.unwrap();
                let name = tx.settings().view().await.unwrap().name;
                assert!(
                    name.starts_with(&player.canary.mark),
                    "{tier}, round {round}: {name} at {}",
                    player.record.slug
                );
            }
        }
        arena.assert_unchanged().await;
    }
    t.stop().await;
}

// Attack 11: whoever owns the tables is behind the wall as well.
each_tier!(the_owner_is_walled_too, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let tenant = TestTenant { record: arena.a().clone() };
    let owner = tenant.superuser(t).await;
    owner.simple_query("SET ROLE insula_owner").await.unwrap();
    for table in &arena.cast.attacker.tables {
        let table = &table.name;
        assert_eq!(rows(&owner, &format!("SELECT * FROM {table}")).await, 0, "{table} without a tenant");
        owner
            .simple_query(&format!(
                "BEGIN; SELECT set_config('insula.tenant', '{}', true)",
                tenant.id().uuid()
            ))
            .await
            .unwrap();
        let own = arena.cast.attacker.digest[table].0;
        assert_eq!(
            rows(&owner, &format!("SELECT * FROM {table}")).await,
            usize::try_from(own).unwrap(),
            "{table}"
        );
        let others = format!("DELETE FROM {table} WHERE tenant_id <> '{}'", tenant.id().uuid());
        assert_eq!(owner.execute(&others, &[]).await.unwrap(), 0, "{table}");
        owner.simple_query("ROLLBACK").await.unwrap();
    }
    arena.assert_unchanged().await;
});

// Attack 16: a stray policy that lets everything through meets the guard.
each_tier!(a_stray_policy_leaks_nothing, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let root = TestTenant { record: arena.a().clone() }.superuser(t).await;
    // As if somebody who may do everything had been careless.
    root.batch_execute("ALTER EVENT TRIGGER wall_check DISABLE").await.unwrap();
    for table in &arena.cast.attacker.tables {
        root.batch_execute(&format!("CREATE POLICY oops ON {} USING (true) WITH CHECK (true)", table.name))
            .await
            .unwrap();
    }
    for table in &arena.cast.attacker.tables {
        let own = usize::try_from(arena.cast.attacker.digest[&table.name].0).unwrap();
        assert_eq!(
            arena.reads(&format!("SELECT * FROM {}", table.name)).await.rows.len(),
            own,
            "{}",
            table.name
        );
        if table.may("INSERT") {
            let columns: Vec<&str> =
                table.columns.iter().map(|c| c.name.as_str()).filter(|c| *c != "tenant_id").collect();
            let columns = columns.join(", ");
            let forge = format!(
                "INSERT INTO {t} (tenant_id, {columns}) SELECT '{}', {columns} FROM {t} LIMIT 1",
                arena.b().id.uuid(),
                t = table.name
            );
            assert_eq!(arena.writes(&forge).await.code(), Some("42501"), "{forge}");
        }
        if table.may("DELETE") {
            let wipe = format!("DELETE FROM {} WHERE tenant_id <> wall.tenant() RETURNING *", table.name);
            assert_eq!(arena.writes(&wipe).await.count, 0, "{wipe}");
        }
    }
    arena.assert_unchanged().await;
});

// Attack 29: even somebody who may make temporary tables cannot slip one under a function that runs with its
// owner's rights.
each_tier!(definer_functions_look_at_the_real_tables, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let (record, role) = (arena.a().clone(), arena.a().placement.role.clone());
    let root = TestTenant { record: record.clone() }.superuser(t).await;
    root.batch_execute(&format!("GRANT TEMPORARY ON DATABASE {} TO {role}", record.placement.database))
        .await
        .unwrap();
    let loot = arena
        .writes(
            "CREATE TEMPORARY TABLE audit_heads (tenant_id uuid, seq bigint, hash bytea); \
             INSERT INTO pg_temp.audit_heads VALUES (wall.tenant(), 9000, 'x'); \
             CREATE TEMPORARY TABLE tenancy (tenant_id uuid, epoch bigint, open boolean); \
             INSERT INTO pg_temp.tenancy VALUES (wall.tenant(), 77, true); \
             SELECT audit_append('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') < 9000; SELECT enter_write(77, true)",
        )
        .await;
    assert_eq!(loot.code(), Some("IN001"), "the epoch of the temporary table counted: {loot:?}");
    arena.assert_unchanged().await;
});

// Attack 26: what PostgreSQL says about a failed statement stays in the log.
each_tier!(errors_say_nothing_of_the_database, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    for sql in [
        "SELECT name::int FROM settings",
        "SELECT 1 / 0",
        "INSERT INTO settings SELECT * FROM settings",
        "UPDATE settings SET week_start = 'never'",
        "UPDATE settings SET version = 9223372036854775807 + version",
        "SELECT * FROM nowhere",
        "SELECT nothing FROM settings",
        "UPDATE settings SET tenant_id = gen_random_uuid()",
    ] {
        let refusal = arena.writes(sql).await.refusal.unwrap_or_else(|| panic!("{sql} was not refused"));
        let public = refusal.public.to_string();
        assert!(refusal.public.is(problem::INTERNAL), "{sql}: {public}");
        for word in [
            "settings",
            "week_start",
            "relation",
            "constraint",
            "policy",
            "CNRY",
            "integer",
            "nowhere",
            "SELECT",
        ] {
            assert!(!public.contains(word), "{sql}: {public}");
        }
    }
});

// Attack 110: a write that comes with an epoch that is over changes nothing; a closed tenant refuses its people, and
// not the operations that open it again.
each_tier!(writes_are_refused_where_the_tenant_no_longer_lives, async |t: &TestPlatform, tier: Tier| {
    let arena = Arena::new(t, tier).await;
    let player = &arena.cast.attacker;
    let root = TestTenant { record: arena.a().clone() }.superuser(t).await;
    let key = t.platform.api_key_context(&player.key, &player.record, request(t)).await.unwrap();
    let tenant = t.store().tenant(&key, player.record.clone()).unwrap();
    let patch = SettingsPatch { name: Some("Changed".to_owned()), ..SettingsPatch::default() };
    let version = t.platform.settings_view(&tenant).await.unwrap().version;
    let of = "UPDATE tenancy SET {} WHERE tenant_id = $1";
    let set = async |what: &str| {
        let id = player.record.id.uuid();
        assert_eq!(root.execute(&of.replace("{}", what), &[&id]).await.unwrap(), 1);
    };
    set("epoch = epoch + 1").await;
    let moved = t.platform.settings_update(&tenant, Some(version), &patch).await.unwrap_err();
    assert!(moved.is(problem::TENANT_MOVED) && moved.wait().is_some(), "{moved:?}");
    set("epoch = epoch - 1, open = false").await;
    let closed = t.platform.settings_update(&tenant, Some(version), &patch).await.unwrap_err();
    assert!(closed.is(problem::TENANT_SUSPENDED), "{closed:?}");
    let trace = "SELECT count(*) FROM audit WHERE tenant_id = $1 AND action = 'settings.update'";
    let left = root.query_one(trace, &[&player.record.id.uuid()]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 0, "a refused write left a trace of having been done");
    assert!(t.platform.settings_view(&tenant).await.unwrap().name.starts_with("CNRY-"));
    let relay = OpCtx::of_relay(player.record.id, request(t));
    let relay = t
        .store()
        .tenant(&relay, player.record.clone())
        .unwrap()
        .authorize::<insula_model::policy::action::OutboxRelay>()
        .unwrap();
    let mut tx = t.store().begin(&relay).await.unwrap();
    tx.outbox().list(&relay, 1).await.expect("operations and jobs write to a closed tenant");
    drop(tx);
    set("open = true").await;
    t.platform
        .settings_update(&tenant, Some(version), &patch)
        .await
        .expect("an open tenant in its own epoch");
    root.execute("DELETE FROM tenancy WHERE tenant_id = $1", &[&player.record.id.uuid()]).await.unwrap();
    let nowhere = t.platform.settings_update(&tenant, Some(version + 1), &patch).await.unwrap_err();
    assert!(nowhere.is(problem::TENANT_MOVED), "{nowhere:?}");
});

// Attack 139: the worker that was taken over carries a lower number, and the database remembers the higher one.
each_tier!(an_operation_that_was_taken_over_changes_nothing, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let client = acme.superuser(t).await;
    client.simple_query("SET ROLE insula_owner").await.unwrap();
    let id = acme.id().uuid();
    let enter =
        async |token: i64| client.execute("SELECT wall.enter_operation($1, $2)", &[&id, &token]).await.err();
    let highest: i64 = client
        .query_one("SELECT fence FROM wall.operation_fences WHERE tenant_id = $1", &[&id])
        .await
        .unwrap()
        .get(0);
    assert!(enter(highest).await.is_none(), "the same worker goes on");
    assert!(enter(highest + 5).await.is_none(), "whoever takes over has a higher number");
    let stale = enter(highest + 4).await.expect("a stale worker is refused");
    assert_eq!(stale.as_db_error().unwrap().code().code(), "IN002");
    let kept: i64 = client
        .query_one("SELECT fence FROM wall.operation_fences WHERE tenant_id = $1", &[&id])
        .await
        .unwrap()
        .get(0);
    assert_eq!(kept, highest + 5);
});

// An operator who looks is in the tenant's own log, once for each request and action, with the reason.
each_tier!(operators_who_look_are_written_down, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let log = async || {
        let client = acme.superuser(t).await;
        let sql = "SELECT actor_kind || ' ' || action || ' ' || reason FROM audit WHERE tenant_id = $1 AND actor_kind = 'operator' AND reason <> '' ORDER BY seq";
        client
            .query(sql, &[&acme.id().uuid()])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect::<Vec<String>>()
    };
    assert_eq!(log().await, [] as [&str; 0]);
    let bare = t.operator().await;
    let refused = t.store().tenant(&bare, acme.record.clone()).unwrap_err();
    assert!(refused.is(problem::REASON_REQUIRED), "{refused:?}");
    for _ in 0..2 {
        let op = t.operator().await.with_reason("ticket 4711: numbers look odd").unwrap();
        let tenant = t.store().tenant(&op, acme.record.clone()).unwrap();
        t.platform.dataset_list(&tenant).await.unwrap();
        t.platform.dataset_list(&tenant).await.unwrap();
        t.platform.settings_view(&tenant).await.unwrap();
    }
    let looked = [
        "operator dataset.view ticket 4711: numbers look odd",
        "operator settings.view ticket 4711: numbers look odd",
    ];
    assert_eq!(log().await, [looked, looked].concat());
    // Nobody looks into a place whose log cannot be written.
    let gone = Arc::new(TenantRecord {
        placement: insula_model::Placement { epoch: 99, ..acme.record.placement.clone() },
        ..(*acme.record).clone()
    });
    let op = t.operator().await.with_reason("ticket 4711: numbers look odd").unwrap();
    let permit = t.store().tenant(&op, gone).unwrap().authorize::<DatasetView>().unwrap();
    assert!(t.store().begin(&permit).await.unwrap_err().is(problem::TENANT_MOVED));
});
