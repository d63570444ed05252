//! A table: rows under one key, which a tenant keeps beside its events. A dataset's dimensions can be looked up in it: what
//! events carry is the key, what is shown is a column. And where one of its columns says when each row is, its rows can be
//! those of a dataset.
//!
//! What must always hold: every column has one *slot* among those of its kind, the number of the column that its values are
//! in (texts `a1` to `a12`, numbers `m1` to `m8`; there is one column of times); a slot is given to another column only
//! after its values are gone, and what stands in a column never becomes something else. Tests: `table_tests.rs`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dataset::{MEASURE_SLOTS, NAME_RULE, free_slot, is_name, label_of, refuse};
use crate::dataset_put::described;
use crate::error::{Error, Result};
use crate::ids::TableId;
use crate::problem;
use crate::tenant::{display_name, words};

/// Columns of texts that a table has, beside its key.
pub const TABLE_COLUMNS: usize = 12;
/// Columns of numbers: as many as events have measures.
pub const TABLE_NUMBERS: usize = MEASURE_SLOTS;
/// Tables of one tenant.
pub const MAX_TABLES: usize = 50;
/// Rows of a table.
pub const MAX_TABLE_ROWS: usize = 100_000;

words! {
    /// What stands in a column.
    TableColumnKind {
        /// Texts, to group and filter by.
        Text = "text",
        /// Numbers, to work with.
        Number = "number",
        /// When each row is; a table has one such column at most, and then each of its rows has a time.
        Time = "time",
    }
}

impl TableColumnKind {
    /// How many columns of the kind a table has at most.
    const fn most(self) -> usize {
        match self {
            Self::Text => TABLE_COLUMNS,
            Self::Number => TABLE_NUMBERS,
            Self::Time => 1,
        }
    }
}

/// The kind of a column of which nobody said it.
fn texts() -> TableColumnKind {
    TableColumnKind::Text
}

/// What the rows of a table are found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableKey {
    /// The name in rows and in the first line of a CSV file.
    pub name: String,
    /// The name for people.
    pub label: String,
}

/// What the rows of a table have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// The name in rows, in look-ups and in the first line of a CSV file.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// What it says, for people who choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What stands in it.
    #[serde(default = "texts")]
    pub kind: TableColumnKind,
    /// Where its values are: 1 to 12 for texts, 1 to 8 for numbers, 1 for times.
    #[schema(minimum = 1, maximum = 12)]
    pub slot: u8,
}

/// What a table is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableDefinition {
    /// The name in look-ups; never changes.
    pub name: String,
    /// The name for people.
    pub label: String,
    /// What its rows are, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its rows are found by.
    pub key: TableKey,
    /// Up to 12 of texts, 8 of numbers, and one of times.
    pub columns: Vec<TableColumn>,
}

/// A table as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Table {
    /// The id.
    pub id: TableId,
    /// Name, labels, key and columns.
    #[serde(flatten)]
    pub definition: TableDefinition,
    /// How many rows it has.
    pub rows: u64,
    /// Rises with every change of the definition.
    pub version: i64,
    /// When the definition or a row last changed.
    pub updated_at: Timestamp,
}

/// A table as look-ups find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSource {
    /// The number under which its rows are stored.
    pub number: i32,
    /// What it is made of.
    pub definition: TableDefinition,
}

/// What somebody declares about a table's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableKeyInput {
    /// The name in rows and in the first line of a CSV file.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What somebody declares about a column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumnInput {
    /// The name in rows, in look-ups and in the first line of a CSV file.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it says, for people who choose it: 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What stands in it; as it was unless given, and of a new column `text`. It changes only while the table has no rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TableColumnKind>,
}

/// Declares a table: its name, its key and its columns. Of a table that is there, a column that is not listed is gone, with
/// its values; the columns are shown in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableInput {
    /// The name in look-ups; it never changes.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub name: String,
    /// The name for people; made from the name unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What its rows are, for people: 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its rows are found by.
    pub key: TableKeyInput,
    /// Up to 12 of texts, 8 of numbers, and one of times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<TableColumnInput>,
}

impl TableDefinition {
    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&TableColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The columns of a kind.
    pub fn of_kind(&self, kind: TableColumnKind) -> impl Iterator<Item = &TableColumn> {
        self.columns.iter().filter(move |c| c.kind == kind)
    }

    /// The column that says when each row is.
    #[must_use]
    pub fn time(&self) -> Option<&TableColumn> {
        self.of_kind(TableColumnKind::Time).next()
    }

    /// That rows of this table are rows of what it is going to be: no column becomes something else, and rows without a time
    /// do not get a column in which each has one.
    ///
    /// # Errors
    /// `table.not_empty`.
    pub fn keeps_rows(&self, next: &Self) -> Result<()> {
        let other = |c: &&TableColumn| match self.column(&c.name) {
            Some(was) => was.kind != c.kind,
            None => c.kind == TableColumnKind::Time,
        };
        match next.columns.iter().find(other) {
            Some(column) => {
                let why = match self.column(&column.name) {
                    Some(was) => format!("{} is a column of {}s", column.name, was.kind),
                    None => format!("they have no {}", column.name),
                };
                let detail = format!("{:?} has rows, and {why}. Remove the rows first.", self.name);
                Err(Error::new(problem::TABLE_NOT_EMPTY, detail).at("/columns"))
            }
            None => Ok(()),
        }
    }

    /// Gives a free slot to every name that has none yet, and says which these were. Either all of them have their slots
    /// afterwards, or nothing has changed.
    ///
    /// # Errors
    /// `table.full` when there is no free slot left; `input.invalid` for a name that is none, or that is the key's.
    pub fn learn<'a>(
        &mut self,
        names: impl IntoIterator<Item = (&'a str, String, TableColumnKind)>,
    ) -> Result<Vec<String>> {
        let mut next = self.columns.clone();
        let mut learnt = Vec::new();
        for (name, label, kind) in names {
            if next.iter().any(|c| c.name == name) {
                continue;
            }
            if !is_name(name) {
                let detail = format!("{name:?} is not a name. {NAME_RULE}");
                return Err(Error::invalid("/columns", "name", detail));
            }
            if name == self.key.name {
                let detail = format!("{name:?} is the key; give the column another name.");
                return Err(Error::invalid("/columns", "duplicate", detail));
            }
            let taken = |slot| next.iter().any(|c| c.kind == kind && c.slot == slot);
            let slot = free_slot(taken, kind.most()).ok_or_else(|| {
                let detail = format!(
                    "{:?} has {} columns of {kind}s already; {name:?} finds no room.",
                    self.name,
                    kind.most()
                );
                Error::new(problem::TABLE_FULL, detail).at("/columns")
            })?;
            next.push(TableColumn { name: name.to_owned(), label, description: None, kind, slot });
            learnt.push(name.to_owned());
        }
        self.columns = next;
        Ok(learnt)
    }
}

impl TableInput {
    /// What a table says of itself, as somebody would declare it: applied to that table, it changes nothing.
    #[must_use]
    pub fn of(table: &TableDefinition) -> Self {
        let column = |c: &TableColumn| TableColumnInput {
            name: c.name.clone(),
            label: Some(c.label.clone()),
            description: c.description.clone(),
            kind: Some(c.kind).filter(|kind| *kind != TableColumnKind::Text),
        };
        Self {
            name: table.name.clone(),
            label: Some(table.label.clone()),
            description: table.description.clone(),
            key: TableKeyInput { name: table.key.name.clone(), label: Some(table.key.label.clone()) },
            columns: table.columns.iter().map(column).collect(),
        }
    }

    /// The table that is made by it.
    ///
    /// # Errors
    /// `input.invalid` with the fields.
    pub fn make(&self) -> Result<TableDefinition> {
        let key = TableKey { name: self.key.name.clone(), label: String::new() };
        let mut made = TableDefinition {
            name: self.name.clone(),
            label: String::new(),
            description: None,
            key,
            columns: Vec::new(),
        };
        self.apply(&mut made)?;
        Ok(made)
    }

    /// Applies the declaration; gives the columns that are gone by it, also those that come again as something else. Either all
    /// of it is applied, or nothing.
    ///
    /// # Errors
    /// `input.invalid` with the fields.
    pub fn apply(&self, table: &mut TableDefinition) -> Result<Vec<TableColumn>> {
        self.check()?;
        if self.name != table.name {
            let detail = format!("The name of a table never changes. This one's is {:?}.", table.name);
            return Err(Error::invalid("/name", "fixed", detail));
        }
        let mut next = table.clone();
        let label = |label: &Option<String>, name: &str| label.clone().unwrap_or_else(|| label_of(name));
        next.label = label(&self.label, &self.name);
        next.description.clone_from(&self.description);
        next.key = TableKey { name: self.key.name.clone(), label: label(&self.key.label, &self.key.name) };
        let same = |put: &TableColumnInput, c: &TableColumn| {
            put.name == c.name && put.kind.is_none_or(|kind| kind == c.kind)
        };
        let listed = |c: &TableColumn| self.columns.iter().any(|put| same(put, c));
        let gone: Vec<TableColumn> = next.columns.iter().filter(|c| !listed(c)).cloned().collect();
        // The slot of a column that is gone by this may be given by this: its values are gone first.
        next.columns.retain(listed);
        let new = |c: &TableColumnInput| c.kind.unwrap_or(TableColumnKind::Text);
        next.learn(self.columns.iter().map(|c| (c.name.as_str(), label(&c.label, &c.name), new(c))))?;
        for put in &self.columns {
            if let Some(column) = next.columns.iter_mut().find(|c| c.name == put.name) {
                column.label = label(&put.label, &put.name);
                column.description.clone_from(&put.description);
            }
        }
        next.columns.sort_by_key(|c| self.columns.iter().position(|put| put.name == c.name));
        *table = next;
        Ok(gone)
    }

    fn check(&self) -> Result<()> {
        let mut fields = Vec::new();
        let mut keep = |checked: Result<()>| {
            if let Err(error) = checked {
                fields.extend(error.fields().iter().cloned());
            }
        };
        let label = |text: &Option<String>, at: &str| {
            text.as_deref().map_or(Ok(()), |text| display_name(text, &format!("{at}/label")).map(drop))
        };
        let description = |text: &Option<String>, at: &str| {
            text.as_deref().map_or(Ok(()), |text| described(text, &format!("{at}/description")))
        };
        let name = |name: &str, twice: bool, at: &str| {
            let at = format!("{at}/name");
            match (is_name(name), twice) {
                (false, _) => Err(Error::invalid(at, "invalid", NAME_RULE)),
                (true, true) => Err(Error::invalid(at, "duplicate", "This name stands twice.")),
                (true, false) => Ok(()),
            }
        };
        keep(name(&self.name, false, ""));
        keep(label(&self.label, ""));
        keep(description(&self.description, ""));
        keep(name(&self.key.name, false, "/key"));
        keep(label(&self.key.label, "/key"));
        for (i, c) in self.columns.iter().enumerate() {
            let at = format!("/columns/{i}");
            let twice = c.name == self.key.name || self.columns[..i].iter().any(|o| o.name == c.name);
            keep(name(&c.name, twice, &at));
            keep(label(&c.label, &at));
            keep(description(&c.description, &at));
        }
        let of = |kind: TableColumnKind| {
            self.columns.iter().filter(|c| c.kind.unwrap_or(TableColumnKind::Text) == kind).count()
        };
        if TableColumnKind::ALL.iter().any(|kind| of(*kind) > kind.most()) {
            let detail = "A table has 12 columns of texts, 8 of numbers and one of times at most. Columns without a kind count as texts.";
            keep(Err(Error::invalid("/columns", "count", detail)));
        }
        refuse(fields, problem::INVALID)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
