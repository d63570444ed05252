//! Anything at all as a formula: it is understood or refused, and no text of it is ever a part of the SQL.
//!
//! The ordinary tests throw for a few seconds; `cargo xtask fuzz` throws a million times.

use insula_model::dice::Dice;
use insula_model::{DatasetDefinition, Figure, Formula, Question, WeekStart, period};

use crate::{Context, Source, compile};

/// A part of every text of the thrown formulas, to be looked for in the SQL.
const MARK: &str = "zq9";
const WORDS: [&str; 58] = [
    "sum(",
    "avg(",
    "min(",
    "max(",
    "count(",
    "count()",
    "last(",
    "distinct ",
    "distance",
    "fare",
    "origin",
    "dest",
    "time",
    "hour(time)",
    "year(",
    "case when ",
    " then ",
    " else ",
    " end",
    " filter (where ",
    ")",
    "(",
    ",",
    "+",
    "-",
    "*",
    "/",
    "||",
    "=",
    "<>",
    "<",
    ">=",
    " and ",
    " or ",
    " not ",
    " is null",
    " is not null",
    " in (",
    " between ",
    "'zq9'",
    "'zq9''; drop table events --'",
    "1",
    "0",
    "1e99",
    "1e-79",
    "0.5",
    "nullif(",
    "coalesce(",
    "round(",
    "power(",
    "sqrt(",
    "ln(",
    "left(",
    "concat(",
    "contains(",
    "lower(",
    "true",
    "null",
];

struct Thrower(Dice);

impl Thrower {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.below(end as u64)).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// By the grammar, so that most are understood.
    fn number(&mut self, depth: usize, row: bool) -> String {
        if depth == 0 {
            let leaves: &[&str] = if row {
                &["distance", "fare", "1.5", "hour(time)", "length(dest)"]
            } else {
                &["fare", "count()", "2"]
            };
            return self.one(leaves).to_owned();
        }
        let d = depth - 1;
        match self.below(if row { 9 } else { 13 }) {
            0..=2 => {
                let sign = self.one(&["+", "-", "*", "/"]);
                format!("({} {sign} {})", self.number(d, row), self.number(d, row))
            }
            3 => format!(
                "{}({})",
                self.one(&["abs", "round", "floor", "ceil", "sqrt", "ln"]),
                self.number(d, row)
            ),
            4 => format!("power({}, {})", self.number(d, row), self.one(&["2", "-3", "0.5", "-0.25"])),
            5 => format!(
                "{}({}, {})",
                self.one(&["coalesce", "nullif", "greatest"]),
                self.number(d, row),
                self.number(d, row)
            ),
            6 => format!(
                "case when {} then {} else {} end",
                self.truth(d, row),
                self.number(d, row),
                self.number(d, row)
            ),
            7 => format!("- {}", self.number(d, row)),
            8 => format!("round({}, 2)", self.number(d, row)),
            9 => format!("count(distinct {})", self.text(d)),
            _ => {
                let filter = if self.below(2) == 0 {
                    format!(" filter (where {})", self.truth(d, true))
                } else {
                    String::new()
                };
                format!(
                    "{}({}){filter}",
                    self.one(&["sum", "avg", "min", "max", "count"]),
                    self.number(d, true)
                )
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.one(&["origin", "dest", "'zq9 a'", "'zq9''%_\\'"]).to_owned();
        }
        let d = depth - 1;
        match self.below(4) {
            0 => format!("{}({})", self.one(&["lower", "upper"]), self.text(d)),
            1 => format!("({} || {})", self.text(d), self.text(d)),
            2 => format!("{}({}, 3)", self.one(&["left", "right"]), self.text(d)),
            _ => format!("coalesce({}, {})", self.text(d), self.text(d)),
        }
    }

    fn truth(&mut self, depth: usize, row: bool) -> String {
        let d = depth.saturating_sub(1);
        match self.below(if row { 6 } else { 3 }) {
            0 if depth > 0 => {
                format!("({} {} {})", self.truth(d, row), self.one(&["and", "or"]), self.truth(d, row))
            }
            1 => format!("{} {} {}", self.number(d, row), self.one(&["=", "<", ">="]), self.number(d, row)),
            3 => format!("{} in ('zq9', {})", self.text(d), self.text(d)),
            4 => format!("{} {} {}", self.text(d), self.one(&["=", "<>", "<"]), self.text(d)),
            5 => format!("contains({}, 'zq9')", self.text(d)),
            _ => format!("{} is not null", self.number(d, row)),
        }
    }

    fn formula(&mut self) -> String {
        match self.below(4) {
            0 => (0..self.below(40)).map(|_| self.one(&WORDS)).collect(),
            1 => (0..self.below(60))
                .map(|_| char::from_u32(u32::try_from(self.below(0x500)).unwrap()).unwrap_or('x'))
                .collect(),
            2 => {
                let depth = self.below(5);
                let mut chars: Vec<char> = self.number(depth, false).chars().collect();
                let at = self.below(chars.len());
                chars[at] = char::from(u8::try_from(self.below(128)).unwrap());
                chars.into_iter().collect()
            }
            _ => {
                let depth = self.below(6);
                self.number(depth, false)
            }
        }
    }
}

fn throw(count: u64, seed: u64) {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn(["distance", "fare"], ["origin", "dest"]).unwrap();
    let context = Context {
        now: "2026-11-21T15:07:30Z".parse().unwrap(),
        time_zone: period::time_zone("America/New_York", "").unwrap(),
        week_start: WeekStart::Monday,
        range: None,
        compare: None,
        filters: Vec::new(),
        locked: Vec::new(),
    };
    let mut thrower = Thrower(Dice::new(seed));
    let mut understood = 0_u64;
    for n in 0..count {
        let text = thrower.formula();
        let mut question = Question::new("flights", vec![Figure::from(Formula::new(&text, "f"))]);
        if n % 3 == 0 {
            question.by = vec!["origin".to_owned()];
        }
        match compile(&question, Source::new(&dataset, 7), &context) {
            Ok(compiled) => {
                understood += 1;
                let sql = &compiled.statement.sql;
                assert!(sql.is_ascii() && !sql.contains(MARK) && !sql.contains("drop"), "{text}\n{sql}");
                assert!(
                    !sql.contains("tenant") && !sql.contains(';') && !sql.contains("--"),
                    "{text}\n{sql}"
                );
                compiled.shape.answer(&[]).unwrap();
            }
            Err(error) => {
                let field = &error.fields()[0];
                let length = text.chars().count();
                let inside = field.at.is_none_or(|at| at as usize <= length);
                assert!(
                    field.pointer == "/measures/0/formula" && inside && !error.detail().is_empty(),
                    "{text}: {error}"
                );
            }
        }
    }
    assert!(understood * 8 > count, "only {understood} of {count} were understood");
}

/// `cargo xtask fuzz` says how many when it builds the test.
#[test]
fn thrown_formulas_are_understood_or_refused() {
    let count = option_env!("INSULA_FUZZ").and_then(|text| text.parse().ok()).unwrap_or(20_000);
    throw(count, 1);
}
