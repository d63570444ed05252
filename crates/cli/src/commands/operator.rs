//! `insula operator …`

use std::time::Duration;

use clap::{Args, Subcommand};
use insula_model::OperatorRole;
use serde_json::json;

use super::Context;
use super::node::{Where, control};
use super::token::Token;
use crate::args::given;
use crate::config::env;
use crate::failure::{Exit, Failure};
use crate::node::Node;
use crate::terminal::ask;
use crate::up::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
    /// Make an operator, or give one a new password; for whoever holds the installation's control.json
    Reset(Reset),
    /// Your own tokens for programs: create, list, delete
    #[command(subcommand)]
    Token(Token),
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// The operator's e-mail
    email: String,
    /// The name, where the operator is new
    #[arg(long, default_value = "Operator")]
    name: String,
    /// Where the operator is new: may look, and help with a reason, but not change anything
    #[arg(long)]
    support: bool,
    #[command(flatten)]
    place: Where,
}

impl Operator {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Reset(args) => args.run(cx).await,
            Self::Token(token) => token.run(cx).await,
        }
    }
}

impl Reset {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let args = self;
        let effective = cx.configuration(given([("data.dir", "--data", args.place.flag())]))?;
        let spec = control(&effective)?;
        let typed = match env::var("INSULA_OPERATOR_PASSWORD") {
            Some(password) => Some(password),
            None if ask::somebody() => ask::secret(&cx.out, "The new password (empty: one is made)")?,
            None => None,
        };
        let made = typed.is_none();
        let password = typed.unwrap_or_else(|| words::password(&cx.world, 4));
        let role = if args.support { OperatorRole::Support } else { OperatorRole::Admin };
        let mut node = Node::default();
        let platform = node.open(&effective, spec, effective.config.server.port, &cx.world).await?;
        let done = platform.operator_install(&args.email, &args.name, role, &password).await;
        drop(platform);
        let _ = tokio::time::timeout(Duration::from_secs(5), node.stop()).await;
        done?;
        let shown = made.then_some(&password);
        cx.out.result(&json!({ "email": args.email, "password": shown }), |style| match shown {
            Some(password) => format!("{} signs in with {}", args.email, style.bold(password)),
            None => format!("{} has a new password.", args.email),
        });
        Ok(Exit::Done)
    }
}
