//! The server's process: what `postmaster.pid` says, whether that is still true, and signals.
//!
//! Must hold: no signal ever goes to a process that is not a PostgreSQL of *this* cluster. A process number from a file
//! may have been given to something else since, so the command line is compared first. The command line and not
//! the working directory, because the latter cannot be read of another user's process in an ordinary container.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

/// How often a state is looked at while it is waited for.
pub(super) const GLANCE: Duration = Duration::from_millis(15);

/// One cluster's processes.
#[derive(Debug, Clone)]
pub(super) struct Processes {
    data: PathBuf,
    title: String,
}

/// The lines of `postmaster.pid` that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) port: u16,
    pub(super) socket_dir: Option<PathBuf>,
    pub(super) status: String,
}

impl PidFile {
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let line = |n: usize| lines.get(n).copied().unwrap_or_default();
        Some(Self {
            pid: line(0).parse().ok().filter(|pid| *pid > 1)?,
            port: line(3).parse().unwrap_or(0),
            socket_dir: Some(line(4)).filter(|dir| !dir.is_empty()).map(PathBuf::from),
            status: line(7).to_owned(),
        })
    }
}

impl Processes {
    /// `title` is the cluster name, which PostgreSQL shows in the command lines of all but the first process.
    pub(super) fn new(data: &Path, title: &str) -> Self {
        Self { data: data.to_owned(), title: format!("postgres: {title}: ") }
    }

    pub(super) fn pid_path(&self) -> PathBuf {
        self.data.join("postmaster.pid")
    }

    /// What the pid file says, true or not.
    pub(super) fn claimed(&self) -> Option<PidFile> {
        PidFile::parse(&std::fs::read_to_string(self.pid_path()).ok()?)
    }

    /// The pid file, when the process that it names is this cluster's.
    pub(super) fn running(&self) -> Option<PidFile> {
        self.claimed().filter(|file| self.is_postmaster(file.pid))
    }

    /// Whether this process is the cluster's first one and not a zombie.
    pub(super) fn is_postmaster(&self, pid: i32) -> bool {
        let data = self.data.to_string_lossy();
        command_line(pid).is_some_and(|words| words.windows(2).any(|w| w[0] == "-D" && w[1] == data))
    }

    /// Processes that a killed server left behind; a new one cannot start beside them.
    pub(super) fn orphans(&self) -> Vec<i32> {
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        let pids = entries.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
        pids.filter(|pid| {
            command_line(*pid).is_some_and(|w| w.first().is_some_and(|w| w.starts_with(&self.title)))
        })
        .collect()
    }

    /// Sends a signal to the first process, if it is still that.
    pub(super) fn signal(&self, pid: i32, signal: Signal) {
        if self.is_postmaster(pid) {
            send(pid, signal);
        }
    }

    /// Ends what a killed server left behind. What waits notices by itself within moments; what is busy would go on for
    /// as long as its statement takes, for nobody, and is told to end.
    pub(super) async fn clear_orphans(&self) -> bool {
        let gone = || self.orphans().is_empty();
        if until(Duration::from_secs(2), gone).await {
            return true;
        }
        for pid in self.orphans() {
            send(pid, Signal::QUIT);
        }
        until(Duration::from_secs(20), gone).await
    }
}

/// Waits until something is so; `false` when the time is over first.
pub(super) async fn until(deadline: Duration, mut so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + deadline;
    while !so() {
        if Instant::now() >= end {
            return false;
        }
        sleep(GLANCE).await;
    }
    true
}

fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// The words of a process's command line. `None` when there is no such process or it is a zombie.
fn command_line(pid: i32) -> Option<Vec<String>> {
    let proc = Path::new("/proc");
    if proc.join("self/cmdline").exists() {
        let bytes = std::fs::read(proc.join(pid.to_string()).join("cmdline")).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let words: Vec<String> = text.split('\0').map(str::to_owned).collect();
        return (!text.is_empty()).then_some(words);
    }
    let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!text.is_empty()).then(|| text.split(' ').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_while_it_grows() {
        let whole = "4242\n/d/data\n1700000000\n5433\n/d/run\n127.0.0.1\n  123  456\nready   \n";
        let file = PidFile::parse(whole);
        assert_eq!(
            file,
            Some(PidFile {
                pid: 4242,
                port: 5433,
                socket_dir: Some("/d/run".into()),
                status: "ready".to_owned()
            })
        );
        assert_eq!(PidFile::parse("4242\n").map(|f| f.status), Some(String::new()));
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("-5\n"), None);
    }

    #[test]
    fn another_program_with_that_number_is_not_ours() {
        let me = i32::try_from(std::process::id()).unwrap();
        let processes = Processes::new(Path::new("/d/data"), "insula-x");
        assert!(!processes.is_postmaster(me));
        assert!(processes.orphans().is_empty());
        processes.signal(me, Signal::KILL);
    }
}
