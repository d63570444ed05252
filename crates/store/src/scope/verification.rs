//! The door through which the verification of the walls runs the texts of attacks, as one throw-away tenant.
//!
//! What must always hold: it opens for tenants that the verification itself made, and for no other; an attack has the
//! very scope that a use case of that tenant has (same pools, same preamble, same role), and nothing of it stays.
//! Tested in `testkit/tests/it/walls.rs`.

use std::marker::PhantomData;
use std::sync::Arc;

use insula_model::policy::action::{AuditView, OutboxRelay};
use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{Action, Error, Mode, Result, TenantRecord};
use tokio_postgres::SimpleQueryMessage;

use super::{OperatorPermit, Permit, TenantTx};
use crate::Store;
use crate::failure::failure;

/// What an attack brought back.
#[derive(Debug, Clone, Default)]
pub struct Loot {
    /// Every row that it was given, as text.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows its last statement changed or gave.
    pub count: u64,
    /// How it was refused, if it was.
    pub refusal: Option<Refusal>,
}

/// How PostgreSQL refused an attack.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The SQLSTATE.
    pub code: String,
    /// All of PostgreSQL's words: message, detail, hint, context. Never shown to anybody but the verification.
    pub words: String,
    /// What a client would have been told.
    pub public: Error,
}

impl Loot {
    /// Everything in it that an attacker could read, as one text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text: String = self
            .rows
            .iter()
            .flat_map(|row| row.iter().map(|cell| format!("{}\t", cell.as_deref().unwrap_or("NULL"))))
            .collect();
        if let Some(refusal) = &self.refusal {
            text.push_str(&refusal.words);
            text.push_str(&refusal.public.to_string());
        }
        text
    }

    /// The SQLSTATE with which it was refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.refusal.as_ref().map(|r| r.code.as_str())
    }
}

fn permit<'op, A: Action>(
    permit: &OperatorPermit<'op, IsolationVerify>,
    tenant: &Arc<TenantRecord>,
) -> Result<Permit<'op, A>> {
    if !tenant.slug.is_throwaway() {
        return Err(Error::internal("the verification reached for a tenant that it did not make"));
    }
    Ok(Permit { record: Arc::clone(tenant), op: permit.op, action: PhantomData })
}

/// Whether a rollback is sure to leave nothing of it: anything else costs the connection.
fn leaves_nothing(statement: &str) -> bool {
    let first = statement.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let plain = ["select", "insert", "update", "delete", "merge", "table", "values", "with", "explain"];
    let lower = statement.to_ascii_lowercase();
    let lasting = [";", "advisory", "set_config", "setval", "dblink", "lo_"];
    plain.contains(&first.to_ascii_lowercase().as_str()) && !lasting.iter().any(|word| lower.contains(word))
}

impl Store {
    /// Runs the text of an attack in the scope of a throw-away tenant and rolls it back. Several statements may stand
    /// in it, which no statement of the product can have: the attacker is stronger than the real one.
    ///
    /// # Errors
    /// `internal` for any other tenant; `database.down`. What PostgreSQL refuses is part of the loot.
    pub async fn attack_for_verification(
        &self,
        operator: &OperatorPermit<'_, IsolationVerify>,
        tenant: &Arc<TenantRecord>,
        statement: &str,
        writes: bool,
    ) -> Result<Loot> {
        if writes {
            let permit = permit::<OutboxRelay>(operator, tenant)?;
            self.begin_unnoted(&permit).await?.attack(statement).await
        } else {
            let permit = permit::<AuditView>(operator, tenant)?;
            self.begin_unnoted(&permit).await?.attack(statement).await
        }
    }

    /// Writes the rows that are to be found by nobody else into a throw-away tenant, in its own scope, and keeps them.
    ///
    /// # Errors
    /// `internal` for any other tenant, or when PostgreSQL refuses one of the statements; `database.down`.
    pub async fn plant_for_verification(
        &self,
        operator: &OperatorPermit<'_, IsolationVerify>,
        tenant: &Arc<TenantRecord>,
        statements: &[String],
    ) -> Result<()> {
        let permit = permit::<OutboxRelay>(operator, tenant)?;
        let mut tx = self.begin_unnoted(&permit).await?;
        for statement in statements {
            let loot = tx.simple(statement).await?;
            if let Some(refusal) = loot.refusal {
                return Err(Error::internal(format!("{} in {statement}", refusal.words)));
            }
        }
        tx.commit().await
    }
}

impl<M: Mode> TenantTx<'_, M> {
    async fn attack(mut self, statement: &str) -> Result<Loot> {
        let loot = self.simple(statement).await;
        if !leaves_nothing(statement) {
            self.exchange.poison();
        }
        loot
    }

    async fn simple(&mut self, statement: &str) -> Result<Loot> {
        let imports = statement.starts_with("COPY") && statement.ends_with("FROM STDIN");
        let reply = self
            .exchange
            .run(
                &self.preamble,
                |_| !imports,
                async |wire| {
                    Ok(if imports {
                        // Let in, it waits for rows: then it gets none, and is ended.
                        wire.client.copy_in::<_, &'static [u8]>(statement).await.map(|_let_in| Vec::new())
                    } else {
                        wire.client.simple_query(statement).await
                    })
                },
            )
            .await?;
        let mut loot = Loot::default();
        match reply {
            Ok(messages) => {
                for message in messages {
                    match message {
                        SimpleQueryMessage::Row(row) => {
                            let cells = (0..row.len()).map(|i| row.get(i).map(str::to_owned)).collect();
                            loot.rows.push(cells);
                        }
                        SimpleQueryMessage::CommandComplete(count) => loot.count = count,
                        _ => {}
                    }
                }
            }
            Err(error) => {
                self.exchange.spoil();
                let public = failure(&error);
                let Some(db) = error.as_db_error() else { return Err(public) };
                let words = [Some(db.message()), db.detail(), db.hint(), db.where_()];
                loot.refusal = Some(Refusal {
                    code: db.code().code().to_owned(),
                    words: words.into_iter().flatten().collect::<Vec<_>>().join("\n"),
                    public,
                });
            }
        }
        Ok(loot)
    }
}

#[cfg(test)]
mod tests {
    use super::leaves_nothing;

    #[test]
    fn what_may_outlive_a_rollback_costs_the_connection() {
        for lasting in [
            "SET x.y = 'z'",
            "SELECT 1; SET ROLE none",
            "SELECT pg_advisory_lock(1)",
            "PREPARE p AS SELECT 1",
            "LISTEN x",
            "COMMIT",
            "",
        ] {
            assert!(!leaves_nothing(lasting), "{lasting}");
        }
        for passing in
            ["SELECT 1", "  update events SET d1 = 'x'", "TABLE events", "WITH a AS (SELECT 1) TABLE a"]
        {
            assert!(leaves_nothing(passing), "{passing}");
        }
    }
}
