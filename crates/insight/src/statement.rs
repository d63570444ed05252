//! A statement ready to be sent: text, bound parameters, the types of its columns, and what it may cost.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A bound parameter; the variant is its PostgreSQL type.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// `int4`
    Int4(i32),
    /// `int8`
    Int8(i64),
    /// `float8`
    Float8(f64),
    /// `float8[]`
    Float8Array(Vec<f64>),
    /// `text`
    Text(String),
    /// `text[]`
    TextArray(Vec<String>),
    /// `timestamptz`
    Timestamptz(Timestamp),
    /// `timestamptz[]`
    TimestamptzArray(Vec<Timestamp>),
}

/// The PostgreSQL type of a column of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// `int4`
    Int4,
    /// `int8`
    Int8,
    /// `float8`
    Float8,
    /// `text`
    Text,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `NULL`
    Null,
    /// Of an `int4` or `int8` column.
    Int(i64),
    /// Of a `float8` column.
    Float(f64),
    /// Of a `text` column.
    Text(String),
}

/// The rows of one statement.
pub type Rows = Vec<Vec<Value>>;

/// What a statement may cost, known before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Days of events that are read.
    pub days: u32,
    /// Rows of the result at most.
    pub rows: u32,
    /// Times that the events are read.
    pub scans: u8,
}

/// A statement. Its text depends on the question's form only, never on its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text, with `$1`, `$2` ….
    pub sql: String,
    /// The parameters, in order.
    pub params: Vec<Param>,
    /// The types of the columns of each row.
    pub columns: Vec<ColumnType>,
    /// The numbers of the datasets whose events it reads.
    pub datasets: Vec<i32>,
    /// What it may cost.
    pub cost: Cost,
}

impl Statement {
    /// Feeds everything that the result depends on, apart from the rows of the table.
    pub fn digest(&self, hash: &mut Sha256) {
        let mut part = |tag: u8, bytes: &[u8]| {
            hash.update([tag]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(0, self.sql.as_bytes());
        for param in &self.params {
            match param {
                Param::Int4(v) => part(1, &v.to_be_bytes()),
                Param::Int8(v) => part(2, &v.to_be_bytes()),
                Param::Float8(v) => part(3, &v.to_bits().to_be_bytes()),
                Param::Float8Array(v) => v.iter().for_each(|v| part(8, &v.to_bits().to_be_bytes())),
                Param::Text(v) => part(4, v.as_bytes()),
                Param::TextArray(v) => v.iter().for_each(|v| part(5, v.as_bytes())),
                Param::Timestamptz(v) => part(6, &v.as_nanosecond().to_be_bytes()),
                Param::TimestamptzArray(v) => {
                    v.iter().for_each(|v| part(7, &v.as_nanosecond().to_be_bytes()))
                }
            }
        }
    }
}

/// Gathers parameters while a statement is written.
#[derive(Debug, Default)]
pub(crate) struct Binder(Vec<Param>);

impl Binder {
    /// The placeholder of a value; each has its own, so that the text does not tell which values are the same.
    pub(crate) fn bind(&mut self, param: Param) -> String {
        self.0.push(param);
        format!("${}", self.0.len())
    }

    /// The placeholder of an instant; the same instant is bound once.
    pub(crate) fn instant(&mut self, at: Timestamp) -> String {
        match self.0.iter().position(|p| *p == Param::Timestamptz(at)) {
            Some(index) => format!("${}", index + 1),
            None => self.bind(Param::Timestamptz(at)),
        }
    }

    pub(crate) fn done(self) -> Vec<Param> {
        self.0
    }
}
