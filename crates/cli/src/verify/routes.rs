//! Every operation of the API, ready to be sent. They come from the descriptions, so that one that is added is attacked.

use insula_model::{
    ApiKeyId, DashboardId, EmbedKeyId, InvitationId, MemberId, OperationId, PublicLinkId, TableId, TemplateId,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is in the path of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing.
    Nothing,
    /// The id of a row of a table.
    Id(&'static str),
    /// Something that is no id: a name, a token.
    Other,
    /// An id of which nothing is known here: the case is missing.
    Unknown,
}

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// `dashboard_view`.
    pub(super) id: String,
    /// `GET`.
    pub(super) method: String,
    path: String,
    /// Whether anybody may use it, or nobody who signs in.
    pub(super) public: bool,
    pub(super) named: Named,
}

/// The tenants' API.
pub(super) fn tenant() -> Vec<Route> {
    routes(&serde_json::to_value(insula_server::openapi_tenant()).unwrap_or_default())
}

/// The operators' API.
pub(super) fn operator() -> Vec<Route> {
    routes(&serde_json::to_value(insula_server::openapi_operator()).unwrap_or_default())
}

fn routes(api: &Value) -> Vec<Route> {
    let paths = api.get("paths").and_then(Value::as_object).into_iter().flatten();
    let each = paths.flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    each.map(|(path, method, operation)| {
        // Those of embeds are for no credential that people or programs have; what they do with any, the server's own
        // tests say.
        let open = |s: &Value| {
            s.as_array()
                .is_some_and(|any| any.iter().any(|one| *one == json!({}) || one.get("embed").is_some()))
        };
        Route {
            id: operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
            public: operation.get("security").is_some_and(open),
            named: named(path),
        }
    })
    .collect()
}

fn named(path: &str) -> Named {
    let mut parts = path.split('/');
    let Some(noun) = parts.by_ref().zip(path.split('/').skip(1)).find(|(_, next)| next.starts_with('{'))
    else {
        return Named::Nothing;
    };
    match noun {
        ("dashboards", "{id}") => Named::Id("dashboards"),
        ("members", "{id}") => Named::Id("members"),
        ("invitations", "{id}") => Named::Id("invitations"),
        ("api-keys", "{id}") => Named::Id("api_keys"),
        ("embed-keys", "{id}") => Named::Id("embed_keys"),
        ("public-links", "{id}") => Named::Id("public_links"),
        ("operations", "{id}") => Named::Id("operations"),
        ("tables", "{id}") => Named::Id("tables"),
        ("templates", "{id}") => Named::Id("templates"),
        (_, "{id}") => Named::Unknown,
        _ => Named::Other,
    }
}

impl Route {
    /// Whether it only reads.
    pub(super) fn reads(&self) -> bool {
        self.method == "GET"
    }

    /// Whether some scope of an API key covers it.
    pub(super) fn for_keys(&self) -> bool {
        !matches!(self.id.as_str(), "session_view" | "api_key_list" | "public_link_list")
    }

    /// Whether it ends the very session that the attacker needs.
    pub(super) fn leaves(&self) -> bool {
        self.id.ends_with("session_delete")
    }

    /// Its path, with an id (of a row that every tenant has, or of somebody's only) and the names that all have.
    pub(super) fn path(&self, id: impl Fn(&str) -> Uuid, tenant: &str) -> String {
        let text = match self.named {
            Named::Id(table) => spelled(table, id(table)),
            _ => spelled("dashboards", id("dashboards")),
        };
        let path = self.path.replace("{id}", &text).replace("{name}", "verify_0");
        path.replace("{token}", "nobodys").replace("{tenant}", tenant).replace("{version}", "1")
    }

    /// A body that it understands, where what comes back could be somebody's; an empty one elsewhere.
    pub(super) fn body(&self) -> Option<Value> {
        let dashboard =
            json!({ "name": "mine", "config": { "range": { "last": "30d" }, "widgets": [], "layout": [] } });
        Some(match self.id.as_str() {
            _ if self.reads() => return None,
            "question_ask" | "question_rows" => question(),
            "dashboard_create" | "dashboard_update" => dashboard,
            "dashboard_restore" => json!({ "version": 1 }),
            "member_update" => json!({ "role": "viewer" }),
            "table_create" | "table_update" => json!({ "name": "verify_0", "key": { "name": "place" } }),
            "table_row_replace" => json!({ "rows": [{ "place": "mine" }] }),
            "table_row_update" => json!({ "delete": ["nobodys"] }),
            "embedding_update" => json!({ "origins": [] }),
            _ => json!({}),
        })
    }
}

/// A question about everything that there is.
pub(super) fn question() -> Value {
    json!({ "question": { "dataset": "verify_0", "by": ["place", "town"], "range": { "last": "all" },
        "measures": [{ "agg": "sum", "measure": "amount" }, { "agg": "count" }] } })
}

/// An id as the API writes it.
pub(super) fn spelled(table: &str, id: Uuid) -> String {
    match table {
        "members" => MemberId::from_uuid(id).to_string(),
        "invitations" => InvitationId::from_uuid(id).to_string(),
        "api_keys" => ApiKeyId::from_uuid(id).to_string(),
        "embed_keys" => EmbedKeyId::from_uuid(id).to_string(),
        "public_links" => PublicLinkId::from_uuid(id).to_string(),
        "operations" => OperationId::from_uuid(id).to_string(),
        "tables" => TableId::from_uuid(id).to_string(),
        "templates" => TemplateId::from_uuid(id).to_string(),
        _ => DashboardId::from_uuid(id).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_in_the_tenants_api_has_a_case() {
        let without: Vec<String> =
            tenant().into_iter().filter(|r| r.named == Named::Unknown).map(|r| r.id).collect();
        assert_eq!(without, [] as [String; 0], "say in `named` whose ids these operations take");
        assert!(tenant().iter().filter(|r| matches!(r.named, Named::Id(_))).count() >= 8);
        assert!(operator().len() > 20);
    }

    #[test]
    fn paths_are_filled() {
        for route in tenant().iter().chain(&operator()) {
            let path = route.path(|_| Uuid::nil(), "acme");
            assert!(path.starts_with("/api/v1/") && !path.contains('{'), "{}: {path}", route.id);
        }
    }
}
