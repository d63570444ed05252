//! Datasets over a table: their rows are those of the table, each at the time that its column of times says.
//!
//! What must always hold: the slots are the table's own: a measure is where the number is, a dimension where the text is, and
//! the key has [`KEY_SLOT`]. What a dataset has of its table cannot become stale: the table's number is never given again, and
//! neither the table nor a column goes while a dataset has it. Tests: here, and `platform/tests/it/table_datasets.rs`.

use crate::dataset::{DatasetDefinition, DatasetSource, Dimension, Format, KEY_SLOT, Measure};
use crate::dataset_put::DatasetPut;
use crate::error::{Error, Result};
use crate::table::{TableColumn, TableColumnKind, TableSource};

impl DatasetDefinition {
    /// Whether its rows are those of the table of this number.
    #[must_use]
    pub fn is_over(&self, number: i32) -> bool {
        self.table_number == Some(number)
    }

    /// Whether it has a column of its table.
    #[must_use]
    pub fn has_column(&self, column: &TableColumn) -> bool {
        match column.kind {
            TableColumnKind::Text => self.carried().any(|d| d.slot == column.slot),
            TableColumnKind::Number => self.measures.iter().any(|m| m.slot == column.slot),
            TableColumnKind::Time => true,
        }
    }

    /// Takes everything that its table has and it has not, under the names and labels of the table. What of it stays says
    /// whoever declares the dataset: see [`DatasetPut::apply`].
    ///
    /// # Errors
    /// `input.invalid` at `/source/table` for a table that does not say when its rows are.
    pub fn take_up(&mut self, table: &TableSource) -> Result<()> {
        let of = &table.definition;
        if of.time().is_none() {
            let detail = format!(
                "The table {:?} has no column of times, which says when each row is. Give it one of the kind `time`.",
                of.name
            );
            return Err(Error::invalid("/source/table", "time", detail));
        }
        self.table_number = Some(table.number);
        // The key comes last: there is little to see in groups of one row each.
        let key = (KEY_SLOT, &of.key.name, &of.key.label, None);
        let texts = of.of_kind(TableColumnKind::Text);
        let texts = texts.map(|c| (c.slot, &c.name, &c.label, c.description.as_ref()));
        for (slot, name, label, description) in texts.chain([key]) {
            if self.carried().all(|d| d.slot != slot) {
                let (name, label) = (name.clone(), label.clone());
                let description = description.cloned();
                self.dimensions.push(Dimension { name, label, description, slot, lookup: None });
            }
        }
        for column in of.of_kind(TableColumnKind::Number) {
            if self.measures.iter().all(|m| m.slot != column.slot) {
                self.measures.push(Measure {
                    name: column.name.clone(),
                    label: column.label.clone(),
                    unit: None,
                    format: Format::Number,
                    description: column.description.clone(),
                    slot: column.slot,
                });
            }
        }
        Ok(())
    }

    /// Of a table, it keeps the measures and the dimensions that are listed; all of them where none is. Their values are in
    /// the table, whether they are listed or not.
    pub(crate) fn keep_listed(&mut self, put: &DatasetPut) {
        if !matches!(self.source, DatasetSource::Table(_)) {
            return;
        }
        let any = put.measures.iter().any(|m| m.formula.is_none());
        self.measures.retain(|m| match put.measures.iter().find(|p| p.name == m.name) {
            Some(listed) => listed.formula.is_none(),
            None => !any,
        });
        let any = put.dimensions.iter().any(|d| d.lookup.is_none());
        self.dimensions.retain(|d| match put.dimensions.iter().find(|p| p.name == d.name) {
            Some(listed) => listed.lookup.is_none(),
            None => !any,
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::table::TableInput;

    fn subscriptions() -> TableSource {
        let input: TableInput = serde_json::from_value(json!({
            "name": "subscriptions", "key": { "name": "id" }, "columns": [
                { "name": "plan" }, { "name": "started_on", "kind": "time" }, { "name": "mrr", "label": "MRR", "kind": "number" },
                { "name": "country" }, { "name": "seats", "kind": "number" }] }))
        .unwrap();
        TableSource { number: 7, definition: input.make().unwrap() }
    }

    fn put(value: serde_json::Value) -> DatasetPut {
        serde_json::from_value(value).unwrap()
    }

    /// As whoever declares it does: the table first, then what is said.
    fn declared(there: &DatasetDefinition, put: &DatasetPut) -> Result<DatasetDefinition> {
        let mut next = there.clone();
        next.take_up(&subscriptions())?;
        put.apply(&mut next)?;
        Ok(next)
    }

    fn new() -> DatasetDefinition {
        DatasetDefinition::of_source("subs", DatasetSource::Table("subscriptions".into())).unwrap()
    }

    /// Names and slots.
    type Slots<'a> = Vec<(&'a str, u8)>;

    fn names(dataset: &DatasetDefinition) -> (Slots<'_>, Slots<'_>) {
        (
            dataset.measures.iter().map(|m| (m.name.as_str(), m.slot)).collect(),
            dataset.dimensions.iter().map(|d| (d.name.as_str(), d.slot)).collect(),
        )
    }

    #[test]
    fn it_has_what_the_table_has_or_what_of_it_is_listed() {
        let source = json!({ "table": "subscriptions" });
        let all = declared(&new(), &put(json!({ "source": source }))).unwrap();
        assert_eq!(
            names(&all),
            (vec![("mrr", 1), ("seats", 2)], vec![("plan", 1), ("country", 2), ("id", 25)])
        );
        assert_eq!((all.table_number, all.measures[0].label.as_str()), (Some(7), "MRR"));
        assert_eq!(serde_json::to_value(&all).unwrap()["source"], source);
        assert_eq!(
            declared(&all, &DatasetPut::of(&all)).unwrap(),
            all,
            "what it says of itself changes nothing"
        );

        let some = put(
            json!({ "measures": [{ "name": "seats" }, { "name": "each", "formula": "mrr / nullif(seats, 0)" }],
                               "dimensions": [{ "name": "plan", "label": "Tariff" }] }),
        );
        let fewer = declared(&all, &some).unwrap();
        assert_eq!(names(&fewer), (vec![("seats", 2)], vec![("plan", 1)]));
        assert_eq!((fewer.calculated.len(), fewer.dimensions[0].label.as_str()), (1, "Tariff"));
        // What is only worked out or looked up leaves the others; a name that is free again may be used for it.
        let worked_out = put(json!({ "measures": [{ "name": "mrr", "formula": "sum(seats) * 3" }],
            "dimensions": [{ "name": "plan", "lookup": { "by": "id", "table": "t", "column": "c" } }] }));
        let other = declared(&fewer, &worked_out).unwrap();
        assert_eq!(names(&other), (vec![("seats", 2)], vec![("plan", 13), ("country", 2), ("id", 25)]));
        assert_eq!(declared(&other, &put(json!({}))).map(|d| names(&d).0.len()).unwrap(), 2);
    }

    #[test]
    fn it_has_no_more_than_the_table_and_stays_over_it() {
        let all = declared(&new(), &put(json!({}))).unwrap();
        let more = declared(&all, &put(json!({ "measures": [{ "name": "arr" }] }))).unwrap_err();
        assert!(more.detail().contains("the rows of the table \"subscriptions\""), "{}", more.detail());
        for source in [json!("events"), json!({ "table": "others" })] {
            let moved = declared(&all, &put(json!({ "source": source }))).unwrap_err();
            assert_eq!(moved.fields()[0].pointer, "/source");
        }
        let mut timeless = subscriptions();
        timeless.definition.columns.retain(|c| c.kind != TableColumnKind::Time);
        let refused = new().take_up(&timeless).unwrap_err();
        assert_eq!(refused.fields()[0].pointer, "/source/table");
        for word in [json!({ "table": 5 }), json!({ "tables": "x" }), json!("table")] {
            assert!(serde_json::from_value::<DatasetSource>(word).is_err());
        }
        assert!(new().learn([], ["x"]).is_err(), "nothing is learnt");
    }
}
