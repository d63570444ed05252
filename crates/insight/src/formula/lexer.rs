//! From characters to tokens. Every token knows the character at which it begins.

use super::Wrong;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// A name or a word of the language, in lower case.
    Word(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// The longer ones first.
const SIGNS: [&str; 15] = ["||", "<=", ">=", "<>", "!=", "(", ")", ",", "+", "-", "*", "/", "=", "<", ">"];

pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Wrong> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > insula_model::question_figure::MAX_FORMULA_CHARS {
        return Err(Wrong::new(0, "A formula has 2,000 characters at most."));
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = &chars[at..];
        let count = |fits: fn(&char) -> bool| rest.iter().take_while(|c| fits(c)).count();
        let (token, length) = if c.is_whitespace() {
            at += 1;
            continue;
        } else if c.is_ascii_digit() || (c == '.' && rest.get(1).is_some_and(char::is_ascii_digit)) {
            number(at, rest)?
        } else if c.is_ascii_alphabetic() || c == '_' {
            let length = count(|c| c.is_ascii_alphanumeric() || *c == '_');
            (Token::Word(rest[..length].iter().collect::<String>().to_ascii_lowercase()), length)
        } else if c == '\'' {
            quoted(at, rest)?
        } else if let Some(sign) =
            SIGNS.iter().find(|sign| sign.chars().eq(rest.iter().copied().take(sign.len())))
        {
            (Token::Sign(sign), sign.len())
        } else {
            return Err(Wrong::new(at, strange(c)));
        };
        found.push((at, token));
        at += length;
    }
    found.push((chars.len(), Token::End));
    Ok(found)
}

fn strange(c: char) -> String {
    match c {
        '"' | '`' | '’' | '‘' | '“' | '”' => {
            "Texts stand in straight single quotes, like 'paid'; names in none.".to_owned()
        }
        '%' => "There is no %; for percent, multiply by 100 or choose the format percent.".to_owned(),
        '&' => "Write `and`, or || to join texts.".to_owned(),
        '^' => "Write power(x, 2).".to_owned(),
        '{' | '}' | '[' | ']' => "Brackets are round: ( and ).".to_owned(),
        ';' => "A formula is one expression; it has no semicolon.".to_owned(),
        other => format!("{other:?} means nothing in a formula."),
    }
}

fn number(at: usize, rest: &[char]) -> Result<(Token, usize), Wrong> {
    let digits = |from: usize| rest[from.min(rest.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut length = digits(0);
    if rest.get(length) == Some(&'.') {
        length += 1 + digits(length + 1);
    }
    if matches!(rest.get(length), Some('e' | 'E')) {
        let sign = usize::from(matches!(rest.get(length + 1), Some('+' | '-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    if rest.get(length).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
        return Err(Wrong::new(
            at + length,
            "A number ends here and something else begins; put an operator between.",
        ));
    }
    let text: String = rest[..length].iter().collect();
    let value: f64 = text.parse().map_err(|_| Wrong::new(at, "This is not a number."))?;
    if !value.is_finite() || value > super::GREATEST || (value != 0.0 && value < super::LEAST) {
        return Err(Wrong::new(at, "A number is 0, or between 1e-80 and 1e100."));
    }
    Ok((Token::Number(value), length))
}

/// A text in single quotes; two of them inside are one.
fn quoted(at: usize, rest: &[char]) -> Result<(Token, usize), Wrong> {
    let (mut text, mut next) = (String::new(), 1);
    loop {
        match (rest.get(next), rest.get(next + 1)) {
            (Some('\''), Some('\'')) => {
                text.push('\'');
                next += 2;
            }
            (Some('\''), _) => break,
            (Some('\0'), _) => return Err(Wrong::new(at + next, "A text has no NUL character.")),
            (Some(c), _) => {
                text.push(*c);
                next += 1;
            }
            (None, _) => {
                return Err(Wrong::new(at, "The text that begins here does not end: a quote is missing."));
            }
        }
    }
    if text.chars().count() > insula_model::question::MAX_VALUE_CHARS {
        return Err(Wrong::new(at, "A text has 256 characters at most."));
    }
    Ok((Token::Text(text), next + 1))
}
