//! A filter as somebody types it: `carrier=AA,B6`, `delay>=15`, or as the API has it.

use insula_model::Filter;

/// What is said of a text that is none.
const FORMS: &str = "write carrier=AA,B6 (one of them), carrier!=AA, name~=text (contains), name^=text (begins with), \
                     delay>=15, >, <=, <, or the filter as JSON";

/// Signs, the longer ones first where one begins like another.
const SIGNS: [&str; 8] = ["!=", "~=", "^=", ">=", "<=", "=", ">", "<"];

/// Reads one. The name ends at the first sign.
pub(super) fn filter(text: &str) -> Result<Filter, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|e| format!("{e}; {FORMS}"));
    }
    let at = text.find(['!', '~', '^', '>', '<', '=']).ok_or(FORMS)?;
    let sign = SIGNS.into_iter().find(|sign| text[at..].starts_with(sign)).ok_or(FORMS)?;
    let (name, value) = (text[..at].trim().to_owned(), text[at + sign.len()..].trim());
    if name.is_empty() {
        return Err(FORMS.to_owned());
    }
    let number =
        || value.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or(format!("{value:?} is no number"));
    Ok(match sign {
        "=" => Filter::In { dimension: name, values: values(value) },
        "!=" => Filter::NotIn { dimension: name, values: values(value) },
        "~=" => Filter::Contains { dimension: name, value: value.to_owned() },
        "^=" => Filter::StartsWith { dimension: name, value: value.to_owned() },
        ">=" => Filter::Gte { measure: name, value: number()? },
        "<=" => Filter::Lte { measure: name, value: number()? },
        ">" => Filter::Gt { measure: name, value: number()? },
        _ => Filter::Lt { measure: name, value: number()? },
    })
}

/// With commas between them; an empty one is what has no value.
fn values(text: &str) -> Vec<Option<String>> {
    text.split(',').map(str::trim).map(|v| (!v.is_empty()).then(|| v.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_are_typed_as_people_write_them() {
        for (text, wanted) in [
            ("carrier=AA", json!({ "op": "in", "dimension": "carrier", "values": ["AA"] })),
            ("carrier = AA, B6", json!({ "op": "in", "dimension": "carrier", "values": ["AA", "B6"] })),
            ("plan=a=b", json!({ "op": "in", "dimension": "plan", "values": ["a=b"] })),
            ("carrier=AA,", json!({ "op": "in", "dimension": "carrier", "values": ["AA", null] })),
            ("carrier!=AA", json!({ "op": "not_in", "dimension": "carrier", "values": ["AA"] })),
            ("name~=York", json!({ "op": "contains", "dimension": "name", "value": "York" })),
            ("name^=New", json!({ "op": "starts_with", "dimension": "name", "value": "New" })),
            ("delay>=15", json!({ "op": "gte", "measure": "delay", "value": 15.0 })),
            ("delay>-1.5", json!({ "op": "gt", "measure": "delay", "value": -1.5 })),
            ("delay<=0", json!({ "op": "lte", "measure": "delay", "value": 0.0 })),
            ("delay<0", json!({ "op": "lt", "measure": "delay", "value": 0.0 })),
            (
                r#"{"op":"in","dimension":"city","values":["a,b"]}"#,
                json!({ "op": "in", "dimension": "city", "values": ["a,b"] }),
            ),
        ] {
            let read = filter(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(serde_json::to_value(read).unwrap(), wanted, "{text}");
        }
        for text in ["", "carrier", "=AA", "delay>=much", "delay>NaN", "a!b", "{\"op\":\"no\"}"] {
            assert!(filter(text).is_err(), "{text}");
        }
    }
}
