//! Which installation a client command means, and who it is there: what flags and the environment say; else the `up.json`
//! of the `insula up` that runs in this folder or above; else what the last `insula up` of this user left.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{Effective, env};
use crate::failure::{Exit, Failure};

/// An address and a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Profile {
    /// The console's address.
    pub(crate) url: String,
    /// An operator's token.
    #[serde(default)]
    pub(crate) token: Option<String>,
    /// The data directory of the `insula up` that left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<PathBuf>,
}

impl Profile {
    /// The one that is meant.
    pub(crate) fn find(effective: &Effective) -> Result<Self, Failure> {
        let given = &effective.config.client;
        let near = || up_json().and_then(|(dir, up)| Self::of_up(&dir, &up));
        let left = || Self::read(&file()?);
        let known = near().or_else(left);
        match (&given.url, known) {
            (Some(url), known) => {
                let url = url.trim_end_matches('/').to_owned();
                // A token goes to the address that it was made for, and to no other.
                let same = known.filter(|known| known.url == url).and_then(|known| known.token);
                Ok(Self { token: given.token.clone().or(same), url, data: None })
            }
            (None, Some(known)) => Ok(Self { token: given.token.clone().or(known.token), ..known }),
            (None, None) => Err(Failure::new(
                Exit::Unreachable,
                "unreachable",
                "There is no Insula to talk to",
                "No `insula up` runs in this folder or above, and none ran before.",
            )
            .hint("Start one with `insula up --demo`, or name one with --url and INSULA_TOKEN.")),
        }
    }

    /// The one of a data directory, if an `insula up` runs there.
    pub(crate) fn of_data(dir: &Path) -> Option<Self> {
        Self::of_up(dir, &read_json(&dir.join("up.json"))?)
    }

    /// What the running `insula up` of this folder wrote down.
    pub(crate) fn up() -> Result<Value, Failure> {
        let left = || read_json(&Self::read(&file()?)?.data?.join("up.json"));
        up_json().map(|(_, up)| up).or_else(left).ok_or_else(|| {
            Failure::usage("No `insula up` runs in this folder or above, nor where it ran last.")
        })
    }

    fn of_up(dir: &Path, up: &Value) -> Option<Self> {
        let url = up.get("console_url")?.as_str()?.to_owned();
        let token = up.pointer("/operator/token").and_then(|t| t.as_str()).map(str::to_owned);
        Some(Self { url, token, data: Some(dir.to_owned()) })
    }

    fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    /// Leaves it for the next command, readable for this user only; unless another installation that still runs has left
    /// one.
    pub(crate) fn leave(&self) -> std::io::Result<()> {
        let Some(path) = file() else { return Ok(()) };
        let other = Self::read(&path).and_then(|p| p.data).filter(|data| Some(data) != self.data.as_ref());
        if other.is_some_and(|data| data.join("up.json").exists()) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        private(&path, text.as_bytes())
    }
}

/// The data directory of the `insula up` of this folder or the nearest one above, and its `up.json`.
fn up_json() -> Option<(PathBuf, Value)> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find_map(|folder| {
        let dir = folder.join(".insula");
        read_json(&dir.join("up.json")).map(|up| (dir, up))
    })
}

fn read_json(path: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn file() -> Option<PathBuf> {
    Some(env::config_home()?.join("profile.json"))
}

/// Writes a file whole or not at all, with mode 0600.
pub(crate) fn private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    let _ = std::fs::remove_file(&fresh);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}
