//! How much embeds are used is counted, for the tenant and without names.

use insula_model::{EmbedRevocationInput, EmbedTokenInput, Tier};
use insula_platform::DashboardRequest;
use insula_testkit::{TestPlatform, each_tier, until};

use crate::embeds::{flown, input, mint, show};
use crate::people::occurrences;

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
