//! `insula openapi`

use clap::{Args, ValueEnum};

use crate::failure::{Exit, Failure};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Realm {
    /// The API at tenants' addresses
    Tenant,
    /// The API at the console's address
    Operator,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  insula openapi --realm tenant > openapi/tenant.json")]
pub(crate) struct Openapi {
    /// Which of the two APIs
    #[arg(long, value_enum)]
    realm: Realm,
}

impl Openapi {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let description = match self.realm {
            Realm::Tenant => insula_server::openapi_tenant(),
            Realm::Operator => insula_server::openapi_operator(),
        };
        let text = description.to_pretty_json().map_err(|e| {
            Failure::new(Exit::Failed, "internal", "The description cannot be written", e.to_string())
        })?;
        println!("{text}");
        Ok(Exit::Done)
    }
}
