//! How often something was tried, per subject, in windows of a minute: sign-ins that failed, invitations that were
//! sent. Kept in PostgreSQL, so that all nodes count together.
//!
//! What must always hold: an attempt is counted before it is made, so that a thousand at once are not more than
//! the limit; what was refused is not counted, so that a limit ends by itself; no e-mail address stands here, only
//! its hash. Tested in `platform/tests/it/limits.rs`.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use insula_model::{Error, Result, problem};
use sha2::{Digest, Sha256};

use crate::Store;

/// Attempts older than this are forgotten.
const WINDOW_MINUTES: i64 = 15;

/// Whom or what attempts are counted for, and how many there may be in 15 minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptLimit {
    subject: String,
    limit: i64,
}

impl AttemptLimit {
    /// At most `limit` attempts in 15 minutes for a text of a kind, such as an e-mail. Only its hash is kept.
    #[must_use]
    pub fn of_text(kind: &'static str, text: &str, limit: u32) -> Self {
        let mut subject = format!("{kind}:");
        for byte in &Sha256::digest(text.as_bytes())[..16] {
            let _ = write!(subject, "{byte:02x}");
        }
        Self { subject, limit: i64::from(limit) }
    }

    /// At most `limit` attempts in 15 minutes for a network address; one network of IPv6 (/64) is one address.
    #[must_use]
    pub fn of_address(kind: &'static str, address: IpAddr, limit: u32) -> Self {
        let subject = match address.to_canonical() {
            IpAddr::V4(v4) => format!("{kind}:{v4}"),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{kind}:{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        };
        Self { subject, limit: i64::from(limit) }
    }
}

/// Attempts that were counted and may be taken back: see [`Store::attempt_forgive`].
#[must_use]
#[derive(Debug)]
pub struct Counted {
    subjects: Vec<String>,
    minute: i64,
}

impl Store {
    fn minute(&self) -> i64 {
        self.inner.world.now().as_second().div_euclid(60)
    }

    /// Counts one attempt for each subject, or refuses when one of them has had its number.
    ///
    /// # Errors
    /// `limit.rate` with the time until the oldest attempts are forgotten.
    pub async fn attempt_count(&self, limits: &[AttemptLimit]) -> Result<Counted> {
        let minute = self.minute();
        let mut limits: Vec<&AttemptLimit> = limits.iter().collect();
        // One order for everybody, so that no two wait for each other.
        limits.sort_by(|a, b| a.subject.cmp(&b.subject));
        let mut tx = self.control().await?;
        for AttemptLimit { subject, limit } in &limits {
            // Attempts for one subject take turns until this transaction ends.
            tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('attempt ' || $1, 0))", &[subject])
                .await?;
            let row = tx
                .row(
                    "SELECT coalesce(sum(failures), 0)::bigint, min(minute) FROM sign_in_attempts \
                      WHERE subject = $1 AND minute > $2",
                    &[subject, &(minute - WINDOW_MINUTES)],
                )
                .await?;
            let (count, oldest) = row.map_or((0, None), |r| (r.get::<_, i64>(0), r.get::<_, Option<i64>>(1)));
            if count >= *limit {
                let until = (oldest.unwrap_or(minute) + WINDOW_MINUTES) * 60;
                let wait = u64::try_from(until - self.inner.world.now().as_second()).unwrap_or(0).max(1);
                return Err(Error::new(
                    problem::RATE_LIMITED,
                    format!("Too many attempts. Try again in {}.", in_words(wait)),
                )
                .retry_after(Duration::from_secs(wait)));
            }
        }
        for AttemptLimit { subject, .. } in &limits {
            tx.execute(
                "INSERT INTO sign_in_attempts AS a (subject, minute, failures) VALUES ($1, $2, 1) \
                 ON CONFLICT (subject, minute) DO UPDATE SET failures = a.failures + 1",
                &[subject, &minute],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(Counted { subjects: limits.into_iter().map(|l| l.subject.clone()).collect(), minute })
    }

    /// Takes an attempt back: it was not a failure after all.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn attempt_forgive(&self, counted: Counted) -> Result<()> {
        let mut tx = self.control().await?;
        tx.execute(
            "UPDATE sign_in_attempts SET failures = failures - 1 \
              WHERE subject = ANY($1) AND minute = $2 AND failures > 0",
            &[&counted.subjects, &counted.minute],
        )
        .await?;
        tx.commit().await
    }

    /// Removes what is forgotten anyway.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn attempt_sweep(&self) -> Result<u64> {
        let mut tx = self.control().await?;
        let gone = tx
            .execute("DELETE FROM sign_in_attempts WHERE minute <= $1", &[&(self.minute() - WINDOW_MINUTES)])
            .await?;
        tx.commit().await?;
        Ok(gone)
    }
}

fn in_words(seconds: u64) -> String {
    if seconds < 90 { format!("{seconds} seconds") } else { format!("{} minutes", seconds.div_ceil(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_network_is_one_address() {
        let of = |text: &str| AttemptLimit::of_address("address", text.parse().unwrap(), 1).subject;
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    }

    #[test]
    fn no_address_of_a_person_stands_in_a_subject() {
        let limit = AttemptLimit::of_text("email", "ada@example.com", 10);
        assert!(!limit.subject.contains("ada"), "{}", limit.subject);
    }
}
