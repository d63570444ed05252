//! `insula config`: what is in effect, and why; and the reference of all settings.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::layers::text;
use super::{Effective, setting};
use crate::terminal::{Out, table};

/// Prints the effective configuration with the origin of each value.
pub(crate) fn show(out: &Out, effective: &Effective) {
    let values = setting::ALL.iter().filter_map(|s| Some((s, effective.layers.0.get(s.path)?)));
    let rows: Vec<_> = values
        .map(|(setting, (value, origin))| {
            let shown =
                if setting.secret && !value.is_null() { json!("(set, not shown)") } else { value.clone() };
            (setting.path, shown, origin.to_string())
        })
        .collect();
    let document: Map<String, Value> = rows
        .iter()
        .map(|(path, value, origin)| ((*path).to_owned(), json!({ "value": value, "origin": origin })))
        .collect();
    out.result(&document, |style| {
        let rows = rows.iter().map(|(path, value, origin)| {
            let origin = if origin == "default" { style.dim(origin) } else { style.cyan(origin) };
            let value = if value.is_null() { style.dim("-") } else { text(value) };
            vec![(*path).to_owned(), value, origin]
        });
        table::table(style, &["setting", "value", "from"], &[], rows.collect())
    });
}

/// The reference page of all settings.
pub(crate) fn reference() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         `insula` reads, the later one winning: `$XDG_CONFIG_HOME/insula/insula.toml`, `./insula.toml` (or, instead of both,\n\
         the file named by `--config`), the environment, flags. `insula config` prints what is in effect, with the origin of\n\
         each value. A name that is not in this list is refused.\n",
    );
    let defaults = super::Layers::defaults();
    let mut section = "";
    for setting in setting::ALL {
        let (of, name) = setting.path.split_once('.').unwrap_or((setting.path, ""));
        if of != section {
            section = of;
            let _ = write!(
                page,
                "\n## `[{section}]`\n\n| setting | variable | default | what it is for | allowed |\n|---|---|---|---|---|\n"
            );
        }
        let default = defaults.0.get(setting.path).map(|(value, _)| text(value)).unwrap_or_default();
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let note = if setting.secret { " Secret." } else { "" };
        let _ = writeln!(
            page,
            "| `{name}` | `{}` | {default} | {}{note} | {} |",
            setting.variable(),
            setting.about,
            setting.allowed
        );
    }
    page
}
