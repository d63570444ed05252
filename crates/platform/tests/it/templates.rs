//! Templates: published once, seen by many, changed by some.

use std::time::Instant;

use insula_model::{
    ApiKeyId, Dashboard, DashboardData, DashboardId, DashboardInput, DashboardRestore, Plan, RequestId, Role,
    Template, TemplateId, TemplateInput, TemplateTarget, TenantId, Tier, api_key,
};
use insula_platform::{DashboardRequest, Platform};
use insula_store::Tenant;
use insula_testkit::{TestOptions, TestPlatform, TestTenant, each_tier, until};

use sha2::{Digest, Sha256};

use crate::data::{flights, ingest_flights, number, overview, shown};
use crate::people::{Person, audit, home, refused};

const PLAIN: DashboardRequest<'static> =
    DashboardRequest { range: None, compare: None, known: None, filters: &[] };

fn input(name: &str, target: TemplateTarget) -> TemplateInput {
    let DashboardInput { config, .. } = overview();
    TemplateInput { name: name.to_owned(), description: Some("From the operator".to_owned()), config, target }
}

async fn publish(t: &TestPlatform, input: &TemplateInput) -> Template {
    t.platform.template_create(&t.operator().await, input).await.expect("published")
}

async fn names(platform: &Platform, tenant: &Tenant<'_>) -> Vec<String> {
    let list = platform.dashboard_list(tenant).await.expect("a list").items;
    list.into_iter().filter(|d| d.template.is_some()).map(|d| d.name).collect()
}

async fn viewed(t: &TestPlatform, who: &Person, id: DashboardId) -> Dashboard {
    t.platform.dashboard_view(&who.tenant(t), id).await.expect("the dashboard")
}

/// What somebody would send to change it.
fn as_input(dashboard: &Dashboard) -> DashboardInput {
    DashboardInput {
        name: dashboard.name.clone(),
        description: dashboard.description.clone(),
        config: dashboard.config.clone().expect("what it shows"),
        note: None,
    }
}

each_tier!(a_template_is_a_dashboard_of_every_tenant_it_is_meant_for, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    ingest_flights(t, &a, &flights(3, 60)).await;
    let all = publish(t, &input("For all", TemplateTarget::All)).await;
    publish(t, &input("For growth", TemplateTarget::Plan { plan: Plan::Growth })).await;
    publish(t, &input("For acme", TemplateTarget::Tenants { tenants: vec!["acme".to_owned()] })).await;
    assert_eq!(names(&t.platform, &a.tenant(t)).await, ["For acme", "For all"]);
    assert_eq!(names(&t.platform, &b.tenant(t)).await, ["For all"]);
    let id = all.id.dashboard();
    let seen = viewed(t, &a, id).await;
    assert_eq!((seen.name.as_str(), seen.version, seen.config), ("For all", 1, Some(overview().config)));

    // Each with its own numbers; what a tenant lacks is said in its place and holds up nothing.
    let (_, data) = shown(t, &a, id, &PLAIN).await;
    let expected: f64 = flights(3, 60).iter().map(|f| f.distance).sum();
    assert_eq!(number(&data, "total"), Some(expected));
    let (etag, data) = shown(t, &b, id, &PLAIN).await;
    let codes = |data: &DashboardData| -> Vec<Option<String>> {
        data.widgets.iter().map(|w| w.problem.as_ref().map(|p| p.code.clone())).collect()
    };
    assert_eq!(codes(&data), vec![Some("question.invalid".to_owned()); 3]);

    // A new version is a change like any other, for everybody who looks.
    let mut second = input("For all, renamed", TemplateTarget::All);
    second.config.widgets[0].title = "Miles".to_owned();
    let op = t.operator().await;
    let stale = t.platform.template_update(&op, all.id, 7, &second).await.expect_err("stale");
    assert_eq!((stale.code(), stale.present()), ("version.stale", Some(1)));
    t.platform.template_update(&op, all.id, 1, &second).await.expect("a new version");
    let seen = viewed(t, &b, id).await;
    assert_eq!((seen.version, seen.config.expect("content").widgets[0].title.as_str()), (2, "Miles"));
    assert_ne!(shown(t, &b, id, &PLAIN).await.0, etag);

    // Nothing was written into anybody's place.
    for tenant in [&acme, &globex] {
        let place = tenant.superuser(t).await;
        let sql = "SELECT count(*) FROM dashboards WHERE template_version IS NOT NULL";
        assert_eq!(place.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 0);
    }
    assert_eq!(refused(t.platform.dashboard_delete(&a.tenant(t), id).await), "dashboard.template");
    t.platform.template_withdraw(&op, all.id).await.expect("withdrawn");
    assert_eq!(names(&t.platform, &b.tenant(t)).await, [] as [&str; 0]);
    assert_eq!(refused(t.platform.dashboard_view(&b.tenant(t), id).await), "not_found");
    assert_eq!(refused(t.platform.dashboard_data(&b.tenant(t), id, &PLAIN).await), "not_found");
});

each_tier!(what_a_tenant_changed_stays_and_conflicts_are_listed, async |t: &TestPlatform, tier| {
    let (acme, globex) = (home(t, "acme", tier).await, home(t, "globex", tier).await);
    let (a, b) = (Person::owner(t, &acme).await, Person::owner(t, &globex).await);
    let template = publish(t, &input("Flights everywhere", TemplateTarget::All)).await;
    let id = template.id.dashboard();
    let mut own = as_input(&viewed(t, &a, id).await);
    own.config.widgets[0].title = "Ours".to_owned();
    own.config.layout[2].y = 5;
    let tenant = a.tenant(t);
    let change = |version| t.platform.dashboard_update(&tenant, id, version, &own);
    assert_eq!(refused(change(None).await), "version.required");
    assert_eq!(refused(change(Some(4)).await), "version.stale");
    let changed = change(Some(1)).await.expect("changed");
    assert_eq!((changed.version, changed.template.as_ref().map(|t| t.changed)), (2, Some(true)));
    assert_eq!(viewed(t, &a, id).await.config.as_ref(), Some(&own.config));
    // Nobody else sees it.
    assert_eq!(viewed(t, &b, id).await.config, Some(overview().config));

    // The next version: one title both changed, one only the template, one widget that is new.
    let mut second = input("Flights everywhere", TemplateTarget::All);
    second.config.widgets[0].title = "Theirs".to_owned();
    second.config.widgets[1].title = "Course".to_owned();
    let op = t.operator().await;
    t.platform.template_update(&op, template.id, 1, &second).await.expect("published");
    let together = viewed(t, &a, id).await;
    let titles: Vec<_> =
        together.config.as_ref().expect("content").widgets.iter().map(|w| w.title.as_str()).collect();
    assert_eq!(titles, ["Ours", "Course", "Origins"]);
    assert_eq!(together.version, 3);
    let conflicts = together.template.clone().expect("a template").conflicts;
    assert_eq!(conflicts.iter().map(|c| c.at.as_str()).collect::<Vec<_>>(), ["/config/widgets/total/title"]);

    // The operator sees it, says why, and the tenant's log has it.
    let refusal = t.platform.template_conflict_list(&op, template.id, None, 50).await;
    assert_eq!(refused(refusal), "support.reason");
    let asked = t.operator().await.with_reason("what does the new version break?").expect("a reason");
    let listed =
        t.platform.template_conflict_list(&asked, template.id, None, 50).await.expect("a list").items;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].slug.as_str(), &listed[0].conflicts), ("acme", &conflicts));
    let (action, who, _) = audit(t, &acme).await.pop().expect("an entry");
    assert_eq!((action.as_str(), who.as_str()), ("dashboard.view", "operator@insula.test"));
    assert!(audit(t, &globex).await.iter().all(|(action, ..)| action != "dashboard.view"));

    // Saving what is shown decides; what was before is among the versions.
    let saved =
        t.platform.dashboard_update(&a.tenant(t), id, Some(3), &as_input(&together)).await.expect("saved");
    assert_eq!((saved.version, saved.template.map(|t| t.conflicts)), (4, Some(vec![])));
    let second_again = DashboardRestore { version: 2, note: None };
    let restored = t.platform.dashboard_restore(&tenant, id, Some(4), &second_again).await;
    assert_eq!(restored.expect("restored").config.as_ref(), Some(&own.config));
    let reset = t.platform.dashboard_reset(&a.tenant(t), id, Some(5)).await.expect("reset");
    assert_eq!((reset.version, reset.config.as_ref()), (6, Some(&second.config)));
    assert_eq!(reset.template.map(|t| t.changed), Some(false));
    let versions = t.platform.dashboard_version_list(&a.tenant(t), id, None, 50).await.expect("versions");
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [6, 5, 4, 2]);

    // Withdrawn, it is gone for those who changed nothing, and stays for those who did.
    t.platform.template_withdraw(&op, template.id).await.expect("withdrawn");
    assert_eq!(refused(t.platform.dashboard_view(&b.tenant(t), id).await), "not_found");
    assert_eq!(viewed(t, &a, id).await.version, 6);
    t.platform.dashboard_delete(&a.tenant(t), id).await.expect("now it is the tenant's to delete");
    assert_eq!(refused(t.platform.dashboard_view(&a.tenant(t), id).await), "not_found");
});

each_tier!(of_first_changes_at_once_one_wins_and_a_viewer_changes_nothing, async |t: &TestPlatform, tier| {
    let acme = home(t, "acme", tier).await;
    let owner = Person::owner(t, &acme).await;
    let viewer = owner.bring(t, "viewer@acme.test", Role::Viewer).await;
    let template = publish(t, &input("For all", TemplateTarget::All)).await;
    let id = template.id.dashboard();
    let own = as_input(&viewed(t, &viewer, id).await);
    assert_eq!(
        refused(t.platform.dashboard_update(&viewer.tenant(t), id, Some(1), &own).await),
        "auth.forbidden"
    );
    assert_eq!(refused(t.platform.dashboard_reset(&viewer.tenant(t), id, Some(1)).await), "auth.forbidden");
    let change = |n: usize| {
        let (input, owner) = (DashboardInput { name: format!("Version of {n}"), ..own.clone() }, &owner);
        async move { t.platform.dashboard_update(&owner.tenant(t), id, Some(1), &input).await }
    };
    let changes = futures_util::future::join_all((0..4).map(change)).await;
    assert_eq!(changes.iter().filter(|c| c.is_ok()).count(), 1);
    let op = t.operator().await;
    let again = t.platform.template_create(&op, &input("For all", TemplateTarget::All)).await;
    assert_eq!(refused(again), "template.name");
    let nobody = TemplateTarget::Tenants { tenants: vec!["acme".to_owned(), "nobody".to_owned()] };
    assert_eq!(refused(t.platform.template_create(&op, &input("To nobody", nobody)).await), "not_found");
});

#[tokio::test(flavor = "multi_thread")]
async fn every_version_is_kept_and_whoever_changed_it_is_counted() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let owner = Person::owner(t, &acme).await;
    let some = TemplateTarget::Tenants { tenants: vec!["acme".to_owned()] };
    let template = publish(t, &input("For acme", some.clone())).await;
    let op = t.operator().await;
    let listed = async || t.platform.template_list(&op).await.expect("a list").items.remove(0);
    assert_eq!((listed().await.changed, listed().await.config), (Some(0), None));

    let mut second = input("For everybody", TemplateTarget::All);
    second.config.widgets[0].title = "Miles".to_owned();
    t.platform.template_update(&op, template.id, 1, &second).await.expect("a new version");
    let id = template.id.dashboard();
    let own = DashboardInput { name: "Ours".to_owned(), ..as_input(&viewed(t, &owner, id).await) };
    t.platform.dashboard_update(&owner.tenant(t), id, Some(2), &own).await.expect("changed");
    assert_eq!(listed().await.changed, Some(1));
    assert_eq!(t.platform.template_view(&op, template.id).await.expect("one").changed, Some(1));

    let versions = |before, limit| t.platform.template_version_list(&op, template.id, before, limit);
    let all = versions(None, 50).await.expect("versions");
    let said: Vec<_> = all.iter().map(|v| (v.version, v.name.as_str(), v.author.as_str())).collect();
    let author = op.actor().name.as_str();
    assert_eq!(said, [(2, "For everybody", author), (1, "For acme", author)]);
    assert!(all.iter().all(|v| v.config.is_none()));
    assert_eq!(versions(None, 1).await.expect("a page").len(), 1);
    assert_eq!(versions(Some(2), 50).await.expect("a page")[0].version, 1);
    assert_eq!(versions(Some(1), 50).await.expect("nothing").len(), 0);
    let first = t.platform.template_version_view(&op, template.id, 1).await.expect("the first one");
    assert_eq!((first.target, first.config), (some, Some(overview().config)));

    assert_eq!(refused(t.platform.template_version_view(&op, template.id, 3).await), "not_found");
    let nobodys = TemplateId::from_uuid(t.platform.world().uuid());
    assert_eq!(refused(t.platform.template_version_list(&op, nobodys, None, 50).await), "not_found");
    assert_eq!(refused(t.platform.template_version_view(&op, nobodys, 1).await), "not_found");
}

/// Tenants that are looked from.
const LOOKED_FROM: usize = 500;

/// Puts ten thousand pooled tenants into the catalogue, and a key to look with into some of them.
async fn many(t: &TestPlatform, like: &TestTenant) -> Vec<(TenantId, String)> {
    let control = t.control_superuser().await;
    control
        .execute(
            "INSERT INTO control.tenants (id, slug, name, status, plan, created_at, status_at) \
             SELECT gen_random_uuid(), 'many-' || n, 'Many ' || n, 'active', 'free', now(), now() \
               FROM generate_series(1, 10000) AS n",
            &[],
        )
        .await
        .expect("tenants");
    let place = "INSERT INTO control.placements (tenant_id, cell, tier, database_name, schema_name, role_name) \
                 SELECT n.id, p.cell, p.tier, p.database_name, p.schema_name, p.role_name \
                   FROM control.tenants n, control.placements p WHERE p.tenant_id = $1 AND n.slug LIKE 'many-%'";
    control.execute(place, &[&like.id().uuid()]).await.expect("placements");
    let every = "SELECT id FROM control.tenants WHERE slug LIKE 'many-%' ORDER BY id LIMIT $1";
    let rows = control.query(every, &[&i64::try_from(LOOKED_FROM).expect("a number")]).await.expect("ids");
    let tenants: Vec<TenantId> = rows.iter().map(|row| TenantId::from_uuid(row.get(0))).collect();
    let keys: Vec<(TenantId, ApiKeyId, String)> = tenants
        .iter()
        .map(|tenant| {
            let key = ApiKeyId::from_uuid(t.platform.world().uuid());
            (*tenant, key, api_key::text(*tenant, key, &"0".repeat(52)))
        })
        .collect();
    let data = like.superuser(t).await;
    for (tenant, key, text) in &keys {
        let hash = Sha256::digest(text.as_bytes()).to_vec();
        let (tenant, key) = (tenant.uuid(), key.uuid());
        data.execute("INSERT INTO tenancy VALUES ($1, 1, true)", &[&tenant]).await.expect("a tenant");
        let sql = "INSERT INTO api_keys (tenant_id, id, name, secret_hash, scopes, created_by, created_at) \
                   VALUES ($1, $2, 'look', $3, ARRAY['dashboards:read'], 'a test', now())";
        data.execute(sql, &[&tenant, &key, &hash]).await.expect("a key");
    }
    keys.into_iter().map(|(tenant, _, text)| (tenant, text)).collect()
}

/// The version that each of these tenants sees of a dashboard, on a node, through its own key.
async fn versions(node: &Platform, tenants: &[(TenantId, String)], id: DashboardId) -> Vec<Option<i64>> {
    let mut seen = Vec::new();
    for (tenant, key) in tenants {
        let record = node.store().tenant_of_id(*tenant).await.expect("the catalogue").expect("a tenant");
        let request = RequestId::from_uuid(node.world().uuid());
        let op = node.api_key_context(key, &record, request).await.expect("its key");
        let tenant = node.store().tenant(&op, record).expect("the tenant");
        seen.push(node.dashboard_view(&tenant, id).await.ok().map(|d| d.version));
    }
    seen
}

/// Publishing costs the same however many tenants there are, and writes nothing to any of them: when another node shows
/// the new version to one tenant, it shows it to all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_tenants_see_a_new_version_within_five_seconds() {
    let t = &TestPlatform::start().await;
    let acme = home(t, "acme", Tier::Pooled).await;
    let tenants = many(t, &acme).await;
    let template = publish(t, &input("For all", TemplateTarget::All)).await;
    let (node, tasks) = t.another_node(TestOptions { workers: false, ..TestOptions::default() }).await;
    let id = template.id.dashboard();
    assert_eq!(versions(&node, &tenants[..50], id).await, vec![Some(1); 50]);
    let mut second = input("For all", TemplateTarget::All);
    second.config.widgets[0].title = "Miles".to_owned();
    let begun = Instant::now();
    t.platform.template_update(&t.operator().await, template.id, 1, &second).await.expect("published");
    let published = begun.elapsed();
    let first = &tenants[..1];
    until("the other node shows it", async || versions(&node, first, id).await == [Some(2)]).await;
    let shown = begun.elapsed();
    assert_eq!(versions(&node, &tenants, id).await, vec![Some(2); LOOKED_FROM]);
    let looked = begun.elapsed();
    println!(
        "10,000 pooled tenants: published in {published:?}, shown by another node after {shown:?}; \
         {LOOKED_FROM} of them had looked after {looked:?}"
    );
    assert!(shown.as_secs() < 5, "{shown:?}");
    drop(node);
    tasks.stop();
}
