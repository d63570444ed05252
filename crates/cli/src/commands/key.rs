//! `insula key …`

use clap::{Args, Subcommand};
use insula_model::Scope;
use serde_json::{Value, json};

use super::{Context, segment};
use crate::client::Profile;
use crate::failure::{Exit, Failure};
use crate::terminal::table::facts;

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make an API key for a tenant; its secret is shown this once
    Create(Create),
    /// Print the API key of a demo tenant of the `insula up` that runs here
    Demo(Demo),
    /// Print the operator's token that the client commands use, for curl
    Operator,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  insula key create acme --scope events:write --reason 'loading the history of 2013'")]
pub(crate) struct Create {
    /// Slug or id
    tenant: String,
    /// What it may do; several times, or with commas
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', value_parser = scope)]
    scopes: Vec<Scope>,
    /// What it is for
    #[arg(long, default_value = "made with insula key create")]
    name: String,
    /// Why you make a key for somebody else: 8 characters or more; the tenant's audit log has it
    #[arg(long)]
    reason: String,
    /// Until when it can be used (RFC 3339); for ever if absent
    #[arg(long, value_name = "TIME")]
    expires_at: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// acme, globex or initech
    slug: String,
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse().map_err(|e: insula_model::Error| e.detail().to_owned())
}

impl Key {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::Demo(args) => args.run(cx),
            Self::Operator => operator(cx),
        }
    }
}

fn operator(cx: &Context) -> Result<Exit, Failure> {
    let profile = Profile::find(&cx.configuration(Vec::new())?)?;
    let Some(token) = profile.token else {
        let detail = format!("No token for {} is known here.", profile.url);
        return Err(Failure::usage(detail).hint("Name one with INSULA_TOKEN."));
    };
    cx.out.result(&json!({ "url": profile.url, "token": token }), |_| token.clone());
    Ok(Exit::Done)
}

impl Create {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let mut body = json!({ "name": self.name, "scopes": self.scopes, "reason": self.reason });
        if let Some(end) = self.expires_at {
            body["expires_at"] = Value::from(end.to_string());
        }
        let made = cx.api()?.post(&format!("/tenants/{}/api-keys", segment(&self.tenant)), &body).await?;
        cx.out.result(&made, |style| {
            let secret = made.get("secret").and_then(Value::as_str).unwrap_or("(shown when it was made)");
            let scopes: Vec<&str> = self.scopes.iter().map(|s| s.as_str()).collect();
            let note = "keep it now: only its hash is stored";
            facts(
                style,
                &[("key", style.bold(secret)), ("may", scopes.join(", ")), ("note", style.dim(note))],
            )
        });
        Ok(Exit::Done)
    }
}

impl Demo {
    fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let up = Profile::up()?;
        let tenants = up.get("tenants").and_then(Value::as_array).cloned().unwrap_or_default();
        let slug = |tenant: &Value| tenant.get("slug").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(tenant) = tenants.iter().find(|t| slug(t) == self.slug) else {
            let known: Vec<String> = tenants.iter().map(slug).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let slug = self.slug;
            return Err(Failure::usage(format!(
                "{slug:?} is no demo tenant of the running `insula up`: {known}."
            )));
        };
        let key = tenant.get("api_key").cloned().unwrap_or_default();
        cx.out.result(&json!({ "slug": self.slug, "api_key": key }), |_| {
            key.as_str().unwrap_or_default().to_owned()
        });
        Ok(Exit::Done)
    }
}
