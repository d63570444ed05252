//! The page in the terminal when everything serves: where to go, how to sign in, what to try.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::home::Home;
use super::up_json::UpJson;
use crate::commands::Context;
use crate::config::env;
use crate::terminal::Style;

/// Prints it: for people in any case, since `--json` has `up.json`.
pub(super) fn print(cx: &Context, up: &UpJson, home: &Home) {
    if cx.out.json {
        cx.out.result(up, |_| String::new());
    } else {
        println!("{}", page(cx.out.std, up, &program(), home));
    }
}

fn page(style: Style, up: &UpJson, insula: &str, home: &Home) -> String {
    let mut text = String::from("\n");
    let sign_in = |email: &str, password: Option<&str>| match password {
        Some(password) => format!("{email} / {password}"),
        None => email.to_owned(),
    };
    let operator = sign_in(&up.operator.email, up.operator.password.as_deref());
    let mut rows = vec![("Console".to_owned(), up.console_url.clone(), operator, String::new())];
    rows.extend(up.tenants.iter().map(|t| {
        let owner = sign_in(&t.owner.email, t.owner.password.as_deref());
        let ms = t.provisioned_ms.map(|ms| format!("  made in {ms} ms")).unwrap_or_default();
        (t.name.clone(), t.url.clone(), owner, format!("{}{}", t.tier, style.dim(&ms)))
    }));
    let width = |pick: fn(&(String, String, String, String)) -> &str| {
        rows.iter().map(|row| pick(row).chars().count()).max().unwrap_or_default()
    };
    let (name, url, who) = (width(|r| &r.0).max(9), width(|r| &r.1), width(|r| &r.2));
    for (a, b, c, d) in &rows {
        let line = format!(
            "  {}  {}  {c:<who$}  {d}",
            style.bold(&format!("{a:<name$}")),
            style.cyan(&format!("{b:<url$}"))
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let mut block = |title: &str, lines: &[String]| {
        for (index, line) in lines.iter().enumerate() {
            let title = if index == 0 { title } else { "" };
            let break_before = if index == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{break_before}  {}  {line}", style.bold(&format!("{title:<name$}")));
        }
    };
    block("Try", &commands(up, insula));
    block("And", &requests(up, insula));
    block(
        "Docs",
        &[format!(
            "{}        {}",
            style.cyan(&format!("{}/docs", up.console_url)),
            style.dim(&format!("for scripts: {}", home.dir.join("up.json").display()))
        )],
    );
    let _ = write!(text, "\n  Ctrl-C stops everything.");
    text
}

fn commands(up: &UpJson, insula: &str) -> Vec<String> {
    let known = up.tenants.first().map_or("umbrella", |t| t.slug.as_str());
    vec![
        format!("{insula} tenant create umbrella --tier schema --owner owner@umbrella.test"),
        format!("{insula} tenant list"),
        format!("{insula} tenant show {known}"),
    ]
}

fn requests(up: &UpJson, insula: &str) -> Vec<String> {
    let json = "-H 'Content-Type: application/json'";
    match up.tenants.iter().find(|t| t.api_key.is_some()) {
        Some(tenant) => {
            let key = format!("-H \"Authorization: Bearer $({insula} key demo {})\"", tenant.slug);
            let api = format!("{}/api/v1", tenant.url);
            let ask = r#"'{"question":{"dataset":"flights","measures":[{"agg":"count"},{"agg":"avg","measure":"dep_delay"}],"by":["origin"],"range":{"last":"all"}}}'"#;
            let event = r#"'{"events":[{"id":"first","dataset":"orders","at":"2026-01-01T12:00:00Z","measures":{"revenue":12.5},"dimensions":{"country":"CH"}}]}'"#;
            vec![
                format!("curl -s {key} {api}/dashboards"),
                format!("curl -s {key} {json} -d {ask} {api}/questions/ask"),
                format!("curl -s {key} {json} -d {event} {api}/events"),
            ]
        }
        None => {
            let auth = format!("-H \"Authorization: Bearer $({insula} key operator)\"");
            vec![
                format!("curl -s {auth} {}/status", up.api_url),
                format!("curl -s {auth} {}/tenants", up.api_url),
                format!("curl -s {}/openapi.json", up.api_url),
            ]
        }
    }
}

/// How to call this program from the shell: by its name where that finds it, else by its path.
fn program() -> String {
    let Ok(own) = std::env::current_exe() else { return "insula".to_owned() };
    let own = own.canonicalize().unwrap_or(own);
    let runs =
        |path: &Path| path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    let path = env::var("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join("insula")).find(|p| runs(p));
    if found.and_then(|p| p.canonicalize().ok()).is_some_and(|p| p == own) {
        return "insula".to_owned();
    }
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).unwrap_or_default();
    let shown: PathBuf = own.strip_prefix(&here).map(|rest| Path::new(".").join(rest)).unwrap_or(own);
    let text = shown.display().to_string();
    if text.contains(|c: char| c.is_whitespace() || "'\"$`\\".contains(c)) {
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        text
    }
}
