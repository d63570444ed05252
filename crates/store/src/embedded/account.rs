//! Who the private PostgreSQL runs as. It refuses to run as root, so for root this is another user: the owner of
//! the data that is there, else `postgres`, else `nobody`. For everybody else it is the present user.
//!
//! Must hold: a directory which that user cannot enter is found out *before* anything is made in it, and the
//! message names the directory in the way. Tested in `tests/it/embedded.rs`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use insula_model::{Error, Result, problem};

use super::places::{self, Ids};

/// The account of the server's process and of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) ids: Ids,
    name: String,
}

impl Account {
    /// The account for a cluster whose files are, or are to be, at `cluster`.
    pub(super) fn choose(cluster: &Path) -> Result<Self> {
        let me = rustix::process::geteuid().as_raw();
        let owner = std::fs::metadata(cluster).ok().map(|m| (m.uid(), m.gid()));
        match owner {
            Some((uid, _)) if me != 0 && uid != me => Err(Error::new(
                problem::DATA_DIR,
                format!(
                    "{} belongs to another user (number {uid}). Run Insula as the user who made it, or choose another \
                     data directory.",
                    cluster.display()
                ),
            )),
            _ if me != 0 => Ok(Self { ids: None, name: "the present user".to_owned() }),
            Some((uid, gid)) if uid != 0 => {
                Ok(Self { ids: Some((uid, gid)), name: format!("user number {uid}") })
            }
            _ => {
                let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
                Self::unprivileged(&passwd).ok_or_else(|| {
                    Error::new(
                        problem::DATA_DIR,
                        "PostgreSQL refuses to run as root, and this machine has neither the user `postgres` nor \
                         `nobody`. Run Insula as an ordinary user, or add one: useradd --system postgres",
                    )
                })
            }
        }
    }

    fn unprivileged(passwd: &str) -> Option<Self> {
        ["postgres", "nobody"].into_iter().find_map(|wanted| {
            passwd.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next().filter(|name| *name == wanted)?;
                let uid = fields.nth(1)?.parse().ok()?;
                let gid = fields.next()?.parse().ok()?;
                (uid != 0).then(|| Self { ids: Some((uid, gid)), name: format!("the user `{name}`") })
            })
        })
    }

    /// The modes of a folder that only Insula reads but that the account must pass through.
    pub(super) fn passage(&self) -> u32 {
        if self.ids.is_some() { 0o711 } else { 0o700 }
    }

    /// Gives a file or folder that we made to the account.
    pub(super) fn own(&self, path: &Path) -> Result<()> {
        let Some((uid, gid)) = self.ids else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(|e| super::unusable(path, &e))
    }

    /// A command that runs as the account.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        places::run_as(&mut command, self.ids);
        command.stdin(Stdio::null()).current_dir("/");
        command
    }

    /// Refuses a directory that the account cannot enter.
    pub(super) fn check_reach(&self, dir: &Path) -> Result<()> {
        let mut there: Vec<PathBuf> = dir.ancestors().filter(|d| d.is_dir()).map(Path::to_owned).collect();
        there.reverse();
        if self.ids.is_none() || there.last().is_none_or(|d| self.can_enter(d)) {
            return Ok(());
        }
        let wall = there.iter().find(|d| !self.can_enter(d)).map_or(dir, PathBuf::as_path);
        Err(Error::new(
            problem::DATA_DIR,
            format!(
                "PostgreSQL refuses to run as root and so runs as {}, who cannot enter {wall}. Choose a data \
                 directory that it can reach, for example /var/lib/insula, or let it pass: chmod o+x '{wall}'",
                self.name,
                wall = wall.display()
            ),
        ))
    }

    fn can_enter(&self, dir: &Path) -> bool {
        let mut shell = self.command(Path::new("/bin/sh"));
        shell.args(["-c", "cd -- \"$1\"", "sh"]).arg(dir).stderr(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_is_preferred_to_nobody_and_root_is_never_taken() {
        let name = |passwd| Account::unprivileged(passwd).map(|a| a.name);
        let both =
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(name(both).as_deref(), Some("the user `postgres`"));
        assert_eq!(name("nobody:x:65534:65534::/:/bin/false").as_deref(), Some("the user `nobody`"));
        assert_eq!(name("postgres:x:0:0::/:/bin/sh"), None);
        assert_eq!(name("postgres:x:many"), None);
    }
}
