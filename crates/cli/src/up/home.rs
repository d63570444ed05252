//! The files of an installation that are ours (PostgreSQL's are `insula_store::embedded`'s):
//!
//! ```text
//! DIR/                 0700
//!   lock               held while an `insula up` uses the directory
//!   secrets.json 0600  passwords and tokens that were generated here; PostgreSQL's superuser too
//!   control.json 0600  how `serve`, `worker` and `migrate` reach the control database
//!   up.json      0600  for scripts; there while everything serves
//! ```

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use insula_model::{Error, Result, World, problem};
use insula_store::{ControlSpec, Roles};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client::profile::private;

/// The folder, ours alone.
pub(crate) struct Home {
    pub(crate) dir: PathBuf,
    _lock: File,
}

/// What was generated here, once.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Secrets {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Roles>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operator: Option<Operator>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tenants: Vec<Owner>,
    /// What is not ours: the superuser's password.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The first operator.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Operator {
    pub(crate) email: String,
    /// Absent when a person typed it.
    pub(crate) password: Option<String>,
    pub(crate) token: Option<String>,
}

/// The owner of a tenant that `up` made.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) slug: String,
    pub(crate) email: String,
    pub(crate) password: Option<String>,
    #[serde(default)]
    pub(crate) api_key: Option<String>,
    /// Whether everything that the demo puts in is there.
    #[serde(default)]
    pub(crate) complete: bool,
}

impl Home {
    /// Makes the folder, or opens the one that is there, and takes its lock.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let dir = insula_store::embedded::prepare_dir(dir)?;
        let path = dir.join("lock");
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.map_err(|e| broken(&path, &e))?;
        if lock.try_lock().is_err() {
            return Err(Error::new(
                problem::DATA_IN_USE,
                format!(
                    "Another Insula is using {}. Stop it, or choose another directory with --data.",
                    dir.display()
                ),
            ));
        }
        Ok(Self { dir, _lock: lock })
    }

    pub(crate) fn secrets(&self) -> Result<Secrets> {
        let path = self.dir.join("secrets.json");
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| broken(&path, &e)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Secrets::default()),
            Err(e) => Err(broken(&path, &e)),
        }
    }

    pub(crate) fn keep(&self, secrets: &Secrets) -> Result<()> {
        self.write("secrets.json", secrets)
    }

    /// How the control database was reached last, if it ever was.
    pub(crate) fn control(&self) -> Result<Option<ControlSpec>> {
        let path = self.dir.join("control.json");
        if path.exists() { control_file(&path).map(Some) } else { Ok(None) }
    }

    /// Writes one of the files, whole or not at all, for this user only.
    pub(crate) fn write(&self, name: &str, content: &impl Serialize) -> Result<()> {
        let path = self.dir.join(name);
        let text = serde_json::to_string_pretty(content).map_err(Error::internal)?;
        private(&path, text.as_bytes()).map_err(|e| broken(&path, &e))
    }

    /// Takes `up.json` away, and says whether it was there.
    pub(crate) fn forget_up(&self) -> bool {
        std::fs::remove_file(self.dir.join("up.json")).is_ok()
    }
}

impl Secrets {
    /// The passwords of PostgreSQL's roles.
    pub(crate) fn roles(&mut self, world: &World) -> Roles {
        let fresh = || Roles { app: world.secret(), admin: world.secret(), control: world.secret() };
        self.roles.get_or_insert_with(fresh).clone()
    }

    /// The owner of a tenant, made when there is none yet.
    pub(crate) fn owner(&mut self, slug: &str) -> &mut Owner {
        let index = self.tenants.iter().position(|t| t.slug == slug).unwrap_or_else(|| {
            self.tenants.push(Owner { slug: slug.to_owned(), ..Owner::default() });
            self.tenants.len() - 1
        });
        &mut self.tenants[index]
    }
}

/// Reads a `control.json`.
pub(crate) fn control_file(path: &Path) -> Result<ControlSpec> {
    let bytes = std::fs::read(path).map_err(|e| broken(path, &e))?;
    serde_json::from_slice(&bytes).map_err(|e| broken(path, &e))
}

fn broken(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::new(problem::DATA_DIR, format!("{} cannot be used: {why}.", path.display()))
}
