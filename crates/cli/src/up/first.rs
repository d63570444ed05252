//! The first operator and the first tenant of an installation.

use std::time::Duration;

use insula_model::{OperatorRole, RequestId, Slug, problem, tenant as rules};
use insula_platform::Platform;
use insula_store::OperatorSessionKind;
use serde_json::json;

use super::home::{Home, Operator, Secrets};
use super::{Wishes, remember, words};
use crate::client::Api;
use crate::client::answers::Operation;
use crate::client::read;
use crate::commands::Context;
use crate::failure::{Exit, Failure};
use crate::terminal::ask;
use crate::terminal::phase::Phase;
use crate::terminal::steps::Steps;

/// Who the first operator is unless somebody says otherwise.
const OPERATOR: &str = "operator@insula.test";
/// How long the token for scripts lasts.
const TOKEN: Duration = Duration::from_hours(400 * 24);

/// Makes sure that there is an operator with a token that works.
pub(super) async fn operator(
    cx: &Context,
    platform: &Platform,
    wishes: &Wishes,
    home: &Home,
    secrets: &mut Secrets,
) -> Result<Operator, Failure> {
    let known = secrets.operator.clone();
    let mut operator = match known {
        Some(operator) => operator,
        None => wished(cx, wishes)?,
    };
    if platform.store().operator_of_email(&operator.email).await?.is_none() {
        install(cx, platform, &mut operator).await?;
    }
    let works = match &operator.token {
        Some(token) => {
            let request = RequestId::from_uuid(cx.world.uuid());
            platform.operator_context(token, request).await.is_ok()
        }
        None => false,
    };
    if !works {
        let record = platform.store().operator_of_email(&operator.email).await?.ok_or_else(|| {
            Failure::new(Exit::Failed, "internal", "The operator is gone", "It was there a moment ago.")
        })?;
        let until = platform.world().now() + TOKEN;
        let token =
            platform.store().operator_session_create(&record, OperatorSessionKind::Token, until).await?;
        operator.token = Some(token);
    }
    secrets.operator = Some(operator.clone());
    remember(home, secrets)?;
    Ok(operator)
}

/// The operator that was asked for: by flags, at the terminal, or the usual one.
fn wished(cx: &Context, wishes: &Wishes) -> Result<Operator, Failure> {
    let check = |text: &str| rules::email(text, "/email").map_err(|e| e.detail().to_owned());
    let asked = !wishes.demo && wishes.operator_email.is_none() && ask::somebody();
    let email = match &wishes.operator_email {
        Some(email) => {
            check(email).map_err(|why| Failure::usage(format!("--operator-email {email:?}: {why}")))?
        }
        None if asked => {
            cx.out.note("\n  This is the first start here. Somebody must be able to sign in to the console.");
            ask::text(&cx.out, "The operator's e-mail", Some(OPERATOR), check)?
        }
        None => OPERATOR.to_owned(),
    };
    let password = match &wishes.operator_password {
        Some(password) => Some(password.clone()),
        // Asked for when it is sure that the operator does not exist yet.
        None if asked => None,
        None => Some(words::password(&cx.world, if wishes.demo { 2 } else { 4 })),
    };
    Ok(Operator { email, password, token: None })
}

/// Makes the operator, with the password that is known, or one that somebody types until it is good enough.
async fn install(cx: &Context, platform: &Platform, operator: &mut Operator) -> Result<(), Failure> {
    loop {
        let typed = match &operator.password {
            Some(_) => None,
            None => typed(cx)?,
        };
        let password = match &typed {
            Some(password) => password.clone(),
            None => operator.password.get_or_insert_with(|| words::password(&cx.world, 4)).clone(),
        };
        let made =
            platform.operator_install(&operator.email, "Operator", OperatorRole::Admin, &password).await;
        match made {
            Ok(_) => return Ok(()),
            Err(error) if typed.is_some() && error.is(problem::PASSWORD_WEAK) => {
                cx.out.note(format!("    {}", cx.out.err.yellow(error.detail())));
            }
            Err(error) => {
                let hint = "Say --operator-email and INSULA_OPERATOR_PASSWORD, or start again.";
                return Err(Failure::from(error).hint(hint));
            }
        }
    }
}

/// A password that somebody typed; it is written down nowhere.
fn typed(cx: &Context) -> Result<Option<String>, Failure> {
    if !ask::somebody() {
        return Ok(None);
    }
    ask::secret(&cx.out, "A password, 10 characters or more (empty: one is made and shown)")
}

/// Makes the first tenant, when one was asked for.
pub(super) async fn tenant(
    cx: &Context,
    api: &Api,
    wishes: &Wishes,
    home: &Home,
    secrets: &mut Secrets,
) -> Result<(), Failure> {
    let any = api.get("/tenants", &[("limit", "1".to_owned())]).await?;
    let none = any.body.get("items").and_then(|i| i.as_array()).is_some_and(Vec::is_empty);
    let check = |text: &str| text.parse::<Slug>().map_err(|e| e.detail().to_owned());
    let slug = match &wishes.tenant {
        Some(slug) => Some(check(slug).map_err(|why| Failure::usage(format!("--tenant {slug:?}: {why}")))?),
        None if none && ask::somebody() && secrets.tenants.is_empty() => {
            let blank = |text: &str| if text == "-" { Ok(None) } else { check(text).map(Some) };
            ask::text(&cx.out, "The slug of a first tenant (- for none)", Some("acme"), blank)?
        }
        None => None,
    };
    let Some(slug) = slug else { return Ok(()) };
    let path = format!("/tenants/{slug}");
    match api.get(&path, &[]).await {
        Ok(_) => return Ok(()),
        Err(failure) if failure.is(problem::NOT_FOUND) => {}
        Err(failure) => return Err(failure),
    }
    let owner = secrets.owner(slug.as_str());
    if owner.password.is_none() {
        owner.email = format!("owner@{slug}.test");
        owner.password = Some(words::password(&cx.world, 3));
    }
    let body = json!({
        "slug": slug, "name": slug,
        "owner": { "email": owner.email, "password": owner.password }, "sample_data": true,
    });
    remember(home, secrets)?;
    let made = api.post("/tenants", &body).await?;
    let operation: Operation = read(made.get("operation").unwrap_or(&serde_json::Value::Null))?;
    let mut steps = Steps::new(cx.out);
    let (operation, _) = api
        .follow(&operation.id, |o| {
            if cx.out.live {
                steps.show(o)
            }
        })
        .await?;
    if operation.status != "succeeded" {
        let why = operation.error.map(|e| e.detail).unwrap_or_default();
        return Err(Failure::new(
            Exit::Failed,
            "operation.failed",
            "The first tenant could not be made",
            why,
        ));
    }
    Phase::begin(cx.out, "first tenant").done(&format!("{slug} in {} ms", operation.ms.unwrap_or_default()));
    Ok(())
}
