//! The rules, one function each.

use super::Finding::{Question, Stop};
use super::{File, Finding, literals};

pub(super) type Rule = fn(&File<'_>) -> Vec<Finding>;

pub(super) const ALL: &[Rule] = &[size, names, words, unfinished, module_docs, trailing_blanks, sql];

const CODE: &[&str] = &["rs", "ts", "js", "mjs", "svelte", "css", "sql", "sh"];
const QUESTION_LINES: usize = 400;
const STOP_LINES: usize = 600;

/// A long file holds more than one thing.
fn size(file: &File<'_>) -> Vec<Finding> {
    let lines = file.text.lines().count();
    let path = file.path;
    if file.generated || !file.has_extension(CODE) {
        return Vec::new();
    }
    if lines > STOP_LINES {
        return vec![Stop(format!(
            "{path}: {lines} lines, {STOP_LINES} at most; split it by noun, then by verb"
        ))];
    }
    let long = lines > QUESTION_LINES;
    long.then(|| Question(format!("{path}: {lines} lines; split it by noun, then by verb?")))
        .into_iter()
        .collect()
}

/// Names that say nothing attract everything.
fn names(file: &File<'_>) -> Vec<Finding> {
    const EMPTY: &[&str] = &["utils", "util", "common", "helpers", "helper", "types", "misc"];
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or_default());
    let empty = stems.filter(|stem| EMPTY.contains(stem));
    empty
        .map(|stem| Stop(format!("{}: `{stem}` says nothing; name it after what is in it", file.path)))
        .collect()
}

/// Words that belong to a machine and not to the project. Split, so that this file does not contain them.
const WORDS: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("crates", ".io"), "the host of a registry"),
    (concat!("npmjs", ".org"), "the host of a registry"),
    (concat!("npmjs", ".com"), "the host of a registry"),
    (concat!("pypi", ".org"), "the host of a registry"),
    (concat!("pythonhosted", ".org"), "the host of a registry"),
    (concat!("deb.debian", ".org"), "the host of a registry"),
];

fn words(file: &File<'_>) -> Vec<Finding> {
    // Cargo itself writes the registry's name into its lock file.
    let skip = file.path == "Cargo.lock";
    let lines = file.text.lines().enumerate().filter(|_| !skip);
    lines
        .flat_map(|(n, line)| WORDS.iter().filter(move |(word, _)| line.contains(word)).map(move |w| (n, w)))
        .map(|(n, (word, what))| Stop(format!("{}:{}: `{word}` is {what}; leave it out", file.path, n + 1)))
        .collect()
}

/// Work that claims to be there.
fn unfinished(file: &File<'_>) -> Vec<Finding> {
    const MARKS: &[&str] = &[concat!("to", "do!"), concat!("unimple", "mented!"), concat!("#[ig", "nore")];
    if !file.has_extension(&["rs"]) {
        return Vec::new();
    }
    // Examples in docs may leave out what they are not about.
    let code = file.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let found = code
        .filter_map(|(n, line)| MARKS.iter().find(|mark| line.contains(**mark)).map(|mark| (n + 1, mark)));
    found
        .map(|(n, mark)| {
            Stop(format!("{}:{n}: `{mark}` has no place here; finish it or leave it out", file.path))
        })
        .collect()
}

/// What is this, what must always hold, where is it tested?
fn module_docs(file: &File<'_>) -> Vec<Finding> {
    if !file.has_extension(&["rs"]) || file.generated || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![Stop(format!("{}:1: begin with `//!`: what this is, what must hold, where it is tested", file.path))]
}

fn trailing_blanks(file: &File<'_>) -> Vec<Finding> {
    if file.generated {
        return Vec::new();
    }
    let lines = file.text.lines().enumerate().filter(|(_, line)| line.ends_with([' ', '\t']));
    lines.map(|(n, _)| Stop(format!("{}:{}: blanks at the end of the line", file.path, n + 1))).collect()
}

/// The crates that may speak SQL; tests may look into the database everywhere.
fn may_speak_sql(path: &str) -> bool {
    let places = ["crates/store/", "crates/insight/", "crates/testkit/", "bench/", "xtask/"];
    places.iter().any(|place| path.starts_with(place))
        || path.contains("/tests/")
        || path.contains("/migrations/")
}

fn sql(file: &File<'_>) -> Vec<Finding> {
    if !file.has_extension(&["rs"]) || may_speak_sql(file.path) {
        return Vec::new();
    }
    let statements = literals::of(file.text).into_iter().filter(|literal| literals::is_sql(&literal.text));
    statements
        .map(|literal| {
            Stop(format!("{}:{}: SQL is written in `store` and `insight` only", file.path, literal.line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(rule: Rule, path: &str, text: &str) -> Vec<Finding> {
        rule(&File::new(path, text))
    }

    fn stops(rule: Rule, path: &str, text: &str) -> bool {
        findings(rule, path, text).iter().any(|f| matches!(f, Stop(_)))
    }

    #[test]
    fn long_files_are_questioned_and_then_stopped() {
        assert_eq!(findings(size, "a.rs", &"x\n".repeat(400)), []);
        assert!(matches!(findings(size, "a.rs", &"x\n".repeat(401))[..], [Question(_)]));
        assert!(matches!(findings(size, "a.svelte", &"x\n".repeat(601))[..], [Stop(_)]));
        assert_eq!(findings(size, "a.md", &"x\n".repeat(2_000)), []);
        let generated = format!("// {}\n{}", crate::generate::MARKER, "x\n".repeat(2_000));
        assert_eq!(findings(size, "a.ts", &generated), []);
    }

    #[test]
    fn empty_names_are_refused_for_files_and_folders() {
        assert!(stops(names, "crates/model/src/utils.rs", ""));
        assert!(stops(names, "web/app/helpers/x.ts", ""));
        assert!(stops(names, "web/app/types.d.ts", ""));
        assert!(!stops(names, "crates/model/src/tenant_types.rs", ""));
    }

    #[test]
    fn words_of_a_machine_are_refused_everywhere_but_in_cargos_own_lock() {
        for (word, _) in WORDS {
            assert!(stops(words, "README.md", &format!("see {word}x")), "{word}");
            assert!(stops(words, "web/package-lock.json", &format!("see {word}x")), "{word}");
            assert!(!stops(words, "Cargo.lock", &format!("see {word}x")), "{word}");
        }
        assert!(!stops(words, "a.rs", "the root of the work"));
    }

    #[test]
    fn unfinished_work_is_refused() {
        assert!(stops(unfinished, "a.rs", concat!("fn a() { to", "do!() }")));
        assert!(stops(unfinished, "a.rs", concat!("#[ig", "nore = \"slow\"]")));
        assert!(!stops(unfinished, "a.rs", concat!("/// let a = to", "do!();")));
        assert!(!stops(unfinished, "a.md", concat!("to", "do!")));
    }

    #[test]
    fn a_module_begins_with_its_docs() {
        assert!(stops(module_docs, "a.rs", "use std::io;\n"));
        assert!(!stops(module_docs, "a.rs", "//! What it is.\nuse std::io;\n"));
        assert!(!stops(module_docs, "a.ts", "import x;\n"));
    }

    #[test]
    fn blanks_at_the_end_are_refused() {
        assert!(stops(trailing_blanks, "a.md", "one \ntwo\n"));
        assert!(!stops(trailing_blanks, "a.md", "one\n\ntwo\n"));
    }

    #[test]
    fn sql_outside_of_its_crates_is_refused() {
        let code = "fn a() { run(\"select id from tenants\") }";
        assert!(stops(sql, "crates/platform/src/tenant.rs", code));
        assert!(stops(sql, "crates/server/src/a.rs", "const A: &str = r#\"\n  UPDATE x\n  SET a = 1\"#;"));
        assert!(!stops(sql, "crates/store/src/tenant.rs", code));
        assert!(!stops(sql, "crates/cli/tests/it/a.rs", code));
        assert!(!stops(sql, "crates/cli/src/a.rs", "// \"select id from tenants\"\n"));
        assert!(!stops(sql, "crates/cli/src/a.rs", "print(\"Select a tenant from the list\")"));
    }
}
