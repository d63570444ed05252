//! `insula embed keys …`

use clap::{Args, Subcommand};
use insula_model::{EmbedKey, EmbedKeyId, Scope};
use serde_json::json;

use super::Whose;
use crate::client::read;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// List the keys that tokens are signed with
    List(List),
    /// Sign with a new key from now on; tokens of the one before count until they end
    Rotate(List),
    /// End a key at once, and all tokens that were signed with it
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    whose: Whose,
    /// The key (emk_…)
    id: EmbedKeyId,
}

impl Keys {
    pub(super) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let scopes = [Scope::SettingsWrite];
        let keys: Vec<EmbedKey> = match self {
            Self::List(List { whose }) => {
                let api = whose.open(cx, &scopes).await?.api;
                api.all("/embed-keys", &[], 1000).await?.items.iter().map(read).collect::<Result<_, _>>()?
            }
            Self::Rotate(List { whose }) => {
                let api = whose.open(cx, &scopes).await?.api;
                vec![read(&api.post("/embed-keys", &json!({})).await?)?]
            }
            Self::Delete(Delete { whose, id }) => {
                whose.open(cx, &scopes).await?.api.delete(&format!("/embed-keys/{id}")).await?;
                cx.out.result(&json!({ "id": id, "deleted": true }), |_| {
                    format!("{id} is gone, and its tokens with it.")
                });
                return Ok(Exit::Done);
            }
        };
        cx.out.result(&json!({ "items": keys }), |style| {
            let rows = keys.iter().map(|key| {
                let until = key.verifies_until.map(|at| format!("verifies until {at}"));
                let does = if key.signing { "signs".to_owned() } else { until.unwrap_or_default() };
                vec![style.bold(&key.id.to_string()), key.created_at.to_string(), does]
            });
            table(style, &["id", "made", ""], &[], rows.collect())
        });
        Ok(Exit::Done)
    }
}
