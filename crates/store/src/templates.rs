//! The operator's templates as a node knows them: all of them in memory, so that no tenant's place has a copy and
//! publishing costs the same for one tenant and for ten thousand.
//!
//! What must always hold: what is known is believed for a second, and less when the catalogue announces a change; a tenant
//! sees the templates that are meant for it and no others. Tested in `platform/tests/it/templates.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use insula_model::{
    Dashboard, DashboardId, DashboardInput, DashboardTemplate, Error, Plan, Result, Template, TemplateTarget,
    TenantId, TenantRecord,
};
use moka::future::Cache;

use crate::store::Inner;

/// How long the catalogue may be believed without a word.
const BELIEVED: Duration = Duration::from_secs(1);

/// Who sees a template, ready to be compared.
#[derive(Debug)]
enum Audience {
    All,
    Plan(Plan),
    Tenants(HashSet<TenantId>),
    /// It was withdrawn: only tenants that changed it still have it.
    Nobody,
}

/// A template as tenants read it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) template: Template,
    pub(crate) content: DashboardInput,
    audience: Audience,
}

impl Published {
    pub(crate) fn new(template: Template, withdrawn: bool) -> Result<Self> {
        let audience = match &template.target {
            _ if withdrawn => Audience::Nobody,
            TemplateTarget::All => Audience::All,
            TemplateTarget::Plan { plan } => Audience::Plan(*plan),
            TemplateTarget::Tenants { tenants } => {
                Audience::Tenants(tenants.iter().filter_map(|t| t.parse().ok()).collect())
            }
        };
        let config = template.config.clone().ok_or_else(|| Error::internal("a template without content"))?;
        let (name, description) = (template.name.clone(), template.description.clone());
        Ok(Self { template, content: DashboardInput { name, description, config, note: None }, audience })
    }

    /// Whether it is meant for a tenant.
    pub(crate) fn reaches(&self, tenant: &TenantRecord) -> bool {
        match &self.audience {
            Audience::All => true,
            Audience::Plan(plan) => tenant.plan == *plan,
            Audience::Tenants(tenants) => tenants.contains(&tenant.id),
            Audience::Nobody => false,
        }
    }

    /// The dashboard that it is for a tenant that has changed nothing.
    pub(crate) fn dashboard(&self) -> Dashboard {
        let Template { id, name, description, version, published_at, .. } = &self.template;
        Dashboard {
            id: id.dashboard(),
            name: name.clone(),
            description: description.clone(),
            default: false,
            favourite: false,
            version: *version,
            updated_at: *published_at,
            template: Some(DashboardTemplate { version: *version, changed: false, conflicts: Vec::new() }),
            config: None,
        }
    }
}

impl Published {
    /// The same with what it shows.
    pub(crate) fn whole(&self) -> Dashboard {
        Dashboard { config: Some(self.content.config.clone()), ..self.dashboard() }
    }
}

/// All templates, also those that were withdrawn.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) version: i64,
    pub(crate) published: HashMap<DashboardId, Published>,
}

impl Catalogue {
    /// The template that a dashboard is in every tenant.
    pub(crate) fn of(&self, id: DashboardId) -> Option<&Published> {
        self.published.get(&id)
    }

    /// Those that a tenant sees, by name.
    pub(crate) fn reaching(&self, tenant: &TenantRecord) -> Vec<&Published> {
        let mut found: Vec<&Published> = self.published.values().filter(|p| p.reaches(tenant)).collect();
        found.sort_by(|a, b| (&a.template.name, a.template.id).cmp(&(&b.template.name, b.template.id)));
        found
    }
}

/// What a node knows of the templates.
pub(crate) struct Templates {
    believed: Cache<(), Arc<Catalogue>>,
    last: RwLock<Arc<Catalogue>>,
}

impl Templates {
    pub(crate) fn new() -> Self {
        Self { believed: Cache::builder().time_to_live(BELIEVED).build(), last: RwLock::default() }
    }

    /// Something changed: what is known is compared with the catalogue before it is used again.
    pub(crate) async fn changed(&self) {
        self.believed.invalidate(&()).await;
    }
}

impl Inner {
    /// All templates. Asks the control database at most once a second, and for no more than a number when nothing has
    /// changed. While that does not answer, what was known last is used.
    pub(crate) async fn templates(&self) -> Arc<Catalogue> {
        let last = || Arc::clone(&self.templates.last.read().unwrap_or_else(PoisonError::into_inner));
        let look = async {
            let known = last();
            let Some(fresh) = self.read_templates(known.version).await? else { return Ok(known) };
            let fresh = Arc::new(fresh);
            *self.templates.last.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
            Ok::<_, Error>(fresh)
        };
        self.templates.believed.try_get_with((), look).await.unwrap_or_else(|error| {
            tracing::warn!(?error, "the templates could not be read again");
            last()
        })
    }
}
