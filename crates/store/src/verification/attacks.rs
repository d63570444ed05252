//! The texts of the attacks that a tenant's scope must survive, made for every table that there is.
//!
//! They are what a mistake in the product could send, and worse: whole scripts, the catalogue, changes of the schema.
//! What they leave out is SQL that sets the tenant or the role itself: a setting is no wall against text that a
//! tenant writes, and the product runs no such text.

use insula_model::TenantRecord;
use uuid::Uuid;

use super::Table;

/// One attack.
#[derive(Debug, Clone)]
pub struct Attack {
    /// Its number in the corpus of attacks; 0 for a kin of those.
    pub corpus: u16,
    /// What it tries.
    pub name: String,
    /// What is sent.
    pub sql: String,
    /// Whether its transaction may write.
    pub writes: bool,
    /// What must come of it, besides that nothing of anybody else is in it.
    pub expected: Expected,
}

/// What must come of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Anything but somebody else's data.
    Anything,
    /// No row is given or changed; refusing the right is as good.
    Nothing,
    /// Just so many rows are given or changed: more would be others', fewer would tell of others.
    Rows(u64),
    /// This is in the first cell.
    Cell(String),
    /// PostgreSQL refuses it with one of these SQLSTATEs.
    Refused(&'static [&'static str]),
}

/// Who attacks whom.
pub struct Scene<'a> {
    /// The attacker.
    pub attacker: &'a TenantRecord,
    /// How many rows the attacker has in a table.
    pub own: &'a dyn Fn(&str) -> i64,
    /// The id of a row that only the victim has.
    pub only: &'a dyn Fn(&str) -> Uuid,
    /// The victim, of the same tier.
    pub victim: &'a TenantRecord,
    /// Other tenants of the installation, of any tier.
    pub others: &'a [&'a TenantRecord],
}

/// "Permission denied", also by a policy.
const DENIED: &[&str] = &["42501"];
/// As above, or there is nothing of that name that one could see, or it cannot be done at all.
const DENIED_OR_UNKNOWN: &[&str] = &["42501", "42P01", "3F000", "42704", "42883", "0A000", "22023", "25001"];

struct List(Vec<Attack>);

impl List {
    fn add(&mut self, corpus: u16, name: String, sql: String, writes: bool, expected: Expected) {
        self.0.push(Attack { corpus, name, sql, writes, expected });
    }
}

/// Every attack of one tenant on another, for all tables.
#[must_use]
pub fn attacks(scene: &Scene<'_>, tables: &[Table]) -> Vec<Attack> {
    let mut list = List(Vec::new());
    for table in tables {
        reading(&mut list, scene, table);
        writing(&mut list, scene, table);
        rights(&mut list, scene, table);
        elsewhere(&mut list, scene, table);
    }
    around(&mut list, scene);
    audit(&mut list);
    list.0.extend(super::structure::questions());
    list.0
}

fn reading(list: &mut List, scene: &Scene<'_>, table: &Table) {
    let (t, b) = (&table.name, scene.victim.id.uuid());
    let rows = |n: i64| Expected::Rows(u64::try_from(n).unwrap_or_default());
    let own = (scene.own)(t);
    let mut read = |corpus, what: &str, sql: String, expected| {
        list.add(corpus, format!("{t}: {what}"), sql, false, expected);
    };
    read(16, "everything", format!("SELECT * FROM {t}"), rows(own));
    read(
        50,
        "everything, with a condition that is always true",
        format!("SELECT * FROM {t} WHERE tenant_id = '{b}' OR true"),
        rows(own),
    );
    read(50, "the victim's rows", format!("SELECT * FROM {t} WHERE tenant_id = '{b}'"), Expected::Nothing);
    read(
        50,
        "rows that are not one's own",
        format!("SELECT * FROM {t} WHERE tenant_id <> wall.tenant()"),
        Expected::Nothing,
    );
    read(50, "a sample of the pages", format!("SELECT * FROM ONLY {t} TABLESAMPLE SYSTEM (100)"), rows(own));
    read(
        50,
        "rows by their place on the page",
        format!("SELECT * FROM {t} WHERE ctid >= '(0,0)'"),
        rows(own),
    );
    read(
        5,
        "after a rollback to a savepoint",
        format!("SAVEPOINT s; ROLLBACK TO s; SELECT * FROM {t}"),
        rows(own),
    );
    read(
        52,
        "a division that fails on the victim's rows",
        format!("SELECT 1 / (CASE WHEN tenant_id = '{b}' THEN 0 ELSE 1 END) FROM {t}"),
        rows(own),
    );
    read(
        52,
        "a cast that fails on the victim's rows",
        format!("SELECT * FROM {t} WHERE CASE WHEN tenant_id = '{b}' THEN t::text::int = 1 ELSE true END")
            .replace("t::text", &format!("{t}::text")),
        rows(own),
    );
    read(
        26,
        "a cast whose error names values",
        format!("SELECT {t}::text::int FROM {t} ORDER BY tenant_id = '{b}' DESC"),
        Expected::Anything,
    );
    read(
        55,
        "statistics of the columns",
        format!("SELECT * FROM pg_stats WHERE tablename = '{t}'"),
        Expected::Anything,
    );
}

fn writing(list: &mut List, scene: &Scene<'_>, table: &Table) {
    let (t, b) = (&table.name, scene.victim.id.uuid());
    let other = table.first("text").or_else(|| table.first("bigint")).unwrap_or("tenant_id");
    let columns: Vec<&str> =
        table.columns.iter().map(|c| c.name.as_str()).filter(|c| *c != "tenant_id").collect();
    let columns = columns.join(", ");
    // A row of one's own under the victim's name.
    let forge = format!("INSERT INTO {t} (tenant_id, {columns}) SELECT '{b}', {columns} FROM {t} LIMIT 1");
    let mut write = |corpus, what: &str, sql: String, expected| {
        list.add(corpus, format!("{t}: {what}"), sql, true, expected);
    };
    write(17, "a row in the victim's name", forge.clone(), Expected::Refused(DENIED));
    write(
        25,
        "the same, if it is not there",
        format!("{forge} ON CONFLICT DO NOTHING RETURNING 1"),
        Expected::Refused(DENIED),
    );
    write(
        19,
        "giving rows to the victim",
        format!("UPDATE {t} SET tenant_id = '{b}'"),
        Expected::Refused(DENIED),
    );
    write(
        19,
        "changing the victim's rows",
        format!("UPDATE {t} SET {other} = {other} WHERE tenant_id = '{b}' RETURNING *"),
        Expected::Nothing,
    );
    write(
        19,
        "deleting the victim's rows",
        format!("DELETE FROM {t} WHERE tenant_id = '{b}' RETURNING *"),
        Expected::Nothing,
    );
    write(
        19,
        "deleting the victim's rows by a merge",
        format!(
            "MERGE INTO {t} USING (VALUES ('{b}'::uuid)) v (id) ON {t}.tenant_id = v.id WHEN MATCHED THEN DELETE"
        ),
        Expected::Nothing,
    );
    write(
        19,
        "locking the victim's rows",
        format!("SELECT * FROM {t} WHERE tenant_id = '{b}' FOR UPDATE"),
        Expected::Nothing,
    );
    let import = if table.may("INSERT") { &["0A000"] as &'static [&str] } else { DENIED };
    write(31, "a bulk import past row security", format!("COPY {t} FROM STDIN"), Expected::Refused(import));
    if table.key.iter().any(|c| c == "id") && table.may("INSERT") {
        // The victim's id is as free here as any: nothing tells that it exists over there.
        let only = (scene.only)(t);
        let selected =
            columns.split(", ").map(|c| if c == "id" { format!("'{only}'::uuid") } else { c.to_owned() });
        let selected: Vec<String> = selected.collect();
        let probe = format!(
            "INSERT INTO {t} (tenant_id, {columns}) SELECT wall.tenant(), {} FROM {t} LIMIT 1 ON CONFLICT (tenant_id, id) DO NOTHING RETURNING id",
            selected.join(", "),
        );
        let free = if unique_elsewhere(t) { Expected::Anything } else { Expected::Rows(1) };
        write(23, "whether the victim has an id", probe, free);
    }
}

/// Tables with another unique column besides the id: the copy of a row meets its own original there.
fn unique_elsewhere(table: &str) -> bool {
    matches!(table, "members" | "invitations" | "datasets" | "tables")
}

fn rights(list: &mut List, scene: &Scene<'_>, table: &Table) {
    let t = &table.name;
    for (corpus, what, sql) in [
        (20, "emptying it for everybody", format!("TRUNCATE {t}")),
        (11, "switching row security off", format!("ALTER TABLE {t} DISABLE ROW LEVEL SECURITY")),
        (11, "freeing the owner of it", format!("ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY")),
        (16, "a policy that lets everything through", format!("CREATE POLICY oops ON {t} USING (true)")),
        (16, "dropping the guard", format!("DROP POLICY tenant_guard ON {t}")),
        (16, "dropping the policy", format!("DROP POLICY tenant_rows ON {t}")),
        (20, "a foreign key on it", format!("CREATE TABLE probe (tenant_id uuid REFERENCES {t})")),
        (
            20,
            "a trigger on it",
            format!("CREATE TRIGGER probe AFTER INSERT ON {t} EXECUTE FUNCTION tsvector_update_trigger()"),
        ),
        (
            13,
            "a copy of it that knows no policies",
            format!("CREATE MATERIALIZED VIEW probe AS SELECT * FROM {t}"),
        ),
        (29, "a temporary table that hides it", format!("CREATE TEMPORARY TABLE {t} (tenant_id uuid)")),
        (
            11,
            "row security off for the transaction",
            format!("SET LOCAL row_security = off; SELECT * FROM {t}"),
        ),
    ] {
        list.add(corpus, format!("{t}: {what}"), sql, true, Expected::Refused(DENIED));
    }
    // Only a warning: there is nothing that it could give.
    let give = format!("GRANT ALL ON {t} TO PUBLIC");
    list.add(20, format!("{t}: rights for everybody"), give, true, Expected::Nothing);
    let after = format!("COMMIT; SELECT * FROM {t}");
    list.add(
        2,
        format!("{t}: after the end of the transaction"),
        after,
        false,
        Expected::Refused(DENIED_OR_UNKNOWN),
    );
    let outside = format!("RESET ROLE; SELECT * FROM {}.{t}", scene.attacker.placement.schema);
    list.add(1, format!("{t}: as the login role"), outside, false, Expected::Refused(DENIED));
}

/// The same tables where other tenants have them.
fn elsewhere(list: &mut List, scene: &Scene<'_>, table: &Table) {
    let t = &table.name;
    let here = &scene.attacker.placement;
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for other in scene.others {
        let there = &other.placement;
        let place = (there.database.as_str(), there.schema.as_str());
        if seen.contains(&place) || place == (here.database.as_str(), here.schema.as_str()) {
            continue;
        }
        seen.push(place);
        let (sql, name) = if there.database == here.database {
            (format!("SELECT * FROM {}.{t}", there.schema), "in another schema")
        } else {
            (format!("SELECT * FROM {}.{}.{t}", there.database, there.schema), "in another database")
        };
        list.add(56, format!("{t}: {name}"), sql, false, Expected::Refused(DENIED_OR_UNKNOWN));
    }
}

fn around(list: &mut List, scene: &Scene<'_>) {
    let b = scene.victim.id.uuid();
    let role = &scene.attacker.placement.role;
    let gone = "COMMIT; SELECT '[' || coalesce(current_setting('insula.tenant', true), 'NULL') || '] ' || current_user || ' ' || session_user";
    list.add(
        2,
        "what is left of the context".into(),
        gone.into(),
        false,
        Expected::Cell("[] insula_app insula_app".into()),
    );
    for (corpus, what, sql) in [
        (37, "switching the triggers off", "SET LOCAL session_replication_role = replica".to_owned()),
        (37, "disabling the check of the walls", "ALTER EVENT TRIGGER wall_check DISABLE".to_owned()),
        (11, "row security for others only", format!("ALTER ROLE {role} BYPASSRLS")),
        (
            29,
            "a function in the tenant's schema",
            "CREATE FUNCTION probe() RETURNS int LANGUAGE sql RETURN 1".to_owned(),
        ),
        (29, "a schema", "CREATE SCHEMA probe".to_owned()),
        (29, "a temporary table", "CREATE TEMPORARY TABLE probe (x int)".to_owned()),
        (
            29,
            "another function that reads the tenant",
            "CREATE OR REPLACE FUNCTION wall.tenant() RETURNS uuid LANGUAGE sql RETURN NULL::uuid".to_owned(),
        ),
        (
            139,
            "a fence against the victim's operations",
            format!("SELECT wall.enter_operation('{b}', 9000000000000000000)"),
        ),
        (7, "putting a table behind another wall", "CALL wall.protect('tenancy', 'ALL')".to_owned()),
        (7, "handing tables over", "CALL wall.hand_over('tenant', 'insula_tenant', 'insula_app')".to_owned()),
        (56, "the fences of all tenants", "SELECT * FROM wall.operation_fences".to_owned()),
        (56, "the list of all tables", "SELECT * FROM wall.protected".to_owned()),
        (56, "the book of migrations", "SELECT * FROM book.migrations".to_owned()),
        (70, "passwords", "SELECT rolpassword FROM pg_authid".to_owned()),
        (70, "raw statistics", "SELECT * FROM pg_statistic".to_owned()),
        (70, "a file of the server", "SELECT pg_read_file('/etc/passwd')".to_owned()),
        (70, "a program on the server", "COPY (SELECT 1) TO PROGRAM 'id'".to_owned()),
        (
            32,
            "the log of changes",
            "SELECT pg_create_logical_replication_slot('insula_probe', 'pgoutput')".to_owned(),
        ),
        (70, "another server", "CREATE EXTENSION dblink".to_owned()),
    ] {
        list.add(corpus, what.into(), sql, true, Expected::Refused(DENIED_OR_UNKNOWN));
    }
    for (what, sql, expected) in [
        (
            "prepared statements of those before",
            "SELECT name, statement FROM pg_prepared_statements",
            Expected::Anything,
        ),
        ("statements of others", "SELECT * FROM pg_stat_activity", Expected::Anything),
        ("channels that somebody listens on", "SELECT * FROM pg_listening_channels()", Expected::Nothing),
        ("cursors of those before", "SELECT * FROM pg_cursors", Expected::Nothing),
        ("temporary tables of those before", "SELECT 1 WHERE pg_my_temp_schema() <> 0", Expected::Nothing),
        (
            "locks of those before",
            "SELECT * FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            Expected::Nothing,
        ),
        (
            "settings of those before",
            "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name !~ '^transaction_' AND name NOT IN ('role', 'search_path', 'statement_timeout', 'transaction_read_only', 'application_name', 'client_encoding', 'session_authorization')",
            Expected::Nothing,
        ),
    ] {
        list.add(34, what.into(), sql.into(), false, expected);
    }
    // Stale and forged epochs: the gate of every write.
    let epoch = scene.attacker.placement.epoch;
    for (what, sql, code) in [
        (
            "writing in an epoch that is over",
            format!("SELECT enter_write({}, true)", epoch - 1),
            &["IN001"] as &'static [&str],
        ),
        ("writing in an epoch to come", format!("SELECT enter_write({}, true)", epoch + 1), &["IN001"]),
    ] {
        list.add(110, what.into(), sql, true, Expected::Refused(code));
    }
}

fn audit(list: &mut List) {
    let forged = "INSERT INTO audit SELECT tenant_id, seq + 1, timestamptz '2000-01-01', action, actor_kind, actor_id, actor_name, \
                  reason, subject, request_id, detail, hash FROM audit ORDER BY seq DESC LIMIT 1";
    for (what, sql) in [
        ("a row with another time", forged),
        ("changing what was done", "UPDATE audit SET action = 'nothing'"),
        ("deleting what was done", "DELETE FROM audit"),
        ("changing the head", "UPDATE audit_heads SET seq = 0"),
        ("deleting the head", "DELETE FROM audit_heads"),
    ] {
        list.add(196, format!("the audit log: {what}"), sql.to_owned(), true, Expected::Refused(DENIED));
    }
}
