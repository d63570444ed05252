//! Host names to addresses. `localhost` and everything under it is this machine, as in browsers and unlike in most
//! systems' resolvers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

#[derive(Clone, Copy)]
pub(super) enum Names {
    /// As in browsers.
    Local,
    /// Everything is there.
    Fixed(IpAddr),
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = *self;
        Box::pin(async move {
            if let Self::Fixed(ip) = names {
                return Ok(Box::new([SocketAddr::from((ip, 0))].into_iter()) as Addrs);
            }
            if is_local(name.as_str()) {
                return Ok(Box::new([SocketAddr::from((Ipv4Addr::LOCALHOST, 0))].into_iter()) as Addrs);
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_what_is_under_it_is_here() {
        for (name, here) in [
            ("localhost", true),
            ("acme.localhost", true),
            ("Acme.LOCALHOST.", true),
            ("notlocalhost", false),
            ("localhost.test", false),
        ] {
            assert_eq!(is_local(name), here, "{name}");
        }
    }
}
