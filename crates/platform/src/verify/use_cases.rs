//! The attacks that go through the product's own use cases: with the attacker's key, at what the attacker has and at
//! what only the victim has.

use std::fmt::Debug;
use std::sync::Arc;

use insula_model::{
    ApiKeyId, DashboardId, DashboardInput, DashboardRestore, DatasetPut, Error, EventBatch, InvitationId,
    MemberId, Question, RequestId, Result, Role, SettingsPatch, TableBatch, TableId, TenantId, problem,
};
use insula_store::{OpCtx, Tenant};
use serde_json::json;
use uuid::Uuid;

use super::cast::nobodys;
use super::report::Findings;
use super::{Cast, Catch, Record};
use crate::{DashboardReply, DashboardRequest, Platform, QuestionRequest};

/// Writes down what one attacker met.
struct Attempts<'a, 'f> {
    cast: &'a Cast,
    who: &'static str,
    found: &'a mut Findings<'f>,
}

impl Attempts<'_, '_> {
    /// Something that the attacker may do: what comes back is the attacker's own.
    fn own<T: Debug>(&mut self, corpus: u16, name: &str, got: &Result<T>) {
        let wrong = got.as_ref().err().map(|e| format!("refused: {e:?}"));
        self.note(corpus, name, format!("{got:?}"), wrong);
    }

    /// Something that is refused in one way.
    fn refused<T: Debug>(&mut self, corpus: u16, name: &str, code: &str, got: &Result<T>) {
        let wrong = match got {
            Err(error) if error.code() == code => None,
            other => Some(format!("{code} was expected, got {other:?}")),
        };
        self.note(corpus, name, format!("{got:?}"), wrong);
    }

    /// What is somebody else's looks just like what is nobody's.
    fn absent<T: Debug>(
        &mut self,
        corpus: u16,
        name: &str,
        (theirs, at_theirs): (String, &Result<T>),
        (nobodys, at_nobodys): (String, &Result<T>),
    ) {
        let words = |id: &str, got: &Result<T>| match got {
            Err(error) => format!("{} {}", error.code(), error.detail().replace(id, "ID")),
            Ok(got) => format!("{got:?}"),
        };
        let (one, other) = (words(&theirs, at_theirs), words(&nobodys, at_nobodys));
        let wrong = if at_theirs.is_ok() {
            Some("it was done".to_owned())
        } else {
            (one != other).then(|| format!("somebody else's: {one}; nobody's: {other}"))
        };
        self.note(corpus, name, format!("{at_theirs:?}"), wrong);
    }

    fn note(&mut self, corpus: u16, name: &str, received: String, wrong: Option<String>) {
        let name = if self.who.is_empty() { name.to_owned() } else { format!("{name} ({})", self.who) };
        let catch = Catch { corpus, name, received, wrong };
        self.found.judge("use case", self.cast, &catch);
    }
}

impl Platform {
    pub(super) async fn attack_by_use_cases(
        &self,
        operator: &OpCtx,
        cast: &Cast,
        found: &mut Findings<'_>,
    ) -> Result<()> {
        let mut tries = Attempts { cast, who: "", found };
        let request = || RequestId::from_uuid(self.world().uuid());
        let (a, b) = (&cast.attacker, &cast.victim);
        // The doors: keys, tenants, jobs.
        let swapped = self.api_key_context(&a.key, &b.record, request()).await;
        tries.refused(92, "the attacker's key at the victim's address", "tenant.not_yours", &swapped);
        let stolen = self.api_key_context(&b.key, &a.record, request()).await;
        tries.refused(92, "the victim's key at the attacker's address", "tenant.not_yours", &stolen);
        let edited = self.api_key_context(&respelled(&a.key, b.record.id), &b.record, request()).await;
        tries.refused(92, "the attacker's key under the victim's name", "auth.ended", &edited);
        let op = self.api_key_context(&a.key, &a.record, request()).await?;
        let crossed = self.store().tenant(&op, Arc::clone(&b.record)).map(|t| t.id());
        tries.refused(86, "the victim's tenant with the attacker's key", "tenant.not_yours", &crossed);
        let job = OpCtx::of_visitor(a.record.id, request());
        let crossed = self.store().tenant(&job, Arc::clone(&b.record)).map(|t| t.id());
        tries.refused(133, "the victim's tenant in the attacker's job", "internal", &crossed);
        let hidden = op.authorize_operator::<insula_model::policy::operator_action::TenantList>().map(drop);
        tries.refused(181, "the operators' realm with a tenant's key", "not_found", &hidden);

        let (session, elsewhere) = (&a.owner.session, &b.record);
        let swapped = self.session_context(session, elsewhere, request()).await;
        tries.refused(101, "the attacker's session at the victim's address", "tenant.not_yours", &swapped);
        let owner = self.session_context(session, &a.record, request()).await?;

        for (who, op) in [("key", &op), ("owner", &owner)] {
            tries.who = who;
            let tenant = self.store().tenant(op, Arc::clone(&a.record))?;
            self.look_around(&tenant, cast, &mut tries).await;
            self.reach_for_ids(&tenant, cast, &mut tries).await;
        }
        tries.who = "";
        self.misplaced(operator, cast, &mut tries).await?;
        Ok(())
    }

    /// Every list and every answer of the attacker's own.
    async fn look_around(&self, tenant: &Tenant<'_>, cast: &Cast, tries: &mut Attempts<'_, '_>) {
        tries.own(86, "settings", &self.settings_view(tenant).await);
        tries.own(86, "members", &self.member_list(tenant, None, 200).await);
        tries.own(86, "dashboards", &self.dashboard_list(tenant).await);
        tries.own(86, "datasets", &self.dataset_list(tenant).await);
        tries.own(86, "one dataset", &self.dataset_view(tenant, "verify_0").await);
        tries.own(86, "tables", &self.table_list(tenant).await);
        let shared = TableId::from_uuid(cast.attacker.canary.shared_id("tables"));
        let rows = self.table_row_list(tenant, shared, None, 200).await;
        tries.own(86, "the rows of a table whose id others have too", &rows);
        let same = DashboardId::from_uuid(cast.attacker.canary.shared_id("dashboards"));
        tries.own(86, "a dashboard whose id others have too", &self.dashboard_view(tenant, same).await);
        tries.own(
            86,
            "the versions of a dashboard whose id others have too",
            &self.dashboard_version_list(tenant, same, None, 200).await,
        );
        tries.own(86, "one version of it", &self.dashboard_version_view(tenant, same, 1).await);
        let request = DashboardRequest::default();
        let data = self.dashboard_data(tenant, same, &request).await.map(|reply| match reply {
            DashboardReply::Data { json, .. } => String::from_utf8_lossy(&json).into_owned(),
            DashboardReply::Unchanged { etag } => etag,
        });
        tries.own(130, "the data of a dashboard whose id others have too", &data);
        let again = self.dashboard_data(tenant, same, &request).await.map(|reply| format!("{reply:?}"));
        tries.own(130, "the same again, from what is kept", &again);
        for question in [
            json!({ "dataset": "verify_0", "measures": [{ "agg": "sum", "measure": "amount" }, { "agg": "count" }] }),
            json!({ "dataset": "verify_0", "measures": [{ "agg": "max", "measure": "amount" }], "by": ["place"] }),
            json!({ "dataset": "verify_0", "measures": [{ "agg": "distinct", "dimension": "place" }] }),
            json!({ "dataset": "verify_0", "measures": [{ "agg": "count" }], "by": ["place", "town"] }),
        ] {
            let answer = match serde_json::from_value::<Question>(question).map_err(Error::internal) {
                Ok(question) => {
                    let range = Some(insula_model::Range::Last(insula_model::Last::All));
                    self.question_ask(tenant, &QuestionRequest { range, ..QuestionRequest::new(question) })
                        .await
                }
                Err(error) => Err(error),
            };
            let answer = answer.map(|answer| serde_json::to_string(&answer).unwrap_or_default());
            tries.own(50, "a question about everything", &answer);
        }
    }

    /// What only the victim has, by its id or name, and the same with one that nobody has.
    async fn reach_for_ids(&self, tenant: &Tenant<'_>, cast: &Cast, tries: &mut Attempts<'_, '_>) {
        let only = |table: &str| cast.victim.canary.only_id(table);
        let nobody = nobodys(self);
        macro_rules! absent {
            ($corpus:literal, $name:literal, $id:ident($table:literal), |$it:ident| $call:expr) => {{
                let (theirs, nobodys) = ($id::from_uuid(only($table)), $id::from_uuid(nobody));
                let one = {
                    let $it = theirs;
                    $call.await.map(drop)
                };
                let other = {
                    let $it = nobodys;
                    $call.await.map(drop)
                };
                tries.absent($corpus, $name, (theirs.to_string(), &one), (nobodys.to_string(), &other));
            }};
        }
        let input = |name: &str| -> DashboardInput { dashboard_input(name) };
        absent!(86, "viewing the victim's dashboard", DashboardId("dashboards"), |id| self
            .dashboard_view(tenant, id));
        absent!(86, "the data of the victim's dashboard", DashboardId("dashboards"), |id| {
            let request = DashboardRequest::default();
            async move { self.dashboard_data(tenant, id, &request).await }
        });
        absent!(86, "changing the victim's dashboard", DashboardId("dashboards"), |id| {
            let input = input("mine now");
            async move { self.dashboard_update(tenant, id, Some(1), &input).await }
        });
        absent!(86, "the versions of the victim's dashboard", DashboardId("dashboards"), |id| self
            .dashboard_version_list(tenant, id, None, 200));
        absent!(86, "a version of the victim's dashboard", DashboardId("dashboards"), |id| self
            .dashboard_version_view(tenant, id, 1));
        absent!(86, "restoring the victim's dashboard", DashboardId("dashboards"), |id| {
            let wanted = DashboardRestore { version: 1, note: None };
            async move { self.dashboard_restore(tenant, id, Some(1), &wanted).await }
        });
        absent!(86, "resetting the victim's dashboard", DashboardId("dashboards"), |id| self
            .dashboard_reset(tenant, id, Some(1)));
        absent!(86, "deleting the victim's dashboard", DashboardId("dashboards"), |id| self
            .dashboard_delete(tenant, id));
        absent!(86, "the rows of the victim's table", TableId("tables"), |id| self
            .table_row_list(tenant, id, None, 200));
        absent!(86, "rows for the victim's table", TableId("tables"), |id| async move {
            let batch = TableBatch::from_json(br#"{"rows":[{"place":"mine"}]}"#)?;
            self.table_row_update(tenant, id, batch).await
        });
        absent!(86, "deleting the victim's table", TableId("tables"), |id| self.table_delete(tenant, id));
        absent!(86, "revoking the victim's key", ApiKeyId("api_keys"), |id| self.api_key_delete(tenant, id));
        absent!(86, "raising the victim's member", MemberId("members"), |id| self.member_update(
            tenant,
            id,
            Role::Owner
        ));
        absent!(86, "removing the victim's member", MemberId("members"), |id| self.member_delete(tenant, id));
        absent!(86, "withdrawing the victim's invitation", InvitationId("invitations"), |id| self
            .invitation_delete(tenant, id));
        let cursor = |id: Uuid| MemberId::from_uuid(id).to_string();
        let theirs = self.member_list(tenant, Some(&cursor(only("members"))), 200).await;
        tries.own(91, "the members after the victim's", &theirs);
        // An event that the victim has by the same id is new here.
        let event = json!({ "events": [{ "id": format!("verify {}", tries.who), "dataset": "verify_0", "at": "2026-01-01T00:00:00Z",
            "measures": { "amount": 1 }, "dimensions": { "place": "here" } }] });
        let sent = match EventBatch::from_json(event.to_string().as_bytes()) {
            Ok(batch) => self.event_ingest(tenant, batch).await,
            Err(error) => Err(error),
        };
        tries.own(88, "sending an event", &sent);
        let put = serde_json::from_value::<DatasetPut>(json!({ "label": "mine" })).map_err(Error::internal);
        let put = match put {
            Ok(put) => self.dataset_update(tenant, "verify_0", &put, None).await.map(drop),
            Err(error) => Err(error),
        };
        tries.note(88, "changing a dataset whose name others have too", format!("{put:?}"), None);
        let patch = self.settings_update(tenant, None, &SettingsPatch::default()).await.map(drop);
        tries.note(88, "changing settings without having read them", format!("{patch:?}"), None);
    }

    /// A catalogue that was led astray: the attacker's tenant at the victim's place. Row security is the second wall.
    async fn misplaced(&self, operator: &OpCtx, cast: &Cast, tries: &mut Attempts<'_, '_>) -> Result<()> {
        let mut record = (*cast.attacker.record).clone();
        record.placement = cast.victim.record.placement.clone();
        let record: Record = Arc::new(record);
        let here = cast.attacker.record.placement == record.placement;
        let request = RequestId::from_uuid(self.world().uuid());
        let op = OpCtx::of_visitor(record.id, request);
        let tenant = self.store().tenant(&op, Arc::clone(&record))?;
        let seen = self.settings_view(&tenant).await;
        tries.note(110, "looking from the victim's place", format!("{seen:?}"), None);
        let tenant = self.store().tenant(operator, record)?;
        let written = self.settings_update(&tenant, Some(1), &SettingsPatch::default()).await;
        let wrong = (!here && !written.as_ref().is_err_and(|e| e.is(problem::TENANT_MOVED)))
            .then(|| format!("tenant.moved was expected, got {written:?}"));
        tries.note(110, "writing to the victim's place", format!("{written:?}"), wrong);
        Ok(())
    }
}

fn dashboard_input(name: &str) -> DashboardInput {
    DashboardInput {
        name: name.to_owned(),
        description: None,
        config: insula_model::DashboardConfig::empty(insula_model::Range::Last(insula_model::Last::All)),
        note: None,
    }
}

/// A key that says that it is another tenant's.
fn respelled(key: &str, tenant: TenantId) -> String {
    let other = insula_model::ids::encode(tenant.uuid());
    match insula_model::api_key::parse(key) {
        Some((own, _)) => key.replace(&insula_model::ids::encode(own.uuid()), &other),
        None => key.to_owned(),
    }
}
