//! Dimensions of a dataset that are looked up in tables: their slots, and where the tables have what they name.
//!
//! What must always hold: a dimension that is looked up has a *virtual* slot, 13 to 24, of which there is no column in the
//! events; it hangs on a dimension that events carry, so that nothing is looked up by what was looked up. What was found
//! cannot become stale: a table's number is never given again, and neither a table nor a column goes while a dataset
//! looks something up in it. Tests: `table_tests.rs`.

use crate::dataset::{
    DIMENSION_SLOTS, DatasetDefinition, Dimension, LOOKED_UP_SLOTS, Lookup, free_slot, label_of, refuse,
};
use crate::dataset_put::{DimensionPut, LookupPut};
use crate::error::{Error, FieldError, Result};
use crate::problem;
use crate::table::{TableColumnKind, TableSource};

impl LookupPut {
    pub(crate) fn of(lookup: &Lookup) -> Self {
        let Lookup { by, table, column, .. } = lookup.clone();
        Self { by, table, column }
    }
}

impl DatasetDefinition {
    /// Puts in the dimensions that are looked up, with the slots that they had before.
    pub(crate) fn look_up(&mut self, puts: &[DimensionPut], before: &Self) -> Result<()> {
        let mut wrong = Vec::new();
        let lookups = puts.iter().enumerate().filter_map(|(i, put)| Some((i, put, put.lookup.as_ref()?)));
        for (i, put, lookup) in lookups {
            if self.dimension(&put.name).is_some() {
                let why =
                    format!("Events carry {:?} already; give what is looked up another name.", put.name);
                wrong.push(FieldError::new(format!("/dimensions/{i}/name"), "duplicate", why));
                continue;
            }
            if self.carried().all(|d| d.name != lookup.by) {
                let why = format!("Events carry no dimension {:?} to look it up by.", lookup.by);
                wrong.push(FieldError::new(format!("/dimensions/{i}/lookup/by"), "unknown", why));
                continue;
            }
            let offset = u8::try_from(DIMENSION_SLOTS).unwrap_or(u8::MAX);
            let had = before.looked_up().find(|(d, _)| d.name == put.name).map(|(d, _)| d.slot);
            let taken = |slot: u8| {
                let slot = slot.saturating_add(offset);
                let listed = |d: &Dimension| puts.iter().any(|p| p.lookup.is_some() && p.name == d.name);
                self.dimensions.iter().any(|d| d.slot == slot)
                    || before.looked_up().any(|(d, _)| d.slot == slot && listed(d))
            };
            let free = || free_slot(taken, LOOKED_UP_SLOTS).map(|slot| slot.saturating_add(offset));
            let slot = had.or_else(free).ok_or_else(|| {
                Error::new(problem::DATASET_FULL, "A dataset looks up 12 dimensions at most.")
                    .at("/dimensions")
            })?;
            let LookupPut { by, table, column } = lookup.clone();
            self.dimensions.push(Dimension {
                name: put.name.clone(),
                label: label_of(&put.name),
                description: None,
                slot,
                lookup: Some(Lookup { by, table, column, number: 0, slot: 0 }),
            });
        }
        refuse(wrong, problem::INVALID)
    }

    /// Finds the tables and columns that dimensions are looked up in. Dimensions that a declaration lists come first and in
    /// its order, so that the pointers are those of the declaration.
    ///
    /// # Errors
    /// `input.invalid` for tables and columns that there are not, with those that there are.
    pub fn find_lookups(&mut self, tables: &[TableSource]) -> Result<()> {
        let mut wrong = Vec::new();
        for (i, dimension) in self.dimensions.iter_mut().enumerate() {
            let Some(lookup) = &mut dimension.lookup else { continue };
            let mut keep = |field: &str, what: &str, name: &str, names: Vec<&str>| {
                let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let why = format!("There is no {what} {name:?}. There is: {there}.");
                wrong.push(FieldError::new(format!("/dimensions/{i}/lookup/{field}"), "unknown", why));
            };
            let Some(table) = tables.iter().find(|t| t.definition.name == lookup.table) else {
                keep(
                    "table",
                    "table",
                    &lookup.table,
                    tables.iter().map(|t| t.definition.name.as_str()).collect(),
                );
                continue;
            };
            let texts = || table.definition.of_kind(TableColumnKind::Text);
            match texts().find(|column| column.name == lookup.column) {
                Some(column) => (lookup.number, lookup.slot) = (table.number, column.slot),
                None => {
                    let names = texts().map(|c| c.name.as_str()).collect();
                    keep(
                        "column",
                        &format!("column of texts in {:?} of the name", lookup.table),
                        &lookup.column,
                        names,
                    );
                }
            }
        }
        refuse(wrong, problem::INVALID)
    }
}
