//! `insula template …`: dashboards that are published to many tenants.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use insula_model::{
    DashboardConfig, Plan, Template, TemplateConflicts, TemplateInput, TemplateTarget, TemplateVersion,
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{Context, segment};
use crate::client::{Api, read};
use crate::dashboards::files;
use crate::failure::{Exit, Failure};
use crate::terminal::table::{facts, table};

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Publish a dashboard, or a new version of it, to tenants
    Publish(Publish),
    /// List what is published
    List,
    /// Print a template, or an earlier version of it, as a file
    Show(Show),
    /// List what was published of a template when, and by whom
    Versions(Named),
    /// List what tenants changed of a template that does not go together with its present version
    Conflicts(Conflicts),
    /// Withdraw a template; tenants that changed it keep what they have
    Withdraw(Named),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula dashboard export acme Overview > overview.json
  insula template publish overview.json --to all
  insula template publish overview.json --to plan:growth
  insula template publish overview.json --to acme,globex

A template of the file's name that is there already gets a new version; without --to it stays with those who have it.
Tenants see it within a second or two, each beside their own changes.")]
pub(crate) struct Publish {
    /// The dashboard, as `insula dashboard export` writes it
    file: PathBuf,
    /// `all`, `plan:NAME`, or tenants by slug with commas; needed the first time
    #[arg(long, value_name = "WHO", value_parser = target)]
    to: Option<TemplateTarget>,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Its name or id
    template: String,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its name or id
    template: String,
    /// Which version, by its number; the present one otherwise
    #[arg(long, value_name = "NUMBER")]
    version: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Conflicts {
    /// Its name or id
    template: String,
    /// Why you look into these tenants: 8 characters or more; their audit logs have it
    #[arg(long, default_value = "insula template conflicts: what a template and workspaces both changed")]
    reason: String,
    /// Also tenants whose changes contradict nothing
    #[arg(long)]
    all: bool,
}

/// What a template and a version of it both say.
#[derive(Deserialize)]
struct Content {
    name: String,
    description: Option<String>,
    config: Option<DashboardConfig>,
}

fn target(text: &str) -> Result<TemplateTarget, String> {
    if text == "all" {
        return Ok(TemplateTarget::All);
    }
    if let Some(name) = text.strip_prefix("plan:") {
        let known: Vec<&str> = Plan::ALL.iter().map(|p| p.as_str()).collect();
        let plan =
            Plan::parse(name).ok_or_else(|| format!("{name:?} is no plan. Plans: {}", known.join(", ")))?;
        return Ok(TemplateTarget::Plan { plan });
    }
    let tenants: Vec<String> =
        text.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
    if tenants.is_empty() {
        Err("name at least one tenant".to_owned())
    } else {
        Ok(TemplateTarget::Tenants { tenants })
    }
}

fn who(target: &TemplateTarget) -> String {
    match target {
        TemplateTarget::All => "all".to_owned(),
        TemplateTarget::Plan { plan } => format!("plan:{plan}"),
        TemplateTarget::Tenants { tenants } if tenants.len() > 3 => format!("{} tenants", tenants.len()),
        TemplateTarget::Tenants { tenants } => tenants.join(","),
    }
}

async fn all(api: &Api) -> Result<Vec<Template>, Failure> {
    api.all("/templates", &[], 1000).await?.items.iter().map(read).collect()
}

async fn named(api: &Api, name: &str) -> Result<Template, Failure> {
    let found = all(api).await?.into_iter().find(|t| t.name == name || t.id.to_string() == name);
    found.ok_or_else(|| {
        Failure::usage(format!("There is no template {name:?}. List them with `insula template list`."))
    })
}

impl TemplateCommand {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Publish(args) => args.run(cx).await,
            Self::List => list(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Versions(args) => args.versions(cx).await,
            Self::Conflicts(args) => args.run(cx).await,
            Self::Withdraw(args) => args.withdraw(cx).await,
        }
    }
}

impl Publish {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let wish = files::read(&self.file)?;
        let api = cx.api()?;
        let (name, description, config) = (wish.input.name, wish.input.description, wish.input.config);
        let known = all(&api).await?.into_iter().find(|t| t.name == name);
        let target = match (self.to, &known) {
            (Some(to), _) => to,
            (None, Some(known)) => known.target.clone(),
            (None, None) => {
                return Err(Failure::usage(
                    "Say who is to see it: --to all, --to plan:NAME or --to SLUG,SLUG.",
                ));
            }
        };
        let input = TemplateInput { name, description, config, target };
        let answer = match &known {
            Some(known) => {
                let path = format!("/templates/{}", known.id);
                api.change(Method::PUT, &path, Some(&format!("\"{}\"", known.version)), &input).await?
            }
            None => api.post("/templates", &input).await?,
        };
        let template: Template = read(&answer)?;
        cx.out.result(&answer, |style| {
            let version = template.version.to_string();
            facts(
                style,
                &[
                    ("template", style.bold(&template.name)),
                    ("id", template.id.to_string()),
                    ("version", version),
                    ("to", who(&input.target)),
                ],
            )
        });
        Ok(Exit::Done)
    }
}

async fn list(cx: &Context) -> Result<Exit, Failure> {
    let list = cx.api()?.all("/templates", &[], 1000).await?;
    let templates: Vec<Template> = list.items.iter().map(read).collect::<Result<_, _>>()?;
    cx.out.result(&list, |style| {
        let rows = templates.iter().map(|t| {
            vec![
                t.id.to_string(),
                style.bold(&t.name),
                t.version.to_string(),
                t.published_at.to_string(),
                who(&t.target),
            ]
        });
        table(style, &["id", "name", "version", "published", "to"], &[2], rows.collect())
    });
    Ok(Exit::Done)
}

impl Show {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let found = named(&api, &self.template).await?;
        let path = format!("/templates/{}", segment(&found.id.to_string()));
        let path = self.version.map_or(path.clone(), |version| format!("{path}/versions/{version}"));
        let reply = api.get(&path, &[]).await?;
        let Content { name, description, config } = reply.read()?;
        let config = config.ok_or_else(|| Failure::usage("This template shows nothing."))?;
        let input = files::ordered(insula_model::DashboardInput { name, description, config, note: None });
        let text = files::text(&input)?;
        cx.out.result(&reply.body, |_| text);
        Ok(Exit::Done)
    }
}

impl Named {
    async fn versions(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let found = named(&api, &self.template).await?;
        let list = api.all(&format!("/templates/{}/versions", found.id), &[], 100_000).await?;
        let versions: Vec<TemplateVersion> = list.items.iter().map(read).collect::<Result<_, _>>()?;
        cx.out.result(&list, |style| {
            let rows = versions.iter().map(|v| {
                vec![
                    v.version.to_string(),
                    style.bold(&v.name),
                    v.published_at.to_string(),
                    v.author.clone(),
                    who(&v.target),
                ]
            });
            table(style, &["version", "name", "published", "by", "to"], &[0], rows.collect())
        });
        Ok(Exit::Done)
    }

    async fn withdraw(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let found = named(&api, &self.template).await?;
        api.delete(&format!("/templates/{}", found.id)).await?;
        cx.out.result(&json!({ "id": found.id, "withdrawn": true }), |_| {
            format!("{:?} is withdrawn.", found.name)
        });
        Ok(Exit::Done)
    }
}

impl Conflicts {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let api = cx.api()?;
        let found = named(&api, &self.template).await?;
        let path = format!("/templates/{}/conflicts", found.id);
        let mut list = api.all(&path, &[("reason", self.reason)], 100_000).await?;
        let mut of: Vec<TemplateConflicts> = list.items.iter().map(read).collect::<Result<_, _>>()?;
        if !self.all {
            list.items.retain(|item| item["conflicts"].as_array().is_some_and(|c| !c.is_empty()));
            of.retain(|tenant| !tenant.conflicts.is_empty());
        }
        cx.out.result(&list, |style| {
            let rows = of.iter().flat_map(|tenant| {
                let slug = tenant.slug.to_string();
                let one = |what: String| vec![style.bold(&slug), what];
                if tenant.conflicts.is_empty() {
                    return vec![one("changed, and nothing contradicts it".to_owned())];
                }
                tenant.conflicts.iter().map(|c| one(c.at.clone())).collect()
            });
            table(style, &["tenant", "both changed"], &[], rows.collect())
        });
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_said_in_three_ways() {
        for text in ["all", "plan:growth", "acme", "acme,globex"] {
            assert_eq!(who(&target(text).unwrap()), text);
        }
        assert!(target("plan:gold").unwrap_err().contains("growth"));
        assert!(target(" , ").is_err());
        assert_eq!(who(&target("a,b,c,d").unwrap()), "4 tenants");
    }
}
