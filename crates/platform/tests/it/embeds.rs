//! Embeds: bound to one dashboard of one tenant, with what is locked; not to be had for anything else.

use std::sync::Arc;

use insula_model::policy::action::{DashboardView, EmbedView, EventIngest, QuestionAsk, SettingsView};
use insula_model::{
    DashboardData, DashboardId, DashboardInput, EmbedTokenCreated, EmbedTokenInput, EmbeddingInput, Filter,
    Plan, Result, TemplateInput, TemplateTarget, Tier, problem,
};
use insula_platform::{DashboardReply, DashboardRequest, Platform};
use insula_store::{OpCtx, Tenant};
use insula_testkit::{TestPlatform, TestTenant, each_tier, until};
use serde_json::json;

use crate::data::ingest;
use crate::people::{Person, from, home, occurrences, refused, request};

/// A tenant with flights and a dashboard over them.
pub(crate) async fn flown(t: &TestPlatform, slug: &str, tier: Tier) -> (TestTenant, Person, DashboardId) {
    let acme = home(t, slug, tier).await;
    let owner = Person::owner(t, &acme).await;
    let event = |id: &str, origin: &str, distance: f64| {
        json!({ "id": id, "dataset": "flights", "at": "2026-01-01T00:00:00Z",
                "measures": { "distance": distance }, "dimensions": { "origin": origin } })
    };
    ingest(t, &owner, &[event("1", "EWR", 100.0), event("2", "JFK", 23.0)]).await.expect("flights");
    let id = dashboard(t, &owner, "Flights").await;
    (acme, owner, id)
}

pub(crate) async fn dashboard(t: &TestPlatform, owner: &Person, name: &str) -> DashboardId {
    let input: DashboardInput = serde_json::from_value(json!({ "name": name, "config": {
        "range": { "last": "all" }, "layout": [{ "widget": "w", "x": 0, "y": 0, "w": 3, "h": 2 }],
        "widgets": [{ "id": "w", "title": "Distance", "kind": "table", "question":
            { "dataset": "flights", "measures": [{ "agg": "sum", "measure": "distance" }] } }] } }))
    .expect("a dashboard");
    t.platform.dashboard_create(&owner.tenant(t), &input).await.expect("a dashboard").id
}

pub(crate) fn input(dashboard: DashboardId) -> EmbedTokenInput {
    EmbedTokenInput {
        dashboard,
        widget: None,
        viewer: None,
        filters: vec![],
        origins: None,
        ttl_seconds: None,
    }
}

pub(crate) fn only(origin: &str) -> Vec<Filter> {
    vec![Filter::In { dimension: "origin".into(), values: vec![Some(origin.into())] }]
}

pub(crate) async fn mint(t: &TestPlatform, who: &Person, input: &EmbedTokenInput) -> EmbedTokenCreated {
    t.platform.embed_token_create(&who.tenant(t), input).await.expect("a token")
}

/// Who shows a token on any node.
pub(crate) async fn show(t: &TestPlatform, node: &Platform, at: &TestTenant, token: &str) -> Result<OpCtx> {
    let record = node.store().tenant_of_id(at.id()).await?.expect("the tenant");
    node.embed_context(token, &record, from(t).address, request(t)).await
}

fn tenant<'op>(t: &TestPlatform, op: &'op OpCtx, at: &TestTenant) -> Tenant<'op> {
    t.store().tenant(op, Arc::clone(&at.record)).expect("its tenant")
}

/// The one number that an embed shows.
pub(crate) async fn seen(t: &TestPlatform, op: &OpCtx, at: &TestTenant) -> serde_json::Value {
    let reply = t.platform.embed_data(&tenant(t, op, at), &DashboardRequest::default()).await.expect("data");
    let DashboardReply::Data { json, .. } = reply else { panic!("nothing is known yet") };
    let data: DashboardData = serde_json::from_slice(&json).expect("data");
    serde_json::to_value(&data.widgets[0].value.as_ref().expect("an answer").data[0]).expect("JSON")
}

each_tier!(an_embed_sees_what_it_was_granted_and_nothing_else, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let other = dashboard(t, &owner, "Another").await;
    let locked = mint(t, &owner, &EmbedTokenInput { filters: only("EWR"), ..input(id) }).await;
    let op = show(t, &t.platform, &acme, &locked.token).await.expect("valid");
    let embed = tenant(t, &op, &acme);
    assert_eq!(seen(t, &op, &acme).await, json!([100]));
    let view = t.platform.embed_view(&embed).await.expect("what it shows");
    assert_eq!((view.dashboard.id, view.locked), (id, vec!["origin".to_owned()]));

    // The same lock on something else, a moment later.
    let elsewhere = mint(t, &owner, &EmbedTokenInput { filters: only("JFK"), ..input(id) }).await;
    let op = show(t, &t.platform, &acme, &elsewhere.token).await.expect("valid");
    assert_eq!(seen(t, &op, &acme).await, json!([23]));

    // Which dashboard it is stands in the token; there is nothing to say another one with, and no other door.
    for code in [
        refused(embed.authorize::<DashboardView>()),
        refused(embed.authorize::<SettingsView>()),
        refused(embed.authorize::<QuestionAsk>()),
        refused(embed.authorize::<EventIngest>()),
        refused(t.platform.dashboard_data(&embed, other, &DashboardRequest::default()).await),
        refused(t.platform.dashboard_view(&embed, id).await),
        refused(t.platform.embed_token_create(&embed, &input(other)).await),
        refused(t.platform.embedding_view(&embed).await),
        refused(t.platform.public_link_list(&embed, None, 10).await),
    ] {
        assert_eq!(code, problem::FORBIDDEN.code);
    }
    assert_eq!(embed.allowed(), ["embed.view"]);
    let permit = embed.authorize::<EmbedView>().expect("what an embed may");
    assert_eq!(refused(t.store().begin(&permit).await), problem::INTERNAL.code, "no scope that reads all");
    // And nobody else may do what an embed does.
    assert_eq!(refused(owner.tenant(t).authorize::<EmbedView>()), problem::FORBIDDEN.code);

    let free = mint(t, &owner, &input(id)).await;
    let op = show(t, &t.platform, &acme, &free.token).await.expect("valid");
    assert_eq!(seen(t, &op, &acme).await, json!([123]));
    let client = acme.superuser(t).await;
    let signature = free.token.rsplit('.').next().expect("a signature");
    for table in ["embed_keys", "audit", "idempotency", "outbox"] {
        assert_eq!(occurrences(&client, table, signature).await, 0, "the token stands in {table}");
    }
});

each_tier!(a_token_of_one_tenant_is_worth_nothing_in_another, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let (globex, theirs, their_id) = flown(t, "globex", tier).await;
    let mine = mint(t, &owner, &input(id)).await.token;
    let other = mint(t, &theirs, &input(their_id)).await.token;
    show(t, &t.platform, &acme, &mine).await.expect("valid here");
    assert_eq!(refused(show(t, &t.platform, &globex, &mine).await), problem::EMBED_TENANT.code);
    let op = show(t, &t.platform, &acme, &mine).await.expect("valid here");
    assert_eq!(refused(t.store().tenant(&op, Arc::clone(&globex.record))), problem::EMBED_TENANT.code);
    // Their key's name over my claims, and my key's name over theirs.
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (parts(&mine), parts(&other));
    for (header, claims, signature) in
        [(&b[0], &a[1], &a[2]), (&b[0], &a[1], &b[2]), (&a[0], &b[1], &b[2]), (&a[0], &b[1], &a[2])]
    {
        let forged = format!("{header}.{claims}.{signature}");
        for at in [&acme, &globex] {
            let code = refused(show(t, &t.platform, at, &forged).await);
            assert!([problem::EMBED_SIGNATURE.code, problem::EMBED_TENANT.code].contains(&code), "{code}");
        }
    }
    // A dashboard of theirs in a token of mine.
    let asked = t.platform.embed_token_create(&owner.tenant(t), &input(their_id)).await;
    assert_eq!(refused(asked), problem::NOT_FOUND.code);
});

each_tier!(who_may_frame_is_known_within_a_second, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, _) = flown(t, "acme", tier).await;
    let at = |t: &TestPlatform| request(t);
    assert!(t.platform.embedding_origins(&acme.record, at(t)).await.expect("a list").is_empty());
    let list = EmbeddingInput { origins: vec!["https://app.example".into()] };
    t.platform.embedding_update(&owner.tenant(t), Some(1), &list).await.expect("changed");
    assert_eq!(*t.platform.embedding_origins(&acme.record, at(t)).await.expect("a list"), list.origins);
    let again = t.platform.embedding_update(&owner.tenant(t), Some(1), &list).await;
    assert_eq!(refused(again), problem::STALE.code);
});

each_tier!(
    a_dashboard_of_the_operator_is_embedded_until_it_is_withdrawn,
    async |t: &TestPlatform, tier: Tier| {
        let (acme, owner, own) = flown(t, "acme", tier).await;
        let config =
            t.platform.dashboard_view(&owner.tenant(t), own).await.expect("it").config.expect("content");
        let input_of = |target| TemplateInput {
            name: "From the operator".to_owned(),
            description: None,
            config: config.clone(),
            target,
        };
        let operator = t.operator().await;
        let all = input_of(TemplateTarget::All);
        let template = t.platform.template_create(&operator, &all).await.expect("published");
        let id = template.id.dashboard();

        let token = mint(t, &owner, &EmbedTokenInput { filters: only("EWR"), ..input(id) }).await.token;
        let op = show(t, &t.platform, &acme, &token).await.expect("valid");
        assert_eq!(seen(t, &op, &acme).await, json!([100]));

        // Meant for others only: it is gone for this tenant, and so is what shows it.
        let others = input_of(TemplateTarget::Plan { plan: Plan::Growth });
        t.platform.template_update(&operator, template.id, 1, &others).await.expect("a new version");
        let shown = t.platform.embed_data(&tenant(t, &op, &acme), &DashboardRequest::default()).await;
        assert_eq!(refused(shown), problem::EMBED_REVOKED.code, "at once, for who looks already");
        until("nobody is let in any more", async || match show(t, &t.platform, &acme, &token).await {
            Ok(_) => false,
            Err(error) => error.is(problem::EMBED_REVOKED),
        })
        .await;
        assert_eq!(
            refused(t.platform.embed_token_create(&owner.tenant(t), &input(id)).await),
            problem::NOT_FOUND.code
        );
    }
);
