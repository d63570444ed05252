//! A template's new version and a workspace's changes brought together, by the version that the changes were made on.
//!
//! What must always hold ([`merge`]): a workspace without changes gets the template as it is; what only one side changed is
//! as that side wants it; where both changed the same, the workspace's stays and is named; the result is a valid
//! dashboard. Fields that are not known here are merged like all others. Tested below.
//!
//! The editor brings the changes of two people together by the same rules, in the browser, where each choice is shown at once
//! (`web/app/pages/tenant/editor/merge.ts`); `dashboard_merge_cases.json` is tested on both sides.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::dashboard::{DashboardConfig, DashboardInput, MAX_GRID_ROWS, Place};

/// Something that the template and the workspace both changed, and not alike. The workspace's is what is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergeConflict {
    /// What: `/name`, `/config/range`, `/config/widgets/<id>/title`, `/config/widgets/<id>` (one side deleted it),
    /// `/config/layout/<id>`.
    pub at: String,
    /// What the template wants; absent where it deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Value>,
    /// What the workspace has; absent where it deleted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Value>,
}

/// A dashboard of two origins.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// What is shown.
    pub input: DashboardInput,
    /// Where the two do not go together.
    pub conflicts: Vec<MergeConflict>,
}

type Fields = Map<String, Value>;

#[derive(Default)]
struct Conflicts(Vec<MergeConflict>);

impl Conflicts {
    fn add(&mut self, at: String, template: Option<&Value>, own: Option<&Value>) {
        self.0.push(MergeConflict { at, template: template.cloned(), own: own.cloned() });
    }

    /// What becomes of one value.
    fn pick(
        &mut self,
        at: impl FnOnce() -> String,
        base: Option<&Value>,
        template: Option<&Value>,
        own: Option<&Value>,
    ) -> Option<Value> {
        if own == base {
            return template.cloned();
        }
        if template != base && template != own {
            self.add(at(), template, own);
        }
        own.cloned()
    }
}

/// Brings a template and a workspace's changes together. `base` is the template that the changes were made on.
#[must_use]
pub fn merge(base: &DashboardInput, template: &DashboardInput, own: &DashboardInput) -> Merged {
    let plain = |input: &DashboardInput| DashboardInput { note: None, ..input.clone() };
    let (base, template, own) = (&plain(base), &plain(template), &plain(own));
    if own == base {
        return Merged { input: template.clone(), conflicts: Vec::new() };
    }
    if template == base || template == own {
        return Merged { input: own.clone(), conflicts: Vec::new() };
    }
    let mut conflicts = Conflicts::default();
    let input = together(base, template, own, &mut conflicts).filter(|input| input.check().is_ok());
    let Some(input) = input else {
        // Too much for one dashboard: the workspace keeps its own as a whole.
        let whole = serde_json::to_value(&template.config).ok();
        let at = "/config".to_owned();
        let conflicts =
            vec![MergeConflict { at, template: whole, own: serde_json::to_value(&own.config).ok() }];
        return Merged { input: own.clone(), conflicts };
    };
    Merged { input, conflicts: conflicts.0 }
}

fn together(
    base: &DashboardInput,
    template: &DashboardInput,
    own: &DashboardInput,
    conflicts: &mut Conflicts,
) -> Option<DashboardInput> {
    let (b, t, o) = (fields(base)?, fields(template)?, fields(own)?);
    let mut merged = Fields::new();
    for name in ["name", "description"] {
        let value = conflicts.pick(|| format!("/{name}"), b.get(name), t.get(name), o.get(name));
        merged.extend(value.map(|value| (name.to_owned(), value)));
    }
    let (b, t, o) = (config(&b)?, config(&t)?, config(&o)?);
    let mut together = Fields::new();
    for name in o.keys().chain(t.keys().filter(|name| !o.contains_key(*name))) {
        if matches!(name.as_str(), "widgets" | "layout") {
            continue;
        }
        let value = conflicts.pick(|| format!("/config/{name}"), b.get(name), t.get(name), o.get(name));
        together.extend(value.map(|value| (name.clone(), value)));
    }
    let widgets =
        widgets(&by(b, "widgets", "id"), &by(t, "widgets", "id"), &by(o, "widgets", "id"), conflicts);
    let ids: Vec<String> = widgets.iter().filter_map(|w| Some(w.get("id")?.as_str()?.to_owned())).collect();
    let layout = layout(&ids, base, template, own, conflicts);
    together.insert("widgets".to_owned(), Value::Array(widgets));
    together.insert("layout".to_owned(), serde_json::to_value(layout).ok()?);
    merged.insert("config".to_owned(), Value::Object(together));
    serde_json::from_value(Value::Object(merged)).ok()
}

fn fields(input: &DashboardInput) -> Option<Fields> {
    match serde_json::to_value(input).ok()? {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn config(fields: &Fields) -> Option<&Fields> {
    fields.get("config")?.as_object()
}

/// The items of a list with their ids, in order.
fn by<'v>(config: &'v Fields, list: &str, id: &str) -> Vec<(&'v str, &'v Value)> {
    let items = config.get(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| Some((item.get(id)?.as_str()?, item))).collect()
}

type Items<'v> = [(&'v str, &'v Value)];

fn of<'v>(items: &Items<'v>, id: &str) -> Option<&'v Value> {
    items.iter().find(|(known, _)| *known == id).map(|(_, value)| *value)
}

/// In the workspace's order, and behind them what the template adds.
fn widgets(base: &Items<'_>, template: &Items<'_>, own: &Items<'_>, conflicts: &mut Conflicts) -> Vec<Value> {
    let ids = own.iter().chain(template.iter().filter(|(id, _)| of(own, id).is_none())).map(|(id, _)| *id);
    ids.filter_map(|id| {
        let at = || format!("/config/widgets/{id}");
        match (of(base, id), of(template, id), of(own, id)) {
            (Some(b), Some(t), Some(o)) => Some(widget(&at(), b, t, o, conflicts)),
            (b, t, o) => conflicts.pick(at, b, t, o),
        }
    })
    .collect()
}

/// Title by itself; what is asked and how it is drawn by themselves too, unless somebody chose another picture: then they
/// belong together.
fn widget(at: &str, base: &Value, template: &Value, own: &Value, conflicts: &mut Conflicts) -> Value {
    let kind = |value: &Value| value.get("kind").cloned();
    let same_picture = kind(base) == kind(template) && kind(base) == kind(own);
    let (Some(b), Some(t), Some(o)) = (base.as_object(), template.as_object(), own.as_object()) else {
        return own.clone();
    };
    let names = o.keys().chain(t.keys().filter(|name| !o.contains_key(*name)));
    let alone = |name: &str| name == "title" || same_picture;
    let mut merged = Fields::new();
    for name in names.clone().filter(|name| alone(name)) {
        let value = conflicts.pick(|| format!("{at}/{name}"), b.get(name), t.get(name), o.get(name));
        merged.extend(value.map(|value| (name.clone(), value)));
    }
    if !same_picture {
        let rest = |fields: &Fields| {
            Value::Object(
                fields.iter().filter(|(n, _)| !alone(n)).map(|(n, v)| (n.clone(), v.clone())).collect(),
            )
        };
        let (b, t, o) = (rest(b), rest(t), rest(o));
        let value = conflicts.pick(|| format!("{at}/picture"), Some(&b), Some(&t), Some(&o));
        if let Some(Value::Object(rest)) = value {
            merged.extend(rest);
        }
    }
    Value::Object(merged)
}

/// Where each widget is: places that the workspace has stay, what comes from the template goes down until it is free.
fn layout(
    ids: &[String],
    base: &DashboardInput,
    template: &DashboardInput,
    own: &DashboardInput,
    conflicts: &mut Conflicts,
) -> Vec<Place> {
    let place =
        |input: &DashboardInput, id: &str| input.config.layout.iter().find(|p| p.widget == id).cloned();
    let mut settled: Vec<Place> = Vec::new();
    let mut coming: Vec<Place> = Vec::new();
    for id in ids {
        let (b, t, o) = (place(base, id), place(template, id), place(own, id));
        let both = t.is_some() && o.is_some();
        if both && t != b && o != b && t != o {
            let json = |place: &Option<Place>| place.as_ref().and_then(|p| serde_json::to_value(p).ok());
            conflicts.add(format!("/config/layout/{id}"), json(&t).as_ref(), json(&o).as_ref());
        }
        match (o, t) {
            (Some(o), Some(t)) if Some(&o) == b.as_ref() && t != o => coming.push(t),
            (Some(o), _) => settled.push(o),
            (None, Some(t)) => coming.push(t),
            (None, None) => {}
        }
    }
    coming.sort_by_key(|p| (p.y, p.x));
    for mut place in coming {
        while let Some(hit) = settled.iter().find(|other| other.overlaps(&place)) {
            place.y = hit.y.saturating_add(hit.h);
            if place.y > MAX_GRID_ROWS {
                break;
            }
        }
        settled.push(place);
    }
    settled
}

/// Whether a workspace that has this of a template has changed anything.
#[must_use]
pub fn is_changed(base: &DashboardInput, own: &DashboardInput) -> bool {
    let DashboardInput { name, description, config, .. } = own;
    let config: &DashboardConfig = config;
    (&base.name, &base.description, &base.config) != (name, description, config)
}

#[cfg(test)]
#[path = "dashboard_merge_tests.rs"]
mod tests;
