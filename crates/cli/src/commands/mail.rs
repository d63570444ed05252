//! `insula mail …`

use clap::{Args, Subcommand};
use serde_json::Value;

use super::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// List mails, the newest first; without SMTP they are kept here instead of being sent
    List(List),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// With the text of each
    #[arg(long)]
    text: bool,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

impl Mail {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let Self::List(args) = self;
        let most = usize::try_from(args.limit).unwrap_or(usize::MAX);
        let list = cx.api()?.all("/mails", &[], most).await?;
        let text =
            |mail: &Value, name: &str| mail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        cx.out.result(&list, |style| {
            if list.items.is_empty() {
                return "No mails.".to_owned();
            }
            if args.text {
                let mails = list.items.iter().map(|mail| {
                    let head = format!("{}  {}", text(mail, "created_at"), text(mail, "to"));
                    let subject = style.bold(&text(mail, "subject"));
                    format!("{}\n{subject}\n\n{}\n", style.dim(&head), text(mail, "text").trim())
                });
                return mails.collect::<Vec<_>>().join("\n");
            }
            let rows = list.items.iter().map(|mail| {
                let state = style.status(&text(mail, "state"));
                vec![text(mail, "created_at"), state, text(mail, "to"), text(mail, "subject")]
            });
            table(style, &["written", "state", "to", "subject"], &[], rows.collect())
        });
        Ok(Exit::Done)
    }
}
