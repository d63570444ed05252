//! Long changes that happen once: a list of typed steps, each of which can be done again and undone, and one pivot
//! after which there is no way back. What a step noted is saved together with its mark, so that a process may end
//! at any moment and another one goes on.
//!
//! One operation, one file. The rules that every operation keeps are tests that run for each of them:
//! `tests/it/operations.rs` (each step repeated, unwound from each step, each undo repeated) and
//! `crates/testkit/tests/it/abort.rs` (a process that ends before and after each step).

mod engine;
mod erase;
mod lifecycle;
mod provision;

use std::marker::PhantomData;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use insula_model::{Error, Result, TenantId};
use insula_store::{Fence, LeasedOperation, Phase};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

use crate::Platform;

pub use erase::EraseTenant;
pub use lifecycle::{DeleteTenant, ResumeTenant, SuspendTenant};
pub use provision::{OwnerInput, ProvisionInput, ProvisionTenant};

/// One kind of operation.
pub trait Operation: Sized + Send + Sync + 'static {
    /// `noun.verb`.
    const NAME: &'static str;
    /// What it is given.
    type Input: Serialize + DeserializeOwned + Send + Sync;
    /// What its steps note for each other.
    type State: Serialize + DeserializeOwned + Default + Send + Sync;
    /// What it does, in order.
    const STEPS: &'static [Step<Self>];

    /// What came of it, for those who asked.
    fn result(_cx: &StepCx<'_, Self>) -> Value {
        Value::Null
    }
}

/// The work of a step. It must be harmless to do it again.
pub type Work<O> = for<'a> fn(&'a mut StepCx<'_, O>) -> BoxFuture<'a, Result<()>>;

/// One step.
pub struct Step<O: Operation> {
    /// A stable name.
    pub name: &'static str,
    /// A few words for people.
    pub label: &'static str,
    run: Work<O>,
    undo: Option<Work<O>>,
    pivot: bool,
}

impl<O: Operation> Step<O> {
    /// A step.
    #[must_use]
    pub const fn new(name: &'static str, label: &'static str, run: Work<O>) -> Self {
        Self { name, label, run, undo: None, pivot: false }
    }

    /// How it is undone. A step without this has nothing to undo.
    #[must_use]
    pub const fn undo(self, undo: Work<O>) -> Self {
        Self { undo: Some(undo), ..self }
    }

    /// After this step there is no way back.
    #[must_use]
    pub const fn pivot(self) -> Self {
        Self { pivot: true, ..self }
    }
}

/// What a step works with.
pub struct StepCx<'l, O: Operation> {
    /// The product.
    pub platform: &'l Platform,
    /// The lease that every change names.
    pub lease: &'l LeasedOperation,
    /// What the operation was given.
    pub input: O::Input,
    /// What its steps note for each other; saved when the step has ended well.
    pub state: O::State,
}

impl<O: Operation> StepCx<'_, O> {
    /// The tenant that the operation changes.
    ///
    /// # Errors
    /// `internal` for an operation without one.
    pub fn tenant(&self) -> Result<TenantId> {
        self.lease.tenant.ok_or_else(|| Error::internal("an operation without a tenant"))
    }

    /// The token that changes in the data database carry.
    #[must_use]
    pub fn fence(&self) -> Fence {
        self.lease.fence
    }
}

/// A kind of operation with its types forgotten, for the engine and for those who look at operations.
#[derive(Clone, Copy)]
pub struct Kind {
    /// `noun.verb`.
    pub name: &'static str,
    /// Name and label of each step.
    pub steps: fn() -> Vec<(&'static str, &'static str)>,
    run: for<'a> fn(&'a Platform, &'a mut LeasedOperation) -> BoxFuture<'a, Result<()>>,
    pivot: fn(usize) -> bool,
    result: fn(&Platform, &LeasedOperation) -> Result<Value>,
}

impl Kind {
    const fn of<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            steps: || O::STEPS.iter().map(|s| (s.name, s.label)).collect(),
            run: |platform, lease| run_step::<O>(platform, lease, PhantomData).boxed(),
            pivot: |step| O::STEPS.get(step).is_some_and(|s| s.pivot),
            result: |platform, lease| open::<O>(platform, lease).map(|cx| O::result(&cx)),
        }
    }
}

impl Kind {
    /// Whether there is no way back after this step.
    #[must_use]
    pub fn is_pivot(&self, step: usize) -> bool {
        (self.pivot)(step)
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every kind there is.
pub const KINDS: &[Kind] = &[
    Kind::of::<ProvisionTenant>(),
    Kind::of::<SuspendTenant>(),
    Kind::of::<ResumeTenant>(),
    Kind::of::<DeleteTenant>(),
    Kind::of::<EraseTenant>(),
];

/// The kind of a name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.name == name)
}

fn open<'l, O: Operation>(platform: &'l Platform, lease: &'l LeasedOperation) -> Result<StepCx<'l, O>> {
    let input = serde_json::from_value(lease.input.clone()).map_err(Error::internal)?;
    let state = if lease.state.as_object().is_none_or(serde_json::Map::is_empty) {
        O::State::default()
    } else {
        serde_json::from_value(lease.state.clone()).map_err(Error::internal)?
    };
    Ok(StepCx { platform, lease, input, state })
}

/// Does the next step, or undoes the last one, and puts what it noted into the lease (which the engine saves).
async fn run_step<O: Operation>(
    platform: &Platform,
    lease: &mut LeasedOperation,
    _: PhantomData<O>,
) -> Result<()> {
    let index = match lease.phase {
        Phase::Forward => lease.step,
        Phase::Unwinding => lease.step - 1,
    };
    let step = usize::try_from(index)
        .ok()
        .and_then(|i| O::STEPS.get(i))
        .ok_or_else(|| Error::internal(format!("{} has no step {index}", O::NAME)))?;
    let (work, word) = match lease.phase {
        Phase::Forward => (Some(step.run), "do"),
        Phase::Unwinding => (step.undo, "undo"),
    };
    platform.faults().at(&format!("{}.{}.{word}.before", O::NAME, step.name))?;
    let state = {
        let mut cx = open::<O>(platform, lease)?;
        if let Some(work) = work {
            let span = tracing::debug_span!(
                target: "insula::span", "operation step", operation = %cx.lease.id, kind = O::NAME, step = step.name, word
            );
            work(&mut cx).instrument(span).await?;
        }
        serde_json::to_value(&cx.state).map_err(Error::internal)?
    };
    platform.faults().at(&format!("{}.{}.{word}.after", O::NAME, step.name))?;
    lease.state = state;
    Ok(())
}
