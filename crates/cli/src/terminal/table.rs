//! Tables for people: aligned columns without lines, as wide as they need to be.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Style;

/// A table whose columns named `right` are aligned there.
pub(crate) fn table(style: Style, head: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head.iter().map(|h| style.dim(h)));
    for row in rows {
        table.add_row(row);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Names and values, one below the other.
pub(crate) fn facts(style: Style, rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{}  {value}", style.dim(&format!("{name:<width$}"))))
        .collect::<Vec<_>>()
        .join("\n")
}

/// 336776 as 336,776.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 336_776, 10_000_000].map(number),
            ["0", "999", "1,000", "336,776", "10,000,000"]
        );
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let text = facts(Style::PLAIN, &[("slug", "acme".to_owned()), ("purge at", String::new())]);
        assert_eq!(text, "slug      acme");
    }
}
