//! How much a tenant's embeds are used, by day (in UTC) and dashboard.
//!
//! What must always hold: no viewer's name stands here, only a hash that is different in every tenant.
//! Tested in `platform/tests/it/embed_usage.rs`.

use insula_model::policy::action::{EmbedCount, TenantTidy};
use insula_model::{DashboardId, EmbedUsageDay, Mode, Result, Write};
use jiff::civil::Date;
use serde_json::Value;

use crate::{Permit, TenantTx};

/// What was counted for one day and dashboard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedCounted {
    /// How often it was opened.
    pub loads: i64,
    /// Milliseconds of its questions.
    pub query_ms: i64,
    /// How often a token of the tenant was refused.
    pub refused: i64,
    /// Who opened it, as hashes.
    pub viewers: Vec<[u8; 16]>,
}

/// The usage of embeds of a transaction's tenant.
pub struct EmbedUses<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// How much its embeds are used.
    pub fn embed_usage(&mut self) -> EmbedUses<'_, 'op, M> {
        EmbedUses(self)
    }
}

impl<M: Mode> EmbedUses<'_, '_, M> {
    /// What there is of the days from `from` and before `to`.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn view(&mut self, from: Date, to: Date) -> Result<Vec<EmbedUsageDay>> {
        let rows = self
            .0
            .rows(
                "SELECT u.day, u.dashboard_id, u.loads, u.query_ms, u.refused, \
                        (SELECT count(*) FROM embed_viewers v WHERE v.day = u.day AND v.dashboard_id = u.dashboard_id) \
                   FROM embed_usage u WHERE u.day >= $1 AND u.day < $2 ORDER BY u.day, u.dashboard_id",
                &[&from, &to],
            )
            .await?;
        let day = |row: &tokio_postgres::Row| EmbedUsageDay {
            day: row.get(0),
            dashboard: DashboardId::from_uuid(row.get(1)),
            loads: row.get(2),
            query_ms: row.get(3),
            refused: row.get(4),
            viewers: row.get(5),
        };
        Ok(rows.iter().map(day).collect())
    }
}

impl EmbedUses<'_, '_, Write> {
    /// Adds what was counted.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn add(
        &mut self,
        permit: &Permit<'_, EmbedCount>,
        counted: &[(Date, DashboardId, EmbedCounted)],
    ) -> Result<()> {
        let days: Vec<Date> = counted.iter().map(|(day, ..)| *day).collect();
        let ids: Vec<uuid::Uuid> = counted.iter().map(|(_, id, _)| id.uuid()).collect();
        let of =
            |number: fn(&EmbedCounted) -> i64| counted.iter().map(|(.., c)| number(c)).collect::<Vec<i64>>();
        let (loads, query_ms, refused) = (of(|c| c.loads), of(|c| c.query_ms), of(|c| c.refused));
        let each =
            counted.iter().flat_map(|(day, id, c)| c.viewers.iter().map(|v| (*day, id.uuid(), v.as_slice())));
        let seen: Vec<(Date, uuid::Uuid, &[u8])> = each.collect();
        let viewer_days: Vec<Date> = seen.iter().map(|s| s.0).collect();
        let viewer_ids: Vec<uuid::Uuid> = seen.iter().map(|s| s.1).collect();
        let viewers: Vec<&[u8]> = seen.iter().map(|s| s.2).collect();
        self.0
            .execute(
                "WITH seen AS ( \
                     INSERT INTO embed_viewers (tenant_id, day, dashboard_id, viewer) \
                     SELECT wall.tenant(), s.day, s.id, s.viewer \
                       FROM unnest($6::date[], $7::uuid[], $8::bytea[]) AS s (day, id, viewer) \
                      ORDER BY s.day, s.id, s.viewer ON CONFLICT DO NOTHING) \
                 INSERT INTO embed_usage AS u (tenant_id, day, dashboard_id, loads, query_ms, refused) \
                 SELECT wall.tenant(), c.day, c.id, c.loads, c.query_ms, c.refused \
                   FROM unnest($1::date[], $2::uuid[], $3::int8[], $4::int8[], $5::int8[]) \
                        AS c (day, id, loads, query_ms, refused) ORDER BY c.day, c.id \
                 ON CONFLICT (tenant_id, day, dashboard_id) DO UPDATE SET loads = u.loads + excluded.loads, \
                     query_ms = u.query_ms + excluded.query_ms, refused = u.refused + excluded.refused",
                &[&days, &ids, &loads, &query_ms, &refused, &viewer_days, &viewer_ids, &viewers],
            )
            .await?;
        self.0.datasets().raise_counted().await?;
        self.0.used(permit, "embed_usage", &Value::Null)
    }

    /// Forgets who looked on days that are long over; how many they were is then no longer known.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tidy(&mut self, _: &Permit<'_, TenantTidy>, before: Date) -> Result<u64> {
        self.0.execute("DELETE FROM embed_viewers WHERE day < $1", &[&before]).await
    }
}
