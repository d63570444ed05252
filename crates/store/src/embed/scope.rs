//! What an embed reads: the one dashboard that its grant names, and the answers to its questions.
//!
//! What must always hold: nobody says here which dashboard; it is the grant's, which the permit carries. No other
//! transaction is to be had for an embed's permit: `Store::begin` refuses it. Tested in `platform/tests/it/embeds.rs`.

use insula_insight::{Rows, Statement};
use insula_model::policy::action::EmbedView;
use insula_model::{EmbedGrant, Error, Read, Result, problem};

use crate::scope::Reach;
use crate::{DashboardState, Permit, Store, TenantTx};

/// One transaction of an embed.
#[must_use]
#[derive(Debug)]
pub struct Embedded<'op> {
    tx: TenantTx<'op, Read>,
    grant: &'op EmbedGrant,
}

impl Permit<'_, EmbedView> {
    /// What the token or link grants.
    ///
    /// # Errors
    /// `internal` for a permit that is no embed's, which the policy's table does not give.
    pub fn grant(&self) -> Result<&EmbedGrant> {
        match &self.op.reach {
            Reach::Embed { grant, .. } => Ok(grant),
            _ => Err(Error::internal("a permit to see an embed without a grant")),
        }
    }
}

impl Store {
    /// Begins the one kind of transaction that there is for an embed.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn embedded<'op>(&self, permit: &Permit<'op, EmbedView>) -> Result<Embedded<'op>> {
        let Reach::Embed { grant, .. } = &permit.op.reach else {
            return Err(Error::internal("a permit to see an embed without a grant"));
        };
        Ok(Embedded { tx: self.begin_unnoted(permit).await?, grant })
    }
}

impl Embedded<'_> {
    /// Everything that the granted dashboard is drawn from, except the events.
    ///
    /// # Errors
    /// `embed.revoked` when it is gone; `database.down`.
    pub async fn state(&mut self) -> Result<DashboardState> {
        self.tx
            .dashboards()
            .state(self.grant.dashboard)
            .await
            .map_err(|error| if error.is(problem::NOT_FOUND) { gone() } else { error })
    }

    /// The versions of all that, as [`crate::Dashboards::stamp`] gives them.
    ///
    /// # Errors
    /// As [`Self::state`].
    pub async fn stamp(&mut self) -> Result<String> {
        let stamp = self.tx.dashboards().stamp(self.grant.dashboard).await;
        stamp.map_err(|error| if error.is(problem::NOT_FOUND) { gone() } else { error })
    }

    /// The rows of statements that were compiled, as `Questions::run` gives them.
    ///
    /// # Errors
    /// `database.down`; inside the results also `timeout`.
    pub async fn run(&mut self, statements: &[&Statement]) -> Result<Vec<Result<Rows>>> {
        self.tx.questions().run(statements).await
    }
}

/// The dashboard that an embed shows was deleted.
pub(super) fn gone() -> Error {
    Error::new(problem::EMBED_REVOKED, "The dashboard that this embed shows was deleted.")
}
