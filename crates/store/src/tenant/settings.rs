//! A tenant's settings: one row, and the versions of its pictures.
//!
//! What must always hold: the version rises with every change, pictures included, so that whoever compares
//! versions sees it. Tested in `platform/tests/it/settings.rs`.

use insula_model::policy::action::{SettingsUpdate, TenantSeed};
use insula_model::{Branding, Error, Mode, Result, SettingsPatch, TenantSettings, WeekStart, Write};
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::{expect_version, json_of};
use crate::{Permit, TenantTx};

/// The settings of a transaction's tenant.
pub struct Settings<'t, 'op, M: Mode>(&'t mut TenantTx<'op, M>);

impl<'op, M: Mode> TenantTx<'op, M> {
    /// The settings.
    pub fn settings(&mut self) -> Settings<'_, 'op, M> {
        Settings(self)
    }
}

/// Columns 0 to 5, and the versions of the pictures in 6 and 7.
fn settings(row: &Row) -> Result<TenantSettings> {
    let mut branding: Branding = json_of(row, 4)?;
    let url = |kind: &str, version: Option<i64>| version.map(|v| format!("/brand/{kind}?v={v}"));
    branding.logo_url = url("logo", row.get(6));
    branding.favicon_url = url("favicon", row.get(7));
    Ok(TenantSettings {
        name: row.get(0),
        time_zone: row.get(1),
        locale: row.get(2),
        week_start: week_start(row.get(3))?,
        branding,
        version: row.get(5),
    })
}

pub(super) fn week_start(text: &str) -> Result<WeekStart> {
    WeekStart::parse(text).ok_or_else(|| Error::internal(format!("stored week start {text:?}")))
}

/// The looks without the addresses of the pictures, which have a table of their own.
fn bare(branding: &Branding) -> Json<Branding> {
    Json(Branding { logo_url: None, favicon_url: None, ..branding.clone() })
}

impl<M: Mode> Settings<'_, '_, M> {
    /// The settings.
    ///
    /// # Errors
    /// `tenant.not_ready` before the tenant has any.
    pub async fn view(&mut self) -> Result<TenantSettings> {
        let row = self
            .0
            .row(
                "SELECT name, time_zone, locale, week_start, branding, version, \
                        (SELECT version FROM brand_images WHERE kind = 'logo'), \
                        (SELECT version FROM brand_images WHERE kind = 'favicon') FROM settings",
                &[],
            )
            .await?;
        row.as_ref().map(settings).transpose()?.ok_or_else(super::unseeded)
    }
}

impl Settings<'_, '_, Write> {
    /// Puts in what a new tenant begins with; leaves what is there.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn create(&mut self, _: &Permit<'_, TenantSeed>, new: &TenantSettings) -> Result<()> {
        self.0
            .execute(
                "INSERT INTO settings (tenant_id, name, time_zone, locale, week_start, branding) \
                 VALUES (wall.tenant(), $1, $2, $3, $4, $5) ON CONFLICT (tenant_id) DO NOTHING",
                &[&new.name, &new.time_zone, &new.locale, &new.week_start.as_str(), &bare(&new.branding)],
            )
            .await?;
        Ok(())
    }

    /// Changes them.
    ///
    /// # Errors
    /// `version.required`, `version.stale`; `input.invalid` with a pointer for everything that is wrong.
    pub async fn update(
        &mut self,
        permit: &Permit<'_, SettingsUpdate>,
        expected: Option<i64>,
        patch: &SettingsPatch,
    ) -> Result<TenantSettings> {
        self.0.hold_catalogue().await?;
        let mut next = self.view().await?;
        expect_version(expected, next.version)?;
        patch.apply(&mut next)?;
        next.version += 1;
        self.0
            .execute(
                "UPDATE settings SET name = $1, time_zone = $2, locale = $3, week_start = $4, branding = $5, \
                        version = $6, updated_at = clock_timestamp()",
                &[
                    &next.name,
                    &next.time_zone,
                    &next.locale,
                    &next.week_start.as_str(),
                    &bare(&next.branding),
                    &next.version,
                ],
            )
            .await?;
        self.0.used(permit, "settings", &json!({ "changed": patch.named(), "version": next.version }))?;
        Ok(next)
    }

    /// Raises the version, if it is the expected one or none is expected. For changes of what belongs to it.
    pub(super) async fn touch(&mut self, expected: Option<i64>) -> Result<i64> {
        let row = self
            .0
            .row(
                "UPDATE settings SET version = version + 1, updated_at = clock_timestamp() RETURNING version",
                &[],
            )
            .await?;
        let version: i64 = row.map(|r| r.get(0)).ok_or_else(super::unseeded)?;
        if expected.is_some() {
            expect_version(expected, version - 1)?;
        }
        Ok(version)
    }
}
