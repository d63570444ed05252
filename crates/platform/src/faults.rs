//! Named points at which a test may let a step fail or the process end. In production nothing happens there.

use std::sync::Arc;

use insula_model::Result;

type Hook = dyn Fn(&str) -> Result<()> + Send + Sync;

/// What happens at the named points.
#[derive(Clone)]
pub struct Faults(Option<Arc<Hook>>);

impl Faults {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// This: an error makes the step fail there.
    #[must_use]
    pub fn new(at: impl Fn(&str) -> Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(at)))
    }

    pub(crate) fn at(&self, point: &str) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |hook| hook(point))
    }
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Faults(hook)" } else { "Faults(none)" })
    }
}
