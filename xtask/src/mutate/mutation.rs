//! A mutation: a guard, how it is taken away, and the tests that must see it.
//!
//! ```text
//! -- guard: row security is on for every tenant table        (SQL: applied to the databases of an installation)
//! -- red: insula-testkit: catalogue::the_catalogue_has_no_hole::pooled
//! -- in: shared template
//!
//! guard: a session opens its own tenant only                 (source: one text in one file becomes another)
//! red: insula-platform: sessions::a_session_opens_its_own_tenant_only::pooled
//! file: crates/store/src/admissions.rs
//! --- old
//! --- new
//! --- end
//! ```
//! Must hold: the old text is in the file exactly once, so that a mutation that the code has left behind is an error and
//! not a guard that seems to be tested.

use std::path::{Path, PathBuf};

use crate::failure::{Context, Failure, Result};

/// Tests of one package, by their whole names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tests {
    pub(super) package: String,
    /// The library's own tests, not those in `tests/it`.
    pub(super) library: bool,
    pub(super) names: Vec<String>,
}

/// How a guard is taken away.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The file is SQL that testkit runs after each installation.
    Sql,
    /// A text in a file of the checkout.
    Source { file: String, old: String, new: String },
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mutation {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) guard: String,
    pub(super) red: Vec<Tests>,
    pub(super) change: Change,
}

/// All mutations in a folder, by name.
pub(super) fn all(folder: &Path) -> Result<Vec<Mutation>> {
    let entries = std::fs::read_dir(folder).context(folder.display())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    let wanted = |path: &PathBuf| path.extension().is_some_and(|e| e == "sql" || e == "mutation");
    paths.into_iter().filter(wanted).map(|path| read(&path)).collect()
}

fn read(path: &Path) -> Result<Mutation> {
    let text = std::fs::read_to_string(path).context(path.display())?;
    parse(path, &text).map_err(|what| Failure::new(format!("{}: {what}", path.display())))
}

fn parse(path: &Path, text: &str) -> Result<Mutation, String> {
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut guard, mut red, mut file) = (None, Vec::new(), None);
    for line in text.lines().map(|l| l.trim_start_matches("-- ")) {
        if let Some(text) = line.strip_prefix("guard: ") {
            guard = Some(text.to_owned());
        } else if let Some(text) = line.strip_prefix("red: ") {
            red.push(tests(text)?);
        } else if let Some(text) = line.strip_prefix("file: ") {
            file = Some(text.to_owned());
        } else if line.starts_with("--- old") {
            break;
        }
    }
    let change = match file {
        None => Change::Sql,
        Some(file) => {
            let between = |from: &str, to: &str| {
                let (_, rest) = text.split_once(from).ok_or(format!("no `{}`", from.trim()))?;
                let (inner, _) = rest.split_once(to).ok_or(format!("no `{}`", to.trim()))?;
                // The last line's end is the description's, not the text's.
                Ok::<_, String>(inner.strip_suffix('\n').unwrap_or(inner).to_owned())
            };
            let (old, new) = (between("--- old\n", "--- new\n")?, between("--- new\n", "--- end")?);
            Change::Source { file, old, new }
        }
    };
    let guard = guard.ok_or("no line `guard: …`")?;
    if red.is_empty() {
        return Err("no line `red: package: tests`".to_owned());
    }
    Ok(Mutation { name, path: path.to_owned(), guard, red, change })
}

fn tests(text: &str) -> Result<Tests, String> {
    let (package, names) = text.split_once(": ").ok_or("`red` is `package: tests`")?;
    let (package, library) = match package.strip_suffix("/lib") {
        Some(package) => (package, true),
        None => (package, false),
    };
    let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    Ok(Tests { package: package.to_owned(), library, names })
}

/// The text with the guard taken away.
pub(super) fn applied(text: &str, old: &str, new: &str) -> Result<String> {
    match text.matches(old).count() {
        1 if old != new => Ok(text.replacen(old, new, 1)),
        1 => Err(Failure::new("the old and the new text are the same")),
        n => Err(Failure::new(format!(
            "the old text is there {n} times, not once: the code has changed, and the mutation has to follow"
        ))),
    }
}

#[cfg(test)]
mod tests_of_this {
    use super::*;

    #[test]
    fn both_kinds_are_understood() {
        let sql = "-- guard: a\n-- red: p: x::y z\n-- in: shared\nSELECT 1";
        let sql = parse(Path::new("m/one.sql"), sql).unwrap();
        assert_eq!((sql.name.as_str(), sql.guard.as_str(), sql.change), ("one", "a", Change::Sql));
        assert_eq!(
            (sql.red[0].package.as_str(), sql.red[0].names.len(), sql.red[0].library),
            ("p", 2, false)
        );
        let source = "guard: b\nred: q/lib: x\nfile: a.rs\n--- old\nif x {\n--- new\nif true {\n--- end\n";
        let source = parse(Path::new("m/two.mutation"), source).unwrap();
        assert!(source.red[0].library);
        let Change::Source { file, old, new } = source.change else { panic!("source") };
        assert_eq!((file.as_str(), old.as_str(), new.as_str()), ("a.rs", "if x {", "if true {"));
        assert!(parse(Path::new("m/three.sql"), "-- guard: a\n").is_err());
    }

    #[test]
    fn the_old_text_is_there_once() {
        assert_eq!(applied("a b c", "b", "x").unwrap(), "a x c");
        for (text, old, new) in [("a b b", "b", "x"), ("a", "b", "x"), ("b", "b", "b")] {
            assert!(applied(text, old, new).is_err());
        }
    }

    #[test]
    fn every_mutation_of_the_source_fits_the_source() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let all = all(&root.join(super::super::FOLDER)).unwrap();
        assert!(all.len() >= 20, "{} mutations", all.len());
        for mutation in all {
            let Change::Source { file, old, new } = &mutation.change else { continue };
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            applied(&text, old, new).unwrap_or_else(|e| panic!("{}: {e}", mutation.name));
        }
    }
}
