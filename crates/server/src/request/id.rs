//! Ids and names in addresses. What is no id, what is not there and what is not yours look the same.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use insula_model::{
    ApiKeyId, DashboardId, EmbedKeyId, Error, InvitationId, MemberId, OperationId, OperatorTokenId,
    PublicLinkId, TableId, TemplateId,
};

use crate::app::App;
use crate::problem::Refusal;

/// What an id is the id of.
pub(crate) trait Noun: FromStr {
    /// `dashboard`.
    const NOUN: &'static str;
}

macro_rules! nouns {
    ($($id:ident = $noun:literal;)*) => {$(impl Noun for $id { const NOUN: &'static str = $noun; })*};
}
nouns! {
    ApiKeyId = "API key";
    DashboardId = "dashboard";
    EmbedKeyId = "embed key";
    InvitationId = "invitation";
    MemberId = "member";
    OperationId = "operation";
    OperatorTokenId = "token";
    PublicLinkId = "public link";
    TableId = "table";
    TemplateId = "template";
}

fn read<T: Noun>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(64).collect();
        Error::not_found(T::NOUN, shown).into()
    })
}

/// What stands behind the first name or id in an address.
async fn second(parts: &mut Parts, app: &App) -> Result<String, Refusal> {
    let params =
        RawPathParams::from_request_parts(parts, app).await.map_err(|_| crate::problem::no_such_page())?;
    Ok(params.iter().nth(1).map(|(_, value)| value.to_owned()).unwrap_or_default())
}

/// The one id in an address.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: Noun + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Text(text) = Text::from_request_parts(parts, app).await?;
        read(&text).map(Self)
    }
}

/// The name of a tenant in an address, and the id of something that it has.
pub(crate) struct Inside<T>(pub(crate) String, pub(crate) T);

impl<T: Noun + Send> FromRequestParts<App> for Inside<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Text(name) = Text::from_request_parts(parts, app).await?;
        Ok(Self(name, read(&second(parts, app).await?)?))
    }
}

/// An id in an address and the number behind it, of something that the thing has several of.
pub(crate) struct Numbered<T>(pub(crate) T, pub(crate) i64);

impl<T: Noun + Send> FromRequestParts<App> for Numbered<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Id(id) = Id::from_request_parts(parts, app).await?;
        let text = second(parts, app).await?;
        // One number has one spelling.
        let number = text.parse().ok().filter(|n: &i64| n.to_string() == text);
        let shown: String = text.chars().take(64).collect();
        number.map(|n| Self(id, n)).ok_or_else(|| Error::not_found("version", shown).into())
    }
}

/// The one name in an address.
pub(crate) struct Text(pub(crate) String);

impl FromRequestParts<App> for Text {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| crate::problem::no_such_page())?;
        let text = params.iter().next().map(|(_, value)| value.to_owned());
        text.map(Self).ok_or_else(|| Error::internal("a route without a parameter").into())
    }
}
