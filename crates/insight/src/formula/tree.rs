//! The trees of a formula: as it was written ([`Node`]) and as it was understood ([`Expression`]).

use crate::scan::Atom;

/// A part of a formula as it was written, and the character at which it begins (an operator's own).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Join,
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    Boolean(bool),
    Null,
    Name(String),
    Negative(Box<Node>),
    Not(Box<Node>),
    Two(Sign, Box<Node>, Box<Node>),
    Compare(Compared, Box<Node>, Box<Node>),
    IsNull(Box<Node>, bool),
    In(Box<Node>, Vec<Node>, bool),
    Between(Box<Node>, Box<Node>, Box<Node>, bool),
    Case(Vec<(Node, Node)>, Option<Box<Node>>),
    Call { name: String, args: Vec<Node>, distinct: bool, filter: Option<Box<Node>> },
}

/// What an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Number,
    Text,
    Boolean,
    /// The moment of an event.
    Time,
    /// `null`, which goes with everything.
    Null,
}

impl Type {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Boolean => "true or false",
            Self::Time => "a time",
            Self::Null => "null",
        }
    }
}

/// What a call does; operators are calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negative,
    And,
    Or,
    Not,
    Compare(Compared),
    IsNull,
    IsNotNull,
    In,
    Between,
    /// Condition, value, condition, value …, otherwise.
    Case,
    Coalesce,
    NullIf,
    Greatest,
    Least,
    Abs,
    Round,
    /// To a number of digits; the second is ten to their power.
    RoundTo,
    Floor,
    Ceil,
    Sqrt,
    Ln,
    Power,
    Lower,
    Upper,
    Length,
    Concat,
    Join,
    Left,
    Right,
    StartsWith,
    Contains,
    Year,
    Month,
    Day,
    Weekday,
    Hour,
}

/// A part of a formula that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    /// A whole number of characters.
    Count(i32),
    Text(String),
    Boolean(bool),
    Null,
    /// A measure of the event, by slot.
    Measure(u8),
    /// A dimension of the event, by slot.
    Dimension(u8),
    /// The time of the event.
    Time,
    /// One of the formula's atoms.
    Atom(usize),
    Call(Function, Vec<Expression>),
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Null,
    Number(f64),
    Text(String),
    Boolean(bool),
}

/// How the events of a group become an atom of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gathering {
    Sum,
    Min,
    Max,
    Count,
    Distinct,
}

/// An atom that only formulas have: an expression of each event, gathered over those that a condition holds for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gathered {
    pub(crate) by: Gathering,
    /// Nothing counts events.
    pub(crate) of: Option<Expression>,
    pub(crate) when: Option<Expression>,
}

/// A formula that was understood: an expression over atoms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Understood {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) expression: Expression,
}
