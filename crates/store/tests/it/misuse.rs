//! What must not compile does not, and for the reason that its example names: an example that fails to compile because
//! of a slip of the pen would prove nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One example that must not compile.
struct Example {
    place: String,
    code: String,
    reason: String,
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn examples() -> Vec<Example> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut examples = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut open: Option<Example> = None;
        for (number, line) in text.lines().enumerate() {
            let Some(doc) = line.trim_start().strip_prefix("///") else { continue };
            let doc = doc.strip_prefix(' ').unwrap_or(doc);
            match (&mut open, doc.trim()) {
                (Some(_), "```") => examples.extend(open.take()),
                (Some(example), doc) => match doc.strip_prefix("// refused: ") {
                    Some(reason) => example.reason = reason.to_owned(),
                    None => example.code.push_str(&format!("{doc}\n")),
                },
                (None, "```compile_fail") => {
                    let place = format!("{}:{}", file.display(), number + 1);
                    open = Some(Example { place, code: String::new(), reason: String::new() });
                }
                (None, _) => {}
            }
        }
    }
    examples
}

/// The libraries of a name beside the test's own binary, the newest first.
fn libraries(deps: &Path, name: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(deps).unwrap().map(|entry| entry.unwrap().path());
    let mut named: Vec<PathBuf> = all
        .filter(|path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            file.starts_with(&format!("lib{name}-")) && file.ends_with(".rlib")
        })
        .collect();
    named.sort_by_key(|path| std::cmp::Reverse(path.metadata().unwrap().modified().unwrap()));
    named
}

/// Compiles examples against the libraries that this test was linked with.
struct Compiler {
    deps: PathBuf,
    scratch: PathBuf,
    externs: Vec<(&'static str, PathBuf)>,
}

impl Compiler {
    /// The newest libraries that go together: a target folder keeps those of earlier builds as well.
    fn new() -> Self {
        let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let scratch = std::env::temp_dir().join(format!("insula-misuse-{}", std::process::id()));
        let frame = "pub fn known(p: &insula_store::Permit<'_, insula_model::policy::action::DashboardView>) -> insula_model::TenantId { p.tenant().id }\n\
                     pub fn json(value: &insula_model::TenantRecord) -> String { serde_json::to_string(value).unwrap() }";
        let mut said = Vec::new();
        for store in libraries(&deps, "insula_store") {
            for model in libraries(&deps, "insula_model") {
                for json in libraries(&deps, "serde_json") {
                    let externs = vec![
                        ("insula_store", store.clone()),
                        ("insula_model", model.clone()),
                        ("serde_json", json),
                    ];
                    let compiler = Self { deps: deps.clone(), scratch: scratch.clone(), externs };
                    said = compiler.errors(frame);
                    if said.is_empty() {
                        return compiler;
                    }
                }
            }
        }
        panic!("the frame of the examples does not compile: {said:#?}");
    }

    fn errors(&self, code: &str) -> Vec<String> {
        // A compiler that was tried before may have taken its scratch with it.
        std::fs::create_dir_all(&self.scratch).unwrap();
        let file = self.scratch.join("example.rs");
        std::fs::write(&file, code).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "--error-format",
            "short",
        ]);
        let mut search = std::ffi::OsString::from("dependency=");
        search.push(&self.deps);
        rustc.arg("-L").arg(search).arg("-o").arg(self.scratch.join("example.rmeta"));
        for (name, path) in &self.externs {
            rustc.arg("--extern").arg(format!("{name}={}", path.display()));
        }
        let output = rustc.arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let errors = said.lines().filter(|l| l.contains("error") && !l.contains("aborting due to"));
        let errors: Vec<String> = errors.map(str::to_owned).collect();
        assert_eq!(errors.is_empty(), output.status.success(), "{said}");
        errors
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

#[test]
fn examples_of_misuse_do_not_compile_for_the_reason_that_they_name() {
    let compiler = Compiler::new();
    let examples = examples();
    assert!(examples.len() >= 14, "only {} examples were found", examples.len());
    for example in &examples {
        assert!(!example.reason.is_empty(), "{}: name the reason: `// refused: …`", example.place);
        let errors = compiler.errors(&example.code);
        assert!(!errors.is_empty(), "{} compiles", example.place);
        for error in &errors {
            assert!(
                error.contains(&example.reason),
                "{}: refused for another reason: {errors:#?}",
                example.place
            );
        }
    }
}
