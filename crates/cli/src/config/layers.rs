//! Layers of the configuration: defaults, then files, then the environment, then flags. The later one wins, and every
//! value remembers where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use insula_model::{Error, Result, problem};
use serde_json::{Map, Value};

use super::setting::{self, Kind, Setting};
use super::{Config, env};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Values with their origins, by path.
#[derive(Debug, Clone)]
pub(crate) struct Layers(pub(super) BTreeMap<&'static str, (Value, Origin)>);

impl Layers {
    pub(super) fn defaults() -> Self {
        let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
        let value = |path: &str| {
            let (section, name) = path.split_once('.').unwrap_or((path, ""));
            defaults.get(section).and_then(|s| s.get(name)).cloned().unwrap_or_default()
        };
        Self(setting::ALL.iter().map(|s| (s.path, (value(s.path), Origin::Default))).collect())
    }

    /// Lays a file over what is there.
    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<()> {
        let wrong = |what: String| Error::new(problem::SETTINGS, format!("{}: {what}", path.display()));
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.to_string()))?;
        for (section, fields) in table {
            let Value::Object(fields) = serde_json::to_value(&fields).map_err(Error::internal)? else {
                let known = hint(&section);
                return Err(wrong(format!("{section} stands outside of a section.{known}")));
            };
            for (name, value) in fields {
                let full = format!("{section}.{name}");
                let setting = setting::of(&full)
                    .ok_or_else(|| wrong(format!("{full} is not a setting.{}", hint(&full))))?;
                self.set(setting, value, Origin::File(path.to_owned()));
            }
        }
        Ok(())
    }

    /// Lays the environment over what is there.
    pub(super) fn environment(&mut self) -> Result<()> {
        self.variables(env::ours())
    }

    fn variables(&mut self, variables: Vec<(String, String)>) -> Result<()> {
        for (name, text) in variables {
            let origin = Origin::Variable(name.clone());
            if let Some(setting) = setting::ALL.iter().find(|s| s.variable() == name) {
                // Unset by being empty, as in most shells' scripts.
                if !text.is_empty() {
                    self.set(setting, value(setting, &text, &origin)?, origin);
                }
                continue;
            }
            let rest = name.trim_start_matches("INSULA_").to_lowercase();
            let section = rest.split('_').next().unwrap_or_default();
            if setting::ALL.iter().any(|s| s.path.split('.').next() == Some(section)) {
                let path = rest.replacen('_', ".", 1);
                let known = setting::near(&path)
                    .and_then(setting::of)
                    .map(|s| format!(" Did you mean {}?", s.variable()))
                    .unwrap_or_default();
                return Err(Error::new(
                    problem::SETTINGS,
                    format!("{name} (from the environment) is not a setting.{known}"),
                ));
            }
        }
        Ok(())
    }

    /// Lays a flag over what is there.
    pub(super) fn flag(&mut self, path: &'static str, flag: &'static str, text: &str) -> Result<()> {
        let Some(setting) = setting::of(path) else {
            return Err(Error::internal(format!("no setting {path}")));
        };
        let value = value(setting, text, &Origin::Flag(flag))?;
        self.set(setting, value, Origin::Flag(flag));
        Ok(())
    }

    fn set(&mut self, setting: &'static Setting, value: Value, origin: Origin) {
        self.0.insert(setting.path, (value, origin));
    }

    /// The structs. A value of the wrong type is named with its origin.
    pub(super) fn read(&self) -> Result<Config> {
        let mut whole = Map::new();
        for (path, (value, _)) in &self.0 {
            let (section, name) = path.split_once('.').unwrap_or((path, ""));
            let section = whole.entry(section).or_insert_with(|| Value::Object(Map::new()));
            if let Some(fields) = section.as_object_mut() {
                fields.insert(name.to_owned(), value.clone());
            }
        }
        serde_path_to_error::deserialize(Value::Object(whole)).map_err(|error| {
            let full = error.path().to_string();
            let path = setting::ALL.iter().map(|s| s.path).find(|p| full.starts_with(p));
            match path {
                Some(path) => self.wrong(path),
                None => Error::internal(format!("{full}: {}", error.inner())),
            }
        })
    }

    /// The error about a value that is not allowed.
    pub(crate) fn wrong(&self, path: &str) -> Error {
        let Some((setting, (value, origin))) = setting::of(path).zip(self.0.get(path)) else {
            return Error::internal(format!("no setting {path}"));
        };
        refuse(setting, &text(value), origin)
    }
}

fn refuse(setting: &Setting, value: &str, origin: &Origin) -> Error {
    let is =
        if setting.secret { "has a value that is".to_owned() } else { format!("is {value:?}, which is") };
    Error::new(
        problem::SETTINGS,
        format!("{} {is} not allowed (from {origin}). Allowed: {}", setting.path, setting.allowed),
    )
}

fn value(setting: &Setting, text: &str, origin: &Origin) -> Result<Value> {
    Ok(match setting.kind {
        Kind::Text => Value::from(text),
        Kind::Integer => match text.trim().parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => return Err(refuse(setting, text, origin)),
        },
        Kind::List => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
        }
    })
}

fn hint(path: &str) -> String {
    setting::near(path).map(|p| format!(" Did you mean {p}?")).unwrap_or_default()
}

/// A value for people.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn the_later_layer_wins_and_is_remembered() {
        let mut layers = Layers::defaults();
        layers
            .file(
                Path::new("insula.toml"),
                "[server]\nport = 1\nbase_domain = 'a.test'\n[mail]\nfrom = 'x@y.test'",
            )
            .unwrap();
        layers
            .variables(pairs(&[
                ("INSULA_SERVER_PORT", "2"),
                ("INSULA_URL", "http://x"),
                ("INSULA_LOG_LEVEL", ""),
            ]))
            .unwrap();
        layers.flag("server.port", "--port", "3").unwrap();
        let config = layers.read().unwrap();
        assert_eq!((config.server.port, config.server.base_domain.as_str()), (3, "a.test"));
        assert_eq!(config.client.url.as_deref(), Some("http://x"));
        assert_eq!(layers.0["server.port"].1, Origin::Flag("--port"));
        assert_eq!(layers.0["mail.from"].1.to_string(), "insula.toml");
        assert_eq!(layers.0["log.level"].1, Origin::Default);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_origin_and_what_is_allowed() {
        let mut layers = Layers::defaults();
        layers.variables(pairs(&[("INSULA_SERVER_PORT", "70000")])).unwrap();
        let error = layers.read().unwrap_err();
        for part in ["server.port", "70000", "INSULA_SERVER_PORT", "0 to 65535"] {
            assert!(error.detail().contains(part), "{error}");
        }
        let mut layers = Layers::defaults();
        let error = layers.variables(pairs(&[("INSULA_SERVER_PORT", "http")])).unwrap_err();
        assert!(error.detail().contains("\"http\""), "{error}");
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let mut layers = Layers::defaults();
        layers.file(Path::new("f"), "[database]\nurl = 12345678").unwrap();
        let error = layers.read().unwrap_err();
        assert!(error.detail().contains("database.url") && !error.detail().contains("12345678"), "{error}");
    }

    #[test]
    fn unknown_names_are_refused_with_a_proposal() {
        let mut layers = Layers::defaults();
        for (text, proposal) in [
            ("[server]\nprot = 1", "server.port"),
            ("port = 1", "server.port"),
            ("[sevrer]\nport = 1", "server.port"),
        ] {
            let error = layers.file(Path::new("f"), text).unwrap_err();
            assert!(error.detail().contains(&format!("Did you mean {proposal}?")), "{error}");
        }
        let error = layers.variables(pairs(&[("INSULA_SERVER_PROT", "1")])).unwrap_err();
        assert!(error.detail().contains("Did you mean INSULA_SERVER_PORT?"), "{error}");
        // Not ours to judge.
        layers.variables(pairs(&[("INSULA_TEST_POSTGRES", "x")])).unwrap();
    }
}
