//! The API of the server in this very process, for what `up` does as everybody else would: making tenants.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::home::Operator;
use crate::client::Api;
use crate::commands::Context;
use crate::config::Effective;
use crate::failure::Failure;
use crate::node;

/// The operators' API, whatever the names in addresses resolve to out there.
pub(super) fn api(
    cx: &Context,
    effective: &Effective,
    port: u16,
    operator: &Operator,
) -> Result<Api, Failure> {
    let base = format!("http://{}:{port}", node::console_host(&effective.config));
    let here = match effective.config.server.listen {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    Api::inside(&base, here, operator.token.clone(), cx.world.clone())
}

/// The address of a tenant, as this process reaches it.
pub(super) fn tenant(console: &Api, slug: &str) -> String {
    console.base().replacen("://console.", &format!("://{slug}."), 1)
}
