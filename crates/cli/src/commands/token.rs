//! `insula operator token …`

use clap::{Args, Subcommand};
use insula_model::{OperatorToken, OperatorTokenCreated};
use jiff::SignedDuration;
use serde_json::json;

use super::{Context, segment};
use crate::client::read;
use crate::failure::{Exit, Failure};
use crate::terminal::table::{facts, table};

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token for a program, with your own rights; its secret is shown this once
    Create(Create),
    /// List your tokens
    List,
    /// Revoke one of your tokens
    Delete(Delete),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula operator token create 'nightly import' --days 30
  INSULA_TOKEN=$(insula operator token create laptop --json | jq -r .secret) insula --url https://console.example tenant list

A token that is about to end is renewed by making another one and revoking the old one.")]
pub(crate) struct Create {
    /// What it is for
    name: String,
    /// How long it can be used
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Its id, from the list
    id: String,
}

impl Token {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::List => list(cx).await,
            Self::Delete(args) => args.run(cx).await,
        }
    }
}

impl Create {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let ends = cx.world.now() + SignedDuration::from_hours(i64::from(self.days) * 24);
        let made = cx.api()?.post("/tokens", &json!({ "name": self.name, "expires_at": ends })).await?;
        let OperatorTokenCreated { token, secret, note } = read(&made)?;
        cx.out.result(&made, |style| {
            let secret = secret.unwrap_or_else(|| note.unwrap_or_default());
            let id = token.id.to_string();
            let note = "keep it now: only its hash is stored";
            facts(
                style,
                &[
                    ("token", style.bold(&secret)),
                    ("id", id),
                    ("until", token.expires_at.to_string()),
                    ("note", style.dim(note)),
                ],
            )
        });
        Ok(Exit::Done)
    }
}

async fn list(cx: &Context) -> Result<Exit, Failure> {
    let list = cx.api()?.all("/tokens", &[], 1000).await?;
    let tokens: Vec<OperatorToken> = list.items.iter().map(read).collect::<Result<_, _>>()?;
    cx.out.result(&list, |style| {
        let rows = tokens.iter().map(|token| {
            let used = token.last_used_at.map_or("never".to_owned(), |at| at.to_string());
            let current = if token.current { "this one" } else { "" };
            vec![
                token.id.to_string(),
                style.bold(&token.name),
                used,
                token.expires_at.to_string(),
                current.to_owned(),
            ]
        });
        table(style, &["id", "name", "last used", "until", ""], &[], rows.collect())
    });
    Ok(Exit::Done)
}

impl Delete {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let path = format!("/tokens/{}", segment(&self.id));
        cx.api()?.delete(&path).await?;
        cx.out.result(&json!({ "id": self.id, "revoked": true }), |_| format!("{} is revoked.", self.id));
        Ok(Exit::Done)
    }
}
