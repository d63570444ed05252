//! Two operators on two nodes want contrary things of the same tenant at once: one after the other happens, or is refused.

use std::time::Duration;

use insula_model::dice::Dice;
use insula_model::{OperationId, Result, TenantStatus, Tier};
use insula_platform::{DeleteTenantInput, Platform};
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier};

/// What an operator may want.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Suspend,
    Resume,
    Delete,
    Erase,
}

async fn ask(t: &TestPlatform, node: &Platform, acme: &TestTenant, wish: Wish) -> Result<OperationId> {
    let op = t.operator().await;
    let delete = |now| DeleteTenantInput { confirm: acme.slug().to_owned(), now, reason: None };
    match wish {
        Wish::Suspend => node.tenant_suspend(&op, acme.id(), None).await,
        Wish::Resume => node.tenant_resume(&op, acme.id(), None).await,
        Wish::Delete => node.tenant_delete(&op, &acme.record, &delete(false)).await,
        Wish::Erase => node.tenant_delete(&op, &acme.record, &delete(true)).await,
    }
}

/// Whether people may write where the tenant's data is, by the word of the data database; none: it is gone.
async fn open(t: &TestPlatform, acme: &TestTenant) -> Option<bool> {
    let root = acme.superuser(t).await;
    let sql = "SELECT open FROM tenancy WHERE tenant_id = $1";
    root.query_opt(sql, &[&acme.id().uuid()]).await.unwrap().map(|row| row.get(0))
}

async fn quarrel(t: &TestPlatform, other: &Platform, acme: &TestTenant, seed: u64, wishes: &[Wish]) {
    let mut dice = Dice::new(seed);
    let mut asked = Vec::new();
    for (n, wish) in wishes.iter().enumerate() {
        let wait = Duration::from_millis(dice.below(40));
        let node = if n % 2 == 0 { &t.platform } else { other };
        asked.push(async move {
            tokio::time::sleep(wait).await;
            ask(t, node, acme, *wish).await
        });
    }
    let mut accepted = 0;
    for answer in futures_util::future::join_all(asked).await {
        match answer {
            Ok(operation) => {
                let ended = t.ended(operation).await;
                assert_eq!(ended.status.as_str(), "succeeded", "{ended:?}");
                accepted += 1;
            }
            Err(error) => {
                let known = ["tenant.busy", "tenant.status", "not_found"].contains(&error.code());
                assert!(known, "{error:?}");
            }
        }
    }
    assert!(accepted > 0, "somebody got what they wanted");
    // One at a time changed the tenant.
    let overlaps: i64 = t
        .control_superuser()
        .await
        .query_one(
            "SELECT count(*) FROM control.operations a JOIN control.operations b ON a.tenant_id = b.tenant_id \
                AND a.id < b.id AND a.started_at < b.ended_at AND b.started_at < a.ended_at WHERE a.tenant_id = $1",
            &[&acme.id().uuid()],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(overlaps, 0);
}

/// The status, the data database's word, and what people are told agree.
async fn agree(t: &TestPlatform, acme: &TestTenant) -> Option<TenantStatus> {
    let (record, _) = t.platform.tenant_view(&t.operator().await, acme.slug()).await.ok()?;
    let status = record.status;
    assert_eq!(open(t, acme).await, Some(status == TenantStatus::Active), "{status:?}");
    Some(status)
}

each_tier!(contrary_wishes_take_turns, async |t: &TestPlatform, tier: Tier| {
    let options = TestOptions { workers: true, ..TestOptions::default() };
    let (other, tasks) = t.another_node(options).await;
    for seed in 0..4 {
        let acme = t.tenant(&format!("quarrel-{seed}"), tier).await;
        let mild = [Wish::Suspend, Wish::Resume, Wish::Delete, Wish::Suspend, Wish::Resume, Wish::Suspend];
        quarrel(t, &other, &acme, seed, &mild).await;
        agree(t, &acme).await.expect("it is still there");
        let hard = [Wish::Erase, Wish::Resume, Wish::Suspend, Wish::Erase, Wish::Delete];
        quarrel(t, &other, &acme, seed + 100, &hard).await;
        if agree(t, &acme).await.is_some() {
            let last = ask(t, &other, &acme, Wish::Erase).await.expect("nobody is in the way");
            assert_eq!(t.ended(last).await.status.as_str(), "succeeded");
        }
    }
    assert_eq!(t.leftovers().await, [] as [String; 0]);
    tasks.stop();
});
