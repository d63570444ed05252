//! "Did you mean …?": the name that is nearest to a mistaken one.

/// How many single-letter changes, swaps of neighbours included, lead from one name to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before_last[j - 2] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// The nearest of the names, if one is near: a third of the letters may differ, or one begins with the other.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: String = wanted.chars().take(40).collect::<String>().to_lowercase();
    let near = |name: &&str| {
        let far = distance(&wanted, name);
        let part = wanted.len() >= 3 && (name.starts_with(&wanted) || wanted.starts_with(*name));
        part || far <= (wanted.chars().count() / 3).max(1)
    };
    names.filter(near).min_by_key(|name| distance(&wanted, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let names = ["distance", "dep_delay", "arr_delay", "air_time"];
        for (slip, meant) in [
            ("distnace", "distance"),
            ("Distance", "distance"),
            ("dist", "distance"),
            ("depdelay", "dep_delay"),
            ("air_tim", "air_time"),
        ] {
            assert_eq!(nearest(slip, names.into_iter()), Some(meant), "{slip}");
        }
        assert_eq!(nearest("revenue", names.into_iter()), None);
        assert_eq!(nearest("", names.into_iter()), None);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
