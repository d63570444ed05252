//! The installation, as operators look at it: cells, kept mails, numbers, free slugs, and how much a tenant has.

use std::sync::Arc;

use insula_model::policy::action::DatasetView;
use insula_model::policy::operator_action::{CellCreate, CellList, MailView, StatusView, TenantList};
use insula_model::{Error, MailId, Result, Slug, TenantRecord};
use insula_store::{
    CellSummary, InstallationStatus, Mail, Names, OpCtx, Roles, Server, TenantUsage, parse_url,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Platform;

/// Whether a slug can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugCheck {
    /// Whether it can.
    pub available: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Another one that reads alike and is free.
    pub suggestion: Option<String>,
}

/// A cell that is to be.
#[derive(Clone)]
pub struct CellRequest {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// A login there that may make roles and databases: used once, not kept.
    pub dsn: String,
}

impl std::fmt::Debug for CellRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CellRequest({}, {})", self.name, self.region)
    }
}

impl Platform {
    /// Whether a slug can be had.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn slug_check(&self, op: &OpCtx, text: &str) -> Result<SlugCheck> {
        let _permit = op.authorize_operator::<TenantList>()?;
        let refused = |reason: &str, suggestion| SlugCheck {
            available: false,
            reason: Some(reason.to_owned()),
            suggestion,
        };
        let slug: Slug = match text.parse() {
            Ok(slug) => slug,
            Err(error) => {
                let error: Error = error;
                return Ok(refused(error.detail(), None));
            }
        };
        let now = self.world().now();
        if !self.store().slug_taken(&slug, now).await? {
            return Ok(SlugCheck { available: true, reason: None, suggestion: None });
        }
        let proposal = self.store().slug_proposal(&slug, now).await?;
        Ok(refused("That name is taken.", Some(proposal.to_string())))
    }

    /// How much a tenant has, in figures.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn tenant_usage(&self, op: &OpCtx, record: TenantRecord) -> Result<TenantUsage> {
        let operator = op.authorize_operator::<TenantList>()?;
        let counting = OpCtx::of_counting(&operator, record.id);
        let record = Arc::new(record);
        let permit = self.store().tenant(&counting, Arc::clone(&record))?.authorize::<DatasetView>()?;
        let mut tx = self.store().begin(&permit).await?;
        let usage = tx.usage().await?;
        drop(tx);
        let schema_version = self.store().schema_version(&operator, &record).await?;
        Ok(TenantUsage { schema_version, ..usage })
    }

    /// The cells with what they bear.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn cell_list(&self, op: &OpCtx) -> Result<Vec<CellSummary>> {
        self.store().cell_list(&op.authorize_operator::<CellList>()?).await
    }

    /// Prepares another PostgreSQL server and adds it as a cell.
    ///
    /// # Errors
    /// `cell.unusable` with everything that is missing; `input.invalid`.
    pub async fn cell_create(&self, op: &OpCtx, request: &CellRequest) -> Result<CellSummary> {
        let permit = op.authorize_operator::<CellCreate>()?;
        let (address, superuser, database) =
            parse_url(&request.dsn).map_err(|error| Error::invalid("/dsn", "invalid", error.detail()))?;
        let world = self.world();
        let passwords = Roles { app: world.secret(), admin: world.secret(), control: world.secret() };
        let server = Server { address, superuser, database };
        let (name, region) = (&request.name, &request.region);
        self.store().cell_create(&permit, name, region, &server, &Names::default(), &passwords).await?;
        let cells = self.store().cell_list(&op.authorize_operator::<CellList>()?).await?;
        cells
            .into_iter()
            .find(|cell| cell.name == *name)
            .ok_or_else(|| Error::internal("a cell that was just made is not there"))
    }

    /// Mails that were kept or sent, the newest first, after one of them.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn mail_list(
        &self,
        op: &OpCtx,
        after: Option<(Timestamp, MailId)>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        self.store().mail_list(&op.authorize_operator::<MailView>()?, after, limit).await
    }

    /// The state of the installation.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn status_view(&self, op: &OpCtx) -> Result<InstallationStatus> {
        self.store().status_view(&op.authorize_operator::<StatusView>()?).await
    }
}
