//! What the attacker may ask for: it is the attacker's own, also where another tenant asked for the same just before.

use insula_model::Result;
use serde_json::Value;

use super::door::{Ask, By};
use super::routes::{Named, question, tenant};
use super::tries::{Tries, Want};

impl Tries<'_> {
    /// Everything that can be read, by cookie, by key and in path style.
    pub(super) async fn what_is_ones_own(&mut self) -> Result<()> {
        for route in tenant().into_iter().filter(|r| r.reads() && !r.public && r.named != Named::Unknown) {
            let path = route.path(|table| self.cast.attacker.canary.shared_id(table), &self.me.slug);
            let (host, key, cookie) = (self.me.host.clone(), self.me.key.clone(), self.me.cookie.clone());
            let ask = Ask::get(&host, &path, By::Cookie(&cookie));
            self.attack(86, format!("{}: one's own", route.id), &ask, Want::Given).await?;
            if route.for_keys() {
                let ask = Ask::get(&host, &path, By::Bearer(&key));
                self.attack(86, format!("{}: one's own, by key", route.id), &ask, Want::Given).await?;
            }
            let at = format!("{}{path}", self.me.path);
            let ask = Ask::get(self.base, &at, By::Cookie(&self.me.path_cookie));
            self.attack(112, format!("{}: one's own, in path style", route.id), &ask, Want::Given).await?;
        }
        let ask = Ask::new("POST", &self.me.host, "/api/v1/questions/ask", By::Bearer(&self.me.key));
        self.attack(50, "a question about everything", &ask.json(question()), Want::Given).await?;
        let page = Ask::get(&self.me.host, "/", By::Cookie(&self.me.cookie)).with("accept", "text/html");
        self.attack(125, "one's own page", &page, Want::Given).await?;
        Ok(())
    }

    /// Positions and tags that the victim was given, and answers that were kept for the victim.
    pub(super) async fn cursors_and_tags(&mut self) -> Result<()> {
        let (me, victim) = (By::Cookie(&self.me.cookie.clone()), By::Cookie(&self.victim.cookie.clone()));
        let (here, there) = (self.me.host.clone(), self.victim.host.clone());
        for list in ["members", "audit"] {
            let first = format!("/api/v1/{list}?limit=1");
            let theirs = self.door.send(&Ask::get(&there, &first, victim)).await?.json();
            let Some(cursor) = theirs.get("next_cursor").and_then(Value::as_str) else {
                self.note(91, format!("{list}: a cursor"), String::new(), Some("there is none".into()));
                continue;
            };
            let ask = Ask::get(&here, &format!("{first}&cursor={cursor}"), me);
            self.attack(91, format!("{list}: the victim's cursor"), &ask, Want::Problem(400, "page.cursor"))
                .await?;
            let edited: String = cursor.chars().rev().collect();
            let ask = Ask::get(&here, &format!("{first}&cursor={edited}"), me);
            self.attack(91, format!("{list}: an edited cursor"), &ask, Want::Problem(400, "page.cursor"))
                .await?;
        }
        let same = super::routes::spelled("dashboards", self.cast.attacker.canary.shared_id("dashboards"));
        let data = format!("/api/v1/dashboards/{same}/data");
        // The victim looks first, so that the answer is kept.
        let theirs = self.door.send(&Ask::get(&there, &data, victim)).await?;
        let tag = theirs.header("etag").unwrap_or_default().to_owned();
        let ask = Ask::get(&here, &data, me).with("if-none-match", &tag);
        self.attack(125, "a dashboard's data by the victim's tag", &ask, Want::Given).await?;
        for _ in 0..2 {
            let ask = Ask::get(&here, &data, me);
            self.attack(125, "a dashboard's data that was kept for the victim", &ask, Want::Given).await?;
        }
        for path in ["/api/v1/settings/x.css", "/api/v1/session;.png", "/api/v1/dashboards/x.js"] {
            let ask = Ask::get(&here, path, me);
            let seen = self.attack(128, format!("{path}: no file"), &ask, Want::Refused(&[400, 404])).await?;
            let kept = seen.header("cache-control").is_none_or(|c| !c.contains("no-store"));
            let wrong = kept.then(|| "a cache may keep the answer".to_owned());
            self.note(128, format!("{path}: is not kept"), String::new(), wrong);
        }
        let seen = self.door.send(&Ask::get(&here, "/api/v1/settings", me)).await?;
        let control = seen.header("cache-control").unwrap_or_default();
        let wrong = (!control.contains("no-store") && !control.contains("private"))
            .then(|| format!("cache-control: {control}"));
        self.note(125, "no shared cache keeps an answer", seen.all(), wrong);
        Ok(())
    }
}
