//! `up.json`: what scripts, tests and the client commands need to know about the running installation.

use std::path::{Path, PathBuf};

use insula_platform::Platform;
use serde::Serialize;
use serde_json::Value;

use super::database::Database;
use super::home::Secrets;
use crate::client::answers::{Operation, Tenant};
use crate::client::profile::Profile;
use crate::client::{Api, read};
use crate::config::Effective;
use crate::failure::Failure;

/// The whole file.
#[derive(Debug, Serialize)]
pub(super) struct UpJson {
    pub(super) console_url: String,
    pub(super) api_url: String,
    pub(super) base_domain: String,
    pub(super) port: u16,
    pub(super) operator: Person,
    pub(super) tenants: Vec<UpTenant>,
    pub(super) pids: Pids,
    /// The superuser's way into the databases, by loopback.
    pub(super) database_url: String,
    pub(super) version: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Person {
    pub(super) email: String,
    /// Absent when it was typed: then only the person knows it.
    pub(super) password: Option<String>,
    pub(super) token: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct UpTenant {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) tier: String,
    pub(super) url: String,
    pub(super) owner: Owner,
    pub(super) api_key: Option<String>,
    /// How long its provisioning took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provisioned_ms: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Owner {
    pub(super) email: String,
    pub(super) password: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Pids {
    pub(super) insula: u32,
    /// Absent where the operator runs PostgreSQL.
    pub(super) postgres: Option<i32>,
}

/// Gathers it.
pub(super) async fn collect(
    effective: &Effective,
    api: &Api,
    platform: &Platform,
    secrets: &Secrets,
    database: &Database,
    port: u16,
) -> Result<UpJson, Failure> {
    let console_url = platform.settings().console_url();
    let mut tenants = Vec::new();
    for owner in &secrets.tenants {
        // One that was deleted meanwhile is not ours to speak of.
        let Ok(reply) = api.get(&format!("/tenants/{}", owner.slug), &[]).await else { continue };
        let tenant: Tenant = reply.read()?;
        tenants.push(UpTenant {
            provisioned_ms: provisioned(api, &tenant.id).await,
            id: tenant.id,
            slug: tenant.slug,
            name: tenant.name,
            tier: tenant.placement.tier,
            url: tenant.url,
            owner: Owner { email: owner.email.clone(), password: owner.password.clone() },
            api_key: owner.api_key.clone(),
        });
    }
    let operator = secrets.operator.clone();
    Ok(UpJson {
        api_url: format!("{console_url}/api/v1"),
        console_url,
        base_domain: effective.config.server.base_domain.clone(),
        port,
        operator: Person {
            email: operator.as_ref().map(|o| o.email.clone()).unwrap_or_default(),
            password: operator.as_ref().and_then(|o| o.password.clone()),
            token: operator.and_then(|o| o.token),
        },
        tenants,
        pids: Pids { insula: std::process::id(), postgres: database.pid() },
        database_url: database.url(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

async fn provisioned(api: &Api, tenant: &str) -> Option<u64> {
    let query =
        [("kind", "tenant.provision".to_owned()), ("tenant", tenant.to_owned()), ("limit", "1".to_owned())];
    let reply = api.get("/operations", &query).await.ok()?;
    let first = reply.body.get("items").and_then(Value::as_array)?.first()?;
    read::<Operation>(first).ok()?.ms
}

/// Leaves a profile, so that client commands of this user find us from everywhere; except where another installation that
/// still runs has left one.
pub(super) fn leave_profile(up: &UpJson, dir: &Path) {
    let ours = Profile {
        url: up.console_url.clone(),
        token: up.operator.token.clone(),
        data: Some(PathBuf::from(dir)),
    };
    if let Err(error) = ours.leave() {
        tracing::warn!(%error, "the profile for client commands could not be written");
    }
}
