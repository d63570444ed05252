//! Whether two answers say the same.

use insula_model::{Answer, Result, Values};

/// Whether two answers say the same: everything equal, numbers to twelve digits (sums are added up in another
/// order). `Err` says where they differ first.
///
/// # Errors
/// A sentence for the person who reads the failed test.
pub fn same(expected: &Answer, found: &Answer) -> Result<(), String> {
    let heads = |a: &Answer| {
        format!("{:?}", (&a.columns, a.range, a.previous, &a.time_zone, a.grain, a.truncated, a.partial))
    };
    if heads(expected) != heads(found) {
        return Err(format!("heads differ:\n expected {}\n found    {}", heads(expected), heads(found)));
    }
    for (i, (column, (want, got))) in
        expected.columns.iter().zip(expected.data.iter().zip(&found.data)).enumerate()
    {
        let place = format!("column {i} ({} {:?})", column.name, column.kind);
        match (want, got) {
            (Values::Texts(want), Values::Texts(got)) if want == got => {}
            (Values::Numbers(want), Values::Numbers(got)) if want.len() == got.len() => {
                let differ = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
                    (Some(a), Some(b)) => (a - b).abs() > 1e-12 * a.abs().max(b.abs()).max(1.0),
                    (a, b) => a.is_some() != b.is_some(),
                };
                if let Some(row) = want.iter().zip(got).position(differ) {
                    return Err(format!(
                        "{place}, row {row}: expected {:?}, found {:?}",
                        want[row], got[row]
                    ));
                }
            }
            _ => return Err(format!("{place}: expected {want:?}, found {got:?}")),
        }
    }
    Ok(())
}
