//! `deny.toml`: the lists in it and the checks that they stand for.

use toml::{Table, Value};

use super::graph::Graph;
use super::licences;
use crate::failure::{Context, Result};

/// The parts of `deny.toml` that are enforced here.
#[derive(Debug, Default)]
pub(super) struct Policy {
    pub(super) targets: Vec<String>,
    banned: Vec<(String, String)>,
    allowed_licences: Vec<String>,
    /// A package and the licences that it alone may have.
    exceptions: Vec<(String, Vec<String>)>,
}

fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

fn items(table: &Table, path: &[&str]) -> Vec<Value> {
    at(table, path).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn strings(values: &[Value]) -> Vec<String> {
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Policy {
    pub(super) fn parse(deny: &str) -> Result<Self> {
        let table: Table = deny.parse().context("deny.toml")?;
        Ok(Self {
            targets: strings(&items(&table, &["graph", "targets"])),
            banned: items(&table, &["bans", "deny"])
                .iter()
                .map(|ban| (text(ban, "crate"), text(ban, "reason")))
                .collect(),
            allowed_licences: strings(&items(&table, &["licenses", "allow"])),
            exceptions: items(&table, &["licenses", "exceptions"])
                .iter()
                .map(|e| {
                    let allow = e.get("allow").and_then(Value::as_array).cloned().unwrap_or_default();
                    (text(e, "crate"), strings(&allow))
                })
                .collect(),
        })
    }

    /// `tree` lists what any feature on any platform would build, a `name version` each line. (`Cargo.lock` says more:
    /// it also names what a feature that nobody turns on would bring.)
    pub(super) fn check_tree(&self, tree: &str) -> Vec<String> {
        let built: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let banned = self.banned.iter().filter(|(name, _)| built.contains(&name.as_str()));
        banned
            .map(|(name, reason)| {
                format!("[banned] {name} is built: {reason}. `cargo tree --target all -i {name}` shows who brings it")
            })
            .collect()
    }

    /// Licences and origins of what is not ours.
    pub(super) fn check_packages(&self, graph: &Graph) -> Vec<String> {
        let mut broken = Vec::new();
        for package in graph.packages.iter().filter(|package| !package.member) {
            let (name, version) = (&package.name, &package.version);
            let extra = self.exceptions.iter().filter(|(n, _)| n == name).flat_map(|(_, licences)| licences);
            let allowed: Vec<&str> = self.allowed_licences.iter().chain(extra).map(String::as_str).collect();
            match &package.licence {
                None => broken.push(format!(
                    "[licence] {name} {version} names no licence; read it, then add an exception"
                )),
                Some(licence) if !licences::fits(licence, &allowed) => broken.push(format!(
                    "[licence] {name} {version} is under `{licence}`, which deny.toml does not allow"
                )),
                Some(_) => {}
            }
            if !package.source.as_deref().is_some_and(|source| source.starts_with("registry+")) {
                broken.push(format!(
                    "[source] {name} {version} does not come from the registry, so it cannot be audited"
                ));
            }
        }
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::Package;
    use super::*;

    const DENY: &str = r#"
        [graph]
        targets = ["x86_64-unknown-linux-gnu"]
        [bans]
        deny = [{ crate = "ring", reason = "one TLS provider" }]
        [licenses]
        allow = ["MIT"]
        exceptions = [{ crate = "odd", allow = ["Zlib"] }]
    "#;

    fn package(name: &str, licence: Option<&str>, source: &str) -> Graph {
        Graph {
            packages: vec![Package {
                name: name.to_owned(),
                licence: licence.map(str::to_owned),
                source: Some(source.to_owned()),
                ..Package::default()
            }],
        }
    }

    #[test]
    fn bans_are_found_with_their_reason() {
        let policy = Policy::parse(DENY).unwrap();
        let broken = policy.check_tree("insula v0.1.0 (/somewhere)\nring v0.17.0\n");
        assert!(broken.len() == 1 && broken[0].contains("one TLS provider"), "{broken:?}");
        assert_eq!(policy.check_tree("string v0.17.0\n"), [] as [&str; 0]);
    }

    #[test]
    fn licences_and_origins_are_checked() {
        let policy = Policy::parse(DENY).unwrap();
        let broken = |graph| policy.check_packages(&graph).len();
        assert_eq!(broken(package("a", Some("MIT OR GPL-3.0"), "registry+x")), 0);
        assert_eq!(broken(package("a", Some("Zlib"), "registry+x")), 1);
        assert_eq!(broken(package("odd", Some("Zlib"), "registry+x")), 0);
        assert_eq!(broken(package("a", None, "registry+x")), 1);
        assert_eq!(broken(package("a", Some("MIT"), "git+x")), 1);
    }
}
