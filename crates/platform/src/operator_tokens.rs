//! Tokens that operators make for programs. Tested in `tests/it/operator_tokens.rs`.

use std::time::Duration;

use insula_model::policy::operator_action::{OperatorTokenCreate, OperatorTokenDelete, OperatorTokenList};
use insula_model::tenant::display_name;
use insula_model::{
    Error, OperatorToken, OperatorTokenCreated, OperatorTokenId, OperatorTokenInput, Page, Result,
};
use insula_store::OpCtx;

use crate::Platform;
use crate::paging::Paging;

/// How long a token lasts for which nothing is said.
const USUAL: Duration = Duration::from_hours(90 * 24);
/// How long a token may last.
const LONGEST: Duration = Duration::from_hours(366 * 24);

impl Platform {
    /// The operator's own tokens. `presented` is the credential of this request, to tell which is the one in use.
    ///
    /// # Errors
    /// `auth.forbidden`, `page.cursor`.
    pub async fn operator_token_list(
        &self,
        op: &OpCtx,
        presented: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<OperatorToken>> {
        let permit = op.authorize_operator::<OperatorTokenList>()?;
        let paging = Paging::new(cursor, limit)?;
        let fetch = paging.fetch();
        let tokens = self.store().operator_token_list(&permit, presented, paging.after, fetch).await?;
        Ok(paging.page(tokens, None, |token| token.id))
    }

    /// Makes a token with the operator's own rights. Its secret is in this reply only: the reply to the same request
    /// sent again does not have it.
    ///
    /// # Errors
    /// `auth.forbidden`, `input.invalid`, `limit.reached`, `idempotency.reused`.
    pub async fn operator_token_create(
        &self,
        op: &OpCtx,
        input: &OperatorTokenInput,
    ) -> Result<OperatorTokenCreated> {
        let permit = op.authorize_operator::<OperatorTokenCreate>()?;
        let now = self.world().now();
        let expires_at = input.expires_at.unwrap_or(now + USUAL);
        if expires_at <= now || expires_at > now + LONGEST {
            let (code, why) = match expires_at <= now {
                true => ("past", "A token cannot expire before it was made."),
                false => ("too_late", "A token lasts a year at most."),
            };
            return Err(Error::invalid("/expires_at", code, why));
        }
        let token = OperatorToken {
            id: OperatorTokenId::from_uuid(self.world().uuid()),
            name: display_name(&input.name, "/name")?,
            created_at: now,
            last_used_at: None,
            expires_at,
            current: false,
        };
        let secret = format!("iop_{}", self.world().secret());
        Ok(match self.store().operator_token_create(&permit, &token, &secret).await? {
            None => OperatorTokenCreated { token, secret: Some(secret), note: None },
            Some(token) => OperatorTokenCreated {
                token,
                secret: None,
                note: Some(
                    "This request was sent before; the secret was in the first reply and is not kept. \
                     If it is lost, revoke this token and make another."
                        .to_owned(),
                ),
            },
        })
    }

    /// Revokes one of the operator's own tokens: the next request with it is refused.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`.
    pub async fn operator_token_delete(&self, op: &OpCtx, id: OperatorTokenId) -> Result<()> {
        let permit = op.authorize_operator::<OperatorTokenDelete>()?;
        self.store().operator_token_delete(&permit, id).await
    }
}
