//! The rules of the house, as tables.

use super::graph::{Graph, Package};

/// Arrows point left only.
const ORDER: &[&str] =
    &["insula-model", "insula-insight", "insula-store", "insula-platform", "insula-server", "insula"];

/// Not part of the product: may look at all of it, and nothing of the product may look at them.
const OUTSIDE: &[&str] = &["insula-testkit", "insula-bench", "xtask"];

/// A dependency that has one home.
struct Home {
    rule: &'static str,
    crates: &'static [&'static str],
    allowed: &'static [&'static str],
    /// Whether tests may use it elsewhere.
    tests_too: bool,
    reason: &'static str,
}

const HOMES: &[Home] = &[
    Home {
        rule: "postgres-in-store",
        crates: &[
            "tokio-postgres",
            "tokio-postgres-rustls",
            "deadpool",
            "deadpool-postgres",
            "postgres-types",
        ],
        allowed: &["insula-store", "insula-testkit", "insula-bench"],
        tests_too: false,
        reason: "the store is the only door to PostgreSQL: a connection elsewhere has no tenant",
    },
    Home {
        rule: "axum-in-server",
        crates: &["axum", "axum-extra", "axum-core", "tower-http", "utoipa-axum"],
        allowed: &["insula-server"],
        tests_too: false,
        reason: "what the product does must not know that HTTP exists",
    },
    Home {
        rule: "clap-in-cli",
        crates: &["clap", "clap_complete", "indicatif", "comfy-table"],
        allowed: &["insula", "insula-testkit", "insula-bench", "xtask"],
        tests_too: false,
        reason: "arguments and the terminal belong to the binary; everything below takes values",
    },
    Home {
        rule: "reqwest-at-the-edges",
        crates: &["reqwest"],
        allowed: &["insula", "insula-platform", "insula-testkit", "insula-bench"],
        tests_too: true,
        reason: "only the client and the use cases that call out speak HTTP to others",
    },
    Home {
        rule: "mail-in-platform",
        crates: &["lettre"],
        allowed: &["insula-platform"],
        tests_too: false,
        reason: "mail is sent by one job",
    },
];

/// What the pure crates must not know.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio-util",
    "futures-util",
    "hyper",
    "reqwest",
    "rustls",
    "rustix",
    "getrandom",
    "rand",
    "async-trait",
];
const PURE: &[&str] = &["insula-model", "insula-insight"];

pub(super) fn check(graph: &Graph) -> Vec<String> {
    let mut broken = Vec::new();
    for package in graph.members() {
        broken.extend(known(package));
        broken.extend(arrows(package));
        broken.extend(homes(package));
        broken.extend(pure(package));
    }
    broken
}

/// A crate without a place in the order would have no rules.
fn known(package: &Package) -> Option<String> {
    let name = package.name.as_str();
    (!ORDER.contains(&name) && !OUTSIDE.contains(&name)).then(|| {
        format!("[known-crate] {name}: give the new crate its place in xtask/src/arch/rules.rs and in ARCHITECTURE.md")
    })
}

fn arrows(package: &Package) -> Vec<String> {
    let place = |name: &str| ORDER.iter().position(|n| *n == name);
    let own = place(&package.name);
    let mut broken = Vec::new();
    for dependency in &package.dependencies {
        let (from, to) = (&package.name, &dependency.name);
        let outside = OUTSIDE.contains(&to.as_str());
        if let (Some(own), Some(theirs)) = (own, place(to))
            && own <= theirs
        {
            broken.push(format!(
                "[arrows-left] {from} depends on {to}: arrows point left only ({}), so that each layer can be \
                 understood and tested without what stands above it",
                ORDER.join(" <- ")
            ));
        }
        let bench_may = from == "insula-bench" && to == "insula-testkit";
        if outside && !dependency.dev && !bench_may {
            broken.push(format!(
                "[tools-stay-outside] {from} depends on {to}: what is for developers and tests must not get into the \
                 product; make it a dev-dependency"
            ));
        }
    }
    broken
}

fn homes(package: &Package) -> Vec<String> {
    let mut broken = Vec::new();
    for home in HOMES.iter().filter(|home| !home.allowed.contains(&package.name.as_str())) {
        for dependency in &package.dependencies {
            let excused = dependency.dev && home.tests_too;
            if home.crates.contains(&dependency.name.as_str()) && !excused {
                let (rule, from, to) = (home.rule, &package.name, &dependency.name);
                let homes = home.allowed.join(", ");
                broken.push(format!("[{rule}] {from} depends on {to}: {}; it lives in {homes}", home.reason));
            }
        }
    }
    broken
}

fn pure(package: &Package) -> Vec<String> {
    if !PURE.contains(&package.name.as_str()) {
        return Vec::new();
    }
    let impure = package.dependencies.iter().filter(|d| !d.dev && IMPURE.contains(&d.name.as_str()));
    impure
        .map(|dependency| {
            format!(
                "[pure-core] {} depends on {}: model and insight have no IO, no async and no randomness, so that calling \
                 them is testing them",
                package.name, dependency.name
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Metadata of one crate of ours with one dependency.
    fn one(name: &str, dependency: &str, kind: Option<&str>) -> Value {
        json!({
            "workspace_members": [name],
            "packages": [{"id": name, "name": name, "version": "1.0.0", "dependencies": [{"name": dependency, "kind": kind}]}],
        })
    }

    fn broken(name: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let findings = check(&Graph::read(&one(name, dependency, kind)).unwrap());
        let rules = findings
            .iter()
            .map(|f| f.split(']').next().unwrap_or_default().trim_start_matches('[').to_owned());
        rules.collect()
    }

    #[test]
    fn arrows_point_left() {
        assert_eq!(broken("insula-model", "insula-store", None), ["arrows-left"]);
        assert_eq!(broken("insula-store", "insula-platform", Some("dev")), ["arrows-left"]);
        assert_eq!(broken("insula-store", "insula-store", None), ["arrows-left"]);
        assert_eq!(broken("insula-store", "insula-model", None), [] as [&str; 0]);
        assert_eq!(broken("insula", "insula-model", None), [] as [&str; 0]);
    }

    #[test]
    fn tools_stay_outside() {
        assert_eq!(broken("insula-server", "insula-testkit", None), ["tools-stay-outside"]);
        assert_eq!(broken("insula-server", "insula-testkit", Some("build")), ["tools-stay-outside"]);
        assert_eq!(broken("insula-server", "insula-testkit", Some("dev")), [] as [&str; 0]);
        assert_eq!(broken("insula", "xtask", None), ["tools-stay-outside"]);
        assert_eq!(broken("insula-bench", "insula-testkit", None), [] as [&str; 0]);
    }

    #[test]
    fn what_has_one_home_stays_there() {
        for home in HOMES {
            for name in home.crates {
                assert_eq!(
                    broken("insula-insight", name, None).first().map(String::as_str),
                    Some(home.rule),
                    "{name}"
                );
                assert_eq!(broken(home.allowed[0], name, None), [] as [&str; 0], "{name}");
            }
        }
        assert_eq!(broken("insula-server", "reqwest", Some("dev")), [] as [&str; 0]);
        assert_eq!(broken("insula-server", "tokio-postgres", Some("dev")), ["postgres-in-store"]);
    }

    #[test]
    fn the_core_is_pure() {
        for name in IMPURE {
            assert!(broken("insula-model", name, None).contains(&"pure-core".to_owned()), "{name}");
            assert!(!broken("insula-model", name, Some("dev")).contains(&"pure-core".to_owned()), "{name}");
        }
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(broken("insula-billing", "serde", None), ["known-crate"]);
    }

    #[test]
    fn every_message_says_why() {
        for (name, dependency) in
            [("insula-model", "insula-store"), ("insula", "xtask"), ("insula-model", "tokio")]
        {
            let findings = check(&Graph::read(&one(name, dependency, None)).unwrap());
            assert!(findings.iter().all(|f| f.contains(dependency) && f.len() > 80), "{findings:?}");
        }
    }
}
