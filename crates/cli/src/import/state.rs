//! Where an import stands, in a file beside the CSV, so that the same command goes on where it was stopped.
//!
//! What must always hold: every row up to `sent` is in the database or among the rows kept aside. Rows after it may be in
//! the database as well; sending them again changes nothing, because their ids are the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::client::profile::private;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    /// Of the file and of what was asked for: another file or wish begins anew.
    pub(crate) fingerprint: String,
    /// Every row up to this one is done.
    pub(crate) sent: u64,
    /// Whether the whole file is done.
    pub(crate) done: bool,
    /// The console that it was sent to.
    pub(crate) url: String,
    /// By slug.
    pub(crate) tenants: BTreeMap<String, Access>,
}

/// How a tenant of the import can be reached.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    /// The key that events are sent with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// The owner, where the import made the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<Owner>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// The file of a state: `flights.csv.insula.json`.
pub(crate) fn beside(csv: &Path) -> PathBuf {
    with(csv, ".insula.json")
}

/// The file of rows kept aside: `flights.rejected.csv`.
pub(crate) fn rejected(csv: &Path) -> PathBuf {
    let stem = csv.file_stem().unwrap_or_default().to_owned();
    let mut name = stem;
    name.push(".rejected.csv");
    csv.with_file_name(name)
}

fn with(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

impl State {
    /// The state of a former run of the same import, or the beginning. Tenants' keys and owners are kept in any case.
    pub(crate) fn open(path: &Path, fingerprint: &str, url: &str) -> Self {
        let former: Option<Self> = std::fs::read(path).ok().and_then(|b| serde_json::from_slice(&b).ok());
        let former = former.filter(|s| s.url == url).unwrap_or_default();
        let same = former.fingerprint == fingerprint && !former.done;
        Self {
            fingerprint: fingerprint.to_owned(),
            sent: if same { former.sent } else { 0 },
            done: false,
            url: url.to_owned(),
            tenants: former.tenants,
        }
    }

    /// Writes it down, for this user only: keys and passwords are in it.
    pub(crate) fn keep(&self, path: &Path) -> std::io::Result<()> {
        private(path, &serde_json::to_vec_pretty(self).map_err(std::io::Error::other)?)
    }
}
