//! JSON, strictly: nothing unknown, nothing deeper than 32 levels, and a pointer to what is wrong.

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use insula_model::{Error, Result, problem};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::Content;

/// Levels of nesting at most.
const DEEPEST: usize = 32;

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> Content for Json<T> {
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        if !is_json(headers) {
            return Err(Error::new(problem::UNSUPPORTED_TYPE, "Send `Content-Type: application/json`."));
        }
        parse(bytes).map(Self)
    }
}

/// A JSON body that may be left out.
pub(crate) struct MaybeJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> Content for MaybeJson<T> {
    fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        Json::read(headers, bytes).map(|Json(value)| Self(value))
    }
}

/// Whether the body is said to be JSON, in UTF-8.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(|h| h.to_str()) else { return false };
    let mut parts = text.split(';').map(str::trim);
    parts.next().is_some_and(|t| t.eq_ignore_ascii_case("application/json"))
        && parts.all(|p| {
            let p = p.to_ascii_lowercase();
            p == "charset=utf-8" || p == "charset=\"utf-8\""
        })
}

/// JSON in a parameter of an address, `at` by pointer.
///
/// # Errors
/// `input.invalid`, `input.json`, `input.too_deep`.
pub(crate) fn json_in_query<T: DeserializeOwned>(text: &str, at: &str) -> Result<T> {
    parse(text.as_bytes()).map_err(|error| {
        let inside = !error.fields().is_empty();
        if inside { error.under(at) } else { error.at(at) }
    })
}

/// Understands JSON.
///
/// # Errors
/// `input.too_deep`; `input.json` when it is none; `input.invalid` with a pointer when it is another than expected.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    check_depth(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        refusal(&error.into_inner(), pointer)
    })?;
    reader.end().map_err(|error| refusal(&error, String::new()))?;
    Ok(value)
}

/// Refuses what is nested too deeply, before anything parses it.
///
/// # Errors
/// `input.too_deep`.
pub(super) fn check_depth(bytes: &[u8]) -> Result<()> {
    if depth(bytes) > DEEPEST {
        return Err(Error::new(problem::TOO_DEEP, "The body is nested more than 32 levels deep."));
    }
    Ok(())
}

fn refusal(error: &serde_json::Error, pointer: String) -> Error {
    // Serde's sentences name the value that was found and the one expected; the value is the caller's own.
    let text = error.to_string();
    let sentence = text.split(" at line ").next().unwrap_or_default();
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_data() {
        let mut pointer = pointer;
        let code = if sentence.starts_with("unknown field") {
            "unknown"
        } else if let Some(name) = sentence.strip_prefix("missing field `").and_then(|t| t.strip_suffix('`'))
        {
            pointer.push('/');
            pointer.push_str(name);
            "missing"
        } else if sentence.starts_with("duplicate field") {
            "duplicate"
        } else {
            "invalid"
        };
        return Error::invalid(pointer, code, format!("{}.", capital(sentence)));
    }
    Error::new(problem::JSON, format!("{} ({place}).", capital(sentence)))
}

fn capital(text: &str) -> String {
    let mut short: String = text.chars().take(300).collect();
    if let Some(first) = short.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    short
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut out = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// How deeply brackets are nested, outside of strings. Looked at before parsing, so that no parser recurses.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let (mut in_string, mut escaped) = (false, false);
    for b in bytes {
        match (in_string, b) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Shape {
        name: String,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its shape matters")]
    struct Inner {
        size: u8,
    }

    fn wrong(text: &str) -> (String, String) {
        let error = parse::<Shape>(text.as_bytes()).unwrap_err();
        (error.code().to_owned(), error.fields().first().map(|f| f.pointer.clone()).unwrap_or_default())
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let invalid = |pointer: &str| ("input.invalid".to_owned(), pointer.to_owned());
        assert!(parse::<Shape>(br#"{"name":"a","inner":[{"size":1}]}"#).is_ok());
        assert_eq!(wrong(r#"{"name":"a","tenant_id":"b"}"#), invalid("/tenant_id"));
        assert_eq!(wrong(r#"{"name":"a","inner":[{"size":1},{"size":"x"}]}"#), invalid("/inner/1/size"));
        assert_eq!(wrong(r#"{"name":["a"]}"#), invalid("/name"));
        assert_eq!(wrong(r#"{"name":"a","name":"b"}"#).0, "input.invalid");
        assert_eq!(wrong("{}"), invalid("/name"));
        for text in ["", "{", "{\"name\":\"a\"} x", "{\"name\":\"a\",}", "nul", "\u{feff}{}"] {
            assert_eq!(wrong(text).0, "input.json", "{text:?}");
        }
        assert_eq!(parse::<Shape>(b"{\"name\":\"\xff\"}").unwrap_err().code(), "input.json");
    }

    #[test]
    fn depth_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":"[[[[\"[[","b":[[1],[2]]}"#), 3);
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(wrong(&deep).0, "input.too_deep");
        let just = format!("{}{}", "[".repeat(32), "]".repeat(32));
        assert!(parse::<serde_json::Value>(just.as_bytes()).is_ok());
    }
}
