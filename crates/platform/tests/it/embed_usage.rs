//! How much embeds are used is counted, for the tenant and without names.

use insula_model::{
    DashboardInput, DatasetPut, DatasetSource, EmbedRevocationInput, EmbedTokenInput, Question, Role, Tier,
    problem,
};
use insula_platform::{DashboardRequest, QuestionRequest, RowsRequest};
use insula_testkit::{TestPlatform, TestTenant, each_tier, until};
use serde_json::json;

use crate::data::ingest;
use crate::embeds::{flown, input, mint, show};
use crate::people::{Person, occurrences, refused};

each_tier!(loads_viewers_and_refusals_are_counted, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let (_, globex, _) = flown(t, "globex", tier).await;
    for viewer in ["canary-ada", "canary-bob", "canary-ada"] {
        let token =
            mint(t, &owner, &EmbedTokenInput { viewer: Some(viewer.into()), ..input(id) }).await.token;
        let op = show(t, &t.platform, &acme, &token).await.expect("valid");
        let tenant = t.store().tenant(&op, acme.record.clone()).expect("its tenant");
        t.platform.embed_view(&tenant).await.expect("what it shows");
        t.platform.embed_data(&tenant, &DashboardRequest::default()).await.expect("data");
    }
    let token = mint(t, &owner, &input(id)).await;
    let revocation = EmbedRevocationInput::Token(token.id);
    t.platform.embed_revocation_create(&owner.tenant(t), &revocation).await.expect("revoked");
    until("it is refused", async || show(t, &t.platform, &acme, &token.token).await.is_err()).await;
    t.platform.embed_usage_flush().await;
    let usage = t.platform.embed_usage_view(&owner.tenant(t), None, None).await.expect("usage").items;
    let (loads, viewers) = usage.iter().fold((0, 0), |sum, day| (sum.0 + day.loads, sum.1 + day.viewers));
    assert_eq!((loads, viewers), (3, 2), "{usage:?}");
    assert!(
        usage.iter().map(|day| day.refused).sum::<i64>() >= 1 && usage.iter().all(|day| day.dashboard == id)
    );
    let client = acme.superuser(t).await;
    for table in ["embed_usage", "embed_viewers"] {
        assert_eq!(occurrences(&client, table, "canary").await, 0, "a viewer's name stands in {table}");
    }
    let theirs = t.platform.embed_usage_view(&globex.tenant(t), None, None).await.expect("usage").items;
    assert_eq!(theirs, []);
    let far = "2020-01-01".parse().expect("a day");
    assert!(t.platform.embed_usage_view(&owner.tenant(t), Some(far), None).await.is_err());
});

/// What a question to the dataset of what is counted answers, as columns.
async fn asked(t: &TestPlatform, who: &Person, question: serde_json::Value) -> Vec<serde_json::Value> {
    let question = serde_json::from_value::<Question>(question).expect("a question");
    let answer =
        t.platform.question_ask(&who.tenant(t), &QuestionRequest::new(question)).await.expect("an answer");
    answer.data.iter().map(|column| serde_json::to_value(column).expect("JSON")).collect()
}

each_tier!(what_is_counted_is_a_dataset, async |t: &TestPlatform, tier: Tier| {
    let (acme, owner, id) = flown(t, "acme", tier).await;
    let (globex, theirs, their_id) = flown(t, "globex", tier).await;
    let open = async |at: &TestTenant, who: &Person, id, viewer: &str| {
        let token = mint(t, who, &EmbedTokenInput { viewer: Some(viewer.into()), ..input(id) }).await.token;
        let op = show(t, &t.platform, at, &token).await.expect("valid");
        let tenant = t.store().tenant(&op, at.record.clone()).expect("its tenant");
        t.platform.embed_view(&tenant).await.expect("what it shows");
        t.platform.embed_usage_flush().await;
    };
    let put: DatasetPut = serde_json::from_value(json!({
        "source": "embed_usage",
        "measures": [{ "name": "each", "formula": "loads / nullif(viewers, 0)" }],
    }))
    .expect("a declaration");
    t.platform.dataset_update(&owner.tenant(t), "embeds", &put, None).await.expect("made");
    let by_dashboard = json!({ "dataset": "embeds", "by": ["dashboard"], "range": { "last": "all" }, "measures": [
        { "agg": "sum", "measure": "loads" }, { "agg": "sum", "measure": "viewers" }, { "formula": "each" }] });
    assert_eq!(asked(t, &owner, by_dashboard.clone()).await[1], json!([]), "nobody has looked yet");
    open(&globex, &theirs, their_id, "ada").await;
    for (n, viewer) in (1..).zip(["ada", "bob", "ada"]) {
        open(&acme, &owner, id, viewer).await;
        // What was kept of the answer is not found again, and nobody else's use is in it.
        let viewers = n.min(2);
        let seen = asked(t, &owner, by_dashboard.clone()).await;
        assert_eq!(seen[..3], [json!(["Flights"]), json!([n]), json!([viewers])]);
        assert_eq!(seen[3][0].as_f64(), Some(f64::from(n) / f64::from(viewers)));
    }
    // A dashboard's name is the one that it has.
    let there = t.platform.dashboard_view(&owner.tenant(t), id).await.expect("the dashboard");
    let config = there.config.expect("its content");
    let renamed = DashboardInput { name: "Air".into(), description: None, config, note: None };
    t.platform.dashboard_update(&owner.tenant(t), id, Some(there.version), &renamed).await.expect("renamed");
    assert_eq!(asked(t, &owner, by_dashboard.clone()).await[0], json!(["Air"]));
    let days = json!({ "dataset": "embeds", "grain": "day", "range": { "last": "2d" },
                       "measures": [{ "agg": "sum", "measure": "loads" }] });
    let loads = asked(t, &owner, days).await;
    assert_eq!(
        loads[1].as_array().expect("days").iter().filter_map(serde_json::Value::as_f64).sum::<f64>(),
        3.0
    );
    let question =
        json!({ "dataset": "embeds", "measures": [{ "agg": "count" }], "range": { "last": "all" } });
    let question = QuestionRequest::new(serde_json::from_value(question).expect("a question"));
    let rows = RowsRequest { asked: question, limit: None, cursor: None };
    let rows = t.platform.question_rows(&owner.tenant(t), &rows).await.expect("rows");
    assert_eq!(serde_json::to_value(&rows.data[1]).expect("JSON"), json!(["Air"]));

    // Nobody sends events to it, it does not become another one, and viewers do not see it.
    let event = |id: &str, dataset: &str, measure: &str| json!({ "id": id, "dataset": dataset, "at": "2026-01-01T00:00:00Z", "measures": { measure: 7.0 } });
    let batch = [event("a", "embeds", "loads"), event("b", "flights", "distance")];
    let taken = ingest(t, &owner, &batch).await.expect("a batch");
    assert_eq!((taken.accepted, taken.rejected[0].code.as_str()), (1, "event.dataset"), "{taken:?}");
    let there = t.platform.dataset_view(&owner.tenant(t), "embeds").await.expect("the dataset");
    let other = DatasetPut { source: Some(DatasetSource::Events), ..DatasetPut::of(&there.definition) };
    let changed = t.platform.dataset_update(&owner.tenant(t), "embeds", &other, Some(there.version)).await;
    assert_eq!(refused(changed), problem::INVALID.code);
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    assert_eq!(refused(t.platform.dataset_view(&viewer.tenant(t), "embeds").await), problem::NOT_FOUND.code);
    t.platform.dashboard_delete(&owner.tenant(t), id).await.expect("deleted");
    assert_eq!(
        asked(t, &owner, by_dashboard).await[0],
        json!([id.uuid().to_string()]),
        "it has no name any more"
    );
    t.platform.dataset_delete(&owner.tenant(t), "embeds").await.expect("deleted");
    let usage = t.platform.embed_usage_view(&owner.tenant(t), None, None).await.expect("usage").items;
    assert_eq!(usage.len(), 1, "what was counted stays");
});
