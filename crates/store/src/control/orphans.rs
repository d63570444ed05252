//! Schemas, databases and roles in a cell that are named after a tenant that there is not: what a worker made that was
//! taken over in the middle, what is left after the control database was restored to an earlier day.
//!
//! What must always hold: nothing is dropped by itself; what an operation still has its hands on is no orphan; what
//! turns out to be somebody's is opened again. Tested in `testkit/tests/it/orphans.rs`.

use std::collections::HashSet;

use insula_model::{Result, TenantId};
use jiff::SignedDuration;

use crate::cell::strays::StrayKind;
use crate::{AlarmKind, Store};

/// How long something must be nobody's before it is set apart: longer than any statement of an operation takes.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

impl Store {
    /// Looks for orphans in every cell. Those that have been there for a while can no longer be reached by the application,
    /// and a person is told. Says how many were set apart.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn orphans_look(&self) -> Result<usize> {
        let mut apart = 0;
        for spec in self.read_cells().await? {
            apart += self.orphans_look_in(&spec.name).await?;
        }
        Ok(apart)
    }

    async fn orphans_look_in(&self, name: &str) -> Result<usize> {
        let cell = self.cell(name).await?;
        // The cell first: what is made after this look is not in it, and what is made for a tenant is made after the
        // tenant's record.
        let marked = cell.marked().await?;
        let owned = self.owned_names(name).await?;
        let strays: Vec<_> = marked.into_iter().filter(|(_, name)| !owned.contains(name)).collect();
        let (kinds, names): (Vec<&str>, Vec<&str>) =
            strays.iter().map(|(kind, name)| (kind.as_str(), name.as_str())).unzip();
        let now = self.inner.world.now();
        let mut tx = self.control().await?;
        let gone = tx
            .rows(
                "DELETE FROM orphans o WHERE cell = $1 AND NOT EXISTS ( \
                     SELECT FROM unnest($2::text[], $3::text[]) AS s (kind, name) WHERE s.kind = o.kind AND s.name = o.name) \
                 RETURNING kind, name, quarantined_at IS NOT NULL",
                &[&name, &kinds, &names],
            )
            .await?;
        tx.execute(
            "INSERT INTO orphans (cell, kind, name, seen_at) SELECT $1, s.kind, s.name, $4 \
               FROM unnest($2::text[], $3::text[]) AS s (kind, name) ON CONFLICT DO NOTHING",
            &[&name, &kinds, &names, &now],
        )
        .await?;
        let due = tx
            .rows(
                "SELECT kind, name FROM orphans WHERE cell = $1 AND quarantined_at IS NULL AND seen_at <= $2 \
                  ORDER BY kind, name LIMIT 100",
                &[&name, &(now - GRACE)],
            )
            .await?;
        tx.commit().await?;
        for row in gone {
            let (kind, orphan, apart): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
            if apart && owned.contains(&orphan) {
                cell.set_apart(StrayKind::parse(&kind), &orphan, false).await?;
            }
            self.alarm_clear(AlarmKind::Orphan, &subject(name, &kind, &orphan)).await?;
        }
        for row in &due {
            let (kind, orphan): (String, String) = (row.get(0), row.get(1));
            cell.set_apart(StrayKind::parse(&kind), &orphan, true).await?;
            self.orphan_apart(name, &kind, &orphan).await?;
            let detail = format!(
                "The {kind} {orphan} in the cell {name:?} is named after a tenant that there is not. Insula can no longer \
                 reach it, and drops nothing by itself: look into it, and drop it or bring its tenant back."
            );
            self.alarm_raise(AlarmKind::Orphan, &subject(name, &kind, &orphan), &detail).await?;
        }
        Ok(due.len())
    }

    async fn orphan_apart(&self, cell: &str, kind: &str, name: &str) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "UPDATE orphans SET quarantined_at = $4 WHERE cell = $1 AND kind = $2 AND name = $3",
            &[&cell, &kind, &name, &self.inner.world.now()],
        )
        .await?;
        tx.commit().await
    }

    /// The names of everything in a cell that is a tenant's, or that an operation is at work on.
    async fn owned_names(&self, cell: &str) -> Result<HashSet<String>> {
        let prefix = self.cell(cell).await?.spec.database_prefix.clone();
        let mut tx = self.control().await?;
        let placements = tx
            .rows("SELECT database_name, schema_name, role_name FROM placements WHERE cell = $1", &[&cell])
            .await?;
        let busy = tx
            .rows(
                "SELECT DISTINCT tenant_id FROM operations WHERE tenant_id IS NOT NULL \
                    AND status IN ('queued', 'running', 'unwinding', 'stuck')",
                &[],
            )
            .await?;
        let mut names: HashSet<String> =
            placements.iter().flat_map(|row| [row.get(0), row.get(1), row.get(2)]).collect();
        for row in busy {
            let object = TenantId::from_uuid(row.get(0)).object_name();
            names.insert(format!("{prefix}{object}"));
            names.insert(object);
        }
        Ok(names)
    }
}

fn subject(cell: &str, kind: &str, name: &str) -> String {
    format!("{cell}/{kind}/{name}")
}
