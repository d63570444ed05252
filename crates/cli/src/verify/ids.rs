//! Ids of what only the victim has, at the attacker's own address: they look like ids of nothing. And fields that say
//! whose something is: there are none.

use insula_model::Result;
use serde_json::json;
use uuid::Uuid;

use super::door::{Ask, By};
use super::routes::{Named, spelled, tenant};
use super::tries::{Tries, Want};

impl Tries<'_> {
    /// Every operation that takes an id.
    pub(super) async fn ids_of_others(&mut self) -> Result<()> {
        for route in tenant() {
            let table = match route.named {
                Named::Id(table) => table,
                Named::Unknown => {
                    let wrong = "no attack knows whose ids it takes".to_owned();
                    self.note(86, format!("{}: ids", route.id), String::new(), Some(wrong));
                    continue;
                }
                Named::Nothing | Named::Other => continue,
            };
            let theirs = self.cast.victim.canary.only_id(table);
            // Derived from the other one: as random, and of nobody.
            let nobodys = Uuid::from_u128(theirs.as_u128() ^ 0xffff_ffff_ffff);
            let (cookie, key) = (self.me.cookie.clone(), self.me.key.clone());
            for (with, by) in [("session", By::Cookie(&cookie)), ("key", By::Bearer(&key))] {
                let path = |id: Uuid| route.path(|_| id, "");
                let ask = |id| {
                    let mut ask = Ask::new(&route.method, &self.me.host, &path(id), by);
                    ask.body = route.body();
                    ask.with("if-match", "\"1\"")
                };
                let (one, other) = (ask(theirs), ask(nobodys));
                let name = format!("{}: an id of the victim's, by {with}", route.id);
                let foreign = self.attack(86, name, &one, Want::Refused(&[403, 404])).await?;
                let absent = self.door.send(&other).await?;
                let (one, other) =
                    (foreign.about(&spelled(table, theirs)), absent.about(&spelled(table, nobodys)));
                let wrong = (one != other).then(|| format!("somebody else's: {one:?}; nobody's: {other:?}"));
                let name = format!("{}: somebody else's is as nobody's, by {with}", route.id);
                self.note(86, name, foreign.all(), wrong);
            }
        }
        Ok(())
    }

    /// Bodies and queries that name the victim.
    pub(super) async fn fields_that_are_not_ours(&mut self) -> Result<()> {
        let (id, slug) = (self.cast.victim.record.id.to_string(), self.victim.slug.clone());
        let dashboard =
            json!({ "name": "mine", "config": { "range": { "last": "30d" }, "widgets": [], "layout": [] } });
        let event = json!({ "id": "x", "dataset": "verify_0", "at": "2026-01-01T00:00:00Z" });
        for (field, value) in [
            ("tenant_id", json!(id)),
            ("tenant", json!(slug)),
            ("tenantId", json!(id)),
            ("owner_id", json!(spelled("members", self.cast.victim.canary.only_id("members")))),
            ("is_admin", json!(true)),
        ] {
            for (method, path, body) in [
                ("PATCH", "/api/v1/settings", json!({ "locale": "en" })),
                ("POST", "/api/v1/dashboards", dashboard.clone()),
                ("POST", "/api/v1/questions/ask", super::routes::question()),
                ("POST", "/api/v1/events", json!({ "events": [event] })),
                (
                    "POST",
                    "/api/v1/invitations",
                    json!({ "email": "x@verification.invalid", "role": "viewer" }),
                ),
                ("POST", "/api/v1/api-keys", json!({ "name": "x", "scopes": ["data:read"] })),
                ("PUT", "/api/v1/datasets/verify_0", json!({ "label": "x" })),
            ] {
                let mut body = body;
                body[field] = value.clone();
                let ask = Ask::new(method, &self.me.host, path, By::Cookie(&self.me.cookie));
                let ask = ask.with("if-match", "\"1\"").json(body);
                self.attack(88, format!("{method} {path} with {field}"), &ask, Want::Refused(&[400, 422]))
                    .await?;
            }
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let ask = Ask::get(
                &self.me.host,
                &format!("/api/v1/audit?{field}={text}"),
                By::Cookie(&self.me.cookie),
            );
            self.attack(77, format!("a query with {field}"), &ask, Want::Refused(&[400, 422])).await?;
        }
        let mut inside = event;
        inside["tenant_id"] = json!(id);
        let ask = Ask::new("POST", &self.me.host, "/api/v1/events", By::Bearer(&self.me.key));
        self.attack(
            88,
            "an event with tenant_id",
            &ask.json(json!({ "events": [inside] })),
            Want::Refused(&[400, 422]),
        )
        .await?;
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let theirs = spelled("dashboards", self.cast.victim.canary.only_id("dashboards"));
            let ask =
                Ask::get(&self.me.host, &format!("/api/v1/dashboards/{theirs}"), By::Bearer(&self.me.key));
            self.attack(
                95,
                format!("{name}: another verb"),
                &ask.with(name, "DELETE"),
                Want::Refused(&[404]),
            )
            .await?;
        }
        Ok(())
    }
}
