//! `insula tenant …`

mod create;
mod life;
mod list;
mod show;

use clap::Subcommand;
use insula_model::{Plan, TenantStatus, Tier};

use super::Context;
use crate::failure::{Exit, Failure};

#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant and watch its home come to be
    Create(create::Create),
    /// List tenants
    List(list::List),
    /// Show one tenant: where its data is, what it holds, what happened
    Show(show::Show),
    /// Close a tenant: sign-in, API keys and jobs are refused until it is resumed; nothing is deleted
    Suspend(life::Suspend),
    /// Open a suspended or softly deleted tenant again
    Resume(life::Resume),
    /// Delete a tenant: softly, with time to change one's mind, or with --now for good
    Delete(life::Delete),
}

impl Tenant {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Suspend(args) => args.run(cx).await,
            Self::Resume(args) => args.run(cx).await,
            Self::Delete(args) => args.run(cx).await,
        }
    }
}

/// A word of a list, with the list in the message when it is another one.
macro_rules! word {
    ($name:ident, $type:ty, $what:literal) => {
        pub(crate) fn $name(text: &str) -> Result<$type, String> {
            <$type>::parse(text).ok_or_else(|| {
                let known: Vec<&str> = <$type>::ALL.iter().map(|w| w.as_str()).collect();
                format!(concat!("there is no such ", $what, ". There are: {}"), known.join(", "))
            })
        }
    };
}
word!(tier, Tier, "tier");
word!(plan, Plan, "plan");
word!(status, TenantStatus, "status");
