//! What a proxy says about the client. Believed from configured addresses only; from anybody else `X-Forwarded-…`
//! is as if it were not there. Tested below and in `tests/it/hosts.rs`.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;
use insula_model::{Error, problem};

/// A network, `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(it)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                u32::from(net) & mask == u32::from(it) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(it)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                u128::from(net) & mask == u128::from(it) & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = Error;
    /// # Errors
    /// `settings.invalid`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::new(problem::SETTINGS, format!("{text:?} is no address or network."));
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |p| p.parse::<u32>().map_err(|_| wrong()))?;
        if prefix > longest {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

/// The client and whether it speaks TLS.
pub(super) fn client(headers: &HeaderMap, peer: IpAddr, secure: bool, trusted: &[Network]) -> (IpAddr, bool) {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return (peer.to_canonical(), secure);
    }
    // The nearest address that is not one of ours: those further left are what the client claims.
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|h| h.to_str().ok());
    let hops: Vec<&str> = said.flat_map(|h| h.split(',')).map(str::trim).collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    let secure = headers
        .get("x-forwarded-proto")
        .and_then(|h| h.to_str().ok())
        .map_or(secure, |proto| proto.trim().eq_ignore_ascii_case("https"));
    (client.to_canonical(), secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str, trusted: &[&str]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let trusted: Vec<Network> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        let (client, secure) = client(&headers, peer.parse().unwrap(), false, &trusted);
        (client.to_string(), secure)
    }

    #[test]
    fn nobody_is_believed_unless_configured() {
        assert_eq!(from("10.0.0.9", "1.2.3.4", &[]), ("10.0.0.9".into(), false));
        assert_eq!(from("10.0.0.9", "1.2.3.4", &["10.1.0.0/16"]), ("10.0.0.9".into(), false));
    }

    #[test]
    fn the_nearest_stranger_is_the_client() {
        let ours = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(from("10.0.0.9", "6.6.6.6, 1.2.3.4, 10.2.2.2", &ours), ("1.2.3.4".into(), true));
        assert_eq!(from("::ffff:10.0.0.9", "1.2.3.4", &ours), ("1.2.3.4".into(), true));
        assert_eq!(from("10.0.0.9", "nonsense", &ours), ("10.0.0.9".into(), true));
    }

    #[test]
    fn networks() {
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "a", "10.0.0.0/-1"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("9.9.9.9".parse().unwrap()));
        assert!("::/0".parse::<Network>().unwrap().contains("2001:db8::1".parse().unwrap()));
        assert!(!"::/0".parse::<Network>().unwrap().contains("9.9.9.9".parse().unwrap()));
    }
}
