//! What datasets need of tables: what they look up there, and the rows that they show.
//!
//! What must always hold: neither a table nor a column goes while a dataset needs it, and who may not see the dataset is not
//! told which it is; whoever changes rows raises the `data_version` of all datasets that need the table. Tested in
//! `platform/tests/it/tables.rs` and `table_datasets.rs`.

use insula_model::{DatasetDefinition, Error, Lookup, Result, TableColumn, TableColumnKind, Write, problem};
use serde_json::{Value, json};
use tokio_postgres::types::Json;

use super::datasets::{Datasets, Unseen};

/// What of a table datasets may need.
#[derive(Clone, Copy)]
pub(super) enum Needed<'a> {
    Table,
    /// That its key has this name.
    Key,
    Column(&'a TableColumn),
}

impl Needed<'_> {
    /// What stands in the definitions of those that need it; one of these is enough.
    fn written(self, number: i32) -> Vec<Json<Value>> {
        let over = || json!({ "table_number": number });
        let has = |what: &str, slot: u8| json!({ "table_number": number, what: [{ "slot": slot }] });
        let looks = |lookup: Value| json!({ "dimensions": [{ "lookup": lookup }] });
        let all = match self {
            Self::Table => vec![over(), looks(json!({ "number": number }))],
            Self::Key => vec![over()],
            Self::Column(column) => match column.kind {
                TableColumnKind::Text => vec![
                    has("dimensions", column.slot),
                    looks(json!({ "number": number, "slot": column.slot })),
                ],
                TableColumnKind::Number => vec![has("measures", column.slot)],
                TableColumnKind::Time => vec![over()],
            },
        };
        all.into_iter().map(Json).collect()
    }

    /// Whether what a dataset looks up is among it.
    fn looked_up(self, number: i32, lookup: &Lookup) -> bool {
        let there = match self {
            Self::Table => true,
            Self::Key => false,
            Self::Column(column) => column.kind == TableColumnKind::Text && column.slot == lookup.slot,
        };
        there && lookup.number == number
    }

    /// Whether a dataset has it whose rows are those of the table.
    fn had(self, number: i32, dataset: &DatasetDefinition) -> bool {
        let there = match self {
            Self::Table | Self::Key => true,
            Self::Column(column) => dataset.has_column(column),
        };
        there && dataset.is_over(number)
    }
}

impl Datasets<'_, '_, Write> {
    /// That no dataset needs a table, or something of it. For those who hold the catalogue.
    ///
    /// # Errors
    /// `table.in_use`, with the datasets that are to be seen.
    pub(super) async fn need_nothing(&mut self, number: i32, needed: Needed<'_>) -> Result<()> {
        let rows = self
            .0
            .rows(
                "SELECT id, definition, version, events, updated_at, number, data_version, rolled FROM datasets \
                  WHERE definition @> ANY ($1) ORDER BY name",
                &[&needed.written(number)],
            )
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let all = rows.iter().map(Unseen::of).collect::<Result<Vec<_>>>()?;
        let (mut lookups, mut over) = (Vec::new(), Vec::new());
        for dataset in all.into_iter().filter_map(|d| d.seen(self.0)) {
            let definition = &dataset.dataset.definition;
            let those = definition.looked_up().filter(|(_, l)| needed.looked_up(number, l));
            lookups.extend(those.map(|(d, _)| format!("{}.{}", definition.name, d.name)));
            if needed.had(number, definition) {
                over.push(definition.name.clone());
            }
        }
        let what = match needed {
            Needed::Table => "its rows".to_owned(),
            Needed::Key => "its key under that name".to_owned(),
            Needed::Column(column) => column.name.clone(),
        };
        let mut said = Vec::new();
        if !lookups.is_empty() {
            said.push(format!("It is looked up there: {}.", lookups.join(", ")));
        }
        if !over.is_empty() {
            said.push(format!("These datasets show {what}: {}.", over.join(", ")));
        }
        let detail = match said.is_empty() {
            true => "Something in this workspace needs it.".to_owned(),
            false => said.join(" "),
        };
        Err(Error::new(problem::TABLE_IN_USE, detail))
    }

    /// Whatever was made from a table's rows is not found again, and the datasets over it have as many rows as it has now. For
    /// those who hold the catalogue; comes last before the commit, because the datasets' rows are locked from here on, in the
    /// order in which everybody locks them.
    pub(super) async fn raise_reading(&mut self, number: i32, rows: i64) -> Result<()> {
        self.0
            .execute(
                "WITH held AS (SELECT id FROM datasets WHERE definition @> ANY ($1) ORDER BY id FOR NO KEY UPDATE) \
                 UPDATE datasets d SET data_version = d.data_version + 1, \
                        events = CASE WHEN d.definition @> $2 THEN $3 ELSE d.events END FROM held WHERE d.id = held.id",
                &[&Needed::Table.written(number), &Json(json!({ "table_number": number })), &rows],
            )
            .await?;
        Ok(())
    }
}
