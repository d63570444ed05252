//! What the catalogue of PostgreSQL says about the walls, in every tier: each rule is asked of everything that there
//! is, so that a table, a function or a role that is new is asked too.

use insula_model::Tier;
use insula_testkit::{TestPlatform, TestTenant, each_tier};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

/// The policies' one expression, as PostgreSQL writes it.
const RULE: &str = "(tenant_id = ( SELECT wall.tenant() AS tenant))";
/// The schemas of a data database that are PostgreSQL's own.
const NOT_THEIRS: &str = "nspname !~ '^pg_' AND nspname <> 'information_schema'";

/// What was found that should not be there.
#[derive(Default)]
struct Holes(std::sync::Mutex<Vec<String>>);

impl Holes {
    /// The statement is to find nothing; what it finds is named by its first column.
    async fn none(&self, client: &Client, what: &str, sql: &str, params: &[&(dyn ToSql + Sync)]) {
        let rows = client.query(sql, params).await.unwrap_or_else(|e| panic!("{what}: {e:?}"));
        let found = rows.iter().map(|row| row.get::<_, Option<String>>(0).unwrap_or_default());
        let found: Vec<String> = found.map(|text| format!("{what}: {text}")).collect();
        self.0.lock().unwrap().extend(found);
    }

    fn assert_none(self) {
        let found = self.0.into_inner().unwrap();
        assert!(found.is_empty(), "{found:#?}");
    }
}

async fn count(client: &Client, sql: &str, params: &[&(dyn ToSql + Sync)]) -> i64 {
    client.query_one(sql, params).await.unwrap().get(0)
}

/// A tenant of a tier among tenants of all tiers, and looks at the database that it lives in.
struct Place<'t> {
    t: &'t TestPlatform,
    tier: Tier,
    acme: TestTenant,
    client: Client,
    holes: Holes,
}

impl Place<'_> {
    async fn none(&self, what: &str, sql: &str, params: &[&(dyn ToSql + Sync)]) {
        self.holes.none(&self.client, what, sql, params).await;
    }
}

each_tier!(the_catalogue_has_no_hole, async |t: &TestPlatform, tier: Tier| {
    let acme = t.tenant("acme", tier).await;
    for other in Tier::ALL {
        t.tenant(&format!("other-{}", other.as_str()), *other).await;
    }
    let client = acme.superuser(t).await;
    let place = Place { t, tier, acme, client, holes: Holes::default() };
    tables_are_behind_the_wall(&place).await;
    rights_are_what_the_list_says(&place).await;
    functions_are_no_way_around(&place).await;
    roles_are_as_weak_as_they_can_be(&place).await;
    databases_are_closed(&place).await;
    names_are_short_and_plain(&place).await;
    place.holes.assert_none();
});

async fn tables_are_behind_the_wall(place: &Place<'_>) {
    let Place { acme, client, .. } = place;
    let own = "SELECT c.oid, c.relname::text AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner \
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                WHERE n.nspname NOT IN ('wall', 'book', 'wall_check') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
                  AND c.relkind NOT IN ('i', 't')";
    let none_of = async |what: &str, sql: &str| {
        place.none(what, &format!("WITH own AS ({own}) SELECT name || ' ' || {sql}"), &[]).await;
    };
    let tables = count(
        client,
        "SELECT count(*) FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind = 'r'",
        &[&acme.record.placement.schema],
    )
    .await;
    assert!(tables >= 13, "only {tables} tables: is this the right place?");
    none_of("only plain tables and partitions", "relkind::text FROM own WHERE relkind NOT IN ('r', 'p')")
        .await;
    none_of("row security is on", "'off' FROM own WHERE NOT relrowsecurity").await;
    none_of("and for the owner too", "'not forced' FROM own WHERE NOT relforcerowsecurity").await;
    none_of("the owner owns", "relowner::regrole FROM own WHERE relowner <> 'insula_owner'::regrole").await;
    none_of(
        "each has a tenant, of the right type and never NULL",
        "'' FROM own WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = own.oid AND a.attname = 'tenant_id' \
          AND a.atttypid = 'uuid'::regtype AND a.attnotnull)",
    )
    .await;
    none_of(
        "exactly the permissive policy and the restrictive guard, for every command and everybody",
        &format!(
            "coalesce(p.found, 'none') FROM own LEFT JOIN LATERAL (SELECT string_agg(concat_ws(' ', polname, polpermissive, polcmd, \
              polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), ', ' ORDER BY polname) AS found \
              FROM pg_policy WHERE polrelid = own.oid) p ON true WHERE p.found IS DISTINCT FROM \
              'tenant_guard f * {{0}} {RULE} {RULE}, tenant_rows t * {{0}} {RULE} {RULE}'"
        ),
    )
    .await;
    none_of(
        "every key and unique index begins with the tenant",
        "i.indexrelid::regclass FROM own JOIN pg_index i ON i.indrelid = own.oid AND (i.indisunique OR i.indisexclusion) \
          WHERE (SELECT attname FROM pg_attribute WHERE attrelid = own.oid AND attnum = i.indkey[0]) IS DISTINCT FROM 'tenant_id'",
    )
    .await;
    none_of(
        "so does every other index: rows of others are not even near",
        "i.indexrelid::regclass FROM own JOIN pg_index i ON i.indrelid = own.oid \
          WHERE (SELECT attname FROM pg_attribute WHERE attrelid = own.oid AND attnum = i.indkey[0]) IS DISTINCT FROM 'tenant_id'",
    )
    .await;
    none_of(
        "every foreign key begins with the tenant on both sides",
        "k.conname::text FROM own JOIN pg_constraint k ON k.conrelid = own.oid AND k.contype = 'f' WHERE EXISTS (SELECT FROM (VALUES (k.conrelid, k.conkey[1]), (k.confrelid, k.confkey[1])) AS side (oid, attnum) \
          WHERE (SELECT attname FROM pg_attribute a WHERE a.attrelid = side.oid AND a.attnum = side.attnum) IS DISTINCT FROM 'tenant_id')",
    )
    .await;
    none_of(
        "nothing but foreign keys' own triggers, and those that mark days with the rights of whoever writes",
        "tgname::text FROM own JOIN pg_trigger g ON g.tgrelid = own.oid JOIN pg_class c ON c.oid = own.oid \
          WHERE NOT tgisinternal AND NOT EXISTS (SELECT FROM pg_proc f WHERE f.oid = g.tgfoid \
                AND f.proname = 'rollup_mark' AND f.pronamespace = c.relnamespace AND NOT f.prosecdef)",
    )
    .await;
    none_of("no rules", "ev_type::text FROM own JOIN pg_rewrite r ON r.ev_class = own.oid").await;
    none_of(
        "no inheritance that a partition's key does not make",
        "inhparent::regclass FROM own JOIN pg_inherits h ON h.inhrelid = own.oid \
          WHERE NOT EXISTS (SELECT FROM pg_class p WHERE p.oid = h.inhparent AND p.relkind = 'p')",
    )
    .await;
    place.none("the list of protected tables is complete",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') \
            AND NOT EXISTS (SELECT FROM wall.protected p WHERE p.schema_name = n.nspname AND p.table_name = c.relname)",
        &[&acme.record.placement.schema]).await;
}

async fn rights_are_what_the_list_says(place: &Place<'_>) {
    let Place { tier, acme, .. } = place;
    let (schema, role) = (&acme.record.placement.schema, &acme.record.placement.role);
    let granted = "SELECT c.relname::text AS name, x.grantee::regrole::text AS grantee, \
          string_agg(x.privilege_type, ', ' ORDER BY array_position(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], x.privilege_type), x.privilege_type) AS privileges, \
          bool_or(x.is_grantable) AS grantable \
        FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = $1::text::regnamespace AND x.grantee <> c.relowner GROUP BY 1, 2";
    place.none("only the tenant's role has rights, those of the list",
        &format!("SELECT name || ' ' || grantee || ' ' || privileges FROM ({granted}) g WHERE grantee <> $2 OR grantable OR privileges <> \
                  (SELECT privileges FROM wall.protected p WHERE p.schema_name = $1 AND p.table_name = g.name)"),
        &[schema, role]).await;
    place.none("only reading and changing rows is ever granted",
        "SELECT table_name || ' ' || privileges FROM wall.protected WHERE privileges ~ 'TRUNCATE|REFERENCES|TRIGGER|ALL|MAINTAIN'", &[]).await;
    place.none("what is on the list is granted",
        &format!("SELECT p.table_name FROM wall.protected p WHERE p.schema_name = $1 AND p.privileges <> '' AND NOT EXISTS \
                  (SELECT FROM ({granted}) g WHERE g.name = p.table_name AND g.grantee = $2)"),
        &[schema, role]).await;
    place.none("no rights on single columns",
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384",
        &[],
    )
    .await;
    place
        .none(
            "no sequences that could be looked at",
            &format!(
                "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
          WHERE c.relkind = 'S' AND {NOT_THEIRS}"
            ),
            &[],
        )
        .await;
    place.none("the audit log is for reading", "SELECT table_name FROM wall.protected WHERE table_name IN ('audit', 'audit_heads', 'tenancy') AND privileges <> 'SELECT'", &[]).await;
    place.none("nothing is granted in advance", "SELECT defaclobjtype::text FROM pg_default_acl", &[]).await;
    place.none("schemas: use for the tenant's role, the walls for all, everything for owners",
        &format!("SELECT nspname || ' ' || x.grantee::regrole || ' ' || x.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) x \
          WHERE {NOT_THEIRS} AND x.grantee <> n.nspowner AND NOT (x.privilege_type = 'USAGE' AND ( \
             (nspname = 'wall' AND x.grantee = 0) OR (nspname = 'book' AND x.grantee = 'insula_admin'::regrole) \
             OR (nspname = 'tenant' AND x.grantee::regrole::text = $1) OR nspname = x.grantee::regrole::text))"),
        &[&if *tier == Tier::Database { role.as_str() } else { "insula_tenant" }]).await;
}

async fn functions_are_no_way_around(place: &Place<'_>) {
    let Place { acme, client, .. } = place;
    let (schema, role) = (&acme.record.placement.schema, &acme.record.placement.role);
    let own = format!(
        "SELECT p.*, p.oid::regprocedure::text AS name, n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {NOT_THEIRS}"
    );
    place.none("what reads a setting is neither IMMUTABLE nor LEAKPROOF",
        &format!("WITH own AS ({own}) SELECT name FROM own WHERE prokind IN ('f', 'p') AND (proleakproof OR provolatile = 'i') \
                  AND pg_get_functiondef(oid) ~* 'current_setting|wall.tenant|current_user|session_user|pg_settings'"), &[]).await;
    place.none("what runs with its owner's rights has a fixed search path that ends in pg_temp",
        &format!("WITH own AS ({own}) SELECT name || ' ' || coalesce(proconfig::text, '') FROM own WHERE prosecdef AND NOT coalesce((SELECT bool_or(c ~ '^search_path=.*pg_temp\"?$') FROM unnest(proconfig) c), false)"), &[]).await;
    place.none("everybody may call the one function that says who the tenant is, and nothing else",
        &format!("WITH own AS ({own}) SELECT name FROM own WHERE (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) x WHERE x.grantee = 0)) AND name <> 'wall.tenant()'"), &[]).await;
    place.none("the tenant's role calls two functions that are not its own doing",
        &format!("WITH own AS ({own}) SELECT name FROM own, aclexplode(proacl) x WHERE x.grantee = $2::text::regrole AND (nspname <> $1 OR proname NOT IN ('audit_append', 'enter_write'))"),
        &[schema, role]).await;
    place.none("functions belong to the owner, those of the check to a superuser",
        &format!("WITH own AS ({own}) SELECT name FROM own WHERE CASE WHEN nspname = 'wall_check' THEN NOT (SELECT rolsuper FROM pg_roles WHERE oid = proowner) \
                  ELSE proowner <> 'insula_owner'::regrole END"), &[]).await;
    let unset: Option<String> = client.query_one("SELECT wall.tenant()::text", &[]).await.unwrap().get(0);
    assert_eq!(unset, None);
    place
        .none(
            "only the languages that PostgreSQL brings along",
            "SELECT lanname::text FROM pg_language WHERE lanname NOT IN ('internal', 'c', 'sql', 'plpgsql')",
            &[],
        )
        .await;
    place.none("no extension but plpgsql, no foreign server, no publication, no subscription",
        "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' UNION ALL SELECT srvname::text FROM pg_foreign_server \
         UNION ALL SELECT pubname::text FROM pg_publication UNION ALL SELECT 'subscription' FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())", &[]).await;
    let guarded = count(
        client,
        "SELECT count(*) FROM pg_event_trigger e JOIN pg_roles r ON r.oid = e.evtowner \
          WHERE e.evtname IN ('wall_check', 'wall_check_dropped') AND e.evtenabled = 'A' AND r.rolsuper",
        &[],
    )
    .await;
    assert_eq!(guarded, 2, "the database checks its walls itself");
}

async fn roles_are_as_weak_as_they_can_be(place: &Place<'_>) {
    let Place { acme, .. } = place;
    let strong = "SELECT rolname || ' ' || what FROM pg_roles r, LATERAL (VALUES (rolsuper, 'is a superuser'), (rolbypassrls, 'bypasses row security'), \
          (rolreplication, 'replicates'), (rolcreaterole, 'makes roles'), (rolcreatedb, 'makes databases'), (rolcanlogin, 'signs in'), (rolinherit, 'inherits')) w (yes, what) WHERE w.yes";
    place
        .none(
            "the application signs in and can do nothing by itself",
            &format!("{strong} AND rolname = 'insula_app' AND what <> 'signs in'"),
            &[],
        )
        .await;
    place.none("owner and tenants cannot sign in", &format!("{strong} AND (rolname IN ('insula_owner', 'insula_tenant') OR rolname ~ '^t_') AND what <> 'inherits'"), &[]).await;
    place.none("operations make roles and databases, and nothing more", &format!("{strong} AND rolname = 'insula_admin' AND what NOT IN ('signs in', 'makes roles', 'makes databases')"), &[]).await;
    place
        .none(
            "the control plane signs in",
            &format!("{strong} AND rolname = 'insula_control' AND what <> 'signs in'"),
            &[],
        )
        .await;
    place.none("who is a member of what",
        "SELECT m.roleid::regrole || ' to ' || m.member::regrole FROM pg_auth_members m WHERE m.member::regrole::text ~ '^(insula_|t_)' AND NOT CASE m.member::regrole::text \
            WHEN 'insula_app' THEN m.roleid::regrole::text = 'insula_tenant' OR m.roleid::regrole::text ~ '^t_[0-9a-z]{26}$' \
            WHEN 'insula_admin' THEN m.roleid::regrole::text = 'insula_owner' OR (current_setting('server_version_num')::int >= 160000 AND m.roleid::regrole::text ~ '^t_[0-9a-z]{26}$') \
            WHEN 'insula_owner' THEN m.roleid::regrole::text = 'pg_signal_backend' ELSE false END", &[]).await;
    place.none("the application owns nothing and has no right but to connect, in no database",
        "SELECT coalesce(db.datname, '') || ' ' || d.classid::regclass || ' ' || d.objid || ' ' || d.deptype::text FROM pg_shdepend d LEFT JOIN pg_database db ON db.oid = d.dbid \
          WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = 'insula_app'::regrole AND NOT (d.classid = 'pg_database'::regclass AND d.deptype = 'a')", &[]).await;
    place.none("tenants' roles own nothing",
        "SELECT d.refobjid::regrole || ' ' || d.classid::regclass || ' ' || d.objid FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o' \
            AND (d.refobjid::regrole::text ~ '^t_' OR d.refobjid = 'insula_tenant'::regrole)", &[]).await;
    let others = "SELECT r.oid, r.rolname FROM pg_roles r WHERE (r.rolname ~ '^t_[0-9a-z]{26}$' OR r.rolname = 'insula_tenant') AND r.rolname <> $1";
    place
        .none(
            "no other tenant's role may use this tenant's schema",
            &format!(
                "SELECT o.rolname::text FROM ({others}) o WHERE has_schema_privilege(o.oid, $2, 'USAGE')"
            ),
            &[&acme.record.placement.role, &acme.record.placement.schema],
        )
        .await;
    place.none("and this tenant's role may use no other's",
        &format!("SELECT nspname::text FROM pg_namespace WHERE {NOT_THEIRS} AND nspname NOT IN ($2, 'wall') AND has_schema_privilege($1, nspname, 'USAGE')"),
        &[&acme.record.placement.role, &acme.record.placement.schema]).await;
    place.none("nor any other's table",
        &format!("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {NOT_THEIRS} AND c.relkind IN ('r', 'p', 'v') AND nspname <> $2 \
                  AND has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"),
        &[&acme.record.placement.role, &acme.record.placement.schema]).await;
}

async fn databases_are_closed(place: &Place<'_>) {
    let Place { t, acme, .. } = place;
    let names = &t.databases.names;
    let ours = vec![
        names.control.clone(),
        names.shared.clone(),
        names.template.clone(),
        acme.record.placement.database.clone(),
    ];
    place.none("only those may connect who must; nobody makes schemas or temporary tables",
        "SELECT datname || ' ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END || ' ' || x.privilege_type FROM pg_database d, \
                aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x \
          WHERE (datname = ANY($1) OR starts_with(datname, $2)) AND x.grantee <> d.datdba AND NOT (x.privilege_type = 'CONNECT' AND x.grantee::regrole::text = \
             ANY(CASE WHEN datname = $3 THEN ARRAY['insula_control', 'insula_admin'] ELSE ARRAY['insula_app', 'insula_admin'] END))",
        &[&ours, &names.prefix, &names.control]).await;
    place.none("they belong to the owner",
        "SELECT datname::text FROM pg_database d WHERE (datname = ANY($1) OR starts_with(datname, $2)) AND datdba <> 'insula_owner'::regrole", &[&ours, &names.prefix]).await;
    place.none("a tenant's role connects nowhere",
        "SELECT r.rolname || ' ' || d.datname FROM pg_roles r, pg_database d WHERE (r.rolname ~ '^t_[0-9a-z]{26}$' OR r.rolname = 'insula_tenant') \
            AND (datname = ANY($1) OR starts_with(datname, $2)) AND has_database_privilege(r.oid, d.oid, 'CONNECT, TEMP, CREATE')", &[&ours, &names.prefix]).await;
    place
        .none(
            "prepared transactions outlive scopes",
            "SELECT setting FROM pg_settings WHERE name = 'max_prepared_transactions' AND setting <> '0'",
            &[],
        )
        .await;
}

async fn names_are_short_and_plain(place: &Place<'_>) {
    let Place { t, .. } = place;
    let names = format!(
        "SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {NOT_THEIRS} \
         UNION ALL SELECT conname::text FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {NOT_THEIRS} \
         UNION ALL SELECT proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {NOT_THEIRS} \
         UNION ALL SELECT polname::text FROM pg_policy UNION ALL SELECT nspname::text FROM pg_namespace WHERE {NOT_THEIRS} \
         UNION ALL SELECT rolname::text FROM pg_roles WHERE rolname ~ '^(insula|t_)' UNION ALL SELECT attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
           JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {NOT_THEIRS} AND a.attnum > 0 AND NOT a.attisdropped \
         UNION ALL SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)"
    );
    place
        .none(
            "at most 40 of a-z, 0-9 and _",
            &format!("SELECT DISTINCT name FROM ({names}) n WHERE name !~ '^[a-z_][a-z0-9_]{{0,39}}$'"),
            &[&t.databases.names.prefix],
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_plane_appends_to_its_log_and_changes_nothing_in_it() {
    let t = TestPlatform::start().await;
    let client = t.control_superuser().await;
    let holes = Holes::default();
    holes.none(&client, "only reading", "SELECT c.relname || ' ' || x.privilege_type FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = 'control'::regnamespace \
          AND c.relname IN ('control_audit', 'control_audit_head') AND x.grantee <> c.relowner AND x.privilege_type <> 'SELECT'", &[]).await;
    holes.none(&client, "no TRUNCATE, REFERENCES, TRIGGER on anything", "SELECT c.relname || ' ' || x.privilege_type FROM pg_class c, aclexplode(c.relacl) x \
          WHERE c.relnamespace = 'control'::regnamespace AND x.grantee <> c.relowner AND x.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')", &[]).await;
    holes.none(&client, "tenants' roles and the application see nothing of it",
        "SELECT r.rolname::text FROM pg_roles r WHERE (r.rolname ~ '^t_' OR r.rolname IN ('insula_app', 'insula_tenant')) AND \
          (has_database_privilege(r.oid, current_database(), 'CONNECT') OR has_schema_privilege(r.oid, 'control', 'USAGE'))", &[]).await;
    t.stop().await;
    holes.assert_none();
}
