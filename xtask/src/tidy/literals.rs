//! The string literals of a Rust file, found without a parser: comments, character literals, lifetimes and raw strings
//! are told apart, which is all it takes.

/// One literal and the line it begins in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

pub(super) fn of(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some((body, length)) =
            raw(rest, at.checked_sub(1).map(|p| bytes[p])).or_else(|| plain(rest))
        {
            let line = source[..at].matches('\n').count() + 1;
            found.push(Literal { line, text: body });
            length
        } else if rest.starts_with('\'') {
            character(rest)
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += skip;
    }
    found
}

/// `r"…"`, `r#"…"#` and so on; the letter must not be the end of a name.
fn raw(rest: &str, before: Option<u8>) -> Option<(String, usize)> {
    if before.is_some_and(|b| (b.is_ascii_alphanumeric() && b != b'b') || b == b'_') {
        return None;
    }
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close)?;
    Some((body[..end].to_owned(), 1 + hashes + 1 + end + close.len()))
}

fn plain(rest: &str) -> Option<(String, usize)> {
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((body[..at].to_owned(), at + 2)),
            _ => {}
        }
    }
    None
}

/// The length of `'x'` or `'\n'`; of a lifetime just the mark.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            rest[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 3)
        }
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// Whether a text reads like a statement. A sentence for people begins with one capital letter, a statement with none
/// or with a word of capitals.
pub(super) fn is_sql(text: &str) -> bool {
    let text = text.replace("\\n", " ").replace('\\', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some(first) = words.first() else { return false };
    let shouted = first.chars().all(|c| c.is_ascii_uppercase());
    let quiet = first.chars().all(|c| c.is_ascii_lowercase());
    if !shouted && !quiet {
        return false;
    }
    let word = |n: usize| words.get(n).map(|w| w.to_ascii_lowercase()).unwrap_or_default();
    let has = |wanted: &str| words.iter().any(|w| w.eq_ignore_ascii_case(wanted));
    match first.to_ascii_lowercase().as_str() {
        "select" => has("from") || word(1).contains('('),
        "insert" => word(1) == "into",
        "update" => has("set"),
        "delete" => word(1) == "from",
        "create" | "drop" | "alter" => {
            ["table", "schema", "database", "role", "index", "policy", "function"].contains(&word(1).as_str())
                && words.len() > 2
                && shouted
                || ["table"].contains(&word(1).as_str()) && words.len() > 2
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        of(source).into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn literals_are_told_from_what_looks_like_them() {
        assert_eq!(texts(r#"let a = "x\"y"; // "no""#), [r#"x\"y"#]);
        assert_eq!(texts("r#\"a \"quoted\" b\"#"), ["a \"quoted\" b"]);
        assert_eq!(texts("let r = br\"raw\"; let for_r = r;"), ["raw"]);
        assert_eq!(texts("fn f<'a>(x: &'a str) { ('\"', '\\'', \"s\") }"), ["s"]);
        assert_eq!(texts("/* \"no\" */ \"yes\""), ["yes"]);
        assert_eq!(of("\n\n\"x\"")[0].line, 3);
        assert_eq!(texts("\"ä\" 'ö' \"ü\""), ["ä", "ü"]);
    }

    #[test]
    fn statements_are_told_from_sentences() {
        for sql in [
            "select id from tenants",
            "SELECT set_config($1, $2, true)",
            "insert into x values (1)",
            "\\n   update x\\n set a = 1",
            "DELETE FROM x",
            "create table x (a int)",
            "ALTER ROLE x NOLOGIN",
        ] {
            assert!(is_sql(sql), "{sql}");
        }
        for prose in [
            "Select a tenant from the list",
            "update the settings",
            "selected from",
            "create database",
            "",
            "create",
        ] {
            assert!(!is_sql(prose), "{prose}");
        }
    }
}
