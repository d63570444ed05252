//! Time that tests move, and randomness.

use std::sync::atomic::{AtomicI64, Ordering};

use insula_model::{Clock, Entropy};
use jiff::{SignedDuration, Timestamp};

/// The system's time plus what a test has added.
#[derive(Debug, Default)]
pub struct TestClock {
    ahead_micros: AtomicI64,
}

impl TestClock {
    /// Lets time pass at once.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).expect("a duration of less than 292,000 years");
        self.ahead_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let micros = Timestamp::now().as_microsecond() + self.ahead_micros.load(Ordering::SeqCst);
        Timestamp::from_microsecond(micros).expect("a moment in range")
    }
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct TestEntropy;

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("randomness");
    }
}
