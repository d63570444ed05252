//! `cargo xtask arch`: who may depend on whom, from `cargo metadata`, and the bans and licences of `deny.toml`, so that
//! the file is true without another tool.
//!
//! Must hold: every rule has a reason that stands in its message. Each rule is tested with metadata that breaks it.

mod graph;
mod licences;
mod policy;
mod rules;

use serde_json::Value;

use crate::failure::{Context, Failure, Result};
use crate::repo::Repo;
use crate::run;

use graph::Graph;
use policy::Policy;

pub(crate) fn run(repo: &Repo, _: &[String]) -> Result<()> {
    let deny = std::fs::read_to_string(repo.path("deny.toml")).context("deny.toml")?;
    let policy = Policy::parse(&deny)?;
    let mut cargo = repo.cargo(&["metadata", "--format-version", "1", "--all-features"]);
    for target in &policy.targets {
        cargo.args(["--filter-platform", target]);
    }
    let metadata: Value = serde_json::from_str(&run::output(&mut cargo)?).context("cargo metadata")?;
    let tree =
        ["tree", "--workspace", "--all-features", "--target", "all", "--prefix", "none", "--format", "{p}"];
    let tree = run::output(&mut repo.cargo(&tree))?;
    let graph = Graph::read(&metadata)?;
    let mut broken = rules::check(&graph);
    broken.extend(policy.check_tree(&tree));
    broken.extend(policy.check_packages(&graph));
    if broken.is_empty() {
        println!("arch: {} packages, {} of them ours", graph.packages.len(), graph.members().count());
        return Ok(());
    }
    Err(Failure::new(format!("{}\narch: {} rules are broken", broken.join("\n"), broken.len())))
}
