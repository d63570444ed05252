//! `insula embed origins …`

use clap::{Args, Subcommand};
use insula_model::{Embedding, EmbeddingInput, Scope, problem};
use reqwest::Method;

use super::Whose;
use crate::client::{Api, read};
use crate::commands::Context;
use crate::failure::{Exit, Failure};

/// How often the list is read again when somebody else changes it at the same moment.
const TRIES: usize = 5;

#[derive(Debug, Subcommand)]
pub(crate) enum Origins {
    /// List the origins
    List(List),
    /// Let pages of more origins frame dashboards
    Add(Change),
    /// Let pages of these origins frame them no more
    Remove(Change),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula embed origins add acme https://app.example http://app.localhost:3000
  insula embed origins remove acme http://app.localhost:3000

An origin is scheme, host and port and nothing else; http only for this machine. What others add or remove at the same
moment stays as they want it.")]
pub(crate) struct Change {
    #[command(flatten)]
    whose: Whose,
    /// Exact origins, such as https://app.example
    #[arg(required = true, value_name = "ORIGIN")]
    origins: Vec<String>,
}

impl Origins {
    pub(super) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let scopes = [Scope::SettingsWrite];
        let list = match self {
            Self::List(List { whose }) => {
                whose.open(cx, &scopes).await?.api.get("/embedding", &[]).await?.read()?
            }
            Self::Add(Change { whose, origins }) => {
                let api = whose.open(cx, &scopes).await?.api;
                change(&api, |list| {
                    let more = origins.iter().filter(|o| !list.contains(o)).cloned().collect::<Vec<_>>();
                    [list, more].concat()
                })
                .await?
            }
            Self::Remove(Change { whose, origins }) => {
                let api = whose.open(cx, &scopes).await?.api;
                change(&api, |list| list.into_iter().filter(|o| !origins.contains(o)).collect()).await?
            }
        };
        cx.out.result(&list, |style| match list.origins.as_slice() {
            [] => style.dim("No page may frame this tenant's dashboards."),
            origins => origins.join("\n"),
        });
        Ok(Exit::Done)
    }
}

/// Changes the list as it is, whoever else does the same.
async fn change(api: &Api, next: impl Fn(Vec<String>) -> Vec<String>) -> Result<Embedding, Failure> {
    let mut tries = 0;
    loop {
        let reply = api.get("/embedding", &[]).await?;
        let there: Embedding = reply.read()?;
        let origins = next(there.origins.clone());
        if origins == there.origins {
            return Ok(there);
        }
        let body = EmbeddingInput { origins };
        match api.change(Method::PUT, "/embedding", reply.version.as_deref(), &body).await {
            Err(failure) if failure.is(problem::STALE) && tries < TRIES => tries += 1,
            sent => return read(&sent?),
        }
    }
}
