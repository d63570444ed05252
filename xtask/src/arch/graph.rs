//! What `cargo metadata` says, as far as the rules ask.

use serde_json::Value;

use crate::failure::{Failure, Result};

/// Every package that is built for the targets.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) packages: Vec<Package>,
}

#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) licence: Option<String>,
    /// Where it comes from; absent for our own.
    pub(super) source: Option<String>,
    pub(super) member: bool,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Only for tests, examples and benchmarks.
    pub(super) dev: bool,
}

impl Graph {
    pub(super) fn read(metadata: &Value) -> Result<Self> {
        let list =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let members = list(metadata, "workspace_members");
        let used: Option<Vec<Value>> = metadata
            .pointer("/resolve/nodes")
            .and_then(Value::as_array)
            .map(|nodes| nodes.iter().filter_map(|node| node.get("id").cloned()).collect());
        let mut packages = Vec::new();
        for package in list(metadata, "packages") {
            let id = package.get("id").cloned().unwrap_or_default();
            if used.as_ref().is_some_and(|used| !used.contains(&id)) {
                continue;
            }
            let dependencies = list(&package, "dependencies");
            packages.push(Package {
                name: text(&package, "name").ok_or_else(|| Failure::new("a package without a name"))?,
                version: text(&package, "version").unwrap_or_default(),
                licence: text(&package, "license"),
                source: text(&package, "source"),
                member: members.contains(&id),
                dependencies: dependencies
                    .iter()
                    .filter_map(|dependency| {
                        Some(Dependency {
                            name: text(dependency, "name")?,
                            dev: text(dependency, "kind").as_deref() == Some("dev"),
                        })
                    })
                    .collect(),
            });
        }
        Ok(Self { packages })
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.member)
    }
}
