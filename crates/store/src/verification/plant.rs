//! Rows that nobody but their tenant may find: a canary in every column that can hold a text, numbers that add up to
//! a sum that no other tenant's do, and in every tenant the same row ids.

use uuid::Uuid;

use super::Table;

/// What marks everything that a tenant has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// `CNRY-` and something that only this tenant has: whoever else receives it has broken through.
    pub mark: String,
    /// What its measures add up to, a prime that occurs nowhere else.
    pub prime: i64,
    /// 128 random bits, hexadecimal.
    pub random: String,
    /// The id of rows that only this tenant has.
    pub only: Uuid,
}

impl Canary {
    /// What every canary begins with.
    pub const SIGN: &'static str = "CNRY-";

    /// The canary of one surface.
    #[must_use]
    pub fn of(&self, surface: &str) -> String {
        format!("{}-{surface}-{}", self.mark, self.random)
    }
}

/// Values that a rule of the product wants, by table, column and row: an SQL literal each. `None`: a canary.
pub type Given<'a> = &'a dyn Fn(&str, &str, usize) -> Option<String>;

/// The ids that rows have in every tenant alike; the third is the tenant's own.
fn id_of(row: usize, canary: &Canary, salt: &str) -> Uuid {
    let salt =
        salt.bytes().fold(0u128, |sum, b| sum.wrapping_mul(31).wrapping_add(u128::from(b))) & 0xffff_ffff;
    match row {
        2 => Uuid::from_u128(canary.only.as_u128() ^ (salt << 32)),
        _ => Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | (salt << 8) | row as u128),
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Canary {
    /// The value of one column, as an SQL literal.
    fn literal(&self, table: &str, column: &str, kind: &str, row: usize) -> String {
        let text = self.of(&format!("{table}.{column}.{row}"));
        match kind {
            "text" => quote(&text),
            "text[]" => format!("ARRAY[{}]", quote(&text)),
            "jsonb" => format!("jsonb_build_object('canary', {})", quote(&text)),
            "bytea" => format!("convert_to({}, 'UTF8')", quote(&text)),
            "uuid" if column == "tenant_id" => "wall.tenant()".to_owned(),
            "uuid" => quote(&id_of(row, self, if column == "id" { table } else { column }).to_string()),
            "boolean" => "false".to_owned(),
            "integer" => (1_000 + row).to_string(),
            "date" => format!("date '2026-01-01' + {row}"),
            "bigint" => (row + 1).to_string(),
            // All measures of all rows of the first column add up to the prime.
            "double precision" if row == 0 => (self.prime - 2).to_string(),
            "double precision" => "1".to_owned(),
            "timestamp with time zone" => format!("timestamptz '2026-01-01' + interval '{row} hours'"),
            _ => "NULL".to_owned(),
        }
    }

    /// The statements that plant three rows in every table that the tenant may write to, and one where a tenant has
    /// only one row.
    #[must_use]
    pub fn planting(&self, tables: &[Table], given: Given<'_>) -> Vec<String> {
        let mut statements = Vec::new();
        for table in tables.iter().filter(|t| t.may("INSERT")) {
            let rows = if table.key == ["tenant_id"] { 1 } else { 3 };
            let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            for row in 0..rows {
                let values: Vec<String> = table
                    .columns
                    .iter()
                    .map(|c| {
                        given(&table.name, &c.name, row)
                            .unwrap_or_else(|| self.literal(&table.name, &c.name, &c.kind, row))
                    })
                    .collect();
                let replace: Vec<String> = table
                    .columns
                    .iter()
                    .zip(&values)
                    .filter(|(c, _)| !table.key.contains(&c.name))
                    .map(|(c, value)| format!("{} = {value}", c.name))
                    .collect();
                let conflict = if table.may("UPDATE") && !replace.is_empty() {
                    format!("DO UPDATE SET {}", replace.join(", "))
                } else {
                    "DO NOTHING".to_owned()
                };
                statements.push(format!(
                    "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) {conflict}",
                    table.name,
                    names.join(", "),
                    values.join(", "),
                    table.key.join(", "),
                ));
            }
        }
        let text = quote(&self.of("audit"));
        statements.push(format!(
            "SELECT audit_append('canary.plant', 'system', {text}, {text}, {text}, {text}, {text}, {text})"
        ));
        statements
    }

    /// The id that a row of a table has in every planted tenant alike.
    #[must_use]
    pub fn shared_id(&self, table: &str) -> Uuid {
        id_of(0, self, table)
    }

    /// The id that a row of a table has in this tenant only.
    #[must_use]
    pub fn only_id(&self, table: &str) -> Uuid {
        id_of(2, self, table)
    }
}
