//! Running the binary: an `insula up` in a folder of its own, and commands beside it. Everything ends with the test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long a start may take on a machine that does other things as well.
const START: Duration = Duration::from_secs(240);
const STOP: Duration = Duration::from_secs(60);

/// A folder with an installation in `.insula`, and a user's configuration of its own.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
}

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("insula-it-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self { path }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path.join(".insula")
    }

    /// The binary in this folder, with nothing of the environment that could reach it.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_insula"));
        let keep = ["PATH", "PYTHONPATH", "LANG"];
        command.env_clear().envs(std::env::vars().filter(|(name, _)| keep.contains(&name.as_str())));
        command.env("HOME", &self.path).env("XDG_CONFIG_HOME", self.path.join("config"));
        // An operation whose worker was killed is taken over soon.
        command.env("INSULA_WORKERS_LEASE_SECONDS", "2");
        command.current_dir(&self.path).stdin(Stdio::null()).args(args);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().expect("the binary"))
    }

    /// Runs a command that must end well, and reads the document that it printed.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.push("--json");
        let ran = self.run(&all);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {ran:?}"))
    }

    /// Starts `insula up` and waits until it serves.
    pub(crate) fn up(&self, args: &[&str]) -> Up<'_> {
        Up::start(self, args)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a failed test leaves running is told to stop first.
        for pid in processes_of(&self.path) {
            signal(pid, Signal::INT);
        }
        let end = Instant::now() + STOP;
        while !processes_of(&self.path).is_empty() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A running `insula up`.
pub(crate) struct Up<'f> {
    folder: &'f Folder,
    child: Child,
    /// `up.json`.
    pub(crate) json: Value,
    /// How long it took until everything served.
    pub(crate) took: Duration,
}

impl<'f> Up<'f> {
    fn start(folder: &'f Folder, args: &[&str]) -> Self {
        let up_json = folder.data().join("up.json");
        // One that a killed process left behind is not what is waited for.
        let stale = std::fs::read(&up_json).ok();
        let log = |name: &str| File::create(folder.path.join(name)).expect("a log");
        let mut command = folder.command(&["up", "--port", "0"]);
        let begun = Instant::now();
        let mut child =
            command.args(args).stdout(log("out.txt")).stderr(log("err.txt")).spawn().expect("the binary");
        loop {
            let now = std::fs::read(&up_json).ok().filter(|now| Some(now) != stale.as_ref());
            if let Some(json) = now.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                return Self { folder, child, json, took: begun.elapsed() };
            }
            let ended = child.try_wait().expect("the process");
            assert!(ended.is_none(), "`insula up` ended with {ended:?}:\n{}", said(folder));
            assert!(begun.elapsed() < START, "`insula up` does not serve:\n{}", said(folder));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it has said until now.
    pub(crate) fn said(&self) -> String {
        said(self.folder)
    }

    /// Waits until it has said something: the page comes after `up.json`.
    pub(crate) fn says(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.said().contains(text) {
            assert!(Instant::now() < end, "{text:?} is not said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a pid")
    }

    /// Ends it as a person or a supervisor does, and says how long that took.
    pub(crate) fn stop(mut self, how: Signal) -> Duration {
        let begun = Instant::now();
        signal(self.pid(), how);
        let status = self.ended();
        assert!(status.success(), "ended with {status}:\n{}", said(self.folder));
        begun.elapsed()
    }

    /// As a power cut does.
    pub(crate) fn kill(mut self) {
        signal(self.pid(), Signal::KILL);
        let _ = self.ended();
    }

    fn ended(&mut self) -> std::process::ExitStatus {
        let end = Instant::now() + STOP;
        loop {
            if let Some(status) = self.child.try_wait().expect("the process") {
                return status;
            }
            assert!(Instant::now() < end, "`insula up` does not end:\n{}", said(self.folder));
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.pid(), Signal::INT);
            let end = Instant::now() + STOP;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn said(folder: &Folder) -> String {
    let read = |name: &str| std::fs::read_to_string(folder.path.join(name)).unwrap_or_default();
    format!("{}\n{}", read("out.txt"), read("err.txt"))
}

pub(crate) fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// Every process whose command line names a folder.
pub(crate) fn processes_of(folder: &Path) -> Vec<i32> {
    let name = folder.to_string_lossy().into_owned();
    let entries = std::fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|e| e.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&name)
    })
    .collect()
}

/// A client that finds every name on this machine.
pub(crate) fn http() -> reqwest::Client {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let names = [
        "console.localhost",
        "acme.localhost",
        "globex.localhost",
        "initech.localhost",
        "umbrella.localhost",
    ];
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy();
    names.into_iter().fold(builder, |b, name| b.resolve(name, here)).build().expect("a client")
}

/// A text in a document, by its path.
pub(crate) fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {path} in {value}"))
}
