//! What a tenant's transaction causes elsewhere, written in that transaction and carried over afterwards.

use insula_model::policy::action::OutboxRelay;
use insula_model::{JobId, Mode, Result, Write};
use jiff::Timestamp;
use serde_json::Value;

use crate::{Permit, TenantTx};

/// The outbox of a transaction's tenant.
pub struct Outbox<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The outbox.
    pub fn outbox(&mut self) -> Outbox<'_, 'op, M> {
        Outbox(self)
    }
}

/// One thing to carry over.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxItem {
    /// The id that its job will have.
    pub id: JobId,
    /// The job's kind.
    pub kind: String,
    /// What the job is given.
    pub payload: Value,
    /// Not before; at once where there is none.
    pub run_at: Option<Timestamp>,
}

impl Outbox<'_, '_, Write> {
    /// Puts something in. It leaves only if this transaction commits. Call `Store::outbox_hint` before the commit.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn put(&mut self, item: &OutboxItem) -> Result<()> {
        self.0
            .execute(
                "INSERT INTO outbox (tenant_id, id, kind, payload, run_at) VALUES (wall.tenant(), $1, $2, $3, $4) \
                 ON CONFLICT (tenant_id, id) DO NOTHING",
                &[&item.id.uuid(), &item.kind, &item.payload, &item.run_at],
            )
            .await?;
        Ok(())
    }

    /// What is in it, the oldest first.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn list(&mut self, _: &Permit<'_, OutboxRelay>, limit: u32) -> Result<Vec<OutboxItem>> {
        let rows = self
            .0
            .rows(
                "SELECT id, kind, payload, run_at FROM outbox ORDER BY created_at, id LIMIT $1 FOR UPDATE",
                &[&i64::from(limit)],
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| OutboxItem {
                id: JobId::from_uuid(row.get(0)),
                kind: row.get(1),
                payload: row.get(2),
                run_at: row.get(3),
            })
            .collect())
    }

    /// Takes out what was carried over.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn delete(&mut self, _: &Permit<'_, OutboxRelay>, items: &[OutboxItem]) -> Result<()> {
        let ids: Vec<uuid::Uuid> = items.iter().map(|i| i.id.uuid()).collect();
        self.0.execute("DELETE FROM outbox WHERE id = ANY($1)", &[&ids]).await?;
        Ok(())
    }
}
