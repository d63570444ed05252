//! From tokens to a tree, by binding powers: `or` < `and` < `not` < comparisons < `||` < `+ -` < `* /` < `-x`.

use super::lexer::{Token, tokens};
use super::tree::{Compared, Kind, Node, Sign};
use super::{MAX_DEPTH, MAX_NODES, Wrong};

/// Words that are no names.
pub(super) const WORDS: [&str; 16] = [
    "and", "or", "not", "is", "null", "in", "between", "case", "when", "then", "else", "end", "true",
    "false", "filter", "where",
];

/// The tree of a formula.
pub(crate) fn parse(text: &str) -> Result<Node, Wrong> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, nodes: 0, depth: 0 };
    let node = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(node),
        Token::Sign(")") => Err(parser.wrong("This bracket closes nothing.")),
        _ => Err(parser.wrong("The formula could end here; an operator is missing before this.")),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    nodes: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    fn wrong(&self, detail: impl Into<String>) -> Wrong {
        Wrong::new(self.at(), detail)
    }

    fn take(&mut self) -> (usize, Token) {
        let taken = (self.at(), self.peek().clone());
        self.next += 1;
        taken
    }

    fn is(&self, word: &str) -> bool {
        match self.peek() {
            Token::Word(found) => found == word,
            Token::Sign(found) => *found == word,
            _ => false,
        }
    }

    fn has(&mut self, word: &str) -> bool {
        let there = self.is(word);
        self.next += usize::from(there);
        there
    }

    fn needs(&mut self, word: &str, why: &str) -> Result<(), Wrong> {
        if self.has(word) { Ok(()) } else { Err(self.wrong(format!("`{word}` is missing here: {why}."))) }
    }

    fn node(&mut self, at: usize, kind: Kind) -> Result<Node, Wrong> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Wrong::new(at, "A formula has 200 parts at most; this one is longer."));
        }
        Ok(Node { at, kind })
    }

    fn two(
        &mut self,
        at: usize,
        left: Node,
        right: Node,
        make: impl FnOnce(Box<Node>, Box<Node>) -> Kind,
    ) -> Result<Node, Wrong> {
        self.node(at, make(Box::new(left), Box::new(right)))
    }

    fn expression(&mut self, least: u8) -> Result<Node, Wrong> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.wrong("The formula is nested more than 32 levels deep."));
        }
        let mut left = self.prefix()?;
        // A chain nests to the left: each link is a level of the tree.
        let mut links = 0;
        while let Some(more) = self.infix(least) {
            links += 1;
            if links > MAX_NODES {
                return Err(self.wrong("A formula has 200 parts at most; this one is longer."));
            }
            left = self.link(left, more)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The power of the operator that comes next, if it binds at least so strongly.
    fn infix(&self, least: u8) -> Option<u8> {
        let power = match self.peek() {
            Token::Word(word) => match word.as_str() {
                "or" => 1,
                "and" => 2,
                "is" | "in" | "between" | "not" => 4,
                _ => return None,
            },
            Token::Sign(sign) => match *sign {
                "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" => 4,
                "||" => 5,
                "+" | "-" => 6,
                "*" | "/" => 7,
                _ => return None,
            },
            _ => return None,
        };
        (power >= least).then_some(power)
    }

    fn link(&mut self, left: Node, power: u8) -> Result<Node, Wrong> {
        let (at, token) = self.take();
        if power == 4 {
            return self.comparison(at, &token, left);
        }
        let right = self.expression(power + 1)?;
        let sign = match &token {
            Token::Word(word) if word == "or" => Sign::Or,
            Token::Word(_) => Sign::And,
            Token::Sign("||") => Sign::Join,
            Token::Sign("+") => Sign::Add,
            Token::Sign("-") => Sign::Subtract,
            Token::Sign("*") => Sign::Multiply,
            _ => Sign::Divide,
        };
        self.two(at, left, right, |l, r| Kind::Two(sign, l, r))
    }

    fn comparison(&mut self, at: usize, token: &Token, left: Node) -> Result<Node, Wrong> {
        let compared = match token {
            Token::Sign("=") => Compared::Equal,
            Token::Sign("<>" | "!=") => Compared::Unequal,
            Token::Sign("<") => Compared::Less,
            Token::Sign("<=") => Compared::AtMost,
            Token::Sign(">") => Compared::Greater,
            Token::Sign(_) => Compared::AtLeast,
            Token::Word(word) => return self.worded(at, word, left),
            _ => return Err(Wrong::new(at, "An operator is missing here.")),
        };
        let right = self.expression(5)?;
        if self.infix(4) == Some(4) {
            return Err(self.wrong("Comparisons do not follow one another; join them with `and`."));
        }
        self.two(at, left, right, |l, r| Kind::Compare(compared, l, r))
    }

    /// `is [not] null`, `[not] in (…)`, `[not] between … and …`.
    fn worded(&mut self, at: usize, word: &str, left: Node) -> Result<Node, Wrong> {
        let left = Box::new(left);
        if word == "is" {
            let not = self.has("not");
            self.needs("null", "`is` is followed by `null` or `not null`")?;
            return self.node(at, Kind::IsNull(left, not));
        }
        let not = word == "not";
        let word = if not && self.has("between") {
            "between"
        } else if not {
            self.needs("in", "`not` is followed by `in` or `between`")?;
            "in"
        } else {
            word
        };
        if word == "between" {
            let low = self.expression(5)?;
            self.needs("and", "`between` has two bounds")?;
            let high = self.expression(5)?;
            return self.node(at, Kind::Between(left, Box::new(low), Box::new(high), not));
        }
        self.needs("(", "`in` is followed by a list in brackets")?;
        let mut list = vec![self.expression(0)?];
        while self.has(",") {
            list.push(self.expression(0)?);
        }
        self.needs(")", "the list is not closed")?;
        self.node(at, Kind::In(left, list, not))
    }

    fn prefix(&mut self) -> Result<Node, Wrong> {
        let (at, token) = self.take();
        match token {
            Token::Number(value) => self.node(at, Kind::Number(value)),
            Token::Text(text) => self.node(at, Kind::Text(text)),
            Token::Sign("-") => {
                let of = self.expression(8)?;
                self.node(at, Kind::Negative(Box::new(of)))
            }
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.needs(")", "the bracket is not closed")?;
                Ok(inner)
            }
            Token::Word(word) => self.word(at, word),
            Token::End => Err(Wrong::new(at, "The formula ends where a value belongs.")),
            Token::Sign(sign) => Err(Wrong::new(at, format!("A value belongs here, before `{sign}`."))),
        }
    }

    fn word(&mut self, at: usize, word: String) -> Result<Node, Wrong> {
        match word.as_str() {
            "not" => {
                let of = self.expression(3)?;
                self.node(at, Kind::Not(Box::new(of)))
            }
            "true" | "false" => self.node(at, Kind::Boolean(word == "true")),
            "null" => self.node(at, Kind::Null),
            "case" => self.case(at),
            _ if WORDS.contains(&word.as_str()) => {
                Err(Wrong::new(at, format!("A value belongs here, before `{word}`.")))
            }
            _ if self.has("(") => self.call(at, word),
            _ => self.node(at, Kind::Name(word)),
        }
    }

    fn case(&mut self, at: usize) -> Result<Node, Wrong> {
        if !self.is("when") {
            return Err(self
                .wrong("`case` is followed by `when` and a condition: case when x > 1 then … else … end."));
        }
        let mut arms = Vec::new();
        while self.has("when") {
            let condition = self.expression(0)?;
            self.needs("then", "it stands between the condition and its value")?;
            arms.push((condition, self.expression(0)?));
        }
        let otherwise = if self.has("else") { Some(Box::new(self.expression(0)?)) } else { None };
        self.needs("end", "the `case` is not closed")?;
        self.node(at, Kind::Case(arms, otherwise))
    }

    fn call(&mut self, at: usize, name: String) -> Result<Node, Wrong> {
        let distinct = self.has("distinct");
        let mut args = Vec::new();
        // `count(*)` is `count()`.
        let star = name == "count" && !distinct && self.has("*");
        if !star && !self.is(")") {
            args.push(self.expression(0)?);
            while self.has(",") {
                args.push(self.expression(0)?);
            }
        }
        self.needs(")", "the call is not closed")?;
        let mut filter = None;
        if self.has("filter") {
            self.needs("(", "`filter` is followed by (where …)")?;
            self.needs("where", "`filter` is followed by (where …)")?;
            filter = Some(Box::new(self.expression(0)?));
            self.needs(")", "the filter is not closed")?;
        }
        self.node(at, Kind::Call { name, args, distinct, filter })
    }
}
