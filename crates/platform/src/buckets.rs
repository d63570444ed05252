//! How often somebody may do something: so many times a second, and so many at once after a pause. In memory and for this
//! node alone, for what is cheap to count and too frequent for PostgreSQL. The moment is a parameter.
//!
//! What must always hold: nobody's use costs anybody else anything; whoever waits as long as they are told may go on;
//! what is kept is bounded, and nothing of whoever owes nothing. Tested here and in `tests/it/embed_limits.rs`.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// Keys that are kept at most. Beyond them all is forgiven: memory is bounded whoever comes.
const MOST: usize = 100_000;
/// Until there are more, nobody looks for what can be forgotten.
const FEW: usize = 1_024;

/// A bucket for each key. Of each only the moment is kept at which it is full again.
pub(crate) struct Buckets<K> {
    /// Microseconds in which one comes back.
    each: i64,
    /// Microseconds in which all of them do.
    whole: i64,
    owing: Mutex<Owing<K>>,
}

struct Owing<K> {
    full_again: HashMap<K, i64>,
    look_at: usize,
}

impl<K> std::fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buckets({} in {} us)", self.whole / self.each, self.whole)
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// `rate` a second, and `burst` at once.
    pub(crate) fn new(rate: u32, burst: u32) -> Self {
        let each = 1_000_000 / i64::from(rate.clamp(1, 1_000_000));
        let whole = each * i64::from(burst.max(1));
        Self { each, whole, owing: Mutex::new(Owing { full_again: HashMap::new(), look_at: FEW }) }
    }

    fn owing(&self) -> MutexGuard<'_, Owing<K>> {
        self.owing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until a key may again.
    fn short(&self, full_again: i64, now: i64) -> Option<Duration> {
        let wait = full_again + self.each - self.whole - now;
        u64::try_from(wait).ok().filter(|wait| *wait > 0).map(Duration::from_micros)
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long there will be none.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let mut owing = self.owing();
        let now = now.as_microsecond();
        let full_again = owing.full_again.get(&key).map_or(now, |at| now.max(*at));
        if let Some(wait) = self.short(full_again, now) {
            return Err(wait);
        }
        owing.keep(key, full_again + self.each, now);
        Ok(())
    }

    /// Whether there is one to take.
    ///
    /// # Errors
    /// How long there will be none.
    pub(crate) fn look(&self, key: &K, now: Timestamp) -> Result<(), Duration> {
        let owing = self.owing();
        let full_again = owing.full_again.get(key).copied();
        full_again.and_then(|at| self.short(at, now.as_microsecond())).map_or(Ok(()), Err)
    }

    /// Takes one for what has happened already. Nobody owes more than a whole bucket.
    pub(crate) fn charge(&self, key: K, now: Timestamp) {
        let mut owing = self.owing();
        let now = now.as_microsecond();
        let full_again = owing.full_again.get(&key).map_or(now, |at| now.max(*at));
        owing.keep(key, (full_again + self.each).min(now + self.whole), now);
    }
}

impl<K: Eq + Hash> Owing<K> {
    fn keep(&mut self, key: K, full_again: i64, now: i64) {
        self.full_again.insert(key, full_again);
        if self.full_again.len() <= self.look_at {
            return;
        }
        self.full_again.retain(|_, at| *at > now);
        if self.full_again.len() > MOST {
            self.full_again.clear();
        }
        self.look_at = FEW.max(self.full_again.len() * 2).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use insula_model::dice::Dice;
    use jiff::SignedDuration;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(millis: i64) -> Timestamp {
        START + SignedDuration::from_millis(millis)
    }

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let buckets = Buckets::new(10, 3);
        for _ in 0..3 {
            assert_eq!(buckets.take("a", START), Ok(()));
        }
        assert_eq!(buckets.take("a", START), Err(Duration::from_millis(100)));
        assert_eq!(buckets.take("a", after(40)), Err(Duration::from_millis(60)), "refusals cost nothing");
        assert_eq!(buckets.take("a", after(100)), Ok(()));
        assert_eq!(buckets.take("a", after(100)), Err(Duration::from_millis(100)));
        let taken = (0..10_000).filter(|ms| buckets.take("a", after(200 + ms)).is_ok()).count();
        assert_eq!(taken, 100, "ten a second for ten seconds");
        assert_eq!((0..9).filter(|_| buckets.take("a", after(60_000)).is_ok()).count(), 3, "nobody saves up");
    }

    #[test]
    fn one_costs_another_nothing() {
        let buckets = Buckets::new(1, 2);
        while buckets.take(1, START).is_ok() {}
        assert_eq!((buckets.take(2, START), buckets.look(&3, START)), (Ok(()), Ok(())));
        assert_eq!(buckets.look(&1, START), Err(Duration::from_secs(1)));
    }

    #[test]
    fn who_waits_as_long_as_is_said_may_go_on() {
        let mut dice = Dice::new(5);
        let between = |dice: &mut Dice, most| 1 + u32::try_from(dice.below(most)).unwrap();
        for _ in 0..200 {
            let buckets = Buckets::new(between(&mut dice, 500), between(&mut dice, 50));
            let mut now = START;
            for _ in 0..200 {
                if let Err(wait) = buckets.take((), now) {
                    let wait = SignedDuration::try_from(wait).unwrap();
                    assert!(buckets.take((), now + wait - SignedDuration::from_micros(1)).is_err());
                    now += wait;
                    assert_eq!(buckets.take((), now), Ok(()));
                }
            }
        }
    }

    #[test]
    fn what_happened_anyway_is_owed_and_no_more_than_a_bucket() {
        let buckets = Buckets::new(10, 2);
        for _ in 0..50 {
            buckets.charge("a", START);
        }
        assert_eq!(buckets.look(&"a", START), Err(Duration::from_millis(100)));
        assert_eq!(buckets.look(&"a", after(100)), Ok(()));
    }

    #[test]
    fn whoever_owes_nothing_is_forgotten_and_memory_is_bounded() {
        let buckets = Buckets::new(1_000, 1);
        for n in 0..10_000_i64 {
            buckets.take(n, after(n)).unwrap();
        }
        assert!(buckets.owing().full_again.len() <= FEW + 1, "{}", buckets.owing().full_again.len());
        let buckets = Buckets::new(1, 1);
        for n in 0..3 * MOST {
            buckets.take(n, START).unwrap();
        }
        assert!(buckets.owing().full_again.len() <= MOST + 1);
    }
}
