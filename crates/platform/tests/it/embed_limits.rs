//! How many embed tokens are made, and how many are tried. Time goes on while these tests run, so that they compare with how
//! much of it has passed.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use insula_model::{Error, Result, Tier, problem};
use insula_platform::EmbedLimits;
use insula_store::OpCtx;
use insula_testkit::{TestOptions, TestPlatform, TestTenant};
use jiff::{SignedDuration, Timestamp};

use crate::embeds::{flown, input, mint};
use crate::people::{refused, request};

const LIMITS: EmbedLimits = EmbedLimits { mint_rate: 2, mint_burst: 5, refusal_rate: 1, refusal_burst: 4 };
/// More than anything here is tried before the limit is there.
const OFTEN: usize = 500;

async fn start() -> TestPlatform {
    TestPlatform::start_with(TestOptions { embeds: LIMITS, ..TestOptions::default() }).await
}

/// Does it until it is too often. Says how often it was not, and what was said then.
async fn until_too_often<T>(mut what: impl AsyncFnMut() -> Result<T>) -> (u32, Error) {
    let mut done = 0;
    for _ in 0..OFTEN {
        match what().await {
            Err(error) if error.is(problem::RATE_LIMITED) => {
                let wait = error.wait().expect("a time to wait");
                assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
                return (done, error);
            }
            _ => done += 1,
        }
    }
    panic!("{done} times, and never too often");
}

/// Whether so many since then are a whole bucket, and what has come back meanwhile.
fn fits(done: u32, burst: u32, rate: u32, began: Timestamp, now: Timestamp) -> bool {
    let back = now.duration_since(began).as_secs_f64() * f64::from(rate);
    done >= burst && f64::from(done) <= f64::from(burst) + back + 1.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_makes_so_many_tokens_and_holds_up_no_other() {
    let t = start().await;
    let (_, owner, id) = flown(&t, "acme", Tier::Pooled).await;
    let (_, other, theirs) = flown(&t, "globex", Tier::Pooled).await;
    let now = || t.platform.world().now();
    // What nobody may make counts for nobody.
    let mut wrong = input(id);
    wrong.ttl_seconds = Some(3_600);
    for _ in 0..OFTEN {
        assert_eq!(refused(t.platform.embed_token_create(&owner.tenant(&t), &wrong).await), "input.invalid");
    }
    let (burst, rate) = (LIMITS.mint_burst, LIMITS.mint_rate);
    for (who, id) in [(&owner, id), (&other, theirs)] {
        let began = now();
        let create = async || t.platform.embed_token_create(&who.tenant(&t), &input(id)).await;
        let (made, error) = until_too_often(create).await;
        assert!(fits(made, burst, rate, began, now()), "{made} were made");
        assert!(error.detail().contains("2 embed tokens a second"), "{}", error.detail());
    }
    t.clock.advance(SignedDuration::from_secs(1));
    for _ in 0..rate {
        mint(&t, &owner, &input(id)).await;
    }
    t.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_comes_so_often_with_what_is_refused() {
    let t = start().await;
    let (acme, owner, id) = flown(&t, "acme", Tier::Pooled).await;
    let (globex, other, theirs) = flown(&t, "globex", Tier::Pooled).await;
    let (good, elsewhere) =
        (mint(&t, &owner, &input(id)).await.token, mint(&t, &other, &input(theirs)).await.token);
    let show = async |at: &TestTenant, text: &str, from: u8| -> Result<OpCtx> {
        let from = IpAddr::V4(Ipv4Addr::new(192, 0, 2, from));
        t.platform.embed_context(text, &at.record, from, request(&t)).await
    };
    for _ in 0..20 {
        show(&acme, &good, 1).await.expect("what is valid is not counted");
    }
    // Each kind of refusal counts; from then on nothing of that address is looked at.
    for (n, text) in ["a.b.c", &elsewhere, "ipl_nonsense", &format!("{good}x")].into_iter().enumerate() {
        let (from, began) = (10 + u8::try_from(n).expect("few"), t.platform.world().now());
        let (done, error) = until_too_often(async || show(&acme, text, from).await).await;
        let now = t.platform.world().now();
        assert!(fits(done, LIMITS.refusal_burst, LIMITS.refusal_rate, began, now), "{text}: {done} times");
        assert!(!error.detail().contains("192.0.2"), "{}", error.detail());
        show(&acme, &good, 1).await.expect("another address");
        show(&globex, &elsewhere, from).await.expect("another workspace");
    }
    let held_up = async || {
        until_too_often(async || show(&acme, "a.b.c", 10).await).await;
        show(&acme, &good, 10).await.is_err_and(|error| error.is(problem::RATE_LIMITED))
    };
    let mut held = false;
    for _ in 0..20 {
        held = held || held_up().await;
    }
    assert!(held, "a token that is valid waits, too: nobody knows that it is before looking");
    t.clock.advance(SignedDuration::from_secs(1));
    show(&acme, &good, 10).await.expect("it ends by itself");
    t.stop().await;
}
