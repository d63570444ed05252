//! Rows that are kept and shared.

use futures_util::future::join_all;
use insula_model::Tier;
use insula_platform::{CacheFigures, DashboardRequest, QuestionLimits, QuestionRequest};
use insula_testkit::{TestOptions, TestPlatform, each_tier};
use serde_json::{Value, json};

use crate::data::{flight, flights, ingest, ingest_flights, overview, shown};
use crate::people::{Person, home};

const PLAIN: DashboardRequest<'static> =
    DashboardRequest { range: None, compare: None, known: None, filters: &[] };

fn request(question: Value) -> QuestionRequest {
    QuestionRequest::new(serde_json::from_value(question).expect("a question"))
}

/// How many events of an airport there are.
fn count(filter: &str) -> QuestionRequest {
    request(json!({
        "dataset": "flights", "measures": [{ "agg": "count" }], "range": { "from": "2013-01-01", "to": "2014-01-01" },
        "filters": [{ "dimension": "origin", "op": "in", "values": [filter] }]
    }))
}

async fn answer(t: &TestPlatform, who: &Person, question: &QuestionRequest) -> Option<f64> {
    let answer = t.platform.question_ask(&who.tenant(t), question).await.expect("an answer");
    answer.data.last().and_then(|column| column.numbers()).expect("numbers")[0]
}

fn rows(t: &TestPlatform) -> CacheFigures {
    let found = t.platform.cache_figures().into_iter().find(|figures| figures.cache == "rows");
    found.expect("the rows are kept")
}

each_tier!(who_asks_the_same_shares_the_rows, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    ingest_flights(t, &a, &flights(1, 200)).await;
    ingest_flights(t, &b, &flights(2, 100)).await;
    let make = async || t.platform.dashboard_create(&a.tenant(t), &overview()).await.expect("made").id;
    let (one, other) = (make().await, make().await);
    shown(t, &a, one, &PLAIN).await;
    let before = rows(t);
    shown(t, &a, other, &PLAIN).await;
    // The question of one of its widgets, asked alone.
    let origins = request(json!({
        "dataset": "flights", "measures": [{ "agg": "count" }], "by": ["origin"],
        "range": { "from": "2013-01-01", "to": "2014-01-01" }
    }));
    t.platform.question_ask(&a.tenant(t), &origins).await.expect("an answer");
    let after = rows(t);
    assert_eq!(
        after.misses, before.misses,
        "another dashboard of the same widgets, and one of its questions"
    );
    assert!(after.hits >= before.hits + 3 && after.bytes > 0);
    // Twelve at once that nobody asked before: one works.
    let same = count("EWR");
    let all = join_all((0..12).map(|_| answer(t, &a, &same))).await;
    assert!(all.iter().all(|n| *n == all[0] && n.is_some()));
    assert_eq!(rows(t).misses, after.misses + 1);
    // The same statement of another tenant is another thing.
    let theirs = answer(t, &b, &same).await;
    assert_ne!(theirs, all[0]);
    assert_eq!((rows(t).misses, t.platform.cache_mixed()), (after.misses + 2, 0));
});

each_tier!(rows_are_never_older_than_what_was_acknowledged, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    let question = count("EWR");
    let side = |n: usize| {
        let (owner, question) = (&owner, &question);
        async move {
            for m in 0..12 {
                let event = flight(&format!("{n} {m}"), "2013-01-01T10:00:00Z", 1.0);
                ingest(t, owner, &[event]).await.expect("taken");
                let found = answer(t, owner, question).await.expect("a number");
                assert!(found >= f64::from(m + 1) + 1.0, "rows from before");
            }
        }
    };
    join_all((0..4).map(side)).await;
    assert_eq!(answer(t, &owner, &question).await, Some(49.0));
    let known = rows(t);
    assert_eq!(answer(t, &owner, &question).await, Some(49.0));
    assert_eq!(rows(t).misses, known.misses, "nothing is new");
    t.platform.dataset_delete(&owner.tenant(t), "flights").await.expect("deleted");
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    assert_eq!(answer(t, &owner, &question).await, Some(1.0), "a dataset of the same name is another one");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_a_thousand_different_questions_displaces_their_own() {
    let questions = QuestionLimits { cache_mb: 1, tenant_cache_mb: 1, ..QuestionLimits::default() };
    let t = &TestPlatform::start_with(TestOptions { questions, ..TestOptions::default() }).await;
    let (acme, globex) = (home(t, "acme", Tier::Pooled).await, home(t, "globex", Tier::Pooled).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    for who in [&a, &b] {
        ingest(t, who, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    }
    answer(t, &b, &count("EWR")).await;
    for n in 0..2_000 {
        answer(t, &a, &count(&n.to_string())).await;
    }
    let known = rows(t);
    assert!(known.bytes <= 1 << 19, "{known:?}");
    answer(t, &b, &count("EWR")).await;
    answer(t, &a, &count("1999")).await;
    assert_eq!(
        rows(t).misses,
        known.misses,
        "what the other one asked is still there, and the last of the many"
    );
    answer(t, &a, &count("0")).await;
    assert_eq!(rows(t).misses, known.misses + 1, "the first of the many is not");
}
