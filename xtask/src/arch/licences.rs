//! Licence expressions (SPDX): `OR`, `AND`, `WITH`, parentheses, and the old `/` for `OR`.

/// Whether an expression can be satisfied with the allowed licences alone.
pub(super) fn fits(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { tokens: &tokens, allowed };
    let fits = reader.either();
    fits && reader.tokens.is_empty()
}

struct Reader<'a> {
    tokens: &'a [&'a str],
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    fn take(&mut self, wanted: &str) -> bool {
        let there = self.tokens.first().is_some_and(|t| t.eq_ignore_ascii_case(wanted));
        if there {
            self.tokens = &self.tokens[1..];
        }
        there
    }

    fn either(&mut self) -> bool {
        let mut fits = self.both();
        while self.take("OR") {
            fits |= self.both();
        }
        fits
    }

    fn both(&mut self) -> bool {
        let mut fits = self.one();
        while self.take("AND") {
            fits &= self.one();
        }
        fits
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let fits = self.either();
            return self.take(")") && fits;
        }
        let Some((licence, rest)) = self.tokens.split_first() else { return false };
        self.tokens = rest;
        let mut name = (*licence).to_owned();
        if self.take("WITH")
            && let Some((exception, rest)) = self.tokens.split_first()
        {
            self.tokens = rest;
            name = format!("{name} WITH {exception}");
        }
        self.allowed.iter().any(|allowed| *allowed == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_with_their_precedence() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"];
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/GPL-3.0",
            "MIT AND ISC",
            "(MIT OR GPL-3.0) AND ISC",
            "GPL-3.0 AND BSL-1.0 OR ISC",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(fits(good, &allowed), "{good}");
        }
        for bad in
            ["GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT)", "", "MIT WITH LLVM-exception", "ISC AND (GPL-3.0)"]
        {
            assert!(!fits(bad, &allowed), "{bad}");
        }
    }
}
