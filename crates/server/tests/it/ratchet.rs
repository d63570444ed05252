//! Every operation of both descriptions, tried by everybody who may not: nobody, another tenant's people and keys,
//! a revoked key, the other realm, a viewer. An operation that is added is tried too, or this fails until it can be.

use insula_model::policy::{action, operator_action};
use insula_model::{OperatorRole, Role, Tier};
use insula_testkit::{TestTenant, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::client::{Ask, Reply};
use crate::description::{both, operations};
use crate::house::{CONSOLE, House, PASSWORD, dashboard, get};

/// Ids that nothing has.
pub(crate) const NOBODYS: &str = "01hzzzzzzzzzzzzzzzzzzzzzzz";

/// One operation, ready to be sent.
pub(crate) struct Tried {
    pub(crate) id: String,
    method: String,
    pub(crate) path: String,
    public: bool,
    body: Option<(&'static str, Vec<u8>)>,
}

impl Tried {
    pub(crate) fn ask(&self, house: &House, host: &str) -> Ask {
        let ask = house.ask(host, &self.method, &self.path).with("if-match", "\"1\"");
        match &self.body {
            Some((kind, bytes)) => ask.bytes(kind, bytes),
            None => ask,
        }
    }

    fn changes(&self) -> bool {
        self.method != "GET"
    }
}

/// A body that the operation understands.
fn body(id: &str) -> Option<Value> {
    Some(match id {
        "session_create" | "operator_session_create" => {
            json!({ "email": "nobody@x.test", "password": "not this one" })
        }
        "invitation_accept" => json!({ "name": "A", "password": PASSWORD }),
        "password_update" => json!({ "current": "not this one", "new": PASSWORD }),
        "settings_update" => json!({ "locale": "en" }),
        "member_update" => json!({ "role": "viewer" }),
        "invitation_create" => json!({ "email": "new@x.test", "role": "viewer" }),
        "api_key_create" => json!({ "name": "a key", "scopes": ["data:read"] }),
        "event_ingest" => json!({ "events": [{ "id": "a", "dataset": "a", "at": "2026-01-01T00:00:00Z" }] }),
        "dataset_update" => json!({ "label": "A" }),
        "table_create" | "table_update" => json!({ "name": "a", "key": { "name": "code" } }),
        "table_row_replace" | "table_row_update" => json!({ "rows": [{ "code": "a" }] }),
        "question_ask" | "question_rows" => {
            json!({ "question": { "dataset": "a", "measures": [{ "agg": "count" }] } })
        }
        "dashboard_create" | "dashboard_update" => dashboard("a"),
        "embed_token_create" => json!({ "dashboard": format!("dsh_{NOBODYS}") }),
        "embed_revocation_create" => json!({ "viewer": "nobody" }),
        "embedding_update" => json!({ "origins": [] }),
        "public_link_create" => json!({ "dashboard": format!("dsh_{NOBODYS}"), "name": "a" }),
        "template_create" | "template_update" => {
            let mut input = dashboard("a");
            input["target"] = json!({ "to": "all" });
            input
        }
        "dashboard_restore" => json!({ "version": 1 }),
        "tenant_create" => {
            json!({ "slug": "newone", "owner": { "email": "o@x.test" }, "sample_data": false })
        }
        "tenant_update" => json!({ "plan": "growth" }),
        "tenant_suspend" | "tenant_resume" => json!({ "reason": "a test" }),
        "tenant_delete" => json!({ "confirm": "nobodys-tenant" }),
        "tenant_api_key_create" => json!({ "name": "a", "scopes": ["data:read"], "reason": "a test asks" }),
        "operator_token_create" => json!({ "name": "a token" }),
        "cell_create" => json!({ "name": "b", "region": "b", "dsn": "nonsense" }),
        _ => return None,
    })
}

/// Which line of the policy an operation stands under, where the names differ. `-`: under none.
fn rule(id: &str) -> String {
    let named = match id {
        "session_view" | "settings_view" => "settings.view",
        "session_delete" | "operator_session_delete" | "operator_session_view" => "-",
        "password_update" => "identity.update",
        "logo_update" | "logo_delete" | "favicon_update" | "favicon_delete" => "settings.update",
        "invitation_list" => "member.list",
        "invitation_create" => "member.invite",
        "invitation_delete" => "member.delete",
        "dataset_list" => "dataset.view",
        "table_list" | "table_row_list" => "table.view",
        "table_row_replace" | "table_row_update" => "table.update",
        "dashboard_list"
        | "dashboard_data"
        | "dashboard_version_list"
        | "dashboard_version_view"
        | "tenant_dashboard_list"
        | "tenant_dashboard_view" => "dashboard.view",
        "question_rows" => "question.ask",
        "embed_token_create" => "embed.mint",
        "audit_list" | "audit_verify" => "audit.view",
        "template_list" | "template_conflict_list" | "template_version_list" | "template_version_view" => {
            "template.view"
        }
        "template_create" | "template_update" => "template.publish",
        "tenant_view" | "slug_check" | "tenant_audit_list" | "tenant_audit_verify" | "tenant_usage" => {
            "tenant.list"
        }
        "operation_list" | "operation_events" | "tenant_operation_list" => "operation.view",
        "operation_cancel" | "operation_retry" => "operation.control",
        "mail_list" => "mail.view",
        "tenant_api_key_create" => "api_key.create",
        other => {
            let (noun, verb) = other.rsplit_once('_').expect("noun and verb");
            return format!("{noun}.{verb}");
        }
    };
    named.to_owned()
}

pub(crate) fn tried(api: &Value) -> Vec<Tried> {
    operations(api)
        .into_iter()
        .map(|(path, method, op)| {
            let id = op["operationId"].as_str().expect("an id").to_owned();
            // What takes embeds' credentials takes no other; `embeds.rs` tries all of them.
            let open = |r: &Value| *r == json!({}) || r.get("embed").is_some();
            let public = op["security"].as_array().is_some_and(|s| s.iter().any(open));
            let content = op["requestBody"]["content"].as_object();
            let body = content.map(|content| match content.keys().next().map(String::as_str) {
                Some("application/octet-stream") => ("image/png", b"x".to_vec()),
                _ => {
                    let body = body(&id).unwrap_or_else(|| panic!("{id} has no body in this test: add one"));
                    ("application/json", body.to_string().into_bytes())
                }
            });
            Tried { path: filled(&path, &id, NOBODYS), method: method.to_uppercase(), id, public, body }
        })
        .collect()
}

/// A path with ids of the right kind in it.
fn filled(path: &str, id: &str, with: &str) -> String {
    let prefix = match id.split('_').next() {
        Some("dashboard" | "favourite" | "tenant") => "dsh",
        Some("member") => "mbr",
        Some("invitation") => "inv",
        Some("api") => "key",
        Some("embed") => "emk",
        Some("public") => "plk",
        Some("operation") => "op",
        Some("operator") => "tok",
        Some("table") => "tbl",
        Some("template") => "tpl",
        _ => "",
    };
    let of_kind = if prefix.is_empty() { with.to_owned() } else { format!("{prefix}_{with}") };
    path.replace("{id}", &of_kind)
        .replace("{name}", "nobodys")
        .replace("{token}", "nobodys")
        .replace("{tenant}", "nobodys-tenant")
        .replace("{version}", "1")
}

#[test]
fn every_operation_stands_under_the_policy() {
    let [(_, tenant), (_, operator)] = both();
    let rules: BTreeSet<&str> = action::ALL.iter().map(|r| r.name).collect();
    let operator_rules: BTreeSet<&str> = operator_action::ALL.iter().map(|r| r.name).collect();
    for one in tried(&tenant).iter().filter(|t| !t.public) {
        let rule = rule(&one.id);
        assert!(rule == "-" || rules.contains(rule.as_str()), "{}: no rule {rule}", one.id);
    }
    for one in tried(&operator).iter().filter(|t| !t.public) {
        let rule = rule(&one.id);
        let known = rule == "-" || operator_rules.contains(rule.as_str()) || rules.contains(rule.as_str());
        assert!(known, "{}: no rule {rule}", one.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_tenants_address_everybody_else_is_refused() {
    let house = House::open().await;
    let (acme, globex) =
        (house.tenant("acme", Tier::Pooled).await, house.tenant("globex", Tier::Schema).await);
    let (owner, viewer) = (house.owner(&acme).await, house.member(&acme, "viewer").await);
    let (b_cookie, b_key) = (house.owner(&globex).await, house.full_key(&globex).await);
    let (revoked_id, revoked) = house.key(&acme, &["data:read"]).await;
    let path = format!("/api/v1/api-keys/{revoked_id}");
    house.ask(&acme.host(), "DELETE", &path).signed_in(&owner).send().await.expect(204);
    until("the key is refused", async || {
        house.ask(&acme.host(), "GET", "/api/v1/datasets").bearer(&revoked).send().await.status == 401
    })
    .await;
    let operator = house.platform.operator_token().to_owned();
    let [(_, api), _] = both();
    for one in tried(&api).iter().filter(|t| !t.public) {
        let ask = || one.ask(&house, &acme.host());
        let (id, leaving) = (&one.id, one.id == "session_delete");
        let refused = |reply: Reply, status: u16, code: &str| {
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{id}: {}", reply.text());
        };
        refused(ask().send().await, 401, "auth.required");
        if one.changes() {
            refused(ask().with("cookie", &owner).send().await, 403, "auth.cross_site");
        }
        if leaving {
            continue;
        }
        refused(ask().signed_in(&b_cookie).send().await, 403, "tenant.not_yours");
        refused(ask().bearer(&b_key).send().await, 403, "tenant.not_yours");
        refused(ask().bearer(&revoked).send().await, 401, "auth.ended");
        refused(ask().bearer(&operator).send().await, 401, "auth.ended");
        refused(ask().bearer("isk_nonsense").send().await, 401, "auth.ended");
        let rule = rule(id);
        let allowed = action::ALL
            .iter()
            .find(|r| r.name == rule)
            .is_some_and(|r| r.role.is_some_and(|least| least <= Role::Viewer));
        let reply = ask().signed_in(&viewer).send().await;
        if allowed {
            assert_ne!(reply.code(), "auth.forbidden", "{id}: a viewer may");
            assert!(reply.status < 500, "{id}: {}", reply.text());
        } else {
            refused(reply, 403, "auth.forbidden");
        }
        if one.method == "POST" {
            let odd = ask().signed_in(&owner).with("idempotency-key", "short").send().await;
            refused(odd, 400, "idempotency.key");
        }
    }
    // Nothing of all that had an effect.
    get(&house, &acme, &owner, "/session").await.expect(200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_console_everybody_else_is_refused() {
    let house = House::open().await;
    let acme = house.tenant("acme", Tier::Pooled).await;
    let (cookie, key) = (house.owner(&acme).await, house.full_key(&acme).await);
    let support = support(&house).await;
    let [_, (_, api)] = both();
    for one in tried(&api).iter().filter(|t| !t.public) {
        let ask = || one.ask(&house, CONSOLE);
        let (id, leaving) = (&one.id, one.id == "operator_session_delete");
        let refused = |reply: Reply, status: u16, code: &str| {
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{id}: {}", reply.text());
        };
        refused(ask().send().await, 401, "auth.required");
        refused(ask().signed_in(&cookie).send().await, 401, "auth.required");
        if leaving {
            continue;
        }
        refused(ask().bearer(&key).send().await, 401, "auth.ended");
        refused(ask().bearer("iop_nonsense").send().await, 401, "auth.ended");
        let rule = rule(id);
        let allowed = match operator_action::ALL.iter().find(|r| r.name == rule) {
            Some(rule) => rule.role <= OperatorRole::Support,
            None => {
                rule == "-"
                    || action::ALL.iter().any(|r| r.name == rule && r.support == Some(OperatorRole::Support))
            }
        };
        let reply = ask().bearer(&support).send().await;
        if allowed {
            assert_ne!(reply.code(), "auth.forbidden", "{id}: support may");
            assert!(reply.status < 500, "{id}: {}", reply.text());
        } else {
            // What is not there is not there for support either.
            let absent = one.path.contains("nobodys") && reply.code() == "not_found";
            assert!(absent || reply.code() == "auth.forbidden", "{id}: {}", reply.text());
        }
        if one.method == "POST" {
            let odd =
                ask().bearer(house.platform.operator_token()).with("idempotency-key", "sh ort").send().await;
            refused(odd, 400, "idempotency.key");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn support_may_not_change_a_tenant_that_is_there() {
    let house = House::open().await;
    house.tenant("acme", Tier::Pooled).await;
    let support = support(&house).await;
    let [_, (_, api)] = both();
    for one in tried(&api).iter().filter(|t| t.changes() && t.path.contains("nobodys-tenant")) {
        let path = one.path.replace("nobodys-tenant", "acme");
        let mut ask = house.ask(CONSOLE, &one.method, &path).bearer(&support).with("if-match", "\"1\"");
        if let Some((kind, bytes)) = &one.body {
            let text = String::from_utf8_lossy(bytes).replace("nobodys-tenant", "acme");
            ask = ask.bytes(kind, text.as_bytes());
        }
        ask.send().await.refused(403, "auth.forbidden");
    }
    house.close().await;
}

/// A supporter's token.
async fn support(house: &House) -> String {
    let platform = &house.platform.platform;
    let op = house.platform.operator().await;
    let (email, role) = ("support@insula.test", OperatorRole::Support);
    platform.operator_create(&op, email, "Support", role, PASSWORD).await.expect("an operator");
    let body = json!({ "email": email, "password": PASSWORD });
    let cookie = house.ask(CONSOLE, "POST", "/api/v1/session").json(&body).send().await.expect(200).cookie();
    cookie.split_once('=').expect("a value").1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn not_yours_and_not_there_look_the_same() {
    let house = House::open().await;
    let (acme, globex) =
        (house.tenant("acme", Tier::Pooled).await, house.tenant("globex", Tier::Pooled).await);
    let (a, b) = (house.owner(&acme).await, house.owner(&globex).await);
    let theirs = things_of(&house, &globex, &b).await;
    let [(_, api), _] = both();
    let mut compared = 0;
    for one in tried(&api).iter().filter(|t| t.path.contains(NOBODYS)) {
        let (_, id) = theirs
            .iter()
            .find(|(noun, _)| one.id.starts_with(noun))
            .unwrap_or_else(|| panic!("{}: this test makes no such thing: add it", one.id));
        let nobodys = id.split_once('_').map(|(prefix, _)| format!("{prefix}_{NOBODYS}")).expect("an id");
        let send = async |id: &str| {
            let mut ask = house.ask(&acme.host(), &one.method, &one.path.replace(&nobodys, id)).signed_in(&a);
            ask = ask.with("if-match", "\"1\"");
            if let Some((kind, bytes)) = &one.body {
                ask = ask.bytes(kind, bytes);
            }
            ask.send().await
        };
        let (absent, foreign) = (send(&nobodys).await, send(id).await);
        assert_eq!(absent.status, 404, "{}: {}", one.id, absent.text());
        let (absent, foreign) = (absent.seen(), foreign.seen());
        assert_eq!((absent.0, absent.1), (foreign.0, foreign.1), "{}", one.id);
        assert_eq!(absent.2.replace(&nobodys, "ID"), foreign.2.replace(id.as_str(), "ID"), "{}", one.id);
        compared += 1;
    }
    assert!(compared >= 7, "only {compared} operations were compared");
    // Names inside a tenant too: globex has this dataset, acme does not.
    for name in ["theirs", "nobody"] {
        let reply = get(&house, &acme, &a, &format!("/datasets/{name}")).await.refused(404, "not_found");
        assert!(reply.text().contains(name));
    }
    assert_eq!(things_of_count(&house, &globex, &b).await, (2, 1), "nothing of theirs has changed");
    house.close().await;
}

/// One thing of each kind, by the noun that operations on it begin with.
pub(crate) async fn things_of(
    house: &House,
    tenant: &TestTenant,
    cookie: &str,
) -> Vec<(&'static str, String)> {
    let post = async |path: &str, body: Value| {
        let ask = house.ask(&tenant.host(), "POST", &format!("/api/v1{path}")).signed_in(cookie);
        ask.json(&body).send().await.expect(201).json()["id"].as_str().expect("an id").to_owned()
    };
    let dashboard = post("/dashboards", dashboard("theirs")).await;
    let invitation = post("/invitations", json!({ "email": "new@globex.test", "role": "viewer" })).await;
    let key = post("/api-keys", json!({ "name": "theirs", "scopes": ["data:read"] })).await;
    let put = house.ask(&tenant.host(), "PUT", "/api/v1/datasets/theirs").signed_in(cookie).json(&json!({}));
    put.send().await.expect(201);
    let members = get(house, tenant, cookie, "/members").await.expect(200).json();
    let member = members["items"][0]["id"].as_str().expect("an id").to_owned();
    let embed_key = post("/embed-keys", json!({})).await;
    let table = post("/tables", json!({ "name": "theirs", "key": { "name": "code" } })).await;
    let link = post("/public-links", json!({ "dashboard": dashboard, "name": "theirs" })).await;
    vec![
        ("favourite", dashboard.clone()),
        ("dashboard", dashboard),
        ("invitation", invitation),
        ("api_key", key),
        ("member", member),
        ("embed_key", embed_key),
        ("table", table),
        ("public_link", link),
    ]
}

async fn things_of_count(house: &House, tenant: &TestTenant, cookie: &str) -> (usize, usize) {
    let count = async |path: &str| {
        get(house, tenant, cookie, path).await.expect(200).json()["items"].as_array().map_or(0, Vec::len)
    };
    (count("/dashboards").await, count("/api-keys").await)
}
