//! What the statements of scans are written with: values over events or over sums, and lists of columns.
//!
//! Only numbers of slots and places of parameters are written, as everywhere below the compiler. Tested through
//! `sql_tests`.

use crate::formula::{Surroundings, write};
use crate::scan::{Atom, Rank, RankBy};
use crate::statement::Binder;

/// What a statement is written with.
pub(crate) struct Pen {
    pub(crate) binder: Binder,
    /// The local time of an event, as SQL.
    pub(crate) local: String,
    /// Whether the rows are sums, and not events.
    pub(crate) sums: bool,
}

impl Pen {
    pub(crate) fn atom(&mut self, atom: &Atom, when: Option<&str>) -> String {
        if self.sums { atom.over_sums(when) } else { atom.sql(when, &self.local, &mut self.binder) }
    }

    /// What a group is ranked by, over the rows of the range; nothing when it is ranked by name.
    pub(crate) fn measure(&mut self, by: &RankBy, when: Option<&str>) -> Option<String> {
        match by {
            RankBy::Atom(atom @ Atom::Sum(_)) => Some(format!("coalesce({}, 0)", self.atom(atom, when))),
            RankBy::Atom(atom) => Some(self.atom(atom, when)),
            RankBy::Mean(m) => {
                let filter = when.map_or(String::new(), |when| format!(" FILTER (WHERE {when})"));
                Some(match self.sums {
                    true => format!("sum(s{m}){filter} / nullif(sum(c{m}){filter}, 0)::float8"),
                    false => format!("avg(m{m}){filter}"),
                })
            }
            RankBy::Formula(formula) => {
                let number = |atom: &Atom| atom.number(self.atom(atom, when));
                let atoms: Vec<String> = formula.atoms.iter().map(number).collect();
                let around = Surroundings { atoms: &atoms, local: &self.local };
                Some(write(&formula.expression, &around, &mut self.binder))
            }
            RankBy::Group(_) => None,
        }
    }
}

/// Values under the names `a1`, `a2` ….
pub(crate) fn numbered<'a>(values: impl Iterator<Item = &'a String>) -> String {
    values.enumerate().map(|(i, sql)| format!("{sql} AS a{}", i + 1)).collect::<Vec<_>>().join(", ")
}

/// The names of the groups that the condition holds for; nothing for those of the rest.
pub(crate) fn kept_names(count: usize, condition: &str, of: &str) -> String {
    (1..=count).map(|i| format!("CASE WHEN {condition} THEN {of}g{i} END")).collect::<Vec<_>>().join(", ")
}

/// The values `a1`, `a2` … of several groups put together.
pub(crate) fn folded(values: &[(&Atom, String)]) -> String {
    values
        .iter()
        .enumerate()
        .map(|(i, (atom, _))| atom.fold(&format!("a{}", i + 1)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `1, 2, 3`
pub(crate) fn places(count: usize) -> String {
    (1..=count).map(|i| i.to_string()).collect::<Vec<_>>().join(", ")
}

pub(crate) fn direction(rank: &Rank) -> &'static str {
    if rank.descending { "DESC" } else { "ASC" }
}

pub(crate) fn tie(names: &[String]) -> String {
    names.iter().map(|name| format!("{name} COLLATE \"C\"")).collect::<Vec<_>>().join(", ")
}
