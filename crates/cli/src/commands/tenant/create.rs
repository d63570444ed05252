//! `insula tenant create`

use clap::Args;
use insula_model::{Plan, Tier};
use serde_json::{Map, Value, json};

use super::{plan, tier};
use crate::client::answers::{Operation, Tenant};
use crate::client::read;
use crate::commands::Context;
use crate::commands::operation::{ended, watch};
use crate::config::env;
use crate::failure::{Exit, Failure};
use crate::terminal::table::facts;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula tenant create umbrella --owner owner@umbrella.test
  insula tenant create umbrella --name 'Umbrella Corp' --tier database --owner owner@umbrella.test
  insula tenant create umbrella --owner owner@umbrella.test --json | jq -r .tenant.url")]
pub(crate) struct Create {
    /// The name in addresses: 3 to 40 of a-z, 0-9 and single hyphens
    slug: String,
    /// The name for people [default: the slug]
    #[arg(long)]
    name: Option<String>,
    /// How its data is walled: pooled, schema or database [default: the plan's]
    #[arg(long, value_parser = tier)]
    tier: Option<Tier>,
    /// free, growth or enterprise
    #[arg(long, value_parser = plan)]
    plan: Option<Plan>,
    /// Where its data is to be; see `insula cell list`
    #[arg(long)]
    cell: Option<String>,
    /// The owner's e-mail
    #[arg(long, value_name = "EMAIL")]
    owner: String,
    /// The owner's name
    #[arg(long, value_name = "NAME")]
    owner_name: Option<String>,
    /// The owner's password; without one the owner is invited by mail. `-` reads INSULA_OWNER_PASSWORD
    #[arg(long, value_name = "PASSWORD", allow_hyphen_values = true)]
    owner_password: Option<String>,
    /// Begin without sample metrics
    #[arg(long)]
    no_sample: bool,
    /// Begin with sample metrics (as without this flag)
    #[arg(long, conflicts_with = "no_sample")]
    sample: bool,
    /// Do not wait until it is there
    #[arg(long)]
    no_wait: bool,
}

impl Create {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let password = match self.owner_password.as_deref() {
            Some("-") => Some(env::var("INSULA_OWNER_PASSWORD").ok_or_else(|| {
                Failure::usage("--owner-password - reads INSULA_OWNER_PASSWORD, which is not set.")
            })?),
            other => other.map(str::to_owned),
        };
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), Value::from(value));
            }
        };
        put("slug", Some(self.slug.clone()));
        put("name", Some(self.name.clone().unwrap_or_else(|| self.slug.clone())));
        put("tier", self.tier.map(|t| t.to_string()));
        put("plan", self.plan.map(|p| p.to_string()));
        put("cell", self.cell.clone());
        let mut owner = json!({ "email": self.owner });
        for (key, value) in [("name", &self.owner_name), ("password", &password)] {
            if let Some(value) = value {
                owner[key] = Value::from(value.as_str());
            }
        }
        body.insert("owner".to_owned(), owner);
        body.insert("sample_data".to_owned(), Value::from(!self.no_sample));

        let made = api.post("/tenants", &body).await?;
        let tenant: Tenant = read(made.get("tenant").unwrap_or(&Value::Null))?;
        let operation: Operation = read(made.get("operation").unwrap_or(&Value::Null))?;
        if self.no_wait {
            cx.out.result(&made, |style| {
                format!(
                    "{} is being made: {}\n{}",
                    tenant.slug,
                    operation.id,
                    style.dim(&format!("insula operation watch {}", operation.id))
                )
            });
            return Ok(Exit::Done);
        }
        let (operation, raw) = watch(cx, &api, &operation.id).await?;
        if operation.status != "succeeded" {
            return ended(cx, &operation, &raw);
        }
        let now = api.get(&format!("/tenants/{}", tenant.id), &[]).await?;
        let tenant: Tenant = now.read()?;
        cx.out.result(&json!({ "tenant": now.body, "operation": raw }), |style| {
            let owner = match &self.owner_password {
                Some(_) => self.owner.clone(),
                None => format!("{} {}", self.owner, style.dim("(invited; see insula mail list)")),
            };
            let took = operation.ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
            facts(
                style,
                &[
                    ("home", style.bold(&tenant.url)),
                    ("owner", owner),
                    ("tier", format!("{} in cell {}", tenant.placement.tier, tenant.placement.cell)),
                    ("id", tenant.id.clone()),
                    ("took", took),
                ],
            )
        });
        Ok(Exit::Done)
    }
}
