//! Into a tenant: with a key of its own at its address, or as an operator who makes one and says why.

use insula_model::Scope;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::client::answers::Tenant;
use crate::client::{Api, read};
use crate::commands::{Context, segment};
use crate::config::env;
use crate::failure::Failure;

/// How long a key lasts that an operator makes for one command.
const KEY_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// A tenant's API.
pub(crate) struct Access {
    pub(crate) api: Api,
}

/// Opens a tenant's API. `name` is what a key is called that is made for this, `scopes` what it may do.
pub(crate) async fn open(
    cx: &Context,
    tenant: &str,
    key: Option<&str>,
    reason: &str,
    (name, scopes): (&str, &[Scope]),
) -> Result<Access, Failure> {
    if let Some(key) = key.map(str::to_owned).or_else(|| env::var("INSULA_KEY")) {
        if !tenant.starts_with("http://") && !tenant.starts_with("https://") {
            let detail = format!("With a key, name the workspace by its address: https://…, not {tenant:?}.");
            return Err(Failure::usage(detail));
        }
        return Ok(Access { api: Api::new(tenant, Some(key), cx.world.clone())? });
    }
    let console = cx.api()?;
    let tenant: Tenant = console.get(&format!("/tenants/{}", segment(tenant)), &[]).await?.read()?;
    let body = json!({ "name": name, "scopes": scopes, "reason": reason,
                       "expires_at": cx.world.now() + KEY_LASTS });
    let made = console.post(&format!("/tenants/{}/api-keys", tenant.id), &body).await?;
    let secret: String = read(made.get("secret").unwrap_or(&Value::Null))?;
    Ok(Access { api: console.at(&tenant.url, &secret) })
}
