//! Cursors open for exactly what they were made for.

use insula_model::Tier;
use insula_store::OperatorSessionKind;

use crate::client::Reply;
use crate::house::{CONSOLE, House, PASSWORD, get};

fn cursor(reply: &Reply) -> String {
    reply.json()["next_cursor"].as_str().expect("a next page").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_without_gaps() {
    let house = House::open().await;
    let slugs = ["alpha", "bravo", "charlie", "delta", "echo"];
    for slug in slugs {
        house.platform.tenant(slug, Tier::Pooled).await;
    }
    for (order, sort) in
        [("asc", "slug"), ("desc", "slug"), ("asc", "created_at"), ("desc", "name"), ("asc", "status")]
    {
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let path = format!("/tenants?sort={sort}&order={order}&limit=2{next}");
            let page = house.console("GET", &path).send().await.expect(200).json();
            assert_eq!(page["total"], 5);
            let items = page["items"].as_array().expect("items").clone();
            seen.extend(items.iter().map(|t| t["slug"].as_str().expect("a slug").to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        let mut expected: Vec<String> = slugs.iter().map(|s| (*s).to_owned()).collect();
        if order == "desc" {
            expected.reverse();
        }
        if sort == "status" {
            seen.sort();
        }
        assert_eq!(seen, expected, "{sort} {order}");
    }
    let found =
        house.console("GET", "/tenants?q=AR&status=active&tier=pooled").send().await.expect(200).json();
    assert_eq!(found["total"], 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_bound_to_list_filters_and_person() {
    let house = House::open().await;
    for slug in ["alpha", "bravo", "charlie"] {
        house.platform.tenant(slug, Tier::Pooled).await;
    }
    let first = house.console("GET", "/tenants?limit=1&sort=slug").send().await.expect(200);
    let mine = cursor(&first);
    let again = async |query: &str| house.console("GET", &format!("/{query}&cursor={mine}")).send().await;
    again("tenants?limit=2&sort=slug").await.expect(200);
    for other in [
        "tenants?sort=name",
        "tenants?sort=slug&order=desc",
        "tenants?sort=slug&q=a",
        "operations?limit=1",
        "mails?limit=1",
    ] {
        again(other).await.refused(400, "page.cursor");
    }
    for at in [0, 5, mine.len() / 2, mine.len() - 1] {
        let mut edited = mine.clone().into_bytes();
        edited[at] = if edited[at] == b'A' { b'B' } else { b'A' };
        let edited = String::from_utf8(edited).expect("text");
        let path = format!("/tenants?sort=slug&cursor={edited}");
        house.console("GET", &path).send().await.refused(400, "page.cursor");
    }
    house.console("GET", "/tenants?cursor=").send().await.refused(400, "page.cursor");
    // Another operator's.
    let platform = &house.platform.platform;
    let op = house.platform.operator().await;
    let role = insula_model::OperatorRole::Support;
    platform.operator_create(&op, "other@insula.test", "Other", role, PASSWORD).await.expect("an operator");
    let other = platform.store().operator_of_email("other@insula.test").await.expect("read").expect("there");
    let until = platform.world().now() + std::time::Duration::from_secs(3600);
    let token = platform.store().operator_session_create(&other, OperatorSessionKind::Token, until).await;
    let path = format!("/api/v1/tenants?limit=2&sort=slug&cursor={mine}");
    let ask = house.ask(CONSOLE, "GET", &path).bearer(&token.expect("a token"));
    ask.send().await.refused(400, "page.cursor");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_tenant_is_none() {
    let house = House::open().await;
    let (acme, globex) =
        (house.tenant("acme", Tier::Pooled).await, house.tenant("globex", Tier::Pooled).await);
    let (a, b) = (house.owner(&acme).await, house.owner(&globex).await);
    house.member(&acme, "viewer").await;
    house.member(&globex, "viewer").await;
    for path in ["/audit", "/members"] {
        let theirs = cursor(&get(&house, &globex, &b, &format!("{path}?limit=1")).await.expect(200));
        get(&house, &globex, &b, &format!("{path}?limit=1&cursor={theirs}")).await.expect(200);
        let tried = get(&house, &acme, &a, &format!("{path}?limit=1&cursor={theirs}")).await;
        tried.refused(400, "page.cursor");
    }
    house.close().await;
}
