//! What the walls are made of, as a tenant's own scope can read it in PostgreSQL's catalogue. A guard that is missing
//! while another one behind it still stands leaks nothing, and is found here.

use super::attacks::{Attack, Expected};

const TABLES: &str =
    "pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')";
const FIRST_OF_INDEX: &str =
    "(SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0])";

/// Every question about the walls: each of them finds nothing where the walls are whole.
pub(super) fn questions() -> Vec<Attack> {
    let ask = |corpus, name: &str, sql: String| Attack {
        corpus,
        name: format!("the walls: {name}"),
        sql,
        writes: false,
        expected: Expected::Nothing,
    };
    vec![
        ask(
            11,
            "row security is on, for the owner too",
            format!("SELECT c.relname FROM {TABLES} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
        ),
        ask(
            16,
            "a permissive policy and a restrictive guard on each table, for everybody, and none else",
            format!(
                "SELECT c.relname FROM {TABLES} AND (SELECT string_agg(concat_ws(' ', polname, polpermissive, polcmd, polroles, \
                   pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), ', ' ORDER BY polname) FROM pg_policy \
                   WHERE polrelid = c.oid) IS DISTINCT FROM 'tenant_guard f * {{0}} {RULE} {RULE}, tenant_rows t * {{0}} {RULE} {RULE}'"
            ),
        ),
        ask(
            16,
            "each table says whose each row is",
            format!(
                "SELECT c.relname FROM {TABLES} AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid \
                   AND a.attname = 'tenant_id' AND a.atttypid = 'uuid'::regtype AND a.attnotnull)"
            ),
        ),
        ask(
            25,
            "each key and unique index begins with the tenant",
            format!(
                "SELECT i.indexrelid::regclass FROM pg_index i JOIN {TABLES} AND i.indrelid = c.oid \
                   AND (i.indisunique OR i.indisexclusion) AND {FIRST_OF_INDEX} IS DISTINCT FROM 'tenant_id'"
            )
            .replace("pg_class c WHERE", "pg_class c ON true WHERE"),
        ),
        ask(
            22,
            "each foreign key begins with the tenant on both sides",
            "SELECT k.conname FROM pg_constraint k WHERE k.connamespace = current_schema()::regnamespace AND k.contype = 'f' \
               AND EXISTS (SELECT FROM (VALUES (k.conrelid, k.conkey[1]), (k.confrelid, k.confkey[1])) AS side (oid, attnum) \
                 WHERE (SELECT attname FROM pg_attribute a WHERE a.attrelid = side.oid AND a.attnum = side.attnum) \
                   IS DISTINCT FROM 'tenant_id')"
                .to_owned(),
        ),
        ask(
            20,
            "no right to empty, refer to or put triggers on a table",
            format!("SELECT c.relname FROM {TABLES} AND has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER')"),
        ),
        ask(
            13,
            "nothing that knows no row security",
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND (c.relkind IN ('m', 'f') \
               OR c.relkind = 'v' AND NOT coalesce(c.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1}', false))"
                .to_owned(),
        ),
        ask(
            14,
            "no right on a partition itself",
            format!(
                "SELECT c.relname FROM {TABLES} AND c.relispartition AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
            ),
        ),
        ask(
            11,
            "the scope's roles own nothing",
            format!(
                "SELECT c.relname FROM {TABLES} AND (pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(session_user, c.relowner, 'MEMBER'))"
            ),
        ),
        ask(
            11,
            "the scope's roles are as weak as they can be",
            "SELECT rolname FROM pg_roles WHERE rolname IN (current_user, session_user) AND (rolsuper OR rolbypassrls OR rolcreaterole \
               OR rolcreatedb OR rolreplication OR (rolname = session_user AND rolinherit) OR (rolname = current_user AND rolcanlogin))"
                .to_owned(),
        ),
        ask(
            11,
            "the tenant's role is a member of none",
            "SELECT roleid::regrole FROM pg_auth_members WHERE member = current_user::regrole".to_owned(),
        ),
        ask(
            1,
            "the login has no rights of its own",
            format!("SELECT c.relname FROM {TABLES} AND EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee IN (0, session_user::regrole))"),
        ),
        ask(
            29,
            "no right to make anything",
            "SELECT current_database() WHERE has_database_privilege(current_database(), 'CREATE, TEMPORARY') \
               OR has_schema_privilege(current_schema(), 'CREATE') OR has_schema_privilege('public', 'CREATE')"
                .to_owned(),
        ),
        ask(
            8,
            "what reads the tenant is neither IMMUTABLE nor LEAKPROOF",
            "SELECT oid::regprocedure FROM pg_proc WHERE oid = 'wall.tenant'::regproc AND (provolatile <> 's' OR proleakproof)".to_owned(),
        ),
        ask(
            29,
            "what runs with its owner's rights has a fixed search path",
            "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef \
               AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s ~ '^search_path=.*pg_temp\"?$')"
                .to_owned(),
        ),
        ask(
            37,
            "the database's own check of the walls, where it has one, is on",
            "SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'wall_check%' AND evtenabled <> 'A'".to_owned(),
        ),
        ask(
            65,
            "no transaction outlives its scope",
            "SELECT current_setting('max_prepared_transactions') WHERE current_setting('max_prepared_transactions') <> '0'".to_owned(),
        ),
    ]
}

/// The policies' one expression, as PostgreSQL writes it.
const RULE: &str = "(tenant_id = ( SELECT wall.tenant() AS tenant))";
