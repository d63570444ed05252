//! What applying files would change.

use insula_model::{Dashboard, DashboardInput, DashboardVersion};
use serde_json::Value;

use super::files::Wish;
use super::{MARK, Order, content, find, list};
use crate::client::{Api, read};
use crate::failure::Failure;

/// What one file asks for.
pub(super) struct Step {
    pub(super) wish: Wish,
    /// The dashboard that it is about, with its version; none if it is to be made.
    pub(super) there: Option<(String, Option<String>)>,
    /// What changes, in words; nothing when all is as the file says.
    pub(super) changes: Vec<String>,
    /// Somebody changed it in the workspace since a file was last applied.
    pub(super) conflict: bool,
}

/// What all files ask for, in their order.
pub(super) async fn steps(api: &Api, order: &Order) -> Result<Vec<Step>, Failure> {
    let all = list(api).await?;
    let mut steps: Vec<Step> = Vec::new();
    for wish in &order.wishes {
        let twice = steps.iter().find(|s| s.wish.input.name == wish.input.name);
        if let Some(other) = twice {
            let detail =
                format!("{} and {} are both about {:?}.", other.wish.file, wish.file, wish.input.name);
            return Err(Failure::usage(detail));
        }
        let named = order.id.as_deref().unwrap_or(&wish.input.name);
        let found = find(&all, named)?;
        if let (None, Some(id)) = (found, &order.id) {
            return Err(Failure::usage(format!("There is no dashboard {id:?} here.")));
        }
        steps.push(match found {
            Some(dashboard) => compared(api, dashboard, wish.clone()).await?,
            None => Step { wish: wish.clone(), there: None, changes: Vec::new(), conflict: false },
        });
    }
    Ok(steps)
}

async fn compared(api: &Api, dashboard: &Dashboard, wish: Wish) -> Result<Step, Failure> {
    let path = format!("/dashboards/{}", dashboard.id);
    let reply = api.get(&path, &[]).await?;
    let there = content(reply.read()?)?;
    let changes = changes(&there, &wish.input);
    let last = api.all(&format!("{path}/versions"), &[], 1).await?;
    let last: Option<DashboardVersion> = last.items.first().map(read).transpose()?;
    let ours = last.and_then(|v| v.note).is_some_and(|note| note.starts_with(MARK));
    let conflict = !ours && !changes.is_empty();
    Ok(Step { wish, there: Some((dashboard.id.to_string(), reply.version)), changes, conflict })
}

/// What is different, in words.
fn changes(there: &DashboardInput, wanted: &DashboardInput) -> Vec<String> {
    let mut changes = Vec::new();
    if there.name != wanted.name {
        changes.push(format!("name: {:?} becomes {:?}", there.name, wanted.name));
    }
    if there.description != wanted.description {
        changes.push("description".to_owned());
    }
    let (old, new) = (&there.config, &wanted.config);
    for widget in &new.widgets {
        match old.widgets.iter().find(|w| w.id == widget.id) {
            None => changes.push(format!("adds {} {:?}", widget.id, widget.title)),
            Some(was) if was != widget => changes.push(format!("changes {} {:?}", widget.id, was.title)),
            Some(_) => {}
        }
    }
    for widget in old.widgets.iter().filter(|w| !new.widgets.iter().any(|n| n.id == w.id)) {
        changes.push(format!("removes {} {:?}", widget.id, widget.title));
    }
    let moved =
        new.layout.iter().filter(|p| old.layout.iter().any(|o| o.widget == p.widget && o != *p)).count();
    if moved > 0 {
        changes.push(format!("moves {moved} widget{}", if moved == 1 { "" } else { "s" }));
    }
    // Whatever else a configuration has: range, comparison, and what a newer server knows.
    let fields = |input: &DashboardInput| serde_json::to_value(&input.config).unwrap_or_default();
    let (old, new) = (fields(there), fields(wanted));
    for (name, value) in new.as_object().into_iter().flatten() {
        let own = matches!(name.as_str(), "widgets" | "layout");
        if !own && old.get(name).unwrap_or(&Value::Null) != value {
            changes.push(name.clone());
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use insula_model::{Compare, default_dashboard, sample_dataset};

    use super::*;

    #[test]
    fn changes_are_named_and_nothing_is_nothing() {
        let config = default_dashboard(&sample_dataset());
        let there = DashboardInput { name: "Sales".into(), description: None, config, note: None };
        assert_eq!(changes(&there, &there), [] as [String; 0]);
        let mut wanted = there.clone();
        wanted.name = "Trade".into();
        wanted.config.compare = Some(Compare::None);
        wanted.config.layout[1].y += 40;
        let gone = wanted.config.widgets.remove(0);
        wanted.config.layout.remove(0);
        wanted.config.widgets[0].title = "Other".into();
        let was = &there.config.widgets[1];
        assert_eq!(
            changes(&there, &wanted),
            [
                "name: \"Sales\" becomes \"Trade\"".to_owned(),
                format!("changes {} {:?}", was.id, was.title),
                format!("removes {} {:?}", gone.id, gone.title),
                "moves 1 widget".to_owned(),
                "compare".to_owned(),
            ]
        );
    }
}
