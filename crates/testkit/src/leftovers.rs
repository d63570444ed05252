//! Whatever belongs to no tenant of the catalogue, and is there nevertheless.

use std::collections::HashSet;

use crate::TestPlatform;
use crate::server::superuser;

impl TestPlatform {
    /// Schemas, databases, roles of this test's tenants, rows in pooled tables and rows in the catalogue that belong
    /// to no tenant, each as a short text.
    pub async fn leftovers(&self) -> Vec<String> {
        let control = self.control_superuser().await;
        let placements = control
            .query("SELECT tenant_id, tier, database_name, schema_name FROM control.placements", &[])
            .await
            .expect("placements");
        let mut tenants = HashSet::new();
        let mut names = HashSet::from(["tenant".to_owned()]);
        for row in &placements {
            tenants.insert(row.get::<_, uuid::Uuid>(0));
            names.insert(row.get::<_, String>(2));
            names.insert(row.get::<_, String>(3));
        }
        let mut left = Vec::new();
        let shared = self.superuser().await;
        let schemas = shared
            .query("SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, 't_')", &[])
            .await;
        let databases = shared
            .query(
                "SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)",
                &[&self.databases.names.prefix],
            )
            .await;
        for row in schemas.expect("schemas").iter().chain(&databases.expect("databases")) {
            let name: String = row.get(0);
            if !names.contains(&name) {
                left.push(name);
            }
        }
        let tables = shared
            .query("SELECT relname::text FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind = 'r'", &[])
            .await
            .expect("tables");
        for table in tables {
            let table: String = table.get(0);
            let rows = shared
                .query(&format!("SELECT DISTINCT tenant_id FROM tenant.{table}"), &[])
                .await
                .expect("rows");
            for row in rows {
                let owner: uuid::Uuid = row.get(0);
                if !tenants.contains(&owner) {
                    left.push(format!("{table} of {owner}"));
                }
            }
        }
        for table in
            ["domains", "sessions", "identity_tenants", "jobs", "outbox_hints", "mails", "audit_anchors"]
        {
            let sql = format!(
                "SELECT count(*) FROM control.{table} x WHERE tenant_id IS NOT NULL \
                    AND NOT EXISTS (SELECT FROM control.tenants t WHERE t.id = x.tenant_id)"
            );
            let count: i64 = control.query_one(&sql, &[]).await.expect("a count").get(0);
            if count > 0 {
                left.push(format!("{count} rows of {table}"));
            }
        }
        let idle: i64 = control
            .query_one(
                "SELECT count(*) FROM control.identities i WHERE NOT EXISTS \
                     (SELECT FROM control.identity_tenants m WHERE m.identity_id = i.id)",
                &[],
            )
            .await
            .expect("a count")
            .get(0);
        if idle > 0 {
            left.push(format!("{idle} identities of nobody"));
        }
        let roles = superuser(&self.databases.url, "postgres")
            .await
            .query(
                "SELECT r.rolname::text FROM pg_roles r JOIN unnest($1::text[]) AS gone (name) ON gone.name = r.rolname",
                &[&self.gone_roles().await],
            )
            .await
            .expect("roles");
        left.extend(roles.iter().map(|row| format!("role {}", row.get::<_, String>(0))));
        left
    }

    /// Roles of tenants that operations of this test were about and that are no more.
    async fn gone_roles(&self) -> Vec<String> {
        let rows = self
            .control_superuser()
            .await
            .query(
                "SELECT DISTINCT tenant_id FROM control.operations o WHERE tenant_id IS NOT NULL \
                    AND NOT EXISTS (SELECT FROM control.tenants t WHERE t.id = o.tenant_id)",
                &[],
            )
            .await
            .expect("operations");
        rows.iter().map(|row| insula_model::TenantId::from_uuid(row.get(0)).object_name()).collect()
    }
}
