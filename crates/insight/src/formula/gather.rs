//! The atoms that only formulas have, as SQL.

use super::tree::{Expression, Gathered, Gathering};
use super::write::{Surroundings, write};
use crate::statement::Binder;

impl Gathered {
    /// The aggregate over the rows that `when` and its own condition hold for.
    pub(crate) fn sql(&self, when: Option<&str>, local: &str, binder: &mut Binder) -> String {
        let around = Surroundings { atoms: &[], local };
        let of = self.of.as_ref().map(|of| write(of, &around, binder));
        let own = self.when.as_ref().map(|when| write(when, &around, binder));
        let of = of.as_deref().unwrap_or("*");
        let sql = match self.by {
            Gathering::Sum => format!("sum({of})"),
            Gathering::Min => format!("min({of})"),
            Gathering::Max => format!("max({of})"),
            Gathering::Count => format!("count({of})"),
            Gathering::Distinct => format!("count(DISTINCT {of})"),
        };
        let conditions: Vec<&str> = own.as_deref().into_iter().chain(when).collect();
        if conditions.is_empty() { sql } else { format!("{sql} FILTER (WHERE {})", conditions.join(" AND ")) }
    }

    /// The columns that it reads, beside the time.
    pub(crate) fn slots(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.each(&mut |part| match part {
            Expression::Measure(m) => found.push(format!("m{m}")),
            Expression::Dimension(d) => found.push(format!("d{d}")),
            _ => {}
        });
        found
    }

    /// Whether it asks for an event's local time.
    pub(crate) fn asks_time(&self) -> bool {
        let mut asks = false;
        self.each(&mut |part| asks |= matches!(part, Expression::Time));
        asks
    }

    fn each(&self, look: &mut impl FnMut(&Expression)) {
        self.of.iter().chain(&self.when).for_each(|part| visit(part, look));
    }
}

fn visit(part: &Expression, look: &mut impl FnMut(&Expression)) {
    look(part);
    if let Expression::Call(_, args) = part {
        args.iter().for_each(|arg| visit(arg, look));
    }
}
