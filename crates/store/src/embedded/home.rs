//! The directory of an installation as far as PostgreSQL is concerned:
//!
//! ```text
//! DIR/                  0700; for root 0711, so that PostgreSQL's user can pass
//!   secrets.json        0600  the superuser's password
//!   postgres/           like DIR
//!     data/             0700  PostgreSQL's own: the cluster
//!     run/              0700  PostgreSQL's own: the socket
//!     log/              0700  PostgreSQL's own
//!     insula.conf       0600  settings, written at each start; local.conf beside it is the operator's
//!     start.log         0600  what the last start printed
//!     lock              0600  held while an Insula uses the directory
//! ```
//!
//! Must hold: in a directory that root made, root writes only into folders that root owns (a link planted by PostgreSQL's
//! user leads nowhere); a cluster is either whole or not there. Tested in `tests/it/embedded.rs`.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use insula_model::{Error, Result, World, problem};
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::unusable;

/// A socket's path ends where the kernel's structure ends.
const SOCKET_PATH_LIMIT: usize = 107;

#[derive(Serialize, Deserialize)]
struct Secrets {
    postgres_superuser: String,
    postgres_password: String,
}

/// The paths, made and locked.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) account: Account,
    root: PathBuf,
    postgres: PathBuf,
    _lock: File,
}

impl Home {
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let root = prepare_dir(dir)?;
        let account = Account::choose(&root.join("postgres/data"))?;
        let postgres = root.join("postgres");
        make_dir(&postgres, account.passage())?;
        account.check_reach(&postgres)?;
        let lock = open_private(&postgres.join("lock"))?;
        if lock.try_lock().is_err() {
            return Err(Error::new(
                problem::DATA_IN_USE,
                format!("Another Insula is using {}. Stop it, or choose another directory.", root.display()),
            ));
        }
        Ok(Self { account, root, postgres, _lock: lock })
    }

    pub(super) fn postgres(&self) -> &Path {
        &self.postgres
    }

    pub(super) fn data(&self) -> PathBuf {
        self.postgres.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.postgres.join("log")
    }

    /// Differs from home to home, is stable, and fits into a process title.
    pub(super) fn cluster_name(&self) -> String {
        let path = self.data().into_os_string().into_encoded_bytes();
        let hash = path.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        format!("insula-{hash:016x}")
    }

    /// Where the socket goes; `None` where its path would not fit or could not be written down (clients take a comma
    /// for the end of a host).
    pub(super) fn sockets(&self) -> Option<PathBuf> {
        let dir = self.postgres.join("run");
        let longest = dir.join(".s.PGSQL.65535").as_os_str().len();
        (longest <= SOCKET_PATH_LIMIT && dir.to_str().is_some_and(|d| !d.contains(['\n', ','])))
            .then_some(dir)
    }

    /// A folder of PostgreSQL's own.
    pub(super) fn own_dir(&self, path: &Path) -> Result<()> {
        make_dir(path, 0o700)?;
        if std::fs::metadata(path).is_ok_and(|m| m.uid() == 0) {
            self.account.own(path)?;
        }
        Ok(())
    }

    /// Writes a file that PostgreSQL reads and nobody else.
    pub(super) fn write_for_server(&self, path: &Path, text: &str) -> Result<()> {
        let fresh = path.with_extension("new");
        let _ = std::fs::remove_file(&fresh);
        let mut file = open_private(&fresh)?;
        file.write_all(text.as_bytes()).map_err(|e| unusable(&fresh, &e))?;
        self.account.own(&fresh)?;
        std::fs::rename(&fresh, path).map_err(|e| unusable(path, &e))
    }

    /// An empty file for what a start prints.
    pub(super) fn start_log(&self) -> Result<File> {
        let path = self.postgres.join("start.log");
        let file = open_private(&path)?;
        file.set_len(0).map_err(|e| unusable(&path, &e))?;
        Ok(file)
    }

    /// The end of what the server said last, for a message about a start that failed.
    pub(super) fn last_words(&self) -> String {
        let newest = std::fs::read_dir(self.log()).ok().and_then(|entries| {
            let times =
                entries.flatten().filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())));
            times.max().map(|(_, path)| path)
        });
        let paths = [Some(self.postgres.join("start.log")), newest];
        let text: String =
            paths.into_iter().flatten().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// The superuser's password: the kept one, or a fresh one while there is no cluster yet.
    pub(super) fn password(&self, world: &World) -> Result<String> {
        let path = self.root.join("secrets.json");
        let broken = |why: &dyn std::fmt::Display| {
            Error::new(
                problem::DATA_DIR,
                format!(
                    "{} holds the password of the database and cannot be read ({why}). Put it back from a backup.",
                    path.display()
                ),
            )
        };
        match std::fs::read(&path) {
            Ok(bytes) => {
                Ok(serde_json::from_slice::<Secrets>(&bytes).map_err(|e| broken(&e))?.postgres_password)
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !self.data().exists() => {
                let password = world.secret();
                let secrets = Secrets {
                    postgres_superuser: super::SUPERUSER.to_owned(),
                    postgres_password: password.clone(),
                };
                let text = serde_json::to_string_pretty(&secrets).map_err(Error::internal)?;
                let fresh = path.with_extension("json.new");
                let _ = std::fs::remove_file(&fresh);
                let mut file = open_private(&fresh)?;
                file.write_all(text.as_bytes()).map_err(|e| unusable(&fresh, &e))?;
                file.sync_all().map_err(|e| unusable(&fresh, &e))?;
                std::fs::rename(&fresh, &path).map_err(|e| unusable(&path, &e))?;
                Ok(password)
            }
            Err(e) => Err(broken(&e)),
        }
    }
}

/// Makes DIR, or opens the one that is there just as far as PostgreSQL's user needs. A folder that is somebody's
/// already (neither empty nor an installation) keeps its modes.
fn make_root(dir: &Path, account: &Account) -> Result<PathBuf> {
    make_dir(dir, account.passage())?;
    let root = dir.canonicalize().map_err(|e| unusable(dir, &e))?;
    let closed = std::fs::metadata(&root).is_ok_and(|m| m.mode() & 0o001 == 0);
    let empty = std::fs::read_dir(&root).is_ok_and(|mut entries| entries.next().is_none());
    if account.ids.is_some() && closed && (empty || root.join("secrets.json").exists()) {
        let mode = Permissions::from_mode(account.passage());
        std::fs::set_permissions(&root, mode).map_err(|e| unusable(&root, &e))?;
    }
    Ok(root)
}

/// Makes an installation's directory with the modes that it needs, or checks the one that is there: what `insula up`
/// calls before it puts its own files into it.
pub fn prepare_dir(dir: &Path) -> Result<PathBuf> {
    let dir = std::path::absolute(dir).map_err(|e| unusable(dir, &e))?;
    let account = Account::choose(&dir.join("postgres/data"))?;
    account.check_reach(dir.parent().unwrap_or(&dir))?;
    let root = make_root(&dir, &account)?;
    account.check_reach(&root)?;
    Ok(root)
}

fn make_dir(path: &Path, mode: u32) -> Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|e| unusable(path, &e))
}

fn open_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(|e| unusable(path, &e))
}
