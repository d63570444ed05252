//! The tenants of an import: found, made where they are missing, and a key for each.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use insula_model::{Slug, problem};
use serde_json::{Value, json};

use super::slug::Slugs;
use super::state::{Access, Owner, State};
use crate::client::answers::{Operation, Tenant};
use crate::client::{Api, read};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::phase::Phase;
use crate::up::words;

/// Tenants that are looked at or made at once.
const AT_ONCE: usize = 4;
/// What a key of an import may do.
const SCOPES: [&str; 5] = ["events:write", "data:read", "data:write", "dashboards:read", "dashboards:write"];

/// How missing tenants are made.
#[derive(Debug, Clone)]
pub(crate) struct Making {
    pub(crate) tier: Option<String>,
    pub(crate) plan: Option<String>,
    pub(crate) sample: bool,
    /// That of the file: the days of its data are days there.
    pub(crate) time_zone: String,
}

/// A tenant that rows go to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) slug: Slug,
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) owner: Option<Owner>,
    pub(crate) made: bool,
}

/// Makes sure that every tenant is there and can be written to. By what stands in the tenant's column.
pub(crate) async fn prepare(
    cx: &Context,
    api: &Api,
    slugs: &Slugs,
    making: Option<&Making>,
    state: &mut State,
    why: &str,
) -> Result<BTreeMap<String, Target>, Failure> {
    let phase = Phase::begin(cx.out, "tenants");
    let known: Vec<(&Slug, Option<Tenant>)> = stream::iter(slugs.values())
        .map(|slug| async move { Ok::<_, Failure>((slug, look(api, slug).await?)) })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let missing: Vec<&Slug> = known.iter().filter(|(_, t)| t.is_none()).map(|(slug, _)| *slug).collect();
    let closed = known
        .iter()
        .filter_map(|(_, t)| t.as_ref())
        .find(|t| !matches!(t.status.as_str(), "active" | "provisioning"));
    if let Some(tenant) = closed {
        let what = format!(
            "The tenant {} is {}; events are not taken. Nothing was sent.",
            tenant.slug, tenant.status
        );
        return Err(Failure::new(
            Exit::Failed,
            problem::TENANT_STATUS.code,
            problem::TENANT_STATUS.title,
            what,
        ));
    }
    if !missing.is_empty() && making.is_none() {
        let names: Vec<&str> = missing.iter().take(10).map(|s| s.as_str()).collect();
        let more = if missing.len() > 10 { ", …" } else { "" };
        return Err(Failure::usage(format!(
            "{} of {} tenants are not there: {}{more}. Nothing was sent. Say --create-tenants to make them.",
            missing.len(),
            known.len(),
            names.join(", ")
        )));
    }
    // Passwords are written down before they are used.
    for slug in &missing {
        let access = state.tenants.entry(slug.to_string()).or_default();
        let email = format!("owner@{slug}.test");
        access.owner.get_or_insert_with(|| Owner { email, password: words::password(&cx.world, 3) });
        access.key = None;
    }
    let total = known.len();
    let mut done = 0;
    let access: BTreeMap<String, Access> = state.tenants.clone();
    let mut working = stream::iter(known)
        .map(|(slug, tenant)| {
            let access = access.get(slug.as_str()).cloned().unwrap_or_default();
            async move { target(api, slug, tenant, making, &access, why).await }
        })
        .buffer_unordered(AT_ONCE);
    let mut targets = BTreeMap::new();
    while let Some(target) = working.next().await {
        let target = target?;
        done += 1;
        phase.doing(format!("{done} of {total}: {}", target.slug));
        let access = state.tenants.entry(target.slug.to_string()).or_default();
        access.key = Some(target.key.clone());
        targets.insert(target.slug.to_string(), target);
    }
    drop(working);
    let made = targets.values().filter(|t| t.made).count();
    phase.done(&format!("{made} made, {} there already, in {}", total - made, phase.took()));
    Ok(slugs
        .iter()
        .filter_map(|(value, slug)| Some((value.clone(), targets.get(slug.as_str())?.clone())))
        .collect())
}

async fn look(api: &Api, slug: &Slug) -> Result<Option<Tenant>, Failure> {
    match api.get(&format!("/tenants/{slug}"), &[]).await {
        Ok(reply) => reply.read().map(Some),
        Err(failure) if failure.is(problem::NOT_FOUND) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn target(
    api: &Api,
    slug: &Slug,
    tenant: Option<Tenant>,
    making: Option<&Making>,
    access: &Access,
    why: &str,
) -> Result<Target, Failure> {
    let made = tenant.is_none();
    let tenant = match (tenant, making) {
        (Some(tenant), _) => {
            if let Some(operation) = tenant.operation.as_ref().filter(|_| tenant.status == "provisioning") {
                succeeded(api, &operation.id).await?;
            }
            tenant
        }
        (None, Some(making)) => make(api, slug, making, access).await?,
        (None, None) => return Err(Failure::usage(format!("The tenant {slug} is not there."))),
    };
    let key = match &access.key {
        Some(key) if works(api, &tenant.url, key).await => key.clone(),
        _ => {
            let body = json!({ "name": "insula import", "scopes": SCOPES, "reason": why });
            let key = api.post(&format!("/tenants/{}/api-keys", tenant.id), &body).await?;
            read(key.get("secret").unwrap_or(&Value::Null))?
        }
    };
    Ok(Target { slug: slug.clone(), url: tenant.url, key, owner: access.owner.clone(), made })
}

async fn works(api: &Api, url: &str, key: &str) -> bool {
    api.at(url, key).get("/datasets", &[("limit", "1".to_owned())]).await.is_ok()
}

async fn make(api: &Api, slug: &Slug, making: &Making, access: &Access) -> Result<Tenant, Failure> {
    let owner = access.owner.as_ref().map(|o| json!({ "email": o.email, "password": o.password }));
    let mut body = json!({ "slug": slug, "name": slug, "owner": owner, "sample_data": making.sample,
                         "time_zone": making.time_zone });
    for (name, value) in [("tier", &making.tier), ("plan", &making.plan)] {
        if let Some(value) = value {
            body[name] = Value::from(value.as_str());
        }
    }
    let made = api.post("/tenants", &body).await?;
    let operation: Operation = read(made.get("operation").unwrap_or(&Value::Null))?;
    succeeded(api, &operation.id).await?;
    read(made.get("tenant").unwrap_or(&Value::Null))
}

async fn succeeded(api: &Api, id: &str) -> Result<(), Failure> {
    let (operation, _) = api.follow(id, |_| {}).await?;
    if operation.status == "succeeded" {
        return Ok(());
    }
    let why = operation.error.as_ref().map(|e| e.detail.clone()).unwrap_or_default();
    Err(Failure::new(
        Exit::Failed,
        "operation.failed",
        "A tenant could not be made",
        format!("{}: {} {why}", operation.slug(), operation.status),
    ))
}
