//! What applying a file does, or would do, in some lines.

use super::Style;

/// The line of one file, and one for each thing that it changes.
pub(crate) fn change(style: Style, action: &str, name: &str, file: &str, changes: &[String]) -> String {
    let word = format!("{action:<9}");
    let sign = match action {
        "create" => style.green(&word),
        "update" => style.cyan(&word),
        "conflict" => style.red(&word),
        _ => style.dim(&word),
    };
    let mut lines = format!("{sign} {}  {}", style.bold(name), style.dim(file));
    for change in changes {
        lines.push_str(&format!("\n    {change}"));
    }
    lines
}
