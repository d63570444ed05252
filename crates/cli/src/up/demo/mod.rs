//! The demo: three tenants in three tiers, each with its own looks, an owner, an API key, sample metrics and the flights of
//! one carrier. Made over the API, as anybody would.
//!
//! What must always hold: a second start finds everything and changes nothing (what somebody took away stays away); one
//! that was interrupted is finished.

mod flights;

use futures_util::future::try_join_all;
use insula_model::{Scope, problem};
use serde_json::{Value, json};

use super::home::{Home, Owner, Secrets};
use super::{local, remember, words};
use crate::client::answers::{Operation, Tenant};
use crate::client::{Api, read};
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::phase::Phase;

/// One demo tenant.
pub(super) struct Demo {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    tier: &'static str,
    accent: &'static str,
    accent_dark: &'static str,
    radius: u8,
    logo: &'static [u8],
    pub(super) carrier: &'static str,
    pub(super) flights: &'static str,
}

const DEMOS: [Demo; 3] = [
    Demo {
        slug: "acme",
        name: "Acme Air",
        tier: "pooled",
        accent: "#0f766e",
        accent_dark: "#2dd4bf",
        radius: 10,
        logo: include_bytes!("../../../demo/logo-acme.png"),
        carrier: "UA",
        flights: include_str!("../../../demo/flights-ua.csv"),
    },
    Demo {
        slug: "globex",
        name: "Globex",
        tier: "schema",
        accent: "#7c3aed",
        accent_dark: "#a78bfa",
        radius: 4,
        logo: include_bytes!("../../../demo/logo-globex.png"),
        carrier: "DL",
        flights: include_str!("../../../demo/flights-dl.csv"),
    },
    Demo {
        slug: "initech",
        name: "Initech",
        tier: "database",
        accent: "#c2410c",
        accent_dark: "#fb923c",
        radius: 0,
        logo: include_bytes!("../../../demo/logo-initech.png"),
        carrier: "B6",
        flights: include_str!("../../../demo/flights-b6.csv"),
    },
];

/// How a demo tenant came to be there.
enum Came {
    Made(u64),
    Found,
    /// Suspended or deleted by somebody: left alone.
    Closed(String),
}

/// Makes sure that the demo tenants are there.
pub(super) async fn prepare(
    cx: &Context,
    api: &Api,
    home: &Home,
    secrets: &mut Secrets,
) -> Result<(), Failure> {
    let phase = Phase::begin(cx.out, "three demo tenants");
    phase.doing("looking");
    for demo in &DEMOS {
        let owner = secrets.owner(demo.slug);
        if owner.password.is_none() {
            owner.email = format!("owner@{}.test", demo.slug);
            owner.password = Some(words::password(&cx.world, 2));
        }
    }
    // Before they are used: a start that is interrupted here must know them the next time.
    remember(home, secrets)?;
    let owners: Vec<Owner> = DEMOS.iter().map(|demo| secrets.owner(demo.slug).clone()).collect();
    phase.doing("provisioning");
    // One after the other: the figures are of each alone.
    let mut came = Vec::new();
    for (demo, owner) in DEMOS.iter().zip(&owners) {
        came.push(tenant(api, demo, owner).await?);
    }
    phase.doing("branding, metrics, flights");
    let filled = DEMOS.iter().zip(owners).zip(&came).map(|((demo, owner), came)| async move {
        match came {
            Came::Closed(_) => Ok(owner),
            Came::Made(_) => fill(cx, api, demo, Owner { complete: false, api_key: None, ..owner }).await,
            Came::Found if owner.complete => Ok(owner),
            Came::Found => fill(cx, api, demo, owner).await,
        }
    });
    let filled = try_join_all(filled).await?;
    for owner in filled {
        let slug = owner.slug.clone();
        *secrets.owner(&slug) = owner;
    }
    remember(home, secrets)?;
    phase.done(&said(&came));
    Ok(())
}

fn said(came: &[Came]) -> String {
    let parts: Vec<String> = DEMOS
        .iter()
        .zip(came)
        .map(|(demo, came)| match came {
            Came::Made(ms) => format!("{} {ms} ms", demo.tier),
            Came::Found => format!("{} found", demo.slug),
            Came::Closed(status) => format!("{} is {status}", demo.slug),
        })
        .collect();
    parts.join(" · ")
}

/// Provisions a demo tenant unless it is there.
async fn tenant(api: &Api, demo: &Demo, owner: &Owner) -> Result<Came, Failure> {
    let there: Option<Tenant> = match api.get(&format!("/tenants/{}", demo.slug), &[]).await {
        Ok(reply) => Some(reply.read()?),
        Err(failure) if failure.is(problem::NOT_FOUND) => None,
        Err(failure) => return Err(failure),
    };
    let (operation, made): (Option<Operation>, bool) = match there {
        Some(tenant) if tenant.status == "active" => return Ok(Came::Found),
        Some(tenant) if tenant.status != "provisioning" => return Ok(Came::Closed(tenant.status)),
        Some(tenant) => (tenant.operation, false),
        None => {
            let body = json!({
                "slug": demo.slug, "name": demo.name, "tier": demo.tier, "sample_data": true,
                "owner": { "email": owner.email, "password": owner.password },
            });
            match api.post("/tenants", &body).await {
                Ok(made) => (Some(read(made.get("operation").unwrap_or(&Value::Null))?), true),
                // Deleted for good not long ago: the name is kept, and the demo goes without.
                Err(failure) if failure.is(problem::TENANT_SLUG_TAKEN) => {
                    return Ok(Came::Closed("gone".to_owned()));
                }
                Err(failure) => return Err(failure),
            }
        }
    };
    let Some(operation) = operation else { return Ok(Came::Found) };
    let (operation, _) = api.follow(&operation.id, |_| {}).await?;
    if operation.status != "succeeded" {
        let why = operation.error.map(|e| e.detail).unwrap_or_default();
        let title = "A demo tenant could not be made";
        return Err(Failure::new(Exit::Failed, "operation.failed", title, format!("{}: {why}", demo.slug)));
    }
    Ok(if made { Came::Made(operation.ms.unwrap_or_default()) } else { Came::Found })
}

/// Puts in what the demo shows: key, looks, flights, a dashboard of them.
async fn fill(cx: &Context, console: &Api, demo: &Demo, mut owner: Owner) -> Result<Owner, Failure> {
    let base = local::tenant(console, demo.slug);
    let known = match &owner.api_key {
        Some(key) => console.at(&base, key).get("/settings", &[]).await.is_ok(),
        None => false,
    };
    if !known {
        let body = json!({ "name": "demo", "scopes": Scope::ALL, "reason": "a key to try the API of the demo with" });
        let made = console.post(&format!("/tenants/{}/api-keys", demo.slug), &body).await?;
        owner.api_key = Some(read(made.get("secret").unwrap_or(&Value::Null))?);
    }
    let api = console.at(&base, owner.api_key.as_deref().unwrap_or_default());
    looks(&api, demo).await?;
    flights::load(cx, &api, demo).await?;
    owner.complete = true;
    Ok(owner)
}

async fn looks(api: &Api, demo: &Demo) -> Result<(), Failure> {
    let settings = api.get("/settings", &[]).await?;
    let branding = json!({ "accent": demo.accent, "accent_dark": demo.accent_dark, "radius": demo.radius });
    let patch = json!({ "name": demo.name, "branding": branding });
    let version = settings.version.as_deref();
    api.change(reqwest::Method::PATCH, "/settings", version, &patch).await?;
    api.put_bytes("/settings/logo", "image/png", demo.logo).await
}
