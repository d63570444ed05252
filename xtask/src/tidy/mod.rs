//! `cargo xtask tidy`: house rules about files that no compiler checks.
//!
//! Must hold: a rule looks at one file and says the file, the line and what to do. Each rule is tested with a file that
//! breaks it.

mod literals;
mod rules;

use crate::failure::{Failure, Result};
use crate::generate;
use crate::repo::Repo;

/// A file under inspection.
struct File<'a> {
    /// From the top of the checkout, with slashes.
    path: &'a str,
    text: &'a str,
    /// Made by a program: sizes and words are not its fault.
    generated: bool,
}

impl<'a> File<'a> {
    fn new(path: &'a str, text: &'a str) -> Self {
        let machine_made = ["Cargo.lock", "web/package-lock.json"].contains(&path) || path.ends_with(".snap");
        Self { path, text, generated: machine_made || generate::is_generated(path, text) }
    }

    fn has_extension(&self, among: &[&str]) -> bool {
        let extension = self.path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e);
        extension.is_some_and(|e| among.contains(&e))
    }
}

/// What a rule found.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    /// Somebody should think about it.
    Question(String),
    /// It must not be so.
    Stop(String),
}

pub(crate) fn run(repo: &Repo, _: &[String]) -> Result<()> {
    let (mut files, mut questions, mut stops) = (0, Vec::new(), Vec::new());
    for path in repo.files()? {
        let Ok(bytes) = std::fs::read(repo.path(&path)) else { continue };
        // What is not text has no lines and no words; its name is looked at nevertheless.
        let text = String::from_utf8(bytes).unwrap_or_default();
        files += 1;
        let file = File::new(&path, &text);
        for finding in rules::ALL.iter().flat_map(|rule| rule(&file)) {
            match finding {
                Finding::Question(text) => questions.push(text),
                Finding::Stop(text) => stops.push(text),
            }
        }
    }
    for question in &questions {
        eprintln!("question: {question}");
    }
    if stops.is_empty() {
        println!("tidy: {files} files, {} questions", questions.len());
        return Ok(());
    }
    Err(Failure::new(format!("{}\ntidy: {} things to mend in {files} files", stops.join("\n"), stops.len())))
}
