//! The environment, read here and nowhere else.

/// A variable, if it is set and is text.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Every variable that begins with `INSULA_`.
pub(super) fn ours() -> Vec<(String, String)> {
    let mut found: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("INSULA_"))
        .collect();
    found.sort();
    found
}

/// The folder for the user's configuration: `$XDG_CONFIG_HOME/insula`, else `~/.config/insula`.
pub(crate) fn config_home() -> Option<std::path::PathBuf> {
    let absolute = |name| var(name).map(std::path::PathBuf::from).filter(|p| p.is_absolute());
    let home = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(home.join("insula"))
}
