//! The database's own check: changes that would leave a hole in a wall are refused when their transaction commits,
//! and nobody but a superuser switches the check off.

use insula_model::Tier;
use insula_testkit::{Client, TestPlatform, each_tier};

/// As whoever changes schemas: the owner, through the login of operations.
async fn owner(t: &TestPlatform, database: &str) -> Client {
    let client = t.superuser_in(database).await;
    client.batch_execute("SET SESSION AUTHORIZATION insula_admin; SET ROLE insula_owner").await.unwrap();
    client
}

async fn change(client: &Client, sql: &str) -> Result<(), String> {
    let result = client
        .batch_execute(&format!("BEGIN; SET LOCAL insula.target_role = 'insula_tenant'; {sql}; COMMIT"))
        .await;
    if result.is_err() {
        let _ = client.batch_execute("ROLLBACK").await;
    }
    result.map_err(|e| {
        e.as_db_error().map_or_else(|| e.to_string(), |db| format!("{} {}", db.code().code(), db.message()))
    })
}

each_tier!(holes_are_refused, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let client = owner(t, &acme.record.placement.database).await;
    let schema = &acme.record.placement.schema;
    client.batch_execute(&format!("SET search_path = {schema}, pg_temp")).await.unwrap();
    let walled = "CREATE TABLE probe (tenant_id uuid NOT NULL, id uuid NOT NULL, x text, PRIMARY KEY (tenant_id, id)); \
                  CALL wall.protect('probe', 'SELECT, INSERT')";
    for (hole, words) in [
        ("CREATE TABLE probe (tenant_id uuid PRIMARY KEY)", "row security off"),
        ("CREATE TABLE probe (id uuid PRIMARY KEY)", "no tenant_id"),
        ("CREATE TABLE probe AS SELECT * FROM settings", "row security off"),
        ("SELECT * INTO probe FROM settings", "row security off"),
        ("ALTER TABLE events DISABLE ROW LEVEL SECURITY", "events has row security off"),
        ("ALTER TABLE events NO FORCE ROW LEVEL SECURITY", "off for its owner"),
        ("ALTER TABLE events ALTER tenant_id TYPE text", ""),
        ("CREATE POLICY oops ON events USING (true)", "policy too many"),
        ("CREATE POLICY oops ON events FOR SELECT TO insula_tenant USING (true)", "policy too many"),
        ("DROP POLICY tenant_guard ON events", "lacks the policy tenant_guard"),
        ("DROP POLICY tenant_rows ON events", "lacks the policy tenant_rows"),
        ("ALTER POLICY tenant_guard ON events USING (true)", "lacks the policy tenant_guard"),
        ("ALTER POLICY tenant_rows ON events TO insula_tenant", "lacks the policy tenant_rows"),
        ("CREATE UNIQUE INDEX probe ON events (id)", "does not begin with the tenant"),
        ("ALTER TABLE settings ADD UNIQUE (name)", "does not begin with the tenant"),
        ("ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES datasets (id)", ""),
        ("CREATE VIEW probe AS SELECT * FROM settings", "rights of its owner"),
        ("CREATE MATERIALIZED VIEW probe AS SELECT * FROM settings", "knows no row security"),
        (
            "CREATE FUNCTION probe() RETURNS text LANGUAGE sql IMMUTABLE RETURN current_setting('insula.tenant', true)",
            "IMMUTABLE or LEAKPROOF",
        ),
        (
            "CREATE FUNCTION probe() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
            "search path that is not fixed",
        ),
        (
            "CREATE FUNCTION probe() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog RETURN 1",
            "search path that is not fixed",
        ),
        ("ALTER FUNCTION wall.tenant() IMMUTABLE", "IMMUTABLE or LEAKPROOF"),
        ("CREATE SCHEMA probe; CREATE TABLE probe.probe (x int)", "row security off"),
        (
            "CREATE TABLE probe (tenant_id uuid NOT NULL, at int NOT NULL, PRIMARY KEY (tenant_id, at)) PARTITION BY RANGE (at); \
             CALL wall.protect('probe', 'SELECT'); CREATE TABLE probe_1 PARTITION OF probe FOR VALUES FROM (0) TO (9)",
            "probe_1 has row security off",
        ),
        (
            "CREATE TABLE probe (tenant_id uuid NOT NULL, at int NOT NULL, PRIMARY KEY (tenant_id, at)) PARTITION BY RANGE (at); \
             CALL wall.protect('probe', 'SELECT'); CREATE TABLE probe_1 PARTITION OF probe FOR VALUES FROM (0) TO (9); \
             CALL wall.protect('probe_1', 'SELECT')",
            "a partition that somebody but its owner may touch",
        ),
    ] {
        let refused = change(&client, hole).await.expect_err(hole);
        assert!(refused.starts_with("IN005") || words.is_empty(), "{hole}: {refused}");
        assert!(refused.contains(words), "{hole}: {refused}");
    }
    for (what, good) in [
        ("a walled table", walled.to_owned()),
        ("and its end", "DROP TABLE probe".to_owned()),
        (
            "a column",
            "ALTER TABLE events ADD COLUMN probe text; ALTER TABLE events DROP COLUMN probe".to_owned(),
        ),
        ("a plain index", "CREATE INDEX probe ON events (tenant_id, at); DROP INDEX probe".to_owned()),
        (
            "a foreign key that begins with the tenant",
            format!(
                "{walled}; ALTER TABLE probe ADD FOREIGN KEY (tenant_id, id) REFERENCES datasets (tenant_id, id) ON DELETE CASCADE; DROP TABLE probe"
            ),
        ),
        (
            "a view that reads with the rights of whoever asks",
            "CREATE VIEW probe WITH (security_invoker = true) AS SELECT * FROM settings; DROP VIEW probe"
                .to_owned(),
        ),
    ] {
        let done = change(&client, &good).await;
        assert!(done.is_ok(), "{what} was refused: {done:?}");
    }
    // Outside of a transaction, too.
    client.batch_execute("CREATE INDEX CONCURRENTLY probe ON events (tenant_id, at)").await.unwrap();
    client.batch_execute("DROP INDEX CONCURRENTLY probe").await.unwrap();
    assert!(client.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY probe ON events (id)").await.is_err());
    let clean: i64 = t
        .superuser_in(&acme.record.placement.database)
        .await
        .query_one("SELECT count(*) FROM wall_check.touched", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(clean, 0, "notes of transactions that are over");
});

each_tier!(nobody_switches_the_check_off, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    let client = owner(t, &acme.record.placement.database).await;
    for sql in [
        "ALTER EVENT TRIGGER wall_check DISABLE",
        "DROP EVENT TRIGGER wall_check",
        "ALTER EVENT TRIGGER wall_check OWNER TO insula_owner",
        "SET LOCAL session_replication_role = replica",
        "ALTER TABLE wall_check.touched DISABLE TRIGGER at_commit",
        "DELETE FROM wall_check.touched",
        "INSERT INTO wall_check.touched VALUES (pg_current_xact_id(), 'tenant')",
        "DROP SCHEMA wall_check CASCADE",
        "ALTER SCHEMA wall_check RENAME TO other",
        "CREATE OR REPLACE FUNCTION wall_check.note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
    ] {
        let refused = change(&client, sql).await.expect_err(sql);
        assert!(refused.starts_with("42501"), "{sql}: {refused}");
    }
    // Constraints that are checked at once are no way around either.
    let early = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE tenant.events DISABLE ROW LEVEL SECURITY";
    let early = early.replace("tenant.events", &format!("{}.events", acme.record.placement.schema));
    assert!(change(&client, &early).await.expect_err("at once").starts_with("IN005"));
});
