//! What PostgreSQL would do with a statement, as the tenant's role.

use insula_insight::{Param, Statement};
use insula_model::TenantId;
use insula_testkit::{Client, ToSql, Type};

fn bound(param: &Param) -> (&(dyn ToSql + Sync), Type) {
    match param {
        Param::Int4(v) => (v, Type::INT4),
        Param::Int8(v) => (v, Type::INT8),
        Param::Float8(v) => (v, Type::FLOAT8),
        Param::Float8Array(v) => (v, Type::FLOAT8_ARRAY),
        Param::Text(v) => (v, Type::TEXT),
        Param::TextArray(v) => (v, Type::TEXT_ARRAY),
        Param::Timestamptz(v) => (v, Type::TIMESTAMPTZ),
        Param::TimestamptzArray(v) => (v, Type::TIMESTAMPTZ_ARRAY),
    }
}

/// The plan of a statement. The client's search path is on the tenant's tables.
pub(crate) async fn explain(client: &Client, tenant: &TenantId, role: &str, statement: &Statement) -> String {
    // As the private server of the product is set; the roles of a scope.
    let scope = format!(
        "BEGIN; SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 0; \
         SET LOCAL insula.tenant = '{}'; SET LOCAL ROLE {role}",
        tenant.uuid()
    );
    client.batch_execute(&scope).await.expect("a scope");
    let params: Vec<_> = statement.params.iter().map(bound).collect();
    let explain = format!("EXPLAIN {}", statement.sql);
    let lines = client.query_typed(&explain, &params).await.expect("a plan");
    client.batch_execute("ROLLBACK").await.expect("the end");
    lines.iter().map(|line| line.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}
