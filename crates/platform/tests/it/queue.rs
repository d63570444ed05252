//! The queue before the database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{join_all, select_all};
use insula_model::{Error, Result, Tier};
use insula_platform::{QuestionLimits, QuestionRequest};
use insula_testkit::{Client, TestOptions, TestPlatform, TestTenant, until};
use serde_json::json;

use crate::data::{flight, ingest};
use crate::people::{Person, home};

/// A question that nobody else asks.
fn question(n: usize) -> QuestionRequest {
    let question = json!({
        "dataset": "flights", "measures": [{ "agg": "count" }],
        "filters": [{ "dimension": "origin", "op": "in", "values": [n.to_string()] }]
    });
    QuestionRequest::new(serde_json::from_value(question).expect("a question"))
}

async fn ask(t: &TestPlatform, who: &Person, n: usize) -> Result<()> {
    t.platform.question_ask(&who.tenant(t), &question(n)).await.map(drop)
}

async fn start(questions: QuestionLimits) -> TestPlatform {
    TestPlatform::start_with(TestOptions { questions, ..TestOptions::default() }).await
}

async fn with_a_flight(t: &TestPlatform, slug: &str, tier: Tier) -> (TestTenant, Person) {
    let home = home(t, slug, tier).await;
    let owner = Person::owner(t, &home).await;
    ingest(t, &owner, &[flight("0", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    (home, owner)
}

/// Nothing of a tenant with tables of its own is answered until this is dropped.
async fn hold(t: &TestPlatform, home: &TestTenant) -> Client {
    let client = home.superuser(t).await;
    client.batch_execute("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE").await.expect("held");
    client
}

fn busy(error: &Error) -> bool {
    error.code() == "limit.busy" && error.wait().is_some_and(|wait| wait >= Duration::from_secs(1))
}

/// A tenant whose questions take for ever: some are under way, some wait, the rest is told to come back; all of the
/// others' are answered.
async fn who_asks_too_much_slows_only_itself(tier: Tier) {
    let t = &start(QuestionLimits { tenant_waiting: 8, ..QuestionLimits::default() }).await;
    let (loud, noisy) = with_a_flight(t, "noisy", tier).await;
    let (_, quiet) = with_a_flight(t, "quiet", Tier::Pooled).await;
    let (_, shy) = with_a_flight(t, "shy", tier).await;
    let held = hold(t, &loud).await;
    let mut asking: Vec<_> = (0..64).map(|n| ask(t, &noisy, n).boxed()).collect();
    let mut refused = 0;
    // One is under way: of two connections one is the others'.
    while refused < 64 - 1 - 8 {
        let (answer, _, rest) = select_all(asking).await;
        let error = answer.expect_err("nothing is answered");
        assert!(busy(&error), "{error:?}");
        assert!(error.detail().contains("of this workspace"), "{error}");
        (asking, refused) = (rest, refused + 1);
    }
    assert_eq!(t.platform.question_counts(), (1, 8));
    for n in 0..20 {
        ask(t, &quiet, n).await.expect("a quiet tenant's question is answered");
        ask(t, &shy, n).await.expect("and that of one with as many connections");
    }
    // Half of those who wait go away: their places are free, and others may wait there.
    asking.truncate(5);
    until("they are gone", async || t.platform.question_counts() == (1, 4)).await;
    asking.extend((100..104).map(|n| ask(t, &noisy, n).boxed()));
    held.batch_execute("COMMIT").await.expect("let go");
    let answers = join_all(asking).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(t.platform.question_counts(), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_much_slows_only_itself_in_a_schema() {
    who_asks_too_much_slows_only_itself(Tier::Schema).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_much_slows_only_itself_in_a_database() {
    who_asks_too_much_slows_only_itself(Tier::Database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_in_vain_is_told_to_come_back() {
    let t = &start(QuestionLimits { waiting_seconds: 1, ..QuestionLimits::default() }).await;
    let (loud, noisy) = with_a_flight(t, "noisy", Tier::Schema).await;
    let held = hold(t, &loud).await;
    let noisy = Arc::new(noisy);
    let mut first = ask(t, &noisy, 0).boxed();
    let second = async {
        until("the first is under way", async || t.platform.question_counts().0 == 1).await;
        ask(t, &noisy, 1).await
    };
    let error = tokio::select! {
        early = &mut first => panic!("{early:?}"),
        waited = second => waited.expect_err("it waits in vain"),
    };
    assert!(busy(&error), "{error:?}");
    assert_eq!(t.platform.question_counts(), (1, 0));
    drop(first);
    assert_eq!(t.platform.question_counts(), (0, 0), "who goes away gives the slot back");
    held.batch_execute("COMMIT").await.expect("let go");
    ask(t, &noisy, 2).await.expect("an answer");
}

/// Who has kept PostgreSQL busy for a second rests while somebody else asks, and goes on by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_costly_questions_rests_while_others_ask() {
    let t = &start(QuestionLimits::default()).await;
    let (loud, noisy) = with_a_flight(t, "noisy", Tier::Schema).await;
    let (_, quiet) = with_a_flight(t, "quiet", Tier::Pooled).await;
    let held = hold(t, &loud).await;
    // As if it had so many events that each look at all of them is costly.
    held.batch_execute("UPDATE datasets SET events = 1000000000").await.expect("many");
    held.batch_execute("COMMIT").await.expect("said");
    let held = hold(t, &loud).await;
    let begun = Instant::now();
    let long = ask(t, &noisy, 0).boxed();
    let work = async {
        until("it is under way", async || t.platform.question_counts() == (1, 0)).await;
        until("it takes long", async || begun.elapsed() > Duration::from_millis(1_300)).await;
        held.batch_execute("COMMIT").await.expect("let go");
    };
    let (answer, ()) = tokio::join!(long, work);
    answer.expect("an answer");
    ask(t, &quiet, 0).await.expect("an answer");
    let next = ask(t, &noisy, 1);
    let meanwhile = async {
        until("it rests, and nothing is under way", async || t.platform.question_counts() == (0, 1)).await;
        for n in 1..5 {
            ask(t, &quiet, n).await.expect("others need not");
        }
        assert_eq!(t.platform.question_counts(), (0, 1), "and it still rests");
    };
    let (answer, ()) = tokio::join!(next, meanwhile);
    answer.expect("an answer, though nobody did anything any more");
    assert_eq!(t.platform.question_counts(), (0, 0));
}
