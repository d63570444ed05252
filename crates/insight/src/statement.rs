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
    /// How many bytes it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.params.iter().map(|param| match param {
            Param::TimestamptzArray(v) => v.len() * size_of::<Timestamp>(),
            Param::Float8Array(v) => v.len() * size_of::<f64>(),
            Param::TextArray(v) => v.iter().map(|text| size_of::<String>() + text.len()).sum(),
            Param::Text(v) => v.len(),
            Param::Int4(_) | Param::Int8(_) | Param::Float8(_) | Param::Timestamptz(_) => 0,
        });
        self.sql.len() + self.params.len() * size_of::<Param>() + lists.sum::<usize>()
    }

    /// Feeds everything that the result depends on, apart from the rows of the table.
    pub fn digest(&self, hash: &mut Sha256) {
        hash.update((self.sql.len() as u64).to_be_bytes());
        hash.update(self.sql.as_bytes());
        for param in &self.params {
            param.digest(hash);
        }
    }
}

impl Param {
    /// Its type, how much there is of it, and all of it: no two lists of parameters feed the same bytes.
    fn digest(&self, hash: &mut Sha256) {
        let mut fixed = |tag: u8, bytes: &[u8]| {
            hash.update([tag]);
            hash.update(bytes);
        };
        match self {
            Self::Int4(v) => fixed(1, &v.to_be_bytes()),
            Self::Int8(v) => fixed(2, &v.to_be_bytes()),
            Self::Float8(v) => fixed(3, &v.to_bits().to_be_bytes()),
            Self::Timestamptz(v) => fixed(6, &v.as_nanosecond().to_be_bytes()),
            Self::Text(v) => many(hash, 4, std::slice::from_ref(v), |hash, v| text(hash, v)),
            Self::TextArray(v) => many(hash, 5, v, |hash, v| text(hash, v)),
            Self::TimestamptzArray(v) => many(hash, 7, v, |h, v| h.update(v.as_nanosecond().to_be_bytes())),
            Self::Float8Array(v) => many(hash, 8, v, |h, v| h.update(v.to_bits().to_be_bytes())),
        }
    }
}

fn many<T>(hash: &mut Sha256, tag: u8, items: &[T], each: impl Fn(&mut Sha256, &T)) {
    hash.update([tag]);
    hash.update((items.len() as u64).to_be_bytes());
    items.iter().for_each(|item| each(hash, item));
}

fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(params: Vec<Param>) -> [u8; 32] {
        let cost = Cost { days: 1, rows: 1, scans: 1 };
        let statement =
            Statement { sql: "SELECT".into(), params, columns: Vec::new(), datasets: Vec::new(), cost };
        let mut hash = Sha256::new();
        statement.digest(&mut hash);
        hash.finalize().into()
    }

    /// Rows are kept under the digest: two filters whose values are cut elsewhere must not share them.
    #[test]
    fn lists_that_are_cut_elsewhere_differ() {
        let texts = |of: &[&str]| Param::TextArray(of.iter().map(|t| (*t).to_owned()).collect());
        let one = digest(vec![texts(&["a"]), texts(&["b", "c"])]);
        assert_ne!(one, digest(vec![texts(&["a", "b"]), texts(&["c"])]));
        assert_ne!(one, digest(vec![texts(&["a", "b", "c"]), texts(&[])]));
        assert_ne!(digest(vec![texts(&["ab"])]), digest(vec![texts(&["a", "b"])]));
        assert_ne!(digest(vec![texts(&["a"])]), digest(vec![Param::Text("a".into())]));
        let at = |of: &[i64]| {
            Param::TimestamptzArray(of.iter().map(|s| Timestamp::from_second(*s).unwrap()).collect())
        };
        assert_ne!(digest(vec![at(&[1]), at(&[2, 3])]), digest(vec![at(&[1, 2]), at(&[3])]));
        let numbers = |of: &[f64]| Param::Float8Array(of.to_vec());
        assert_ne!(
            digest(vec![numbers(&[1.0]), numbers(&[2.0, 3.0])]),
            digest(vec![numbers(&[1.0, 2.0]), numbers(&[3.0])])
        );
    }
}
