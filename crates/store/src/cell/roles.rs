//! PostgreSQL roles. They do not overlap: the owner owns and cannot log in; the application logs in, owns nothing,
//! inherits nothing and has no grants; `insula_tenant` and the tenants' own roles have the grants and cannot log
//! in; operations have their own login; the control plane has its own.

use insula_model::{Error, Result, problem};
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use crate::failure::failure;

/// Owns every object.
pub(crate) const OWNER: &str = "insula_owner";
/// The role that a scope takes on for pooled tenants.
pub(crate) const POOLED: &str = "insula_tenant";
/// The application's login.
pub(crate) const APP: &str = "insula_app";
/// The login of operations and migrations.
pub(crate) const ADMIN: &str = "insula_admin";
/// The login to the control database.
pub(crate) const CONTROL: &str = "insula_control";

/// The passwords of the three logins.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Of `insula_app`.
    pub app: String,
    /// Of `insula_admin`.
    pub admin: String,
    /// Of `insula_control`.
    pub control: String,
}

impl std::fmt::Debug for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Roles")
    }
}

/// Makes the roles, or makes them again what they should be.
pub(crate) async fn ensure(server: &Client, passwords: &Roles) -> Result<()> {
    let quote = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let create = |name: &str| {
        format!(
            "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} NOLOGIN; END IF;"
        )
    };
    let creates: String = [OWNER, POOLED, APP, ADMIN, CONTROL].into_iter().map(create).collect();
    let login = |name: &str, rights: &str, password: &str| {
        format!("ALTER ROLE {name} LOGIN NOINHERIT {rights} PASSWORD {};", quote(password))
    };
    // The owner drops databases that others may still be connected to, which takes the right to end connections.
    // The lock makes several nodes that start at once take turns: roles belong to the whole server.
    let sql = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(7593); DO $do$ BEGIN {creates} END $do$; \
         {app} {admin} {control} \
         DO $do$ BEGIN GRANT pg_signal_backend TO {OWNER}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $do$; \
         GRANT {OWNER} TO {ADMIN}; GRANT {OWNER} TO CURRENT_USER; GRANT {POOLED} TO {APP}; \
         ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '60s'; \
         ALTER ROLE {APP} SET lock_timeout = '5s'; \
         ALTER ROLE {CONTROL} SET search_path = control, pg_temp; \
         ALTER ROLE {CONTROL} SET statement_timeout = '15s'; \
         ALTER ROLE {CONTROL} SET idle_in_transaction_session_timeout = '60s'; COMMIT;",
        app = login(APP, "", &passwords.app),
        admin = login(ADMIN, "CREATEDB CREATEROLE", &passwords.admin),
        control = login(CONTROL, "", &passwords.control),
    );
    crate::migrate::batch(server, &sql).await.map_err(|e| failure(&e))
}

/// Checks, on the application's own connection, that it is as weak as the walls need it to be. Serving with a
/// stronger role would make row security a matter of luck.
pub(crate) async fn check(client: &Client) -> Result<()> {
    let rows = client
        .query(
            "SELECT r.rolname::text || ': ' || what FROM pg_roles r, LATERAL (VALUES \
                 (r.rolsuper, 'is a superuser'), (r.rolbypassrls, 'bypasses row security'), \
                 (r.rolname = current_user AND r.rolinherit, 'inherits'), \
                 (r.rolcreaterole, 'creates roles'), (r.rolcreatedb, 'creates databases'), \
                 (r.rolreplication, 'reads the log of changes'), \
                 (r.rolname <> current_user AND r.rolcanlogin, 'can log in')) AS wrong (yes, what) \
             WHERE wrong.yes AND pg_has_role(current_user, r.oid, 'MEMBER') \
             UNION ALL \
             SELECT current_user || ': owns ' || c.oid::regclass::text FROM pg_class c \
              WHERE pg_has_role(current_user, c.relowner, 'MEMBER') AND c.relnamespace <> 'pg_toast'::regnamespace \
             UNION ALL \
             SELECT current_user || CASE d.deptype WHEN 'o' THEN ': owns ' ELSE ': has rights of its own on ' END \
                    || coalesce(db.datname || ': ', '') || d.classid::regclass || ' ' || d.objid \
               FROM pg_shdepend d LEFT JOIN pg_database db ON db.oid = d.dbid \
              WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = current_user::regrole \
                AND NOT (d.classid = 'pg_database'::regclass AND d.deptype = 'a') \
             UNION ALL \
             SELECT current_user || ': is a member of ' || r.rolname FROM pg_roles r \
              WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND r.rolname <> current_user \
                AND r.rolname <> $1 AND r.rolname !~ '^t_[0-9a-z]{26}$' LIMIT 20",
            &[&POOLED],
        )
        .await
        .map_err(|e| failure(&e))?;
    if rows.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    Err(Error::new(
        problem::SETTINGS,
        format!(
            "The application's database role is too strong, so that tenants would not be walled: {}. \
             Take these rights away; Insula does not serve like this.",
            found.join("; ")
        ),
    ))
}
