//! `insula embed …`: dashboards in other products' pages, from a terminal.

mod filter;
mod key;
mod origin;
mod revoke;
mod token;
mod usage;

use clap::{Args, Subcommand};
use insula_model::Scope;

use super::Context;
use crate::access::{self, Access};
use crate::failure::{Exit, Failure};

#[derive(Debug, Subcommand)]
pub(crate) enum Embed {
    /// Make a token that shows one dashboard, or one widget of it, for a few minutes
    Token(token::Token),
    /// End tokens before they end by themselves
    Revoke(revoke::Revoke),
    /// The pages that may frame a tenant's dashboards
    #[command(subcommand)]
    Origins(origin::Origins),
    /// The keys that tokens are signed with
    #[command(subcommand)]
    Keys(key::Keys),
    /// How much a tenant's embedded dashboards are looked at
    Usage(usage::Usage),
}

/// Whose dashboards, and by what right.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// Slug or id; with --key the workspace's address, such as https://acme.example
    tenant: String,
    /// An API key of the tenant: embeds:mint for tokens, revocations and usage, settings:write for origins and keys,
    /// dashboards:read to call dashboards by their names; better given as INSULA_KEY
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Without a key: why you do it, 8 characters or more; the tenant's audit log has it
    #[arg(long, default_value = "insula embed: dashboards in other pages")]
    reason: String,
}

impl Whose {
    async fn open(&self, cx: &Context, scopes: &[Scope]) -> Result<Access, Failure> {
        access::open(cx, &self.tenant, self.key.as_deref(), &self.reason, ("insula embed", scopes)).await
    }
}

impl Embed {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Token(args) => args.run(cx).await,
            Self::Revoke(args) => args.run(cx).await,
            Self::Origins(command) => command.run(cx).await,
            Self::Keys(command) => command.run(cx).await,
            Self::Usage(args) => args.run(cx).await,
        }
    }
}
