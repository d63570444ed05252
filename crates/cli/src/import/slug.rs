//! From what stands in the tenant's column to a tenant's slug.

use std::collections::BTreeMap;

use insula_model::Slug;

/// The slug of every value.
pub(crate) type Slugs = BTreeMap<String, Slug>;

/// Gives every value its slug.
///
/// # Errors
/// A sentence when a value gives none, or two values give the same.
pub(crate) fn of_all<'a>(
    values: impl IntoIterator<Item = &'a String>,
    prefix: &str,
) -> Result<Slugs, String> {
    let mut slugs = Slugs::new();
    for value in values {
        let slug = of(value, prefix)?;
        if let Some((other, _)) = slugs.iter().find(|(_, s)| **s == slug) {
            return Err(format!(
                "{other:?} and {value:?} would both be the tenant {:?}. Make them one in the file, or differ in more \
                 than signs.",
                slug.as_str()
            ));
        }
        slugs.insert(value.clone(), slug);
    }
    Ok(slugs)
}

fn of(value: &str, prefix: &str) -> Result<Slug, String> {
    let mut text = prefix.to_owned();
    for c in value.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            text.push(c);
        } else if !text.ends_with('-') {
            text.push('-');
        }
    }
    let text = text.trim_matches('-');
    text.parse::<Slug>().map_err(|e| {
        let advice =
            if prefix.is_empty() { " Give the tenants a prefix, for example --prefix my-." } else { "" };
        format!("{value:?} gives the slug {text:?}, which cannot be: {}{advice}", e.detail())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[&str], prefix: &str) -> Result<Vec<String>, String> {
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        of_all(&values, prefix).map(|s| s.values().map(|s| s.as_str().to_owned()).collect())
    }

    #[test]
    fn values_become_slugs() {
        assert_eq!(all(&["UA", "9E"], "nyc-").unwrap(), ["nyc-9e", "nyc-ua"]);
        assert_eq!(all(&["Delta Air Lines, Inc."], "").unwrap(), ["delta-air-lines-inc"]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        assert!(all(&["UA"], "").unwrap_err().contains("--prefix"));
        assert!(all(&["Air A", "air-a"], "").unwrap_err().contains("both"));
        assert!(all(&["Ünïtéd"], "x-").is_ok());
        assert!(all(&["日本"], "").is_err());
    }
}
