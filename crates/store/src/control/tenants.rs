//! Tenants and placements in the catalogue.

use insula_model::policy::operator_action::{TenantList, TenantUpdate};
use insula_model::{
    Error, Placement, Plan, Result, Slug, TenantId, TenantRecord, TenantStatus, Tier, problem,
};
use jiff::Timestamp;
use tokio_postgres::Row;

use crate::Store;
use crate::cell::{POOLED, TENANT_SCHEMA};
use crate::scope::{ControlEntry, ControlTx, OperatorPermit};

/// A tenant that is to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id.
    pub id: TenantId,
    /// Its slug.
    pub slug: Slug,
    /// Its display name.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
    /// Its wall.
    pub tier: Tier,
    /// Its cell.
    pub cell: String,
}

/// What a list of tenants is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TenantSort {
    /// When they were made.
    #[default]
    CreatedAt,
    /// By slug.
    Slug,
    /// By display name, without regard to case.
    Name,
    /// By status.
    Status,
}

/// Which tenants a list has.
#[derive(Debug, Clone, Default)]
pub struct TenantFilter {
    /// In slug, name or id.
    pub search: Option<String>,
    /// Of this status.
    pub status: Option<TenantStatus>,
    /// Of this tier.
    pub tier: Option<Tier>,
    /// Of this plan.
    pub plan: Option<Plan>,
    /// In this cell.
    pub cell: Option<String>,
    /// The order.
    pub sort: TenantSort,
    /// From high to low.
    pub descending: bool,
    /// The sort key and id of the last tenant of the page before.
    pub after: Option<(String, TenantId)>,
    /// How many.
    pub limit: u32,
}

/// One page of tenants.
#[derive(Debug, Clone)]
pub struct TenantPage {
    /// The tenants, in the list's order.
    pub tenants: Vec<TenantRecord>,
    /// The sort key and id of the last of them: where the next page begins.
    pub last: Option<(String, TenantId)>,
    /// How many there are in all pages.
    pub total: i64,
}

macro_rules! columns {
    () => {
        "t.id, t.slug, t.name, t.status, t.plan, p.cell, p.tier, p.database_name, p.schema_name, p.role_name, \
         p.epoch, t.created_at, t.status_at, t.purge_at, t.version"
    };
}

fn record(row: &Row) -> Result<TenantRecord> {
    let word = |i: usize| row.get::<_, String>(i);
    let odd = |what: &str| Error::internal(format!("the catalogue has an unknown {what}"));
    Ok(TenantRecord {
        id: TenantId::from_uuid(row.get(0)),
        slug: word(1).parse()?,
        name: word(2),
        status: TenantStatus::parse(&word(3)).ok_or_else(|| odd("status"))?,
        plan: Plan::parse(&word(4)).ok_or_else(|| odd("plan"))?,
        placement: Placement {
            cell: word(5),
            tier: Tier::parse(&word(6)).ok_or_else(|| odd("tier"))?,
            database: word(7),
            schema: word(8),
            role: word(9),
            epoch: row.get(10),
        },
        created_at: row.get(11),
        status_at: row.get(12),
        purge_at: row.get(13),
    })
}

impl Store {
    pub(crate) async fn read_host(&self, host: &str) -> Result<Option<TenantId>> {
        let mut tx = self.control().await?;
        let row = tx.row("SELECT tenant_id FROM domains WHERE host = $1", &[&host]).await?;
        Ok(row.map(|row| TenantId::from_uuid(row.get(0))))
    }

    pub(crate) async fn read_slug(&self, slug: &str) -> Result<Option<TenantId>> {
        let mut tx = self.control().await?;
        let row = tx.row("SELECT id FROM tenants WHERE slug = $1", &[&slug]).await?;
        Ok(row.map(|row| TenantId::from_uuid(row.get(0))))
    }

    pub(crate) async fn read_tenant(&self, id: TenantId) -> Result<Option<TenantRecord>> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tenants t JOIN placements p ON p.tenant_id = t.id WHERE t.id = $1"
                ),
                &[&id.uuid()],
            )
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// A tenant by id or slug, with its version for `If-Match`.
    ///
    /// # Errors
    /// `not_found` with the caller's own words.
    pub async fn tenant_view(
        &self,
        _: &OperatorPermit<'_, TenantList>,
        selector: &str,
    ) -> Result<(TenantRecord, i64)> {
        let id: Option<TenantId> = selector.parse().ok();
        let mut tx = self.control().await?;
        let row = tx
            .row(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tenants t JOIN placements p ON p.tenant_id = t.id WHERE t.id = $1 OR ($1 IS NULL AND t.slug = $2)"
                ),
                &[&id.map(TenantId::uuid), &selector],
            )
            .await?
            .ok_or_else(|| Error::not_found("tenant", selector))?;
        Ok((record(&row)?, row.get(14)))
    }

    /// One page of tenants.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn tenant_list(
        &self,
        _: &OperatorPermit<'_, TenantList>,
        filter: &TenantFilter,
    ) -> Result<TenantPage> {
        // The sort key travels as a text in every order, so that one shape of cursor serves all of them. It comes back
        // with the rows, because only the database knows what it makes of it. It is sorted as what it is, by an index.
        macro_rules! list {
            ($key:literal, $type:literal, $cmp:literal, $dir:literal) => {
                concat!(
                    "SELECT ", columns!(), ", (", $key, ")::text FROM tenants t JOIN placements p ON p.tenant_id = t.id \
                     WHERE ($1::text IS NULL OR t.slug LIKE '%' || $1 || '%' OR lower(t.name) LIKE '%' || $1 || '%' \
                            OR t.id::text = $1) \
                       AND ($2::text IS NULL OR t.status = $2) AND ($3::text IS NULL OR p.tier = $3) \
                       AND ($4::text IS NULL OR t.plan = $4) AND ($5::text IS NULL OR p.cell = $5) \
                       AND ($6::text IS NULL OR (", $key, ", t.id) ", $cmp, " ($6::text::", $type, ", $7)) \
                     ORDER BY ", $key, " ", $dir, ", t.id ", $dir, " LIMIT $8"
                )
            };
        }
        macro_rules! both {
            ($key:literal, $type:literal) => {
                if filter.descending {
                    list!($key, $type, "<", "DESC")
                } else {
                    list!($key, $type, ">", "ASC")
                }
            };
        }
        let sql = match filter.sort {
            TenantSort::CreatedAt => both!("t.created_at", "timestamptz"),
            TenantSort::Slug => both!("t.slug", "text"),
            TenantSort::Name => both!("lower(t.name)", "text"),
            TenantSort::Status => both!("t.status", "text"),
        };
        let search = filter.search.as_ref().map(|s| like(&search_key(s)));
        let (status, tier, plan) = (
            filter.status.map(|s| s.as_str()),
            filter.tier.map(|t| t.as_str()),
            filter.plan.map(|p| p.as_str()),
        );
        let after_key = filter.after.as_ref().map(|(key, _)| key.clone());
        let after_id = filter.after.as_ref().map(|(_, id)| id.uuid());
        let limit = i64::from(filter.limit);
        let mut tx = self.control().await?;
        let rows = tx
            .rows(sql, &[&search, &status, &tier, &plan, &filter.cell, &after_key, &after_id, &limit])
            .await?;
        let total = tx
            .row(
                "SELECT count(*) FROM tenants t JOIN placements p ON p.tenant_id = t.id \
                  WHERE ($1::text IS NULL OR t.slug LIKE '%' || $1 || '%' OR lower(t.name) LIKE '%' || $1 || '%' \
                         OR t.id::text = $1) \
                    AND ($2::text IS NULL OR t.status = $2) AND ($3::text IS NULL OR p.tier = $3) \
                    AND ($4::text IS NULL OR t.plan = $4) AND ($5::text IS NULL OR p.cell = $5)",
                &[&search, &status, &tier, &plan, &filter.cell],
            )
            .await?
            .map_or(0, |row| row.get(0));
        let last = rows.last().map(|row| (row.get(15), TenantId::from_uuid(row.get(0))));
        Ok(TenantPage { tenants: rows.iter().map(record).collect::<Result<_>>()?, last, total })
    }

    /// Changes a tenant's name or plan.
    ///
    /// # Errors
    /// `version.stale` when somebody changed it meanwhile.
    pub async fn tenant_update(
        &self,
        permit: &OperatorPermit<'_, TenantUpdate>,
        id: TenantId,
        version: i64,
        name: Option<&str>,
        plan: Option<Plan>,
    ) -> Result<i64> {
        let mut tx = self.control().await?;
        let plan = plan.map(Plan::as_str);
        let row = tx
            .row(
                "UPDATE tenants SET name = coalesce($3, name), plan = coalesce($4, plan), version = version + 1 \
                  WHERE id = $1 AND version = $2 RETURNING version",
                &[&id.uuid(), &version, &name, &plan],
            )
            .await?
            .ok_or_else(|| Error::new(problem::STALE, "Somebody changed this tenant meanwhile. Read it again."))?;
        tx.commit_with(&ControlEntry {
            action: "tenant.update",
            actor: &permit.op.actor,
            subject: id.to_string(),
            request: permit.op.request.to_string(),
            detail: serde_json::json!({ "name": name, "plan": plan }).to_string(),
        })
        .await?;
        Ok(row.get(0))
    }

    /// Whether a slug is free: `None`, or why it is not.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn slug_taken(&self, slug: &Slug, now: Timestamp) -> Result<bool> {
        let mut tx = self.control().await?;
        let row = tx
            .row(
                "SELECT EXISTS (SELECT FROM tenants WHERE slug = $1) \
                     OR EXISTS (SELECT FROM slug_holds WHERE slug = $1 AND free_at > $2)",
                &[&slug.as_str(), &now],
            )
            .await?;
        Ok(row.is_some_and(|row| row.get(0)))
    }

    /// A slug that reads like this one and is free.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn slug_proposal(&self, slug: &Slug, now: Timestamp) -> Result<Slug> {
        for n in 2..100 {
            let other = slug.alternative(n);
            if !self.slug_taken(&other, now).await? {
                return Ok(other);
            }
        }
        Ok(slug.alternative(100))
    }
}

/// A search in the catalogue is without regard to case.
fn search_key(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.parse::<TenantId>().map_or(text, |id| id.uuid().to_string())
}

/// Takes the meaning from `LIKE`'s special characters.
fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Writes the record, the placement and the address of a new tenant, in the transaction that asks for its
/// provisioning.
pub(crate) async fn reserve(
    tx: &mut ControlTx,
    store: &Store,
    new: &NewTenant,
    now: Timestamp,
) -> Result<()> {
    let held = tx
        .row("SELECT 1 FROM slug_holds WHERE slug = $1 AND free_at > $2", &[&new.slug.as_str(), &now])
        .await?;
    if held.is_some() {
        return Err(Error::new(
            problem::TENANT_SLUG_TAKEN,
            format!(
                "A tenant with the slug {:?} was deleted not long ago; its name is kept for 90 days.",
                new.slug.as_str()
            ),
        )
        .at("/slug"));
    }
    let cell = store.cell(&new.cell).await?;
    super::cells::room(tx, &new.cell, new.tier).await?;
    let object = new.id.object_name();
    let (database, schema, role) = match new.tier {
        Tier::Pooled => (cell.spec.shared_database.clone(), TENANT_SCHEMA.to_owned(), POOLED.to_owned()),
        Tier::Schema => (cell.spec.shared_database.clone(), object.clone(), object),
        Tier::Database => {
            (format!("{}{object}", cell.spec.database_prefix), TENANT_SCHEMA.to_owned(), object)
        }
    };
    tx.execute(
        "INSERT INTO tenants (id, slug, name, status, plan, created_at, status_at) \
         VALUES ($1, $2, $3, 'provisioning', $4, $5, $5)",
        &[&new.id.uuid(), &new.slug.as_str(), &new.name, &new.plan.as_str(), &now],
    )
    .await?;
    tx.execute(
        "INSERT INTO placements (tenant_id, cell, tier, database_name, schema_name, role_name) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[&new.id.uuid(), &new.cell, &new.tier.as_str(), &database, &schema, &role],
    )
    .await?;
    Ok(())
}
