//! Jobs of many tenants on the same workers: whose a job is, whose turn it is, and what one that goes wrong does to the
//! others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use insula_model::{JobId, TenantId, Tier};
use insula_platform::Faults;
use insula_platform::jobs::MailPayload;
use insula_store::{JobEnd, NewJob};
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier};
use jiff::SignedDuration;
use serde_json::{Value, json};

const LEASE: Duration = Duration::from_secs(60);

fn mail(t: &TestPlatform, tenant: &TestTenant, payload: Value) -> NewJob {
    NewJob {
        id: JobId::from_uuid(t.platform.world().uuid()),
        tenant: Some(tenant.id()),
        kind: MailPayload::KIND.to_owned(),
        payload,
        run_at: t.platform.world().now(),
    }
}

fn letter(to: &str) -> Value {
    json!({ "to": to, "subject": "Hello", "text": "Hello" })
}

async fn without_workers(faults: Faults) -> TestPlatform {
    TestPlatform::start_with(TestOptions { workers: false, faults, ..TestOptions::default() }).await
}

/// A tenant, where operations only move when they are asked to.
async fn tenant(t: &TestPlatform, slug: &str, tier: Tier) -> TestTenant {
    let id = t.ask_for_tenant(slug, tier, |_| {}).await;
    while t.platform.operation_step("test").await.expect("a step") {}
    t.known_tenant(t.ended(id).await.tenant.expect("a tenant")).await
}

/// Mails as operators see them: whose, and to whom.
async fn mails(t: &TestPlatform) -> Vec<(Option<TenantId>, String)> {
    let op = t.operator().await;
    let all = t.platform.mail_list(&op, None, 100).await.expect("mails");
    all.into_iter().map(|mail| (mail.tenant, mail.to)).collect()
}

/// How a job ended, and what it says.
async fn state(t: &TestPlatform, id: JobId) -> (String, i32) {
    let sql = "SELECT state, attempt FROM control.jobs WHERE id = $1";
    let row = t.control_superuser().await.query_one(sql, &[&id.uuid()]).await.expect("the job");
    (row.get(0), row.get(1))
}

// Attack 133: a payload that says whose it is, enqueued by another or edited in the table.
each_tier!(a_job_is_its_rows_tenants_whatever_its_payload_says, async |t: &TestPlatform, tier: Tier| {
    let (acme, globex) = (t.tenant("acme", tier).await, t.tenant("globex", tier).await);
    let honest = mail(t, &acme, letter("honest@acme.test"));
    let mut forged = mail(t, &acme, letter("forged@acme.test"));
    forged.payload["tenant_id"] = json!(globex.id().to_string());
    t.store().job_enqueue(&[honest.clone(), forged.clone()]).await.unwrap();
    insula_testkit::until("both jobs have ended", async || {
        let (one, other) = (state(t, honest.id).await.0, state(t, forged.id).await.0);
        one == "done" && other == "failed"
    })
    .await;
    let seen = mails(t).await;
    assert!(seen.contains(&(Some(acme.id()), "honest@acme.test".to_owned())), "{seen:?}");
    assert!(!seen.iter().any(|(_, to)| to == "forged@acme.test"), "{seen:?}");
});

// Attack 136: one that queues a thousand waits for itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_take_turns() {
    let t = without_workers(Faults::none()).await;
    let (noisy, quiet) = (tenant(&t, "noisy", Tier::Pooled).await, tenant(&t, "quiet", Tier::Schema).await);
    let many: Vec<NewJob> = (0..1_000).map(|_| mail(&t, &noisy, letter("x@noisy.test"))).collect();
    t.store().job_enqueue(&many).await.unwrap();
    let few: Vec<NewJob> = (0..3).map(|_| mail(&t, &quiet, letter("x@quiet.test"))).collect();
    t.store().job_enqueue(&few).await.unwrap();
    let mut order = Vec::new();
    for _ in 0..8 {
        let job = t.store().job_lease(&[MailPayload::KIND], LEASE).await.unwrap().expect("a job is due");
        order.push(job.tenant == Some(quiet.id()));
        assert!(t.store().job_end(&job, &JobEnd::Done).await.unwrap());
    }
    let served = order.iter().take(7).filter(|quiet| **quiet).count();
    assert_eq!(served, 3, "the quiet tenant waited for the noisy one: {order:?}");
    t.stop().await;
}

// Attack 137: a job that ends its worker each time. Nobody says how a try ended, and yet it is given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_ends_its_workers_is_given_up() {
    let t = without_workers(Faults::none()).await;
    let (acme, globex) = (tenant(&t, "acme", Tier::Pooled).await, tenant(&t, "globex", Tier::Pooled).await);
    let poison = mail(&t, &acme, letter("poison@acme.test"));
    t.store().job_enqueue(std::slice::from_ref(&poison)).await.unwrap();
    for attempt in 1..=8 {
        // Taken, and its worker is never heard of again.
        let job = t.store().job_lease(&[MailPayload::KIND], LEASE).await.unwrap().expect("the job is due");
        assert_eq!(job.attempt, attempt, "counted before the try");
        t.clock.advance(SignedDuration::from_secs(61));
    }
    let good = mail(&t, &globex, letter("good@globex.test"));
    t.store().job_enqueue(&[good]).await.unwrap();
    while t.platform.job_step().await.unwrap() {}
    assert_eq!(state(&t, poison.id).await.0, "failed", "it would end every worker that comes");
    let seen = mails(&t).await;
    assert!(!seen.iter().any(|(_, to)| to == "poison@acme.test"), "{seen:?}");
    assert!(seen.iter().any(|(_, to)| to == "good@globex.test"), "{seen:?}");
    t.stop().await;
}

// Attack 134: a worker panics in a job of one tenant, and goes on with those of others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_survives_a_job_that_panics() {
    let panics = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&panics);
    let faults = Faults::new(move |point| {
        if point == "job mail 1" && counted.fetch_add(1, Ordering::Relaxed) == 0 {
            panic!("a job of one tenant");
        }
        Ok(())
    });
    let t = without_workers(faults).await;
    let (acme, globex) = (tenant(&t, "acme", Tier::Pooled).await, tenant(&t, "globex", Tier::Pooled).await);
    let first = mail(&t, &acme, letter("first@acme.test"));
    t.store().job_enqueue(std::slice::from_ref(&first)).await.unwrap();
    assert!(t.platform.job_step().await.unwrap(), "the worker went on");
    assert_eq!(state(&t, first.id).await, ("queued".to_owned(), 1), "it is tried again");
    let second = mail(&t, &globex, letter("second@globex.test"));
    t.store().job_enqueue(&[second]).await.unwrap();
    t.clock.advance(SignedDuration::from_hours(1));
    while t.platform.job_step().await.unwrap() {}
    let mut seen = mails(&t).await;
    seen.sort_by(|a, b| a.1.cmp(&b.1));
    let expected = [(Some(acme.id()), "first@acme.test"), (Some(globex.id()), "second@globex.test")];
    assert_eq!(seen, expected.map(|(tenant, to)| (tenant, to.to_owned())));
    t.stop().await;
}

// Attacks 139 and 109: a worker that slept is not heard, and a suspended tenant's jobs wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_taken_over_is_not_heard_and_suspended_tenants_wait() {
    let t = without_workers(Faults::none()).await;
    let acme = tenant(&t, "acme", Tier::Pooled).await;
    let job = mail(&t, &acme, letter("late@acme.test"));
    t.store().job_enqueue(std::slice::from_ref(&job)).await.unwrap();
    let lease = async || t.store().job_lease(&[MailPayload::KIND], LEASE).await.unwrap();
    let stale = lease().await.expect("it is due");
    assert!(lease().await.is_none(), "it is taken");
    t.clock.advance(SignedDuration::from_secs(61));
    let current = lease().await.expect("its worker is silent");
    assert!(!t.store().job_end(&stale, &JobEnd::Failed { why: "late".to_owned() }).await.unwrap());
    assert_eq!(state(&t, job.id).await.0, "running");
    let at = t.platform.world().now();
    assert!(t.store().job_end(&current, &JobEnd::Retry { at, why: "again".to_owned() }).await.unwrap());

    let operate = async |suspend: bool| {
        let op = t.operator().await;
        let id = match suspend {
            true => t.platform.tenant_suspend(&op, acme.id(), None).await.unwrap(),
            false => t.platform.tenant_resume(&op, acme.id(), None).await.unwrap(),
        };
        while t.platform.operation_step("test").await.unwrap() {}
        assert_eq!(t.ended(id).await.status.as_str(), "succeeded");
    };
    operate(true).await;
    assert!(lease().await.is_none(), "a job of a suspended tenant ran");
    operate(false).await;
    assert_eq!(lease().await.expect("it is due again").id, job.id);
    t.stop().await;
}

// Whoever comes second to a job must not take it from whoever came first: a mail would be sent twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_come_at_once_take_different_jobs() {
    let t = without_workers(Faults::none()).await;
    let tenants = [tenant(&t, "acme", Tier::Pooled).await, tenant(&t, "globex", Tier::Pooled).await];
    let jobs: Vec<NewJob> = (0..400).map(|n| mail(&t, &tenants[n % 2], letter("you@acme.test"))).collect();
    t.store().job_enqueue(&jobs).await.unwrap();
    let workers = (0..6).map(|_| {
        let store = t.store().clone();
        async move {
            let mut taken = Vec::new();
            while let Some(job) = store.job_lease(&[MailPayload::KIND], LEASE).await.unwrap() {
                taken.push(job);
            }
            taken
        }
    });
    let taken: Vec<_> = futures_util::future::join_all(workers).await.into_iter().flatten().collect();
    let different: std::collections::HashSet<JobId> = taken.iter().map(|job| job.id).collect();
    assert_eq!((taken.len(), different.len()), (400, 400), "a job was taken twice, or left");
    for job in &taken {
        assert!(t.store().job_end(job, &JobEnd::Done).await.unwrap(), "its worker is not heard");
    }
    t.stop().await;
}
