//! The configuration: one struct per section, read in layers, with the origin of every value.
//!
//! What must always hold: a setting that nobody knows is refused; a wrong value is named with its origin and with what
//! is allowed; secrets are never printed. Nothing outside this crate reads files or the environment.

pub(crate) mod env;
mod layers;
mod sections;
pub(crate) mod setting;
pub(crate) mod show;

use std::path::{Path, PathBuf};

use insula_model::{Error, Result, problem};

pub(crate) use layers::Layers;
pub(crate) use sections::{Config, LogFormat};

/// A flag that sets something: its path, its name on the command line, its text.
pub(crate) type Flag = (&'static str, &'static str, String);

/// The configuration and where it came from.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    pub(crate) config: Config,
    pub(crate) layers: Layers,
}

impl Effective {
    /// Reads everything.
    ///
    /// # Errors
    /// `settings.invalid` with the setting, its origin and what is allowed.
    pub(crate) fn load(file: Option<&Path>, flags: &[Flag]) -> Result<Self> {
        let mut layers = Layers::defaults();
        for path in files(file) {
            match std::fs::read_to_string(&path) {
                Ok(text) => layers.file(&path, &text)?,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound && file.is_none() => {}
                Err(e) => {
                    let name = path.display();
                    return Err(Error::new(problem::SETTINGS, format!("{name} cannot be read: {e}.")));
                }
            }
        }
        layers.environment()?;
        for (path, flag, text) in flags {
            layers.flag(path, flag, text)?;
        }
        let config = layers.read()?;
        if let Some(path) = first_wrong(&config) {
            return Err(layers.wrong(path));
        }
        let missing = |there: bool, needed: bool, what: &str| {
            if there && !needed { Err(Error::new(problem::SETTINGS, what)) } else { Ok(()) }
        };
        let mail = &config.mail;
        missing(
            mail.smtp_url.is_some(),
            mail.from.is_some(),
            "mail.smtp_url is set and mail.from is not. Set both.",
        )?;
        let db = &config.database;
        missing(
            db.control_url.is_some() || db.admin_url.is_some(),
            db.control_url.is_some() && db.admin_url.is_some(),
            "database.control_url and database.admin_url belong together. Set both, or database.control_file.",
        )?;
        Ok(Self { config, layers })
    }
}

/// What is right by type and wrong nevertheless.
fn first_wrong(config: &Config) -> Option<&'static str> {
    let pools = config.pools;
    let workers = &config.workers;
    let (questions, embeds) = (config.questions, config.embeds);
    let rules = [
        ("server.base_domain", host(&config.server.base_domain)),
        ("pools.control", (1..=1000).contains(&pools.control)),
        ("pools.pooled", (1..=1000).contains(&pools.pooled)),
        ("pools.lanes", (1..=1000).contains(&pools.lanes)),
        ("pools.lane", (1..=1000).contains(&pools.lane)),
        ("pools.database", (1..=1000).contains(&pools.database)),
        ("pools.databases", (1..=1000).contains(&pools.databases)),
        ("pools.admin", (1..=1000).contains(&pools.admin)),
        ("questions.cache_mb", questions.cache_mb <= 65_536),
        ("questions.tenant_cache_mb", questions.tenant_cache_mb <= 65_536),
        ("questions.slots", (1..=1000).contains(&questions.slots)),
        ("questions.tenant_slots", (1..=1000).contains(&questions.tenant_slots)),
        ("questions.costly_share", (1..=100).contains(&questions.costly_share)),
        ("questions.waiting", questions.waiting <= 100_000),
        ("questions.tenant_waiting", questions.tenant_waiting <= 100_000),
        ("questions.waiting_seconds", (1..=600).contains(&questions.waiting_seconds)),
        ("embeds.mint_rate", (1..=100_000).contains(&embeds.mint_rate)),
        ("embeds.mint_burst", (1..=100_000).contains(&embeds.mint_burst)),
        ("embeds.refusal_rate", (1..=100_000).contains(&embeds.refusal_rate)),
        ("embeds.refusal_burst", (1..=100_000).contains(&embeds.refusal_burst)),
        ("workers.operations", (1..=64).contains(&workers.operations)),
        ("workers.jobs", (1..=64).contains(&workers.jobs)),
        ("workers.lease_seconds", (2..=600).contains(&workers.lease_seconds)),
        ("limits.connections", (1..=1_000_000).contains(&config.limits.connections)),
        ("database.port", config.database.port != Some(0)),
        ("mail.from", config.mail.from.as_deref().is_none_or(|m| insula_model::tenant::email(m, "").is_ok())),
        (
            "client.url",
            config
                .client
                .url
                .as_deref()
                .is_none_or(|u| u.starts_with("http://") || u.starts_with("https://")),
        ),
        (
            "log.otlp_endpoint",
            config
                .log
                .otlp_endpoint
                .as_deref()
                .is_none_or(|u| u.starts_with("http://") || u.starts_with("https://")),
        ),
    ];
    rules.into_iter().find(|(_, ok)| !ok).map(|(path, _)| path)
}

fn host(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// The files that are looked at, the weaker first.
fn files(file: Option<&Path>) -> Vec<PathBuf> {
    match file {
        Some(file) => vec![file.to_owned()],
        None => env::config_home()
            .map(|home| home.join("insula.toml"))
            .into_iter()
            .chain([PathBuf::from("insula.toml")])
            .collect(),
    }
}
