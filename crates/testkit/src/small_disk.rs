//! A small volume that a test can fill up. It takes the right to mount one, which root has on most machines.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A mounted volume; it goes when it is dropped.
pub(crate) struct SmallDisk {
    at: PathBuf,
    ballast: PathBuf,
}

impl SmallDisk {
    /// Puts what is in a directory onto a volume of its own, mounted in its place. `None`: this machine does not allow it.
    pub(crate) fn under(directory: &Path, megabytes: u32) -> Option<Self> {
        let aside = directory.with_extension("aside");
        std::fs::rename(directory, &aside).ok()?;
        std::fs::create_dir(directory).ok()?;
        let size = format!("size={megabytes}m");
        let (from, to) = (aside.join("."), directory.to_path_buf());
        let mounted = run(
            "mount",
            &["-t".as_ref(), "tmpfs".as_ref(), "-o".as_ref(), size.as_ref()],
            &[Path::new("insula-test"), &to],
        );
        if !mounted {
            std::fs::remove_dir(directory).ok()?;
            std::fs::rename(&aside, directory).ok()?;
            return None;
        }
        let disk = Self { ballast: to.join("ballast"), at: to };
        assert!(
            run("cp", &["-a".as_ref()], &[&from, &disk.at]),
            "what was in the directory is on the volume"
        );
        std::fs::remove_dir_all(&aside).ok()?;
        Some(disk)
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) {
        let mut ballast = File::create(&self.ballast).expect("a file");
        for size in [1 << 20, 1 << 12] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Gives it back.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(&self.ballast).expect("the ballast");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is just ending may have files open.
        run("umount", &["-l".as_ref()], &[&self.at]);
    }
}

fn run(program: &str, options: &[&std::ffi::OsStr], paths: &[&Path]) -> bool {
    let mut command = Command::new(program);
    command.args(options).args(paths).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
