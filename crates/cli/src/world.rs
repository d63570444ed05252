//! The real world: the system's clock and the kernel's randomness.

use std::sync::Arc;

use insula_model::{Entropy, SystemClock, World};

struct Kernel;

impl Entropy for Kernel {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without randomness every secret would be guessable: nothing may go on.
            eprintln!("The system gives no random numbers: {error}");
            std::process::abort();
        }
    }
}

/// Clock and randomness of this machine.
pub(crate) fn system() -> World {
    World { clock: Arc::new(SystemClock), entropy: Arc::new(Kernel) }
}
