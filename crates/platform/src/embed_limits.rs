//! How often embed tokens are made, and how often somebody may come with such that are refused.
//!
//! What must always hold: a workspace that makes too many, or an address that tries too many, is told why and when to
//! come again, before anything is asked of the database; no other workspace or address waits for it. What is
//! valid is never counted. Tested in `tests/it/embed_limits.rs`.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use insula_model::{Error, Result, TenantId, problem};
use jiff::Timestamp;

use crate::buckets::Buckets;
use crate::settings::EmbedLimits;

/// Both counts of a node.
#[derive(Debug)]
pub(crate) struct EmbedBuckets {
    limits: EmbedLimits,
    mints: Buckets<TenantId>,
    refusals: Buckets<(TenantId, IpAddr)>,
}

impl EmbedBuckets {
    pub(crate) fn new(limits: EmbedLimits) -> Self {
        Self {
            limits,
            mints: Buckets::new(limits.mint_rate, limits.mint_burst),
            refusals: Buckets::new(limits.refusal_rate, limits.refusal_burst),
        }
    }

    /// One more token of a workspace.
    ///
    /// # Errors
    /// `limit.rate`.
    pub(crate) fn mint(&self, tenant: TenantId, now: Timestamp) -> Result<()> {
        self.mints.take(tenant, now).map_err(|wait| {
            let rate = self.limits.mint_rate;
            let detail = format!(
                "A workspace makes {rate} embed tokens a second at most. A token lasts for minutes: make one for each \
                 viewer and use it until it ends."
            );
            refused(detail, wait)
        })
    }

    /// Whether an address may come with a token, or a public link.
    ///
    /// # Errors
    /// `limit.rate`.
    pub(crate) fn admit(&self, tenant: TenantId, from: IpAddr, now: Timestamp) -> Result<()> {
        self.refusals.look(&(tenant, network(from)), now).map_err(|wait| {
            let detail = "Too many tokens and links from this network address were refused. Try again with one that is \
                          valid.";
            refused(detail.to_owned(), wait)
        })
    }

    /// It was refused.
    pub(crate) fn refusal(&self, tenant: TenantId, from: IpAddr, now: Timestamp) {
        self.refusals.charge((tenant, network(from)), now);
    }
}

fn refused(detail: String, wait: Duration) -> Error {
    Error::new(problem::RATE_LIMITED, detail).retry_after(wait)
}

/// One network of IPv6 (/64) is one address: whoever has one has all of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
