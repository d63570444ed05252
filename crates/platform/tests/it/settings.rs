//! A tenant's settings, looks and sample data.

use std::time::{Duration, Instant};

use insula_model::{BrandImageKind, Role, SettingsPatch, Tier};
use insula_platform::DashboardRequest;
use insula_testkit::{TestOptions, TestPlatform, each_tier, until};
use serde_json::json;

use crate::data::{flight, flights, ingest, ingest_flights, overview, shown};
use crate::people::{Person, audit, home, refused, request};

fn patch(text: serde_json::Value) -> SettingsPatch {
    serde_json::from_value(text).expect("a patch")
}

/// The smallest of pictures.
fn png(width: u8, height: u8) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        [&u32::try_from(data.len()).expect("small").to_be_bytes()[..], kind, data, &[0; 4]].concat()
    };
    let header = [0, 0, 0, width, 0, 0, 0, height, 8, 6, 0, 0, 0];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")]
        .concat()
}

each_tier!(settings_are_seen_and_changed, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let seeded = platform.settings_view(&tenant).await.expect("settings");
    assert_eq!((seeded.name.as_str(), seeded.time_zone.as_str(), seeded.version), ("acme", "UTC", 1));
    let change = patch(
        json!({ "name": "Acme Air", "time_zone": "America/New_York", "branding": { "accent": "#FF8800" } }),
    );
    let update = |version| platform.settings_update(&tenant, version, &change);
    assert_eq!(refused(update(None).await), "version.required");
    assert_eq!(refused(update(Some(2)).await), "version.stale");
    let changed = update(Some(1)).await.expect("changed");
    assert_eq!((changed.version, changed.branding.accent.as_str()), (2, "#ff8800"));
    assert_eq!(platform.settings_view(&tenant).await.expect("settings"), changed);
    let wrong = platform.settings_update(&tenant, Some(2), &patch(json!({ "locale": "xx_XX!" }))).await;
    assert_eq!(refused(wrong), "input.invalid");
    let last = audit(t, &acme).await.pop().expect("a row");
    assert_eq!(last.0, "settings.update");
    assert!(last.2.contains("branding.accent") && !last.2.contains("ff8800"), "{}", last.2);
});

each_tier!(pictures_come_and_go_and_are_pictures_only, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let refusal = platform.brand_image_update(&tenant, BrandImageKind::Logo, svg, None).await;
    assert_eq!(refused(refusal), "branding.logo");
    let mut bytes = png(64, 32);
    bytes.extend_from_slice(b"<script>CNRY</script>");
    let settings = platform.brand_image_update(&tenant, BrandImageKind::Logo, &bytes, Some(1)).await;
    let settings = settings.expect("a logo");
    assert_eq!((settings.version, settings.branding.logo_url.as_deref()), (2, Some("/brand/logo?v=2")));
    let stale = platform.brand_image_update(&tenant, BrandImageKind::Logo, &bytes, Some(1)).await;
    assert_eq!(refused(stale), "version.stale");

    let stored = platform.brand_image_view(&acme.record, BrandImageKind::Logo, request(t)).await.expect("it");
    assert_eq!((stored.media_type, stored.content, stored.version), ("image/png", png(64, 32), 2));
    let favicon = platform.brand_image_view(&acme.record, BrandImageKind::Favicon, request(t)).await;
    assert_eq!(refused(favicon), "not_found");
    let theirs = platform.brand_image_view(&globex.record, BrandImageKind::Logo, request(t)).await;
    assert_eq!(refused(theirs), "not_found");

    let gone = platform.brand_image_delete(&tenant, BrandImageKind::Logo, None).await.expect("gone");
    assert_eq!((gone.version, gone.branding.logo_url), (3, None));
    let again = platform.brand_image_delete(&tenant, BrandImageKind::Logo, None).await;
    assert_eq!(refused(again), "not_found");
    assert_eq!(
        platform.settings_view(&tenant).await.expect("settings").version,
        3,
        "and nothing has changed"
    );
});

each_tier!(new_looks_show_on_every_node_within_a_second, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let owner = Person::owner(t, &acme).await;
    let (other, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let accent = async |platform: &insula_platform::Platform| {
        platform.brand(&acme.record, request(t)).await.expect("looks").branding.accent.clone()
    };
    assert_eq!(
        (accent(&t.platform).await, accent(&other).await),
        ("#2563eb".to_owned(), "#2563eb".to_owned())
    );
    let change = patch(json!({ "branding": { "accent": "#ff8800" } }));
    t.platform.settings_update(&owner.tenant(t), Some(1), &change).await.expect("changed");
    let changed = Instant::now();
    assert_eq!(accent(&t.platform).await, "#ff8800", "at once where it was changed");
    until("the other node shows it", || async { accent(&other).await == "#ff8800" }).await;
    assert!(changed.elapsed() < Duration::from_millis(1_100), "it took {:?}", changed.elapsed());
    let theirs = other.brand(&globex.record, request(t)).await.expect("looks");
    assert_eq!(theirs.branding.accent, "#2563eb");
    assert_eq!(t.platform.cache_mixed() + other.cache_mixed(), 0);
    other.store().close();
    tasks.stop();
});

each_tier!(sample_data_goes_with_one_click_and_takes_nothing_else, async |t: &TestPlatform, tier| {
    let hash =
        t.platform.owner_password("owner@acme.test", crate::people::PASSWORD, &[]).await.expect("a hash");
    let acme = t
        .tenant_with("acme", tier, |r| {
            r.owner.password_hash = Some(hash);
            r.sample_data = true;
        })
        .await;
    let owner = Person::owner(t, &acme).await;
    let (tenant, platform) = (owner.tenant(t), &t.platform);
    let dashboards = platform.dashboard_list(&tenant).await.expect("a list").items;
    assert!(dashboards.len() == 1 && dashboards[0].default);
    let (_, data) = shown(t, &owner, dashboards[0].id, &DashboardRequest::default()).await;
    assert!(data.widgets.len() >= 6 && data.widgets.iter().all(|w| w.problem.is_none()), "{data:?}");
    let samples = platform.dataset_view(&tenant, "sample_metrics").await.expect("the samples");
    assert!(samples.definition.sample && samples.events.is_some_and(|n| n > 2_000), "{:?}", samples.events);

    ingest_flights(t, &owner, &flights(9, 50)).await;
    let own = platform.dashboard_create(&tenant, &overview()).await.expect("an own dashboard");
    let deleted = platform.sample_delete(&tenant).await.expect("deleted");
    assert_eq!(Some(deleted.events), samples.events);
    assert_eq!(
        (deleted.datasets, deleted.dashboards),
        (vec!["sample_metrics".into()], vec!["Overview".into()])
    );
    let left = platform.dashboard_list(&tenant).await.expect("a list").items;
    assert!(left.len() == 1 && left[0].id == own.id && left[0].default);
    assert_eq!(platform.dataset_view(&tenant, "flights").await.expect("own data").events, Some(50));
    let again = platform.sample_delete(&tenant).await.expect("nothing to do is no error");
    assert_eq!((again.events, again.datasets.len(), again.dashboards.len()), (0, 0, 0));
});

each_tier!(a_sample_dashboard_that_asks_own_data_stays, async |t: &TestPlatform, tier| {
    let hash =
        t.platform.owner_password("owner@acme.test", crate::people::PASSWORD, &[]).await.expect("a hash");
    let acme = t
        .tenant_with("acme", tier, |r| {
            r.owner.password_hash = Some(hash);
            r.sample_data = true;
        })
        .await;
    let owner = Person::owner(t, &acme).await;
    let tenant = owner.tenant(t);
    ingest(t, &owner, &[flight("1", "2013-01-01T10:00:00Z", 1.0)]).await.expect("taken");
    let id = t.platform.dashboard_list(&tenant).await.expect("a list").items[0].id;
    t.platform.dashboard_update(&tenant, id, Some(1), &overview()).await.expect("made one's own");
    let deleted = t.platform.sample_delete(&tenant).await.expect("deleted");
    assert!(deleted.events > 0 && deleted.dashboards.is_empty());
    t.platform.dashboard_view(&tenant, id).await.expect("it stays");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_change_the_looks() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let editor = owner.bring(t, "editor@acme.test", Role::Editor).await;
    let admin = owner.bring(t, "admin@acme.test", Role::Admin).await;
    let change = patch(json!({ "branding": { "radius": 2 } }));
    let refusal = t.platform.settings_update(&editor.tenant(t), Some(1), &change).await;
    assert_eq!(refused(refusal), "auth.forbidden");
    let logo = t.platform.brand_image_update(&editor.tenant(t), BrandImageKind::Logo, &png(1, 1), None).await;
    assert_eq!(refused(logo), "auth.forbidden");
    t.platform.settings_update(&admin.tenant(t), Some(1), &change).await.expect("an admin may");
    t.platform.sample_delete(&editor.tenant(t)).await.expect("an editor may remove samples");
    assert_eq!(t.platform.settings_view(&editor.tenant(t)).await.expect("seen").branding.radius, 2);
}
