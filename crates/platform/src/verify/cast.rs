//! The throw-away tenants: an attacker, a victim and a bystander in every tier, made, filled and removed.
//!
//! What must always hold: their slugs begin with `verify-`, which nobody else's can; the same row ids are in each of
//! them; whatever is removed is such a tenant.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use insula_model::policy::operator_action::{IsolationVerify, TenantList};
use insula_model::{
    ApiKeyInput, Branding, DashboardConfig, DatasetDefinition, Error, OperationId, Plan, RequestId, Result,
    Scope, SessionInput, Slug, TableDefinition, TenantId, Tier, problem,
};
use insula_store::verification::{Canary, Digest, Table};
use insula_store::{OpCtx, OperationStatus, OperatorPermit, TenantFilter};
use serde_json::json;
use uuid::Uuid;

use super::{Progress, Record};
use crate::{Arrival, DeleteTenantInput, OwnerRequest, Platform, TenantRequest};

/// One throw-away tenant.
#[derive(Debug, Clone)]
pub struct Player {
    /// What the catalogue knows of it.
    pub record: Record,
    /// What marks everything that it has.
    pub canary: Canary,
    /// The owner's address, the same password for all, and the token of a sign-in.
    pub owner: Owner,
    /// An API key with every scope.
    pub key: String,
    /// Its tables.
    pub tables: Vec<Table>,
    /// What its data adds up to when the attacks begin.
    pub digest: Digest,
}

/// The owner of a throw-away tenant.
#[derive(Clone)]
pub struct Owner {
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The token of a session.
    pub session: String,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Owner({})", self.email)
    }
}

/// The tenants of one tier.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The tier.
    pub tier: Tier,
    /// Who attacks.
    pub attacker: Player,
    /// Who is attacked.
    pub victim: Player,
    /// Who stands by.
    pub bystander: Player,
}

impl Cast {
    /// All three.
    pub fn players(&self) -> impl Iterator<Item = &Player> {
        [&self.attacker, &self.victim, &self.bystander].into_iter()
    }

    fn players_mut(&mut self) -> impl Iterator<Item = &mut Player> {
        [&mut self.attacker, &mut self.victim, &mut self.bystander].into_iter()
    }
}

/// How long a leftover may be somebody's run that is still under way.
const UNDER_WAY: Duration = Duration::from_mins(15);
/// How long one operation on a throw-away tenant may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Primes that no measure adds up to by chance, one for each player.
const PRIMES: [i64; 9] = [
    982_451_653,
    961_748_941,
    941_083_987,
    920_419_823,
    899_809_363,
    879_190_841,
    858_599_509,
    838_041_647,
    817_504_253,
];

impl Platform {
    /// The middle of this run's slugs.
    pub(super) fn throwaway_run(&self) -> String {
        self.world().secret().chars().take(8).collect()
    }

    /// Makes the tenants of all tiers. `making` is set while one is being asked for.
    pub(super) async fn throwaway_casts(
        &self,
        permit: &OperatorPermit<'_, IsolationVerify>,
        run: &str,
        tiers: &[Tier],
        progress: &(dyn Fn(Progress) + Send + Sync),
        making: &AtomicBool,
    ) -> Result<Vec<Cast>> {
        let op = permit.op();
        // One password for all of them: what is the same in two tenants must open neither from the other.
        let password = self.world().secret();
        let hash = self.owner_password("owner@verification.invalid", &password, &[]).await?;
        let mut asked = Vec::new();
        for tier in tiers {
            for who in ["a", "b", "c"] {
                let slug: Slug = format!("verify-{run}-{}-{who}", tier.as_str()).parse()?;
                making.store(true, Ordering::Relaxed);
                let asking = self.throwaway_ask(op, slug.clone(), *tier, &hash).await;
                making.store(false, Ordering::Relaxed);
                asked.push((slug, asking?));
            }
        }
        let all = asked.len();
        let mut players = Vec::new();
        for ((slug, operation), prime) in asked.into_iter().zip(PRIMES) {
            self.operation_ended(op, operation).await?;
            let (record, _) = self.tenant_view(op, slug.as_str()).await?;
            let record = Arc::new(record);
            let key = self.throwaway_key(op, &record).await?;
            let owner = self.throwaway_owner(&record, &password).await?;
            let canary = Canary {
                mark: format!("{}{}", Canary::SIGN, slug.as_str()),
                prime,
                random: self.world().uuid().simple().to_string(),
                only: self.world().uuid(),
            };
            let tables = self.store().tables_for_verification(permit, &record).await?;
            players.push(Player { record, canary, owner, key, tables, digest: Digest::new() });
            progress(Progress::Making(players.len(), all));
        }
        let mut casts = Vec::new();
        let mut players = players.into_iter();
        for tier in tiers {
            let mut next = || players.next().ok_or_else(|| Error::internal("a tier without three tenants"));
            casts.push(Cast { tier: *tier, attacker: next()?, victim: next()?, bystander: next()? });
        }
        Ok(casts)
    }

    async fn throwaway_ask(&self, op: &OpCtx, slug: Slug, tier: Tier, hash: &str) -> Result<OperationId> {
        let name = format!("{}{slug}", Canary::SIGN);
        let owner = OwnerRequest {
            email: owner_email(&slug),
            name: Some(name.clone()),
            password_hash: Some(hash.to_owned()),
        };
        let request = TenantRequest {
            slug,
            name: Some(name),
            plan: Plan::Free,
            tier: Some(tier),
            cell: None,
            owner,
            sample_data: false,
            time_zone: None,
        };
        self.tenant_create_unreserved(op, request).await
    }

    async fn throwaway_key(&self, op: &OpCtx, record: &Record) -> Result<String> {
        let tenant = self.store().tenant(op, Arc::clone(record))?;
        let input =
            ApiKeyInput { name: "Verification".to_owned(), scopes: Scope::ALL.to_vec(), expires_at: None };
        let made = self.api_key_create(&tenant, &input).await?;
        made.secret.ok_or_else(|| Error::internal("an API key without a secret"))
    }

    async fn throwaway_owner(&self, record: &Record, password: &str) -> Result<Owner> {
        let (email, password) = (owner_email(&record.slug), password.to_owned());
        let input = SessionInput { email: email.clone(), password: password.clone() };
        let request = RequestId::from_uuid(self.world().uuid());
        let from = Arrival { address: Ipv4Addr::LOCALHOST.into(), request, replaces: None };
        let session = self.session_create(record, &input, &from).await?.token;
        Ok(Owner { email, password, session })
    }

    /// Waits for an operation, and works on what is due meanwhile: it may be that no worker runs.
    async fn operation_ended(&self, op: &OpCtx, id: OperationId) -> Result<()> {
        let begun = Instant::now();
        loop {
            let view = self.operation_view(op, id).await?;
            match view.status {
                OperationStatus::Succeeded => return Ok(()),
                status if status.ended() || status == OperationStatus::Stuck => {
                    return Err(Error::internal(format!(
                        "{} {}: {:?}",
                        view.kind,
                        status.as_str(),
                        view.error
                    )));
                }
                _ if begun.elapsed() > PATIENCE => {
                    return Err(Error::new(problem::TIMEOUT, "A throw-away tenant took too long."));
                }
                _ => {}
            }
            if !self.operation_step("verification").await? {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// Writes rows into every table of a player that nobody else may find.
    pub(super) async fn plant(
        &self,
        permit: &OperatorPermit<'_, IsolationVerify>,
        player: &Player,
    ) -> Result<()> {
        let canary = &player.canary;
        let json = given(canary)?;
        let given = |table: &str, column: &str, row: usize| -> Option<String> {
            let text = |text: &str| Some(format!("'{}'", text.replace('\'', "''")));
            match (table, column) {
                (_, "role") => text("viewer"),
                (_, "week_start") => text("monday"),
                (_, "time_zone") => text("UTC"),
                (_, "locale") => text("en"),
                ("brand_images", "kind") => text(if row == 0 { "logo" } else { "favicon" }),
                ("brand_images", "media_type") => text("image/png"),
                // Versions of the dashboards that are planted.
                ("dashboard_versions", "dashboard_id") => {
                    let of =
                        if row == 2 { canary.only_id("dashboards") } else { canary.shared_id("dashboards") };
                    text(&of.to_string())
                }
                ("datasets" | "tables", "name") => text(&format!("verify_{row}")),
                // Rows that the planted events find.
                ("table_rows", "key") => text(&canary.of(&format!("events.d1.{row}"))),
                // None of the planted dashboards is a workspace's change of a template.
                ("dashboards", "template_version" | "template_base") => Some("NULL".to_owned()),
                ("datasets", "sample") | ("dashboards", "sample" | "is_default") => Some("false".to_owned()),
                ("events", "dataset") => Some("1000".to_owned()),
                ("api_keys", "scopes") => Some("ARRAY['data:read']".to_owned()),
                ("embed_revocations", "kind") => text("viewer"),
                (_, "expires_at" | "verifies_until") => Some("timestamptz '2099-01-01'".to_owned()),
                _ => json
                    .get(&(table, column))
                    .and_then(|value| text(&value.replace("verify_n", &format!("verify_{row}"))))
                    .map(|literal| format!("{literal}::jsonb")),
            }
        };
        let statements = canary.planting(&player.tables, &given);
        self.store().plant_for_verification(permit, &player.record, &statements).await
    }

    /// Waits until nothing moves by itself any more in a cast, and takes down what it has.
    pub(super) async fn settled(
        &self,
        permit: &OperatorPermit<'_, IsolationVerify>,
        mut cast: Cast,
    ) -> Result<Cast> {
        for player in cast.players_mut() {
            player.digest =
                self.store().digest_for_verification(permit, &player.record, &player.tables).await?;
            // What is not there cannot leak: a table without rows would be a case that proves nothing.
            if let Some((table, _)) = player.digest.iter().find(|(_, digest)| digest.0 == 0) {
                return Err(Error::internal(format!("the table {table} has no row to find")));
            }
        }
        Ok(cast)
    }

    /// Removes the tenants of this run; names those that could not be removed.
    pub(super) async fn throwaways_remove(&self, op: &OpCtx, run: &str) -> Result<Vec<String>> {
        let (_, left) = self.throwaways_erase(op, &format!("verify-{run}-"), None).await?;
        Ok(left)
    }

    /// Removes what killed runs left behind; says how many tenants that were.
    pub(super) async fn throwaways_sweep(&self, op: &OpCtx) -> Result<usize> {
        let (removed, _) = self.throwaways_erase(op, "verify-", Some(UNDER_WAY)).await?;
        Ok(removed)
    }

    async fn throwaways_erase(
        &self,
        op: &OpCtx,
        begins: &str,
        older: Option<Duration>,
    ) -> Result<(usize, Vec<String>)> {
        let permit = op.authorize_operator::<TenantList>()?;
        let filter = TenantFilter { search: Some(begins.to_owned()), limit: 500, ..TenantFilter::default() };
        let found = self.store().tenant_list(&permit, &filter).await?;
        let old = |at| older.is_none_or(|age| self.world().now() > at + age);
        let mut begun: Vec<(TenantId, Slug, Result<OperationId>)> = Vec::new();
        for record in found
            .tenants
            .into_iter()
            .filter(|r| r.slug.is_throwaway() && r.slug.as_str().starts_with(begins) && old(r.created_at))
        {
            let input = DeleteTenantInput { confirm: record.slug.to_string(), now: true, reason: None };
            let operation = self.throwaway_delete(op, &record, &input).await;
            begun.push((record.id, record.slug, operation));
        }
        let (mut removed, mut left) = (0, Vec::new());
        for (id, slug, operation) in begun {
            let ended = match operation {
                Ok(operation) => self.operation_ended(op, operation).await,
                Err(error) => Err(error),
            };
            match ended {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::warn!(tenant = %id, ?error, "a throw-away tenant could not be removed");
                    left.push(slug.to_string());
                }
            }
        }
        Ok((removed, left))
    }

    /// Asks for the removal of a tenant that may still be in the making.
    async fn throwaway_delete(
        &self,
        op: &OpCtx,
        record: &insula_model::TenantRecord,
        input: &DeleteTenantInput,
    ) -> Result<OperationId> {
        let begun = Instant::now();
        loop {
            match self.tenant_delete(op, record, input).await {
                Err(error)
                    if begun.elapsed() < PATIENCE
                        && (error.is(problem::TENANT_BUSY) || error.is(problem::TENANT_STATUS)) =>
                {
                    if !self.operation_step("verification").await? {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
                other => return other,
            }
        }
    }
}

fn owner_email(slug: &Slug) -> String {
    format!("{slug}@verification.invalid")
}

/// What use cases read as JSON must be what they expect, canaries and all.
fn given(canary: &Canary) -> Result<HashMap<(&'static str, &'static str), String>> {
    let as_text = |value: &serde_json::Value| value.to_string();
    let branding = Branding { product_name: Some(canary.of("product")), ..Branding::default() };
    let definition = json!({
        "name": "verify_n", "label": canary.of("dataset"), "sample": false, "time_zone": null,
        "measures": [{ "name": "amount", "label": canary.of("measure"), "unit": null, "format": "number", "slot": 1 }],
        "dimensions": [
            { "name": "place", "label": canary.of("dimension"), "slot": 1 },
            { "name": "town", "label": canary.of("lookup"), "slot": 13,
              "lookup": { "by": "place", "table": "verify_0", "column": "town", "number": 1000, "slot": 1 } },
        ],
    });
    let table = json!({
        "name": "verify_n", "label": canary.of("table"), "key": { "name": "place", "label": canary.of("key") },
        "columns": [{ "name": "town", "label": canary.of("column"), "slot": 1 }],
    });
    let table: TableDefinition = serde_json::from_value(table).map_err(Error::internal)?;
    // Read once, so that a change of these types is seen here and not as a refusal in the middle of a run.
    let definition: DatasetDefinition = serde_json::from_value(definition).map_err(Error::internal)?;
    let config = json!({
        "range": { "last": "all" }, "compare": null, "layout": [{ "widget": "w1", "x": 0, "y": 0, "w": 3, "h": 2 }],
        "widgets": [{ "id": "w1", "title": canary.of("widget"), "kind": "table", "options": {},
            "question": { "dataset": "verify_0", "measures": [{ "agg": "sum", "measure": "amount" }], "by": ["place", "town"] } }],
    });
    let config: DashboardConfig = serde_json::from_value(config).map_err(Error::internal)?;
    let value = |value: serde_json::Result<serde_json::Value>| value.map_err(Error::internal);
    Ok(HashMap::from([
        (("settings", "branding"), as_text(&value(serde_json::to_value(branding))?)),
        (("datasets", "definition"), as_text(&value(serde_json::to_value(definition))?)),
        (("tables", "definition"), as_text(&value(serde_json::to_value(table))?)),
        (("dashboards", "config"), as_text(&value(serde_json::to_value(&config))?)),
        (("dashboard_versions", "config"), as_text(&value(serde_json::to_value(config))?)),
        (
            ("public_links", "filters"),
            as_text(&json!([{ "op": "contains", "dimension": "place", "value": canary.of("filter") }])),
        ),
    ]))
}

/// An id that nobody has.
pub(super) fn nobodys(platform: &Platform) -> Uuid {
    platform.world().uuid()
}
