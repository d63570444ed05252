//! Where things are in the repository.

use std::path::{Path, PathBuf};

use crate::failure::{Context, Failure, Result};
use crate::run;

/// The checkout.
pub(crate) struct Repo {
    /// Its top folder.
    pub(crate) root: PathBuf,
    /// Cargo's folder for what it builds.
    pub(crate) target: PathBuf,
}

impl Repo {
    pub(crate) fn here() -> Result<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own.parent().ok_or_else(|| Failure::new("xtask lies in no repository"))?.to_owned();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let target = std::path::absolute(&target).context("the target folder")?;
        Ok(Self { root, target })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A folder for what the menu itself keeps: stamps and logs.
    pub(crate) fn own(&self) -> Result<PathBuf> {
        let dir = self.target.join("xtask");
        std::fs::create_dir_all(&dir).context(dir.display())?;
        Ok(dir)
    }

    /// Every file that is tracked or would be if it were added, sorted, relative to the top.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut git = run::program("git", &["ls-files", "-z", "-c", "-o", "--exclude-standard"]);
        let list = run::output(git.current_dir(&self.root))?;
        let mut files: Vec<String> = list.split('\0').filter(|f| !f.is_empty()).map(str::to_owned).collect();
        files.retain(|file| self.root.join(file).is_file());
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Cargo, in the checkout.
    pub(crate) fn cargo(&self, args: &[&str]) -> std::process::Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = std::process::Command::new(cargo);
        command.args(args).current_dir(&self.root);
        command
    }
}

/// A number that changes when any of the bytes does. For stamps, not for secrets.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
