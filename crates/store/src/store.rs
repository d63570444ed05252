//! The handle that everything else holds.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use insula_model::{Action, Error, Mode, Placement, Read, Result, TenantId, TenantRecord, World, problem};

use crate::admissions::Admissions;
use crate::announce::Announcements;
use crate::audited::Audited;
use crate::cell::{Cell, Fence, Place, Sizes};
use crate::dial::dial;
use crate::directory::Directory;
use crate::embed::EmbedVault;
use crate::install::ControlSpec;
use crate::migrate::MigrationSet;
use crate::scope::{ControlTx, OpCtx, Permit, Reach, Tenant, TenantTx};
use crate::stamps::Stamps;
use crate::tasks::Tasks;
use crate::templates::Templates;
use crate::tides::Tides;
use crate::wire::{Dialer, Lent, Pool, Recycling, Scopes};

/// The door to PostgreSQL. Clones are one door. No connection comes out of it:
///
/// ```compile_fail
/// // refused: private
/// async fn raw(store: &insula_store::Store) { let _ = store.control().await; }
/// ```
/// ```compile_fail
/// // refused: private
/// use insula_store::wire::Pool;
/// ```
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) control_spec: ControlSpec,
    pub(crate) control: Pool,
    pub(crate) cells: RwLock<HashMap<String, Arc<Cell>>>,
    pub(crate) directory: Directory,
    pub(crate) admissions: Admissions,
    pub(crate) embed_vault: EmbedVault,
    pub(crate) announcements: Announcements,
    pub(crate) audited: Audited,
    pub(crate) migrations: Arc<MigrationSet>,
    pub(crate) templates: Templates,
    pub(crate) tides: Tides,
    pub(crate) stamps: Stamps,
    pub(crate) sizes: Sizes,
    pub(crate) tasks: Tasks,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the control database and its cells, checks that the application's role is weak enough, and begins to
    /// listen.
    ///
    /// # Errors
    /// `database.down`; `settings.invalid` when a role is too strong or the data belongs to another binary.
    pub async fn open(spec: ControlSpec, sizes: Sizes, world: World, tasks: Tasks) -> Result<Self> {
        Self::open_with_migrations(spec, sizes, MigrationSet::tenant(), world, tasks).await
    }

    /// As [`Store::open`], for a binary that has other migrations of tenants' tables: an older or newer release, as
    /// tests play it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with_migrations(
        spec: ControlSpec,
        sizes: Sizes,
        migrations: MigrationSet,
        world: World,
        tasks: Tasks,
    ) -> Result<Self> {
        crate::install::migrate_control(&spec, &tasks).await?;
        let control = Pool::new(
            Dialer {
                address: spec.address.clone(),
                login: spec.login.clone(),
                database: spec.database.clone(),
                scopes: Scopes::Control,
                berths: None,
                recycling: Recycling::default(),
                tasks: tasks.clone(),
            },
            sizes.control.max(2),
        )?;
        let store = Self {
            inner: Arc::new(Inner {
                world,
                control_spec: spec,
                control,
                cells: RwLock::default(),
                directory: Directory::new(),
                admissions: Admissions::new(),
                embed_vault: EmbedVault::default(),
                announcements: Announcements::new(),
                audited: Audited::default(),
                migrations: Arc::new(migrations),
                templates: Templates::new(),
                tides: Tides::new(),
                stamps: Stamps::new(),
                sizes,
                tasks,
            }),
        };
        for cell in store.read_cells().await? {
            let app =
                dial(&cell.address, &cell.app, &cell.shared_database, "insula check", &store.inner.tasks)
                    .await?;
            crate::cell::roles::check(&app).await?;
            store.add_cell(Cell::new(cell, sizes, &store.inner.migrations, &store.inner.tasks)?);
        }
        store.listen();
        store.sweep();
        Ok(store)
    }

    /// Time and randomness.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.inner.world
    }

    /// How many connections each kind of pool may have.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.inner.sizes
    }

    /// The tasks of this process.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    pub(crate) fn add_cell(&self, cell: Arc<Cell>) {
        let mut cells = self.inner.cells.write().unwrap_or_else(PoisonError::into_inner);
        cells.insert(cell.spec.name.clone(), cell);
    }

    pub(crate) async fn cell(&self, name: &str) -> Result<Arc<Cell>> {
        let known = self.inner.cells.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(cell) = known {
            return Ok(cell);
        }
        // Another node may have added it.
        let spec = self.read_cells().await?.into_iter().find(|c| c.name == name);
        let Some(spec) = spec else {
            return Err(Error::new(problem::CELL_UNKNOWN, format!("There is no cell {name:?}.")).at("/cell"));
        };
        let cell = Cell::new(spec, self.inner.sizes, &self.inner.migrations, &self.inner.tasks)?;
        self.add_cell(Arc::clone(&cell));
        Ok(cell)
    }

    /// A tenant as one actor may see it.
    ///
    /// # Errors
    /// `tenant.not_yours`, `tenant.suspended`, `tenant.gone`, `tenant.not_ready`, `support.reason`.
    pub fn tenant<'op>(&self, op: &'op OpCtx, record: Arc<TenantRecord>) -> Result<Tenant<'op>> {
        Tenant::enter(op, record)
    }

    /// Begins a transaction as the permit's tenant. Nothing is sent before the first statement, except that an
    /// operator who comes to look is first written into the tenant's audit log, once for each request and action.
    ///
    /// # Errors
    /// `database.down` when no connection is to be had; `internal` for an embed, which has `Store::embedded`.
    pub async fn begin<'op, A: Action>(&self, permit: &Permit<'op, A>) -> Result<TenantTx<'op, A::Mode>> {
        if matches!(permit.op.reach, Reach::Embed { .. }) {
            return Err(Error::internal("an embed reads through its grant and in no other way"));
        }
        self.note_look(permit).await?;
        self.begin_unnoted(permit).await
    }

    /// Writes into the tenant's audit log that an operator comes to look, if one does and it does not stand there yet.
    pub(crate) async fn note_look<A: Action>(&self, permit: &Permit<'_, A>) -> Result<()> {
        let (tenant, action) = (permit.record.id, A::RULE.name);
        if !<A::Mode as Mode>::WRITES && permit.op.must_note(tenant, action) {
            let wire = self.lend(permit).await?;
            TenantTx::look(wire, permit, &self.inner).commit().await?;
            permit.op.noted(tenant, action);
        }
        Ok(())
    }

    /// As [`Store::begin`], for those who know that they will read once: the end of the transaction travels with its
    /// first statement, and the connection is free when the answer is there. A second statement is refused.
    ///
    /// # Errors
    /// `database.down` when no connection is to be had.
    pub async fn glance<'op, A: Action<Mode = Read>>(
        &self,
        permit: &Permit<'op, A>,
    ) -> Result<TenantTx<'op, Read>> {
        Ok(self.begin(permit).await?.brief())
    }

    pub(crate) async fn begin_unnoted<'op, A: Action>(
        &self,
        permit: &Permit<'op, A>,
    ) -> Result<TenantTx<'op, A::Mode>> {
        Ok(TenantTx::begin(self.lend(permit).await?, permit, &self.inner))
    }

    async fn lend<A: Action>(&self, permit: &Permit<'_, A>) -> Result<Lent> {
        let placement = &permit.record.placement;
        self.cell(&placement.cell).await?.lend(permit.record.id, placement).await
    }

    pub(crate) async fn control(&self) -> Result<ControlTx> {
        Ok(ControlTx::new(self.inner.control.lend().await?, &self.inner.tasks))
    }

    /// Does something with a tenant's place, in the name of an operation that holds `fence`.
    ///
    /// # Errors
    /// What `work` fails with; `cell.unknown`.
    pub async fn at_place<T>(
        &self,
        tenant: TenantId,
        placement: &Placement,
        fence: Fence,
        work: impl AsyncFnOnce(Place<'_>) -> Result<T>,
    ) -> Result<T> {
        let cell = self.cell(&placement.cell).await?;
        work(Place { cell: &cell, tenant, placement: placement.clone(), fence }).await
    }

    /// Closes idle connections now and then.
    fn sweep(&self) {
        let weak = Arc::downgrade(&self.inner);
        let tasks = self.inner.tasks.clone();
        tasks.clone().spawn(async move {
            while tasks.pause(Duration::from_secs(30)).await {
                let Some(inner) = weak.upgrade() else { return };
                inner.control.shrink(Duration::from_mins(2));
                let cells = inner.cells.read().unwrap_or_else(PoisonError::into_inner).clone();
                cells.values().for_each(|cell| cell.shrink());
            }
        });
    }

    /// Closes every connection. Scopes that are still open finish theirs.
    pub fn close(&self) {
        self.inner.control.close();
        self.inner.cells.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
