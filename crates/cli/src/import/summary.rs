//! How an import ended: a table of tenants with exact counts and links.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::send::Count;
use super::tenants::Target;
use super::{Order, rate, state};
use crate::commands::Context;
use crate::failure::Exit;
use crate::terminal::phase::duration;
use crate::terminal::table::{number, table};

/// Prints it.
pub(super) fn print(
    cx: &Context,
    order: &Order,
    targets: &BTreeMap<String, Target>,
    counts: &BTreeMap<String, Count>,
    rows: u64,
    rejected: u64,
    took: Duration,
) -> Exit {
    let of = |value: &String| counts.get(value).copied().unwrap_or_default();
    let sum = |pick: fn(&Count) -> u64| targets.keys().map(|value| pick(&of(value))).sum::<u64>();
    let file = state::rejected(&order.file);
    let tenants: Vec<Value> = targets
        .iter()
        .map(|(value, target)| {
            let count = of(value);
            json!({
                "value": value, "slug": target.slug, "url": target.url, "created": target.made,
                "owner": target.owner, "rows": count.stored() + count.rejected, "stored": count.stored(),
                "accepted": count.accepted, "duplicates": count.duplicates, "sent_before": count.before,
                "rejected": count.rejected,
            })
        })
        .collect();
    let stored = sum(Count::stored);
    let document = json!({
        "rows": rows, "stored": stored, "accepted": sum(|c| c.accepted), "duplicates": sum(|c| c.duplicates),
        "sent_before": sum(|c| c.before), "rejected": rejected,
        "rejected_file": (rejected > 0).then(|| file.display().to_string()),
        "seconds": took.as_secs_f64(), "tenants": tenants,
    });
    cx.out.result(&document, |style| {
        let lines = targets.iter().map(|(value, target)| {
            let count = of(value);
            let owner =
                target.owner.as_ref().map(|o| format!("{} / {}", o.email, o.password)).unwrap_or_default();
            let aside =
                if count.rejected == 0 { style.dim("0") } else { style.yellow(&number(count.rejected)) };
            vec![
                style.bold(target.slug.as_str()),
                number(count.stored()),
                number(count.accepted),
                number(count.duplicates + count.before),
                aside,
                target.url.clone(),
                owner,
            ]
        });
        let head = ["tenant", "events", "new", "there before", "refused", "address", "owner"];
        let mut text = table(style, &head, &[1, 2, 3, 4], lines.collect());
        text.push_str(&format!(
            "\n\n{} rows in {} ({} rows/s): {} stored, {} kept aside.",
            number(rows),
            duration(took),
            rate(rows, took),
            number(stored),
            number(rejected)
        ));
        if rejected > 0 {
            text.push_str(&format!(
                "\nRows kept aside, each with its reason: {}",
                style.bold(&file.display().to_string())
            ));
        }
        text
    });
    if rejected > 0 { Exit::Partial } else { Exit::Done }
}
