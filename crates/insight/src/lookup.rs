//! What the rows of a dataset are; and its dimensions that are looked up in tables, as joins: events (or sums of them) with
//! columns `d13` to `d24` that are none of theirs.
//!
//! What must always hold: a row of a table is joined by the tenant, the table's number and the key, never by the key alone;
//! there is one row at most, so that no event is counted twice, and an event without one stays. Only what is asked for is
//! joined; where nothing is, the SQL is what it was. Rows that are a table's are those of its number.
//!
//! A row is found in the index by all that it is found by, once for each key (PostgreSQL remembers what it found): left to
//! itself the planner, which knows nothing of a table that was filled a moment ago, may go through all of the table for each
//! event. Measured in the decision record on look-ups. Tested against the reference evaluator in `platform/tests/it/questions.rs`
//! and `rollups.rs`.

use insula_model::{DatasetDefinition, DatasetSource};

use crate::statement::{Binder, Param};

/// One dimension that is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Looked {
    /// Its virtual slot.
    slot: u8,
    /// The slot of the dimension that has the keys.
    by: u8,
    /// The number of the table.
    number: i32,
    /// The slot of the table's column.
    column: u8,
}

/// Where the rows of a dataset come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Events,
    EmbedUsage,
    /// The table of the number.
    Table(i32),
}

/// What the rows of a dataset are, and its dimensions that are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lookups {
    rows: Rows,
    looked: Vec<Looked>,
}

impl Lookups {
    pub(crate) fn of(dataset: &DatasetDefinition) -> Self {
        let one = |(dimension, lookup): (&insula_model::Dimension, &insula_model::Lookup)| {
            let by = dataset.dimension(&lookup.by)?.slot;
            Some(Looked { slot: dimension.slot, by, number: lookup.number, column: lookup.slot })
        };
        let rows = match dataset.source {
            DatasetSource::Events => Rows::Events,
            DatasetSource::EmbedUsage => Rows::EmbedUsage,
            // There is no table of the number 0: what is over none has no rows.
            DatasetSource::Table(_) => Rows::Table(dataset.table_number.unwrap_or_default()),
        };
        Self { rows, looked: dataset.looked_up().filter_map(one).collect() }
    }

    /// The slot of the dimension on which a dimension hangs: its own, unless it is looked up.
    pub(crate) fn carried(&self, slot: u8) -> u8 {
        self.looked.iter().find(|looked| looked.slot == slot).map_or(slot, |looked| looked.by)
    }

    /// Whether some of these columns are looked up.
    pub(crate) fn any(&self, slots: &[u8]) -> bool {
        self.looked.iter().any(|looked| slots.contains(&looked.slot))
    }

    /// What stands behind `FROM`: the rows of the dataset of a number, with those of the columns that are looked up.
    pub(crate) fn all(&self, number: i32, slots: &[u8], binder: &mut Binder) -> String {
        let (made, table) = match self.rows {
            Rows::Events => return self.from(EVENTS, slots, binder),
            Rows::EmbedUsage => (EMBED_USAGE, None),
            Rows::Table(table) => (TABLE, Some(table)),
        };
        let mut rows = made.replace("$number", &binder.bind(Param::Int4(number)));
        if let Some(table) = table {
            rows = rows.replace("$table", &binder.bind(Param::Int4(table)));
        }
        self.from(&rows, slots, binder)
    }

    /// What stands behind `FROM`: the rows under the name `events`, with those of the columns that are looked up.
    /// `rows` are the events, or what has a tenant and the columns with the keys.
    pub(crate) fn from(&self, rows: &str, slots: &[u8], binder: &mut Binder) -> String {
        if !self.any(slots) {
            return if rows == EVENTS { rows.to_owned() } else { format!("{rows} AS events") };
        }
        // By table and dimension: one row has several columns.
        let mut joined: Vec<(i32, u8, Vec<String>)> = Vec::new();
        let mut shown = String::new();
        for looked in self.looked.iter().filter(|looked| slots.contains(&looked.slot)) {
            let same =
                |(number, by, _): &(i32, u8, Vec<String>)| (*number, *by) == (looked.number, looked.by);
            let place = joined.iter().position(same).unwrap_or_else(|| {
                joined.push((looked.number, looked.by, Vec::new()));
                joined.len() - 1
            });
            let column = format!("a{}", looked.column);
            shown.push_str(&format!(", t{}.{column} AS d{}", place + 1, looked.slot));
            if !joined[place].2.contains(&column) {
                joined[place].2.push(column);
            }
        }
        let mut joins = String::new();
        for (t, (number, by, columns)) in (1..).zip(joined) {
            let number = binder.bind(Param::Int4(number));
            joins.push_str(&format!(
                "\n  LEFT JOIN LATERAL (\n    SELECT {} FROM table_rows\n    \
                 WHERE tenant_id = e.tenant_id AND number = {number} AND key = e.d{by} OFFSET 0\n  ) AS t{t} ON true",
                columns.join(", ")
            ));
        }
        format!("(\n  SELECT e.*{shown} FROM {rows} AS e{joins}\n) AS events")
    }
}

/// The table of the events.
const EVENTS: &str = "events";

/// The rows of a table, as if they were events. The slots are those of the table's columns, as
/// `insula_model::DatasetDefinition::take_up` says; the last is its key's.
const TABLE: &str = "(
  SELECT tenant_id, $number::int4 AS dataset, at, md5(key)::uuid AS id, m1, m2, m3, m4, m5, m6, m7, m8,
    a1 AS d1, a2 AS d2, a3 AS d3, a4 AS d4, a5 AS d5, a6 AS d6,
    a7 AS d7, a8 AS d8, a9 AS d9, a10 AS d10, a11 AS d11, a12 AS d12, key AS d25
  FROM table_rows WHERE number = $table
)";

/// How much embeds are used, as if it were events: one for each day and dashboard. The columns are those of
/// `insula_model::dataset_builtin`.
const EMBED_USAGE: &str = "(
  SELECT u.tenant_id, $number::int4 AS dataset, u.day::timestamp AT TIME ZONE 'UTC' AS at, u.dashboard_id AS id,
    u.loads::float8 AS m1, u.query_ms / 1000::float8 AS m2, u.refused::float8 AS m3,
    (SELECT count(*)::float8 FROM embed_viewers v
      WHERE v.tenant_id = u.tenant_id AND v.day = u.day AND v.dashboard_id = u.dashboard_id) AS m4,
    coalesce(b.name, u.dashboard_id::text) AS d1
  FROM embed_usage u LEFT JOIN dashboards b ON b.tenant_id = u.tenant_id AND b.id = u.dashboard_id
)";
