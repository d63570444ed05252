//! Where PostgreSQL may keep its files. It does not run as root, so for root the data and the programs must lie where
//! another user can go, and a checkout under a closed home folder is no such place.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result};
use crate::repo::{Repo, fingerprint};

/// For root where the checkout is out of reach.
const REACHABLE: &str = "/var/lib/insula";

/// The folder for programs that were installed for this checkout only.
pub(crate) fn tools(repo: &Repo) -> Result<PathBuf> {
    Ok(match elsewhere(&repo.target) {
        Some(other) => other.join("tools"),
        None => repo.own()?.join("tools"),
    })
}

/// The data directory of `cargo xtask up`: `.insula` in the checkout, which is a link to a place within reach where need
/// be, and whether it is.
pub(crate) fn data_dir(repo: &Repo) -> Result<(PathBuf, bool)> {
    let usual = repo.path(".insula");
    let Some(other) = elsewhere(&repo.root) else { return Ok((usual, false)) };
    let real = other.join("data");
    std::fs::create_dir_all(&other).context(other.display())?;
    if usual.symlink_metadata().is_err() {
        std::os::unix::fs::symlink(&real, &usual).context(usual.display())?;
    }
    Ok((real, true))
}

/// A folder of this checkout's own outside of it, when PostgreSQL's user cannot enter it.
fn elsewhere(dir: &Path) -> Option<PathBuf> {
    let root = rustix::process::geteuid().is_root();
    (root && !open_to_all(dir)).then(|| {
        let name = fingerprint([dir.as_os_str().as_encoded_bytes()]);
        Path::new(REACHABLE).join(name)
    })
}

fn open_to_all(dir: &Path) -> bool {
    let there = dir.ancestors().filter_map(|d| d.metadata().ok());
    there.into_iter().all(|meta| meta.mode() & 0o001 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_closed_folder_anywhere_above_is_seen() {
        let top = std::env::temp_dir().join(format!("insula-xtask-reach-{}", std::process::id()));
        let deep = top.join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        assert!(open_to_all(&deep));
        std::fs::set_permissions(&top, PermissionsExt::from_mode(0o700)).unwrap();
        assert!(!open_to_all(&deep));
        std::fs::remove_dir_all(&top).unwrap();
    }
}
