//! `insula embed revoke`.

use clap::Args;
use insula_model::{ApiKeyId, EmbedRevocation, EmbedRevocationInput, EmbedTokenId, Scope};

use super::Whose;
use crate::client::read;
use crate::commands::Context;
use crate::dashboards;
use crate::failure::{Exit, Failure};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula embed revoke acme --viewer user-42
  insula embed revoke acme --dashboard Overview

Everything that was made until now and matches is refused within a second; views that are open close. Tokens that are made
afterwards are not touched. Public links are no tokens: withdraw them on the page Embedding.")]
pub(crate) struct Revoke {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    what: What,
}

/// Which ones: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// One token, by its id (emb_…)
    #[arg(long, value_name = "ID")]
    id: Option<EmbedTokenId>,
    /// All of one viewer
    #[arg(long, value_name = "VIEWER")]
    viewer: Option<String>,
    /// All that one API key made, by its id (key_…)
    #[arg(long, value_name = "ID")]
    made_by: Option<ApiKeyId>,
    /// All of one dashboard, by name or id
    #[arg(long, value_name = "DASHBOARD")]
    dashboard: Option<String>,
    /// All of the tenant
    #[arg(long)]
    all: bool,
}

impl Revoke {
    pub(super) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx, &[Scope::EmbedsMint, Scope::DashboardsRead]).await?;
        let input = match self.what {
            What { id: Some(id), .. } => EmbedRevocationInput::Token(id),
            What { viewer: Some(viewer), .. } => EmbedRevocationInput::Viewer(viewer),
            What { made_by: Some(key), .. } => EmbedRevocationInput::ApiKey(key),
            What { dashboard: Some(named), .. } => {
                EmbedRevocationInput::Dashboard(dashboards::id_of(&access.api, Some(&named)).await?)
            }
            What { all, .. } => EmbedRevocationInput::All(all),
        };
        let done: EmbedRevocation = read(&access.api.post("/embed-revocations", &input).await?)?;
        cx.out.result(&done, |_| {
            format!("What matches and was made until {} is refused within a second.", done.minted_until)
        });
        Ok(Exit::Done)
    }
}
