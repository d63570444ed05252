//! Public links to dashboards, for a tenant's own screens: made, listed, withdrawn. Tested in `server/tests/it/embeds.rs`.

use insula_model::policy::action::{PublicLinkCreate, PublicLinkDelete, PublicLinkList};
use insula_model::tenant::display_name;
use insula_model::{
    Error, Page, PublicLink, PublicLinkCreated, PublicLinkId, PublicLinkInput, Result, check_filters,
    public_link,
};
use insula_store::Tenant;

use crate::Platform;
use crate::embed_tokens::check_locks;
use crate::once::Once;
use crate::paging::Paging;

impl Platform {
    /// Public links, without their secrets.
    ///
    /// # Errors
    /// `auth.forbidden`, `page.cursor`.
    pub async fn public_link_list(
        &self,
        tenant: &Tenant<'_>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<PublicLink>> {
        let permit = tenant.authorize::<PublicLinkList>()?;
        let paging = Paging::new(cursor, limit)?;
        let mut tx = self.store().begin(&permit).await?;
        let links = tx.public_links().list(paging.after, paging.fetch()).await?;
        Ok(paging.page(links, None, |l| l.id))
    }

    /// Makes a public link. Its address is in this reply only: the reply to the same request sent again does not have it.
    ///
    /// # Errors
    /// `auth.forbidden`; `not_found` without the dashboard; `embed.row_filter`; `input.invalid`; `limit.reached`;
    /// `idempotency.reused`.
    pub async fn public_link_create(
        &self,
        tenant: &Tenant<'_>,
        input: &PublicLinkInput,
    ) -> Result<PublicLinkCreated> {
        let permit = tenant.authorize::<PublicLinkCreate>()?;
        let name = display_name(&input.name, "/name")?;
        check_filters(&input.filters, "/filters")?;
        let now = self.world().now();
        if input.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::invalid("/expires_at", "past", "A link cannot expire before it was made."));
        }
        let link = PublicLink {
            id: PublicLinkId::from_uuid(self.world().uuid()),
            dashboard: input.dashboard,
            name,
            filters: input.filters.clone(),
            created_at: now,
            created_by: tenant.op().actor().name.clone(),
            expires_at: input.expires_at,
        };
        let text = public_link::text(link.id, &self.world().secret());
        let tx = self.store().begin(&permit).await?;
        let made = self
            .once(tx, async |tx| {
                check_locks(&tx.dashboards().state(link.dashboard).await?, &link.filters)?;
                tx.public_links().create(&permit, &link, &text).await?;
                Ok(link)
            })
            .await?;
        Ok(match made {
            Once::Now(link) => {
                let home = self.settings().tenant_url(&tenant.record().slug);
                let url = Some(format!("{home}/shared/{}#{text}", link.id));
                PublicLinkCreated { link, url, note: None }
            }
            Once::Before(link) => PublicLinkCreated {
                link,
                url: None,
                note: Some(
                    "This request was sent before; the address was in the first reply and is not kept. If it is lost, \
                     withdraw this link and make another."
                        .to_owned(),
                ),
            },
        })
    }

    /// Withdraws a link. It is refused on every node within a second.
    ///
    /// # Errors
    /// `auth.forbidden`, `not_found`.
    pub async fn public_link_delete(&self, tenant: &Tenant<'_>, id: PublicLinkId) -> Result<()> {
        let permit = tenant.authorize::<PublicLinkDelete>()?;
        let mut tx = self.store().begin(&permit).await?;
        tx.public_links().delete(&permit, id).await?;
        tx.commit().await?;
        self.store().announce_content(tenant.id()).await;
        Ok(())
    }
}
