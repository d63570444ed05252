//! The texts of compiled statements on one connection: those that come again are prepared, so that PostgreSQL reads and
//! plans them once. A text depends on a question's form only, and people ask few forms: the dashboards of most tenants
//! are made of the same.
//!
//! What must always hold: their number is bounded, because a backend keeps tens of kilobytes for each; a text that came
//! once costs nothing extra; what is prepared is a text without values.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::Statement;

/// How many texts are remembered on one connection.
const KEPT: usize = 48;

struct Known {
    statement: Option<Statement>,
    turn: u64,
}

#[derive(Default)]
struct Kept {
    known: HashMap<Box<str>, Known>,
    turns: u64,
}

/// What is known of a text on a connection.
pub(crate) enum Text {
    /// Nothing until now.
    New,
    /// It came before.
    Again,
    /// It is prepared.
    Prepared(Statement),
}

/// The texts of one connection.
#[derive(Default)]
pub(crate) struct Texts(Mutex<Kept>);

impl Texts {
    /// Notes that a text is sent; the one that was not sent for the longest time makes room.
    pub(crate) fn sent(&self, sql: &str) -> Text {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.turns += 1;
        let turn = kept.turns;
        if let Some(known) = kept.known.get_mut(sql) {
            known.turn = turn;
            return known.statement.clone().map_or(Text::Again, Text::Prepared);
        }
        if kept.known.len() >= KEPT {
            let oldest = kept.known.iter().min_by_key(|(_, known)| known.turn).map(|(sql, _)| sql.clone());
            oldest.and_then(|sql| kept.known.remove(&sql));
        }
        kept.known.insert(sql.into(), Known { statement: None, turn });
        Text::New
    }

    /// Remembers what a text was prepared as, unless it was forgotten meanwhile.
    pub(crate) fn prepared(&self, sql: &str, statement: Statement) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.known.get_mut(sql) {
            known.statement = Some(statement);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_texts_is_bounded_and_those_in_use_stay() {
        let texts = Texts::default();
        assert!(matches!(texts.sent("often"), Text::New));
        for n in 0..10 * KEPT {
            assert!(matches!(texts.sent(&format!("once {n}")), Text::New));
            assert!(matches!(texts.sent("often"), Text::Again));
        }
        assert_eq!(texts.0.lock().unwrap().known.len(), KEPT);
    }
}
