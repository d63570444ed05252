//! The pace of costly works: for how much of the time those of one tenant are under way while others ask. Pure.
//!
//! What a tenant's costly works took fills a bucket, and the bucket runs out at the rate of its share. Below `AT_ONCE`
//! nothing is held back: who asks something costly now and then never notices. Above it the tenant rests, until enough
//! has run out or nobody else asks any more. What it rests for is bounded: one question that took a minute is not
//! followed by four minutes of silence.

/// Milliseconds of costly work that are done without a rest.
const AT_ONCE: u64 = 1_000;

/// Milliseconds beyond them that are counted at most.
const BEYOND: u64 = 1_000;

/// For how many milliseconds after its last question a tenant counts as one that asks.
const ASKS: u64 = 1_000;

/// The share of the time, in percent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(pub(super) u32);

/// What costly works of a tenant took, and when that was last said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Effort {
    taken: u64,
    at: u64,
}

impl Pace {
    fn share(self) -> u64 {
        u64::from(self.0.clamp(1, 100))
    }

    /// What is left of it by now.
    fn left(self, effort: Effort, now: u64) -> u64 {
        effort.taken.saturating_sub(now.saturating_sub(effort.at).saturating_mul(self.share()) / 100)
    }

    pub(super) fn after(self, effort: Effort, spent: u64, now: u64) -> Effort {
        Effort { taken: (self.left(effort, now) + spent).min(AT_ONCE + BEYOND), at: now }
    }

    /// Until when another costly work waits: a time that has come, if it need not wait. `others` is when somebody
    /// else asked last.
    pub(super) fn until(self, effort: Effort, others: Option<u64>, now: u64) -> u64 {
        let Some(others) = others.filter(|_| self.share() < 100) else { return now };
        let over = (self.left(effort, now) + 1).saturating_sub(AT_ONCE);
        (now + (over * 100).div_ceil(self.share())).min((others + ASKS).max(now))
    }

    pub(super) fn rested(self, effort: Effort, now: u64) -> bool {
        self.left(effort, now) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace(25);

    /// Works of so many milliseconds, one after the other for a while, beside others who ask all the time: how many
    /// milliseconds they were under way.
    fn flood(pace: Pace, each: u64, total: u64) -> u64 {
        let (mut effort, mut now, mut worked) = (Effort::default(), 0, 0);
        while now < total {
            let begins = pace.until(effort, Some(now), now);
            if begins == now {
                worked += each;
                effort = pace.after(effort, each, now + each);
            }
            // Somebody else asks again at least every second.
            now = begins.max(now + each * u64::from(begins == now));
        }
        worked
    }

    #[test]
    fn who_floods_has_its_share() {
        for share in [10, 25, 50] {
            for each in [100, 450, 990] {
                let worked = flood(Pace(share), each, 600_000);
                let bound = 6_000 * u64::from(share);
                assert!(worked >= bound * 9 / 10 && worked <= bound + 2_000, "{share} % of {each}: {worked}");
            }
        }
        assert!(flood(Pace(100), 450, 60_000) >= 60_000, "all of it, where nothing is held back");
    }

    #[test]
    fn a_second_of_it_is_free_and_a_rest_has_an_end() {
        let mut effort = Effort::default();
        for n in 0..3 {
            assert_eq!(PACE.until(effort, Some(n * 300), n * 300), n * 300);
            effort = PACE.after(effort, 300, (n + 1) * 300);
        }
        // However long one took, the rest is four seconds.
        let long = PACE.after(effort, 3_600_000, 5_000_000);
        let rests = PACE.until(long, Some(5_003_900), 5_000_000) - 5_000_000;
        assert!((4_000..4_010).contains(&rests), "{rests}");
        assert!(!PACE.rested(long, 5_007_000) && PACE.rested(long, 5_008_000));
    }

    #[test]
    fn it_is_for_others_and_not_without_them() {
        let full = PACE.after(Effort::default(), 10_000, 10_000);
        assert_eq!(PACE.until(full, None, 10_000), 10_000, "alone");
        assert_eq!(PACE.until(full, Some(9_500), 10_000), 10_500, "until they are gone");
        assert_eq!(PACE.until(full, Some(2_000), 10_000), 10_000, "gone");
    }
}
