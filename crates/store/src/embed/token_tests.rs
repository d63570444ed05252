//! Tests of [`super`]: what is a token, and everything that is none.

use insula_model::{DashboardId, EmbedTokenId, TenantId, embed, problem};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn signer(seed: u8) -> EmbedSigner {
    EmbedSigner::of_seed(EmbedKeyId::from_uuid(Uuid::from_u128(u128::from(seed))), &[seed; 32]).unwrap()
}

fn claims() -> EmbedClaims {
    EmbedClaims {
        iss: "https://acme.example".into(),
        aud: embed::AUDIENCE.into(),
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        dashboard: DashboardId::from_uuid(Uuid::from_u128(2)),
        widget: None,
        filters: vec![],
        origins: vec![],
        sub: None,
        by: "key_x".into(),
        iat: 1_000,
        nbf: 1_000,
        exp: 1_300,
        jti: EmbedTokenId::from_uuid(Uuid::from_u128(3)),
    }
}

fn open(text: &str, key: &EmbedSigner) -> Result<EmbedClaims> {
    parse(text)?.verified(key.public_key())
}

fn refused(text: &str, key: &EmbedSigner) {
    let error = open(text, key).expect_err(text);
    assert_eq!(
        (error.code(), error.detail()),
        (problem::EMBED_SIGNATURE.code, not_a_token().detail()),
        "{text}"
    );
}

/// A token with any header and claims, rightly signed.
fn made(header: &Value, claims: &str, key: &EmbedSigner) -> String {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.as_bytes()));
    format!("{signed}.{}", encode(&key.signature(signed.as_bytes())))
}

#[test]
fn a_token_opens_with_its_key_only() {
    let (mine, other) = (signer(1), signer(2));
    let token = mine.sign(&claims()).unwrap();
    assert_eq!(open(&token, &mine).unwrap(), claims());
    assert_eq!(parse(&token).unwrap().key, mine.id());
    refused(&token, &other);
    assert_eq!(token, mine.sign(&claims()).unwrap(), "the same claims are the same token");
}

#[test]
fn no_byte_of_it_can_be_changed() {
    let key = signer(1);
    let token = key.sign(&claims()).unwrap();
    for i in 0..token.len() {
        let mut edited = token.clone().into_bytes();
        edited[i] = if edited[i] == b'A' { b'B' } else { b'A' };
        let edited = String::from_utf8(edited).unwrap();
        assert!(open(&edited, &key).is_err(), "byte {i}");
    }
    for text in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[1..].to_owned()] {
        refused(&text, &key);
    }
}

#[test]
fn one_algorithm_and_one_header() {
    let key = signer(1);
    let text = serde_json::to_string(&claims()).unwrap();
    let good = json!({ "alg": "EdDSA", "typ": TYPE, "kid": key.id() });
    assert!(open(&made(&good, &text, &key), &key).is_ok());
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("alg", json!(["EdDSA"])),
        ("typ", json!("JWT")),
        ("typ", json!("INSULA-EMBED+JWT")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("dsh_00000000000000000000000001")),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" })),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/keys")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
    ] {
        let mut header = good.clone();
        header[name] = value;
        refused(&made(&header, &text, &key), &key);
    }
    for missing in ["alg", "typ", "kid"] {
        let mut header = good.clone();
        header.as_object_mut().unwrap().remove(missing);
        refused(&made(&header, &text, &key), &key);
    }
    // Unsigned, and signed with what everybody knows: the public key as an HMAC's secret would be 32 bytes.
    let token = key.sign(&claims()).unwrap();
    let (signed, _) = token.rsplit_once('.').unwrap();
    for signature in ["", "AAAA", &"A".repeat(43), &"A".repeat(86)] {
        refused(&format!("{signed}.{signature}"), &key);
    }
}

#[test]
fn claims_are_what_they_are_and_once() {
    let (key, header) = (signer(1), json!({ "alg": "EdDSA", "typ": TYPE, "kid": signer(1).id() }));
    let text = serde_json::to_string(&claims()).unwrap();
    let with = |more: &str| text.replacen('{', &format!("{{{more},"), 1);
    for claims in [
        with(r#""admin":true"#),
        with(r#""exp":9999999999"#),
        with(r#""dashboard":"dsh_00000000000000000000000009""#),
        text.replace("\"exp\":1300", "\"exp\":\"1300\""),
        text.replace("\"exp\":1300", "\"exp\":1300.5"),
        text.replace("\"exp\":1300", "\"exp\":99999999999999999999"),
        text.replace(",\"exp\":1300", ""),
        text.replace("\"filters\":[],", ""),
        "[]".to_owned(),
        "null".to_owned(),
        String::new(),
    ] {
        refused(&made(&header, &claims, &key), &key);
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let key = signer(1);
    let long = "A".repeat(MAX_TOKEN_BYTES + 1);
    for text in ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "eyJ9.eyJ9.", "isk_x", &long, "é.é.é"] {
        refused(text, &key);
    }
    let mut huge = claims();
    huge.iss = "x".repeat(4_000);
    assert!(key.sign(&huge).unwrap_err().is(problem::INVALID));
}
