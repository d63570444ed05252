//! Who may see a dataset: for everybody else it is not there, whatever they ask, and whoever asked before them.

use std::sync::Arc;

use insula_model::{
    ApiKeyInput, DashboardData, DashboardId, DashboardInput, DatasetPut, Error, Question, Role, Scope, Tier,
};
use insula_platform::{DashboardOpening, DashboardReply, DashboardRequest, QuestionRequest, RowsRequest};
use insula_store::Tenant;
use insula_testkit::{TestPlatform, TestTenant, each_tier};
use serde_json::json;

use crate::data::{accepted, ingest, number, shown};
use crate::embeds::{input, mint, show};
use crate::people::{Person, audit, home, refused, request};

fn put(text: serde_json::Value) -> DatasetPut {
    serde_json::from_value(text).expect("a declaration")
}

/// Who sees a dataset from now on.
async fn reveal(t: &TestPlatform, who: &Person, name: &str, to: &str) {
    let there = t.platform.dataset_view(&who.tenant(t), name).await.expect("the dataset");
    let put =
        DatasetPut { visible_to: Some(to.parse().expect("a role")), ..DatasetPut::of(&there.definition) };
    t.platform.dataset_update(&who.tenant(t), name, &put, Some(there.version)).await.expect("changed");
}

fn total(dataset: &str) -> QuestionRequest {
    let question = json!({ "dataset": dataset, "measures": [{ "agg": "sum", "measure": "amount" }],
                           "range": { "last": "all" } });
    QuestionRequest::new(serde_json::from_value::<Question>(question).expect("a question"))
}

/// Why somebody cannot ask a dataset, with another name in the place of its own.
async fn unanswered(t: &TestPlatform, tenant: &Tenant<'_>, name: &str) -> [Error; 3] {
    let asked = t.platform.question_ask(tenant, &total(name)).await.expect_err("refused");
    let rows = RowsRequest { asked: total(name), limit: None, cursor: None };
    let rows = t.platform.question_rows(tenant, &rows).await.expect_err("refused");
    [asked, rows, t.platform.dataset_view(tenant, name).await.expect_err("refused")]
}

fn said(errors: &[Error], name: &str) -> Vec<(&'static str, String)> {
    errors.iter().map(|e| (e.code(), e.detail().replace(name, "…"))).collect()
}

/// The dashboard of the test: two numbers over two datasets.
async fn board(t: &TestPlatform, who: &Person) -> DashboardId {
    let widget = |dataset: &str| {
        json!({ "id": dataset, "title": dataset, "kind": "kpi", "question":
                { "dataset": dataset, "measures": [{ "agg": "sum", "measure": "amount" }] } })
    };
    let input: DashboardInput = serde_json::from_value(json!({ "name": "Both", "config": {
        "range": { "last": "all" }, "widgets": [widget("orders"), widget("payroll")],
        "layout": [{ "widget": "orders", "x": 0, "y": 0, "w": 3, "h": 2 },
                   { "widget": "payroll", "x": 3, "y": 0, "w": 3, "h": 2 }] } }))
    .expect("a dashboard");
    t.platform.dashboard_create(&who.tenant(t), &input).await.expect("a dashboard").id
}

const PLAIN: DashboardRequest<'static> =
    DashboardRequest { range: None, compare: None, known: None, filters: &[] };

/// Acme with orders for everybody and a payroll that only admins see.
async fn acme(t: &TestPlatform, tier: Tier) -> (TestTenant, Person) {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let event = |dataset: &str, amount: f64| json!({ "id": dataset, "dataset": dataset, "at": "2026-01-01T00:00:00Z", "measures": { "amount": amount } });
    ingest(t, &owner, &[event("orders", 7.0), event("payroll", 5000.0)]).await.expect("taken");
    reveal(t, &owner, "payroll", "admin").await;
    (acme, owner)
}

each_tier!(who_may_not_see_a_dataset_finds_none, async |t: &TestPlatform, tier: Tier| {
    let (_acme, owner) = acme(t, tier).await;
    let admin = owner.bring(t, "admin@acme.test", Role::Admin).await;
    let dashboard = board(t, &owner).await;
    // Whoever may see it comes first, so that everything is kept that can be kept.
    let (whole, data) = shown(t, &owner, dashboard, &PLAIN).await;
    assert_eq!((number(&data, "payroll"), number(&data, "orders")), (Some(5000.0), Some(7.0)));
    t.platform.question_ask(&admin.tenant(t), &total("payroll")).await.expect("an admin asks");
    for (email, role) in [("editor@acme.test", Role::Editor), ("viewer@acme.test", Role::Viewer)] {
        let person = owner.bring(t, email, role).await;
        let tenant = person.tenant(t);
        let (hidden, absent) =
            (unanswered(t, &tenant, "payroll").await, unanswered(t, &tenant, "nothing").await);
        assert_eq!(said(&hidden, "payroll"), said(&absent, "nothing"), "both are not there");
        let listed = t.platform.dataset_list(&tenant).await.expect("the list");
        let names: Vec<_> = listed.items.iter().map(|d| d.definition.name.as_str()).collect();
        assert!(!names.contains(&"payroll") && names.contains(&"orders"), "{names:?}");
        assert_eq!(listed.total, Some(names.len() as u64));
        // The other widget is not held up, and the tag is another one.
        let (tag, data) = shown(t, &person, dashboard, &PLAIN).await;
        assert_ne!(tag, whole);
        let lost = data.widgets.iter().find(|w| w.id == "payroll").expect("the widget");
        assert!(lost.value.is_none() && number(&data, "orders") == Some(7.0));
        assert_eq!(lost.problem.as_ref().map(|p| p.code.as_str()), Some("question.invalid"));
        // Whoever hears of the tag has nothing of it.
        let known = DashboardRequest { known: Some(&whole), ..PLAIN };
        assert_eq!(shown(t, &person, dashboard, &known).await.0, tag);
        let opened = t.platform.dashboard_open(&tenant, dashboard, &PLAIN).await.expect("opened");
        assert!(matches!(opened, DashboardOpening::Open(open) if open.etag() == tag));
    }
    assert_eq!(shown(t, &admin, dashboard, &PLAIN).await.0, whole, "who may see the same shares it");

    // Opened, it is there for everybody at once; hidden, it is gone at once.
    let viewer = owner.bring(t, "another@acme.test", Role::Viewer).await;
    reveal(t, &admin, "payroll", "viewer").await;
    let (_, data) = shown(t, &viewer, dashboard, &PLAIN).await;
    assert_eq!(number(&data, "payroll"), Some(5000.0));
    reveal(t, &admin, "payroll", "editor").await;
    assert!(shown(t, &viewer, dashboard, &PLAIN).await.1.widgets[1].value.is_none());
});

each_tier!(what_is_hidden_is_not_changed_or_deleted_unseen, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner) = acme(t, tier).await;
    let editor = owner.bring(t, "editor@acme.test", Role::Editor).await;
    let admin = owner.bring(t, "admin@acme.test", Role::Admin).await;
    let declare = async |who: &Person, what: serde_json::Value, version| {
        t.platform.dataset_update(&who.tenant(t), "payroll", &put(what), version).await.map(drop)
    };
    // That the name is not free is all that is told.
    assert_eq!(refused(declare(&editor, json!({}), None).await), "dataset.taken");
    assert_eq!(refused(declare(&editor, json!({}), Some(2)).await), "not_found");
    // Nobody hides something from themselves, and leaving the word out opens nothing.
    let above = declare(&admin, json!({ "visible_to": "owner" }), Some(2)).await.expect_err("refused");
    assert_eq!((above.code(), above.fields()[0].pointer.as_str()), ("input.invalid", "/visible_to"));
    declare(&admin, json!({ "label": "Wages" }), Some(2)).await.expect("changed");
    let seen = t.platform.dataset_view(&owner.tenant(t), "payroll").await.expect("the dataset");
    assert_eq!((seen.definition.label.as_str(), seen.definition.visible_to), ("Wages", Role::Admin));
    // Events go in unseen.
    let event = json!({ "id": "more", "dataset": "payroll", "at": "2026-01-02T00:00:00Z", "measures": { "amount": 1 } });
    assert_eq!(ingest(t, &editor, &[event]).await.expect("taken"), accepted(1));

    reveal(t, &owner, "payroll", "owner").await;
    assert_eq!(refused(t.platform.dataset_delete(&admin.tenant(t), "payroll").await), "not_found");
    let there = t.platform.dataset_view(&owner.tenant(t), "payroll").await.expect("it stays");
    assert_eq!(there.events, Some(2));
    let events = "SELECT count(*) FROM events e JOIN datasets d ON (e.tenant_id, e.dataset) = (d.tenant_id, d.number) \
                  WHERE d.name = 'payroll'";
    let left = acme.superuser(t).await.query_one(events, &[]).await.expect("a look");
    assert_eq!(left.get::<_, i64>(0), 2, "with its events");
    assert_eq!(t.platform.dataset_delete(&owner.tenant(t), "payroll").await.expect("deleted"), 2);
    let log = audit(t, &acme).await;
    assert!(log.iter().any(|(action, _, detail)| action == "dataset.update" && detail.contains("\"owner\"")));
});

each_tier!(keys_embeds_and_operators_see_what_everybody_sees, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner) = acme(t, tier).await;
    let dashboard = board(t, &owner).await;
    shown(t, &owner, dashboard, &PLAIN).await;
    let key = async |scopes: &[Scope]| {
        let key = ApiKeyInput { name: "a key".into(), scopes: scopes.to_vec(), expires_at: None };
        let made = t.platform.api_key_create(&owner.tenant(t), &key).await.expect("a key");
        let secret = made.secret.expect("shown once");
        t.platform.api_key_context(&secret, &acme.record, request(t)).await.expect("valid")
    };
    let read = [Scope::DataRead, Scope::DashboardsRead, Scope::DashboardsWrite, Scope::EmbedsMint];
    let (reader, keeper) = (key(&read).await, key(&[Scope::DataRead, Scope::DataWrite]).await);
    let at = |op| t.store().tenant(op, Arc::clone(&acme.record)).expect("its tenant");
    let operator = t.operator().await.with_reason("a test of what is seen").expect("a reason");
    let operator = at(&operator);
    for tenant in [at(&reader), operator] {
        let refused = unanswered(t, &tenant, "payroll").await;
        assert_eq!(refused.map(|e| e.code()), ["question.invalid", "question.invalid", "not_found"]);
    }
    t.platform.question_ask(&at(&keeper), &total("payroll")).await.expect("it keeps the data");

    // An embed, whoever made it.
    let token = mint(t, &owner, &input(dashboard)).await;
    let op = show(t, &t.platform, &acme, &token.token).await.expect("valid");
    let reply = t.platform.embed_data(&at(&op), &PLAIN).await.expect("data");
    let DashboardReply::Data { json, .. } = reply else { panic!("nothing is known yet") };
    let data: DashboardData = serde_json::from_slice(&json).expect("data");
    assert!(data.widgets[1].value.is_none() && data.widgets[1].problem.is_some());
    assert_eq!(number(&data, "orders"), Some(7.0));

    // What is for owners only, no key sees.
    reveal(t, &owner, "payroll", "owner").await;
    assert_eq!(refused(t.platform.question_ask(&at(&keeper), &total("payroll")).await), "question.invalid");
});
