//! Tests of [`super`]: what tokens may say, what is locked and required, what a revocation names.

use jiff::Timestamp;
use uuid::Uuid;

use super::*;

fn claims(now: i64) -> EmbedClaims {
    EmbedClaims {
        iss: "https://acme.example".into(),
        aud: AUDIENCE.into(),
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        dashboard: DashboardId::from_uuid(Uuid::from_u128(2)),
        widget: None,
        filters: vec![locked("origin", "EWR")],
        origins: vec![],
        sub: Some("user-42".into()),
        by: "key_x".into(),
        iat: now,
        nbf: now,
        exp: now + 300,
        jti: EmbedTokenId::from_uuid(Uuid::from_u128(3)),
    }
}

fn locked(dimension: &str, value: &str) -> Filter {
    Filter::In { dimension: dimension.into(), values: vec![Some(value.into())] }
}

#[test]
fn a_token_has_its_time() {
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let code = |claims: &EmbedClaims, now: i64| claims.check(at(now)).err().map(|e| e.code());
    let good = claims(1_000);
    assert_eq!(code(&good, 1_000), None);
    assert_eq!(code(&good, 1_000 - SKEW), None);
    assert_eq!(code(&good, 1_000 - SKEW - 1), Some("embed.not_yet"));
    assert_eq!(code(&good, 1_299), None);
    assert_eq!(code(&good, 1_300), Some("embed.expired"));
    let other = EmbedClaims { aud: "insula:api".into(), ..good.clone() };
    assert_eq!(code(&other, 1_000), Some("embed.audience"));
    for (iat, exp) in [(1_000, 1_601), (i64::MIN, i64::MAX), (0, 1_300), (1_000, i64::MAX)] {
        let long = EmbedClaims { iat, exp, ..good.clone() };
        assert_eq!(code(&long, 1_000), Some("embed.signature"), "{iat} {exp}");
    }
    let early = EmbedClaims { nbf: 900, ..good.clone() };
    assert_eq!(code(&early, 1_000), Some("embed.signature"), "it counts from when it was made");
}

#[test]
fn unknown_and_doubled_claims_are_refused() {
    let text = serde_json::to_string(&claims(1)).unwrap();
    assert!(serde_json::from_str::<EmbedClaims>(&text).is_ok());
    let more = text.replacen('{', r#"{"admin":true,"#, 1);
    let twice = text.replacen('{', r#"{"dashboard":"dsh_00000000000000000000000009","#, 1);
    for text in [more, twice] {
        assert!(serde_json::from_str::<EmbedClaims>(&text).is_err(), "{text}");
    }
}

#[test]
fn required_dimensions_are_locked_by_values() {
    let rules = EmbedRules { required: vec!["customer_id".into()] };
    assert!(rules.met_by(&[locked("customer_id", "7")]).is_ok());
    let other = Filter::NotIn { dimension: "customer_id".into(), values: vec![Some("7".into())] };
    let prefix = Filter::StartsWith { dimension: "customer_id".into(), value: "7".into() };
    let none = Filter::In { dimension: "customer_id".into(), values: vec![] };
    for filters in [vec![], vec![locked("origin", "x")], vec![other], vec![prefix], vec![none]] {
        assert!(rules.met_by(&filters).unwrap_err().is(problem::EMBED_ROW_FILTER), "{filters:?}");
    }
}

#[test]
fn what_is_locked_is_left_alone() {
    let grant = claims(1).grant();
    assert_eq!(grant.locked(), ["origin"]);
    assert!(grant.leaves_alone(&[locked("dest", "LAX")]).is_ok());
    let spellings = [
        locked("origin", "JFK"),
        Filter::NotIn { dimension: "origin".into(), values: vec![None] },
        Filter::Contains { dimension: "origin".into(), value: "J".into() },
        Filter::StartsWith { dimension: "origin".into(), value: "J".into() },
        Filter::Gt { measure: "origin".into(), value: 0.0 },
    ];
    for filter in spellings {
        let error = grant.leaves_alone(&[locked("dest", "LAX"), filter]).unwrap_err();
        assert!(error.is(problem::EMBED_LOCKED));
        assert_eq!(error.fields()[0].pointer, "/filters/1");
    }
}

#[test]
fn a_revocation_names_one_thing() {
    let read = |text: &str| serde_json::from_str::<EmbedRevocationInput>(text);
    assert_eq!(read(r#"{"viewer":"u"}"#).unwrap().named().unwrap(), ("viewer", "u".to_owned()));
    assert_eq!(read(r#"{"all":true}"#).unwrap().named().unwrap().0, "all");
    assert!(read(r#"{"all":false}"#).unwrap().named().is_err());
    assert!(read(r#"{"viewer":""}"#).unwrap().named().is_err());
    for text in ["{}", r#"{"viewer":"u","all":true}"#, r#"{"tenant":"x"}"#, r#"{"token":"dsh_1"}"#] {
        assert!(read(text).is_err(), "{text}");
    }
}
